#include "scan/split.h"

#include <algorithm>

#include "base/macros.h"

namespace veneer::scan {
namespace {

int64_t edge(int64_t total, int32_t split, int32_t split_count) {
  // total * split / split_count without the product's overflow.
  const int64_t whole = total / split_count;
  const int64_t rest = total % split_count;
  return whole * split + rest * split / split_count;
}

// Where in the file a row group's middle is, more or less: only its first chunk's place and the
// sizes that the footer gives are looked at.
Result<int64_t> middle_of(const File& file, int32_t group, int64_t size) {
  if (file.schema().num_leaves() == 0) return int64_t{0};
  VENEER_TRY(const ColumnChunk chunk, file.column_chunk(group, 0));
  const RowGroupInfo& info = file.metadata().row_group(static_cast<uint32_t>(group));
  const int64_t bytes =
      std::clamp<int64_t>(info.total_compressed_size.value_or(info.total_byte_size), 0, size - 1);
  const int64_t begin = std::clamp<int64_t>(chunk.data_page_offset, 0, size - 1);
  return std::min(begin + std::min(bytes / 2, size - 1 - begin), size - 1);
}

}  // namespace

ByteSpan span_of_split(int64_t total, int32_t split, int32_t split_count) noexcept {
  return {edge(total, split, split_count), edge(total, split + 1, split_count)};
}

Result<std::vector<GroupRun>> groups_in_span(const File& file, int64_t begin, int64_t size,
                                             const ByteSpan& span) {
  std::vector<GroupRun> runs;
  int64_t first_row = 0;
  const bool whole = span.begin <= begin && span.end - begin >= size;
  for (int32_t i = 0; i < file.num_row_groups(); ++i) {
    const int64_t rows = file.metadata().row_group(static_cast<uint32_t>(i)).num_rows;
    bool inside = whole;
    if (!whole) {
      VENEER_TRY(const int64_t middle, middle_of(file, i, size));
      inside = begin + middle >= span.begin && begin + middle < span.end;
    }
    if (inside) {
      if (runs.empty() || runs.back().first + runs.back().count != i) {
        runs.push_back({i, 0, 0, first_row});
      }
      ++runs.back().count;
      runs.back().rows += rows;
    }
    first_row += rows;
  }
  return runs;
}

}  // namespace veneer::scan
