// Statistics, size statistics and the page index, held against facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "file/verify_facts.h"
#include "file/verify_report.h"
#include "veneer/metadata.h"

namespace veneer::checks {

/// Of a chunk or a page; `distinct_limit` is the most distinct values there can be, or -1.
void check_statistics(const Statistics& statistics, const Analysis& analysis, const Facts& facts,
                      const WriterVersion& writer, int64_t distinct_limit, Report* report);

void check_size_statistics(const SizeStatistics& statistics, const Facts& facts, Report* report);

/// Holds a chunk's page index against its data pages as they go by.
class IndexCheck {
 public:
  /// Reads what there is of the index, unless `wanted` is false. Fails only fatally.
  Status open(const File& file, int32_t row_group, int32_t leaf, bool wanted, Report* report);

  /// The next data page; `first_row` counts from the row group's first.
  void page(const Page& page, int64_t first_row, const Analysis& analysis, const Facts& facts,
            const WriterVersion& writer, Report* report);
  /// The chunk has been read to its end and has `rows` rows.
  void finish(int64_t rows, const Analysis& analysis, const WriterVersion& writer, Report* report);

  bool has_offset_index() const noexcept { return offsets_.has_value(); }

 private:
  void offsets_of(size_t k, const Page& page, int64_t first_row, const Facts& facts,
                  Report* report);
  void column_of(size_t k, const Analysis& analysis, const Facts& facts,
                 const WriterVersion& writer, Report* report);
  void check_order(const Analysis& analysis, const WriterVersion& writer, Report* report);

  std::optional<OffsetIndex> offsets_;
  std::optional<ColumnIndex> columns_;
  size_t data_pages_ = 0;
};

}  // namespace veneer::checks
