// Files changed so that they lie: by bits, by cuts, and by the integers of their footer and page
// headers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/bytes.h"

namespace veneer::test {

struct Fixture {
  std::string name;
  Bytes bytes;
  std::vector<size_t> headers;  ///< where page headers begin
};

/// The Parquet files of a folder, by name, that are small enough to be changed many times.
std::vector<Fixture> fixtures_of(const std::string& folder);

/// The same for the same seed, fixtures and version of this file.
Bytes mutant(const std::vector<Fixture>& fixtures, uint32_t seed, std::string* what);

}  // namespace veneer::test
