// Parts of a scan: ranges of the listing's bytes, down to row groups.
#pragma once

#include <cstdint>
#include <vector>

#include "veneer/file.h"

namespace veneer::scan {

/// Bytes [begin, end) of all objects put one behind the other.
struct ByteSpan {
  int64_t begin = 0;
  int64_t end = INT64_MAX;
};

/// Part `split` of `split_count` equal ones of `total` bytes; all of them together are the whole.
ByteSpan span_of_split(int64_t total, int32_t split, int32_t split_count) noexcept;

/// Row groups [first, first + count), and how many rows they have.
struct GroupRun {
  int32_t first = 0;
  int32_t count = 0;
  int64_t rows = 0;
  int64_t first_row = 0;  ///< ordinal in the file
};

/// The row groups of a file whose middle byte is in `span`; the file's first byte is `begin`, and
/// it has `size` bytes. Whatever the footer says of their places, each row group is in just one of
/// the spans that make up the whole.
Result<std::vector<GroupRun>> groups_in_span(const File& file, int64_t begin, int64_t size,
                                             const ByteSpan& span);

}  // namespace veneer::scan
