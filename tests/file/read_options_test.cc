// What a read gives: projections, ranges of rows and row groups, batches, callbacks.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "model.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;
constexpr PhysicalType kInt = PhysicalType::int32;

Value record(std::vector<Value> items) { return Value::record(std::move(items)); }

// a, s{x, y}, m<key, value{v, w}>, z: one row.
Bytes nested_file() {
  FileBuilder f({leaf("a", kInt), group("s", kOptional, {leaf("x", kInt), leaf("y", kInt)}),
                 map_of("m", leaf("key", kInt),
                        group("value", kOptional, {leaf("v", kInt), leaf("w", kInt)})),
                 leaf("z", kInt)});
  RowGroupBuilder& g = f.row_group(1);
  for (size_t i = 0; i < 7; ++i) {
    g.chunk(i).data_v1({.num_values = 1, .values = plain<int32_t>({static_cast<int32_t>(i) + 1})});
  }
  return f.finish();
}

// Small numbers without the bytes that are zero, which stand first or last by the machine's order.
std::string shortened(std::string text) {
  for (size_t at; (at = text.find("000000'")) != std::string::npos;) text.replace(at, 7, "'");
  for (size_t at; (at = text.find("'000000")) != std::string::npos;) text.replace(at, 7, "'");
  return text;
}

std::string projected(const File& file, std::vector<std::string> columns) {
  ReadOptions options;
  options.columns = std::move(columns);
  const ReadResult read = read_rows(file, options);
  if (!read.status.ok()) return read.status.to_string();
  CHECK(read.fault == "");
  REQUIRE(read.rows.size() == 1);
  return shortened(to_string(read.rows[0]));
}

TEST_CASE("projection: any path, in the order asked, maps with their keys") {
  const Bytes bytes = nested_file();
  const File file = open_bytes(bytes);
  CHECK(projected(file, {}) == "{'01',{'02','03'},[{'04',{'05','06'}}],'07'}");
  CHECK(projected(file, {"z", "a"}) == "{'07','01'}");
  CHECK(projected(file, {"z", "z", "a", "z"}) == "{'07','01'}");
  CHECK(projected(file, {"s.y"}) == "{{'03'}}");
  CHECK(projected(file, {"s.y", "a", "s.x"}) == "{{'02','03'},'01'}");
  CHECK(projected(file, {"s.x", "s"}) == "{{'02','03'}}");
  CHECK(projected(file, {"m.value.w"}) == "{[{'04',{'06'}}]}");
  CHECK(projected(file, {"m.key_value.value.v"}) == "{[{'04',{'05'}}]}");
  CHECK(projected(file, {"m.key"}) == "{[{'04'}]}");
  CHECK(projected(file, {"m"}) == "{[{'04',{'05','06'}}]}");
  CHECK(projected(file, {"a", "nope"}) == "memory: not_found: no column nope");
  CHECK(projected(file, {"s.z"}) == "memory: not_found: no column s.z");
  CHECK(projected(file, {"a.b"}) == "memory: not_found: no column a.b");
  CHECK(projected(file, {"s.x", "s", "s.y", "s"}) == "{{'02','03'}}");
  CHECK(projected(file, {"m.value", "z", "m.key"}) == "{[{'04',{'05','06'}}],'07'}");
  ReadOptions options;
  options.dictionary_columns = {"nope"};
  CHECK(read_rows(file, options).status.code() == StatusCode::not_found);
}

TEST_CASE("dictionary_columns: a group stands for all leaves below it") {
  FileBuilder f({leaf("a", kInt), group("s", kOptional, {leaf("x", kInt), leaf("y", kInt)}),
                 leaf("z", kInt)});
  RowGroupBuilder& g = f.row_group(1);
  for (size_t i = 0; i < 4; ++i) {
    g.chunk(i)
        .dictionary(plain<int32_t>({static_cast<int32_t>(i)}), 1)
        .data_v1({.num_values = 1,
                  .encoding = Encoding::rle_dictionary,
                  .values = dictionary_indices({0}, 1)});
  }
  const Bytes bytes = f.finish();
  const File file = open_bytes(bytes);
  auto kept = [&](std::vector<std::string> paths) {
    ReadOptions options;
    options.dictionary_columns = std::move(paths);
    BatchReader reader = file.read(std::move(options));
    Batch batch;
    REQUIRE(reader.next(&batch));
    std::string names;
    for (const Leaf& leaf : file.schema().leaves()) {
      const Field& field = file.schema().field_of(leaf);
      if (batch.find(field)->is_dictionary()) names += field.name;
    }
    return names;
  };
  CHECK(kept({}) == "");
  CHECK(kept({"a"}) == "a");
  CHECK(kept({"s"}) == "xy");
  CHECK(kept({"s.y", "z", "s.y"}) == "yz");
  CHECK(kept({"s", "s.x", "s", "a"}) == "axy");
}

TEST_CASE("columns are found by their fields, and not where they were not read") {
  const Bytes bytes = nested_file();
  const File file = open_bytes(bytes);
  auto z = file.schema().field<int32_t>("z");
  auto x = file.schema().field<int32_t>("s.x");
  auto a = file.schema().field<int32_t>("a");
  REQUIRE(z.ok());
  REQUIRE(x.ok());
  REQUIRE(a.ok());
  CHECK(file.schema().field<double>("z").status().code() == StatusCode::invalid_argument);
  BatchReader reader = file.read({.columns = {"z", "s"}});
  REQUIRE(reader.fields().size() == 2);
  CHECK(reader.fields()[0]->name == "z");
  Batch batch;
  CHECK(batch.num_columns() == 0);
  CHECK(batch[*z].size() == 0);
  REQUIRE(reader.next(&batch));
  CHECK(batch[*z][0] == 7);
  CHECK(batch[*x][0] == 2);
  CHECK(batch[*a].size() == 0);
  CHECK(batch.find(*file.schema().find("a")) == nullptr);
  const File other = open_bytes(bytes);
  CHECK(batch.find(*other.schema().find("z")) == nullptr);
  CHECK(batch.find(Field()) == nullptr);
  // At the end the batch is empty.
  CHECK(!reader.next(&batch));
  CHECK(reader.status().ok());
  CHECK(batch.num_rows() == 0);
  CHECK(batch.num_columns() == 0);
  CHECK(batch[*z].size() == 0);
  CHECK(!reader.next(&batch));
}

// Four row groups of 10, 0, 7 and 20 rows that count on, in pages of three.
Bytes counting_file() {
  FileBuilder f({leaf("n", kInt), leaf("s", PhysicalType::byte_array, kOptional)});
  int32_t next = 0;
  for (const int32_t rows : {10, 0, 7, 20}) {
    RowGroupBuilder& g = f.row_group(rows);
    ChunkBuilder& n = g.chunk(0);
    ChunkBuilder& s = g.chunk(1);
    for (int32_t at = 0; at < rows; at += 3) {
      std::vector<int32_t> values;
      Strings strings;
      Levels def;
      for (int32_t i = at; i < std::min(rows, at + 3); ++i, ++next) {
        values.push_back(next);
        def.push_back(next % 4 == 0 ? 0 : 1);
        if (next % 4 != 0) strings.push_back("a value of row number " + std::to_string(next));
      }
      n.data_v2({.num_values = static_cast<int32_t>(values.size()), .values = plain(values)});
      s.data_v1({.def = def, .values = plain_byte_array(strings)});
    }
  }
  return f.finish();
}

Rows counting(int32_t first, int32_t end) {
  Rows rows;
  for (int32_t i = first; i < end; ++i) {
    rows.push_back(record(
        {i32(i), i % 4 == 0 ? Value::null() : text("a value of row number " + std::to_string(i))}));
  }
  return rows;
}

TEST_CASE("row ranges over row groups") {
  const Bytes bytes = counting_file();
  const File file = open_bytes(bytes);
  CHECK(file.num_rows() == 37);
  CHECK(read_rows(file).batches == std::vector<size_t>{10, 7, 20});
  for (int32_t first = 0; first <= 38; ++first) {
    for (const int32_t count : {-1, 0, 1, 5, 12, 37, 1000}) {
      const ReadResult read =
          read_rows(file, {.first_row = first, .row_count = count, .batch_rows = 4});
      REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
      const int32_t end = count < 0 ? 37 : std::min(37, first + count);
      CHECK(read.rows == counting(first, std::max(first, end)));
    }
  }
  BatchReader reader = file.read({.first_row = 8, .row_count = 5});
  CHECK(reader.total_rows() == 5);
  Batch batch;
  REQUIRE(reader.next(&batch));
  CHECK(batch.first_row() == 8);
  CHECK(batch.row_group() == 0);
  CHECK(batch.num_rows() == 2);
  REQUIRE(reader.next(&batch));
  CHECK(batch.first_row() == 10);
  CHECK(batch.row_group() == 2);
  CHECK(batch.num_rows() == 3);
}

TEST_CASE("row-group ranges, with row ranges in them") {
  const Bytes bytes = counting_file();
  const File file = open_bytes(bytes);
  auto read = [&](int32_t group, int32_t groups, int64_t first, int64_t count) {
    return read_rows(file, {.first_row_group = group,
                            .row_group_count = groups,
                            .first_row = first,
                            .row_count = count})
        .rows;
  };
  CHECK(read(2, 1, 0, -1) == counting(10, 17));
  CHECK(read(1, 1, 0, -1).empty());
  CHECK(read(1, -1, 3, 6) == counting(13, 19));
  CHECK(read(4, -1, 0, -1).empty());
  CHECK(read(0, 0, 0, -1).empty());
  CHECK(read(0, 3, 16, 100) == counting(16, 17));
}

TEST_CASE("wrong options are refused") {
  const Bytes bytes = counting_file();
  const File file = open_bytes(bytes);
  auto code = [&](const ReadOptions& options) { return read_rows(file, options).status.code(); };
  CHECK(code({.first_row_group = 5}) == StatusCode::invalid_argument);
  CHECK(code({.first_row_group = -1}) == StatusCode::invalid_argument);
  CHECK(code({.first_row_group = 3, .row_group_count = 2}) == StatusCode::invalid_argument);
  CHECK(code({.first_row = -1}) == StatusCode::invalid_argument);
  CHECK(code({.batch_rows = 0}) == StatusCode::invalid_argument);
  CHECK(code({.threads = -1}) == StatusCode::invalid_argument);
  CHECK(read_pages(file, 4, 0).status.code() == StatusCode::invalid_argument);
  CHECK(read_pages(file, 0, 2).status.code() == StatusCode::invalid_argument);
  CHECK(read_pages(file, -1, -1).status.code() == StatusCode::invalid_argument);
  CHECK(file.column_chunk(9, 0).status().code() == StatusCode::invalid_argument);
}

TEST_CASE("batches get smaller where rows are wide") {
  FileBuilder f({leaf("x", PhysicalType::int64)});
  f.row_group(10000).chunk(0).data_v1({.values = plain(std::vector<int64_t>(10000, 3))});
  const Bytes bytes = f.finish();
  const ReadResult read = read_rows(bytes, {.batch_bytes = 10000});
  CHECK(read.status.ok());
  CHECK(read.rows.size() == 10000);
  CHECK(read.batches.front() == 1000);  // 8 bytes and 2 for levels each
  CHECK(read_rows(bytes, {.batch_bytes = 0}).batches.front() == 64);
}

TEST_CASE("one to four threads give the same") {
  const Bytes bytes = counting_file();
  for (int32_t threads = 0; threads <= 4; ++threads) {
    CHECK(read_rows(bytes, {.batch_rows = 3, .threads = threads}).rows == counting(0, 37));
  }
}

TEST_CASE("seek: any row, forward and back, with one thread and several") {
  const Bytes bytes = counting_file();
  const File file = open_bytes(bytes);
  for (const int32_t threads : {1, 2, 4}) {
    BatchReader reader = file.read({.first_row = 2, .batch_rows = 4, .threads = threads});
    REQUIRE(reader.total_rows() == 35);
    Batch batch;
    // 11 and 35 have no common divisor, so every row has its turn.
    for (int32_t i = 0, row = 0; i < 36; ++i, row = (row + 11) % 35) {
      REQUIRE(reader.seek(row).ok());
      Rows rest;
      for (int32_t batches = 0; batches < 1 + i % 4 && reader.next(&batch); ++batches) {
        if (batches == 0) CHECK(batch.first_row() == row + 2);
        for (size_t k = 0; k < batch.num_rows(); ++k) {
          rest.push_back(record({value_of(batch.column(0), k), value_of(batch.column(1), k)}));
        }
      }
      REQUIRE(reader.status().ok());
      REQUIRE_FALSE(rest.empty());
      CHECK(rest == counting(row + 2, row + 2 + static_cast<int32_t>(rest.size())));
    }
    CHECK(reader.seek(35).ok());
    CHECK_FALSE(reader.next(&batch));
    CHECK(reader.status().ok());
    CHECK(reader.seek(34).ok());
    REQUIRE(reader.next(&batch));
    CHECK(batch.num_rows() == 1);
    CHECK_FALSE(reader.next(&batch));
    CHECK(reader.seek(-1).code() == StatusCode::invalid_argument);
    CHECK(reader.seek(36).message() == "row 36 is not among the 35 rows of the read");
    CHECK(reader.status().ok());
  }
  BatchReader filtered = file.read({.filter = col("n") > 3});
  CHECK(filtered.seek(0).code() == StatusCode::invalid_argument);
}

TEST_CASE("a batch outlives its reader and file, and is filled by another's") {
  Batch batch;
  {
    const Bytes bytes = counting_file();
    const File file = open_bytes(bytes);
    BatchReader reader = file.read({.first_row = 1, .row_count = 3});
    REQUIRE(reader.next(&batch));
  }
  REQUIRE(batch.num_rows() == 3);
  CHECK(batch.column(0).values<int32_t>()[2] == 3);
  // (The strings of an uncompressed file in memory lie in that memory, which is gone.)
  const Bytes other = nested_file();
  {
    const File file = open_bytes(other);
    BatchReader reader = file.read({.columns = {"m"}});
    REQUIRE(reader.next(&batch));
    CHECK(batch.num_columns() == 1);
    CHECK(shortened(to_string(value_of(batch.column(0), 0))) == "[{'04',{'05','06'}}]");
    BatchReader all = file.read();
    REQUIRE(all.next(&batch));
    CHECK(batch.num_columns() == 4);
  }
  CHECK(batch.column(3).values<int32_t>()[0] == 7);
  Batch moved = std::move(batch);
  CHECK(moved.num_rows() == 1);
}

TEST_CASE("cancelled before, and between batches") {
  const Bytes bytes = counting_file();
  const File file = open_bytes(bytes);
  std::atomic<bool> cancel{true};
  ReadOptions options{.batch_rows = 2};
  options.cancel = &cancel;
  CHECK(read_rows(file, options).status.to_string() == "memory: cancelled: the read was cancelled");
  cancel = false;
  BatchReader reader = file.read(options);
  Batch batch;
  REQUIRE(reader.next(&batch));
  cancel = true;
  CHECK(!reader.next(&batch));
  CHECK(batch.num_rows() == 0);
  CHECK(reader.status().code() == StatusCode::cancelled);
  cancel = false;
  CHECK(!reader.next(&batch));  // after a failure it stays false
  CHECK(reader.status().code() == StatusCode::cancelled);
}

TEST_CASE("progress is told after each batch") {
  const Bytes bytes = counting_file();
  std::vector<int64_t> done;
  ReadOptions options{.first_row = 5, .batch_rows = 6};
  options.progress = [&](const Progress& p) {
    done.push_back(p.rows_done);
    CHECK(p.rows_total == 32);
  };
  CHECK(read_rows(bytes, options).rows == counting(5, 37));
  CHECK(done == std::vector<int64_t>{5, 11, 12, 18, 24, 30, 32});
}

}  // namespace
}  // namespace veneer::test
