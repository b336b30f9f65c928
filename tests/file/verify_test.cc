// One lie a file, and exactly the finding that it deserves.
#include "veneer/verify.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "file/verify_facts.h"
#include "support/compressors.h"
#include "support/encoders.h"
#include "support/file_builder.h"

using namespace veneer;
using test::Bytes;
using test::ChunkBuilder;
using test::FileBuilder;
using test::Thrift;

namespace {

std::vector<Finding> findings(const Bytes& bytes, const VerifyOptions& options = {}) {
  auto file = File::open(memory_input(bytes));
  INFO(file.status().to_string());
  REQUIRE(file.ok());
  std::vector<Finding> found;
  const Status status = verify(*file, options, [&](const Finding& f) { found.push_back(f); });
  INFO(status.to_string());
  REQUIRE(status.ok());
  return found;
}

std::string all(const std::vector<Finding>& found) {
  std::string text;
  for (const Finding& finding : found) text += finding.to_string() + "\n";
  return text;
}

void expect_none(const Bytes& bytes) {
  const auto found = findings(bytes);
  INFO(all(found));
  CHECK(found.empty());
}

Finding expect_one(const Bytes& bytes, FindingKind kind, std::string_view text) {
  const auto found = findings(bytes);
  INFO(all(found));
  REQUIRE(found.size() == 1);
  CHECK(to_string(found[0].kind) == to_string(kind));
  INFO(found[0].message);
  CHECK(found[0].message.find(text) != std::string::npos);
  return found[0];
}

Bytes i32(int32_t value) { return test::plain<int32_t>({value}); }
Bytes f64(double value) { return test::plain<double>({value}); }

// An optional INT32 column x of 6 rows in two pages: 5, null, 7 and 9, 9, 11.
struct Ints {
  FileBuilder file{{test::leaf("x", PhysicalType::int32, Repetition::optional)}};
  test::RowGroupBuilder& group = file.row_group(6);
  ChunkBuilder& chunk = group.chunk(0);
  test::DataPage first{.def = {1, 0, 1}, .values = test::plain<int32_t>({5, 7}), .crc = true};
  test::DataPage second{.def = {1, 1, 1}, .values = test::plain<int32_t>({9, 9, 11})};

  Ints() { file.column_orders({ColumnOrder::type_defined}); }
  Bytes v1() {
    chunk.data_v1(first).data_v1(second);
    return file.finish();
  }
  Bytes v2() {
    chunk.data_v2(first).data_v2(second);
    return file.finish();
  }
};

Thrift ints_index(int32_t min0 = 5, int32_t max0 = 7, int32_t min1 = 9, int32_t max1 = 11,
                  BoundaryOrder order = BoundaryOrder::ascending,
                  const std::vector<int64_t>& nulls = {1, 0}) {
  return test::column_index({false, false}, {i32(min0), i32(min1)}, {i32(max0), i32(max1)}, order,
                            nulls);
}

Thrift i64_list(const std::vector<int64_t>& values) {
  std::vector<Thrift> items;
  for (const int64_t value : values) items.push_back(Thrift::i64(value));
  return Thrift::list(Thrift::Kind::i64, std::move(items));
}

}  // namespace

TEST_CASE("files that tell the truth") {
  {
    Ints f;
    f.chunk.statistics(test::statistics(i32(5), i32(11), 1))
        .offset_index()
        .column_index(ints_index());
    f.first.statistics = test::statistics(i32(5), i32(7), 1);
    expect_none(f.v1());
  }
  {
    Ints f;
    f.chunk.bloom_filter(test::bloom_filter(64, {i32(5), i32(7), i32(9), i32(11)}));
    expect_none(f.v2());
  }
  {
    FileBuilder f({test::leaf("x", PhysicalType::int32)});
    f.row_group(0).chunk(0);
    expect_none(f.finish());
  }
  expect_none(FileBuilder({}).finish());
}

TEST_CASE("checksum: reported, and the page is read all the same") {
  Ints f;
  f.first.edit = [](Thrift& header) { header.set(4, Thrift::i32(1)); };
  const Bytes bytes = f.v1();
  const Finding finding = expect_one(bytes, FindingKind::checksum, "CRC");
  CHECK(finding.row_group == 0);
  CHECK(finding.leaf == 0);
  CHECK(finding.column == "x");
  CHECK(finding.page == 0);
  CHECK(finding.offset == 4);
  CHECK(finding.code == StatusCode::corrupt);
  CHECK(finding.to_string() ==
        "checksum: " + finding.message + " (column x, row group 0, page 0, offset 4)");
  CHECK(findings(bytes, {.checksums = false}).empty());
}

TEST_CASE("a page that does not decode ends its chunk, not the others") {
  FileBuilder f({test::leaf("a", PhysicalType::int32), test::leaf("b", PhysicalType::int32)});
  auto& group = f.row_group(2);
  group.chunk(0).data_v1({.values = test::plain<int32_t>({1})});  // one value of two
  group.chunk(1).data_v2({.values = test::plain<int32_t>({1, 2}),
                          .edit = [](Thrift& header) { header.field(8).set(3, Thrift::i32(1)); }});
  const auto found = findings(f.finish());
  INFO(all(found));
  REQUIRE(found.size() == 2);
  CHECK(found[0].kind == FindingKind::unreadable);
  CHECK(found[0].column == "a");
  CHECK(found[1].kind == FindingKind::counts);
  CHECK(found[1].column == "b");
}

TEST_CASE("counts") {
  SUBCASE("V2 num_nulls") {
    Ints f;
    f.first.edit = [](Thrift& header) { header.field(8).set(2, Thrift::i32(0)); };
    expect_one(f.v2(), FindingKind::counts, "num_nulls of the page header is 0, the data have 1");
  }
  SUBCASE("V2 num_rows") {
    Ints f;
    f.second.edit = [](Thrift& header) { header.field(8).set(3, Thrift::i32(2)); };
    CHECK(
        expect_one(f.v2(), FindingKind::counts, "num_rows of the page header is 2, the data have 3")
            .page == 1);
  }
  SUBCASE("rows of the file") {
    Ints f;
    f.file.edit_footer([](Thrift& footer) { footer.set(3, Thrift::i64(7)); });
    CHECK(expect_one(f.v1(), FindingKind::counts, "num_rows of the file is 7").row_group == -1);
  }
  SUBCASE("rows of the row group") {
    FileBuilder f({test::leaf("x", PhysicalType::int32)});
    f.row_group(3).chunk(0).data_v1({.num_values = 2, .values = test::plain<int32_t>({1, 2})});
    expect_one(f.finish(), FindingKind::counts, "num_rows of the row group is 3, the data have 2");
  }
}

TEST_CASE("statistics of a chunk") {
  const auto chunk = [](const Thrift& told) {
    Ints f;
    f.chunk.statistics(told);
    return f.v1();
  };
  using K = FindingKind;
  expect_none(chunk(test::statistics(i32(4), i32(12), 1)));
  expect_one(chunk(test::statistics(i32(6), i32(11), 1)), K::statistics,
             "the value 5 is less than the minimum 6");
  expect_one(chunk(test::statistics(i32(5), i32(10), 1)), K::statistics,
             "the value 11 is greater than the maximum 10");
  expect_one(chunk(test::statistics(i32(5), i32(11), 2)), K::statistics, "null_count is 2");
  expect_one(chunk(test::statistics(i32(12), i32(4), 1)), K::statistics,
             "the minimum 12 is greater than the maximum 4");
  expect_one(chunk(test::statistics(Bytes{1, 2, 3}, i32(11), 1)), K::statistics,
             "the minimum of 3 bytes");
  expect_one(chunk(test::statistics(i32(4), i32(11), 1).set(8, Thrift::boolean(true))),
             K::statistics, "the minimum 4 is said to be exact");
  expect_one(chunk(test::statistics(i32(5), i32(12), 1).set(7, Thrift::boolean(true))),
             K::statistics, "the maximum 12 is said to be exact");
  expect_one(chunk(test::statistics(i32(5), i32(11), 1).set(4, Thrift::i64(7))), K::statistics,
             "distinct_count is 7, the data can have 6 at most");
  expect_one(chunk(test::statistics(i32(5), i32(11), 1).set(4, Thrift::i64(1))), K::statistics,
             "distinct_count is 1, the data have 2 at least");
  // Legacy fields, by signed order.
  expect_one(chunk(Thrift().set(1, Thrift::binary(i32(9))).set(2, Thrift::binary(i32(5)))),
             K::statistics, "the value 11 is greater than the maximum 9");
}

TEST_CASE("statistics of a page") {
  Ints f;
  f.second.statistics = test::statistics(i32(9), i32(10), 0);
  const Finding finding =
      expect_one(f.v2(), FindingKind::statistics, "greater than the maximum 10");
  CHECK(finding.page == 1);
}

TEST_CASE("statistics can be left out") {
  Ints f;
  f.chunk.statistics(test::statistics(i32(6), i32(11), 1));
  CHECK(findings(f.v1(), {.statistics = false}).empty());
}

TEST_CASE("a dictionary bounds the distinct values") {
  FileBuilder f({test::leaf("x", PhysicalType::int32)});
  f.row_group(4)
      .chunk(0)
      .dictionary(test::plain<int32_t>({1, 2}), 2)
      .data_v1({.encoding = Encoding::rle_dictionary,
                .values = test::dictionary_indices({0, 1, 0, 1}, 1)})
      .statistics(Thrift().set(4, Thrift::i64(3)));
  expect_one(f.finish(), FindingKind::statistics, "can have 2 at most");
}

TEST_CASE("floats: NaN, zeros, total order") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto doubles = [](ColumnOrder order, const std::vector<double>& values,
                          const Thrift& told) {
    FileBuilder f({test::leaf("x", PhysicalType::float64)});
    f.column_orders({order});
    f.row_group(static_cast<int64_t>(values.size()))
        .chunk(0)
        .data_v1({.values = test::plain(values)})
        .statistics(told);
    return f.finish();
  };
  const auto type = ColumnOrder::type_defined;
  const auto total = ColumnOrder::ieee754_total_order;
  expect_none(doubles(type, {-0.0, nan, 1.0}, test::statistics(f64(0.0), f64(1.0), 0)));
  expect_none(doubles(type, {-2.0, 1.0}, test::statistics(f64(nan), f64(nan), 0)));
  expect_one(doubles(type, {-2.0, nan}, test::statistics(f64(-1.0), f64(1.0), 0)),
             FindingKind::statistics, "the value -2 is less than the minimum -1");
  expect_one(
      doubles(type, {1.0, nan}, test::statistics(f64(1.0), f64(1.0), 0).set(9, Thrift::i64(0))),
      FindingKind::statistics, "nan_count is 0, the data have 1");
  expect_none(doubles(total, {-0.0, nan}, test::statistics(f64(-0.0), f64(-0.0), 0)));
  expect_one(doubles(total, {-0.0, 1.0}, test::statistics(f64(0.0), f64(1.0), 0)),
             FindingKind::statistics, "the value -0 is less than the minimum 0");
  expect_none(doubles(total, {nan}, test::statistics(f64(nan), f64(nan), 0)));
}

TEST_CASE("orders of unsigned, decimals, INT96 and bytes") {
  const auto one = [](test::Element element, ColumnOrder order, const Bytes& values,
                      const Bytes& min, const Bytes& max) {
    FileBuilder f({std::move(element)});
    f.column_orders({order});
    f.row_group(2).chunk(0).data_v1({.values = values}).statistics(test::statistics(min, max, 0));
    return f.finish();
  };
  const auto type = ColumnOrder::type_defined;
  auto u32 = [] {
    return test::leaf("x", PhysicalType::int32).logical(test::logical_integer(32, false));
  };
  expect_none(one(u32(), type, test::plain<int32_t>({-1, 1}), i32(1), i32(-1)));
  expect_one(one(u32(), type, test::plain<int32_t>({-1, 1}), i32(1), i32(2)),
             FindingKind::statistics, "the value 4294967295 is greater than the maximum 2");

  auto decimal = [](int32_t precision, int32_t bytes) {
    return test::leaf("x", PhysicalType::fixed_len_byte_array).length(bytes).decimal(precision, 0);
  };
  const std::string minus_one(12, '\xFF');
  const std::string two = std::string(11, '\0') + '\2';
  expect_none(one(decimal(20, 12), type, test::plain_fixed({minus_one, two}),
                  test::to_bytes(minus_one), test::to_bytes(two)));
  expect_one(one(decimal(20, 12), type, test::plain_fixed({minus_one, two}), test::to_bytes(two),
                 test::to_bytes(two)),
             FindingKind::statistics, "less than the minimum");

  const Int96 early{{0, 0, 2'440'000}};
  const Int96 late{{5, 0, 2'440'001}};
  expect_one(
      one(test::leaf("x", PhysicalType::int96), ColumnOrder::int96_timestamp,
          test::plain_int96({early, late}), test::plain_int96({late}), test::plain_int96({late})),
      FindingKind::statistics, "less than the minimum");
  // By TYPE_ORDER they mean nothing.
  expect_none(one(test::leaf("x", PhysicalType::int96), type, test::plain_int96({early, late}),
                  test::plain_int96({late}), test::plain_int96({late})));

  expect_none(one(test::leaf("x", PhysicalType::byte_array), type,
                  test::plain_byte_array({"a\xC3", "abc"}), test::to_bytes("a"),
                  test::to_bytes("b")));
  expect_one(
      one(test::leaf("x", PhysicalType::byte_array), type, test::plain_byte_array({"abc", "abd"}),
          test::to_bytes("abd"), test::to_bytes("abd")),
      FindingKind::statistics, "the value \"abc\" is less than the minimum \"abd\"");
  expect_one(one(test::leaf("x", PhysicalType::boolean), type, test::plain_boolean({true, false}),
                 Bytes{1}, Bytes{1}),
             FindingKind::statistics, "the value false is less than the minimum true");
}

TEST_CASE("size statistics") {
  const auto chunk = [](const Thrift& told) {
    FileBuilder f({test::leaf("s", PhysicalType::byte_array, Repetition::optional)});
    f.row_group(3)
        .chunk(0)
        .data_v1({.def = {1, 0, 1}, .values = test::plain_byte_array({"ab", "cde"})})
        .edit_metadata([told](Thrift& metadata) { metadata.set(16, told); });
    return f.finish();
  };
  expect_none(chunk(Thrift().set(1, Thrift::i64(5)).set(3, i64_list({1, 2}))));
  expect_one(chunk(Thrift().set(1, Thrift::i64(13))), FindingKind::size_statistics,
             "unencoded_byte_array_data_bytes is 13, the data have 5");
  expect_one(chunk(Thrift().set(3, i64_list({2, 1}))), FindingKind::size_statistics,
             "histogram of definition levels");
}

TEST_CASE("offset index") {
  const auto with = [](int which, int16_t field, Thrift value) {
    Ints f;
    f.chunk.offset_index([=](Thrift& index) {
      index.field(1).elements()[static_cast<size_t>(which)].set(field, value);
    });
    return f.v1();
  };
  using K = FindingKind;
  expect_one(with(1, 1, Thrift::i64(5)), K::page_index, "the offset index has the page at 5");
  expect_one(with(0, 2, Thrift::i32(1)), K::page_index, "gives the page 1 bytes");
  const Finding row = expect_one(with(1, 3, Thrift::i64(2)), K::page_index,
                                 "begins the page at row 2, it begins at 3");
  CHECK(row.page == 1);
  Ints f;
  f.chunk.offset_index([](Thrift& index) { index.field(1).elements().pop_back(); });
  expect_one(f.v1(), K::page_index, "has 1 pages, the chunk 2");
}

TEST_CASE("column index") {
  const auto with = [](const Thrift& index) {
    Ints f;
    f.chunk.offset_index().column_index(index);
    return f.v1();
  };
  using K = FindingKind;
  expect_none(with(ints_index()));
  expect_one(with(ints_index(6)), K::page_index, "the value 5 is less than the minimum 6");
  expect_one(with(ints_index(5, 7, 9, 10)), K::page_index, "greater than the maximum 10");
  expect_one(with(ints_index(5, 7, 9, 11, BoundaryOrder::descending)), K::page_index,
             "claims descending bounds");
  expect_one(with(ints_index(5, 7, 9, 11, BoundaryOrder::ascending, {0, 0})), K::page_index,
             "null_count of the column index is 0, the data have 1");
  expect_one(with(test::column_index({true, false}, {Bytes(), i32(9)}, {Bytes(), i32(11)},
                                     BoundaryOrder::ascending)),
             K::page_index, "says nulls only, the page has values");
  Ints alone;
  alone.chunk.column_index(ints_index());
  expect_one(alone.v1(), K::page_index, "no offset index");
  Ints left_out;
  left_out.chunk.offset_index().column_index(ints_index(6));
  CHECK(findings(left_out.v1(), {.page_index = false}).empty());
}

TEST_CASE("an index that lies outside of the file is a finding, and the chunk is verified") {
  Ints f;
  f.chunk.offset_index().edit_chunk([](Thrift& chunk) { chunk.set(4, Thrift::i64(1 << 30)); });
  expect_one(f.v1(), FindingKind::page_index, "outside of the file");
}

TEST_CASE("bloom filters") {
  Ints f;
  f.chunk.bloom_filter(test::bloom_filter(64, {i32(5), i32(7), i32(9)}));
  const Bytes bytes = f.v1();
  const Finding finding =
      expect_one(bytes, FindingKind::bloom_filter, "denies 1 of the page's 3 values");
  CHECK(finding.message.find("11") != std::string::npos);
  CHECK(finding.page == 1);
  CHECK(findings(bytes, {.bloom_filters = false}).empty());

  // Decimals are hashed as the file stores them.
  FileBuilder decimals(
      {test::leaf("d", PhysicalType::fixed_len_byte_array).length(5).decimal(10, 0),
       test::leaf("v", PhysicalType::byte_array).decimal(10, 0)});
  auto& group = decimals.row_group(2);
  const std::string minus_two = std::string(4, '\xFF') + '\xFE';
  group.chunk(0)
      .data_v1({.values = test::plain_fixed({minus_two, std::string(5, '\1')})})
      .bloom_filter(test::bloom_filter(32, {test::to_bytes(minus_two), Bytes(5, 1)}));
  group.chunk(1)
      .data_v1({.values = test::plain_byte_array({"\xFE", std::string("\0\x80", 2)})})
      .bloom_filter(test::bloom_filter(32, {Bytes{0xFE}, Bytes{0, 0x80}}), false);
  expect_none(decimals.finish());

  // One of more digits than are decoded is its bytes, and may have none.
  FileBuilder wide({test::leaf("d", PhysicalType::byte_array).decimal(80, 0)});
  wide.row_group(1)
      .chunk(0)
      .data_v1({.values = test::plain_byte_array({""})})
      .bloom_filter(test::bloom_filter(32, {Bytes{1}}));
  expect_one(wide.finish(), FindingKind::bloom_filter, "denies 1 of the page's 1 values");
}

TEST_CASE("UTF-8") {
  FileBuilder f({test::leaf("s", PhysicalType::byte_array).converted(ConvertedType::utf8),
                 test::leaf("b", PhysicalType::byte_array)});
  auto& group = f.row_group(2);
  group.chunk(0).data_v1({.values = test::plain_byte_array({"h\xC3\xA9", "\xFFz"})});
  group.chunk(1).data_v1({.values = test::plain_byte_array({"\xFF", "\xFE"})});
  const Bytes bytes = f.finish();
  const Finding finding = expect_one(bytes, FindingKind::utf8, "1 of the page's 2 values");
  CHECK(finding.column == "s");
  CHECK(findings(bytes, {.utf8 = false}).empty());

  for (const char* text :
       {"", "abc", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "twelve bytes\xE2\x82\xAC and more of them"}) {
    CHECK(checks::is_utf8(text));
  }
  for (const char* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x9F\xBF",
                           "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80", "\xFF", "twelve bytes\xE2\x82z and more"}) {
    CHECK(!checks::is_utf8(text));
  }
}

TEST_CASE("encodings") {
  {
    Ints f;
    f.chunk.edit_metadata([](Thrift& metadata) {
      metadata.set(2, Thrift::list(Thrift::Kind::i32, {Thrift::i32(3)}));
    });
    expect_one(f.v1(), FindingKind::encodings, "PLAIN is missing");
  }
  {
    Ints f;
    f.chunk.edit_metadata([](Thrift& metadata) {
      const Thrift stats =
          Thrift().set(1, Thrift::i32(0)).set(2, Thrift::i32(0)).set(3, Thrift::i32(3));
      metadata.set(13, Thrift::list(Thrift::Kind::structure, {stats}));
    });
    expect_one(f.v1(), FindingKind::encodings, "is 3, the data have 2");
  }
}

TEST_CASE("sizes and places") {
  using K = FindingKind;
  {
    Ints f;
    f.group.edit([](Thrift& group) { group.set(2, Thrift::i64(0)); });
    f.chunk.data_v1(f.first).data_v1(f.second).raw(Bytes(9, 0));
    f.chunk.edit_metadata([](Thrift& metadata) { metadata.set(6, Thrift::i64(100'000)); });
    const auto found = findings(f.file.finish());
    INFO(all(found));
    REQUIRE(found.size() == 2);
    CHECK(found[0].kind == K::sizes);
    CHECK(found[0].message.find("total_compressed_size") != std::string::npos);
    CHECK(found[1].message.find("total_uncompressed_size is 100000") != std::string::npos);
  }
  {
    Ints f;
    f.group.edit([](Thrift& group) { group.set(2, Thrift::i64(7)); });
    CHECK(expect_one(f.v1(), K::sizes, "total_byte_size of the row group is 7").leaf == -1);
  }
  {
    // parquet-mr before 1.2.9 left the dictionary page's header out (PARQUET-816).
    for (const bool old : {true, false}) {
      FileBuilder f({test::leaf("x", PhysicalType::int32)});
      f.created_by(old ? "parquet-mr version 1.2.5" : "parquet-mr version 1.12.0");
      f.row_group(1)
          .chunk(0)
          .dictionary(test::plain<int32_t>({1}), 1)
          .data_v1(
              {.encoding = Encoding::rle_dictionary, .values = test::dictionary_indices({0}, 1)})
          .edit_metadata([](Thrift& m) { m.set(6, Thrift::i64(36)); });
      const auto found = findings(f.finish());
      INFO(all(found));
      size_t sizes = 0;
      for (const Finding& finding : found) sizes += finding.kind == K::sizes && finding.leaf == 0;
      CHECK(sizes == (old ? 0 : 1));
    }
  }
  {
    Ints f;
    f.group.edit([](Thrift& group) { group.set(7, Thrift::i16(3)); });
    expect_one(f.v1(), K::metadata, "ordinal is 3");
  }
  {
    // DuckDB's data_page_offset, before it named its version, lacked the dictionary page's header.
    for (const std::string_view writer : {"DuckDB", "DuckDB version v1.2.0 (build 5f5512b827)"}) {
      FileBuilder f({test::leaf("x", PhysicalType::int32)});
      f.created_by(writer);
      f.row_group(1)
          .chunk(0)
          .dictionary(test::plain<int32_t>({1}), 1)
          .data_v1(
              {.encoding = Encoding::rle_dictionary, .values = test::dictionary_indices({0}, 1)})
          // Behind PAR1 and the four bytes of the entry.
          .edit_metadata([](Thrift& m) { m.set(9, Thrift::i64(8)); });
      const Bytes bytes = f.finish();
      if (writer == "DuckDB") {
        expect_none(bytes);
      } else {
        expect_one(bytes, K::layout, "data_page_offset is 8");
      }
    }
  }
  {
    // The dictionary comes first, and data_page_offset points between the pages.
    FileBuilder f({test::leaf("x", PhysicalType::int32)});
    f.row_group(1)
        .chunk(0)
        .dictionary(test::plain<int32_t>({1}), 1)
        .data_v1({.encoding = Encoding::rle_dictionary, .values = test::dictionary_indices({0}, 0)})
        .edit_metadata([](Thrift& m) { m.set(9, Thrift::i64(11)); });
    expect_one(f.finish(), K::layout, "data_page_offset is 11");
  }
}

TEST_CASE("chunks that overlap") {
  FileBuilder f({test::leaf("a", PhysicalType::int32), test::leaf("b", PhysicalType::int32)});
  auto& group = f.row_group(1);
  group.chunk(0).data_v1({.values = i32(1)});
  group.chunk(1).data_v1({.values = i32(1)}).edit_metadata([](Thrift& m) {
    m.set(9, Thrift::i64(4));
  });
  expect_one(f.finish(), FindingKind::layout, "overlaps column");
}

TEST_CASE("path_in_schema") {
  Ints f;
  f.chunk.edit_metadata([](Thrift& metadata) {
    metadata.set(3, Thrift::list(Thrift::Kind::binary, {Thrift::binary("y"), Thrift::binary("z")}));
  });
  expect_one(f.v1(), FindingKind::metadata, "path_in_schema is y.z");
}

TEST_CASE("a dictionary that is said to be sorted") {
  const auto with = [](const std::vector<int32_t>& entries) {
    FileBuilder f({test::leaf("x", PhysicalType::int32)});
    f.row_group(1)
        .chunk(0)
        .dictionary(test::plain(entries), 2, Encoding::plain, false,
                    [](Thrift& header) { header.field(7).set(3, Thrift::boolean(true)); })
        .data_v1(
            {.encoding = Encoding::rle_dictionary, .values = test::dictionary_indices({0}, 1)});
    return f.finish();
  };
  expect_none(with({1, 2}));
  CHECK(expect_one(with({2, 1}), FindingKind::dictionary, "claims to be sorted").page == 0);
}

TEST_CASE("levels") {
  const auto list = [] {
    return test::group(
               "l", Repetition::optional,
               {test::group("list", Repetition::repeated,
                            {test::leaf("element", PhysicalType::int32, Repetition::optional)})})
        .converted(ConvertedType::list);
  };
  SUBCASE("a V2 page in the middle of a row") {
    FileBuilder f({list()});
    f.row_group(1)
        .chunk(0)
        .data_v2({.rep = {0}, .def = {3}, .values = i32(1)})
        .data_v2({.rep = {1}, .def = {3}, .values = i32(2)});
    expect_one(f.finish(), FindingKind::levels, "the V2 page does not begin with a row");
  }
  SUBCASE("a V1 page in the middle of a row is allowed, but not with an offset index") {
    FileBuilder f({list()});
    auto& chunk = f.row_group(1).chunk(0);
    chunk.data_v1({.rep = {0}, .def = {3}, .values = i32(1)})
        .data_v1({.rep = {1}, .def = {3}, .values = i32(2)});
    expect_none(f.finish());
    FileBuilder g({list()});
    g.row_group(1)
        .chunk(0)
        .data_v1({.rep = {0}, .def = {3}, .values = i32(1)})
        .data_v1({.rep = {1}, .def = {3}, .values = i32(2)})
        .offset_index();
    expect_one(g.finish(), FindingKind::page_index, "does not begin with a row");
  }
  SUBCASE("a list goes on behind an entry that says it is empty") {
    FileBuilder f({list()});
    f.row_group(1).chunk(0).data_v1({.rep = {0, 1}, .def = {1, 3}, .values = i32(1)});
    expect_one(f.finish(), FindingKind::levels, "continues a list that is empty");
  }
  SUBCASE("siblings that disagree about their group") {
    FileBuilder f({test::group("g", Repetition::optional,
                               {test::leaf("a", PhysicalType::int32, Repetition::optional),
                                test::leaf("b", PhysicalType::int32)})});
    auto& group = f.row_group(2);
    group.chunk(0).data_v1({.def = {2, 1}, .values = i32(1)});
    group.chunk(1).data_v1({.def = {1, 0}, .values = i32(1)});
    const Finding finding = expect_one(f.finish(), FindingKind::levels, "disagree");
    CHECK(finding.column == "g.b");
  }
  SUBCASE("nulls may be counted with or without the entries of empty lists") {
    for (const int64_t nulls : {1, 2}) {
      FileBuilder f({list()});
      f.row_group(3)
          .chunk(0)
          .data_v1({.rep = {0, 0, 0}, .def = {3, 2, 1}, .values = i32(1)})
          .statistics(Thrift().set(3, Thrift::i64(nulls)));
      expect_none(f.finish());
    }
  }
}

TEST_CASE("sorting columns") {
  const auto with = [](const std::vector<int32_t>& a, const std::vector<int32_t>& b,
                       bool b_descending) {
    FileBuilder f({test::leaf("a", PhysicalType::int32), test::leaf("b", PhysicalType::int32)});
    auto& group = f.row_group(static_cast<int64_t>(a.size()));
    group.chunk(0).data_v1({.values = test::plain(a)});
    group.chunk(1).data_v1({.values = test::plain(b)});
    const auto column = [](int32_t leaf, bool descending) {
      return Thrift()
          .set(1, Thrift::i32(leaf))
          .set(2, Thrift::boolean(descending))
          .set(3, Thrift::boolean(true));
    };
    group.edit([=](Thrift& g) {
      g.set(4, Thrift::list(Thrift::Kind::structure, {column(0, false), column(1, b_descending)}));
    });
    return f.finish();
  };
  expect_none(with({1, 1, 2}, {5, 6, 1}, false));
  expect_none(with({1, 1, 2}, {6, 5, 9}, true));
  expect_one(with({1, 1, 2}, {6, 5, 9}, false), FindingKind::sorting, "row 1 of the file");
  expect_one(with({1, 2, 1}, {5, 6, 7}, false), FindingKind::sorting, "row 2 of the file");

  FileBuilder f({test::leaf("s", PhysicalType::byte_array, Repetition::optional)});
  auto& group = f.row_group(4);
  group.chunk(0).data_v1({.def = {0, 1, 1, 0}, .values = test::plain_byte_array({"a", "b"})});
  group.edit([](Thrift& g) {
    g.set(4, Thrift::list(Thrift::Kind::structure, {Thrift()
                                                        .set(1, Thrift::i32(0))
                                                        .set(2, Thrift::boolean(false))
                                                        .set(3, Thrift::boolean(true))}));
  });
  expect_one(f.finish(), FindingKind::sorting, "row 3 of the file");
}

TEST_CASE("what cannot be verified is said") {
  FileBuilder f({test::leaf("x", PhysicalType::int32)});
  f.row_group(1).chunk(0).data_v1({.values = i32(1)}).edit_chunk([](Thrift& chunk) {
    chunk.set(1, Thrift::binary("elsewhere.parquet"));
  });
  const auto found = findings(f.finish());
  INFO(all(found));
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == FindingKind::unreadable);
  CHECK(found[0].code == StatusCode::unsupported);
  CHECK(found[0].to_string().starts_with("unreadable, unsupported: "));
}

TEST_CASE("bounds that few readers know to be wrong are findings, though they are not trusted") {
  for (const std::string_view writer :
       {"hyparquet", "parquet-cpp-arrow version 11.0.0", "parquet-mr version 1.7.0"}) {
    FileBuilder f({test::leaf("s", PhysicalType::byte_array)});
    f.column_orders({ColumnOrder::type_defined}).created_by(writer);
    f.row_group(1)
        .chunk(0)
        .data_v1({.values = test::to_bytes(std::string_view("\1\0\0\0z", 5))})
        .statistics(test::statistics(test::to_bytes("a"), test::to_bytes("b"), 0));
    const Bytes bytes = f.finish();
    if (writer.starts_with("parquet-mr")) {
      expect_none(bytes);
    } else {
      expect_one(bytes, FindingKind::statistics, "greater than the maximum \"b\"");
    }
  }
}

TEST_CASE("an encrypted column is one finding, and its indexes are not called corrupt") {
  Ints f;
  f.chunk.offset_index().column_index(ints_index());
  f.chunk.bloom_filter(test::bloom_filter(64, {i32(5)})).edit_chunk([](Thrift& chunk) {
    chunk.set(8, Thrift::structure(1, Thrift()));  // ENCRYPTION_WITH_FOOTER_KEY
  });
  const Bytes bytes = f.v1();
  const auto found = findings(bytes);
  INFO(all(found));
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == FindingKind::unreadable);
  CHECK(found[0].code == StatusCode::unsupported);
  CHECK(found[0].message.find("the column is encrypted") == 0);
  const auto file = File::open(memory_input(bytes));
  REQUIRE(file.ok());
  CHECK(file->offset_index(0, 0).status().code() == StatusCode::unsupported);
  CHECK(file->column_index(0, 0).status().code() == StatusCode::unsupported);
  CHECK(file->bloom_filter(0, 0).status().code() == StatusCode::unsupported);
}

TEST_CASE("progress is told chunk by chunk") {
  FileBuilder f({test::leaf("x", PhysicalType::int32), test::leaf("y", PhysicalType::int32)});
  for (int group = 0; group < 2; ++group) {
    test::RowGroupBuilder& rows = f.row_group(1);
    rows.chunk(0).data_v1({.values = i32(1)});
    rows.chunk(1).data_v1({.values = i32(2)});
  }
  std::vector<int64_t> told;
  VerifyOptions options;
  options.progress = [&](int64_t done, int64_t total) {
    CHECK(total == 4);
    told.push_back(done);
  };
  CHECK(findings(f.finish(), options).empty());
  CHECK(told == std::vector<int64_t>{1, 2, 3, 4});
}

TEST_CASE("cancelling") {
  Ints f;
  const Bytes bytes = f.v1();
  auto file = File::open(memory_input(bytes));
  REQUIRE(file.ok());
  const std::atomic<bool> stop{true};
  const Status status = verify(*file, {.cancel = &stop}, [](const Finding&) {});
  CHECK(status.code() == StatusCode::cancelled);
}

TEST_CASE("files cut short or with a bit flipped are reported, not crashed on") {
  Ints f;
  f.chunk.offset_index()
      .column_index(ints_index())
      .statistics(test::statistics(i32(5), i32(11), 1));
  f.chunk.bloom_filter(test::bloom_filter(32, {i32(5), i32(7), i32(9), i32(11)}));
  const Bytes bytes = f.v2();
  size_t opened = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes flipped = bytes;
      flipped[i] = static_cast<uint8_t>(flipped[i] ^ 1u << bit);
      auto file = File::open(memory_input(flipped));
      if (!file) continue;
      ++opened;
      size_t found = 0;
      const Status status = verify(*file, {}, [&](const Finding&) { ++found; });
      CHECK(status.ok());
      CHECK(found < 50);
    }
  }
  CHECK(opened > bytes.size());
}

#ifdef VENEER_TEST_DATA
TEST_CASE("the fixtures are as their writers say") {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(VENEER_TEST_DATA)) {
    if (entry.path().extension() != ".parquet") continue;
    INFO(entry.path().filename().string());
    auto file = File::open(entry.path().string());
    INFO(file.status().to_string());
    REQUIRE(file.ok());
    std::vector<Finding> found;
    const Status status = verify(*file, {}, [&](const Finding& finding) {
      // Codecs that this build was left without are no fault of the file.
      if (finding.code != StatusCode::codec_not_built) found.push_back(finding);
    });
    CHECK(status.ok());
    if (entry.path().stem() == "pyarrow_invalid_utf8") {
      CHECK(!found.empty());
      for (const Finding& finding : found) CHECK(finding.kind == FindingKind::utf8);
    } else {
      INFO(all(found));
      CHECK(found.empty());
    }
    ++files;
  }
  CHECK(files > 50);
}
#endif
