// The united fields as a schema list in the standard form, and that as metadata.
#include <algorithm>
#include <unordered_map>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "file/made_schema.h"
#include "scan/unite.h"

namespace veneer::scan {

struct SchemaUnion::Emitted {
  std::vector<SchemaElement> elements;

  SchemaElement& add(std::string_view name, Repetition repetition) {
    SchemaElement& element = elements.emplace_back();
    element.name = name;
    element.repetition = repetition;
    return element;
  }
  SchemaElement& group(std::string_view name, Repetition repetition, size_t children) {
    SchemaElement& element = add(name, repetition);
    element.num_children = narrow<int32_t>(children);
    return element;
  }
  void leaf(std::string_view name, Repetition repetition, const LeafType& type) {
    SchemaElement& element = add(name, repetition);
    element.physical_type = type.physical;
    element.type_length = type.length;
    element.annotation = type.logical;
    if (type.logical.is(LogicalKind::interval)) element.converted_type = ConvertedType::interval;
  }
  void annotate(LogicalKind kind) { elements.back().annotation.kind = kind; }
};

// The node of a list's element or a map's entry gets the name that LogicalTypes.md gives it.
void SchemaUnion::emit(const Node& node, Emitted* out) {
  const auto named = [out](const Node& child, std::string_view name) {
    const size_t at = out->elements.size();
    emit(child, out);
    out->elements[at].name = name;
  };
  const Repetition repetition = node.nullable ? Repetition::optional : Repetition::required;
  const size_t at = out->elements.size();
  switch (node.kind) {
    case FieldKind::leaf: out->leaf(node.name, repetition, node.type); break;
    case FieldKind::structure:
      out->group(node.name, repetition, node.children.size()).annotation = node.type.logical;
      for (const Node& child : node.children) emit(child, out);
      break;
    case FieldKind::list:
      out->group(node.name, repetition, 1);
      out->annotate(LogicalKind::list);
      out->group("list", Repetition::repeated, 1);
      named(node.children[0], "element");
      break;
    case FieldKind::map:
      out->group(node.name, repetition, 1);
      out->annotate(LogicalKind::map);
      out->group("key_value", Repetition::repeated, node.children.size());
      named(node.children[0], "key");
      if (node.children.size() > 1) named(node.children[1], "value");
      break;
  }
  out->elements[at].field_id = node.id;
}

namespace {

LeafType type_of(PartitionType partition) {
  LeafType type;
  type.physical = PhysicalType::int64;
  switch (partition) {
    case PartitionType::int64: break;
    case PartitionType::date:
      type.physical = PhysicalType::int32;
      type.logical.kind = LogicalKind::date;
      break;
    case PartitionType::timestamp:
      type.logical.kind = LogicalKind::timestamp;
      type.logical.unit = TimeUnit::micros;
      type.logical.adjusted_to_utc = true;
      break;
    case PartitionType::string:
      type.physical = PhysicalType::byte_array;
      type.logical.kind = LogicalKind::string;
      break;
  }
  return type;
}

// A column of the target: a partition, or else a field of the union.
struct Pick {
  uint32_t partition = kNoIndex;
  uint32_t field = kNoIndex;
};

// Every name once: of several, the first.
using Names = std::unordered_map<std::string_view, Pick>;

}  // namespace

Result<std::shared_ptr<const TargetSchema>> SchemaUnion::finish(
    std::span<const PartitionColumn> partitions, std::span<const std::string> columns) const {
  Names names;
  std::vector<Pick> all;
  for (uint32_t i = 0; i < partitions.size(); ++i) {
    names.try_emplace(partitions[i].name, Pick{i, kNoIndex});
  }
  for (uint32_t i = 0; i < root_.children.size(); ++i) {
    const auto [found, is_new] = names.try_emplace(root_.children[i].name, Pick{kNoIndex, i});
    if (found->second.partition == kNoIndex) all.push_back({kNoIndex, i});
  }
  for (uint32_t i = 0; i < partitions.size(); ++i) {
    if (names.find(partitions[i].name)->second.partition == i) all.push_back({i, kNoIndex});
  }
  std::vector<Pick> picks;
  if (columns.empty()) picks = std::move(all);
  for (const std::string& column : columns) {
    const auto found = names.find(column);
    if (found == names.end()) {
      if (added_ == 0) continue;
      return Status::not_found(concat({"no column ", column}));
    }
    picks.push_back(found->second);
    names.erase(found);  // what is named twice is read once
    names.emplace(column, Pick{});
  }
  std::erase_if(picks, [](const Pick& pick) { return pick.partition == pick.field; });

  Emitted out;
  out.group("schema", Repetition::required, picks.size());
  for (const Pick& pick : picks) {
    if (pick.partition == kNoIndex) {
      emit(root_.children[pick.field], &out);
    } else {
      const PartitionColumn& partition = partitions[pick.partition];
      out.leaf(partition.name, Repetition::optional, type_of(partition.type));
    }
  }
  VENEER_TRY(FileMetadata metadata, make_metadata(out.elements, pool_));
  std::shared_ptr<TargetSchema> target(new TargetSchema(std::move(metadata), pool_));
  target->partitions_.assign(partitions.begin(), partitions.end());
  for (const Pick& pick : picks) target->partition_of_.push_back(pick.partition);
  target->selection_ = !columns.empty();
  return std::shared_ptr<const TargetSchema>(std::move(target));
}

}  // namespace veneer::scan
