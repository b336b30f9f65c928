// Chunks that no library writes: several encodings, fallbacks, odd dictionaries, odd pages.
#include <doctest/doctest.h>

#include "model.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;

Rows rows_of(const std::vector<Value>& values) {
  Rows rows;
  for (const Value& value : values) rows.push_back(Value::record({value}));
  return rows;
}

// Reads with several batch sizes, with and without dictionaries kept.
void check_file(const Bytes& bytes, const Rows& expected) {
  const File file = open_bytes(bytes);
  for (const int32_t batch : {1, 3, 1000}) {
    for (const bool keep : {false, true}) {
      ReadOptions options{.batch_rows = batch};
      if (keep) options.dictionary_columns = {"x"};
      const ReadResult read = read_rows(file, options);
      CHECK_MESSAGE(read.status.ok(), read.status.to_string());
      CHECK(read.fault == "");
      CHECK_MESSAGE(read.rows == expected, to_string(read.rows));
    }
  }
}

TEST_CASE("dictionary fallback in mid-chunk, to each encoding, with long and short strings") {
  for (const PhysicalType type : kTypes) {
    for (const Encoding encoding : encodings_of(type)) {
      for (const bool v2 : {false, true}) {
        INFO(to_string(type), " ", to_string(encoding), v2 ? " V2" : " V1");
        const std::vector<std::string> a = some_values(type, 20, 3);
        const std::vector<std::string> b = some_values(type, 31, 4);
        const std::vector<std::string> c = some_values(type, 9, 5);
        std::vector<std::string> all(a);
        all.insert(all.end(), b.begin(), b.end());
        all.insert(all.end(), c.begin(), c.end());
        const std::vector<std::string> entries = distinct(all);
        FileBuilder f({leaf("x", type, kOptional).length(5)});
        ChunkBuilder& chunk = f.row_group(61).chunk(0);
        chunk.dictionary(encode(type, Encoding::plain, entries),
                         static_cast<int32_t>(entries.size()));
        std::vector<Value> expected;
        auto add = [&](const std::vector<std::string>& values, Encoding as) {
          Levels def;
          for (const std::string& value : values) expected.push_back(Value::leaf(value));
          for (size_t i = 0; i < values.size(); ++i) def.push_back(1);
          if (values.size() == 9) {
            def.push_back(0);
            expected.push_back(Value::null());
          }
          DataPage page{.def = def, .encoding = as, .values = encode(type, as, values, entries)};
          v2 ? chunk.data_v2(page) : chunk.data_v1(page);
        };
        add(a, Encoding::rle_dictionary);
        add(b, encoding);
        add(c, Encoding::rle_dictionary);
        check_file(f.finish(), rows_of(expected));
      }
    }
  }
}

TEST_CASE("a chunk with every encoding that its type may have") {
  for (const PhysicalType type : kTypes) {
    INFO(to_string(type));
    const std::vector<Encoding> encodings = encodings_of(type);
    const auto rows = static_cast<int64_t>(encodings.size() * 10 * 2);
    const std::vector<std::string> values = some_values(type, static_cast<size_t>(rows), 9);
    const std::vector<std::string> entries = distinct(values);
    FileBuilder f({leaf("x", type).length(5)});
    ChunkBuilder& chunk = f.row_group(rows).chunk(0);
    chunk.dictionary(encode(type, Encoding::plain, entries), static_cast<int32_t>(entries.size()));
    std::vector<Value> expected;
    size_t at = 0;
    for (const bool v2 : {false, true}) {
      for (const Encoding encoding : encodings) {
        const std::vector<std::string> part(values.begin() + static_cast<ptrdiff_t>(at),
                                            values.begin() + static_cast<ptrdiff_t>(at) + 10);
        at += 10;
        for (const std::string& value : part) expected.push_back(Value::leaf(value));
        DataPage page{.num_values = 10,
                      .encoding = encoding,
                      .values = encode(type, encoding, part, entries)};
        v2 ? chunk.data_v2(page) : chunk.data_v1(page);
      }
    }
    check_file(f.finish(), rows_of(expected));
  }
}

TEST_CASE("kept dictionaries: indices where the file has them, values after a fallback") {
  const std::string kLong = "a string that is longer than a view holds";
  FileBuilder f({leaf("x", PhysicalType::byte_array, kOptional)});
  f.row_group(7)
      .chunk(0)
      .dictionary(plain_byte_array({"a", kLong, "c"}), 3)
      .data_v1({.def = {1, 0, 1, 1},
                .encoding = Encoding::rle_dictionary,
                .values = dictionary_indices({1, 0, 1}, 2)})
      .data_v1({.def = {1, 1, 0}, .values = plain_byte_array({"plain", kLong + "!"})});
  const Bytes bytes = f.finish();
  const File file = open_bytes(bytes);
  BatchReader reader = file.read({.batch_rows = 3, .dictionary_columns = {"x"}});
  Batch batch;
  REQUIRE(reader.next(&batch));
  const Column& column = batch.column(0);
  REQUIRE(column.is_dictionary());
  CHECK(std::vector<int32_t>(column.indices().begin(), column.indices().end()) ==
        std::vector<int32_t>{1, 0, 0});
  CHECK(column.null_count() == 1);
  CHECK(column.views().empty());
  CHECK(column.bytes(0) == kLong);
  CHECK(column.bytes(1) == "");
  CHECK(column.bytes(2) == "a");
  REQUIRE(column.dictionary().size() == 3);
  CHECK(column.dictionary().bytes(1) == kLong);
  REQUIRE(reader.next(&batch));  // rows 3 to 5: the fallback is within the batch
  CHECK(!batch.column(0).is_dictionary());
  CHECK(batch.column(0).bytes(0) == kLong);
  CHECK(batch.column(0).bytes(1) == "plain");
  CHECK(batch.column(0).bytes(2) == kLong + "!");
  REQUIRE(reader.next(&batch));
  CHECK(batch.column(0).is_null(0));
  CHECK(!reader.next(&batch));
  CHECK(reader.status().ok());
}

TEST_CASE("a batch's buffers are what its views reach, of the dictionary only where they do") {
  const std::vector<std::string> values = {"a string of 25 characters", "another of 21 letters",
                                           "and one of 17 now", "the last, of 20 ones"};
  const size_t dictionary_bytes = plain_byte_array(values).size();
  for (const Encoding encoding : {Encoding::plain, Encoding::delta_length_byte_array}) {
    FileBuilder f({leaf("x", PhysicalType::byte_array)});
    f.row_group(6)
        .chunk(0)
        .dictionary(plain_byte_array(values), 4)
        .data_v1({.num_values = 4,
                  .encoding = encoding,
                  .values = encode(PhysicalType::byte_array, encoding, values)})
        .data_v1({.num_values = 2,
                  .encoding = Encoding::rle_dictionary,
                  .values = dictionary_indices({3, 0}, 2)});
    const Bytes bytes = f.finish();
    const size_t before_each = encoding == Encoding::plain ? 4 : 0;
    BatchReader reader = open_bytes(bytes).read({.batch_rows = 3});
    Batch batch;
    REQUIRE(reader.next(&batch));
    REQUIRE(batch.column(0).buffers().size() == 1);
    CHECK(batch.column(0).buffers()[0].size() == 25 + 21 + 17 + 3 * before_each);
    REQUIRE(reader.next(&batch));
    REQUIRE(batch.column(0).buffers().size() == 2);
    CHECK(batch.column(0).buffers()[0].size() == 20 + before_each);
    CHECK(batch.column(0).buffers()[1].size() == dictionary_bytes);
    CHECK(batch.column(0).bytes(0) == values[3]);
    CHECK(batch.column(0).bytes(1) == values[3]);
    CHECK(batch.column(0).bytes(2) == values[0]);
    CHECK(!reader.next(&batch));
    CHECK(reader.status().ok());
  }
}

TEST_CASE("bits behind the last boolean are 0") {
  for (const bool nulls : {false, true}) {
    FileBuilder f({leaf("x", PhysicalType::boolean, nulls ? kOptional : Repetition::required)});
    DataPage page{.num_values = 11, .values = {0xFF, 0xFF}};
    if (nulls) page.def = {1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1};
    f.row_group(11).chunk(0).data_v1(page);
    const Bytes bytes = f.finish();
    BatchReader reader = open_bytes(bytes).read({});
    Batch batch;
    REQUIRE(reader.next(&batch));
    const uint8_t* bits = batch.column(0).bits().data();
    CHECK(bits[0] == (nulls ? 0xF7 : 0xFF));
    CHECK(bits[1] == 0x07);
  }
}

TEST_CASE("a dictionary without entries, where all is null") {
  for (const PhysicalType type : kTypes) {
    FileBuilder f({leaf("x", type, kOptional).length(5)});
    f.row_group(9)
        .chunk(0)
        .dictionary({}, 0)
        .data_v1({.def = {0, 0, 0, 0}, .encoding = Encoding::rle_dictionary, .values = bytes(0)})
        .data_v2({.def = {0, 0, 0, 0, 0}, .encoding = Encoding::rle_dictionary});
    check_file(f.finish(), rows_of(std::vector<Value>(9)));
  }
}

TEST_CASE("pages without values, index pages, pages of nothing but nulls") {
  FileBuilder f({leaf("x", PhysicalType::int32, kOptional)});
  f.row_group(4)
      .chunk(0)
      .dictionary(plain<int32_t>({5, 6}), 2)
      .index_page(bytes(1, 2, 3))
      .index_page({})
      .data_v1({.num_values = 0})
      .data_v1({.num_values = 0, .encoding = Encoding::rle_dictionary, .values = bytes(1)})
      .data_v2({.num_values = 0})
      .data_v1({.def = {1, 1},
                .encoding = Encoding::rle_dictionary,
                .values = dictionary_indices({1, 0}, 1)})
      .index_page(bytes(9))
      .data_v2({.def = {0}})
      .data_v2({.def = {0}, .encoding = Encoding::delta_binary_packed})
      .data_v1({.num_values = 0});
  const Bytes bytes = f.finish();
  check_file(bytes, rows_of({i32(6), i32(5), {}, {}}));
  PageReader pages = open_bytes(bytes).pages(0, 0);
  Page page;
  std::vector<PageType> types;
  while (pages.next(&page)) types.push_back(page.header.type);
  CHECK_MESSAGE(pages.status().ok(), pages.status().to_string());
  // The walk ends with the last value.
  CHECK(types == std::vector<PageType>{PageType::dictionary, PageType::index, PageType::index,
                                       PageType::data, PageType::data, PageType::data_v2,
                                       PageType::data, PageType::index, PageType::data_v2,
                                       PageType::data_v2});
}

TEST_CASE("dictionary_page_offset missing or zero: the first page tells") {
  for (const int mode : {0, 1, 2}) {
    FileBuilder f({leaf("x", PhysicalType::int64)});
    f.row_group(2)
        .chunk(0)
        .dictionary(plain<int64_t>({50, 60}), 2)
        .data_v1({.encoding = Encoding::plain_dictionary, .values = dictionary_indices({1, 0}, 1)})
        .edit_metadata([mode](Thrift& m) {
          if (mode == 0) return;
          m.drop(11).set(9, Thrift::i64(4));
          if (mode == 2) m.set(11, Thrift::i64(0));
        });
    check_file(f.finish(), rows_of({i64(60), i64(50)}));
  }
}

TEST_CASE("V2 pages that are stored as they are, among compressed ones") {
  for (const Codec codec : kCodecs) {
    if (codec == Codec::uncompressed || !codec_built(codec)) continue;
    FileBuilder f({leaf("x", PhysicalType::byte_array, kOptional)});
    f.row_group(5)
        .chunk(0)
        .codec(codec)
        .data_v2({.def = {1, 0, 1}, .values = plain_byte_array({"one", "three"}), .crc = true})
        .data_v2({.def = {1, 0},
                  .values = plain_byte_array({"four and some more"}),
                  .crc = true,
                  .compressed = false});
    check_file(f.finish(),
               rows_of({text("one"), {}, text("three"), text("four and some more"), {}}));
  }
}

TEST_CASE("levels as BIT_PACKED") {
  FileBuilder f(
      {group("g", kOptional, {list_of("l", leaf("element", PhysicalType::int32, kOptional))})});
  f.row_group(4)
      .chunk(0)
      .data_v1({.rep = {0, 1, 1, 0},
                .def = {4, 3, 4, 2},
                .rep_encoding = Encoding::bit_packed,
                .def_encoding = Encoding::bit_packed,
                .values = plain<int32_t>({1, 3})})
      .data_v1({.rep = {0, 0, 1},
                .def = {0, 4, 4},
                .rep_encoding = Encoding::bit_packed,
                .values = plain<int32_t>({5, 6})});
  const Bytes bytes = f.finish();
  auto row = [](Value list) { return Value::record({Value::record({std::move(list)})}); };
  const Rows expected = {row(Value::list({i32(1), {}, i32(3)})), row(Value::list({})),
                         Value::record({{}}), row(Value::list({i32(5), i32(6)}))};
  for (const int32_t batch : {1, 2, 9}) {
    const ReadResult read = read_rows(bytes, {.batch_rows = batch});
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK(read.rows == expected);
  }
  const PageResult pages = read_pages(open_bytes(bytes), 0, 0);
  CHECK(pages.rep == Levels{0, 1, 1, 0, 0, 0, 1});
  CHECK(pages.def == Levels{4, 3, 4, 2, 0, 4, 4});
  CHECK(pages.values == std::vector<Value>{i32(1), i32(3), i32(5), i32(6)});
}

// A flat optional column's levels may be BIT_PACKED too: the way that goes straight to bits.
TEST_CASE("definition levels of a flat column as BIT_PACKED") {
  Levels def;
  std::vector<int32_t> values;
  std::vector<Value> expected;
  for (int32_t i = 0; i < 1300; ++i) {
    def.push_back(i % 3 == 0 ? 0 : 1);
    if (i % 3 != 0) values.push_back(i);
    expected.push_back(i % 3 == 0 ? Value::null() : i32(i));
  }
  FileBuilder f({leaf("x", PhysicalType::int32, kOptional)});
  f.row_group(1300).chunk(0).data_v1(
      {.def = def, .def_encoding = Encoding::bit_packed, .values = plain(values)});
  check_file(f.finish(), rows_of(expected));
}

// IMPALA-3006: where Impala writes BIT_PACKED levels, it packs them as RLE's literal runs are.
TEST_CASE("BIT_PACKED levels of Impala begin with the least significant bit") {
  for (const bool impala : {false, true}) {
    FileBuilder f({leaf("x", PhysicalType::int32, kOptional),
                   list_of("l", leaf("element", PhysicalType::int32))});
    if (impala) f.created_by("impala version 2.5.0-SNAPSHOT (build 0)");
    test::RowGroupBuilder& g = f.row_group(3);
    g.chunk(0).data_v1({.def = {1, 0, 1},
                        .def_encoding = Encoding::bit_packed,
                        .def_bytes = impala ? Bytes{0b00000101} : Bytes{0b10100000},
                        .values = plain<int32_t>({1, 3})});
    // Levels 2, 0, 1 of two bits.
    g.chunk(1).data_v1({.def = {2, 0, 1},
                        .rep_encoding = Encoding::bit_packed,
                        .def_encoding = Encoding::bit_packed,
                        .def_bytes = impala ? Bytes{0b00010010} : Bytes{0b10000100},
                        .values = plain<int32_t>({7})});
    const Bytes bytes = f.finish();
    const Rows expected = {Value::record({i32(1), Value::list({i32(7)})}),
                           Value::record({Value::null(), Value::null()}),
                           Value::record({i32(3), Value::list({})})};
    const ReadResult read = read_rows(bytes);
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK(read.rows == expected);
    CHECK(read_pages(open_bytes(bytes), 0, 1).def == Levels{2, 0, 1});
  }
}

// PARQUET-246: parquet-mr before 1.8 lets a page begin with the prefix of the last page's value.
TEST_CASE("DELTA_BYTE_ARRAY that carries its prefix from page to page") {
  auto pages = [](const char* writer) {
    FileBuilder f({leaf("x", PhysicalType::byte_array)});
    f.created_by(writer);
    const DeltaOptions small{.block_values = 8, .miniblocks = 1};
    // prefix lengths, suffix lengths, suffixes
    auto page = [&](std::vector<int32_t> prefixes, const Strings& suffixes) {
      return concat(
          {delta_binary_packed(prefixes, small), delta_length_byte_array(suffixes, small)});
    };
    for (int group = 0; group < 2; ++group) {
      f.row_group(6)
          .chunk(0)
          .data_v1({.num_values = 2,
                    .encoding = Encoding::delta_byte_array,
                    .values = page({0, 3}, {"abcdef", "xyz"})})
          .data_v1({.num_values = 2,
                    .encoding = Encoding::delta_byte_array,
                    .values = page({5, 2}, {"!", "."})})
          .data_v1({.num_values = 2,
                    .encoding = Encoding::delta_byte_array,
                    .values = page({3, 0}, {"", "z"})});
    }
    return f.finish();
  };
  const std::vector<Value> group = {text("abcdef"), text("abcxyz"), text("abcxy!"),
                                    text("ab."),    text("ab."),    text("z")};
  std::vector<Value> all(group);
  all.insert(all.end(), group.begin(), group.end());
  const Bytes old = pages("parquet-mr version 1.6.0 (build x)");
  check_file(old, rows_of(all));
  // A skip over whole pages must not lose the prefix.
  const Rows rows = rows_of(all);
  for (int64_t first = 0; first < 12; ++first) {
    const ReadResult read = read_rows(old, {.first_row = first});
    INFO("from row ", first);
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK(read.rows == Rows(rows.begin() + first, rows.end()));
  }
  CHECK(read_rows(pages("parquet-mr version 1.8.0 (build x)")).status.code() ==
        StatusCode::corrupt);
}

TEST_CASE("FIXED_LEN_BYTE_ARRAY(0): values without bytes, kept dictionaries or not") {
  FileBuilder f({leaf("x", PhysicalType::fixed_len_byte_array, kOptional).length(0)});
  f.row_group(6)
      .chunk(0)
      .dictionary({}, 1)
      .data_v1({.def = {1, 0, 1}})
      .data_v1({.def = {1, 0, 1},
                .encoding = Encoding::rle_dictionary,
                .values = dictionary_indices({0, 0}, 1)});
  const Value none = Value::leaf("");
  check_file(f.finish(), rows_of({none, {}, none, none, {}, none}));
}

// Encodings.md wants a length; where it is left out the runs must not be taken for one.
TEST_CASE("RLE booleans without their length, that begin like one") {
  auto rows = [](const std::vector<bool>& bits) {
    std::vector<Value> values;
    for (const bool bit : bits) values.push_back(Value::of(bit));
    return rows_of(values);
  };
  auto file = [](int64_t count, Bytes values) {
    FileBuilder f({leaf("x", PhysicalType::boolean)});
    f.row_group(count).chunk(0).data_v1({.encoding = Encoding::rle, .values = std::move(values)});
    return f.finish();
  };
  // 24 packed booleans that are false, then 64 that are true: "length 7" of 13 bytes.
  std::vector<bool> bits(24, false);
  bits.resize(88, true);
  check_file(file(88, concat({bytes(7, 0, 0, 0, 17), Bytes(8, 0xFF)})), rows(bits));
  // Runs behind their length, which is right; and bytes behind them.
  bits.assign(64, true);
  const Bytes prefixed = concat({bytes(9, 0, 0, 0, 17), Bytes(8, 0xFF)});
  check_file(file(64, prefixed), rows(bits));
  check_file(file(64, concat({prefixed, bytes(0, 0)})), rows(bits));
  CHECK(error_of(file(64, concat({bytes(10, 0, 0, 0, 17), Bytes(8, 0xFF)}))) ==
        "memory: corrupt: booleans are neither runs nor runs after their length (column x, row "
        "group 0, offset 4)");
}

TEST_CASE("more than 2^15 pages in a chunk") {
  constexpr int32_t kPages = 33000;
  FileBuilder f({leaf("x", PhysicalType::int32)});
  ChunkBuilder& chunk = f.row_group(kPages).chunk(0);
  for (int32_t i = 0; i < kPages; ++i) {
    chunk.data_v1({.num_values = 1, .values = plain<int32_t>({i})});
  }
  const Bytes bytes = f.finish();
  const File file = open_bytes(bytes);
  const ReadResult read = read_rows(file);
  REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
  REQUIRE(read.rows.size() == kPages);
  for (int32_t i = 0; i < kPages; ++i)
    REQUIRE(read.rows[static_cast<size_t>(i)].items[0] == i32(i));
  CHECK(read_rows(file, {.first_row = 32999}).rows == rows_of({i32(32999)}));
}

}  // namespace
}  // namespace veneer::test
