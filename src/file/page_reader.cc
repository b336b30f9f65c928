// The pages of one column chunk, for those who want to see them one by one.
#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "column/column_builder.h"
#include "column/leaf_data.h"
#include "column/levels.h"
#include "column/page_stream.h"
#include "column/value_decoder.h"
#include "file/chunk_input.h"
#include "file/file_impl.h"
#include "format/shown.h"

namespace veneer {

using column::LeafData;

struct PageReader::Impl {
  std::shared_ptr<const File::Impl> file;
  PageOptions options;
  uint32_t row_group;
  uint32_t leaf;
  Status status;
  bool opened = false;
  bool ended = false;

  ChunkInput source;
  column::Decompressors decompressors;
  column::PageStream pages;
  column::ValueLayout layout;
  column::ValueDecoder values;
  column::LevelDecoder repetition;
  column::LevelDecoder definition;
  column::Dictionary dictionary;
  LeafData data;
  Buffer statistics;  // of the current header, whose bytes do not stay
  Column column;
  int64_t values_left = 0;
  bool data_seen = false;

  Impl(std::shared_ptr<const File::Impl> of, uint32_t group, uint32_t which, PageOptions with)
      : file(std::move(of)),
        options(with),
        row_group(group),
        leaf(which),
        source(&file->pool),
        decompressors(&file->pool, file->options.limits.decompressed_bytes),
        pages(file->page_options(&decompressors, options.checksums)),
        layout(column::ValueLayout::of(schema_leaf())),
        values(layout, &file->pool, file->carries_prefix(), file->options.limits.string_bytes),
        data(&file->pool),
        statistics(&file->pool) {}

  const Leaf& schema_leaf() const { return file->metadata->schema().leaf(leaf); }
  Status open();
  Status read(Page* page, bool* more);
  Status keep_statistics(Page* page);
  Status decode_dictionary(Page* page, column::PageBody body);
  Status decode_data(Page* page, column::PageBody body);
  void show(size_t size, const void* bytes);
};

Status PageReader::Impl::open() {
  VENEER_TRY(const ChunkPlace place, locate_chunk(*file, row_group, leaf));
  VENEER_TRY(const int64_t input_size, place.input->size());
  source.open(place.input, input_size, place.begin, place.size,
              place.input->preferred_read_bytes());
  pages.open(&source, place.chunk.codec);
  values.begin_chunk();
  values_left = place.chunk.num_values;
  return {};
}

Status PageReader::Impl::keep_statistics(Page* page) {
  ThriftBytes& raw = page->header.raw_statistics;
  if (!raw.present()) return {};
  statistics.clear();
  VENEER_CHECK(statistics.append(raw.bytes.data(), raw.bytes.size()));
  raw.bytes = statistics.bytes();
  return {};
}

void PageReader::Impl::show(size_t size, const void* bytes) {
  ColumnBuilder::begin(&column, &file->metadata->schema().field_of(schema_leaf()), &schema_leaf());
  ColumnBuilder::shape(&column, size, 0, nullptr);
  ColumnBuilder::values(&column, layout.kind, layout.width, bytes);
  ColumnBuilder::buffers(&column, data.buffers);
}

Status PageReader::Impl::decode_dictionary(Page* page, column::PageBody body) {
  if (dictionary || data_seen) {
    return Status::corrupt(data_seen ? "dictionary page behind a data page"
                                     : "second dictionary page in one column chunk");
  }
  const Encoding encoding = page->header.dictionary.encoding;
  if (encoding != Encoding::plain && encoding != Encoding::plain_dictionary) {
    return Status::unsupported(concat({"dictionary page encoded as ", to_string(encoding)}));
  }
  const auto count = narrow<size_t>(page->header.dictionary.num_values);
  VENEER_CHECK(column::decode_dictionary(layout, &file->pool, body.values, std::move(body.owner),
                                         count, file->options.limits.string_bytes, &dictionary));
  data.clear();
  if (layout.is_binary()) {
    VENEER_CHECK(data.add_buffer(dictionary.bytes, dictionary.bytes_owner).status());
  }
  VENEER_CHECK(data.dense.append(dictionary.values->data(), dictionary.values->size()));
  return column::pack_booleans(layout, count, &data);
}

Status PageReader::Impl::decode_data(Page* page, column::PageBody body) {
  const PageHeader& header = page->header;
  const bool v2 = header.type == PageType::data_v2;
  const auto count = narrow<size_t>(v2 ? header.data_v2.num_values : header.data.num_values);
  if (narrow<int64_t>(count) > options.most_values) {
    return Status::over_limit(concat(
        {"page of ", count, " values is over PageOptions::most_values of ", options.most_values}));
  }
  const uint32_t max_repetition = schema_leaf().max_repetition_level;
  const uint32_t max_definition = schema_leaf().max_definition_level;
  std::span<const uint8_t> bytes = body.values;
  auto levels = [&](column::LevelDecoder* decoder, uint32_t maximum, Encoding encoding,
                    std::span<const uint8_t> v2_bytes, Buffer* out) -> Status {
    out->clear();
    if (maximum == 0) return {};
    if (v2) {
      VENEER_CHECK(decoder->open_v2(maximum, v2_bytes));
    } else {
      VENEER_CHECK(decoder->open_v1(encoding, maximum, count, &bytes, pages.levels_lsb_first()));
    }
    // Block by block: memory follows what the bytes give, not what the header claims.
    constexpr size_t kBlock = 1 << 16;
    for (size_t done = 0; done < count;) {
      const size_t now = std::min(count - done, kBlock);
      VENEER_CHECK(out->resize((done + now) * sizeof(uint16_t)));
      VENEER_CHECK(decoder->decode(out->as<uint16_t>() + done, now));
      done += now;
    }
    return {};
  };
  data.clear();
  const auto repetition_bytes =
      v2 ? narrow<size_t>(header.data_v2.repetition_levels_byte_length) : 0;
  VENEER_CHECK(levels(&repetition, max_repetition, header.data.repetition_level_encoding,
                      body.levels.first(repetition_bytes), &data.repetition_levels));
  VENEER_CHECK(levels(&definition, max_definition, header.data.definition_level_encoding,
                      body.levels.subspan(repetition_bytes), &data.definition_levels));
  size_t present = count;
  if (max_definition != 0) {
    present = column::count_at_least(data.definition_levels.as<uint16_t>(), count, max_definition);
  } else if (v2 && header.data_v2.num_nulls > 0) {
    return Status::corrupt(
        concat({"page of a required column claims ", header.data_v2.num_nulls, " nulls"}));
  }
  values.begin_batch();
  VENEER_CHECK(values.open(v2 ? header.data_v2.encoding : header.data.encoding, bytes,
                           std::move(body.owner), &dictionary));
  VENEER_CHECK(values.decode(present, &data));
  if (max_repetition != 0) {
    page->repetition_levels = {data.repetition_levels.as<uint16_t>(), count};
  }
  if (max_definition != 0) {
    page->definition_levels = {data.definition_levels.as<uint16_t>(), count};
  }
  data.slots = present;
  return column::pack_booleans(layout, present, &data);
}

Status PageReader::Impl::read(Page* page, bool* more) {
  *more = false;
  if (!opened) {
    opened = true;
    VENEER_CHECK(open());
  }
  if (values_left <= 0) return {};
  VENEER_TRY(*more, pages.next_header(&page->header));
  if (!*more) {
    return Status::corrupt(
        concat({"column chunk ends with ", values_left, " of its values missing"}));
  }
  page->offset = pages.page_offset();
  page->header_bytes = pages.header_bytes();
  VENEER_CHECK(keep_statistics(page));
  const PageType type = page->header.type;
  const bool is_data = type == PageType::data || type == PageType::data_v2;
  if (!is_data && type != PageType::dictionary && type != PageType::index) {
    return Status::unsupported(concat({"page of unknown type ", static_cast<int>(type)}));
  }
  if (is_data) {
    const int64_t count =
        type == PageType::data_v2 ? page->header.data_v2.num_values : page->header.data.num_values;
    if (count > values_left) {
      return Status::corrupt(concat(
          {"page claims ", count, " values, but its chunk has only ", values_left, " left"}));
    }
    values_left -= count;
  }
  if (options.detail != PageDetail::header) {
    const Encoding encoding =
        type == PageType::data_v2 ? page->header.data_v2.encoding : page->header.data.encoding;
    const bool keep =
        options.detail == PageDetail::values &&
        (type == PageType::dictionary ? layout.is_binary()
                                      : is_data && column::views_point_into_page(layout, encoding));
    VENEER_TRY(column::PageBody body, pages.body(page->header, keep, true));
    page->checksum_ok = pages.checksum_ok();
    page->body = body.whole;
    if (options.detail == PageDetail::values && type != PageType::index) {
      VENEER_CHECK(is_data ? decode_data(page, std::move(body))
                           : decode_dictionary(page, std::move(body)));
      show(is_data ? data.slots : dictionary.size, data.values().data());
      page->values = &column;
    }
  }
  if (is_data) data_seen = true;
  return {};
}

PageReader::PageReader(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
PageReader::PageReader(PageReader&&) noexcept = default;
PageReader& PageReader::operator=(PageReader&&) noexcept = default;
PageReader::~PageReader() = default;

PageReader::PageReader(Status status) noexcept : refused_(std::move(status)) {}

const Status& PageReader::status() const noexcept {
  return impl_ == nullptr ? refused_ : impl_->status;
}

bool PageReader::next(Page* page) {
  *page = Page();
  if (impl_ == nullptr) return false;
  if (impl_->ended || !impl_->status.ok()) return false;
  bool more = false;
  Status failure = impl_->read(page, &more);
  if (!failure.ok()) {
    impl_->status = impl_->file->named(
        std::move(failure)
            .in_column(format::shown_leaf(impl_->file->metadata->schema(), impl_->leaf))
            .in_row_group(impl_->row_group)
            .at(page->offset != 0 ? page->offset : Status::kNoOffset));
    return false;
  }
  impl_->ended = !more;
  return more;
}

PageReader File::pages(int32_t row_group, int32_t leaf, PageOptions options) const {
  const bool valid = row_group >= 0 && row_group < num_row_groups() && leaf >= 0 &&
                     leaf < narrow<int32_t>(schema().num_leaves());
  if (!valid) {
    return PageReader(impl_->named(Status::invalid_argument(
        concat({"no row group ", row_group, " with a leaf column ", leaf}))));
  }
  return PageReader(std::make_unique<PageReader::Impl>(impl_, narrow<uint32_t>(row_group),
                                                       narrow<uint32_t>(leaf), options));
}

}  // namespace veneer
