#include "veneer/schema.h"

#include "footer_bytes.h"

using namespace veneer;
using namespace veneer::test;

namespace {

// A field and all below it on one line: "list? a [struct (leaf x, leaf? y)]", '?' for nullable.
std::string shape(const Schema& schema, const Field& field) {
  std::string text(to_string(field.kind));
  if (field.nullable) text += '?';
  text += ' ' + std::string(field.name);
  if (field.kind == FieldKind::leaf) return text;
  const char* brackets = field.kind == FieldKind::structure ? "()" : "[]";
  text += brackets[0];
  for (const Field& child : schema.children(field)) {
    if (text.back() != brackets[0]) text += ", ";
    text += shape(schema, child);
  }
  return text + brackets[1];
}

std::string shape(const std::vector<Element>& elements) {
  const FileMetadata file = schema_of(elements);
  return shape(file.schema(), file.schema().fields().front());
}

}  // namespace

TEST_CASE("lists and maps of today") {
  CHECK(shape({group("my_list", kOptional, 1, kConvertedList), group("list", kRepeated, 1),
               leaf("element", kOptional, kByteArray)}) == "list? my_list[leaf? element]");
  CHECK(shape({group("my_list", kRequired, 1, kConvertedList), group("list", kRepeated, 1),
               leaf("element", kRequired, kByteArray)}) == "list my_list[leaf element]");
  CHECK(shape({group("array_of_arrays", kOptional, 1, kConvertedList), group("list", kRepeated, 1),
               group("element", kRequired, 1, kConvertedList), group("list", kRepeated, 1),
               leaf("element", kRequired, kInt32)}) ==
        "list? array_of_arrays[list element[leaf element]]");
  CHECK(shape({group("my_map", kRequired, 1, kConvertedMap), group("key_value", kRepeated, 2),
               leaf("key", kRequired, kByteArray), leaf("value", kOptional, kInt32)}) ==
        "map my_map[leaf key, leaf? value]");
  // The same by LogicalType alone.
  Element list = group("l", kOptional, 1);
  list.logical = kLogicalList;
  CHECK(shape({list, group("list", kRepeated, 1), leaf("element", kOptional, kInt32)}) ==
        "list? l[leaf? element]");
  Element map = group("m", kOptional, 1);
  map.logical = kLogicalMap;
  CHECK(shape({map, group("key_value", kRepeated, 1), leaf("key", kRequired, kInt32)}) ==
        "map? m[leaf key]");
}

TEST_CASE("lists of old: each example of LogicalTypes.md") {
  CHECK(shape({leaf("num", kRepeated, kInt32)}) == "list num[leaf num]");
  CHECK(shape({group("my_list", kRepeated, 2), leaf("num", kRequired, kInt32),
               leaf("str", kOptional, kByteArray)}) ==
        "list my_list[struct my_list(leaf num, leaf? str)]");
  const Element list = group("my_list", kOptional, 1, kConvertedList);
  CHECK(shape({list, group("element", kRepeated, 1), leaf("str", kRequired, kByteArray)}) ==
        "list? my_list[leaf str]");
  // Rule 1
  CHECK(shape({list, leaf("element", kRepeated, kInt32)}) == "list? my_list[leaf element]");
  // Rule 2
  CHECK(shape({list, group("element", kRepeated, 2), leaf("str", kRequired, kByteArray),
               leaf("num", kRequired, kInt32)}) ==
        "list? my_list[struct element(leaf str, leaf num)]");
  // Rule 3
  CHECK(shape({list, group("array", kRepeated, 1, kConvertedList),
               leaf("array", kRepeated, kInt32)}) == "list? my_list[list array[leaf array]]");
  CHECK(shape({list, group("bag", kRepeated, 1), leaf("item", kRepeated, kInt32)}) ==
        "list? my_list[struct bag(list item[leaf item])]");
  // Rule 4
  CHECK(shape({list, group("array", kRepeated, 1), leaf("str", kRequired, kByteArray)}) ==
        "list? my_list[struct array(leaf str)]");
  CHECK(shape({list, group("my_list_tuple", kRepeated, 1), leaf("str", kRequired, kByteArray)}) ==
        "list? my_list[struct my_list_tuple(leaf str)]");
  CHECK(shape({list, group("other_tuple", kRepeated, 1), leaf("str", kRequired, kByteArray)}) ==
        "list? my_list[leaf str]");
  // Rule 5
  CHECK(shape({list, group("element", kRepeated, 1), leaf("str", kOptional, kByteArray)}) ==
        "list? my_list[leaf? str]");
  // A repeated group that is itself a list: outside of one, and as the element of one.
  CHECK(shape({group("outer", kRepeated, 1, kConvertedList), group("list", kRepeated, 1),
               leaf("element", kOptional, kInt32)}) == "list outer[list outer[leaf? element]]");
  CHECK(shape({list, group("array", kRepeated, 1, kConvertedList), group("list", kRepeated, 1),
               leaf("element", kOptional, kInt32)}) == "list? my_list[list array[leaf? element]]");
  CHECK(shape({list, group("bag", kRepeated, 0)}) == "list? my_list[struct bag()]");
}

TEST_CASE("maps of old") {
  const Element map = group("my_map", kOptional, 1, kConvertedMap);
  CHECK(shape({map, group("map", kRepeated, 2), leaf("str", kRequired, kByteArray),
               leaf("num", kRequired, kInt32)}) == "map? my_map[leaf str, leaf num]");
  CHECK(shape({group("my_map", kOptional, 1, kConvertedMapKeyValue), group("map", kRepeated, 2),
               leaf("key", kRequired, kByteArray), leaf("value", kOptional, kInt32)}) ==
        "map? my_map[leaf key, leaf? value]");
  CHECK(shape({map, group("map", kRepeated, 2, kConvertedMapKeyValue),
               leaf("key", kOptional, kByteArray), leaf("value", kOptional, kInt32)}) ==
        "map? my_map[leaf? key, leaf? value]");
  CHECK(shape({map, group("key_value", kRepeated, 1), leaf("key", kRequired, kInt32)}) ==
        "map? my_map[leaf key]");
  CHECK(shape({map, group("map", kRepeated, 2), leaf("key", kRequired, kInt32),
               group("value", kOptional, 1, kConvertedList), group("list", kRepeated, 1),
               leaf("element", kOptional, kInt64)}) ==
        "map? my_map[leaf key, list? value[leaf? element]]");
}

TEST_CASE("annotations that do not fit leave a structure") {
  const Element list = group("l", kOptional, 2, kConvertedList);
  CHECK(shape({list, leaf("a", kRepeated, kInt32), leaf("b", kOptional, kInt32)}) ==
        "struct? l(list a[leaf a], leaf? b)");
  CHECK(shape({group("l", kOptional, 1, kConvertedList), leaf("a", kOptional, kInt32)}) ==
        "struct? l(leaf? a)");
  CHECK(shape({group("l", kOptional, 0, kConvertedList)}) == "struct? l()");
  const Element map = group("m", kRequired, 1, kConvertedMap);
  CHECK(shape({map, leaf("a", kRepeated, kInt32)}) == "struct m(list a[leaf a])");
  CHECK(shape({map, group("kv", kRepeated, 0)}) == "struct m(list kv[struct kv()])");
  CHECK(shape({map, group("kv", kRepeated, 3), leaf("a", kRequired, kInt32),
               leaf("b", kRequired, kInt32), leaf("c", kRequired, kInt32)}) ==
        "struct m(list kv[struct kv(leaf a, leaf b, leaf c)])");
  CHECK(shape({map, group("kv", kOptional, 1), leaf("a", kRequired, kInt32)}) ==
        "struct m(struct? kv(leaf a))");
  Element odd = leaf("x", kOptional, kInt32);
  odd.converted = kConvertedList;
  CHECK(shape({odd}) == "leaf? x");
  // VARIANT is a structure that says what it is.
  Element variant = group("v", kOptional, 2);
  variant.logical = 16;
  const FileMetadata file = schema_of(
      {variant, leaf("metadata", kRequired, kByteArray), leaf("value", kRequired, kByteArray)});
  const Field& field = file.schema().fields()[0];
  CHECK(field.kind == FieldKind::structure);
  CHECK(file.schema().element_of(field).logical.is(LogicalKind::variant));
}

TEST_CASE("levels") {
  // a? { m? [key, value? [element?]], n repeated }
  const FileMetadata file =
      schema_of({group("a", kOptional, 2), group("m", kOptional, 1, kConvertedMap),
                 group("kv", kRepeated, 2), leaf("key", kRequired, kInt32),
                 group("value", kOptional, 1, kConvertedList), group("list", kRepeated, 1),
                 leaf("element", kOptional, kInt64), leaf("n", kRepeated, kDouble)});
  const Schema& schema = file.schema();
  const auto levels = [&](const char* path) {
    const Field* f = schema.find(path);
    REQUIRE(f != nullptr);
    return std::vector<int>{f->definition_level, f->repetition_level, f->element_definition_level};
  };
  CHECK(levels("a") == std::vector<int>{1, 0, 0});
  CHECK(levels("a.m") == std::vector<int>{2, 1, 3});
  CHECK(levels("a.m.key") == std::vector<int>{3, 1, 0});
  CHECK(levels("a.m.value") == std::vector<int>{4, 2, 5});
  CHECK(levels("a.m.value.element") == std::vector<int>{6, 2, 0});
  CHECK(levels("a.n") == std::vector<int>{1, 1, 2});
  CHECK(levels("a.n.n") == std::vector<int>{2, 1, 0});

  REQUIRE(schema.num_leaves() == 3);
  CHECK(schema.leaf(1).max_definition_level == 6);
  CHECK(schema.leaf(1).max_repetition_level == 2);
  CHECK(schema.leaf_path(1) == "a.m.kv.value.list.element");
  CHECK(schema.element_path(0).empty());
  const Field& root = schema.root();
  CHECK(root.num_leaves == 3);
  CHECK(root.parent == kNoIndex);
  CHECK(schema.parent(root) == nullptr);
  const Field* m = schema.find("a.m");
  CHECK(m->first_leaf == 0);
  CHECK(m->num_leaves == 2);
  CHECK(schema.parent(*m) == schema.find("a"));
  const Field* n = schema.find("a.n");
  CHECK(n->first_leaf == 2);
  CHECK(n->num_leaves == 1);
  for (const Leaf& leaf : schema.leaves()) {
    CHECK(schema.field_of(leaf).leaf == static_cast<int32_t>(leaf.index));
    CHECK(schema.field_of(leaf).element == leaf.element);
    CHECK(schema.element(leaf.element).leaf == static_cast<int32_t>(leaf.index));
  }
}

TEST_CASE("paths: steps of lists and maps written or left out") {
  const FileMetadata file =
      schema_of({group("tags", kOptional, 1, kConvertedList), group("list", kRepeated, 1),
                 group("element", kOptional, 2), leaf("x", kOptional, kInt32),
                 leaf("element", kOptional, kInt32), group("m", kOptional, 1, kConvertedMap),
                 group("key_value", kRepeated, 2), leaf("key", kRequired, kInt32),
                 group("value", kOptional, 1), leaf("y", kOptional, kInt32),
                 group("old", kOptional, 1, kConvertedList), leaf("item", kRepeated, kInt32)},
                3);
  const Schema& schema = file.schema();
  const auto index = [&](std::string_view path) {
    const Field* f = schema.find(path);
    return f == nullptr ? -1 : static_cast<int>(schema.index_of(*f));
  };
  const Field* tags = schema.find("tags");
  REQUIRE(tags != nullptr);
  CHECK(tags->kind == FieldKind::list);
  CHECK(index("tags.list.element") == static_cast<int>(tags->first_child));
  CHECK(index("tags.element") == static_cast<int>(tags->first_child));
  CHECK(schema.find("tags.list.element.x")->leaf == 0);
  CHECK(schema.find("tags.element.x")->leaf == 0);
  CHECK(schema.find("tags.list.x")->leaf == 0);
  CHECK(schema.find("tags.x")->leaf == 0);
  CHECK(schema.find("tags.element.element")->leaf == 1);
  CHECK(schema.find("m.key_value.key")->leaf == 2);
  CHECK(schema.find("m.key")->leaf == 2);
  CHECK(schema.find("m.value.y")->leaf == 3);
  CHECK(schema.find("m.key_value.value.y")->leaf == 3);
  CHECK(schema.find("old")->kind == FieldKind::list);
  CHECK(schema.find("old.item")->leaf == 4);
  for (const char* wrong : {"", "tag", "tags.", "tags.z", "m.y", "tags.x.x", "m..key", ".tags"}) {
    CHECK(schema.find(wrong) == nullptr);
  }
  const std::string_view steps[] = {"tags", "x"};
  CHECK(schema.find(steps)->leaf == 0);
  CHECK(schema.find(std::span<const std::string_view>()) == &schema.root());
  for (uint32_t i = 0; i < schema.num_leaves(); ++i) {
    CHECK(schema.find(schema.leaf_path(i))->leaf == static_cast<int32_t>(i));
  }
}

TEST_CASE("names with dots, empty names, duplicates, bytes that are no text") {
  const FileMetadata file = schema_of(
      {leaf("a.b", kRequired, kInt32), group("a", kRequired, 2), leaf("b", kRequired, kInt32),
       leaf("b.c", kRequired, kInt32), leaf("", kRequired, kInt32), leaf("dup", kRequired, kInt32),
       leaf("dup", kRequired, kInt32), leaf("\xFF\xFE", kRequired, kInt32)},
      6);
  const Schema& schema = file.schema();
  CHECK(schema.find("a.b")->leaf == 0);
  CHECK(schema.find("a.b.c")->leaf == 2);
  const std::string_view steps[] = {"a", "b"};
  CHECK(schema.find(steps)->leaf == 1);
  CHECK(schema.find("")->leaf == 3);
  CHECK(schema.find("dup")->leaf == 4);
  CHECK(schema.find("\xFF\xFE")->leaf == 6);
}

TEST_CASE("a path leads on below the second of two fields of one name") {
  const FileMetadata file = schema_of(
      {leaf("tags", kRequired, kInt32), group("tags", kRequired, 2), leaf("x", kRequired, kInt32),
       group("x", kRequired, 1), leaf("y", kRequired, kInt32)},
      2);
  CHECK(file.schema().find("tags")->leaf == 0);
  CHECK(file.schema().find("tags.x")->leaf == 1);
  CHECK(file.schema().find("tags.x.y")->leaf == 2);
  CHECK(file.schema().find("tags.x.z") == nullptr);
}

TEST_CASE("wide groups: every name is found, the first of duplicates") {
  std::vector<Element> elements;
  for (int i = 0; i < 3000; ++i) {
    elements.push_back(leaf("c" + std::to_string(i % 2000), kOptional, kInt32));
  }
  const FileMetadata file = schema_of(elements, 3000);
  for (int i = 0; i < 2000; ++i) {
    const Field* field = file.schema().find("c" + std::to_string(i));
    REQUIRE(field != nullptr);
    CHECK(field->leaf == i);
  }
  CHECK(file.schema().find("c2000") == nullptr);
  CHECK(file.schema().find("") == nullptr);
}

TEST_CASE("schema text") {
  Element name = leaf("name", kOptional, kByteArray);
  name.logical = 1;
  name.field_id = 7;
  Element amount = leaf("amount", kRequired, kFixed);
  amount.type_length = 5;
  amount.converted = 5;
  amount.precision = 9;
  amount.scale = 2;
  Element byte = leaf("byte", kOptional, kInt32);
  byte.converted = 15;
  const FileMetadata file =
      schema_of({name, amount, byte, group("m", kOptional, 1, kConvertedMap),
                 group("kv", kRepeated, 2, kConvertedMapKeyValue), leaf("k", kRequired, kInt96),
                 group("v", kOptional, 0), leaf("last", kRepeated, kBoolean)},
                5);
  CHECK(file.schema().to_text() ==
        "message root {\n"
        "  optional binary name (STRING) = 7;\n"
        "  required fixed_len_byte_array(5) amount (DECIMAL(9,2));\n"
        "  optional int32 byte (INTEGER(8,true));\n"
        "  optional group m (MAP) {\n"
        "    repeated group kv (MAP_KEY_VALUE) {\n"
        "      required int96 k;\n"
        "      optional group v {\n"
        "      }\n"
        "    }\n"
        "  }\n"
        "  repeated boolean last;\n"
        "}\n");
  CHECK(schema_of({}, 0).schema().to_text() == "message root {\n}\n");
  CHECK(Schema().to_text().empty());
}

TEST_CASE("schemas without columns") {
  const FileMetadata none = schema_of({}, 0);
  CHECK(none.schema().num_leaves() == 0);
  CHECK(none.schema().fields().empty());
  const FileMetadata no_count = schema_of({}, -1);
  CHECK(no_count.schema().fields().empty());
  const FileMetadata empty_group = schema_of({group("g", kOptional, -1)});
  CHECK(empty_group.schema().fields()[0].kind == FieldKind::structure);
  CHECK(empty_group.schema().num_leaves() == 0);
}

TEST_CASE("schemas that break the format") {
  CHECK(failure_of({}, 3) ==
        "corrupt: schema element 0: num_children is more than the elements that follow (offset "
        "1004)");
  CHECK(failure_of({group("g", kOptional, 5), leaf("x", kOptional, kInt32)})
            .find("num_children is more than the elements") != std::string::npos);
  CHECK(failure_of({leaf("x", kOptional, kInt32)}, 0).find("elements that are in no group") !=
        std::string::npos);
  CHECK(failure_of({group("g", kOptional, 2), leaf("x", kOptional, kInt32)}, 1)
            .find("num_children is more") != std::string::npos);
  CHECK(failure_of({leaf("x", kOptional, kInt32), group("g", kOptional, 1)}, 3)
            .find("num_children is more") != std::string::npos);
  Element both = leaf("both", kOptional, kInt32);
  both.num_children = 1;
  CHECK(failure_of({both, leaf("x", kOptional, kInt32)})
            .find("schema element 1 (both): has both a type and children") != std::string::npos);
  CHECK(failure_of({leaf("x", 3, kInt32)}).find("repetition_type is not known") !=
        std::string::npos);
  CHECK(failure_of({leaf("x", kOptional, 8)}) ==
        "unsupported: schema element 1: physical type 8 is not known (offset 1013)");
  CHECK(failure_of({leaf("x", kOptional, kFixed)}).find("without a valid type_length") !=
        std::string::npos);
  Element empty_fixed = leaf("x", kOptional, kFixed);
  empty_fixed.type_length = 0;
  CHECK(schema_of({empty_fixed}).schema().leaf(0).type_length == 0);
  // Without a repetition: as other readers have it, required.
  CHECK(shape({leaf("x", -1, kInt32)}) == "leaf x");

  const auto raw = [](auto write) {
    ThriftWriter w;
    w.i32(1, 1);
    write(w);
    w.i64(3, 0).list(4, ThriftWriter::kStruct, 0);
    return parse(w.finish()).status().to_string();
  };
  CHECK(raw([](ThriftWriter& w) { w.list(2, ThriftWriter::kStruct, 0); }) ==
        "corrupt: schema is empty (offset 1003)");
  CHECK(raw([](ThriftWriter& w) { w.list_of_i32(2, {1}); }) ==
        "corrupt: schema is not a list of structs (offset 1003)");
  CHECK(raw([](ThriftWriter&) {}) == "corrupt: schema is missing (offset 1000)");
  CHECK(raw([](ThriftWriter& w) {
          w.list_of_structs(2, 1, [](ThriftWriter& s, size_t) { s.i32(5, 0); });
        }) == "corrupt: schema element 0: name is missing (offset 1004)");
  CHECK(raw([](ThriftWriter& w) {
          w.list_of_structs(2, 1, [](ThriftWriter& s, size_t) { s.binary(4, "r").i32(5, -1); });
        }) == "corrupt: schema element 0 (r): num_children is negative (offset 1004)");
}

TEST_CASE("limits of the schema") {
  Limits limits;
  limits.schema_depth = 3;
  const std::vector<Element> deep = {group("a", kOptional, 1), group("b", kOptional, 1),
                                     leaf("c", kOptional, kInt32)};
  CHECK(parse(footer_of(deep, 1), limits).ok());
  limits.schema_depth = 2;
  CHECK(failure_of(deep, 1, limits)
            .find("over_limit: schema depth of 3 is over the limit schema_depth of 2") == 0);
  limits.schema_elements = 3;
  CHECK(failure_of(deep, 1, limits).find("over_limit: schema length of 4") == 0);

  // A chain of 100,000 groups, and lists in lists up to the default depth.
  std::vector<Element> chain(100'000, group("g", kOptional, 1));
  chain.push_back(leaf("x", kOptional, kInt32));
  CHECK(failure_of(chain).find("over_limit: schema depth of") == 0);
  std::vector<Element> lists;
  for (int i = 0; i < 127; ++i) {
    lists.push_back(group("l", kOptional, 1, kConvertedList));
    lists.push_back(group("list", kRepeated, 1));
  }
  lists.push_back(leaf("x", kOptional, kInt32));
  const FileMetadata file = schema_of(lists);
  CHECK(file.schema().leaf(0).max_definition_level == 255);
  CHECK(file.schema().leaf(0).max_repetition_level == 127);
  CHECK(file.schema().find(file.schema().leaf_path(0))->leaf == 0);
  // Many readings of one path end in good time.
  std::string dots(300, '.');
  CHECK(file.schema().find(dots) == nullptr);
}

TEST_CASE("a million columns") {
  ThriftWriter w;
  w.i32(1, 1);
  w.list_of_structs(2, 1'000'001, [](ThriftWriter& s, size_t i) {
    write_element(s, i == 0 ? group("root", -1, 1'000'000)
                            : leaf("column_" + std::to_string(i), kOptional, kDouble));
  });
  w.i64(3, 0).list(4, ThriftWriter::kStruct, 0);
  auto parsed = parse(w.finish());
  REQUIRE(parsed.ok());
  const Schema& schema = parsed->schema();
  CHECK(schema.num_leaves() == 1'000'000);
  CHECK(schema.find("column_1")->leaf == 0);
  CHECK(schema.find("column_777777")->leaf == 777'776);
  CHECK(schema.find("column_1000000")->leaf == 999'999);
  CHECK(schema.find("column_0") == nullptr);
}
