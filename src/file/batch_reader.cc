// Rows of a file, batch by batch: decodes leaves, several batches at a time where there are threads
// for it, and assembles columns.
#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "column/compact.h"
#include "file/reader_impl.h"

namespace veneer {

Batch::Batch() noexcept = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}
Batch::~Batch() = default;

size_t Batch::num_rows() const noexcept { return impl_ == nullptr ? 0 : impl_->rows; }
size_t Batch::num_columns() const noexcept {
  // Without rows there are no columns either: after a failure they are not all of one batch.
  return impl_ == nullptr || impl_->rows == 0 ? 0 : impl_->projection->num_top_level;
}
const Column& Batch::column(size_t i) const noexcept { return impl_->data.columns[i]; }
int64_t Batch::first_row() const noexcept { return impl_ == nullptr ? 0 : impl_->first_row; }
std::span<const int64_t> Batch::row_numbers() const noexcept {
  if (impl_ == nullptr) return {};
  return {impl_->row_numbers.data(), std::min(impl_->rows, impl_->row_numbers.size())};
}
int32_t Batch::row_group() const noexcept { return impl_ == nullptr ? 0 : impl_->row_group; }

const Column* Batch::find(const Field& field) const noexcept {
  if (impl_ == nullptr || impl_->rows == 0) return nullptr;
  // A field of another schema is none of these, whatever its index there.
  const std::span<const Field> fields = impl_->file->metadata->schema().all_fields();
  const std::less<const Field*> before;
  if (before(&field, fields.data()) || !before(&field, fields.data() + fields.size())) {
    return nullptr;
  }
  const auto index = static_cast<size_t>(&field - fields.data());
  const uint32_t node = impl_->projection->node_of_field[index];
  return node == kNoIndex ? nullptr : &impl_->data.columns[node];
}

// Before the batch lets go of the file that its memory comes from.
static Status take_over(const Projection& projection, MemoryPool* pool, BatchData* batch) {
  BatchData data(pool);
  VENEER_CHECK(data.fit(projection, pool));
  data.take_memory(batch);
  *batch = std::move(data);
  return {};
}

Status BatchReader::Impl::check_cancelled() const {
  if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
    return Status::cancelled("the read was cancelled");
  }
  return {};
}

// Makes the batch one of this read.
Status BatchReader::Impl::prepare(Batch::Impl* batch) {
  if (batch->file != file || batch->projection != projection) {
    // Another read's batch: its memory is charged to that read's file. What is large goes over to
    // this one: new pages cost more than what is decoded into them, a third of the time of nested
    // data.
    VENEER_CHECK(take_over(*projection, &file->pool, &batch->data));
    if (ahead == nullptr || ahead->outstanding() == 0) {
      Buffer* left = batch->scratch.begin();
      for (column::LeafReader& reader : readers) {
        for (Buffer& scratch : reader.scratch()) {
          if (left != batch->scratch.end()) scratch.take_memory(left++);
        }
      }
    }
    batch->scratch = PoolArray<Buffer>(&file->pool);
    VENEER_CHECK(batch->scratch.reserve(num_scratch()));
    batch->row_numbers = PoolArray<int64_t>(&file->pool);
    // The projection first: it too is charged to its file.
    batch->projection = projection;
    batch->file = file;
  }
  return batch->data.fit(*projection, &file->pool);
}

// At the end: leaves in the batch what the next read can use.
void BatchReader::Impl::leave_memory(Batch::Impl* batch) {
  batch->spares = std::move(idle);
  batch->scratch.clear();
  if (batch->file != file || !batch->scratch.reserve(num_scratch()).ok()) return;
  for (column::LeafReader& reader : readers) {
    for (Buffer& scratch : reader.scratch()) batch->scratch.emplace_back(std::move(scratch));
  }
}

// The next rows of the read, into stage->batch.
Status BatchReader::Impl::plan_stage(Stage* stage) {
  if (filter != nullptr) return plan_filtered(stage);
  if (!span_open) {
    span = spans[next_span++];
    span_done = std::exchange(seek_skip, 0);
    span_open = true;
    VENEER_CHECK(plan_slots());
    lanes_open = 0;
    stretch_end = span.first + span_done;
    if (lanes != 1) {
      const Opening& longest = openings[longest_slot];
      page_rows.open(longest.input, longest.input_size, longest.begin, longest.size, longest.codec);
    }
  }
  const int64_t row = span.first + span_done;
  if (row == stretch_end) next_stretch(row);
  stage->lane = lane;
  stage->opens = (lanes_open >> lane & 1) == 0;
  lanes_open |= uint64_t{1} << lane;
  if (stage->opens) {
    stage->openings.clear();
    for (const Opening& opening : openings) stage->openings.emplace_back(opening);
  }
  stage->span = span;
  stage->run = {row, std::min(stretch_rows, stretch_end - row)};
  stage->runs = {&stage->run, 1};
  stage->rows = narrow<size_t>(stage->run.count);
  span_done += stage->run.count;
  if (span_done == span.count) span_open = false;
  return prepare(stage->batch);
}

Status BatchReader::Impl::decode(const Stage& stage, size_t slot) {
  VENEER_CHECK(check_cancelled());
  if (stage.opens) {
    VENEER_CHECK(open_reader(stage.lane, slot, stage.openings[slot], stage.span));
  }
  column::LeafReader& reader = readers[stage.lane * slots() + slot];
  column::LeafData* data = &stage.batch->data.leaves[slot];
  // Lists are not compacted: their rows are passed over one by one.
  const bool whole = reader.leaf().max_repetition_level != 0 || filter == nullptr;
  const DecodePlan& plan = stage.decode_plan;
  VENEER_CHECK(reader.read_runs(whole ? stage.runs : plan.runs(), data));
  if (!whole && plan.has_gaps()) compact(plan.kept(), reader.width(), data);
  return {};
}

Status BatchReader::Impl::run(size_t stage, size_t task) {
  const Stage& of = stages[stage];
  const size_t end = (task + 1) * slots() / tasks;
  for (size_t slot = task * slots() / tasks; slot < end; ++slot) {
    if (Status s = decode(of, slot); !s.ok()) return slot_failure(std::move(s), slot, of.span);
  }
  return {};
}

Status BatchReader::Impl::complete(size_t stage) {
  const Stage& of = stages[stage];
  Batch::Impl* batch = of.batch;
  Status built = assemble(*projection, schema(), readers, of.rows, file->options.limits.list_length,
                          &batch->data);
  if (!built.ok()) return std::move(built).in_row_group(of.span.row_group);
  VENEER_CHECK(number_rows(of));
  batch->rows = of.rows;
  batch->first_row = of.span.file_row + of.runs.front().begin;
  batch->row_group = narrow<int32_t>(of.span.row_group);
  return {};
}

Status BatchReader::Impl::number_rows(const Stage& stage) const {
  PoolArray<int64_t>* numbers = &stage.batch->row_numbers;
  numbers->clear();
  if (!options.row_numbers) return {};
  VENEER_CHECK(numbers->reserve(stage.rows));
  for (const column::RowRun& run : stage.runs) {
    for (int64_t i = 0; i < run.count; ++i) {
      numbers->emplace_back(stage.span.file_row + run.begin + i);
    }
  }
  return {};
}

// The only stage, which is planned.
Status BatchReader::Impl::work_off(Stage* stage) {
  size_t taken;
  if (ahead != nullptr) {
    ahead->begin(stage->lane);
    return take(&taken);
  }
  const Stopwatch watch(read_seconds());
  for (size_t task = 0; task < tasks; ++task) VENEER_CHECK(run(0, task));
  return complete(0);
}

// The oldest stage that was begun, once it is done.
Status BatchReader::Impl::take(size_t* stage) {
  const Stopwatch watch(read_seconds());
  return ahead->take(stage);
}

// Begins as many stages as there is room for.
void BatchReader::Impl::plan_ahead() {
  while (ahead->outstanding() < ahead->depth() && planning.ok() && !all_planned()) {
    // What is read ahead is not to use up what the next batch needs.
    if (ahead->outstanding() != 0 && file->pool.held_bytes() > file->pool.limit_bytes() / 4) break;
    Stage* stage = &stages[ahead->next()];
    if (idle.empty()) idle.push_back(std::make_unique<Batch::Impl>(file));
    stage->batch = idle.back().get();
    planning = plan_stage(stage);
    if (!planning.ok() || stage->rows == 0) break;
    stage->own = std::move(idle.back());
    idle.pop_back();
    ahead->begin(stage->lane);
  }
}

// Batches are decoded into memory of the reader's own, which changes places with the caller's.
Status BatchReader::Impl::next_ahead(std::unique_ptr<Batch::Impl>* batch) {
  for (auto& spare : std::exchange((*batch)->spares, {})) idle.push_back(std::move(spare));
  idle.push_back(std::move(*batch));
  plan_ahead();
  if (ahead->outstanding() == 0) {
    *batch = std::move(idle.back());
    (*batch)->rows = 0;
    idle.pop_back();
    return std::move(planning);
  }
  size_t taken;
  Status failure = take(&taken);
  *batch = std::move(stages[taken].own);
  VENEER_CHECK(std::move(failure));
  // Now the threads have something to do while the caller uses this batch.
  plan_ahead();
  return {};
}

Status BatchReader::Impl::next(std::unique_ptr<Batch::Impl>* batch) {
  VENEER_CHECK(check_cancelled());
  if (reads_ahead()) {
    VENEER_CHECK(next_ahead(batch));
  } else {
    Stage* stage = &stages.front();
    stage->batch = batch->get();
    VENEER_CHECK(plan_stage(stage));
    if (stage->rows != 0) VENEER_CHECK(work_off(stage));
  }
  // Only a filter can have no rows for one more batch.
  ended = (*batch)->rows == 0;
  if (filter == nullptr) rows_done += narrow<int64_t>((*batch)->rows);
  return {};
}

Status BatchReader::Impl::seek(int64_t row) {
  if (filter != nullptr) return Status::invalid_argument("a read with a filter cannot seek");
  if (row < 0 || row > total_rows) {
    return Status::invalid_argument(
        concat({"row ", row, " is not among the ", total_rows, " rows of the read"}));
  }
  // What was read ahead is not wanted any more.
  while (ahead != nullptr && ahead->outstanding() != 0) {
    size_t taken;
    Status failure = ahead->take(&taken);
    idle.push_back(std::move(stages[taken].own));
    if (!failure.ok()) return status = file->named(std::move(failure));
  }
  if (!planning.ok()) return status = file->named(std::move(planning));
  next_span = 0;
  seek_skip = row;
  while (next_span < spans.size() && seek_skip >= spans[next_span].count) {
    seek_skip -= spans[next_span++].count;
  }
  span_open = false;
  ended = false;
  chunk_bytes = 0;
  rows_done = row;
  return {};
}

BatchReader::BatchReader(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
BatchReader::BatchReader(BatchReader&&) noexcept = default;
BatchReader& BatchReader::operator=(BatchReader&&) noexcept = default;
BatchReader::~BatchReader() = default;

Status BatchReader::seek(int64_t row) {
  return impl_->status.ok() ? impl_->seek(row) : impl_->status;
}
const Status& BatchReader::status() const noexcept { return impl_->status; }
int64_t BatchReader::total_rows() const noexcept { return impl_->total_rows; }
FilterStats BatchReader::filter_stats() const noexcept {
  return impl_->filter == nullptr ? FilterStats() : impl_->filter->stats();
}
std::span<const Field* const> BatchReader::fields() const noexcept { return impl_->fields; }

bool BatchReader::next(Batch* batch) {
  if (batch->impl_ == nullptr) batch->impl_ = std::make_unique<Batch::Impl>(impl_->file);
  batch->impl_->rows = 0;
  if (impl_->ended || !impl_->status.ok()) return false;
  if (impl_->at_end()) {
    impl_->ended = true;
    impl_->leave_memory(batch->impl_.get());
    return false;
  }
  Status status = impl_->next(&batch->impl_);
  if (!status.ok()) {
    batch->impl_->rows = 0;
    impl_->status = impl_->file->named(std::move(status));
    return false;
  }
  if (impl_->ended) return false;
  if (impl_->options.progress) impl_->options.progress({impl_->rows_done, impl_->total_rows});
  return true;
}

BatchReader File::read(ReadOptions options) const {
  auto impl = std::make_unique<BatchReader::Impl>(impl_, std::move(options));
  Status status = impl->plan();
  if (!status.ok()) impl->status = impl_->named(std::move(status));
  return BatchReader(std::move(impl));
}

}  // namespace veneer
