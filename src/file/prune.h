// What of a row group can match a filter, by what the file says of its values without decoding
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "column/leaf_data.h"
#include "column/row_runs.h"
#include "file/file_impl.h"
#include "filter/bind.h"
#include "filter/evaluate.h"
#include "filter/prove.h"
#include "veneer/file.h"

namespace veneer {

/// Rows [begin, end) of a row group, and what is known of them.
struct RowsMatch {
  int64_t begin = 0;
  int64_t end = 0;
  filter::Match match = filter::Match::some;
};

/// An offset index that can be believed: as many pages as the column index has, first rows that
/// ascend from 0 and stay below `rows`.
bool is_sound(std::span<const PageLocation> pages, int64_t rows) noexcept;
/// The chunk's, where there is a sound one; it is a shortcut, so that a broken one is none.
Result<std::optional<OffsetIndex>> sound_offset_index(const File::Impl& file,
                                                      const ColumnChunk& chunk, int64_t rows);

/// Appends what of a chunk holds these rows: the pages by the index, and the dictionary before
/// them; all of it without an index.
void add_ranges(const ChunkPlace& place, std::span<const PageLocation> pages,
                std::span<const column::RowRun> rows, std::vector<ByteRange>* out);
/// Appends where a chunk's page index lies; of the column index only on request.
void add_index_ranges(const ColumnChunk& chunk, bool column_index, std::vector<ByteRange>* out);
/// Tells the input of these ranges, in their order in the file.
void will_need(const File::Impl& file, std::vector<ByteRange>* ranges);

/// Step by step, cheapest first; one row group at a time.
class Pruner {
 public:
  /// Both must outlive it.
  Pruner(std::shared_ptr<const File::Impl> file, const filter::BoundFilter* filter,
         FilterStats* stats);

  /// Begins with a row group: by its statistics. The outcome of all evidence so far is `match`.
  Status by_statistics(uint32_t row_group);
  filter::Match match() const;
  /// Whether evidence against the terms on a column can change anything, and has a chance to.
  bool wants_dictionary(size_t column) const;
  void by_dictionary(size_t column, const column::Dictionary& dictionary);
  Status by_bloom_filters();
  /// The rows, page by page where the index, or without one the pages' headers, tell more of them.
  Status by_page_index(std::vector<RowsMatch>* rows);

  const ColumnChunk& chunk(size_t column) const { return columns_[column].chunk; }
  /// Of a filter's column, once by_page_index has read it.
  const std::optional<OffsetIndex>& offset_index(size_t column) const {
    return columns_[column].offsets;
  }

 private:
  // What is known of a column of the filter in the row group.
  struct Column {
    ColumnChunk chunk;
    std::optional<OffsetIndex> offsets;
    bool no_nulls = false;
    bool only_dictionary = false;
    bool dictionary_seen = false;
  };

  bool could_end(size_t column) const;
  Status bloom_term(size_t term);
  Status prove_pages(size_t column, std::vector<std::vector<RowsMatch>>* terms);
  Status read_index(size_t column, ColumnIndex* index, std::vector<filter::Evidence>* evidence);
  Status walk_headers(size_t column, std::vector<filter::Evidence>* evidence);

  std::shared_ptr<const File::Impl> file_;
  const filter::BoundFilter* filter_;
  FilterStats* stats_;
  uint32_t row_group_ = 0;
  int64_t rows_ = 0;
  std::vector<filter::Match> terms_;
  std::vector<Column> columns_;  // as the filter numbers them
};

}  // namespace veneer
