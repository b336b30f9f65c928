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

int32_t num_values_of(const PageHeader& header) noexcept {
  return header.type == PageType::data_v2 ? header.data_v2.num_values : header.data.num_values;
}
Encoding encoding_of(const PageHeader& header) noexcept {
  return header.type == PageType::data_v2 ? header.data_v2.encoding : header.data.encoding;
}

}  // namespace

LeafReader::LeafReader(const Options& options)
    : options_(options),
      layout_(ValueLayout::of(*options_.leaf)),
      kind_(layout_.kind),
      width_(layout_.width),
      max_repetition_(options_.leaf->max_repetition_level),
      max_definition_(options_.leaf->max_definition_level),
      wide_levels_(std::max(max_repetition_, max_definition_) > 255),
      bitmap_(options_.top_level && max_repetition_ == 0 && max_definition_ == 1),
      pages_(options_.pages),
      values_(layout_, options_.pages.pool, options_.carry_prefix,
              options_.pages.limits->string_bytes),
      repetition_block_(options_.pages.pool),
      definition_block_(options_.pages.pool),
      skipped_(options_.pages.pool) {
  if (kind_ == ValueKind::int96 && options_.int96 != Int96As::stored) {
    kind_ = ValueKind::int64;
    width_ = 8;
  }
  // Bits, and values without bytes, are no larger than indices; what is converted has no entry.
  if (kind_ == ValueKind::boolean || width_ == 0 || kind_ != layout_.kind) {
    options_.keep_dictionary = false;
  }
  spread_ = bitmap_ && !options_.keep_dictionary && kind_ == layout_.kind;
}
LeafReader::~LeafReader() = default;

Status LeafReader::open_chunk(ChunkSource* source, Codec codec, int64_t num_values, int64_t rows) {
  // There are files whose chunks claim more values than rows, and hold those of the rows: what no
  // row asks for is not looked for.
  if (max_repetition_ == 0 && num_values < rows) {
    return Status::corrupt(
        concat({"column chunk has ", num_values, " values in a row group of ", rows, " rows"}),
        source->file_offset());
  }
  pages_.open(source, codec);
  values_.begin_chunk();
  dictionary_ = Dictionary();
  chunk_values_ = num_values;
  chunk_rows_ = rows;
  rows_done_ = values_seen_ = page_left_ = 0;
  data_seen_ = page_open_ = jumped_ = false;
  first_level_ = true;
  block_begin_ = block_end_ = 0;
  pages_index_ = {};
  page_rows_ = -1;
  return {};
}

// With an offset index, rows are passed over by going to the page that has row `target`, where that
// is not the current one. `*rows` becomes what is then left to pass over.
Status LeafReader::jump(int64_t target, int64_t* rows) {
  if (pages_index_.empty() || target == chunk_rows_ || options_.carry_prefix) return {};
  const auto next = std::upper_bound(
      pages_index_.begin(), pages_index_.end(), target,
      [](int64_t row, const PageLocation& page) { return row < page.first_row_index; });
  if (next == pages_index_.begin()) return {};
  const PageLocation& page = *(next - 1);
  if (page.first_row_index <= rows_done_) return {};
  VENEER_CHECK(find_dictionary());
  const int64_t end = next == pages_index_.end() ? chunk_rows_ : next->first_row_index;
  if (!pages_.seek(page.offset, page.compressed_page_size)) {
    return Status::corrupt("the offset index has a page outside of its column chunk", page.offset);
  }
  page_left_ = 0;
  page_rows_ = end - page.first_row_index;
  page_open_ = false;
  block_begin_ = block_end_ = 0;
  data_seen_ = first_level_ = jumped_ = true;
  // Of lists, how many values lie before a page is not known: then the chunk's count is no bound.
  values_seen_ = max_repetition_ == 0 ? page.first_row_index : 0;
  rows_done_ = page.first_row_index;
  *rows = target - rows_done_;
  return {};
}

// The dictionary page stands before the first data page.
Status LeafReader::find_dictionary() {
  if (data_seen_ || dictionary_) return {};
  if (!pages_index_.empty()) {
    // With an index it is known where they begin, so that not even a header is read in vain.
    const int64_t first = pages_index_.front().offset;
    if (pages_.next_offset() >= first) return {};
    pages_.read_until(first);
  }
  VENEER_TRY(const bool more, next_data_page(false));
  // The first data page is not read now: its header will be once more, if it is wanted.
  if (more) pages_.back();
  values_seen_ = page_left_ = 0;
  data_seen_ = false;
  return {};
}

Result<const Dictionary*> LeafReader::dictionary() {
  VENEER_CHECK(find_dictionary());
  return &dictionary_;
}

// The page that a jump led to is the one that the index promised, as far as its header tells: with
// lists it does not, and writers have told wrong numbers of rows there.
Status LeafReader::check_page() {
  const int64_t promised = std::exchange(page_rows_, -1);
  if (promised < 0 || max_repetition_ != 0 || page_left_ == promised) return {};
  return Status::corrupt(
      concat({"the offset index promises a page of ", promised, " rows, it has ", page_left_}),
      pages_.page_offset());
}

// The next data page that has values; its header only. Without `data`, ends at the first one's
// place where an index tells it.
Result<bool> LeafReader::next_data_page(bool data) {
  page_open_ = false;
  while (values_seen_ < chunk_values_) {
    if (!data && !pages_index_.empty() && pages_.next_offset() >= pages_index_.front().offset) {
      return false;
    }
    VENEER_TRY(const bool more, pages_.next_header(&header_));
    if (!more) return false;
    if (header_.type == PageType::dictionary) {
      VENEER_CHECK(load_dictionary(header_));
      continue;
    }
    if (header_.type == PageType::index) continue;
    if (header_.type != PageType::data && header_.type != PageType::data_v2) {
      return Status::unsupported(
          concat({"page of unknown type ", static_cast<int64_t>(header_.type)}),
          pages_.page_offset());
    }
    data_seen_ = true;
    page_left_ = num_values_of(header_);
    if (page_left_ > chunk_values_ - values_seen_) {
      return Status::corrupt(concat({"page claims ", page_left_, " values, but its chunk has only ",
                                     chunk_values_ - values_seen_, " left"}),
                             pages_.page_offset());
    }
    values_seen_ += page_left_;
    VENEER_CHECK(check_page());
    if (page_left_ != 0) return true;
  }
  return false;
}

Status LeafReader::load_dictionary(const PageHeader& header) {
  if (dictionary_ || data_seen_) {
    return Status::corrupt(data_seen_ ? "dictionary page behind a data page"
                                      : "second dictionary page in one column chunk",
                           pages_.page_offset());
  }
  const Encoding encoding = header.dictionary.encoding;
  if (encoding != Encoding::plain && encoding != Encoding::plain_dictionary) {
    return Status::unsupported(concat({"dictionary page encoded as ", to_string(encoding)}),
                               pages_.page_offset());
  }
  VENEER_TRY(PageBody body, pages_.body(header, layout_.is_binary()));
  Status status =
      decode_dictionary(layout_, options_.pages.pool, body.values, std::move(body.owner),
                        narrow<size_t>(header.dictionary.num_values),
                        options_.pages.limits->string_bytes, &dictionary_);
  return std::move(status).at(pages_.page_offset());
}

// Loads the body of the page whose header was read, and starts its decoders.
Status LeafReader::open_page() {
  const bool v2 = header_.type == PageType::data_v2;
  const Encoding encoding = encoding_of(header_);
  VENEER_TRY(PageBody body, pages_.body(header_, views_point_into_page(layout_, encoding)));
  auto open = [&]() -> Status {
    std::span<const uint8_t> bytes = body.values;
    if (v2) {
      const auto repetition_bytes = narrow<size_t>(header_.data_v2.repetition_levels_byte_length);
      if (max_repetition_ != 0) {
        VENEER_CHECK(repetition_.open_v2(max_repetition_, body.levels.first(repetition_bytes)));
      }
      if (max_definition_ != 0) {
        VENEER_CHECK(definition_.open_v2(max_definition_, body.levels.subspan(repetition_bytes)));
      } else if (header_.data_v2.num_nulls > 0) {
        return Status::corrupt(
            concat({"page of a required column claims ", header_.data_v2.num_nulls, " nulls"}));
      }
    } else {
      const auto count = narrow<size_t>(page_left_);
      if (max_repetition_ != 0) {
        VENEER_CHECK(repetition_.open_v1(header_.data.repetition_level_encoding, max_repetition_,
                                         count, &bytes, pages_.levels_lsb_first()));
      }
      if (max_definition_ != 0) {
        VENEER_CHECK(definition_.open_v1(header_.data.definition_level_encoding, max_definition_,
                                         count, &bytes, pages_.levels_lsb_first()));
      }
    }
    return values_.open(encoding, bytes, std::move(body.owner), &dictionary_);
  };
  Status status = open();
  if (!status.ok()) return std::move(status).at(pages_.page_offset());
  page_open_ = true;
  return {};
}

Status LeafReader::need_page() {
  if (page_left_ == 0) {
    VENEER_TRY(const bool more, next_data_page());
    if (!more) {
      return Status::corrupt(
          concat({"column chunk ends after ", rows_done_, " of ", chunk_rows_, " rows"}),
          pages_.page_offset());
    }
  }
  return page_open_ ? Status() : open_page();
}

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

// A page that is not dictionary-encoded follows ones that are: the batch gives up its indices.
Status LeafReader::materialise(LeafData* out) {
  const size_t count = out->dense.size() / sizeof(int32_t);
  const size_t width = layout_.width;
  Buffer values(options_.pages.pool);
  VENEER_CHECK(values.resize(count * width));
  const auto* indices = out->dense.as<int32_t>();
  const uint8_t* entries = dictionary_.values->data();
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(values.data() + i * width, entries + narrow<size_t>(indices[i]) * width, width);
  }
  out->dense = std::move(values);
  out->is_dictionary = false;
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

void LeafReader::use_offset_index(std::span<const PageLocation> pages) noexcept {
  pages_index_ = pages;
}

// Nothing is read ahead beyond the page that has the row before `row`.
void LeafReader::read_ahead_to(int64_t row) noexcept {
  if (pages_index_.empty()) return;
  const auto next = std::lower_bound(
      pages_index_.begin(), pages_index_.end(), row,
      [](const PageLocation& page, int64_t r) { return page.first_row_index < r; });
  if (next == pages_index_.begin()) return;
  const PageLocation& page = *(next - 1);
  int64_t end;
  if (checked_add(page.offset, int64_t{page.compressed_page_size}, &end)) pages_.read_until(end);
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
    return wide_levels_ ? read_nested<uint16_t>(rows, out, true)
                        : read_nested<uint8_t>(rows, out, true);
  }
  if (bitmap_ || max_definition_ == 0) return read_flat(rows, out);
  return wide_levels_ ? read_flat_levels<uint16_t>(rows, out)
                      : read_flat_levels<uint8_t>(rows, out);
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
template <class Level>
Status LeafReader::read_flat_levels(size_t rows, LeafData* out) {
  size_t done = 0;
  while (done < rows) {
    VENEER_CHECK(need_page());
    const auto now = narrow<size_t>(std::min<int64_t>(narrow<int64_t>(rows - done), page_left_));
    Level* levels = out->definition_levels.as<Level>() + out->levels + done;
    VENEER_CHECK(definition_.decode(levels, now));
    VENEER_CHECK(decode_values(count_at_least(levels, now, max_definition_), out));
    done += now;
    page_left_ -= narrow<int64_t>(now);
    rows_done_ += narrow<int64_t>(now);
  }
  out->levels += rows;
  return {};
}

template <class Level>
Status LeafReader::refill_block() {
  const auto n = narrow<size_t>(std::min<int64_t>(page_left_, kLevelsAtOnce));
  VENEER_CHECK(repetition_block_.resize_discard(n * sizeof(Level)));
  VENEER_CHECK(definition_block_.resize_discard(n * sizeof(Level)));
  VENEER_CHECK(repetition_.decode(repetition_block_.as<Level>(), n));
  if (max_definition_ != 0) {
    VENEER_CHECK(definition_.decode(definition_block_.as<Level>(), n));
  }
  if (first_level_ && repetition_block_.as<Level>()[0] != 0) {
    return Status::corrupt("the first repetition level of a column chunk is not 0");
  }
  first_level_ = false;
  block_begin_ = 0;
  block_end_ = n;
  page_left_ -= narrow<int64_t>(n);
  return {};
}

// Rows of lists: a row ends where the next one begins, or with the chunk.
template <class Level>
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
      VENEER_CHECK(refill_block<Level>());
    }
    const Level* repetition = repetition_block_.as<Level>() + block_begin_;
    const Level* definition = definition_block_.as<Level>() + block_begin_;
    size_t found = 0;
    const size_t take = find_row_end(repetition, block_end_ - block_begin_, rows - begun, &found);
    begun += found;
    const size_t present =
        max_definition_ == 0 ? take : count_at_least(definition, take, max_definition_);
    if (keep) {
      const size_t size = (entries + take) * sizeof(Level);
      VENEER_CHECK(out->repetition_levels.resize(size));
      VENEER_CHECK(out->definition_levels.resize(size));
      if (take != 0) {
        std::memcpy(out->repetition_levels.as<Level>() + entries, repetition, take * sizeof(Level));
        std::memcpy(out->definition_levels.as<Level>() + entries, definition, take * sizeof(Level));
      }
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
  if (keep && !levels_nest(out->repetition_levels.as<Level>() + before,
                           out->definition_levels.as<Level>() + before, entries - before,
                           options_.element_levels)) {
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
    auto derive = [&]<class Level>(Level) {
      out->slots =
          validity_from_levels(lists ? out->repetition_levels.as<Level>() : nullptr,
                               out->definition_levels.as<Level>(), out->levels, max_repetition_,
                               slot_level, max_definition_, out->validity.data(), &out->null_count);
    };
    if (wide_levels_) {
      derive(uint16_t{});
    } else {
      derive(uint8_t{});
    }
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

// In place: 12 bytes become 8.
Status LeafReader::convert_int96(LeafData* out) {
  const size_t count = out->dense.size() / sizeof(Int96);
  auto* results = out->dense.as<int64_t>();
  for (size_t i = 0; i < count; ++i) {
    Int96 value;
    std::memcpy(&value, out->dense.data() + i * sizeof(Int96), sizeof(Int96));
    int64_t result;
    const bool held =
        options_.int96 == Int96As::nanos ? value.to_nanos(&result) : value.to_micros(&result);
    if (!held) {
      return Status::invalid_argument(
          concat({"INT96 of Julian day ", value.julian_day(),
                  " is out of the range of 64 bits; read it as stored"}));
    }
    std::memcpy(results + i, &result, sizeof(result));
  }
  return out->dense.resize(count * sizeof(int64_t));
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
        VENEER_CHECK(wide_levels_ ? read_nested<uint16_t>(now, &skipped_, false)
                                  : read_nested<uint8_t>(now, &skipped_, false));
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
      const bool carries =
          options_.carry_prefix && encoding_of(header_) == Encoding::delta_byte_array;
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
