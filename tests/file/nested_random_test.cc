// Random nested schemas and rows: what the naive shredder took apart, the reader puts together.
#include <doctest/doctest.h>

#include <algorithm>

#include "dremel.h"

namespace veneer::test {
namespace {

struct Sample {
  std::vector<Node> nodes;
  std::vector<Rows> groups;
  Rows rows;  // of all groups
  Bytes file;
};

Sample make(uint32_t seed) {
  RandomNested random(seed);
  Sample made;
  const uint32_t fields = 1 + random.below(3);
  std::vector<Element> elements;
  for (uint32_t i = 0; i < fields; ++i) {
    made.nodes.push_back(
        random.field("c" + std::to_string(i), 1 + static_cast<int>(random.below(5))));
    elements.push_back(element_of(made.nodes.back()));
  }
  FileBuilder f(std::move(elements));
  const uint32_t groups = 1 + random.below(2);
  for (uint32_t g = 0; g < groups; ++g) {
    Rows rows;
    const uint32_t count = 1 + random.below(30);
    for (uint32_t r = 0; r < count; ++r) {
      Value row = Value::record({});
      for (const Node& node : made.nodes) row.items.push_back(random.value(node));
      rows.push_back(std::move(row));
    }
    add_chunks(f.row_group(count), f.leaves(), made.nodes, rows, &random);
    made.rows.insert(made.rows.end(), rows.begin(), rows.end());
    made.groups.push_back(std::move(rows));
  }
  made.file = f.finish();
  return made;
}

TEST_CASE("600 random schemas: every row comes back") {
  for (uint32_t seed = 1; seed <= 600; ++seed) {
    const Sample made = make(seed);
    RandomNested random(seed ^ 0x5555);
    const File file = open_bytes(made.file);
    INFO("seed ", seed, "\n", file.schema().to_text());
    const ReadResult read =
        read_rows(file, {.batch_rows = static_cast<int32_t>(1 + random.below(20))});
    REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
    REQUIRE(read.fault == "");
    REQUIRE_MESSAGE(read.rows == made.rows, to_string(read.rows), "expected\n",
                    to_string(made.rows));
  }
}

TEST_CASE("random schemas: row ranges, top-level projections, threads") {
  for (uint32_t seed = 1000; seed < 1200; ++seed) {
    const Sample made = make(seed);
    RandomNested random(seed ^ 0xAAAA);
    const File file = open_bytes(made.file);
    INFO("seed ", seed, "\n", file.schema().to_text());
    std::vector<size_t> order;
    for (size_t i = 0; i < made.nodes.size(); ++i) {
      order.insert(order.begin() + random.below(static_cast<uint32_t>(i + 1)), i);
    }
    order.resize(1 + random.below(static_cast<uint32_t>(order.size())));
    ReadOptions options;
    for (const size_t i : order) options.columns.push_back(made.nodes[i].name);
    const uint32_t first = random.below(static_cast<uint32_t>(made.rows.size()) + 1);
    const uint32_t count = random.below(40);
    options.first_row = first;
    options.row_count = count;
    options.batch_rows = static_cast<int32_t>(1 + random.below(9));
    options.threads = static_cast<int32_t>(1 + random.below(3));
    Rows expected;
    for (size_t r = first; r < std::min<size_t>(made.rows.size(), size_t{first} + count); ++r) {
      Value row = Value::record({});
      for (const size_t i : order) row.items.push_back(made.rows[r].items[i]);
      expected.push_back(std::move(row));
    }
    const ReadResult read = read_rows(file, options);
    REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
    REQUIRE(read.fault == "");
    REQUIRE_MESSAGE(read.rows == expected, to_string(read.rows), "expected\n", to_string(expected));
  }
}

// Fields below the top: of each row only what lies on the way to the leaf.
const Value* narrowed(const Node& node, const Value& value, size_t leaf, Value* out) {
  if (value.kind == Value::Kind::null || node.kind == Node::Kind::leaf) return &(*out = value);
  *out = Value{value.kind, {}, {}};
  auto fields = [&](const Value& from, Value* to) {
    size_t first = 0;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const size_t leaves = leaves_below(node.children[i]);
      if (leaf >= first && leaf < first + leaves) {
        Value part;
        narrowed(node.children[i], from.items[i], leaf - first, &part);
        to->items.push_back(std::move(part));
      } else if (node.kind == Node::Kind::map && i == 0) {
        to->items.push_back(from.items[0]);  // a map keeps its keys
      }
      first += leaves;
    }
  };
  if (node.kind == Node::Kind::structure) {
    fields(value, out);
    return out;
  }
  for (const Value& item : value.items) {
    Value part = Value::record({});
    if (node.kind == Node::Kind::list) {
      narrowed(node.children[0], item, leaf, &part);
    } else {
      fields(item, &part);
    }
    out->items.push_back(std::move(part));
  }
  return out;
}

TEST_CASE("random schemas: one leaf of many, at any depth") {
  for (uint32_t seed = 2000; seed < 2200; ++seed) {
    const Sample made = make(seed);
    RandomNested random(seed ^ 0x3333);
    const File file = open_bytes(made.file);
    const uint32_t leaf = random.below(file.schema().num_leaves());
    const std::string path = file.schema().leaf_path(leaf);
    INFO("seed ", seed, " leaf ", path, "\n", file.schema().to_text());
    size_t top = 0;
    size_t below = leaf;
    while (below >= leaves_below(made.nodes[top])) below -= leaves_below(made.nodes[top++]);
    Rows expected;
    for (const Value& row : made.rows) {
      Value part;
      narrowed(made.nodes[top], row.items[top], below, &part);
      expected.push_back(Value::record({std::move(part)}));
    }
    const ReadResult read = read_rows(file, {.columns = {path}, .batch_rows = 8});
    REQUIRE_MESSAGE(read.status.ok(), read.status.to_string());
    REQUIRE(read.fault == "");
    REQUIRE_MESSAGE(read.rows == expected, to_string(read.rows), "expected\n", to_string(expected));
  }
}

}  // namespace
}  // namespace veneer::test
