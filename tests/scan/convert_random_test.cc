// Two files whose schemas are made from one by leaving out, reordering, narrowing and restyling:
// under their union every value is what it was, and what a file does not have is null.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "file/dremel.h"
#include "scan/convert.h"

namespace veneer::test {
namespace {

using scan::FileMapper;
using scan::MappedColumns;
using scan::PartitionColumn;
using scan::SchemaUnion;
using scan::TargetSchema;
using Kind = Node::Kind;
using Style = Node::Style;

PhysicalType narrower(PhysicalType type, RandomNested* random) {
  switch (type) {
    case PhysicalType::int32: return random->below(2) == 0 ? type : PhysicalType::int64;
    case PhysicalType::float64:
      return random->below(3) == 0   ? PhysicalType::float32
             : random->below(2) == 0 ? PhysicalType::int32
                                     : type;
    default: return type;
  }
}

// Another way to write the same field. A two-level list's group must keep its fields, or it would
// mean another thing.
Node variation(Node node, RandomNested* random, bool keep_fields = false) {
  if (node.kind == Kind::leaf) {
    node.type = narrower(node.type, random);
  } else if (node.kind == Kind::structure && !keep_fields) {
    for (size_t i = node.children.size(); i > 1; --i) {
      std::swap(node.children[i - 1], node.children[random->below(static_cast<uint32_t>(i))]);
    }
    while (node.children.size() > 1 && random->below(3) == 0) node.children.pop_back();
  }
  const bool two_level = node.kind == Kind::list && node.style == Style::two_level;
  const bool repeated =
      node.kind == Kind::list && (two_level || node.style == Style::array ||
                                  node.style == Style::tuple || node.style == Style::unannotated);
  for (Node& child : node.children) {
    child = variation(std::move(child), random, two_level);
    if (repeated) child.optional = false;
  }
  if (node.style != Style::unannotated && random->below(3) == 0) node.optional = !node.optional;
  return node;
}

template <class T>
T read(const std::string& bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

Value converted(const Value& value, PhysicalType from, PhysicalType to) {
  if (from == to) return value;
  if (to == PhysicalType::int64) return Value::of<int64_t>(read<int32_t>(value.bytes));
  if (from == PhysicalType::int32) return Value::of<double>(read<int32_t>(value.bytes));
  return Value::of<double>(read<float>(value.bytes));
}

// A value of `node` as the target's field has it.
Value expected(const Schema& target, const Field& field, const Node& node, const Value& value) {
  if (value.kind == Value::Kind::null) return Value::null();
  switch (field.kind) {
    case FieldKind::leaf:
      return converted(value, node.type,
                       target.leaf(static_cast<uint32_t>(field.leaf)).physical_type);
    case FieldKind::structure: {
      Value out = Value::record({});
      for (const Field& child : target.children(field)) {
        const auto found = std::find_if(node.children.begin(), node.children.end(),
                                        [&](const Node& n) { return n.name == child.name; });
        const auto i = static_cast<size_t>(found - node.children.begin());
        out.items.push_back(found == node.children.end()
                                ? Value::null()
                                : expected(target, child, *found, value.items[i]));
      }
      return out;
    }
    case FieldKind::list: {
      Value out = Value::list({});
      for (const Value& item : value.items) {
        out.items.push_back(expected(target, target.children(field)[0], node.children[0], item));
      }
      return out;
    }
    case FieldKind::map: {
      Value out = Value::list({});
      for (const Value& item : value.items) {
        Value entry = Value::record({});
        for (size_t c = 0; c < field.num_children; ++c) {
          entry.items.push_back(
              c < node.children.size()
                  ? expected(target, target.children(field)[c], node.children[c], item.items[c])
                  : Value::null());
        }
        out.items.push_back(std::move(entry));
      }
      return out;
    }
  }
  return {};
}

struct Sample {
  Node root;  // a structure of the columns
  Rows rows;
  Bytes bytes;
};

Sample make(const Node& all, RandomNested* random) {
  Sample made;
  made.root = variation(all, random);
  made.root.optional = false;
  std::vector<Element> elements;
  for (const Node& node : made.root.children) elements.push_back(element_of(node));
  FileBuilder f(std::move(elements));
  const uint32_t count = 1 + random->below(20);
  for (uint32_t r = 0; r < count; ++r) made.rows.push_back(random->value(made.root));
  add_chunks(f.row_group(count), f.leaves(), made.root.children, made.rows, random);
  made.bytes = f.finish();
  return made;
}

TEST_CASE("500 random unions: every value survives") {
  MemoryPool pool(default_allocator(), int64_t{1} << 30);
  const std::vector<PartitionColumn> partitions = {{"p", PartitionType::int64}};
  const std::vector<PartitionValue> values = {{"p", "7"}};
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    RandomNested random(seed);
    Node all;
    all.kind = Kind::structure;
    const uint32_t fields = 1 + random.below(4);
    for (uint32_t i = 0; i < fields; ++i) {
      all.children.push_back(
          random.field("c" + std::to_string(i), static_cast<int>(random.below(5))));
    }
    Sample samples[] = {make(all, &random), make(all, &random), make(all, &random)};
    SchemaUnion unite(&pool, false);
    for (const Sample& sample : samples) {
      const File file = open_bytes(sample.bytes);
      const Status added = unite.add(file.schema(), "f");
      REQUIRE_MESSAGE(added.ok(), added.to_string());
    }
    auto target = unite.finish(partitions, {});
    REQUIRE_MESSAGE(target.ok(), target.status().to_string());
    const Schema& schema = (*target)->schema();
    INFO("seed ", seed, "\n", schema.to_text());
    MappedColumns columns;
    for (const Sample& sample : samples) {
      const File file = open_bytes(sample.bytes);
      INFO(file.schema().to_text());
      auto mapper = FileMapper::make(*target, file, values, false);
      REQUIRE_MESSAGE(mapper.ok(), mapper.status().to_string());
      REQUIRE(mapper->dropped().empty());
      BatchReader reader = file.read({.columns = mapper->columns_to_read(),
                                      .batch_rows = static_cast<int32_t>(1 + random.below(8))});
      Batch batch;
      size_t row = 0;
      while (reader.next(&batch)) {
        const Status mapped = mapper->map(batch, &columns);
        REQUIRE_MESSAGE(mapped.ok(), mapped.to_string());
        REQUIRE(columns.size() == schema.fields().size());
        for (size_t c = 0; c < columns.size(); ++c) REQUIRE(fault_of(columns[c]) == "");
        for (size_t i = 0; i < batch.num_rows(); ++i, ++row) {
          Value got = Value::record({});
          for (size_t c = 0; c < columns.size(); ++c) got.items.push_back(value_of(columns[c], i));
          REQUIRE(got.items.back() == i64(7));
          got.items.pop_back();
          Value want = expected(schema, schema.root(), sample.root, sample.rows[row]);
          want.items.pop_back();  // the partition
          REQUIRE_MESSAGE(got == want, to_string(got), " expected ", to_string(want));
        }
      }
      REQUIRE_MESSAGE(reader.status().ok(), reader.status().to_string());
      REQUIRE(row == sample.rows.size());
    }
  }
}

}  // namespace
}  // namespace veneer::test
