#include "fuzz/file/built_file.h"

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

// A leaf, and one of the annotations that its type can have.
Element leaf(Feed& feed, std::string name, Repetition repetition) {
  const auto type = static_cast<PhysicalType>(feed.below(8));
  Element element = test::leaf(std::move(name), type, repetition);
  if (type == PhysicalType::fixed_len_byte_array) {
    element = std::move(element).length(static_cast<int32_t>(feed.below(40)));
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

Element field(Feed& feed, const std::string& name, int depth) {
  switch (depth > 2 ? 0 : feed.below(8)) {
    case 0: return test::list_of(name, leaf(feed, "element", repetition(feed)));
    case 1: return test::list_of(name, field(feed, "element", depth + 1));
    case 2:
      return test::map_of(name, leaf(feed, "key", Repetition::required),
                          field(feed, "value", depth + 1));
    case 3: {
      const Repetition own = repetition(feed);
      std::vector<Element> children;
      for (size_t n = feed.below(3); n > 0; --n) {
        children.push_back(field(feed, "c" + std::to_string(n), depth + 1));
      }
      return test::group(name, own, std::move(children));
    }
    default: return leaf(feed, name, repetition(feed));
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
  ChunkWriter(Feed& feed, test::ChunkBuilder& chunk, const test::LeafInfo& leaf)
      : feed_(feed), chunk_(chunk), leaf_(leaf) {}

  // Returns whether there is a statement that the values may contradict.
  bool write(int64_t rows) {
    chunk_.codec(static_cast<Codec>(feed_.below(8)));
    const uint8_t flags = feed_.byte();
    if ((flags & 1) != 0) {
      const auto entries = static_cast<int32_t>(feed_.byte());
      chunk_.dictionary(feed_.bytes(feed_.byte()), entries, Encoding::plain, (flags & 2) != 0);
    }
    if ((flags & 4) != 0) chunk_.offset_index();
    if ((flags & 8) != 0) chunk_.statistics(test::statistics(feed_.bytes(8), feed_.bytes(8), 1));
    if ((flags & 16) != 0) chunk_.bloom_filter(test::bloom_filter(32, {feed_.bytes(8)}));
    const size_t pages = 1 + feed_.below(4);
    for (size_t i = 0; i < pages && rows > 0; ++i) {
      const int64_t share = i + 1 == pages ? rows : std::min<int64_t>(rows, feed_.byte());
      page(share);
      rows -= share;
    }
    return (flags & 24) != 0;
  }

 private:
  // A page of `rows` rows; leaves with lists have more entries than rows.
  void page(int64_t rows) {
    test::DataPage page;
    const uint8_t flags = feed_.byte();
    page.encoding = kEncodings[feed_.below(std::size(kEncodings))];
    page.crc = (flags & 1) != 0;
    page.compressed = (flags & 2) == 0;
    if ((flags & 4) != 0) page.def_encoding = page.rep_encoding = Encoding::bit_packed;
    const size_t n = shape(static_cast<size_t>(rows), &page);
    if ((flags & 8) != 0) page.def_bytes = feed_.bytes(feed_.byte());
    if ((flags & 16) != 0) page.rep_bytes = feed_.bytes(feed_.byte());
    page.num_values = static_cast<int32_t>(n);
    if ((flags & 32) != 0) *page.num_values = static_cast<int32_t>(feed_.u16());
    page.values = feed_.bytes(feed_.u16() % 2048);
    if ((flags & 64) != 0) {
      page.edit_body = [bytes = feed_.bytes(3)](Bytes& body) {
        if (bytes.size() == 3 && !body.empty()) {
          body[(bytes[0] | size_t{bytes[1]} << 8) % body.size()] ^= bytes[2];
        }
      };
    }
    (flags & 128) != 0 ? chunk_.data_v2(std::move(page)) : chunk_.data_v1(std::move(page));
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
};

}  // namespace

Bytes build_file(Feed& feed, bool* may_lie) {
  std::vector<Element> fields;
  for (size_t n = 1 + feed.below(3); n > 0; --n) {
    fields.push_back(field(feed, "f" + std::to_string(n), 0));
  }
  test::FileBuilder builder(std::move(fields));
  for (size_t groups = 1 + feed.below(2); groups > 0; --groups) {
    const int64_t rows = feed.byte();
    test::RowGroupBuilder& group = builder.row_group(rows);
    for (size_t i = 0; i < builder.leaves().size(); ++i) {
      const bool lies = ChunkWriter(feed, group.chunk(i), builder.leaves()[i]).write(rows);
      if (may_lie != nullptr) *may_lie = *may_lie || lies;
    }
  }
  if (feed.below(8) == 1) builder.created_by("parquet-mr version 1.7.0 (build x)");
  return builder.finish();
}

}  // namespace veneer::fuzz
