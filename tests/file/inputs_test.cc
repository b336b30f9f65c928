// The same file through every kind of input, in the smallest of windows; checksums; other files.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "dremel.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;

// An input that shows nothing in place and likes to read `piece` bytes.
class Pieces final : public Input {
 public:
  Pieces(const Bytes& bytes, int64_t piece) : bytes_(bytes), piece_(piece) {}
  std::string_view name() const noexcept override { return "pieces"; }
  Result<int64_t> size() override { return static_cast<int64_t>(bytes_.size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    if (offset < 0 ||
        offset + static_cast<int64_t>(out.size()) > static_cast<int64_t>(bytes_.size())) {
      ++wrong;
      return Status::io("read past the end");
    }
    if (fail_at >= 0 && offset <= fail_at && fail_at < offset + static_cast<int64_t>(out.size())) {
      return Status::io("the disk is on fire", offset);
    }
    std::copy_n(bytes_.begin() + offset, out.size(), out.begin());
    return {};
  }
  int64_t preferred_read_bytes() const noexcept override { return piece_; }

  int wrong = 0;
  int64_t fail_at = -1;

 private:
  const Bytes& bytes_;
  int64_t piece_;
};

// Shows its bytes in place, and writes down what it is told of them.
class Shown final : public Input {
 public:
  explicit Shown(const Bytes& bytes) : bytes_(bytes) {}
  std::string_view name() const noexcept override { return "shown"; }
  Result<int64_t> size() override { return static_cast<int64_t>(bytes_.size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    std::copy_n(bytes_.begin() + offset, out.size(), out.begin());
    return {};
  }
  std::span<const uint8_t> view(int64_t offset, int64_t size) override {
    return std::span(bytes_).subspan(static_cast<size_t>(offset), static_cast<size_t>(size));
  }
  void wont_need(ByteRange range) override { let_go.push_back(range); }

  std::vector<ByteRange> let_go;

 private:
  const Bytes& bytes_;
};

// Columns of all types, nulls, lists, dictionaries, codecs; some pages larger than 512 bytes.
struct Sample {
  Bytes bytes;
  Rows rows;
};
Sample sample() {
  Sample made;
  std::vector<Element> fields;
  for (const PhysicalType type : kTypes) {
    fields.push_back(leaf(std::string(to_string(type)), type, kOptional).length(5));
  }
  RandomNested random(77);
  Node nested = random.field("nested", 0);
  nested = Node{.kind = Node::Kind::list, .optional = true, .name = "nested", .children = {nested}};
  nested.children[0].name = "element";
  fields.push_back(element_of(nested));
  FileBuilder f(std::move(fields));
  for (int group = 0; group < 2; ++group) {
    constexpr size_t kRows = 150;
    RowGroupBuilder& g = f.row_group(kRows);
    Rows rows(kRows, Value::record({}));
    for (size_t t = 0; t < std::size(kTypes); ++t) {
      const PhysicalType type = kTypes[t];
      const auto values = some_values(type, kRows, static_cast<uint32_t>(t));
      const auto entries = distinct(values);
      ChunkBuilder& chunk = g.chunk(t);
      if (t % 3 == 1) chunk.codec(Codec::snappy);
      chunk.dictionary(encode(type, Encoding::plain, entries),
                       static_cast<int32_t>(entries.size()));
      size_t at = 0;
      for (const size_t count : {size_t{20}, size_t{100}, size_t{30}}) {
        DataPage page;
        page.crc = true;
        page.encoding = count == 20 ? Encoding::rle_dictionary : encodings_of(type).back();
        std::vector<std::string> present;
        for (size_t i = 0; i < count; ++i, ++at) {
          page.def.push_back(at % 7 != 0 ? 1 : 0);
          if (at % 7 != 0) present.push_back(values[at]);
          rows[at].items.push_back(at % 7 != 0 ? Value::leaf(values[at]) : Value::null());
        }
        page.values = encode(type, page.encoding, present, entries);
        count == 100 ? chunk.data_v2(page) : chunk.data_v1(page);
      }
    }
    Rows lists;
    for (Value& row : rows) {
      lists.push_back(Value::record({random.value(nested)}));
      row.items.push_back(lists.back().items[0]);
    }
    Shredded leaf;
    for (const Value& row : lists) shred(nested, row.items[0], &leaf);
    ChunkBuilder& chunk = g.chunk(std::size(kTypes));
    chunk.data_v1({.num_values = static_cast<int32_t>(leaf.rep.size()),
                   .rep = leaf.rep,
                   .def = leaf.def,
                   .values = encode(nested.children[0].type, Encoding::plain, leaf.values)});
    made.rows.insert(made.rows.end(), rows.begin(), rows.end());
  }
  made.bytes = f.finish();
  return made;
}

TEST_CASE("windows of every size") {
  const Sample made = sample();
  for (const int64_t piece : {1, 2, 16, 61, 512, 1000, 4096, 1 << 20, 2 << 20}) {
    INFO(piece);
    auto input = std::make_shared<Pieces>(made.bytes, piece);
    OpenOptions open;
    open.tail_bytes = piece;
    auto file = File::open(input, open);
    REQUIRE_MESSAGE(file.ok(), file.status().to_string());
    for (const int64_t first : {0, 25, 170}) {
      const ReadResult read = read_rows(*file, {.first_row = first, .batch_rows = 64});
      REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
      CHECK(read.fault == "");
      CHECK((read.rows == Rows(made.rows.begin() + first, made.rows.end())));
    }
    for (int32_t leaf = 0; leaf < 9; ++leaf) {
      const PageResult pages = read_pages(*file, 1, leaf);
      CHECK_MESSAGE(pages.status.ok(), pages.status.to_string());
    }
    CHECK(input->wrong == 0);
  }
}

TEST_CASE("a failed read is the input's own failure, with file and column") {
  const Sample made = sample();
  auto input = std::make_shared<Pieces>(made.bytes, 64);
  auto file = File::open(input);
  REQUIRE(file.ok());
  input->fail_at = 100;
  const ReadResult read = read_rows(*file);
  CHECK(read.status.code() == StatusCode::io);
  CHECK(read.status.message() == "the disk is on fire");
  CHECK(read.status.file() == "pieces");
  CHECK(read.status.column() == "BOOLEAN");
  CHECK(read.status.row_group() == 0);
}

TEST_CASE("memory, a file, a map") {
  const Sample made = sample();
  char path[] = "/tmp/veneer_test_XXXXXX";
  const int handle = mkstemp(path);
  REQUIRE(handle >= 0);
  REQUIRE(write(handle, made.bytes.data(), made.bytes.size()) ==
          static_cast<ssize_t>(made.bytes.size()));
  close(handle);
  CHECK((read_rows(made.bytes).rows == made.rows));
  for (const bool map : {false, true}) {
    OpenOptions open;
    open.memory_map = map;
    auto file = File::open(std::string(path), open);
    REQUIRE_MESSAGE(file.ok(), file.status().to_string());
    CHECK(file->name() == path);
    CHECK(file->size() == static_cast<int64_t>(made.bytes.size()));
    const ReadResult read = read_rows(*file, {.batch_rows = 33, .threads = 2});
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK((read.rows == made.rows));
  }
  std::remove(path);
  CHECK(File::open(std::string(path)).status().code() == StatusCode::not_found);
  CHECK(File::open(std::shared_ptr<Input>()).status().code() == StatusCode::invalid_argument);
}

TEST_CASE("what was read of a shown file is let go, once, behind what is read") {
  constexpr int64_t kPages = 40, kRows = 5000;
  FileBuilder f({leaf("x", PhysicalType::int64), leaf("y", PhysicalType::int64)});
  auto& group = f.row_group(kPages * kRows);
  for (const size_t column : {0, 1}) {
    ChunkBuilder& chunk = group.chunk(column);
    for (int64_t page = 0; page < kPages; ++page) {
      std::vector<int64_t> values(kRows);
      for (int64_t i = 0; i < kRows; ++i) values[static_cast<size_t>(i)] = page * kRows + i;
      chunk.data_v1({.num_values = kRows, .values = plain(values)});
    }
  }
  const Bytes bytes = f.finish();
  const auto input = std::make_shared<Shown>(bytes);
  auto file = File::open(input);
  REQUIRE_MESSAGE(file.ok(), file.status().to_string());
  BatchReader reader = file->read({});
  Batch batch;
  int64_t rows = 0;
  while (reader.next(&batch)) {
    for (size_t i = 0; i < batch.num_rows(); ++i, ++rows) {
      REQUIRE(batch.column(0).values<int64_t>()[i] == rows);
      REQUIRE(batch.column(1).values<int64_t>()[i] == rows);
    }
  }
  CHECK(reader.status().ok());
  CHECK(rows == kPages * kRows);
  std::sort(input->let_go.begin(), input->let_go.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.offset < b.offset; });
  int64_t end = 0, total = 0;
  for (const ByteRange& range : input->let_go) {
    CHECK(range.size > 0);
    CHECK(range.offset >= end);
    end = range.offset + range.size;
    total += range.size;
  }
  const auto size = static_cast<int64_t>(bytes.size());
  CHECK(end <= size);
  CHECK(total > size * 8 / 10);
}

TEST_CASE("strings of a batch outlive reader and file where they were copied") {
  const Sample made = sample();
  Batch batch;
  {
    auto file = File::open(std::make_shared<Pieces>(made.bytes, 100));
    REQUIRE(file.ok());
    BatchReader reader = file->read({.columns = {"BYTE_ARRAY"}});
    REQUIRE(reader.next(&batch));
  }
  REQUIRE(batch.num_rows() == 150);
  for (size_t i = 0; i < 150; ++i) {
    CHECK(value_of(batch.column(0), i) == made.rows[i].items[6]);
  }
}

TEST_CASE("checksums: a wrong one is refused with its place, or not looked at") {
  for (const bool v2 : {false, true}) {
    for (const Codec codec : {Codec::uncompressed, Codec::snappy}) {
      FileBuilder f({leaf("x", PhysicalType::int32)});
      ChunkBuilder& chunk = f.row_group(2).chunk(0);
      if (codec == Codec::snappy) chunk.codec(codec);
      DataPage page{.num_values = 1, .values = plain<int32_t>({1}), .crc = true};
      v2 ? chunk.data_v2(page) : chunk.data_v1(page);
      page.values = plain<int32_t>({2});
      page.edit = [](Thrift& header) { header.set(4, Thrift::i32(12345)); };
      v2 ? chunk.data_v2(page) : chunk.data_v1(page);
      const Bytes bytes = f.finish();
      const File file = open_bytes(bytes);
      PageReader pages = file.pages(0, 0);
      Page seen;
      REQUIRE(pages.next(&seen));
      CHECK(seen.checksum_ok == true);
      REQUIRE(pages.next(&seen));
      CHECK(seen.checksum_ok == false);  // told, not refused
      const int64_t offset = seen.offset;
      CHECK(read_rows(file).status.to_string() ==
            "memory: corrupt: page checksum does not match its bytes (column x, row group 0, "
            "offset " +
                std::to_string(offset) + ")");
      CHECK(read_rows(file, {.row_count = 1}).status.ok());
      const ReadResult off = read_rows(file, {.checksums = false});
      CHECK_MESSAGE(off.status.ok(), off.status.to_string());
      CHECK(off.rows == Rows{Value::record({i32(1)}), Value::record({i32(2)})});
      PageReader unchecked = file.pages(0, 0, {.checksums = false});
      REQUIRE(unchecked.next(&seen));
      CHECK(!seen.checksum_ok.has_value());
    }
  }
  FileBuilder f({leaf("x", PhysicalType::int32)});
  f.row_group(1)
      .chunk(0)
      .dictionary(plain<int32_t>({4}), 1, Encoding::plain, true,
                  [](Thrift& header) { header.set(4, Thrift::i32(-1)); })
      .data_v1({.encoding = Encoding::rle_dictionary, .values = dictionary_indices({0}, 1)});
  CHECK(
      error_of(f.finish()) ==
      "memory: corrupt: page checksum does not match its bytes (column x, row group 0, offset 4)");
}

TEST_CASE("file_path: with a resolver, without, and with one that fails") {
  FileBuilder data({leaf("x", PhysicalType::int32)});
  data.row_group(2).chunk(0).data_v1({.values = plain<int32_t>({8, 9})});
  const Bytes other = data.finish();
  FileBuilder f({leaf("x", PhysicalType::int32)});
  f.row_group(2).chunk(0).data_v1({.values = plain<int32_t>({8, 9})}).edit_chunk([](Thrift& chunk) {
    chunk.set(1, Thrift::binary("part-0.parquet"));
  });
  // What the summary file itself has at that place is not to be read.
  Bytes summary = f.finish();
  std::fill(summary.begin() + 4, summary.begin() + 25, uint8_t{0});
  CHECK(error_of(summary) ==
        "memory: unsupported: the column chunk is in another file, part-0.parquet, and "
        "OpenOptions::resolver is not set (column x, row group 0)");
  int opened = 0;
  OpenOptions open;
  open.resolver = [&](std::string_view path) -> Result<std::shared_ptr<Input>> {
    CHECK(path == "part-0.parquet");
    ++opened;
    return memory_input(other);
  };
  const File file = open_bytes(summary, open);
  for (int i = 0; i < 2; ++i) {
    const ReadResult read = read_rows(file);
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK(read.rows == Rows{Value::record({i32(8)}), Value::record({i32(9)})});
  }
  CHECK(read_pages(file, 0, 0).values == std::vector<Value>{i32(8), i32(9)});
  CHECK(opened == 1);
  open.resolver = [](std::string_view) -> Result<std::shared_ptr<Input>> {
    return Status::access_denied("no");
  };
  CHECK(error_of(summary, {}, open) == "memory: access_denied: no (column x, row group 0)");
  open.resolver = [](std::string_view) -> Result<std::shared_ptr<Input>> {
    return std::shared_ptr<Input>();
  };
  CHECK(read_rows(summary, {}, open).status.code() == StatusCode::not_found);
}

}  // namespace
}  // namespace veneer::test
