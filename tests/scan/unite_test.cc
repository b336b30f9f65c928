// Which types unite to which; schemas of several files as one.
#include "scan/unite.h"

#include <doctest/doctest.h>

#include <deque>

#include "support/file_builder.h"

namespace veneer::test {
namespace {

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

// A file of no rows.
class SchemaFile {
 public:
  explicit SchemaFile(std::vector<Element> fields)
      : bytes_(FileBuilder(std::move(fields)).finish()) {
    auto file = File::open(memory_input(bytes_));
    REQUIRE_MESSAGE(file.ok(), file.status().to_string());
    file_.emplace(*std::move(file));
  }
  SchemaFile(const SchemaFile&) = delete;
  SchemaFile& operator=(const SchemaFile&) = delete;
  const Schema& schema() const { return file_->schema(); }

 private:
  Bytes bytes_;
  std::optional<File> file_;
};

std::string inside(const Schema& schema) {
  std::string text = schema.to_text();
  const std::string head = "message schema {\n";
  REQUIRE(text.starts_with(head));
  REQUIRE(text.ends_with("}\n"));
  return text.substr(head.size(), text.size() - head.size() - 2);
}

// The fields of the union of files a, b, c, … as text, or the failure.
std::string united(std::vector<std::vector<Element>> files, bool by_field_id = false) {
  SchemaUnion all(&pool(), by_field_id);
  std::string name = "a";
  for (std::vector<Element>& fields : files) {
    const Status added = all.add(SchemaFile(std::move(fields)).schema(), name);
    if (!added.ok()) return added.to_string();
    ++name[0];
  }
  const Result<Target> target = all.finish({}, {});
  return target.ok() ? inside((*target)->schema()) : target.status().to_string();
}

Element int32(Repetition r = kRequired) { return leaf("x", PhysicalType::int32, r); }
Element int64(Repetition r = kRequired) { return leaf("x", PhysicalType::int64, r); }
Element integer(int8_t bits, bool is_signed) {
  return (bits == 64 ? int64() : int32()).logical(logical_integer(bits, is_signed));
}
Element binary(LogicalKind kind = LogicalKind::none) {
  Element element = leaf("x", PhysicalType::byte_array);
  return kind == LogicalKind::none ? element : std::move(element).logical(logical_type(kind));
}
Element fixed(int32_t length) {
  return leaf("x", PhysicalType::fixed_len_byte_array).length(length);
}
Element half() { return fixed(2).logical(logical_type(LogicalKind::float16)); }
Element uuid() { return fixed(16).logical(logical_type(LogicalKind::uuid)); }
Element decimal32(int32_t p, int32_t s) { return int32().logical(logical_decimal(p, s)); }
Element decimal64(int32_t p, int32_t s) { return int64().logical(logical_decimal(p, s)); }
Element decimal(int32_t width, int32_t p, int32_t s) {
  return fixed(width).logical(logical_decimal(p, s));
}
Element decimal_bytes(int32_t p, int32_t s) { return binary().logical(logical_decimal(p, s)); }
Element stamp(TimeUnit unit, bool utc = true) {
  return int64().logical(logical_timestamp(utc, unit));
}
Element time(TimeUnit unit, bool utc = true) {
  return (unit == TimeUnit::millis ? int32() : int64()).logical(logical_time(utc, unit));
}
Element date() { return int32().logical(logical_type(LogicalKind::date)); }
Element null_type(PhysicalType type = PhysicalType::int32) {
  return leaf("x", type, kOptional).logical(logical_type(LogicalKind::unknown));
}
Element flt() { return leaf("x", PhysicalType::float32); }
Element dbl() { return leaf("x", PhysicalType::float64); }
Element boolean() { return leaf("x", PhysicalType::boolean); }
Element int96() { return leaf("x", PhysicalType::int96); }

TEST_CASE("pairs of types that unite, in either order") {
  struct Pair {
    Element a, b;
    const char* both;
  };
  const Pair pairs[] = {
      {int32(), int64(), "int64 x"},
      {integer(8, true), integer(16, true), "int32 x (INTEGER(16,true))"},
      {integer(8, false), integer(16, false), "int32 x (INTEGER(16,false))"},
      {integer(8, false), integer(8, true), "int32 x (INTEGER(16,true))"},
      {integer(8, false), integer(16, true), "int32 x (INTEGER(16,true))"},
      {integer(16, false), integer(8, true), "int32 x"},
      {integer(16, false), int32(), "int32 x"},
      {integer(32, false), int32(), "int64 x"},
      {integer(32, false), integer(8, true), "int64 x"},
      {integer(32, false), integer(64, false), "int64 x (INTEGER(64,false))"},
      {integer(32, false), int64(), "int64 x"},
      {flt(), dbl(), "double x"},
      {half(), flt(), "float x"},
      {half(), dbl(), "double x"},
      {int32(), dbl(), "double x"},
      {int32(), flt(), "double x"},
      {integer(32, false), half(), "double x"},
      {decimal32(9, 2), decimal32(5, 4), "int64 x (DECIMAL(11,4))"},
      {decimal32(5, 2), decimal32(3, 2), "int32 x (DECIMAL(5,2))"},
      {decimal32(5, 2), decimal64(5, 2), "int64 x (DECIMAL(5,2))"},
      {decimal(16, 38, 10), decimal(16, 38, 0), "fixed_len_byte_array(21) x (DECIMAL(48,10))"},
      {decimal(16, 20, 2), decimal32(5, 2), "fixed_len_byte_array(16) x (DECIMAL(20,2))"},
      {decimal_bytes(20, 2), decimal32(5, 2), "binary x (DECIMAL(20,2))"},
      {decimal_bytes(20, 2), decimal_bytes(20, 3), "fixed_len_byte_array(16) x (DECIMAL(21,3))"},
      {decimal(32, 76, 0), decimal(32, 60, 0), "fixed_len_byte_array(32) x (DECIMAL(76,0))"},
      {decimal32(9, 2), int32(), "int64 x (DECIMAL(12,2))"},
      {decimal32(9, 2), integer(8, true), "int32 x (DECIMAL(9,2))"},
      {decimal(9, 20, 2), integer(64, false), "fixed_len_byte_array(10) x (DECIMAL(22,2))"},
      {date(), date(), "int32 x (DATE)"},
      {stamp(TimeUnit::millis), stamp(TimeUnit::nanos), "int64 x (TIMESTAMP(NANOS,true))"},
      {stamp(TimeUnit::millis, false), stamp(TimeUnit::micros, false),
       "int64 x (TIMESTAMP(MICROS,false))"},
      {time(TimeUnit::millis), time(TimeUnit::micros), "int64 x (TIME(MICROS,true))"},
      {int96(), int96(), "int96 x"},
      {int96(), stamp(TimeUnit::millis), "int64 x (TIMESTAMP(MICROS,true))"},
      {int96(), stamp(TimeUnit::micros, false), "int64 x (TIMESTAMP(MICROS,false))"},
      {int96(), stamp(TimeUnit::nanos), "int64 x (TIMESTAMP(NANOS,true))"},
      {binary(LogicalKind::string), binary(), "binary x"},
      {binary(LogicalKind::json), binary(), "binary x"},
      {binary(LogicalKind::string), binary(LogicalKind::enum_), "binary x (STRING)"},
      {binary(LogicalKind::enum_), binary(LogicalKind::json), "binary x (STRING)"},
      {fixed(4), fixed(5), "binary x"},
      {fixed(4), binary(), "binary x"},
      {uuid(), fixed(16), "fixed_len_byte_array(16) x"},
      {uuid(), binary(), "binary x"},
      {boolean(), boolean(), "boolean x"},
  };
  for (const Pair& pair : pairs) {
    CHECK(united({{pair.a}, {pair.b}}) == "  required " + std::string(pair.both) + ";\n");
    CHECK(united({{pair.b}, {pair.a}}) == "  required " + std::string(pair.both) + ";\n");
  }
}

TEST_CASE("UNKNOWN unites with everything, and is null") {
  CHECK(united({{null_type()}, {binary(LogicalKind::string)}}) ==
        "  optional binary x (STRING);\n");
  CHECK(united({{dbl()}, {null_type()}}) == "  optional double x;\n");
  CHECK(united({{null_type()}, {null_type(PhysicalType::byte_array)}}) ==
        "  optional int32 x (UNKNOWN);\n");
  CHECK(united({{null_type()}, {group("x", kRequired, {leaf("y", PhysicalType::int32)})}}) ==
        "  optional group x {\n    required int32 y;\n  }\n");
  CHECK(united({{list_of("x", leaf("element", PhysicalType::int32))}, {null_type()}}) ==
        "  optional group x (LIST) {\n    repeated group list {\n      required int32 element;\n"
        "    }\n  }\n");
}

TEST_CASE("pairs that do not unite name both files and both types") {
  struct Pair {
    Element a, b;
    const char* in_a;
    const char* in_b;
  };
  const Pair pairs[] = {
      {int64(), integer(64, false), "INT64", "INT64 INTEGER(64,false)"},
      {int32(), integer(64, false), "INT32", "INT64 INTEGER(64,false)"},
      {int64(), dbl(), "INT64", "DOUBLE"},
      {int64(), flt(), "INT64", "FLOAT"},
      {date(), stamp(TimeUnit::millis), "INT32 DATE", "INT64 TIMESTAMP(MILLIS,true)"},
      {date(), int32(), "INT32 DATE", "INT32"},
      {stamp(TimeUnit::millis, true), stamp(TimeUnit::micros, false),
       "INT64 TIMESTAMP(MILLIS,true)", "INT64 TIMESTAMP(MICROS,false)"},
      {stamp(TimeUnit::micros), int64(), "INT64 TIMESTAMP(MICROS,true)", "INT64"},
      {time(TimeUnit::micros), stamp(TimeUnit::micros), "INT64 TIME(MICROS,true)",
       "INT64 TIMESTAMP(MICROS,true)"},
      {time(TimeUnit::micros, true), time(TimeUnit::micros, false), "INT64 TIME(MICROS,true)",
       "INT64 TIME(MICROS,false)"},
      {int96(), int64(), "INT96", "INT64"},
      {boolean(), int32(), "BOOLEAN", "INT32"},
      {binary(LogicalKind::string), int32(), "BYTE_ARRAY STRING", "INT32"},
      {binary(LogicalKind::string), uuid(), "BYTE_ARRAY STRING", "FIXED_LEN_BYTE_ARRAY(16) UUID"},
      {binary(LogicalKind::bson), binary(LogicalKind::json), "BYTE_ARRAY BSON", "BYTE_ARRAY JSON"},
      {decimal(32, 76, 0), decimal(32, 76, 1), "FIXED_LEN_BYTE_ARRAY(32) DECIMAL(76,0)",
       "FIXED_LEN_BYTE_ARRAY(32) DECIMAL(76,1)"},
      {decimal(33, 70, 0), decimal(32, 76, 0), "FIXED_LEN_BYTE_ARRAY(33) DECIMAL(70,0)",
       "FIXED_LEN_BYTE_ARRAY(32) DECIMAL(76,0)"},
      {decimal32(9, 2), dbl(), "INT32 DECIMAL(9,2)", "DOUBLE"},
      {half(), fixed(2), "FIXED_LEN_BYTE_ARRAY(2) FLOAT16", "FIXED_LEN_BYTE_ARRAY(2)"},
      {group("x", kRequired, {boolean()}), boolean(), "a struct", "BOOLEAN"},
      {list_of("x", leaf("element", PhysicalType::int32)), int32(), "a list", "INT32"},
  };
  for (const Pair& pair : pairs) {
    const std::string a(pair.in_a), b(pair.in_b);
    CHECK(united({{pair.a}, {pair.b}}) ==
          "invalid_argument: a has " + a + " and b has " + b + ", which do not unite (column x)");
    CHECK(united({{pair.b}, {pair.a}}) ==
          "invalid_argument: a has " + b + " and b has " + a + ", which do not unite (column x)");
  }
}

TEST_CASE("a type that several files made is said to be theirs") {
  CHECK(united({{int32()}, {integer(32, false)}, {dbl()}}) ==
        "invalid_argument: b and others before it have INT64 and c has DOUBLE, which do not unite "
        "(column x)");
  CHECK(united({{int32()}, {int64()}, {dbl()}}) ==
        "invalid_argument: b has INT64 and c has DOUBLE, which do not unite (column x)");
}

TEST_CASE("fields: order, null where missing, both repetitions") {
  const auto a = [](Repetition r) { return leaf("a", PhysicalType::int32, r); };
  const auto b = [](Repetition r) { return leaf("b", PhysicalType::int32, r); };
  const auto c = [](Repetition r) { return leaf("c", PhysicalType::int32, r); };
  CHECK(united({{a(kRequired), b(kRequired)}, {c(kRequired), a(kRequired)}}) ==
        "  required int32 a;\n  optional int32 b;\n  optional int32 c;\n");
  CHECK(united({{a(kRequired)}, {a(kOptional)}}) == "  optional int32 a;\n");
  CHECK(united({{group("s", kRequired, {a(kRequired), b(kRequired)})},
                {group("s", kRequired, {b(kRequired), c(kOptional)})}}) ==
        "  required group s {\n    optional int32 a;\n    required int32 b;\n"
        "    optional int32 c;\n  }\n");
  CHECK(united({}) == "");
  CHECK(united({{}}) == "");
  CHECK(united({{a(kRequired)}, {}}) == "  optional int32 a;\n");
}

TEST_CASE("fields of one name: the first with the first") {
  CHECK(united({{int32(), boolean()}, {int64(), boolean(), dbl()}}) ==
        "  required int64 x;\n  required boolean x;\n  optional double x;\n");
}

TEST_CASE("lists and maps unite whatever form they have") {
  const auto element = [](PhysicalType type) { return leaf("element", type); };
  const std::string standard =
      "  optional group x (LIST) {\n    repeated group list {\n      required int64 element;\n"
      "    }\n  }\n";
  const Element three = list_of("x", element(PhysicalType::int64));
  const Element two =
      group("x", kOptional, {leaf("array", PhysicalType::int32, Repetition::repeated)})
          .converted(ConvertedType::list);
  const Element bare = leaf("x", PhysicalType::int32, Repetition::repeated);
  CHECK(united({{three}, {two}}) == standard);
  CHECK(united({{two}, {three}}) == standard);
  CHECK(united({{bare}, {three}}) == standard);
  CHECK(united({{bare}}) ==
        "  required group x (LIST) {\n    repeated group list {\n      required int32 element;\n"
        "    }\n  }\n");

  const Element map = map_of("x", leaf("key", PhysicalType::byte_array),
                             leaf("value", PhysicalType::int32, kRequired));
  const Element set =
      group("x", kRequired,
            {group("map", Repetition::repeated, {leaf("k", PhysicalType::byte_array)})})
          .converted(ConvertedType::map_key_value);
  const std::string with_value =
      "  optional group x (MAP) {\n    repeated group key_value {\n      required binary key;\n"
      "      optional int32 value;\n    }\n  }\n";
  CHECK(united({{map}, {set}}) == with_value);
  CHECK(united({{set}, {map}}) == with_value);
  CHECK(united({{map}, {three}}) ==
        "invalid_argument: a has a map and b has a list, which do not unite (column x)");
}

TEST_CASE("the path of what does not unite") {
  const auto of = [](Element inner) {
    inner.name = "deep";
    inner.thrift.set(4, Thrift::binary("deep"));
    return list_of("x", group("element", kOptional, {std::move(inner)}));
  };
  CHECK(united({{of(int32())}, {of(boolean())}}) ==
        "invalid_argument: a has INT32 and b has BOOLEAN, which do not unite (column "
        "x.list.element.deep)");
}

TEST_CASE("a schema that does not unite leaves the union as it was") {
  SchemaUnion all(&pool(), false);
  const Element y = leaf("y", PhysicalType::int32);
  REQUIRE(all.add(SchemaFile({int32()}).schema(), "a").ok());
  CHECK(!all.add(SchemaFile({y, boolean()}).schema(), "b").ok());
  CHECK(inside((*all.finish({}, {}))->schema()) == "  required int32 x;\n");
  REQUIRE(all.add(SchemaFile({int64(), y}).schema(), "c").ok());
  CHECK(inside((*all.finish({}, {}))->schema()) == "  required int64 x;\n  optional int32 y;\n");
}

TEST_CASE("by field id: renamed fields, and names where one has no id") {
  const auto field = [](const char* name, int32_t id) {
    return leaf(name, PhysicalType::int32).field_id(id);
  };
  CHECK(united({{field("a", 1), field("b", 2)}, {field("b", 1), field("a", 2)}}, true) ==
        "  required int32 a = 1;\n  required int32 b = 2;\n");
  CHECK(united({{field("a", 1)}, {field("a", 2)}}, true) ==
        "  optional int32 a = 1;\n  optional int32 a = 2;\n");
  CHECK(united({{field("a", 1)}, {field("a", 2)}}, false) == "  required int32 a = 1;\n");
  CHECK(united({{leaf("a", PhysicalType::int32)}, {field("a", 7)}, {field("z", 7)}}, true) ==
        "  required int32 a = 7;\n");
}

TEST_CASE("VARIANT: fields may be missing, but not of another type") {
  const auto variant = [](std::vector<Element> more) {
    std::vector<Element> fields = {leaf("metadata", PhysicalType::byte_array),
                                   leaf("value", PhysicalType::byte_array, kOptional)};
    for (Element& element : more) fields.push_back(std::move(element));
    return group("x", kRequired, std::move(fields)).logical(logical_type(LogicalKind::variant));
  };
  const auto typed = [](PhysicalType type) { return leaf("typed_value", type, kOptional); };
  CHECK(united({{variant({})}, {variant({typed(PhysicalType::int32)})}}) ==
        "  required group x (VARIANT) {\n    required binary metadata;\n"
        "    optional binary value;\n    optional int32 typed_value;\n  }\n");
  CHECK(
      united({{variant({typed(PhysicalType::int32)})}, {variant({typed(PhysicalType::int64)})}}) ==
      "invalid_argument: a has INT32 and b has INT64, which do not unite (column "
      "x.typed_value)");
}

TEST_CASE("partition columns come last, hide the files' and can be chosen") {
  SchemaUnion all(&pool(), false);
  const auto field = [](const char* name) { return leaf(name, PhysicalType::int32); };
  REQUIRE(all.add(SchemaFile({field("a"), field("day"), field("b")}).schema(), "f").ok());
  const std::vector<PartitionColumn> partitions = {{"day", PartitionType::date},
                                                   {"n", PartitionType::int64},
                                                   {"t", PartitionType::timestamp},
                                                   {"s", PartitionType::string}};
  const Target target = *all.finish(partitions, {});
  CHECK(inside(target->schema()) ==
        "  required int32 a;\n  required int32 b;\n  optional int32 day (DATE);\n"
        "  optional int64 n;\n  optional int64 t (TIMESTAMP(MICROS,true));\n"
        "  optional binary s (STRING);\n");
  REQUIRE(target->num_columns() == 6);
  CHECK(!target->is_partition(1));
  REQUIRE(target->is_partition(2));
  CHECK(target->partition(2).name == "day");

  const Target chosen = *all.finish(partitions, std::vector<std::string>{"s", "b", "day", "s"});
  CHECK(inside(chosen->schema()) ==
        "  optional binary s (STRING);\n  required int32 b;\n  optional int32 day (DATE);\n");
  CHECK(chosen->has_selection());
  CHECK(all.finish(partitions, std::vector<std::string>{"c"}).status().to_string() ==
        "not_found: no column c");
  // Nothing was added: nothing is known, so nothing is missing.
  SchemaUnion none(&pool(), false);
  CHECK(inside((*none.finish({}, std::vector<std::string>{"c"}))->schema()) == "");
}

TEST_CASE("a given target keeps its columns, order and types") {
  const SchemaFile file(
      {int64(),
       leaf("y", PhysicalType::byte_array, kOptional).logical(logical_type(LogicalKind::string)),
       leaf("z", PhysicalType::int32, Repetition::repeated),
       leaf("i", PhysicalType::fixed_len_byte_array)
           .length(12)
           .converted(ConvertedType::interval)});
  const Target target = *scan::target_from(file.schema(), {}, {}, &pool());
  CHECK(inside(target->schema()) ==
        "  required int64 x;\n  optional binary y (STRING);\n  required group z (LIST) {\n"
        "    repeated group list {\n      required int32 element;\n    }\n  }\n"
        "  required fixed_len_byte_array(12) i (INTERVAL);\n");
}

TEST_CASE("every annotation comes through the synthesised footer") {
  std::vector<Element> fields;
  const auto add = [&](Element element) {
    const std::string name = "f" + std::to_string(fields.size());
    element.thrift.set(4, Thrift::binary(name));
    element.name = name;
    fields.push_back(std::move(element));
  };
  for (const LogicalKind kind : {LogicalKind::string, LogicalKind::enum_, LogicalKind::json,
                                 LogicalKind::bson, LogicalKind::geometry}) {
    add(binary(kind));
  }
  add(binary().logical(Thrift::structure(17, Thrift().set(1, Thrift::binary("EPSG:4326")))));
  add(binary().logical(
      Thrift::structure(18, Thrift().set(1, Thrift::binary("srid:1")).set(2, Thrift::i32(3)))));
  add(uuid());
  add(half());
  add(date());
  add(null_type());
  add(decimal(9, 20, 4));
  for (const bool utc : {false, true}) {
    for (const TimeUnit unit : {TimeUnit::millis, TimeUnit::micros, TimeUnit::nanos}) {
      add(stamp(unit, utc));
      add(time(unit, utc));
    }
  }
  for (const bool is_signed : {false, true}) {
    for (const int bits : {8, 16, 32, 64}) add(integer(static_cast<int8_t>(bits), is_signed));
  }
  const SchemaFile file(std::move(fields));
  const Target target = *scan::target_from(file.schema(), {}, {}, &pool());
  CHECK(inside(target->schema()) == inside(file.schema()));
}

TEST_CASE("10,000 schemas alike, and 200 that all differ") {
  std::vector<Element> fields;
  for (int i = 0; i < 50; ++i) fields.push_back(leaf("c" + std::to_string(i), PhysicalType::int32));
  const SchemaFile file(fields);
  SchemaUnion all(&pool(), false);
  for (int i = 0; i < 10'000; ++i) REQUIRE(all.add(file.schema(), "f").ok());
  CHECK((*all.finish({}, {}))->num_columns() == 50);
  for (int i = 0; i < 200; ++i) {
    std::vector<Element> more = fields;
    more.push_back(leaf("extra" + std::to_string(i), PhysicalType::int32));
    REQUIRE(all.add(SchemaFile(more).schema(), "g").ok());
  }
  CHECK((*all.finish({}, {}))->num_columns() == 250);
}

}  // namespace
}  // namespace veneer::test
