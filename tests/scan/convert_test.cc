// What each conversion makes of which values; what is missing; partitions; errors with their rows.
#include "scan/convert.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "file/model.h"

namespace veneer::test {
namespace {

using scan::FileMapper;
using scan::MappedColumns;
using scan::PartitionColumn;
using scan::SchemaUnion;
using scan::TargetSchema;
using Target = std::shared_ptr<const TargetSchema>;

constexpr auto kRequired = Repetition::required;
constexpr auto kOptional = Repetition::optional;

MemoryPool& pool() {
  static MemoryPool pool(default_allocator(), int64_t{1} << 30);
  return pool;
}

Thrift annotated(LogicalKind kind) { return logical_type(kind); }

// A file "f" of one column x with these levels and values.
struct Made {
  Bytes bytes;
  std::optional<File> file;

  Made(Element x, int64_t rows, DataPage page)
      : Made(std::vector<Element>{std::move(x)}, rows, std::vector<DataPage>{std::move(page)}) {}
  Made(std::vector<Element> fields, int64_t rows, std::vector<DataPage> pages) {
    FileBuilder f(std::move(fields));
    RowGroupBuilder& group = f.row_group(rows);
    for (size_t i = 0; i < pages.size(); ++i) group.chunk(i).data_v1(std::move(pages[i]));
    bytes = f.finish();
    auto opened = File::open(memory_input(bytes, "f"));
    REQUIRE_MESSAGE(opened.ok(), opened.status().to_string());
    file.emplace(*std::move(opened));
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
};

struct Mapped {
  Rows rows;
  Status status;
};

Target target_of(std::vector<Element> fields, std::span<const PartitionColumn> partitions = {},
                 std::span<const std::string> columns = {}) {
  const Bytes bytes = FileBuilder(std::move(fields)).finish();
  const File file = open_bytes(bytes);
  auto target = scan::target_from(file.schema(), partitions, columns, &pool());
  REQUIRE_MESSAGE(target.ok(), target.status().to_string());
  return *std::move(target);
}

Mapped map_file(const Target& target, const File& file, MappedColumns* out,
                std::span<const PartitionValue> values = {}, int32_t batch_rows = 2) {
  Mapped mapped;
  auto mapper = FileMapper::make(target, file, values, false);
  if (!mapper) {
    mapped.status = mapper.status();
    return mapped;
  }
  const auto take = [&](size_t rows) {
    for (size_t c = 0; c < out->size(); ++c) {
      CHECK((*out)[c].size() == rows);
      CHECK(fault_of((*out)[c]) == "");
      CHECK(&(*out)[c].field() == &target->schema().fields()[c]);
    }
    for (size_t i = 0; i < rows; ++i) {
      Value row = Value::record({});
      for (size_t c = 0; c < out->size(); ++c) row.items.push_back(value_of((*out)[c], i));
      mapped.rows.push_back(std::move(row));
    }
  };
  if (mapper->reads_nothing()) {
    mapped.status = mapper->map_rows(static_cast<size_t>(file.num_rows()), out);
    if (mapped.status.ok()) take(static_cast<size_t>(file.num_rows()));
    return mapped;
  }
  BatchReader reader = file.read({.columns = mapper->columns_to_read(), .batch_rows = batch_rows});
  Batch batch;
  while (reader.next(&batch)) {
    mapped.status = mapper->map(batch, out);
    if (!mapped.status.ok()) return mapped;
    take(batch.num_rows());
  }
  mapped.status = reader.status();
  return mapped;
}

// The values of x under a target whose x is `to`; a failure ends them.
std::vector<Value> converted(const Made& made, Element to, std::string* error = nullptr) {
  MappedColumns columns;
  const Mapped mapped = map_file(target_of({std::move(to)}), *made.file, &columns);
  if (error != nullptr) {
    *error = mapped.status.to_string();
  } else {
    CHECK_MESSAGE(mapped.status.ok(), mapped.status.to_string());
  }
  std::vector<Value> values;
  for (const Value& row : mapped.rows) values.push_back(row.items[0]);
  return values;
}
std::string error_of(const Made& made, Element to) {
  std::string error;
  converted(made, std::move(to), &error);
  return error;
}

template <class T>
std::vector<Value> values_of(std::initializer_list<T> values) {
  std::vector<Value> out;
  for (const T& value : values) out.push_back(Value::of(value));
  return out;
}

Element x(PhysicalType type, Repetition r = kOptional) { return leaf("x", type, r); }
constexpr auto kInt32 = PhysicalType::int32;
constexpr auto kInt64 = PhysicalType::int64;
constexpr auto kFixed = PhysicalType::fixed_len_byte_array;
constexpr auto kBytes = PhysicalType::byte_array;

Element stamp(TimeUnit unit) { return x(kInt64).logical(logical_timestamp(true, unit)); }
Element decimal(PhysicalType type, int32_t width, int32_t p, int32_t s) {
  return x(type).length(width).logical(logical_decimal(p, s));
}

DataPage ints(std::vector<int32_t> values) { return {.values = plain(values)}; }
DataPage longs(std::vector<int64_t> values) { return {.values = plain(values)}; }

constexpr int32_t kLeast32 = std::numeric_limits<int32_t>::min();
constexpr int32_t kMost32 = std::numeric_limits<int32_t>::max();
constexpr int64_t kMost64 = std::numeric_limits<int64_t>::max();

TEST_CASE("integers widen by their sign") {
  const Made made(x(kInt32), 4,
                  {.def = {1, 1, 0, 1}, .values = plain<int32_t>({kLeast32, -1, kMost32})});
  CHECK(converted(made, x(kInt64)) ==
        std::vector<Value>{i64(kLeast32), i64(-1), Value::null(), i64(kMost32)});
  const Made unsigned32(x(kInt32).logical(logical_integer(32, false)), 2, ints({-1, 1}));
  CHECK(converted(unsigned32, x(kInt64)) == values_of<int64_t>({4294967295, 1}));
  CHECK(converted(unsigned32, x(kInt64).logical(logical_integer(64, false))) ==
        values_of<uint64_t>({4294967295u, 1}));
  CHECK(converted(unsigned32, x(PhysicalType::float64)) == values_of<double>({4294967295.0, 1.0}));
  CHECK(converted(made, x(PhysicalType::float64)) ==
        std::vector<Value>{Value::of(-2147483648.0), Value::of(-1.0), Value::null(),
                           Value::of(2147483647.0)});
}

TEST_CASE("floats widen, FLOAT16 by its bits") {
  const Made floats(x(PhysicalType::float32), 2,
                    {.values = plain<float>({0.1F, -std::numeric_limits<float>::infinity()})});
  CHECK(converted(floats, x(PhysicalType::float64)) ==
        values_of<double>({double{0.1F}, -std::numeric_limits<double>::infinity()}));
  const auto half = [](uint16_t bits) {
    return std::string{static_cast<char>(bits & 0xFF), static_cast<char>(bits >> 8)};
  };
  // 1, -2, the greatest, the least normal, the least subnormal, the greatest one, -0, infinity.
  const Strings halves = {half(0x3C00), half(0xC000), half(0x7BFF), half(0x0400),
                          half(0x0001), half(0x03FF), half(0x8000), half(0x7C00)};
  const Made made(x(kFixed).length(2).logical(annotated(LogicalKind::float16)), 8,
                  {.values = plain_fixed(halves)});
  CHECK(converted(made, x(PhysicalType::float32)) ==
        values_of<float>({1, -2, 65504, 0x1p-14F, 0x1p-24F, 0x1p-14F - 0x1p-24F, -0.0F,
                          std::numeric_limits<float>::infinity()}));
  CHECK(converted(made, x(PhysicalType::float64)) ==
        values_of<double>({1, -2, 65504, 0x1p-14, 0x1p-24, 0x1p-14 - 0x1p-24, -0.0,
                           std::numeric_limits<double>::infinity()}));
}

TEST_CASE("decimals gain scale and width") {
  const Made made(decimal(kInt32, 0, 9, 2), 4,
                  {.def = {1, 1, 0, 1}, .values = plain<int32_t>({-999999999, 1, 999999999})});
  CHECK(converted(made, decimal(kInt64, 0, 11, 4)) ==
        std::vector<Value>{i64(-99999999900), i64(100), Value::null(), i64(99999999900)});
  const auto wide = [](int64_t high, uint64_t low) { return Value::of(Int128{low, high}); };
  const std::vector<Value> big = converted(made, decimal(kFixed, 16, 30, 22));
  REQUIRE(big.size() == 4);
  CHECK(big[1] == wide(5, 7766279631452241920u));  // 10^20
  CHECK(big[2] == Value::null());
  // 999999999 × 10^20 = 10^29 - 10^20
  CHECK(big[3] == wide(5421010857, 120112425062105088u));
  CHECK(big[0] == wide(-5421010858, ~uint64_t{120112425062105088u} + 1));

  const Made integers(x(kInt64), 2, longs({kMost64, -kMost64 - 1}));
  CHECK(converted(integers, decimal(kFixed, 16, 19, 0)) ==
        std::vector<Value>{wide(0, 9223372036854775807u), wide(-1, uint64_t{1} << 63)});
  const Made unsigned64(x(kInt64).logical(logical_integer(64, false)), 1, longs({-1}));
  CHECK(converted(unsigned64, decimal(kFixed, 16, 21, 1)) ==
        std::vector<Value>{wide(9, ~uint64_t{0} - 9)});  // (2^64 - 1) × 10
  // 16 bytes of 0xFF: -1, with 38 digits more.
  const Made minus_one(decimal(kFixed, 16, 38, 0), 1,
                       {.values = plain_fixed({std::string(16, '\xFF')})});
  const std::vector<Value> minus = converted(minus_one, decimal(kFixed, 32, 76, 38));
  REQUIRE(minus.size() == 1);
  Int256 expected;  // -10^38
  expected.words = {687399551400673280u ^ ~uint64_t{0}, 5421010862427522170u ^ ~uint64_t{0},
                    ~uint64_t{0}, ~uint64_t{0}};
  expected.words[0] += 1;
  CHECK(minus[0] == Value::of(expected));
}

TEST_CASE("a decimal over its precision that does not fit is an error with its row") {
  const Made made(decimal(kInt32, 0, 3, 1), 3, ints({1, 2, 2000000000}));
  CHECK(error_of(made, decimal(kInt32, 0, 5, 3)) ==
        "f: invalid_argument: the value in row 2 does not fit INT32 DECIMAL(5,3) (column x, row "
        "group 0)");
  const Made wide(decimal(kFixed, 16, 20, 0), 1,
                  {.values = plain_fixed({"\x7F" + std::string(15, '\xFF')})});
  CHECK(error_of(wide, decimal(kFixed, 16, 38, 18)) ==
        "f: invalid_argument: the value in row 0 does not fit FIXED_LEN_BYTE_ARRAY(16) "
        "DECIMAL(38,18) (column x, row group 0)");
}

TEST_CASE("timestamps and times become finer, as far as 64 bits go") {
  const Made made(stamp(TimeUnit::millis), 3,
                  {.def = {1, 0, 1}, .values = plain<int64_t>({-1, 1700000000000})});
  CHECK(converted(made, stamp(TimeUnit::micros)) ==
        std::vector<Value>{i64(-1000), Value::null(), i64(1700000000000000)});
  CHECK(converted(made, stamp(TimeUnit::nanos)) ==
        std::vector<Value>{i64(-1000000), Value::null(), i64(1700000000000000000)});
  const Made late(stamp(TimeUnit::micros), 3, longs({1, kMost64 / 1000, kMost64 / 1000 + 1}));
  CHECK(error_of(late, stamp(TimeUnit::nanos)) ==
        "f: invalid_argument: the value in row 2 does not fit INT64 TIMESTAMP(NANOS,true) (column "
        "x, row group 0)");
  const Made times(x(kInt32).logical(logical_time(true, TimeUnit::millis)), 2, ints({0, 86399999}));
  CHECK(converted(times, x(kInt64).logical(logical_time(true, TimeUnit::nanos))) ==
        values_of<int64_t>({0, 86399999000000}));
}

TEST_CASE("INT96 becomes a timestamp where nothing is lost") {
  const auto instant = [](int32_t day, int64_t nanos) {
    Int96 value;
    value.words = {static_cast<uint32_t>(nanos), static_cast<uint32_t>(nanos >> 32),
                   static_cast<uint32_t>(day)};
    return value;
  };
  constexpr int32_t kEpoch = 2440588;
  const Made made(
      x(PhysicalType::int96), 3,
      {.def = {1, 0, 1}, .values = plain_int96({instant(kEpoch, 1000), instant(kEpoch - 1, 0)})});
  CHECK(converted(made, stamp(TimeUnit::micros)) ==
        std::vector<Value>{i64(1), Value::null(), i64(-86400000000)});
  CHECK(converted(made, stamp(TimeUnit::nanos)) ==
        std::vector<Value>{i64(1000), Value::null(), i64(-86400000000000)});
  const Made fine(x(PhysicalType::int96), 1, {.values = plain_int96({instant(kEpoch, 1)})});
  CHECK(error_of(fine, stamp(TimeUnit::micros)) ==
        "f: invalid_argument: the value in row 0 does not fit INT64 TIMESTAMP(MICROS,true) (column "
        "x, row group 0)");
  const Made far(x(PhysicalType::int96), 1, {.values = plain_int96({instant(kEpoch * 2, 0)})});
  CHECK(error_of(far, stamp(TimeUnit::nanos)) ==
        "f: invalid_argument: the value in row 0 does not fit INT64 TIMESTAMP(NANOS,true) (column "
        "x, row group 0)");
}

TEST_CASE("fixed bytes become views, short ones and long ones") {
  for (const size_t width : {0u, 1u, 12u, 13u, 40u}) {
    const std::string a(width, 'a'), b(width, 'b');
    const Made made(x(kFixed).length(static_cast<int32_t>(width)), 3,
                    {.def = {1, 0, 1}, .values = plain_fixed({a, b})});
    CHECK(converted(made, x(kBytes)) == std::vector<Value>{text(a), Value::null(), text(b)});
  }
}

TEST_CASE("what is the same passes through without a copy") {
  const Made made(x(kInt64), 2, longs({1, 2}));
  auto mapper = FileMapper::make(target_of({x(kInt64)}), *made.file, {}, false);
  REQUIRE(mapper.ok());
  BatchReader reader = made.file->read({.columns = mapper->columns_to_read()});
  Batch batch;
  REQUIRE(reader.next(&batch));
  MappedColumns columns;
  REQUIRE(mapper->map(batch, &columns).ok());
  CHECK(columns[0].raw_values().data() == batch.column(0).raw_values().data());
  CHECK(columns.find(columns[0].field()) == &columns[0]);
  CHECK(columns.find(batch.column(0).field()) == nullptr);
  CHECK(columns.find(columns.target()->schema().root()) == nullptr);
}

TEST_CASE("what would lose values is refused") {
  const Made longs_made(x(kInt64), 1, longs({1}));
  CHECK(error_of(longs_made, x(kInt32)) ==
        "f: invalid_argument: has INT64, which does not convert without loss to the scan's INT32 "
        "(column x)");
  CHECK(error_of(longs_made, list_of("x", leaf("element", kInt64))) ==
        "f: invalid_argument: has INT64, which does not convert without loss to the scan's a list "
        "(column x)");
  const Made plain_bytes(x(kBytes), 1, {.values = plain_byte_array({"a"})});
  CHECK(error_of(plain_bytes, x(kBytes).logical(annotated(LogicalKind::string))) ==
        "f: invalid_argument: has BYTE_ARRAY, which does not convert without loss to the scan's "
        "BYTE_ARRAY STRING (column x)");
}

TEST_CASE("required columns of the target: missing ones and nulls are errors") {
  const Made made(x(kInt32), 3, {.def = {1, 1, 0}, .values = plain<int32_t>({1, 2})});
  CHECK(error_of(made, x(kInt32, kRequired)) ==
        "f: invalid_argument: the target's column is required, but null in row 2 (column x, row "
        "group 0)");
  CHECK(error_of(made, leaf("y", kInt32)) ==
        "f: invalid_argument: the target's column is required, but the file has none (column y)");
  // A required field of a null structure is null with it.
  const Made nested({group("s", kOptional, {leaf("x", kInt32, kOptional)})}, 3,
                    {{.def = {2, 0, 1}, .values = plain<int32_t>({1})}});
  MappedColumns columns;
  const Mapped mapped = map_file(target_of({group("s", kOptional, {leaf("x", kInt32)})}),
                                 *nested.file, &columns, {}, 8);
  CHECK(mapped.status.to_string() ==
        "f: invalid_argument: the target's column is required, but null in row 2 (column s.x, row "
        "group 0)");
}

TEST_CASE("the row of a value deep in lists") {
  // [[1], []], null, [[], [2, 2^62]]
  const Element inner = list_of(
      "element", leaf("element", kInt64).logical(logical_timestamp(true, TimeUnit::millis)));
  const Made made({list_of("x", inner)}, 3,
                  {{.rep = {0, 1, 0, 0, 1, 2},
                    .def = {4, 3, 0, 3, 4, 4},
                    .values = plain<int64_t>({1, 2, int64_t{1} << 62})}});
  const Element finer = list_of(
      "element", leaf("element", kInt64).logical(logical_timestamp(true, TimeUnit::micros)));
  MappedColumns columns;
  const Mapped mapped = map_file(target_of({list_of("x", finer)}), *made.file, &columns, {}, 8);
  CHECK(mapped.status.to_string() ==
        "f: invalid_argument: the value in row 2 does not fit INT64 TIMESTAMP(MICROS,true) (column "
        "x.list.element.list.element, row group 0)");
}

TEST_CASE("missing columns of every shape are null") {
  const Made made(x(kInt32), 5, ints({1, 2, 3, 4, 5}));
  const Target target = target_of(
      {leaf("b", PhysicalType::boolean, kOptional), leaf("f", kFixed, kOptional).length(20),
       leaf("t", kBytes, kOptional), list_of("l", group("element", kRequired, {leaf("y", kInt32)})),
       group("s", kOptional, {leaf("y", kInt64), list_of("z", leaf("element", kInt32))}),
       map_of("m", leaf("key", kBytes), leaf("value", kInt32)), x(kInt64)});
  MappedColumns columns;
  const Mapped mapped = map_file(target, *made.file, &columns, {}, 3);
  REQUIRE_MESSAGE(mapped.status.ok(), mapped.status.to_string());
  REQUIRE(mapped.rows.size() == 5);
  for (int64_t i = 0; i < 5; ++i) {
    std::vector<Value> items(6, Value::null());
    items.push_back(i64(i + 1));
    CHECK(mapped.rows[static_cast<size_t>(i)] == Value::record(items));
  }
}

TEST_CASE("an UNKNOWN column is null of any type, and corrupt where it is not null") {
  const auto unknown = [] { return x(kInt32).logical(annotated(LogicalKind::unknown)); };
  const Made nulls(unknown(), 2, {.def = {0, 0}});
  CHECK(converted(nulls, x(kBytes)) == std::vector<Value>{Value::null(), Value::null()});
  CHECK(converted(nulls, list_of("x", leaf("element", kInt32))) ==
        std::vector<Value>{Value::null(), Value::null()});
  const Made values(unknown(), 2, {.def = {0, 1}, .values = plain<int32_t>({1})});
  CHECK(error_of(values, x(kBytes)) ==
        "f: corrupt: an UNKNOWN column, which is always null, has a value in row 1 (column x, row "
        "group 0)");
}

TEST_CASE("partitions: constants of every type, null for none, and the file's own column hidden") {
  const Made made({x(kInt32), leaf("day", kInt32)}, 3, {ints({1, 2, 3}), ints({7, 7, 7})});
  const std::vector<PartitionColumn> partitions = {{"day", PartitionType::date},
                                                   {"n", PartitionType::int64},
                                                   {"t", PartitionType::timestamp},
                                                   {"s", PartitionType::string}};
  const Target target = target_of({x(kInt32), leaf("day", kInt32)}, partitions);
  const auto run = [&](std::vector<PartitionValue> values, MappedColumns* columns) {
    return map_file(target, *made.file, columns, values);
  };
  MappedColumns columns;
  const std::string word = "a word that is not inline";
  for (const std::string& s : {word, std::string("short"), std::string(), word + "!"}) {
    const Mapped mapped = run(
        {{"day", "1970-01-03"}, {"n", "-05"}, {"t", "1970-01-01 00:00:01.5"}, {"s", s}}, &columns);
    REQUIRE_MESSAGE(mapped.status.ok(), mapped.status.to_string());
    REQUIRE(mapped.rows.size() == 3);
    for (int32_t i = 0; i < 3; ++i) {
      CHECK(mapped.rows[static_cast<size_t>(i)] ==
            Value::record({i32(i + 1), i32(2), i64(-5), i64(1500000), text(s)}));
    }
  }
  const Mapped nulls = run({{"day", std::nullopt}, {"s", "x"}}, &columns);
  REQUIRE_MESSAGE(nulls.status.ok(), nulls.status.to_string());
  CHECK(nulls.rows[2] ==
        Value::record({i32(3), Value::null(), Value::null(), Value::null(), text("x")}));
  CHECK(run({{"n", "2A"}}, &columns).status.to_string() ==
        "f: invalid_argument: the partition n=2A is not of the type int64 (column n)");
}

TEST_CASE("a file of which no column is wanted") {
  const Made made(x(kInt32), 3, ints({1, 2, 3}));
  const std::vector<PartitionColumn> partitions = {{"n", PartitionType::int64}};
  const std::vector<std::string> wanted = {"n"};
  const Target target = target_of({x(kInt32)}, partitions, wanted);
  MappedColumns columns;
  const std::vector<PartitionValue> values = {{"n", "4"}};
  const Mapped mapped = map_file(target, *made.file, &columns, values);
  REQUIRE(mapped.status.ok());
  CHECK(mapped.rows == Rows(3, Value::record({i64(4)})));
  auto other = FileMapper::make(target_of({x(kInt32)}), *made.file, {}, false);
  REQUIRE(other.ok());
  CHECK(other->map_rows(1, &columns).to_string() ==
        "invalid_argument: columns of the file are wanted");
}

TEST_CASE("columns with one name are read one by one") {
  const Made made({x(kInt32), x(kInt64)}, 2, {ints({1, 2}), longs({3, 4})});
  const Target target = target_of({x(kInt64), x(kInt64)});
  auto mapper = FileMapper::make(target, *made.file, {}, false);
  REQUIRE(mapper.ok());
  CHECK(mapper->columns_to_read().empty());
  CHECK(!mapper->reads_nothing());
  MappedColumns columns;
  const Mapped mapped = map_file(target, *made.file, &columns);
  CHECK(mapped.rows == Rows{Value::record({i64(1), i64(3)}), Value::record({i64(2), i64(4)})});
}

TEST_CASE("what the target does not have is named") {
  const Made made({x(kInt32), leaf("day", kInt32),
                   group("s", kRequired, {leaf("a", kInt32), leaf("b", kInt32)})},
                  1, {ints({1}), ints({1}), ints({1}), ints({1})});
  const std::vector<PartitionColumn> partitions = {{"day", PartitionType::int64}};
  const std::vector<Element> fields = {leaf("y", kInt32, kOptional),
                                       group("s", kRequired, {leaf("a", kInt32)})};
  auto mapper = FileMapper::make(target_of(fields, partitions), *made.file, {}, false);
  REQUIRE(mapper.ok());
  CHECK(mapper->dropped() == std::vector<std::string>{"x", "s.b"});
  CHECK(mapper->columns_to_read() == std::vector<std::string>{"s"});
  const std::vector<std::string> wanted = {"s"};
  mapper = FileMapper::make(target_of(fields, partitions, wanted), *made.file, {}, false);
  REQUIRE(mapper.ok());
  CHECK(mapper->dropped() == std::vector<std::string>{"s.b"});
}

TEST_CASE("batches of other reads are refused") {
  const Made made({x(kInt32), leaf("y", kInt32)}, 1, {ints({1}), ints({1})});
  auto mapper = FileMapper::make(target_of({x(kInt32)}), *made.file, {}, false);
  REQUIRE(mapper.ok());
  MappedColumns columns;
  const std::string refused = "f: invalid_argument: the batch is not of the read that was planned";
  CHECK(mapper->map(Batch(), &columns).to_string() == refused);
  BatchReader reader = made.file->read({.columns = {"y"}});
  Batch batch;
  REQUIRE(reader.next(&batch));
  CHECK(mapper->map(batch, &columns).to_string() == refused + " (row group 0)");
}

}  // namespace
}  // namespace veneer::test
