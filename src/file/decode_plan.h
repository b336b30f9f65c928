// Which rows are decoded, for the rows that are wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/memory.h"
#include "base/pool_array.h"
#include "column/row_runs.h"
#include "veneer/status.h"

namespace veneer {

/// Decoding a few rows too many is cheaper than passing over them: runs that lie close together are
/// decoded as one, and what nobody wanted is then left out.
class DecodePlan {
 public:
  explicit DecodePlan(MemoryPool* pool) noexcept : runs_(pool), kept_(pool), begins_(pool) {}

  /// `wanted` ascends; it must outlive the plan's use.
  Status make(std::span<const column::RowRun> wanted);

  /// What to decode.
  std::span<const column::RowRun> runs() const noexcept { return {runs_.data(), runs_.size()}; }
  /// How many rows these are.
  size_t rows() const noexcept { return rows_; }
  /// How many of them are wanted.
  size_t num_wanted() const noexcept { return num_wanted_; }
  /// False where all are, so that nothing is left out.
  bool has_gaps() const noexcept { return rows_ != num_wanted_; }
  /// Of the decoded rows, those that are wanted.
  std::span<const uint32_t> kept() const noexcept { return {kept_.as<uint32_t>(), num_wanted_}; }
  /// Where in the decoded rows each wanted run begins.
  std::span<const uint32_t> begins() const noexcept { return {begins_.data(), begins_.size()}; }

 private:
  PoolArray<column::RowRun> runs_;
  Buffer kept_;
  PoolArray<uint32_t> begins_;
  size_t rows_ = 0;
  size_t num_wanted_ = 0;
};

/// Appends to `out` those of the rows `wanted` whose bit is set; run i's first row has the bit
/// begins[i].
Status select_rows(std::span<const column::RowRun> wanted, std::span<const uint32_t> begins,
                   const uint8_t* bits, PoolArray<column::RowRun>* out);

/// Appends those of `runs` that begin `*skip` rows later, `most` rows of them at most; the rows
/// skipped are taken off `*skip`. The number of rows appended.
Result<int64_t> append_runs(std::span<const column::RowRun> runs, int64_t* skip, int64_t most,
                            PoolArray<column::RowRun>* out);

/// Moves the first `rows` rows of `from`, which has as many, to `out`, in place of what is there.
Status take_rows(size_t rows, PoolArray<column::RowRun>* from, PoolArray<column::RowRun>* out);

/// Appends a run, which joins the one before it where they touch.
Status append_run(column::RowRun run, PoolArray<column::RowRun>* out);

}  // namespace veneer
