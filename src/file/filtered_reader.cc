// Batches of the rows that a filter keeps.
#include <algorithm>
#include <vector>

#include "base/checked.h"
#include "base/macros.h"
#include "file/reader_impl.h"

namespace veneer {
namespace {

// Batches' worth of rows that a filter looks at for one batch that it does not fill.
constexpr int64_t kMostBatches = 16;
// Runs of rows that are held where all of a row group's are found first.
constexpr size_t kMostRuns = size_t{1} << 20;

}  // namespace

// A stage of no rows where there are no more, or where those of the next row group have to wait:
// its chunks are opened when all stages before are done.
Status BatchReader::Impl::plan_filtered(Stage* stage) {
  stage->rows = 0;
  while (limit_left > 0) {
    if (!span_open) {
      if (next_span == spans.size()) break;
      VENEER_CHECK(begin_filtered());
    }
    VENEER_CHECK(find_wanted());
    rows_done = rows_before_span + filter->position() - span.first;
    if (wanted_rows == 0) {
      rows_before_span += span.count;
      span_open = false;
      continue;
    }
    const Stopwatch watch(&filter->stats().read_seconds);
    if (!slots_open) {
      if (ahead != nullptr && ahead->outstanding() != 0) return {};
      VENEER_CHECK(open_filtered());
    }
    const auto rows = narrow<size_t>(std::min(wanted_rows, narrow<int64_t>(batch_rows)));
    VENEER_CHECK(take_rows(rows, &wanted, &stage->picked));
    wanted_rows -= narrow<int64_t>(rows);
    limit_left -= narrow<int64_t>(rows);
    stage->runs = {stage->picked.data(), stage->picked.size()};
    VENEER_CHECK(stage->decode_plan.make(stage->runs));
    stage->span = span;
    stage->rows = rows;
    return prepare(stage->batch);
  }
  all_found = true;
  return {};
}

Status BatchReader::Impl::begin_filtered() {
  span = spans[next_span++];
  span_open = true;
  wanted.clear();
  wanted_rows = 0;
  slots_open = false;
  batch_rows = narrow<size_t>(options.batch_rows);
  return filter->begin(span.row_group, span.first, span.count);
}

// Opens the chunks of the row group, of which there are rows that are wanted.
Status BatchReader::Impl::open_filtered() {
  VENEER_CHECK(plan_slots());
  for (size_t slot = 0; slot < slots(); ++slot) {
    VENEER_CHECK(slot_failure(open_reader(0, slot, openings[slot], span), slot, span));
  }
  slots_open = true;
  return options.trust_statistics ? use_offset_indexes() : Status();
}

// What is not wanted is then not even read.
Status BatchReader::Impl::use_offset_indexes() {
  const int64_t rows = file->metadata->row_group(span.row_group).num_rows;
  offset_indexes.assign(slots(), OffsetIndex());
  for (size_t slot = 0; slot < slots(); ++slot) {
    VENEER_TRY(const ColumnChunk chunk,
               file->metadata->column_chunk(span.row_group, projection->slots[slot].leaf));
    auto index = sound_offset_index(*file, chunk, rows);
    if (!index.ok()) return slot_failure(std::move(index).status(), slot, span);
    if (!index->has_value()) continue;
    offset_indexes[slot] = **std::move(index);
    readers[slot].use_offset_index(offset_indexes[slot].page_locations);
  }
  if (!is_remote(*file->input)) return {};
  std::vector<ByteRange> needed;
  for (size_t slot = 0; slot < slots(); ++slot) {
    VENEER_TRY(const ChunkPlace place,
               locate_chunk(*file, span.row_group, projection->slots[slot].leaf));
    if (place.input != file->input.get()) continue;
    const size_t before = needed.size();
    add_ranges(place, offset_indexes[slot].page_locations, wanted, &needed);
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
    VENEER_CHECK(filter->next(&found));
    looked_at += filter->position() - before;
    VENEER_TRY(const int64_t more,
               append_runs(found, &offset_left, limit_left - wanted_rows, &wanted));
    wanted_rows += more;
  }
  return {};
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

}  // namespace veneer
