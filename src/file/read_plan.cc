// Plans a read: which rows of which row groups, which columns, and where their chunks are.
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/checked.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "file/reader_impl.h"
#include "format/shown.h"
#include "io/ranges.h"

namespace veneer {
namespace {

// A read keeps one window a leaf; together they stay within this.
constexpr int64_t kWindowsTogether = int64_t{64} << 20;
constexpr int64_t kSmallestWindow = int64_t{8} << 10;
constexpr size_t kSmallestBatch = 64;
// A batch that fits the second-level cache together with what it is made from is made and used
// faster: lineitem, 200 bytes a row, takes 0.21 s in batches of 4 Ki rows, 0.25 in ones of 16 Ki.
// Below 2 Ki rows the work per batch and column shows. Where threads hand them over that is more,
// and several are under way anyhow.
struct BatchSize {
  double bytes, rows;
};
constexpr BatchSize kCached = {512 << 10, 2 << 10};
constexpr BatchSize kCachedAhead = {1 << 20, 8 << 10};
// Batches under way for each lane, so that all have work while their stretches, which end with a
// page, are of several batches.
constexpr size_t kLaneDepth = 4;

}  // namespace

BatchReader::Impl::Impl(std::shared_ptr<const File::Impl> of, ReadOptions with)
    : file(std::move(of)),
      options(std::move(with)),
      fields(&file->pool),
      spans(&file->pool),
      page_rows(&file->pool, &file->options.limits),
      decompressors(&file->pool, file->options.limits.decompressed_bytes),
      sources(&file->pool),
      readers(&file->pool),
      ranges(&file->pool),
      openings(&file->pool),
      wanted(&file->pool),
      found(&file->pool) {}

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

// As many as keep all threads busy, by what the leaves of the first row group take. Only where
// whole pages can be passed over at little cost.
void BatchReader::Impl::choose_lanes() {
  if (filter != nullptr || spans.empty() || is_remote(*file->input)) return;
  if (file->carries_prefix()) return;
  double all = 0;
  double most = 0;
  for (size_t slot = 0; slot < slots(); ++slot) {
    const Leaf& leaf = schema().leaf(projection->slots[slot].leaf);
    const auto place = locate_chunk(*file, spans[0].row_group, projection->slots[slot].leaf);
    if (!place.ok() || leaf.max_repetition_level != 0) return;
    // Sizes are claims, and may be below zero.
    const auto bytes =
        static_cast<double>(std::max<int64_t>(place->chunk.total_uncompressed_size, 0)) +
        static_cast<double>(place->chunk.num_values) *
            static_cast<double>(column::ValueLayout::of(leaf).width);
    all += bytes;
    if (bytes > most) {
      most = bytes;
      longest_slot = slot;
    }
  }
  const auto threads = static_cast<double>(ahead->threads());
  if (most * threads > all) {
    lanes = static_cast<size_t>(
        std::min(std::ceil(most / all * threads), double{ReadAhead::kMostLanes}));
  }
}

Status BatchReader::Impl::make_readers() {
  tasks = std::min(slots(), ReadAhead::kMostTasks);
  if (tasks != 0) ahead = ReadAhead::make(options.threads, this);
  if (ahead != nullptr) choose_lanes();
  const bool remote = is_remote(*file->input);
  const size_t all = lanes * slots();
  VENEER_CHECK(sources.reserve(all));
  VENEER_CHECK(readers.reserve(all));
  VENEER_CHECK(ranges.reserve(slots()));
  VENEER_CHECK(openings.reserve(slots()));
  for (size_t i = 0; i < all; ++i) {
    const Projection::Slot& slot = projection->slots[i % slots()];
    sources.emplace_back(&file->pool);
    column::LeafReader::Options reader;
    reader.leaf = &schema().leaf(slot.leaf);
    reader.element_levels = slot.element_levels;
    reader.top_level = slot.top_level;
    reader.keep_dictionary = slot.keep_dictionary;
    reader.carry_prefix = file->carries_prefix();
    reader.int96 = options.int96;
    reader.pages = file->page_options(&decompressors, options.checksums);
    if (filter != nullptr && (ahead == nullptr || remote)) {
      reader.pages.cache = filter->share(slot.leaf);
    }
    readers.emplace_back(reader);
  }
  size_t depth = 1;
  if (ahead != nullptr) {
    // A filter's columns are read on the caller's thread, batch by batch, while the others decode
    // what it found. Of a remote file each page is fetched once, for both.
    if (filter == nullptr || !remote) {
      depth = lanes == 1 ? 2 * ahead->threads() : lanes * kLaneDepth;
    }
    ahead->shape(depth, lanes, tasks);
  }
  stages.reserve(depth);
  for (size_t i = 0; i < depth; ++i) {
    stages.emplace_back(&file->pool);
    VENEER_CHECK(stages.back().openings.reserve(slots()));
  }
  return {};
}

Status BatchReader::Impl::slot_failure(Status failure, size_t slot, const RowSpan& of) const {
  if (failure.ok()) return failure;
  return std::move(failure)
      .in_column(format::shown_leaf(schema(), projection->slots[slot].leaf))
      .in_row_group(of.row_group);
}

size_t BatchReader::Impl::rows_per_batch(double decoded_bytes, int64_t rows) const {
  const double per_row = std::max(decoded_bytes / static_cast<double>(rows), 1.0 / 8);
  const BatchSize& cached = ahead == nullptr ? kCached : kCachedAhead;
  const double fitting = std::min(static_cast<double>(options.batch_bytes) / per_row,
                                  std::max(cached.bytes / per_row, cached.rows));
  const auto most = static_cast<double>(options.batch_rows);
  const auto least = std::min(most, static_cast<double>(kSmallestBatch));
  return static_cast<size_t>(std::clamp(fitting, least, most));
}

Status BatchReader::Impl::plan_slot(size_t slot, double* decoded_bytes) {
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
          slot, span);
    }
  }
  VENEER_TRY(const int64_t input_size, place.input->size());
  openings.emplace_back(Opening{place.input, input_size, place.begin, place.size,
                                place.chunk.num_values, place.chunk.codec});
  // Estimated from metadata, which may lie: it only decides how much is asked for at once.
  *decoded_bytes += static_cast<double>(place.chunk.num_values) *
                    (static_cast<double>(readers[slot].width()) + 2.0);
  if (readers[slot].layout().is_binary()) {
    *decoded_bytes += static_cast<double>(place.chunk.total_uncompressed_size);
  }
  return {};
}

// Finds the chunks of the row group's columns.
Status BatchReader::Impl::plan_slots() {
  ranges.clear();
  openings.clear();
  double decoded_bytes = 0;
  for (size_t slot = 0; slot < slots(); ++slot) VENEER_CHECK(plan_slot(slot, &decoded_bytes));
  batch_rows = rows_per_batch(decoded_bytes, file->metadata->row_group(span.row_group).num_rows);
  if (filter != nullptr && options.trust_statistics) return {};
  io::sort_by_offset({ranges.data(), ranges.size()});
  file->input->will_need(ranges);
  return {};
}

void BatchReader::Impl::next_stretch(int64_t row) {
  const int64_t span_end = span.first + span.count;
  stretch_end = span_end;
  stretch_rows = narrow<int64_t>(batch_rows);
  if (lanes == 1) return;
  lane = (lane + 1) % lanes;
  if (stretch_rows < span_end - row) {
    stretch_end = std::min(span_end, page_rows.next(row + stretch_rows));
  }
  // There is at least one row left, and there may be 2^63 - 1, by what a file says.
  const int64_t last = stretch_end - row - 1;
  const int64_t batches = last / stretch_rows + 1;
  stretch_rows = last / batches + 1;
}

Status BatchReader::Impl::open_reader(size_t of_lane, size_t slot, const Opening& opening,
                                      const RowSpan& of) {
  const int64_t share = std::max(
      kSmallestWindow, kWindowsTogether / std::max<int64_t>(1, narrow<int64_t>(readers.size())));
  ChunkInput& source = sources[of_lane * slots() + slot];
  source.open(opening.input, opening.input_size, opening.begin, opening.size,
              std::min(opening.input->preferred_read_bytes(), share),
              ahead == nullptr ? ChunkInput::LetGo::pages : ChunkInput::LetGo::chunks);
  return readers[of_lane * slots() + slot].open_chunk(
      &source, opening.codec, opening.num_values, file->metadata->row_group(of.row_group).num_rows);
}

}  // namespace veneer
