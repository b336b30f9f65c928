// Rows of a file, batch by batch: plans the read, decodes leaves (in parallel where asked), and
// assembles columns.
#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "base/checked.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "column/compact.h"
#include "column/leaf_reader.h"
#include "file/assembly.h"
#include "file/chunk_input.h"
#include "file/decode_plan.h"
#include "file/file_impl.h"
#include "file/projection.h"
#include "file/row_filter.h"
#include "file/thread_pool.h"
#include "format/shown.h"
#include "io/ranges.h"

namespace veneer {
namespace {

// A read keeps one window a leaf; together they stay within this.
constexpr int64_t kWindowsTogether = int64_t{64} << 20;
constexpr int64_t kSmallestWindow = int64_t{8} << 10;
constexpr size_t kSmallestBatch = 64;
// Batches' worth of rows that a filter looks at for one batch that it does not fill.
constexpr int64_t kMostBatches = 16;
// Runs of rows that are held where all of a row group's are found first.
constexpr size_t kMostRuns = size_t{1} << 20;
// A batch that fits the processor's caches is made and used faster: lineitem, 200 bytes a row,
// takes 0.32 s in batches of 16 Ki rows and 0.38 s in ones of 64 Ki. Below 8 Ki rows the work per
// batch and column shows.
constexpr double kCachedBatch = 4 << 20;
constexpr double kCachedRows = 8 << 10;

// The rows of one row group that a read gives.
struct RowSpan {
  uint32_t row_group = 0;
  int64_t file_row = 0;  // ordinal in the file of the row group's first row
  int64_t first = 0;     // within the row group
  int64_t count = 0;
};

}  // namespace

struct Batch::Impl {
  explicit Impl(std::shared_ptr<const File::Impl> of)
      : file(std::move(of)), data(&file->pool), row_numbers(&file->pool) {}

  std::shared_ptr<const File::Impl> file;  // before data: the memory is its pool's
  std::shared_ptr<const Projection> projection;
  BatchData data;
  PoolArray<int64_t> row_numbers;
  size_t rows = 0;
  int64_t first_row = 0;
  int32_t row_group = 0;
};

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

struct BatchReader::Impl {
  std::shared_ptr<const File::Impl> file;
  ReadOptions options;
  Status status;
  bool ended = false;
  std::shared_ptr<const Projection> projection;
  PoolArray<const Field*> fields;
  PoolArray<RowSpan> spans;
  int64_t total_rows = 0;
  int64_t rows_done = 0;

  // The row group being read.
  size_t next_span = 0;
  bool span_open = false;
  RowSpan span;
  int64_t span_done = 0;
  size_t batch_rows = 0;

  column::Decompressors decompressors;
  PoolArray<ChunkInput> sources;  // by slot, as are the readers
  PoolArray<column::LeafReader> readers;
  PoolArray<Status> statuses;
  PoolArray<ByteRange> ranges;
  int64_t chunk_bytes = 0;  // of this file, in the chunks opened so far
  std::unique_ptr<ThreadPool> threads;

  // With a filter: the rows of the row group that it keeps and that are not handed out yet, from
  // `wanted_at` on.
  std::unique_ptr<RowFilter> filter;
  PoolArray<column::RowRun> wanted;
  size_t wanted_at = 0;
  int64_t wanted_rows = 0;
  bool slots_open = false;
  int64_t rows_before_span = 0;
  int64_t offset_left = 0;
  int64_t limit_left = INT64_MAX;
  PoolArray<column::RowRun> found;
  PoolArray<column::RowRun> batch_runs;
  DecodePlan decode_plan;
  std::vector<OffsetIndex> offset_indexes;  // by slot

  Impl(std::shared_ptr<const File::Impl> of, ReadOptions with)
      : file(std::move(of)),
        options(std::move(with)),
        fields(&file->pool),
        spans(&file->pool),
        decompressors(&file->pool, file->options.limits.decompressed_bytes),
        sources(&file->pool),
        readers(&file->pool),
        statuses(&file->pool),
        ranges(&file->pool),
        wanted(&file->pool),
        found(&file->pool),
        batch_runs(&file->pool),
        decode_plan(&file->pool) {}

  const Schema& schema() const { return file->metadata->schema(); }
  Status plan();
  Status plan_spans();
  Status plan_rows();
  Result<int64_t> count();
  Status make_readers();
  Status open_span();
  Status open_slots();
  Status open_slot(size_t slot, int64_t rows, double* decoded_bytes);
  Status read_batch(Batch::Impl* batch);
  Status read_filtered(Batch::Impl* batch);
  Status find_wanted();
  Status use_offset_indexes();
  Status check_cancelled() const;
  Status take_wanted(size_t rows);
  Status decode(Batch::Impl* batch, std::span<const column::RowRun> runs, size_t rows);
  Status number_rows(Batch::Impl* batch, std::span<const column::RowRun> runs, size_t rows) const;
  size_t rows_per_batch(double decoded_bytes, int64_t rows) const;
  template <class Task>
  Status for_each_slot(Task task);
  Status slot_failure(Status failure, size_t slot) const;
};

// Which rows of which row groups, and the filter; the columns are no part of it.
Status BatchReader::Impl::plan_spans() {
  if (options.batch_rows <= 0) return Status::invalid_argument("batch_rows must be at least 1");
  if (options.threads < 0) return Status::invalid_argument("threads must not be negative");
  const FileMetadata& metadata = *file->metadata;
  const auto groups = narrow<int32_t>(metadata.num_row_groups());
  if (options.first_row_group < 0 || options.first_row_group > groups ||
      (options.row_group_count >= 0 &&
       options.row_group_count > groups - options.first_row_group)) {
    return Status::invalid_argument(concat({"row groups out of range: the file has ", groups}));
  }
  if (options.first_row < 0) return Status::invalid_argument("first_row must not be negative");
  if (options.offset < 0) return Status::invalid_argument("offset must not be negative");
  if (options.filter.empty()) {
    // Then both count rows that are known beforehand.
    if (!checked_add(options.first_row, options.offset, &options.first_row)) {
      options.first_row = INT64_MAX;
    }
    if (options.row_count >= 0)
      options.row_count = std::max<int64_t>(0, options.row_count - options.offset);
    if (options.limit >= 0 && (options.row_count < 0 || options.limit < options.row_count)) {
      options.row_count = options.limit;
    }
  } else {
    offset_left = options.offset;
    if (options.limit >= 0) limit_left = options.limit;
    VENEER_TRY(filter, RowFilter::make(file, options));
  }

  return plan_rows();
}

Status BatchReader::Impl::plan() {
  VENEER_CHECK(plan_spans());
  VENEER_TRY(Projection made,
             Projection::make(schema(), options.columns, options.dictionary_columns, &file->pool));
  projection = std::make_shared<const Projection>(std::move(made));
  VENEER_CHECK(fields.reserve(projection->num_top_level));
  for (uint32_t i = 0; i < projection->num_top_level; ++i) {
    fields.emplace_back(projection->nodes[i].field);
  }
  if (projection->slots.empty() && total_rows > file->options.limits.rows_without_columns) {
    return over_limit("number of rows without a column", total_rows, "rows_without_columns",
                      file->options.limits.rows_without_columns);
  }
  VENEER_CHECK(make_readers());
  if (filter == nullptr || !is_remote(*file->input)) return {};
  std::vector<uint32_t> groups;
  std::vector<uint32_t> leaves;
  for (const RowSpan& each : spans) groups.push_back(each.row_group);
  for (const Projection::Slot& slot : projection->slots) leaves.push_back(slot.leaf);
  return filter->announce_indexes(groups, leaves);
}

Status BatchReader::Impl::plan_rows() {
  const FileMetadata& metadata = *file->metadata;
  const auto groups = narrow<int32_t>(metadata.num_row_groups());
  const int32_t end =
      options.row_group_count < 0 ? groups : options.first_row_group + options.row_group_count;
  int64_t file_row = 0;
  int64_t to_skip = options.first_row;
  int64_t to_read = options.row_count < 0 ? INT64_MAX : options.row_count;
  for (int32_t i = 0; i < end; ++i) {
    const int64_t rows = metadata.row_group(narrow<uint32_t>(i)).num_rows;
    if (i >= options.first_row_group) {
      const int64_t skipped = std::min(rows, to_skip);
      const int64_t count = std::min(rows - skipped, to_read);
      to_skip -= skipped;
      to_read -= count;
      if (count > 0) {
        VENEER_CHECK(spans.push_back({narrow<uint32_t>(i), file_row, skipped, count}));
        total_rows += count;
      }
    }
    file_row += rows;
  }
  return {};
}

Status BatchReader::Impl::make_readers() {
  const FileMetadata& metadata = *file->metadata;
  const size_t slots = projection->slots.size();
  VENEER_CHECK(sources.reserve(slots));
  VENEER_CHECK(readers.reserve(slots));
  VENEER_CHECK(statuses.reserve(slots));
  VENEER_CHECK(ranges.reserve(slots));
  for (const Projection::Slot& slot : projection->slots) {
    sources.emplace_back(&file->pool);
    column::LeafReader::Options reader;
    reader.leaf = &schema().leaf(slot.leaf);
    reader.element_levels = slot.element_levels;
    reader.top_level = slot.top_level;
    reader.keep_dictionary = slot.keep_dictionary;
    reader.carry_prefix = metadata.writer().is_before("parquet-mr", 1, 8, 0);
    reader.int96 = options.int96;
    reader.pages.pool = &file->pool;
    reader.pages.limits = &file->options.limits;
    reader.pages.decompressors = &decompressors;
    reader.pages.checksums = options.checksums;
    reader.pages.v2_always_compressed = v2_pages_always_compressed(metadata.writer());
    if (filter != nullptr) reader.pages.cache = filter->share(slot.leaf);
    readers.emplace_back(reader);
    statuses.emplace_back();
  }
  if (options.threads != 1 && slots > 1) threads = std::make_unique<ThreadPool>(options.threads);
  return {};
}

Status BatchReader::Impl::slot_failure(Status failure, size_t slot) const {
  if (failure.ok()) return failure;
  return std::move(failure)
      .in_column(format::shown_leaf(schema(), projection->slots[slot].leaf))
      .in_row_group(span.row_group);
}

// Runs task(slot) for all leaves; the failure of the first leaf that failed.
template <class Task>
Status BatchReader::Impl::for_each_slot(Task task) {
  auto run = [&](size_t slot) { statuses[slot] = task(slot); };
  if (threads != nullptr) {
    threads->run(readers.size(), run);
  } else {
    for (size_t slot = 0; slot < readers.size(); ++slot) {
      run(slot);
      if (!statuses[slot].ok()) break;
    }
  }
  for (size_t slot = 0; slot < readers.size(); ++slot) {
    if (statuses[slot].ok()) continue;
    Status failure = slot_failure(std::move(statuses[slot]), slot);
    for (Status& other : statuses) other = Status();
    return failure;
  }
  return {};
}

size_t BatchReader::Impl::rows_per_batch(double decoded_bytes, int64_t rows) const {
  const double per_row = std::max(decoded_bytes / static_cast<double>(rows), 1.0 / 8);
  const double fitting = std::min(static_cast<double>(options.batch_bytes) / per_row,
                                  std::max(kCachedBatch / per_row, kCachedRows));
  const auto most = static_cast<double>(options.batch_rows);
  const auto least = std::min(most, static_cast<double>(kSmallestBatch));
  return static_cast<size_t>(std::clamp(fitting, least, most));
}

Status BatchReader::Impl::open_slot(size_t slot, int64_t rows, double* decoded_bytes) {
  VENEER_TRY(const ChunkPlace place,
             locate_chunk(*file, span.row_group, projection->slots[slot].leaf));
  if (place.input == file->input.get()) {
    ranges.emplace_back(ByteRange{place.begin, place.size});
    // Each chunk is opened once, so that all of them can be no larger than the file unless they
    // share its bytes: then a small file could keep a reader busy for ever. Twice that, since what
    // follows a chunk may be read with it (see chunk_range).
    chunk_bytes += place.size;
    if (chunk_bytes / 2 > file->size) {
      return slot_failure(
          Status::corrupt(concat({"column chunks overlap: those read so far have ", chunk_bytes,
                                  " bytes, their file has ", file->size}),
                          place.begin),
          slot);
    }
  }
  const int64_t share = std::max(
      kSmallestWindow, kWindowsTogether / std::max<int64_t>(1, narrow<int64_t>(readers.size())));
  VENEER_TRY(const int64_t input_size, place.input->size());
  sources[slot].open(place.input, input_size, place.begin, place.size,
                     std::min(place.input->preferred_read_bytes(), share));
  // Estimated from metadata, which may lie: it only decides how much is asked for at once.
  *decoded_bytes += static_cast<double>(place.chunk.num_values) *
                    (static_cast<double>(readers[slot].width()) + 2.0);
  return slot_failure(
      readers[slot].open_chunk(&sources[slot], place.chunk.codec, place.chunk.num_values, rows),
      slot);
}

// Opens the chunks of the row group's columns.
Status BatchReader::Impl::open_slots() {
  ranges.clear();
  const int64_t rows = file->metadata->row_group(span.row_group).num_rows;
  double decoded_bytes = 0;
  for (size_t slot = 0; slot < readers.size(); ++slot) {
    VENEER_CHECK(open_slot(slot, rows, &decoded_bytes));
  }
  batch_rows = rows_per_batch(decoded_bytes, rows);
  if (filter != nullptr && options.trust_statistics) return use_offset_indexes();
  io::sort_by_offset({ranges.data(), ranges.size()});
  file->input->will_need(ranges);
  return {};
}

// What is not wanted is then not even read.
Status BatchReader::Impl::use_offset_indexes() {
  const int64_t rows = file->metadata->row_group(span.row_group).num_rows;
  offset_indexes.assign(readers.size(), OffsetIndex());
  for (size_t slot = 0; slot < readers.size(); ++slot) {
    VENEER_TRY(const ColumnChunk chunk,
               file->metadata->column_chunk(span.row_group, projection->slots[slot].leaf));
    auto index = sound_offset_index(*file, chunk, rows);
    if (!index.ok()) return slot_failure(std::move(index).status(), slot);
    if (!index->has_value()) continue;
    offset_indexes[slot] = **std::move(index);
    readers[slot].use_offset_index(offset_indexes[slot].page_locations);
  }
  if (!is_remote(*file->input)) return {};
  std::vector<ByteRange> needed;
  for (size_t slot = 0; slot < readers.size(); ++slot) {
    VENEER_TRY(const ChunkPlace place,
               locate_chunk(*file, span.row_group, projection->slots[slot].leaf));
    if (place.input != file->input.get()) continue;
    const size_t before = needed.size();
    add_ranges(place, offset_indexes[slot].page_locations,
               {wanted.data() + wanted_at, wanted.size() - wanted_at}, &needed);
    const column::PageCache* cache = filter->share(projection->slots[slot].leaf);
    if (cache == nullptr) continue;
    const auto is_cached = [&](const ByteRange& range) {
      return cache->find(range.offset - place.begin) != nullptr;
    };
    needed.erase(
        std::remove_if(needed.begin() + narrow<ptrdiff_t>(before), needed.end(), is_cached),
        needed.end());
  }
  will_need(*file, &needed);
  return {};
}

Status BatchReader::Impl::open_span() {
  span = spans[next_span++];
  span_done = 0;
  span_open = true;
  if (filter != nullptr) {
    wanted.clear();
    wanted_at = 0;
    wanted_rows = 0;
    slots_open = false;
    batch_rows = narrow<size_t>(options.batch_rows);
    return filter->begin(span.row_group, span.first, span.count);
  }
  VENEER_CHECK(open_slots());
  if (span.first == 0) return {};
  return for_each_slot([&](size_t slot) { return readers[slot].skip(span.first); });
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

// Decodes these rows into the batch: all of them that `decode_plan` has, for a filter's rows.
Status BatchReader::Impl::decode(Batch::Impl* batch, std::span<const column::RowRun> runs,
                                 size_t rows) {
  if (batch->file != file || batch->projection != projection) {
    // Another read's batch: its memory is charged to that read's file. What is large goes over to
    // this one: new pages cost more than what is decoded into them, a third of the time of nested
    // data.
    VENEER_CHECK(take_over(*projection, &file->pool, &batch->data));
    batch->row_numbers = PoolArray<int64_t>(&file->pool);
    // The projection first: it too is charged to its file.
    batch->projection = projection;
    batch->file = file;
  }
  VENEER_CHECK(batch->data.fit(*projection, &file->pool));
  const auto decode_slot = [&](size_t slot) -> Status {
    VENEER_CHECK(check_cancelled());
    column::LeafReader& reader = readers[slot];
    column::LeafData* data = &batch->data.leaves[slot];
    // Lists are not compacted: their rows are passed over one by one.
    const bool whole = reader.leaf().max_repetition_level != 0 || filter == nullptr;
    VENEER_CHECK(reader.read_runs(whole ? runs : decode_plan.runs(), data));
    if (!whole && decode_plan.has_gaps()) compact(decode_plan.kept(), reader.width(), data);
    return {};
  };
  VENEER_CHECK(for_each_slot(decode_slot));
  Status built = assemble(*projection, schema(), readers, rows, file->options.limits.list_length,
                          &batch->data);
  if (!built.ok()) return std::move(built).in_row_group(span.row_group);
  VENEER_CHECK(number_rows(batch, runs, rows));
  batch->rows = rows;
  batch->first_row = span.file_row + runs.front().begin;
  batch->row_group = narrow<int32_t>(span.row_group);
  return {};
}

Status BatchReader::Impl::number_rows(Batch::Impl* batch, std::span<const column::RowRun> runs,
                                      size_t rows) const {
  batch->row_numbers.clear();
  if (!options.row_numbers) return {};
  VENEER_CHECK(batch->row_numbers.reserve(rows));
  for (const column::RowRun& run : runs) {
    for (int64_t i = 0; i < run.count; ++i) {
      batch->row_numbers.emplace_back(span.file_row + run.begin + i);
    }
  }
  return {};
}

Status BatchReader::Impl::read_batch(Batch::Impl* batch) {
  VENEER_CHECK(check_cancelled());
  if (filter != nullptr) return read_filtered(batch);
  if (!span_open) VENEER_CHECK(open_span());
  const auto rows =
      narrow<size_t>(std::min<int64_t>(narrow<int64_t>(batch_rows), span.count - span_done));
  const column::RowRun run{span.first + span_done, narrow<int64_t>(rows)};
  VENEER_CHECK(decode(batch, {&run, 1}, rows));
  span_done += narrow<int64_t>(rows);
  rows_done += narrow<int64_t>(rows);
  if (span_done == span.count) span_open = false;
  return {};
}

// Gives an empty batch at the end.
Status BatchReader::Impl::read_filtered(Batch::Impl* batch) {
  batch->rows = 0;
  while (limit_left > 0) {
    if (!span_open) {
      if (next_span == spans.size()) break;
      VENEER_CHECK(open_span());
    }
    VENEER_CHECK(find_wanted());
    rows_done = rows_before_span + filter->position() - span.first;
    if (wanted_rows == 0) {
      rows_before_span += span.count;
      span_open = false;
      continue;
    }
    const Stopwatch watch(&filter->stats().read_seconds);
    if (!slots_open) VENEER_CHECK(open_slots());
    slots_open = true;
    const int64_t rows = std::min(wanted_rows, narrow<int64_t>(batch_rows));
    VENEER_CHECK(take_wanted(narrow<size_t>(rows)));
    const std::span<const column::RowRun> runs(batch_runs.data(), batch_runs.size());
    VENEER_CHECK(decode_plan.make(runs));
    return decode(batch, runs, narrow<size_t>(rows));
  }
  ended = true;
  return {};
}

// Asks the filter until there are rows for a batch, or the row group is through.
Status BatchReader::Impl::find_wanted() {
  int64_t looked_at = 0;
  const bool remote = is_remote(*file->input);
  while (!filter->done() && limit_left > wanted_rows) {
    // A batch keeps the pages that its strings lie in: a few rows of very many pages are handed out
    // before they are a whole batch.
    // Of a remote file all wanted pages of the row group are asked for at once.
    if (remote && wanted.size() < kMostRuns) {
      looked_at = 0;
    } else if (wanted_rows >= narrow<int64_t>(batch_rows)) {
      break;
    }
    if (wanted_rows > 0 && looked_at > kMostBatches * narrow<int64_t>(batch_rows)) break;
    VENEER_CHECK(check_cancelled());
    const int64_t before = filter->position();
    found.clear();
    VENEER_CHECK(filter->next(&found));
    looked_at += filter->position() - before;
    for (column::RowRun run : found) {
      const int64_t skipped = std::min(offset_left, run.count);
      offset_left -= skipped;
      run.begin += skipped;
      run.count = std::min(run.count - skipped, limit_left - wanted_rows);
      if (run.count == 0) continue;
      VENEER_CHECK(append_run(run, &wanted));
      wanted_rows += run.count;
    }
  }
  return {};
}

// Moves the first `rows` of the wanted rows to the batch.
Status BatchReader::Impl::take_wanted(size_t rows) {
  batch_runs.clear();
  for (auto left = narrow<int64_t>(rows); left > 0;) {
    column::RowRun& run = wanted[wanted_at];
    const int64_t take = std::min(left, run.count);
    VENEER_CHECK(batch_runs.push_back({run.begin, take}));
    run.begin += take;
    run.count -= take;
    left -= take;
    if (run.count == 0) ++wanted_at;
  }
  if (wanted_at == wanted.size()) {
    wanted.clear();
    wanted_at = 0;
  }
  wanted_rows -= narrow<int64_t>(rows);
  limit_left -= narrow<int64_t>(rows);
  return {};
}

BatchReader::BatchReader(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
BatchReader::BatchReader(BatchReader&&) noexcept = default;
BatchReader& BatchReader::operator=(BatchReader&&) noexcept = default;
BatchReader::~BatchReader() = default;

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
  if (!impl_->span_open && impl_->next_span == impl_->spans.size()) {
    impl_->ended = true;
    return false;
  }
  Status status = impl_->read_batch(batch->impl_.get());
  if (!status.ok()) {
    batch->impl_->rows = 0;
    impl_->status = impl_->file->named(std::move(status));
    return false;
  }
  if (impl_->ended) return false;
  if (impl_->options.progress) impl_->options.progress({impl_->rows_done, impl_->total_rows});
  return true;
}

Result<int64_t> BatchReader::Impl::count() {
  VENEER_CHECK(plan_spans());
  if (filter == nullptr) return total_rows;
  int64_t kept = 0;
  for (; next_span < spans.size() && kept < limit_left; ++next_span) {
    span = spans[next_span];
    VENEER_CHECK(filter->begin(span.row_group, span.first, span.count));
    while (!filter->done() && kept < limit_left) {
      VENEER_CHECK(check_cancelled());
      found.clear();
      VENEER_CHECK(filter->next(&found));
      for (const column::RowRun& run : found) {
        const int64_t skipped = std::min(offset_left, run.count);
        offset_left -= skipped;
        kept += run.count - skipped;
      }
    }
  }
  return std::min(kept, limit_left);
}

Result<int64_t> File::count(const Filter& filter, ReadOptions options, FilterStats* stats) const {
  options.filter = filter;
  BatchReader::Impl impl(impl_, std::move(options));
  auto counted = impl.count();
  if (!counted) return impl_->named(std::move(counted).status());
  if (stats != nullptr) *stats = impl.filter == nullptr ? FilterStats() : impl.filter->stats();
  return counted;
}

BatchReader File::read(ReadOptions options) const {
  auto impl = std::make_unique<BatchReader::Impl>(impl_, std::move(options));
  Status status = impl->plan();
  if (!status.ok()) impl->status = impl_->named(std::move(status));
  return BatchReader(std::move(impl));
}

}  // namespace veneer
