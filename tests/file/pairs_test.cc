// Snappy pages that are decompressed two by two: from the second one on, where a chunk is read page
// by page. What is read, and what is refused where, is as if each came alone.
#include <doctest/doctest.h>

#include "codec/codec.h"
#include "model.h"

namespace veneer::test {
namespace {

constexpr size_t kPages = 7;

bool in_pairs() {
  if (codec::in_pairs(Codec::snappy)) return true;
  MESSAGE("this build or processor does not decompress in pairs: skipped");
  return false;
}

enum class Kind { numbers, strings, fallback };

struct Made {
  Bytes file;
  Rows rows;
  std::vector<size_t> page_rows;
  int64_t raw_bytes = 0;
};

// Pages of 1 to 200 rows, and one of more than a MB, which is not decompressed ahead. `broken` has
// a byte changed in what is stored; with a checksum that is of the bytes before the change where
// `checksums`.
Made make(Kind kind, bool v2, size_t broken = kPages, bool checksums = false) {
  Made made;
  const bool text = kind != Kind::numbers;
  std::vector<std::string> entries;
  for (int i = 0; i < 50; ++i) entries.push_back("entry " + std::to_string(i * i));
  const std::vector<size_t> sizes = {21, 1, 200, 150, 90, 200, text ? 90'000u : 170'000u};
  int64_t rows = 0;
  for (const size_t size : sizes) rows += static_cast<int64_t>(size);
  const PhysicalType type = text ? PhysicalType::byte_array : PhysicalType::int64;
  FileBuilder f({leaf("x", type, Repetition::optional)});
  ChunkBuilder& chunk = f.row_group(rows).chunk(0);
  chunk.codec(Codec::snappy);
  if (kind == Kind::fallback) chunk.dictionary(encode(type, Encoding::plain, entries), 50);
  int64_t at = 0;
  for (size_t p = 0; p < kPages; ++p) {
    DataPage page;
    page.crc = checksums;
    page.encoding = kind == Kind::fallback && p < 4 ? Encoding::rle_dictionary : Encoding::plain;
    std::vector<std::string> present;
    for (size_t i = 0; i < sizes[p]; ++i, ++at) {
      page.def.push_back(at % 5 == 0 ? 0 : 1);
      std::string value(8, '\0');
      for (size_t b = 0; b < 8; ++b) value[b] = static_cast<char>(at / 3 >> 8 * b);
      if (text) value = entries[static_cast<size_t>(at * 7 % 50)];
      made.rows.push_back(Value::record({at % 5 == 0 ? Value::null() : Value::leaf(value)}));
      if (at % 5 != 0) present.push_back(std::move(value));
    }
    page.values = encode(type, page.encoding, present, entries);
    if (p == broken) {
      if (checksums) {
        page.edit = [](Thrift& header) { header.set(4, Thrift::i32(4711)); };
      } else {
        page.edit_body = [](Bytes& body) { body.pop_back(); };
      }
    }
    made.page_rows.push_back(sizes[p]);
    v2 ? chunk.data_v2(std::move(page)) : chunk.data_v1(std::move(page));
  }
  made.file = f.finish();
  return made;
}

// Where the data pages are, by their headers alone.
std::vector<int64_t> data_pages(const File& file, int64_t* raw_bytes = nullptr) {
  std::vector<int64_t> offsets;
  PageReader reader = file.pages(0, 0, {.detail = PageDetail::header});
  Page page;
  while (reader.next(&page)) {
    if (raw_bytes != nullptr) *raw_bytes += page.header.uncompressed_page_size;
    if (page.header.type != PageType::dictionary) offsets.push_back(page.offset);
  }
  CHECK(reader.status().ok());
  return offsets;
}

const auto kKinds = {Kind::numbers, Kind::strings, Kind::fallback};

}  // namespace

TEST_CASE("pages in pairs: every value, in batches of any size and from any row") {
  if (!in_pairs()) return;
  for (const Kind kind : kKinds) {
    for (const bool v2 : {false, true}) {
      const Made made = make(kind, v2);
      for (const int32_t batch : {60, 1000, 1 << 20}) {
        const ReadResult read = read_rows(made.file, {.batch_rows = batch});
        CHECK_MESSAGE(read.status.ok(), read.status.to_string());
        CHECK(read.fault == "");
        CHECK(read.rows == made.rows);
      }
      for (const int64_t first : {10, 21, 300, 371, 60'372}) {
        const ReadResult read =
            read_rows(made.file, {.first_row = first, .row_count = 120, .batch_rows = 50});
        CHECK_MESSAGE(read.status.ok(), read.status.to_string());
        CHECK(read.rows == Rows(made.rows.begin() + first, made.rows.begin() + first + 120));
      }
      const PageResult pages = read_pages(open_bytes(made.file), 0, 0);
      CHECK_MESSAGE(pages.status.ok(), pages.status.to_string());
      CHECK(pages.fault == "");
    }
  }
}

TEST_CASE("pages in pairs: a damaged page is refused at its own place, those before it are read") {
  if (!in_pairs()) return;
  for (const Kind kind : kKinds) {
    for (const bool v2 : {false, true}) {
      for (const bool checksums : {false, true}) {
        for (size_t broken = 0; broken < kPages; ++broken) {
          const Made made = make(kind, v2, broken, checksums);
          const File file = open_bytes(made.file);
          const int64_t offset = data_pages(file)[broken];
          size_t before = 0;
          for (size_t p = 0; p < broken; ++p) before += made.page_rows[p];
          const ReadResult read = read_rows(file, {.batch_rows = 1});
          INFO(broken);
          CHECK(read.status.code() == StatusCode::corrupt);
          CHECK(read.status.offset() == offset);
          CHECK(read.rows ==
                Rows(made.rows.begin(), made.rows.begin() + static_cast<ptrdiff_t>(before)));
          const PageResult pages = read_pages(file, 0, 0);
          // A PageReader says of a page that its checksum does not match, and goes on.
          CHECK(pages.status.to_string() == (checksums ? "ok" : read.status.to_string()));
        }
      }
    }
  }
}

TEST_CASE("pages in pairs: the limit of decompressed bytes counts each page once") {
  if (!in_pairs()) return;
  const Made made = make(Kind::numbers, false);
  int64_t raw_bytes = 0;
  data_pages(open_bytes(made.file), &raw_bytes);
  OpenOptions open;
  open.limits.decompressed_bytes = raw_bytes;
  CHECK(read_rows(made.file, {}, open).status.ok());
  open.limits.decompressed_bytes = raw_bytes - 1;
  CHECK(read_rows(made.file, {}, open).status.code() == StatusCode::over_limit);
}

}  // namespace veneer::test
