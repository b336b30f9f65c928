// The rows of a row group that a filter keeps.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/pool_array.h"
#include "column/leaf_reader.h"
#include "file/chunk_input.h"
#include "file/decode_plan.h"
#include "file/file_impl.h"
#include "file/prune.h"
#include "filter/bind.h"
#include "filter/evaluate.h"
#include "veneer/file.h"

namespace veneer {

/// Row group by row group: leaves out what cannot match, then reads the filter's columns block by
/// block, the condition that keeps fewest rows first and the others only where it holds. For one
/// thread at a time.
class RowFilter {
 public:
  /// Binds the filter to the file's schema; nothing is read.
  static Result<std::unique_ptr<RowFilter>> make(std::shared_ptr<const File::Impl> file,
                                                 const ReadOptions& options);

  /// The pages of a leaf that the filter looks at, for a reader of its kept rows; else null.
  column::PageCache* share(uint32_t leaf) noexcept;

  /// Tells a remote input which parts of the page index will be read: of the filter's columns, and
  /// where the pages lie of these leaves too, in those of the row groups that statistics leave.
  Status announce_indexes(std::span<const uint32_t> row_groups, std::span<const uint32_t> leaves);

  /// Begins with rows [first, first + count) of a row group.
  Status begin(uint32_t row_group, int64_t first, int64_t count);
  /// True where no row group's metadata leaves anything of it: it has been passed over.
  bool done() const noexcept { return next_ == rows_.size(); }
  /// The rows that are kept of the next block, perhaps none, in place of what is in `kept`.
  /// Precondition: !done().
  Status next(PoolArray<column::RowRun>* kept);
  /// Rows of the row group that have been gone through.
  int64_t position() const noexcept { return position_; }

  FilterStats& stats() noexcept { return stats_; }
  const FilterStats& stats() const noexcept { return stats_; }

 private:
  // A column that the filter looks at.
  struct Input {
    Input(MemoryPool* pool, column::LeafReader::Options options)
        : source(pool), reader(with_cache(&options, &cache)), data(pool) {}
    static const column::LeafReader::Options& with_cache(column::LeafReader::Options* options,
                                                         column::PageCache* cache) noexcept {
      options->pages.cache = cache;
      options->pages.fills_cache = true;
      return *options;
    }
    column::PageCache cache;
    ChunkInput source;
    column::LeafReader reader;
    column::LeafData data;
    bool open = false;
  };
  // A term's answer for each entry of the dictionary that its column has in this row group.
  struct Entries {
    const void* of = nullptr;
    size_t kept = 0;
    std::vector<uint8_t> flags;  // one an entry
  };
  // Conditions that must all hold, each with columns of its own.
  struct Part {
    filter::BoundNode node;
    std::vector<uint32_t> columns;
    double seen = 0;
    double kept = 0;
    double selectivity() const noexcept { return (kept + 1) / (seen + 2); }
  };

  RowFilter(std::shared_ptr<const File::Impl> file, filter::BoundFilter bound, bool trust,
            const ReadOptions& options);
  void make_parts();
  Status make_inputs(const ReadOptions& options);
  Status open(size_t column);
  Status by_dictionaries();
  Status announce_pages();
  Status test_block(std::vector<column::RowRun>* block, PoolArray<column::RowRun>* kept);
  Status test_part(Part* part, PoolArray<column::RowRun>* rows);
  Status evaluate(const filter::BoundNode& node, size_t rows, size_t depth, Buffer* bits);
  Status evaluate_term(uint32_t term, Buffer* bits);
  Status placed(Status failure, size_t column) const;

  std::shared_ptr<const File::Impl> file_;
  filter::BoundFilter bound_;
  bool trust_;
  FilterStats stats_;
  Pruner pruner_;
  column::Decompressors decompressors_;
  std::vector<std::unique_ptr<Input>> inputs_;
  std::vector<filter::Evaluator> evaluators_;  // by term, as are the entries
  std::vector<Entries> entries_;
  std::vector<Part> parts_;
  int64_t block_rows_;

  // The row group.
  uint32_t row_group_ = 0;
  int64_t num_rows_ = 0;
  int64_t position_ = 0;
  std::vector<RowsMatch> rows_;  // some and all, within what was asked for
  size_t next_ = 0;

  // Scratch.
  DecodePlan plan_;
  PoolArray<column::RowRun> selected_;
  PoolArray<column::RowRun> narrowed_;
  Buffer part_bits_;
  std::vector<std::unique_ptr<Buffer>> bits_;  // by depth
};

/// Adds the time until its end to a count of seconds.
class Stopwatch {
 public:
  explicit Stopwatch(double* seconds) noexcept;
  ~Stopwatch();
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double* seconds_;
  int64_t begin_;
};

}  // namespace veneer
