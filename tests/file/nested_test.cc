// The shapes that LogicalTypes.md keeps for old files, deep ones, wide ones, long ones.
#include <doctest/doctest.h>

#include "dremel.h"

namespace veneer::test {
namespace {

constexpr Repetition kRequired = Repetition::required;
constexpr Repetition kOptional = Repetition::optional;
constexpr Repetition kRepeated = Repetition::repeated;
constexpr PhysicalType kInt = PhysicalType::int32;

Value list(std::vector<Value> items) { return Value::list(std::move(items)); }
Value record(std::vector<Value> items) { return Value::record(std::move(items)); }

// One leaf, one page: the rows that its levels mean.
struct Leaf1 {
  Levels rep, def;
  std::vector<int32_t> values;
};
Bytes file_of(std::vector<Element> fields, int64_t rows, const std::vector<Leaf1>& leaves) {
  FileBuilder f(std::move(fields));
  RowGroupBuilder& group = f.row_group(rows);
  for (size_t i = 0; i < leaves.size(); ++i) {
    group.chunk(i).data_v1({.num_values = static_cast<int32_t>(leaves[i].rep.size()),
                            .rep = leaves[i].rep,
                            .def = leaves[i].def,
                            .values = plain(leaves[i].values)});
  }
  return f.finish();
}

void check_rows(const Bytes& bytes, const Rows& expected, const OpenOptions& open = {}) {
  for (const int32_t batch : {1, 2, 1000}) {
    const ReadResult read = read_rows(bytes, {.batch_rows = batch}, open);
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK(read.fault == "");
    CHECK_MESSAGE(read.rows == expected, to_string(read.rows));
  }
}

TEST_CASE("two-level lists") {
  // repeated leaf below LIST
  check_rows(file_of({group("l", kOptional, {leaf("element", kInt, kRepeated)})
                          .converted(ConvertedType::list)},
                     3, {{{0, 1, 0, 0}, {2, 2, 1, 0}, {7, 8}}}),
             {record({list({i32(7), i32(8)})}), record({list({})}), record({{}})});
  // lists in each other: the repeated group is itself a LIST
  check_rows(
      file_of({group("l", kOptional,
                     {group("array", kRepeated, {leaf("array", kInt, kRepeated)})
                          .converted(ConvertedType::list)})
                   .converted(ConvertedType::list)},
              3, {{{0, 2, 1, 0, 0}, {3, 3, 2, 1, 0}, {1, 2}}}),
      {record({list({list({i32(1), i32(2)}), list({})})}), record({list({})}), record({{}})});
  for (const char* name : {"array", "l_tuple"}) {
    check_rows(
        file_of({group("l", kRequired, {group(name, kRepeated, {leaf("only", kInt, kOptional)})})
                     .converted(ConvertedType::list)},
                2, {{{0, 1, 0}, {2, 1, 0}, {5}}}),
        {record({list({record({i32(5)}), record({{}})})}), record({list({})})});
  }
  // another name: three levels
  check_rows(
      file_of({group("l", kRequired, {group("m_tuple", kRepeated, {leaf("only", kInt, kOptional)})})
                   .converted(ConvertedType::list)},
              2, {{{0, 1, 0}, {2, 1, 0}, {5}}}),
      {record({list({i32(5), {}})}), record({list({})})});
  // several fields: the repeated group is the element
  check_rows(
      file_of({group("l", kOptional,
                     {group("bag", kRepeated, {leaf("a", kInt), leaf("b", kInt, kOptional)})})
                   .converted(ConvertedType::list)},
              2, {{{0, 1, 0}, {2, 2, 0}, {1, 2}}, {{0, 1, 0}, {3, 2, 0}, {10}}}),
      {record({list({record({i32(1), i32(10)}), record({i32(2), {}})})}), record({{}})});
}

TEST_CASE("repeated fields without annotation, in each other") {
  check_rows(file_of({leaf("r", kInt, kRepeated)}, 3, {{{0, 0, 1, 0}, {0, 1, 1, 1}, {1, 2, 3}}}),
             {record({list({})}), record({list({i32(1), i32(2)})}), record({list({i32(3)})})});
  check_rows(
      file_of({group("g", kRepeated, {leaf("r", kInt, kRepeated), leaf("o", kInt, kOptional)})}, 2,
              {{{0, 2, 1, 0}, {2, 2, 1, 0}, {1, 2}}, {{0, 1, 0}, {2, 1, 0}, {9}}}),
      {record({list({record({list({i32(1), i32(2)}), i32(9)}), record({list({}), {}})})}),
       record({list({})})});
}

TEST_CASE("maps: optional keys, no values, MAP_KEY_VALUE") {
  const Leaf1 keys{{0, 1, 0, 0}, {3, 2, 1, 0}, {1}};
  check_rows(file_of({map_of("m", leaf("key", kInt, kOptional), leaf("value", kInt))}, 3,
                     {keys, {{0, 1, 0, 0}, {2, 2, 1, 0}, {10, 20}}}),
             {record({list({record({i32(1), i32(10)}), record({{}, i32(20)})})}),
              record({list({})}), record({{}})});
  const Leaf1 set{{0, 1, 0, 0}, {2, 2, 1, 0}, {1, 2}};
  const Rows expected = {record({list({record({i32(1)}), record({i32(2)})})}), record({list({})}),
                         record({{}})};
  for (const ConvertedType type : {ConvertedType::map, ConvertedType::map_key_value}) {
    check_rows(
        file_of(
            {group("m", kOptional, {group("map", kRepeated, {leaf("key", kInt)})}).converted(type)},
            3, {set}),
        expected);
  }
}

TEST_CASE("lists of lists of lists, and lists of maps in optional structures") {
  Node inner{.kind = Node::Kind::leaf, .optional = true, .name = "element", .children = {}};
  for (int i = 0; i < 3; ++i) {
    inner = Node{.kind = Node::Kind::list,
                 .optional = true,
                 .name = i == 2 ? "lll" : "element",
                 .children = {inner}};
  }
  const Node key{.kind = Node::Kind::leaf, .name = "key", .children = {}};
  const Node value{.kind = Node::Kind::leaf, .optional = true, .name = "value", .children = {}};
  const Node map{
      .kind = Node::Kind::map, .optional = true, .name = "element", .children = {key, value}};
  const Node maps{
      .kind = Node::Kind::list, .optional = true, .name = "list_of_maps", .children = {map}};
  const Node middle{
      .kind = Node::Kind::structure, .optional = true, .name = "b", .children = {maps}};
  const Node outer{.kind = Node::Kind::structure, .name = "a", .children = {middle}};
  const Rows rows = {
      record({list({list({list({i32(1), {}}), {}, list({})}), list({}), {}}),
              record({record({list(
                  {list({record({i32(1), {}}), record({i32(2), i32(3)})}), {}, list({})})})})}),
      record({{}, record({{}})}),
      record({list({}), record({record({{}})})}),
      record({list({{}, list({list({i32(4)})})}), record({record({list({})})})}),
  };
  FileBuilder f({element_of(inner), element_of(outer)});
  RandomNested random(1);
  add_chunks(f.row_group(4), f.leaves(), {inner, outer}, rows, &random);
  check_rows(f.finish(), rows);
}

TEST_CASE("100 structures deep, 100 lists deep") {
  Element structures = leaf("x", kInt, kOptional);
  Value row = i32(42);
  for (int i = 0; i < 100; ++i) {
    std::vector<Element> children;
    children.push_back(std::move(structures));
    structures = group("s", kOptional, std::move(children));
    row = record({row});
  }
  Value cut;  // null from the 51st on
  for (int i = 0; i < 50; ++i) cut = record({cut});
  check_rows(file_of({structures}, 3, {{{0, 0, 0}, {101, 50, 0}, {42}}}),
             {record({row}), record({cut}), record({{}})});

  Element lists = leaf("element", kInt);
  Value nested = i32(1);
  for (int i = 0; i < 100; ++i) {
    lists = group("g", kRepeated, {std::move(lists)});
    nested = list({i == 0 ? record({nested}) : record({nested})});
  }
  check_rows(file_of({lists}, 2, {{{0, 0}, {100, 0}, {1}}}),
             {record({nested}), record({list({})})});
}

TEST_CASE("more than 255 levels: two bytes each") {
  Element lists = leaf("x", kInt, kOptional);
  Value nested = i32(7);
  Value empty = list({});
  for (int i = 0; i < 300; ++i) {
    lists = group("g", kRepeated, {std::move(lists)});
    nested = list({record({nested})});
  }
  OpenOptions open;
  open.limits.schema_depth = 400;
  const Bytes bytes = file_of({lists}, 2, {{{0, 300, 0}, {301, 300, 0}, {7}}});
  Value expected = list({record({i32(7)}), record({{}})});
  for (int i = 1; i < 300; ++i) expected = list({record({expected})});
  check_rows(bytes, {record({expected}), record({list({})})}, open);
  CHECK(read_rows(bytes).status.code() == StatusCode::over_limit);
  // Without lists as well.
  Element structures = leaf("x", kInt, kOptional);
  Value row = i32(42);
  for (int i = 0; i < 300; ++i) {
    structures = group("s", kOptional, {std::move(structures)});
    row = record({row});
  }
  check_rows(file_of({structures}, 2, {{{0, 0}, {301, 0}, {42}}}), {record({row}), record({{}})},
             open);
}

TEST_CASE("rows that span V1 pages, rows of 100,000 elements") {
  FileBuilder f({leaf("r", kInt, kRepeated)});
  ChunkBuilder& chunk = f.row_group(3).chunk(0);
  std::vector<Value> items;
  auto page = [&](size_t count, bool begins) {
    std::vector<int32_t> values;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<int32_t>(items.size()));
      items.push_back(i32(values.back()));
    }
    Levels rep(count, 1);
    if (begins) rep[0] = 0;
    chunk.data_v1({.rep = rep, .def = Levels(count, 1), .values = plain(values)});
  };
  page(60000, true);
  page(1, false);
  page(39999, false);
  Rows expected = {record({list(items)})};
  items.clear();
  page(1, true);
  page(99999, false);
  expected.push_back(record({list(items)}));
  chunk.data_v1({.rep = {0}, .def = {0}});
  expected.push_back(record({list({})}));
  const Bytes bytes = f.finish();
  const File file = open_bytes(bytes);
  for (const int32_t batch : {1, 2, 3}) {
    const ReadResult read = read_rows(file, {.batch_rows = batch});
    REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK((read.rows == expected));
  }
  CHECK((read_rows(file, {.first_row = 1}).rows == Rows(expected.begin() + 1, expected.end())));
  CHECK((read_rows(file, {.first_row = 2}).rows == Rows(expected.begin() + 2, expected.end())));
}

TEST_CASE("1,500 leaves, and a footer of over 1 MB that is longer than the tail") {
  std::vector<Element> fields;
  for (int i = 0; i < 1500; ++i) {
    fields.push_back(leaf("column_" + std::to_string(i) + std::string(600, 'x'), kInt, kOptional));
  }
  FileBuilder f(std::move(fields));
  RowGroupBuilder& group = f.row_group(2);
  Value first = record({});
  for (int32_t i = 0; i < 1500; ++i) {
    group.chunk(static_cast<size_t>(i)).data_v1({.def = {1, 0}, .values = plain<int32_t>({i})});
    first.items.push_back(i32(i));
  }
  const Bytes bytes = f.finish();
  REQUIRE(bytes.size() > size_t{1} << 20);
  const Rows expected = {first, record(std::vector<Value>(1500))};
  for (const int64_t tail : {int64_t{0}, int64_t{100}, int64_t{64} << 10, int64_t{16} << 20}) {
    OpenOptions open;
    open.tail_bytes = tail;
    const ReadResult read = read_rows(bytes, {.threads = 2}, open);
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK((read.rows == expected));
  }
}

}  // namespace
}  // namespace veneer::test
