// Files whose statistics lie, or are spoilt in the known ways: a filter finds what is there.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "model.h"
#include "support/compressors.h"

namespace veneer::test {
namespace {

using RowNumbers = std::vector<int64_t>;

struct Found {
  RowNumbers rows;
  FilterStats stats;
  Status status;
};

Found find(const Bytes& bytes, const std::string& where, bool trust = true) {
  const File file = open_bytes(bytes);
  ReadOptions options;
  auto filter = Filter::parse(where);
  REQUIRE_MESSAGE(filter.ok(), filter.status().to_string());
  options.filter = *filter;
  options.trust_statistics = trust;
  options.row_numbers = true;
  BatchReader reader = file.read(options);
  Batch batch;
  Found found;
  while (reader.next(&batch)) {
    const auto numbers = batch.row_numbers();
    found.rows.insert(found.rows.end(), numbers.begin(), numbers.end());
  }
  found.status = reader.status();
  found.stats = reader.filter_stats();
  return found;
}

// The rows, which must be the same with and without trust.
RowNumbers rows(const Bytes& bytes, const std::string& where) {
  const Found trusting = find(bytes, where);
  const Found careful = find(bytes, where, false);
  CHECK_MESSAGE(trusting.status.ok(), trusting.status.to_string());
  CHECK_MESSAGE(careful.status.ok(), careful.status.to_string());
  CHECK(trusting.rows == careful.rows);
  CHECK(careful.stats.rows_tested == careful.stats.rows);
  return trusting.rows;
}

struct Column {
  PhysicalType type = PhysicalType::int32;
  Bytes values = {};
  int32_t count = 3;
  std::optional<Thrift> statistics = std::nullopt;
  std::string created_by = "veneer test support";
  ColumnOrder order = ColumnOrder::type_defined;
  ConvertedType converted = ConvertedType::none;
  Levels def = {};
  std::function<void(ChunkBuilder&)> more = {};
};

Bytes file_of(Column column) {
  Element element =
      leaf("x", column.type, column.def.empty() ? Repetition::required : Repetition::optional);
  if (column.converted != ConvertedType::none) {
    element = std::move(element).converted(column.converted);
  }
  FileBuilder f({std::move(element)});
  f.created_by(column.created_by);
  if (column.order != ColumnOrder::undefined) f.column_orders({column.order});
  ChunkBuilder& chunk = f.row_group(column.count).chunk(0);
  chunk.data_v1({.num_values = column.count, .def = column.def, .values = column.values});
  if (column.statistics) chunk.statistics(*column.statistics);
  if (column.more) column.more(chunk);
  return f.finish();
}

Thrift legacy(const Bytes& min, const Bytes& max) {
  return Thrift().set(1, Thrift::binary(max)).set(2, Thrift::binary(min));
}

Bytes i32s(std::vector<int32_t> values) { return plain(values); }

TEST_CASE("good statistics do drop the row group") {
  const Bytes bytes =
      file_of({.values = i32s({1, 2, 3}), .statistics = statistics(i32s({1}), i32s({3}), 0)});
  const Found found = find(bytes, "x > 3");
  CHECK(found.rows.empty());
  CHECK(found.stats.row_groups_by_statistics == 1);
  CHECK(find(bytes, "x >= 1").stats.row_groups_whole == 1);
  CHECK(find(bytes, "x > 3", false).stats.row_groups_by_statistics == 0);
}

TEST_CASE("bounds that cannot be are none") {
  // The least is after the greatest; of another width; without a column order.
  CHECK(
      rows(file_of({.values = i32s({1, 2, 3}), .statistics = statistics(i32s({9}), i32s({5}), 0)}),
           "x = 2") == RowNumbers{1});
  CHECK(rows(file_of({.values = i32s({1, 2, 3}), .statistics = statistics(bytes(9), bytes(9), 0)}),
             "x = 2") == RowNumbers{1});
  CHECK(rows(file_of({.values = i32s({1, 2, 3}),
                      .statistics = statistics(i32s({7}), i32s({9}), 0),
                      .order = ColumnOrder::undefined}),
             "x = 2") == RowNumbers{1});
}

TEST_CASE("legacy bounds hold for signed numbers only") {
  const Bytes wrapped = i32s({1, -1, 2});  // unsigned: 1, 2^32 - 1, 2
  CHECK(rows(file_of({.values = wrapped,
                      .statistics = legacy(i32s({-1}), i32s({2})),
                      .order = ColumnOrder::undefined,
                      .converted = ConvertedType::uint_32}),
             "x > 100") == RowNumbers{1});
  const Bytes texts = plain_byte_array({"a", "\xC3\xA9", "b"});
  CHECK(rows(file_of({.type = PhysicalType::byte_array,
                      .values = texts,
                      .statistics = legacy(to_bytes("\xC3\xA9"), to_bytes("b")),
                      .order = ColumnOrder::undefined,
                      .converted = ConvertedType::utf8}),
             "x > 'c'") == RowNumbers{1});
}

TEST_CASE("bounds of writers with known bugs are not believed") {
  // PARQUET-251: parquet-mr before 1.8.0 used one buffer over and over.
  for (const char* writer : {"parquet-mr version 1.7.0", "parquet-mr version 1.6.0rc3"}) {
    CHECK(rows(file_of({.type = PhysicalType::byte_array,
                        .values = plain_byte_array({"a", "m", "z"}),
                        .statistics = statistics(to_bytes("z"), to_bytes("z"), 0),
                        .created_by = writer,
                        .converted = ConvertedType::utf8}),
               "x = 'm'") == RowNumbers{1});
  }
  // ARROW-12513: parquet-cpp-arrow before 6.0.0 told that dictionary arrays have no nulls.
  CHECK(rows(file_of({.type = PhysicalType::byte_array,
                      .values = plain_byte_array({"a"}),
                      .statistics = Thrift().set(3, Thrift::i64(0)),
                      .created_by = "parquet-cpp-arrow version 5.0.0",
                      .converted = ConvertedType::utf8,
                      .def = {0, 1, 0}}),
             "x is null") == RowNumbers{0, 2});
}

TEST_CASE("NaN, and the two zeros") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Bytes values = plain<double>({1.0, nan, 2.0});
  const auto with = [&](double min, double max) {
    return file_of({.type = PhysicalType::float64,
                    .values = values,
                    .statistics = statistics(plain<double>({min}), plain<double>({max}), 0)});
  };
  CHECK(rows(with(1.0, 2.0), "x > 5") == RowNumbers{1});
  CHECK(rows(with(1.0, 2.0), "x = 'NaN'") == RowNumbers{1});
  CHECK(rows(with(1.0, 2.0), "not (x <= 2)") == RowNumbers{1});
  CHECK(rows(with(1.0, 2.0), "x <= 2") == RowNumbers{0, 2});
  CHECK(rows(with(nan, nan), "x = 2") == RowNumbers{2});
  CHECK(rows(with(nan, 1.0), "x = 2 and x < 1") == RowNumbers{});

  const auto zeros = [&](double min, double max) {
    return file_of({.type = PhysicalType::float64,
                    .values = plain<double>({-0.0, 0.0, 0.0}),
                    .statistics = statistics(plain<double>({min}), plain<double>({max}), 0)});
  };
  for (const double min : {0.0, -0.0}) {
    for (const double max : {0.0, -0.0}) {
      CHECK(rows(zeros(min, max), "x = 0") == RowNumbers{0, 1, 2});
      CHECK(rows(zeros(min, max), "x >= -0.0") == RowNumbers{0, 1, 2});
      CHECK(rows(zeros(min, max), "x < 0") == RowNumbers{});
    }
  }
}

TEST_CASE("null counts that cannot be are none") {
  for (const int64_t nulls : {int64_t{-1}, int64_t{4}, INT64_MAX}) {
    CHECK(rows(file_of({.values = i32s({7}),
                        .statistics = Thrift().set(3, Thrift::i64(nulls)),
                        .def = {0, 1, 0}}),
               "x is null") == RowNumbers{0, 2});
  }
}

TEST_CASE("bounds that were cut short") {
  // The greatest value begins with the bound cut and rounded up.
  CHECK(rows(file_of({.type = PhysicalType::byte_array,
                      .values = plain_byte_array({"abcdef", "abd", "abc"}),
                      .statistics = statistics(to_bytes("ab"), to_bytes("ac"), 0),
                      .converted = ConvertedType::utf8}),
             "x >= 'abd'") == RowNumbers{1});
  CHECK(rows(file_of({.type = PhysicalType::byte_array,
                      .values = plain_byte_array({"abcdef", "abd", "abc"}),
                      .statistics = statistics(to_bytes("ab"), to_bytes("ac"), 0),
                      .converted = ConvertedType::utf8}),
             "x = 'ab' or x = 'ac'") == RowNumbers{});
}

TEST_CASE("INT96 has no bounds by type order") {
  Int96 early, late;
  early.words = {0, 0, 2'440'588};
  late.words = {0, 0, 2'450'000};
  CHECK(rows(file_of({.type = PhysicalType::int96,
                      .values = plain_int96({early, late, early}),
                      .statistics = statistics(plain_int96({early}), plain_int96({early}), 0)}),
             "x > '1980-01-01'") == RowNumbers{1});
}

// Three pages of two rows, with an index that a test spoils.
Bytes paged(const Edit& offsets, std::optional<Thrift> columns = std::nullopt) {
  FileBuilder f({leaf("x", PhysicalType::int32)});
  f.column_orders({ColumnOrder::type_defined});
  ChunkBuilder& chunk = f.row_group(6).chunk(0);
  for (int32_t i = 0; i < 3; ++i) {
    chunk.data_v1({.num_values = 2, .values = i32s({2 * i, 2 * i + 1})});
  }
  chunk.offset_index(offsets);
  chunk.column_index(
      columns.value_or(column_index({false, false, false}, {i32s({0}), i32s({2}), i32s({4})},
                                    {i32s({1}), i32s({3}), i32s({5})}, BoundaryOrder::ascending)));
  return f.finish();
}

TEST_CASE("a page index that cannot be is none") {
  const auto first_row = [](size_t page, int64_t row) {
    return [=](Thrift& index) { index.field(1).elements()[page].set(3, Thrift::i64(row)); };
  };
  const Bytes good = paged({});
  CHECK(find(good, "x = 3").stats.pages_dropped == 2);
  CHECK(rows(good, "x = 3") == RowNumbers{3});
  const Found none = find(good, "x > 5");
  CHECK(none.stats.row_groups_by_page_index == 1);
  CHECK(none.stats.rows_by_page == 6);
  CHECK(none.stats.rows_by_row_group == 0);
  CHECK(find(good, "x >= 0").stats.row_groups_whole == 1);
  CHECK(rows(paged(first_row(0, 1)), "x = 3") == RowNumbers{3});
  CHECK(rows(paged(first_row(2, 100)), "x = 5") == RowNumbers{5});
  CHECK(rows(paged(first_row(2, 1)), "x = 3") == RowNumbers{3});
  // Pages that it promises otherwise than they are.
  const Found moved = find(paged(first_row(1, 3)), "x = 3");
  CHECK(moved.status.code() == StatusCode::corrupt);
  const Found fewer =
      find(paged([](Thrift& index) { index.field(1).elements().pop_back(); }), "x = 5");
  CHECK(fewer.status.code() == StatusCode::corrupt);
  const Found outside =
      find(paged([](Thrift& index) { index.field(1).elements()[1].set(1, Thrift::i64(1 << 30)); }),
           "x = 3");
  CHECK(outside.status.code() == StatusCode::corrupt);
  // Null pages that have as many nulls as they have not.
  CHECK(rows(paged({}, column_index({true, true, true}, {{}, {}, {}}, {{}, {}, {}},
                                    BoundaryOrder::unordered, {0, 0, 0})),
             "x = 3") == RowNumbers{3});
  CHECK(rows(paged({}, column_index({false, false}, {i32s({8}), i32s({8})}, {i32s({9}), i32s({9})},
                                    BoundaryOrder::ascending)),
             "x = 3") == RowNumbers{3});
  CHECK(rows(paged({}, column_index({false, false, false}, {bytes(1), bytes(1), bytes(1)},
                                    {bytes(1), bytes(1), bytes(1)}, BoundaryOrder::ascending)),
             "x = 3") == RowNumbers{3});
}

TEST_CASE("a boundary order that lies leads no further astray than bounds that lie") {
  const auto with = [](std::vector<int32_t> bounds) {
    std::vector<Bytes> min, max;
    for (const int32_t bound : bounds)
      min.push_back(i32s({bound})), max.push_back(i32s({bound + 1}));
    return paged({}, column_index({false, false, false}, min, max, BoundaryOrder::descending));
  };
  // Its bounds ascend, which those of the first page and the last one give away.
  CHECK(rows(with({0, 2, 4}), "x = 3") == RowNumbers{3});
  // In the middle nobody looks who believes it.
  const Found trusting = find(with({0, 2, -1}), "x = 3");
  CHECK(trusting.status.ok());
  CHECK(trusting.rows.empty());
  CHECK(find(with({0, 2, -1}), "x = 3", false).rows == RowNumbers{3});
}

TEST_CASE("a bloom filter that cannot be read is none; one that can decides") {
  const auto with = [](Bytes filter) {
    return file_of({.values = i32s({1, 2, 3}),
                    .more = [=](ChunkBuilder& chunk) { chunk.bloom_filter(filter); }});
  };
  const Bytes good = bloom_filter(32, {i32s({1}), i32s({2}), i32s({3})});
  CHECK(rows(with(good), "x = 2") == RowNumbers{1});
  CHECK(find(with(bloom_filter(1024, {i32s({1}), i32s({2}), i32s({3})})), "x in (77, 78)")
            .stats.row_groups_by_bloom_filter == 1);
  CHECK(rows(with(to_bytes("nonsense")), "x = 2") == RowNumbers{1});
  CHECK(rows(with(Bytes(good.begin(), good.begin() + 10)), "x = 2") == RowNumbers{1});
}

TEST_CASE("a dictionary proves only where every page uses it") {
  const auto with = [](bool stats, bool all) {
    FileBuilder f({leaf("x", PhysicalType::int32)});
    ChunkBuilder& chunk = f.row_group(4).chunk(0);
    chunk.dictionary(i32s({1, 2}), 2);
    chunk.data_v1({.num_values = 2,
                   .encoding = Encoding::rle_dictionary,
                   .values = dictionary_indices({0, 1}, 1)});
    if (all) {
      chunk.data_v1({.num_values = 2,
                     .encoding = Encoding::rle_dictionary,
                     .values = dictionary_indices({0, 1}, 1)});
    } else {
      chunk.data_v1({.num_values = 2, .values = i32s({5, 6})});
    }
    if (stats) {
      chunk.edit_metadata([all](Thrift& metadata) {
        std::vector<Thrift> list;
        list.push_back(Thrift()
                           .set(1, Thrift::i32(0))
                           .set(2, Thrift::i32(8))
                           .set(3, Thrift::i32(all ? 2 : 1)));
        if (!all) {
          list.push_back(
              Thrift().set(1, Thrift::i32(0)).set(2, Thrift::i32(0)).set(3, Thrift::i32(1)));
        }
        metadata.set(13, Thrift::list(Thrift::Kind::structure, std::move(list)));
      });
    }
    return f.finish();
  };
  CHECK(find(with(true, true), "x = 5").stats.row_groups_by_dictionary == 1);
  CHECK(find(with(true, true), "x in (1, 2)").stats.row_groups_whole == 1);
  CHECK(rows(with(true, false), "x = 5") == RowNumbers{2});
  CHECK(rows(with(false, false), "x = 5") == RowNumbers{2});
  CHECK(find(with(false, true), "x = 5").stats.row_groups_by_dictionary == 0);
}

}  // namespace
}  // namespace veneer::test
