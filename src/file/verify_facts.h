// What the data of a page, or of all pages of a chunk, say: what its metadata is held against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/file.h"
#include "veneer/metadata.h"
#include "veneer/schema.h"

namespace veneer::checks {

struct Facts {
  int64_t entries = 0;
  int64_t rows = 0;     ///< that begin here
  int64_t present = 0;  ///< values that are not null
  int64_t nans = 0;     ///< of the values
  /// Nulls without the entries that stand for an empty or null list: writers do not agree on
  /// whether those count as nulls of the leaf.
  int64_t element_nulls = 0;
  /// Of BYTE_ARRAY values; empty where it cannot be told, or need not agree with what is written.
  std::optional<int64_t> binary_bytes;
  std::vector<int64_t> repetition_histogram;
  std::vector<int64_t> definition_histogram;
  /// PLAIN bytes of the least and greatest value in the leaf's order. In floating orders NaNs are
  /// left out unless, in total order, there is nothing else.
  std::optional<std::string> min;
  std::optional<std::string> max;
  bool bounds_are_nan = false;
  /// False where they are too long to be kept; then min and max are not set, or not the right ones.
  bool bounds_known = true;

  int64_t nulls() const noexcept { return entries - present; }
};

/// Takes facts from the pages of one leaf.
class Analysis {
 public:
  Analysis(const Schema& schema, const Leaf& leaf, const WriterVersion& writer);

  Facts of(const Page& page) const;
  /// Adds a page's facts to its chunk's.
  void add(Facts&& page, Facts* chunk) const;

  /// The leaf with an order where there is one by its type: legacy min and max have no ColumnOrder.
  const Leaf& ordered_leaf() const noexcept { return leaf_; }
  /// A value for a message: a number, a short text, or hexadecimal.
  std::string show(std::string_view plain) const;

 private:
  void find_bounds(const Column& values, Facts* facts) const;

  Leaf leaf_;
  SortOrder order_;
  uint16_t element_level_ = 0;  ///< definition level from which an element of the last list exists
  /// False for BYTE_ARRAY decimals, whose stored lengths decoding does not keep.
  bool knows_bytes_ = false;
  bool knows_delta_bytes_ = true;
};

/// The PLAIN bytes of value `i`, as the file has them, in place or in `scratch`. For BYTE_ARRAY
/// decimals they are as wide as the decoded integer.
struct PlainScratch {
  char bytes[32];
};
std::string_view plain_bytes(const Leaf& leaf, const Column& values, size_t i,
                             PlainScratch* scratch) noexcept;

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

}  // namespace veneer::checks
