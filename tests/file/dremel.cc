#include "dremel.h"

#include <algorithm>

namespace veneer::test {
namespace {

using Kind = Node::Kind;
using Style = Node::Style;

Repetition repetition_of(const Node& node) {
  return node.optional ? Repetition::optional : Repetition::required;
}

Element repeated(Element element) {
  element.repetition = Repetition::repeated;
  element.thrift.set(3, Thrift::i32(static_cast<int32_t>(Repetition::repeated)));
  return element;
}

Element list_element(const Node& node) {
  const Node& item = node.children[0];
  switch (node.style) {
    case Style::unannotated: {
      Node named = item;  // the element's name is the list's
      named.name = node.name;
      return repeated(element_of(named));
    }
    case Style::two_level:
    case Style::array:
    case Style::tuple:
      return group(node.name, repetition_of(node), {repeated(element_of(item))})
          .converted(ConvertedType::list);
    default: break;
  }
  const bool bag = node.style == Style::bag;
  Element inner = group(bag ? "bag" : "list", Repetition::repeated, {element_of(item)});
  Element outer = group(node.name, repetition_of(node), {std::move(inner)});
  return bag ? std::move(outer).converted(ConvertedType::list)
             : std::move(outer).logical(logical_type(LogicalKind::list));
}

Element map_element(const Node& node) {
  std::vector<Element> entry;
  for (const Node& child : node.children) entry.push_back(element_of(child));
  const bool old = node.style == Style::map_key_value;
  Element inner = group(old ? "map" : "key_value", Repetition::repeated, std::move(entry));
  return group(node.name, repetition_of(node), {std::move(inner)})
      .converted(old ? ConvertedType::map_key_value : ConvertedType::map);
}

// `value` null: an ancestor is not there, and all leaves get one entry that says how far it went.
Shredded* shred_at(const Node& node, const Value* value, uint64_t rep, uint64_t def,
                   uint64_t repeats, Shredded* out) {
  const bool bare = node.kind == Kind::list && node.style == Style::unannotated;
  const bool here = value != nullptr && value->kind != Value::Kind::null;
  if (here && node.optional && !bare) ++def;
  if (node.kind == Kind::leaf) {
    out->rep.push_back(rep);
    out->def.push_back(def);
    if (here) out->values.push_back(value->bytes);
    return out + 1;
  }
  if (node.kind == Kind::structure) {
    for (size_t i = 0; i < node.children.size(); ++i) {
      out = shred_at(node.children[i], here ? &value->items[i] : nullptr, rep, def, repeats, out);
    }
    return out;
  }
  Shredded* end = out;
  const size_t count = here ? value->items.size() : 0;
  for (size_t e = 0; e < std::max<size_t>(count, 1); ++e) {
    const Value* item = e < count ? &value->items[e] : nullptr;
    const uint64_t item_rep = e == 0 ? rep : repeats + 1;
    const uint64_t item_def = item != nullptr ? def + 1 : def;
    end = out;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const Value* part = item == nullptr          ? nullptr
                          : node.kind == Kind::map ? &item->items[i]
                                                   : item;
      end = shred_at(node.children[i], part, item_rep, item_def, repeats + 1, end);
    }
  }
  return end;
}

}  // namespace

Element element_of(const Node& node) {
  switch (node.kind) {
    case Kind::leaf: return leaf(node.name, node.type, repetition_of(node));
    case Kind::structure: {
      std::vector<Element> fields;
      for (const Node& child : node.children) fields.push_back(element_of(child));
      return group(node.name, repetition_of(node), std::move(fields));
    }
    case Kind::list: return list_element(node);
    case Kind::map: return map_element(node);
  }
  return {};
}

Shredded* shred(const Node& node, const Value& value, Shredded* out) {
  return shred_at(node, &value, 0, 0, 0, out);
}

size_t leaves_below(const Node& node) {
  if (node.kind == Kind::leaf) return 1;
  size_t leaves = 0;
  for (const Node& child : node.children) leaves += leaves_below(child);
  return leaves;
}

Node RandomNested::leaf_node(const std::string& name) {
  static constexpr PhysicalType kSome[] = {PhysicalType::int32, PhysicalType::byte_array,
                                           PhysicalType::boolean, PhysicalType::float64};
  Node node;
  node.name = name;
  node.type = kSome[below(4)];
  node.optional = below(2) == 0;
  return node;
}

Node RandomNested::field(const std::string& name, int depth, bool may_be_bare_repeated) {
  const uint32_t dice = below(10);
  if (depth == 0 || dice < 2) return leaf_node(name);
  Node node;
  node.name = name;
  node.optional = below(2) == 0;
  if (dice < 5) {
    node.kind = Kind::structure;
    const uint32_t fields = 1 + below(3);
    for (uint32_t i = 0; i < fields; ++i) {
      node.children.push_back(field("f" + std::to_string(i), depth - 1));
    }
    return node;
  }
  if (dice < 7) {
    node.kind = Kind::map;
    node.style = below(4) == 0 ? Style::map_key_value : Style::standard;
    node.children.push_back(below(4) == 0 ? field("key", depth - 1, false) : leaf_node("key"));
    node.children.back().optional = below(5) == 0;
    if (below(6) != 0) node.children.push_back(field("value", depth - 1, false));
    return node;
  }
  node.kind = Kind::list;
  static constexpr Style kStyles[] = {Style::standard,   Style::standard, Style::bag,
                                      Style::two_level,  Style::array,    Style::tuple,
                                      Style::unannotated};
  node.style = kStyles[below(7)];
  if (node.style == Style::unannotated && !may_be_bare_repeated) node.style = Style::standard;
  switch (node.style) {
    case Style::two_level: {
      Node item = leaf_node("item");
      if (below(2) == 0) {
        item.kind = Kind::structure;
        item.children = {field("a", depth - 1), field("b", depth - 1)};
      }
      item.optional = false;
      node.children = {std::move(item)};
      break;
    }
    case Style::array:
    case Style::tuple: {
      Node item;
      item.name = node.style == Style::array ? "array" : name + "_tuple";
      item.kind = Kind::structure;
      item.children = {field("only", depth - 1)};
      node.children = {std::move(item)};
      break;
    }
    case Style::unannotated: {
      Node item = leaf_node(name);
      if (below(2) == 0) {
        item.kind = Kind::structure;
        item.children = {field("a", depth - 1)};
        if (below(2) == 0) item.children.push_back(field("b", depth - 1));
      }
      item.optional = false;
      node.optional = false;
      node.children = {std::move(item)};
      break;
    }
    default:
      // A repeated field alone in the middle group would make that group the element.
      node.children = {field(node.style == Style::bag ? "thing" : "element", depth - 1, false)};
  }
  return node;
}

Value RandomNested::value(const Node& node) {
  if (node.optional && below(4) == 0) return Value::null();
  switch (node.kind) {
    case Kind::leaf: return Value::leaf(some_values(node.type, 1, below(UINT32_MAX), 0)[0]);
    case Kind::structure: {
      Value out = Value::record({});
      for (const Node& child : node.children) out.items.push_back(value(child));
      return out;
    }
    case Kind::list:
    case Kind::map: {
      Value out = Value::list({});
      const uint32_t count = below(3) == 0 ? 0 : below(8) == 0 ? below(12) : below(4);
      for (uint32_t i = 0; i < count; ++i) {
        if (node.kind == Kind::list) {
          out.items.push_back(value(node.children[0]));
          continue;
        }
        Value entry = Value::record({});
        for (const Node& child : node.children) entry.items.push_back(value(child));
        out.items.push_back(std::move(entry));
      }
      return out;
    }
  }
  return {};
}

void add_chunks(RowGroupBuilder& group, const std::vector<LeafInfo>& infos,
                const std::vector<Node>& nodes, const Rows& rows, RandomNested* random) {
  std::vector<Shredded> leaves(infos.size());
  for (const Value& row : rows) {
    Shredded* next = leaves.data();
    for (size_t i = 0; i < nodes.size(); ++i) next = shred(nodes[i], row.items[i], next);
  }
  for (size_t l = 0; l < leaves.size(); ++l) {
    const Shredded& all = leaves[l];
    const bool v2 = random->below(2) == 0;
    const uint32_t page_entries = 1 + random->below(12);
    const Encoding levels = !v2 && random->below(4) == 0 ? Encoding::bit_packed : Encoding::rle;
    ChunkBuilder& chunk = group.chunk(l);
    const bool packed = random->below(3) == 0;
    if (packed) chunk.codec(Codec::snappy);
    size_t value = 0;
    for (size_t begin = 0; begin < all.rep.size();) {
      size_t end = std::min(all.rep.size(), begin + page_entries);
      while (v2 && end < all.rep.size() && all.rep[end] != 0) ++end;
      DataPage page;
      page.num_values = static_cast<int32_t>(end - begin);
      using Offset = Levels::difference_type;
      page.rep.assign(all.rep.begin() + static_cast<Offset>(begin),
                      all.rep.begin() + static_cast<Offset>(end));
      page.def.assign(all.def.begin() + static_cast<Offset>(begin),
                      all.def.begin() + static_cast<Offset>(end));
      page.rep_encoding = page.def_encoding = levels;
      std::vector<std::string> values;
      for (const uint64_t def : page.def) {
        if (def == static_cast<uint64_t>(infos[l].max_definition)) {
          values.push_back(all.values[value++]);
        }
      }
      page.values = encode(infos[l].type, Encoding::plain, values);
      v2 ? chunk.data_v2(std::move(page)) : chunk.data_v1(std::move(page));
      begin = end;
    }
  }
}

}  // namespace veneer::test
