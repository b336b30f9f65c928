// What reads batches: the plan of a read, its stages, and its leaves' readers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/pool_array.h"
#include "column/leaf_reader.h"
#include "file/batch_impl.h"
#include "file/chunk_input.h"
#include "file/decode_plan.h"
#include "file/file_impl.h"
#include "file/page_rows.h"
#include "file/projection.h"
#include "file/read_ahead.h"
#include "file/row_filter.h"
#include "veneer/file.h"

namespace veneer {

struct BatchReader::Impl final : StageWork {
  // The rows of one row group that a read gives.
  struct RowSpan {
    uint32_t row_group = 0;
    int64_t file_row = 0;  // ordinal in the file of the row group's first row
    int64_t first = 0;     // within the row group
    int64_t count = 0;
  };
  // Where a leaf's reader finds the chunk of a row group.
  struct Opening {
    Input* input = nullptr;
    int64_t input_size = 0;
    int64_t begin = 0;
    int64_t size = 0;
    int64_t num_values = 0;
    Codec codec = Codec::uncompressed;
  };
  // One batch: which rows it has, and where they go.
  struct Stage {
    explicit Stage(MemoryPool* pool) noexcept : picked(pool), decode_plan(pool), openings(pool) {}
    Batch::Impl* batch = nullptr;
    std::unique_ptr<Batch::Impl> own;  // `batch`, until it is handed out
    RowSpan span;
    size_t rows = 0;
    size_t lane = 0;
    column::RowRun run;                    // the rows, without a filter
    PoolArray<column::RowRun> picked;      // the rows, with a filter
    DecodePlan decode_plan;                // of those
    std::span<const column::RowRun> runs;  // the rows
    bool opens = false;                    // its tasks first open the row group's chunks
    PoolArray<Opening> openings;           // by slot, where it does
  };

  std::shared_ptr<const File::Impl> file;
  ReadOptions options;
  Status status;
  bool ended = false;
  std::shared_ptr<const Projection> projection;
  PoolArray<const Field*> fields;
  PoolArray<RowSpan> spans;
  int64_t total_rows = 0;
  int64_t rows_done = 0;

  // The row group that the next batch is of.
  size_t next_span = 0;
  bool span_open = false;
  RowSpan span;
  int64_t span_done = 0;
  int64_t seek_skip = 0;  // rows of the next span, which a seek left behind
  size_t batch_rows = 0;

  // A lane is a set of readers, one a slot. Where one leaf takes longer than all others together,
  // several lanes take turns at stretches of rows, which begin with a page of that leaf.
  size_t lanes = 1;
  size_t lane = 0;
  uint64_t lanes_open = 0;  // those that are at work on this row group
  size_t longest_slot = 0;
  PageRows page_rows;        // of that slot
  int64_t stretch_end = 0;   // within the row group
  int64_t stretch_rows = 0;  // of a batch in this stretch
  column::Decompressors decompressors;
  PoolArray<ChunkInput> sources;  // by lane and slot, as are the readers
  PoolArray<column::LeafReader> readers;
  PoolArray<ByteRange> ranges;
  PoolArray<Opening> openings;  // of the row group
  int64_t chunk_bytes = 0;      // of this file, in the chunks opened so far

  // With a filter: the rows of the row group that it keeps and that are not handed out yet.
  std::unique_ptr<RowFilter> filter;
  PoolArray<column::RowRun> wanted;
  int64_t wanted_rows = 0;
  bool slots_open = false;
  int64_t rows_before_span = 0;
  int64_t offset_left = 0;
  int64_t limit_left = INT64_MAX;
  PoolArray<column::RowRun> found;
  bool all_found = false;  // no more rows are wanted
  double untold_seconds = 0;
  std::vector<OffsetIndex> offset_indexes;  // by slot

  // One stage alone is done when it is planned: without threads, and where a filter and what reads
  // the rows that it keeps share their pages.
  std::vector<Stage> stages;
  std::vector<std::unique_ptr<Batch::Impl>> idle;  // memory for the stages to come
  size_t tasks = 0;                                // of a stage; each has slots side by side
  Status planning;                                 // why there are no more stages to come
  std::unique_ptr<ReadAhead> ahead;                // last: its threads use all the others

  Impl(std::shared_ptr<const File::Impl> of, ReadOptions with);

  const Schema& schema() const { return file->metadata->schema(); }
  size_t slots() const { return projection->slots.size(); }
  size_t num_scratch() const { return readers.size() * column::LeafReader::kScratch; }

  // Which rows, which columns (read_plan.cc).
  Status plan();
  Status plan_spans();
  Status plan_rows();
  void choose_lanes();
  Status make_readers();
  void next_stretch(int64_t row);
  Status plan_slots();
  Status plan_slot(size_t slot, double* decoded_bytes);
  size_t rows_per_batch(double decoded_bytes, int64_t rows) const;
  Status slot_failure(Status failure, size_t slot, const RowSpan& of) const;

  // Batch by batch (batch_reader.cc).
  Status next(std::unique_ptr<Batch::Impl>* batch);
  Status next_ahead(std::unique_ptr<Batch::Impl>* batch);
  void plan_ahead();
  Status plan_stage(Stage* stage);
  bool reads_ahead() const { return stages.size() > 1; }
  Status seek(int64_t row);
  Status prepare(Batch::Impl* batch);
  void leave_memory(Batch::Impl* batch);
  Status work_off(Stage* stage);
  Status take(size_t* stage);
  // Where the time of decoding is added up; without a filter nobody asks.
  double* read_seconds() noexcept {
    return filter == nullptr ? &untold_seconds : &filter->stats().read_seconds;
  }
  Status run(size_t stage, size_t task) override;
  Status complete(size_t stage) override;
  Status open_reader(size_t of_lane, size_t slot, const Opening& opening, const RowSpan& of);
  Status decode(const Stage& stage, size_t slot);
  Status number_rows(const Stage& stage) const;
  bool all_planned() const {
    return filter == nullptr ? !span_open && next_span == spans.size() : all_found;
  }
  bool at_end() const { return all_planned() && (ahead == nullptr || ahead->outstanding() == 0); }
  Status check_cancelled() const;

  // With a filter (filtered_reader.cc).
  Result<int64_t> count();
  Status plan_filtered(Stage* stage);
  Status begin_filtered();
  Status find_wanted();
  Status open_filtered();
  Status use_offset_indexes();
};

}  // namespace veneer
