// Small files that ask for much, by name: the tests of this folder and its test bed read them all.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/bytes.h"
#include "support/encoders.h"
#include "support/file_builder.h"

namespace veneer::test {

struct Bomb {
  const char* name;
  std::function<Bytes()> make;
  /// A file that is right, if unreasonable: its first rows must come.
  bool legitimate = false;
};

/// Every attack of which we know that it worked on some reader.
const std::vector<Bomb>& bombs();

/// A footer's bytes as a whole file.
Bytes file_of_footer(const Bytes& footer);
/// A schema of one chain of `depth` optional groups, and a leaf.
Bytes deep_schema(uint32_t depth);
/// `columns` flat INT32 columns and no row group; all named alike where `one_name`.
Bytes wide_schema(uint32_t columns, bool one_name);
/// `groups` row groups whose chunks all are the same bytes of `size`.
Bytes overlapping_chunks(int groups, size_t values);

}  // namespace veneer::test
