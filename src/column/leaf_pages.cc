// The chunk and its pages: what runs once a chunk or once a page, and is compiled for size.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "column/leaf_reader.h"

namespace veneer::column {
namespace {

int32_t num_values_of(const PageHeader& header) noexcept {
  return header.type == PageType::data_v2 ? header.data_v2.num_values : header.data.num_values;
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
  const Encoding encoding = page_encoding();
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

}  // namespace veneer::column
