#include "fuzz/file/built_file.h"

#include "fuzz/file/built_values.h"
#include "tests/support/compressors.h"
#include "tests/support/file_builder.h"

namespace veneer::fuzz {
namespace {

using test::Element;

constexpr Encoding kEncodings[] = {Encoding::plain,
                                   Encoding::plain_dictionary,
                                   Encoding::rle,
                                   Encoding::rle_dictionary,
                                   Encoding::delta_binary_packed,
                                   Encoding::delta_length_byte_array,
                                   Encoding::delta_byte_array,
                                   Encoding::byte_stream_split,
                                   Encoding::alp,
                                   Encoding::bit_packed};

Repetition repetition(Feed& feed) { return static_cast<Repetition>(feed.below(3)); }

// Of fixed values: what annotations want, and others.
constexpr uint8_t kLengths[] = {5, 16, 2, 12, 8, 32, 40, 0};

// A leaf, and one of the annotations that its type can have.
Element leaf(Feed& feed, std::string name, Repetition repetition, uint8_t length) {
  const auto type = static_cast<PhysicalType>(feed.below(8));
  Element element = test::leaf(std::move(name), type, repetition);
  if (type == PhysicalType::fixed_len_byte_array) {
    element = std::move(element).length(length);
  }
  switch (feed.below(8)) {
    case 0: return std::move(element).decimal(1 + feed.byte() % 80, feed.byte() % 20);
    case 1: return std::move(element).converted(static_cast<ConvertedType>(feed.below(22)));
    case 2:
      return std::move(element).logical(
          test::logical_type(static_cast<LogicalKind>(1 + feed.below(18))));
    default: return element;
  }
}

Element field(Feed& feed, const std::string& name, int depth, uint8_t length) {
  switch (depth > 2 ? 0 : feed.below(8)) {
    case 0: return test::list_of(name, leaf(feed, "element", repetition(feed), length));
    case 1: return test::list_of(name, field(feed, "element", depth + 1, length));
    case 2: {
      // In this order, whatever order a compiler gives arguments.
      Element key = leaf(feed, "key", Repetition::required, length);
      return test::map_of(name, std::move(key), field(feed, "value", depth + 1, length));
    }
    case 3: {
      const Repetition own = repetition(feed);
      std::vector<Element> children;
      for (size_t n = feed.below(3); n > 0; --n) {
        children.push_back(field(feed, "c" + std::to_string(n), depth + 1, length));
      }
      return test::group(name, own, std::move(children));
    }
    default: return leaf(feed, name, repetition(feed), length);
  }
}

// Levels by two bits each, so that a byte is four entries; the first repetition level is 0.
test::Levels levels(Feed& feed, size_t n, int most) {
  test::Levels out;
  uint8_t byte = 0;
  for (size_t i = 0; i < n; ++i) {
    if (i % 4 == 0) byte = feed.byte();
    // From the top: a zero byte, as behind the input's end, is values that are there.
    out.push_back(static_cast<uint64_t>(most) -
                  std::min<uint64_t>(byte >> (i % 4 * 2) & 3, static_cast<uint64_t>(most)));
  }
  return out;
}

class ChunkWriter {
 public:
  ChunkWriter(Feed& feed, test::ChunkBuilder& chunk, const test::LeafInfo& leaf, size_t length)
      : feed_(feed), chunk_(chunk), leaf_(leaf), length_(length) {}

  // Returns whether there is a statement that the values may contradict.
  bool write(int64_t rows) {
    chunk_.codec(static_cast<Codec>(feed_.below(8)));
    const uint8_t flags = feed_.byte();
    // Three of four chunks can be read: what lies behind their values is reached.
    if (feed_.below(4) != 3) palette_ = Palette::from(feed_, leaf_.type, length_);
    has_dictionary_ = (flags & 1) != 0 && leaf_.type != PhysicalType::boolean;
    if (palette_ && has_dictionary_) {
      chunk_.dictionary(palette_->dictionary(), static_cast<int32_t>(palette_->choices.size()),
                        Encoding::plain, (flags & 2) != 0);
    } else if ((flags & 1) != 0) {
      const auto entries = static_cast<int32_t>(feed_.byte());
      chunk_.dictionary(feed_.bytes(feed_.byte()), entries, Encoding::plain, (flags & 2) != 0);
    }
    if ((flags & 4) != 0) chunk_.offset_index();
    if ((flags & 8) != 0) chunk_.statistics(bounds());
    if ((flags & 16) != 0) chunk_.bloom_filter(test::bloom_filter(32, {feed_.bytes(8)}));
    page_statistics_ = (flags & 32) != 0;
    const size_t most = 1 + feed_.below(4);
    size_t pages = 0;
    for (; pages < most && rows > 0; ++pages) {
      const int64_t share = pages + 1 == most ? rows : std::min<int64_t>(rows, feed_.byte());
      page(share);
      rows -= share;
    }
    if ((flags & 64) != 0) index(pages);
    if ((flags & 128) != 0) counts();
    return (flags & ~uint8_t{7}) != 0;
  }

 private:
  // A page of `rows` rows; leaves with lists have more entries than rows.
  void page(int64_t rows) {
    test::DataPage page;
    uint8_t flags = feed_.byte();
    if (palette_) flags &= uint8_t{0x87};
    page.encoding = kEncodings[feed_.below(std::size(kEncodings))];
    page.crc = (flags & 1) != 0;
    page.compressed = (flags & 2) == 0;
    if ((flags & 4) != 0) page.def_encoding = page.rep_encoding = Encoding::bit_packed;
    const size_t n = shape(static_cast<size_t>(rows), &page);
    if ((flags & 8) != 0) page.def_bytes = feed_.bytes(feed_.byte());
    if ((flags & 16) != 0) page.rep_bytes = feed_.bytes(feed_.byte());
    page.num_values = static_cast<int32_t>(n);
    if ((flags & 32) != 0) *page.num_values = static_cast<int32_t>(feed_.u16());
    if (palette_) {
      const auto most = static_cast<uint64_t>(leaf_.max_definition);
      const auto nulls = std::count_if(page.def.begin(), page.def.end(),
                                       [most](uint64_t level) { return level != most; });
      page.values =
          palette_->encoded(feed_, n - static_cast<size_t>(nulls), has_dictionary_, &page.encoding);
    } else {
      page.values = feed_.bytes(feed_.u16() % 2048);
    }
    if (page_statistics_) page.statistics = bounds();
    if ((flags & 64) != 0) {
      page.edit_body = [bytes = feed_.bytes(3)](Bytes& body) {
        if (bytes.size() == 3 && !body.empty()) {
          body[(bytes[0] | size_t{bytes[1]} << 8) % body.size()] ^= bytes[2];
        }
      };
    }
    (flags & 128) != 0 ? chunk_.data_v2(std::move(page)) : chunk_.data_v1(std::move(page));
  }

  test::Thrift bounds() {
    const size_t width = feed_.below(9);
    return test::statistics(feed_.bytes(width), feed_.bytes(width), feed_.byte());
  }

  // A column index of as many pages, or of nearly as many.
  void index(size_t pages) {
    std::vector<bool> nulls;
    std::vector<Bytes> low, high;
    std::vector<int64_t> counts;
    const uint8_t flags = feed_.byte();
    if ((flags & 0xF0) == 0x10) ++pages;
    const size_t width = feed_.below(9);
    for (size_t i = 0; i < pages; ++i) {
      nulls.push_back(feed_.below(4) == 1);
      low.push_back(nulls.back() ? Bytes() : feed_.bytes(width));
      high.push_back(nulls.back() ? Bytes() : feed_.bytes(width));
      if ((flags & 1) != 0) counts.push_back(feed_.byte());
    }
    chunk_.column_index(
        test::column_index(nulls, low, high, static_cast<BoundaryOrder>((flags >> 1) % 3), counts));
  }

  // ColumnMetaData's encoding_stats (13) and size_statistics (16).
  void counts() {
    using test::Thrift;
    const auto some = [&](size_t n) {
      std::vector<Thrift> made;
      while (n-- > 0) made.push_back(Thrift::i64(feed_.byte()));
      return Thrift::list(Thrift::Kind::i64, std::move(made));
    };
    Thrift pages = Thrift()
                       .set(1, Thrift::i32(feed_.flag() ? 3 : 0))
                       .set(2, Thrift::i32(static_cast<int32_t>(feed_.below(11))))
                       .set(3, Thrift::i32(feed_.byte()));
    Thrift sizes = Thrift()
                       .set(1, Thrift::i64(feed_.u16()))
                       .set(2, some(static_cast<size_t>(leaf_.max_repetition) + 1))
                       .set(3, some(static_cast<size_t>(leaf_.max_definition) + 1));
    chunk_.edit_metadata([pages, sizes](Thrift& metadata) {
      metadata.set(13, Thrift::list(Thrift::Kind::structure, {pages})).set(16, sizes);
    });
  }

  // Levels for just so many rows. Returns the entries.
  size_t shape(size_t rows, test::DataPage* page) {
    size_t n = rows;
    if (leaf_.max_repetition > 0) {
      n = rows + feed_.byte();
      page->rep = levels(feed_, n, leaf_.max_repetition);
      // Rows begin where the level is 0: the first entries, and the last ones repeat.
      size_t begun = 0;
      for (size_t i = 0; i < n; ++i) {
        const bool must_begin = n - i == rows - begun;
        if (i == 0 || must_begin) page->rep[i] = 0;
        if (page->rep[i] == 0 && begun == rows) page->rep[i] = 1;
        begun += page->rep[i] == 0;
      }
    }
    if (leaf_.max_definition > 0) page->def = levels(feed_, n, leaf_.max_definition);
    return n;
  }

  Feed& feed_;
  test::ChunkBuilder& chunk_;
  const test::LeafInfo& leaf_;
  size_t length_;
  bool page_statistics_ = false;
  bool has_dictionary_ = false;
  std::optional<Palette> palette_;
};

// RowGroup.sorting_columns: one, perhaps of no leaf.
void sort(test::RowGroupBuilder& group, uint8_t choice) {
  using test::Thrift;
  const Thrift column = Thrift()
                            .set(1, Thrift::i32(choice >> 2 & 7))
                            .set(2, Thrift::boolean((choice & 1) != 0))
                            .set(3, Thrift::boolean((choice & 2) != 0));
  group.edit(
      [column](Thrift& edited) { edited.set(4, Thrift::list(Thrift::Kind::structure, {column})); });
}

}  // namespace

Bytes build_file(Feed& feed, bool* may_lie) {
  const uint8_t length = kLengths[feed.below(std::size(kLengths))];
  std::vector<Element> fields;
  for (size_t n = 1 + feed.below(3); n > 0; --n) {
    fields.push_back(field(feed, "f" + std::to_string(n), 0, length));
  }
  test::FileBuilder builder(std::move(fields));
  for (size_t groups = 1 + feed.below(2); groups > 0; --groups) {
    const int64_t rows = feed.byte();
    test::RowGroupBuilder& group = builder.row_group(rows);
    if (feed.below(4) == 1) sort(group, feed.byte());
    for (size_t i = 0; i < builder.leaves().size(); ++i) {
      const bool lies = ChunkWriter(feed, group.chunk(i), builder.leaves()[i], length).write(rows);
      if (may_lie != nullptr) *may_lie = *may_lie || lies;
    }
  }
  if (feed.flag()) {
    builder.column_orders(std::vector<ColumnOrder>(
        builder.leaves().size(),
        feed.flag() ? ColumnOrder::type_defined : ColumnOrder::ieee754_total_order));
  }
  if (feed.below(8) == 1) builder.created_by("parquet-mr version 1.7.0 (build x)");
  return builder.finish();
}

}  // namespace veneer::fuzz
