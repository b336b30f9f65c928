#include "column/leaf_reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "encoding/expand.h"

namespace veneer::column {
namespace {

// Levels decoded at once for nested leaves: small enough for the first-level cache.
constexpr size_t kLevelsAtOnce = 4096;
// Values decoded at once before they go to their slots: as small, at up to 16 bytes each.
constexpr size_t kSpreadBlock = 1024;

}  // namespace

Status LeafReader::decode_values(size_t n, LeafData* out) {
  if (n == 0) return {};
  if (out->dense.empty() && !out->is_dictionary) {
    out->is_dictionary = options_.keep_dictionary && values_.is_dictionary_encoded();
  } else if (out->is_dictionary && !values_.is_dictionary_encoded()) {
    VENEER_CHECK(materialise(out));
  }
  return values_.decode(n, out);
}

// The `all_present` values of slots [begin, begin + n), of which the validity is there, into
// spread: block by block, so that a value is in the first-level cache when it goes to its slot.
// Spreading a whole batch afterwards took a sixth of the time of columns with nulls. `expected`:
// the slots that the batch has at least.
Status LeafReader::decode_spread(size_t begin, size_t n, size_t all_present, size_t expected,
                                 LeafData* out) {
  size_t bytes;
  if (!checked_mul(expected, width_, &bytes)) {
    return Status::over_limit("values of a batch overflow");
  }
  if (out->spread_slots == 0) {
    VENEER_CHECK(out->spread.resize_discard(bytes));
    if (begin != 0) std::memcpy(out->spread.data(), out->dense.data(), begin * width_);
  } else {
    VENEER_CHECK(out->spread.resize(bytes));
  }
  const bool in_place = values_.in_place();
  const size_t most = values_.in_blocks() && !in_place ? kSpreadBlock : n;
  for (size_t end = begin + n; begin != end;) {
    const size_t slots = std::min(most, end - begin);
    const size_t present =
        slots == n ? all_present : count_bits(out->validity.data(), begin, slots);
    out->dense.clear();
    const uint8_t* dense = nullptr;
    if (in_place) {
      VENEER_TRY(dense, values_.take(present));
    } else if (present != 0) {
      VENEER_CHECK(decode_values(present, out));
      dense = out->dense.data();
    }
    encoding::expand(dense, out->validity.data(), begin, slots, width_,
                     out->spread.data() + begin * width_);
    begin += slots;
  }
  out->spread_slots = begin;
  return {};
}

Status LeafReader::read(size_t rows, LeafData* out) {
  const RowRun run{rows_done_, narrow<int64_t>(rows)};
  return read_runs({&run, 1}, out);
}

Status LeafReader::read_runs(std::span<const RowRun> runs, LeafData* out) {
  out->clear();
  out->wide_levels = wide_levels_;
  values_.begin_batch();
  int64_t rows = 0;
  for (const RowRun& run : runs) rows += run.count;
  if (!runs.empty() && runs.back().end() > chunk_rows_) {
    return Status::invalid_argument("read past the rows of the row group");
  }
  Status status = make_room(narrow<size_t>(rows), out);
  for (const RowRun& run : runs) {
    if (!status.ok()) break;
    read_ahead_to(run.end());
    if (run.begin != rows_done_) {
      status = skip(run.begin - rows_done_);
      read_ahead_to(run.end());
    }
    if (status.ok()) status = append(narrow<size_t>(run.count), out);
  }
  if (status.ok()) status = finish(out);
  if (!status.ok()) return std::move(status).at(pages_.page_offset());
  return {};
}

// What is one entry a row, for all rows of a batch.
Status LeafReader::make_room(size_t rows, LeafData* out) {
  if (max_repetition_ != 0 || max_definition_ == 0) return {};
  if (bitmap_) return out->validity.resize_discard(bytes_for_bits(rows) + 8);
  out->has_levels = true;
  return out->definition_levels.resize_discard(rows * (wide_levels_ ? 2 : 1));
}

Status LeafReader::append(size_t rows, LeafData* out) {
  if (max_repetition_ != 0) {
    return read_nested(rows, out, true);
  }
  if (bitmap_ || max_definition_ == 0) return read_flat(rows, out);
  return read_flat_levels(rows, out);
}

// Required, or optional at the top level: validity bits straight from the page.
Status LeafReader::read_flat(size_t rows, LeafData* out) {
  const size_t before = out->slots;
  size_t done = 0;
  size_t valid = 0;
  while (done < rows) {
    VENEER_CHECK(need_page());
    const auto now = narrow<size_t>(std::min<int64_t>(narrow<int64_t>(rows - done), page_left_));
    size_t present = bitmap_ ? 0 : now;
    if (bitmap_) {
      VENEER_CHECK(definition_.decode_bitmap(out->validity.data(), before + done, now, &present));
    }
    if (spread_ && (present != now || out->spread_slots != 0)) {
      VENEER_CHECK(decode_spread(before + done, now, present, before + rows, out));
    } else {
      VENEER_CHECK(decode_values(present, out));
    }
    valid += present;
    done += now;
    page_left_ -= narrow<int64_t>(now);
    rows_done_ += narrow<int64_t>(now);
  }
  out->slots += rows;
  out->null_count += rows - valid;
  return {};
}

// Optional below structures: the levels are kept, for the structures' own validity.
Status LeafReader::read_flat_levels(size_t rows, LeafData* out) {
  size_t done = 0;
  while (done < rows) {
    VENEER_CHECK(need_page());
    const auto now = narrow<size_t>(std::min<int64_t>(narrow<int64_t>(rows - done), page_left_));
    size_t present = 0;
    const auto decode_levels = [&]<class Level>(Level) {
      Level* levels = out->definition_levels.as<Level>() + out->levels + done;
      Status status = definition_.decode(levels, now);
      if (status.ok()) present = count_at_least(levels, now, max_definition_);
      return status;
    };
    VENEER_CHECK(by_level(decode_levels));
    VENEER_CHECK(decode_values(present, out));
    done += now;
    page_left_ -= narrow<int64_t>(now);
    rows_done_ += narrow<int64_t>(now);
  }
  out->levels += rows;
  return {};
}

Status LeafReader::refill_block() {
  const auto n = narrow<size_t>(std::min<int64_t>(page_left_, kLevelsAtOnce));
  VENEER_CHECK(repetition_block_.resize_discard(n * level_bytes()));
  VENEER_CHECK(definition_block_.resize_discard(n * level_bytes()));
  const auto decode_levels = [&]<class Level>(Level) -> Status {
    auto* const repetition = repetition_block_.as<Level>();
    VENEER_CHECK(repetition_.decode(repetition, n));
    if (max_definition_ != 0) {
      VENEER_CHECK(definition_.decode(definition_block_.as<Level>(), n));
    }
    if (!first_level_ || repetition[0] == 0) return {};
    return Status::corrupt("the first repetition level of a column chunk is not 0");
  };
  VENEER_CHECK(by_level(decode_levels));
  first_level_ = false;
  block_begin_ = 0;
  block_end_ = n;
  page_left_ -= narrow<int64_t>(n);
  return {};
}

// Rows of lists: a row ends where the next one begins, or with the chunk.
Status LeafReader::read_nested(size_t rows, LeafData* out, bool keep) {
  out->has_levels = true;
  size_t begun = 0;
  const bool to_the_end = narrow<int64_t>(rows) == chunk_rows_ - rows_done_;
  const size_t before = keep ? out->levels : 0;
  size_t entries = before;
  while (true) {
    if (block_begin_ == block_end_) {
      if (page_left_ == 0) {
        VENEER_TRY(const bool more, next_data_page());
        if (!more) break;
      }
      if (!page_open_) VENEER_CHECK(open_page());
      VENEER_CHECK(refill_block());
    }
    size_t found = 0;
    size_t present = 0;
    const size_t take = by_level([&]<class Level>(Level) {
      const size_t n = find_row_end(repetition_block_.as<Level>() + block_begin_,
                                    block_end_ - block_begin_, rows - begun, &found);
      const Level* definition = definition_block_.as<Level>() + block_begin_;
      present = max_definition_ == 0 ? n : count_at_least(definition, n, max_definition_);
      return n;
    });
    begun += found;
    if (keep) {
      const size_t at = entries * level_bytes();
      const size_t from = block_begin_ * level_bytes();
      const size_t size = take * level_bytes();
      VENEER_CHECK(out->repetition_levels.resize(at + size));
      VENEER_CHECK(out->definition_levels.resize(at + size));
      std::memcpy(out->repetition_levels.data() + at, repetition_block_.data() + from, size);
      std::memcpy(out->definition_levels.data() + at, definition_block_.data() + from, size);
      entries += take;
      VENEER_CHECK(decode_values(present, out));
    } else {
      VENEER_CHECK(values_.skip(present));
    }
    block_begin_ += take;
    if (block_begin_ != block_end_) break;  // the next row begins here
  }
  if (begun != rows) {
    return Status::corrupt(concat({"column chunk ends after ", rows_done_ + narrow<int64_t>(begun),
                                   " of ", chunk_rows_, " rows"}));
  }
  if (to_the_end && block_begin_ == block_end_ && values_seen_ != chunk_values_ && !jumped_) {
    return Status::corrupt(concat(
        {"column chunk ends with ", chunk_values_ - values_seen_, " of its values missing"}));
  }
  if (to_the_end && block_begin_ != block_end_) {
    return Status::corrupt(
        concat({"column chunk has more rows than the ", chunk_rows_, " of its row group"}));
  }
  rows_done_ += narrow<int64_t>(rows);
  out->levels = entries;
  const bool nested = by_level([&]<class Level>(Level) {
    return !keep || levels_nest(out->repetition_levels.as<Level>() + before,
                                out->definition_levels.as<Level>() + before, entries - before,
                                options_.element_levels);
  });
  if (!nested) {
    return Status::corrupt("levels continue a list that has no elements");
  }
  return {};
}

// Validity, slots and nulls; then spreads the values around the nulls.
Status LeafReader::finish(LeafData* out) {
  if (out->has_levels) {
    VENEER_CHECK(out->validity.resize_discard(bytes_for_bits(out->levels) + 16));
    const bool lists = max_repetition_ != 0;
    const uint32_t slot_level = lists ? options_.element_levels[max_repetition_] : 0;
    out->slots = by_level([&]<class Level>(Level) {
      return validity_from_levels(lists ? out->repetition_levels.as<Level>() : nullptr,
                                  out->definition_levels.as<Level>(), out->levels, max_repetition_,
                                  slot_level, max_definition_, out->validity.data(),
                                  &out->null_count);
    });
  }
  if (out->is_dictionary) {
    out->dictionary = dictionary_;
  } else if (kind_ != layout_.kind) {
    VENEER_CHECK(convert_int96(out));
  }
  if (out->null_count != 0 && out->spread_slots == 0) {
    const size_t width = out->is_dictionary ? sizeof(int32_t) : width_;
    VENEER_CHECK(out->spread.resize_discard(out->slots * width));
    encoding::expand(out->dense.data(), out->validity.data(), 0, out->slots, width,
                     out->spread.data());
  }
  return pack_booleans(layout_, out->slots, out);
}

Status LeafReader::skip(int64_t rows) {
  if (rows > chunk_rows_ - rows_done_) {
    return Status::invalid_argument("skip past the rows of the row group");
  }
  auto run = [&]() -> Status {
    VENEER_CHECK(jump(rows_done_ + rows, &rows));
    if (max_repetition_ != 0) {
      skipped_.clear();
      while (rows > 0) {
        const auto now = narrow<size_t>(std::min<int64_t>(rows, int64_t{1} << 20));
        VENEER_CHECK(read_nested(now, &skipped_, false));
        rows -= narrow<int64_t>(now);
      }
      return {};
    }
    while (rows > 0) {
      if (page_left_ == 0) {
        VENEER_TRY(const bool more, next_data_page());
        if (!more) return need_page();
      }
      const int64_t now = std::min(rows, page_left_);
      // A page whose last value the next one begins with is decoded even if no row of it is wanted.
      const bool carries = options_.carry_prefix && page_encoding() == Encoding::delta_byte_array;
      if (now < page_left_ || carries) {
        VENEER_CHECK(need_page());
        // In blocks, for the levels' sake.
        for (int64_t left = now; left > 0;) {
          const auto block = narrow<size_t>(std::min<int64_t>(left, kLevelsAtOnce));
          size_t present = block;
          if (max_definition_ != 0) {
            VENEER_CHECK(definition_block_.resize_discard(block * sizeof(uint16_t)));
            auto* levels = definition_block_.as<uint16_t>();
            VENEER_CHECK(definition_.decode(levels, block));
            present = count_at_least(levels, block, max_definition_);
          }
          VENEER_CHECK(values_.skip(present));
          left -= narrow<int64_t>(block);
        }
      }
      page_left_ -= now;
      rows -= now;
      rows_done_ += now;
    }
    return {};
  };
  Status status = run();
  if (!status.ok()) return std::move(status).at(pages_.page_offset());
  return {};
}

}  // namespace veneer::column
