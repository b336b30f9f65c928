// Bounds on what a file may ask for: each is met with its name, and all memory is given back.
#include <doctest/doctest.h>

#include <cstdlib>

#include "model.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;

// Strings, numbers and lists; compressed and not; a dictionary.
Bytes mixed_file() {
  const Strings words = {"a word of more than twelve bytes", "short", "another word that is long"};
  FileBuilder f({leaf("s", PhysicalType::byte_array, kOptional), leaf("n", PhysicalType::int64),
                 list_of("l", leaf("element", PhysicalType::int32, kOptional)),
                 leaf("d", PhysicalType::byte_array)});
  for (int group = 0; group < 2; ++group) {
    RowGroupBuilder& g = f.row_group(6);
    g.chunk(0)
        .codec(Codec::snappy)
        .dictionary(plain_byte_array(words), 3)
        .data_v1({.def = {1, 0, 1, 1, 1, 0},
                  .encoding = Encoding::rle_dictionary,
                  .values = dictionary_indices({2, 1, 0, 0}, 2)});
    g.chunk(1).data_v2({.encoding = Encoding::delta_binary_packed,
                        .values = delta_binary_packed(std::vector<int64_t>{1, 2, 3, 5, 8, 13})});
    g.chunk(2)
        .codec(Codec::snappy)
        .data_v1({.rep = {0, 1, 1, 0, 0, 1, 0, 0, 0},
                  .def = {3, 2, 3, 0, 1 + 2, 3, 1, 3, 3},
                  .values = plain<int32_t>({1, 2, 3, 4, 5, 6})});
    g.chunk(3)
        .codec(Codec::snappy)
        .data_v1({.encoding = Encoding::delta_byte_array,
                  .values = delta_byte_array({"prefix of some length", "prefix of some length too",
                                              "", "prefix", "prefix of some length", "x"})});
  }
  return f.finish();
}

TEST_CASE("page_bytes: stored and decompressed sizes are bounded") {
  for (const bool snappy : {false, true}) {
    FileBuilder f({leaf("x", PhysicalType::int32)});
    ChunkBuilder& chunk = f.row_group(100).chunk(0);
    if (snappy) chunk.codec(Codec::snappy);
    chunk.data_v1({.values = plain(std::vector<int32_t>(100, 7))});
    const Bytes bytes = f.finish();
    OpenOptions open;
    open.limits.page_bytes = 402;
    if (!snappy) CHECK(read_rows(bytes, {}, open).status.ok());
    open.limits.page_bytes = 399;
    const ReadResult read = read_rows(bytes, {}, open);
    CHECK(read.status.code() == StatusCode::over_limit);
    CHECK(read.status.message().find("is over the limit page_bytes of 399") != std::string::npos);
    CHECK(read.status.offset() == 4);
    CHECK(read_pages(open_bytes(bytes, open), 0, 0).status.code() == StatusCode::over_limit);
  }
}

TEST_CASE("footer_bytes, schema_elements, schema_depth, row_groups") {
  const Bytes bytes = mixed_file();
  auto code = [&](auto set) {
    OpenOptions open;
    set(open.limits);
    const Status status = read_rows(bytes, {}, open).status;
    return std::string(to_string(status.code())) + " " +
           (status.message().find("limit") != std::string::npos ? "limit" : "");
  };
  CHECK(code([](Limits& l) { l.footer_bytes = 100; }) == "over_limit limit");
  CHECK(code([](Limits& l) { l.schema_elements = 5; }) == "over_limit limit");
  CHECK(code([](Limits& l) { l.schema_depth = 2; }) == "over_limit limit");
  CHECK(code([](Limits& l) { l.row_groups = 1; }) == "over_limit limit");
  CHECK(code([](Limits& l) { l.row_groups = 2; }) == "ok ");
}

TEST_CASE("held_bytes: any bound gives the rows or over_limit, and all memory back") {
  const Bytes bytes = mixed_file();
  const ReadResult whole = read_rows(bytes);
  REQUIRE_MESSAGE(whole.status.ok(), whole.status.to_string());
  REQUIRE(whole.rows.size() == 12);
  size_t refused = 0;
  bool opened = false;
  for (int64_t bound = 0; bound < 120'000; bound += 509) {
    OpenOptions open;
    open.limits.held_bytes = bound;
    open.tail_bytes = 64;  // less than what reading takes
    auto file = File::open(memory_input(bytes), open);
    if (!file) {
      CHECK(file.status().code() == StatusCode::over_limit);
      CHECK(!opened);
      continue;
    }
    opened = true;
    const int64_t footer = file->held_bytes();
    const ReadResult read = read_rows(*file, {.batch_rows = 4, .threads = bound % 2 == 0 ? 1 : 2});
    if (read.status.ok()) {
      CHECK(read.rows == whole.rows);
    } else {
      CHECK(read.status.code() == StatusCode::over_limit);
      CHECK(read.status.message().find("held_bytes") != std::string::npos);
      CHECK(Rows(whole.rows.begin(),
                 whole.rows.begin() + static_cast<ptrdiff_t>(read.rows.size())) == read.rows);
      ++refused;
    }
    for (int32_t leaf = 0; leaf < 4; ++leaf) {
      const Status status = read_pages(*file, 0, leaf).status;
      CHECK((status.ok() || status.code() == StatusCode::over_limit));
    }
    CHECK(file->held_bytes() == footer);
    CHECK(file->peak_bytes() <= bound);
  }
  CHECK(refused > 3);
  OpenOptions open;
  open.limits.held_bytes = 4'000'000;
  CHECK(read_rows(bytes, {}, open).rows == whole.rows);
}

// Fails one allocation, and counts.
class Failing final : public Allocator {
 public:
  explicit Failing(int64_t which) : which_(which) {}
  void* allocate(size_t bytes, size_t alignment) noexcept override {
    if (calls++ == which_) return nullptr;
    held += static_cast<int64_t>(bytes);
    return default_allocator()->allocate(bytes, alignment);
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    held -= static_cast<int64_t>(bytes);
    default_allocator()->deallocate(memory, bytes, alignment);
  }
  int64_t calls = 0;
  int64_t held = 0;

 private:
  int64_t which_;
};

TEST_CASE("every allocation may fail") {
  const Bytes bytes = mixed_file();
  const Rows rows = read_rows(bytes).rows;
  for (int64_t which = 0;; ++which) {
    Failing allocator(which);
    OpenOptions open;
    open.allocator = &allocator;
    const ReadResult read = read_rows(bytes, {.batch_rows = 5}, open);
    CHECK(allocator.held == 0);
    if (read.status.ok()) {
      CHECK(read.rows == rows);
      CHECK(allocator.calls <= which);
      CHECK(which > 20);
      break;
    }
    CHECK(read.status.code() == StatusCode::out_of_memory);
    CHECK(Rows(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(read.rows.size())) == read.rows);
  }
}

TEST_CASE("a page that claims a billion values in a few bytes costs little") {
  FileBuilder f({leaf("x", PhysicalType::int32, kOptional)});
  constexpr int32_t kMany = 1 << 30;
  f.row_group(kMany)
      .chunk(0)
      .data_v1({.num_values = 1,
                .def_bytes = Hybrid(1).repeat(0, kMany).with_length(),
                .edit = [](Thrift& h) { h.field(5).set(1, Thrift::i32(kMany)); }})
      .edit_metadata([](Thrift& m) { m.set(5, Thrift::i64(kMany)); });
  const Bytes bytes = f.finish();
  const File file = open_bytes(bytes);
  BatchReader reader = file.read({.batch_rows = 1000});
  Batch batch;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(reader.next(&batch));
    CHECK(batch.num_rows() == 1000);
    CHECK(batch.column(0).null_count() == 1000);
  }
  CHECK(file.peak_bytes() < 2'000'000);
  const Status status = read_pages(file, 0, 0).status;
  CHECK(status.code() == StatusCode::over_limit);
  CHECK(status.message() ==
        "page of 1073741824 values is over PageOptions::most_values of 67108864");
  CHECK(file.peak_bytes() < 2'000'000);
}

TEST_CASE("page details: header, body, values") {
  const Bytes bytes = mixed_file();
  const File file = open_bytes(bytes);
  for (const PageDetail detail : {PageDetail::header, PageDetail::body, PageDetail::values}) {
    PageReader reader = file.pages(1, 0, {.detail = detail});
    Page page;
    REQUIRE(reader.next(&page));
    CHECK(page.header.type == PageType::dictionary);
    CHECK(page.header.dictionary.num_values == 3);
    CHECK(page.body.size() == (detail == PageDetail::header ? 0 : 74));
    CHECK((page.values != nullptr) == (detail == PageDetail::values));
    if (page.values != nullptr) CHECK(page.values->bytes(2) == "another word that is long");
    REQUIRE(reader.next(&page));
    CHECK(page.header.data.num_values == 6);
    CHECK(page.definition_levels.size() == (detail == PageDetail::values ? 6 : 0));
    CHECK(page.repetition_levels.empty());
    if (page.values != nullptr) {
      REQUIRE(page.values->size() == 4);
      CHECK(page.values->bytes(0) == "another word that is long");
      CHECK(page.values->bytes(1) == "short");
    }
    CHECK(!reader.next(&page));
    CHECK(reader.status().ok());
    CHECK(!reader.next(&page));
  }
}

}  // namespace
}  // namespace veneer::test
