// The rows of one object of a scan, batch by batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "filter/expression.h"
#include "scan/batch_state.h"
#include "scan/convert.h"
#include "scan/split.h"
#include "scan/unite.h"
#include "veneer/scan.h"

namespace veneer::scan {

class ObjectReader {
 public:
  struct Plan {
    std::shared_ptr<const TargetSchema> target;
    std::shared_ptr<const ObjectContext> object;
    /// Columns and partitions that the target lacks are an error, not dropped.
    bool strict = false;
    /// The object's place in the listing, and what of the listing is wanted.
    int64_t begin = 0;
    int64_t size = 0;
    ByteSpan span;
    /// Rows that are handed out already.
    int64_t skip = 0;
    const ScanOptions* options = nullptr;
    const filter::Expression* where = nullptr;
    const std::atomic<bool>* cancel = nullptr;
  };
  static Result<ObjectReader> make(File file, Plan plan);

  /// Rows that this object gives in all, and how many are still to come.
  int64_t total_rows() const noexcept { return total_; }
  /// With a filter how many come is not known, but that there may be more.
  int64_t rows_left() const noexcept { return left_; }
  /// Fills the next batch, of at least one row. Precondition: rows_left() > 0. False where the
  /// filter keeps no more.
  Result<bool> next(BatchState* state);
  /// What the filter spared so far; where the partitions decide, of all rows.
  const FilterStats& filter_stats() const noexcept { return stats_; }

 private:
  ObjectReader(File file, Plan plan, FileMapper mapper)
      : file_(std::move(file)), plan_(std::move(plan)), mapper_(std::move(mapper)) {}
  Status make_filter();
  void count_as_kept();
  Result<bool> next_filtered(BatchState* state);
  void open_run();
  Status count_rows(BatchState* state);

  File file_;
  Plan plan_;
  FileMapper mapper_;
  std::vector<GroupRun> runs_;
  size_t run_ = 0;
  int64_t run_row_ = 0;  // rows of the run that are handed out
  int64_t total_ = 0;
  int64_t left_ = 0;
  Filter filter_;
  int64_t offset_ = 0;  // of the rows that it keeps, those still to be left out
  FilterStats stats_;
  std::optional<BatchReader> reader_;
};

}  // namespace veneer::scan
