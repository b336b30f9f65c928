#include "scan/unite.h"

#include <algorithm>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "file/made_schema.h"

namespace veneer::scan {
namespace {

// Of the schemas that are in the union already so many bytes are remembered.
constexpr size_t kSeenBytes = size_t{16} << 20;

bool is_variant(const LeafType& type) noexcept { return type.logical.is(LogicalKind::variant); }

// The annotation of a group that makes it more than a structure.
LogicalType group_annotation(const SchemaElement& element) noexcept {
  const bool special =
      element.logical.is(LogicalKind::variant) || element.logical.is(LogicalKind::file);
  return special ? element.logical : LogicalType();
}

}  // namespace

// Walks a file's fields along with the union's. Twice: first to see whether they unite at all, so
// that a file that does not leaves the union as it was.
class SchemaUnion::Merger {
 public:
  Merger(SchemaUnion* all, const Schema& schema, std::string_view file)
      : all_(all), schema_(schema), file_(file) {}

  Status check() { return merge(&all_->root_, schema_.root()); }
  void apply() {
    apply_ = true;
    file_index_ = narrow<uint32_t>(all_->files_.size());
    all_->files_.emplace_back(file_);
    const Status done = merge(&all_->root_, schema_.root());
    (void)done;  // checked before
  }
  /// The first schema is the union.
  void take() {
    apply_ = true;
    all_->files_.emplace_back(file_);
    all_->root_ = from(schema_.root());
  }

 private:
  bool is_unknown(const Field& field) const {
    return field.kind == FieldKind::leaf && leaf(field).logical.is(LogicalKind::unknown);
  }
  static bool is_unknown(const Node& node) {
    return node.kind == FieldKind::leaf && node.type.logical.is(LogicalKind::unknown);
  }
  const Leaf& leaf(const Field& field) const { return schema_.leaf(narrow<uint32_t>(field.leaf)); }

  // A repeated field alone is a list and its element; the id is the list's.
  std::optional<int32_t> id_of(const Field& field) const {
    const Field* parent = schema_.parent(field);
    if (parent != nullptr && parent->element == field.element) return {};
    return schema_.element_of(field).field_id;
  }

  LeafType type_of(const Field& field) const {
    LeafType type;
    if (field.kind == FieldKind::leaf) type = LeafType::of(leaf(field));
    if (field.kind == FieldKind::structure) {
      type.logical = group_annotation(schema_.element_of(field));
    }
    return type;
  }

  Node from(const Field& field) {
    Node node;
    node.name = field.name;
    node.kind = field.kind;
    node.nullable = field.nullable || is_unknown(field);
    node.file = file_index_;
    node.id = id_of(field);
    set_type(type_of(field), &node);
    node.children.reserve(field.num_children);
    for (const Field& child : schema_.children(field)) node.children.push_back(from(child));
    return node;
  }

  void set_type(LeafType type, Node* node) {
    type.logical.crs = all_->intern(type.logical.crs);
    node->type = type;
  }

  Status merge(Node* node, const Field& field) {
    if (apply_) {
      node->nullable |= field.nullable;
      if (!node->id.has_value()) node->id = id_of(field);
    }
    if (is_unknown(field)) {
      if (apply_) node->nullable = true;
      return {};
    }
    if (is_unknown(*node)) {
      if (!apply_) return {};
      Node made = from(field);
      made.name = std::move(node->name);
      made.id = node->id;
      made.nullable = true;
      *node = std::move(made);
      return {};
    }
    if (node->kind != field.kind) return differ(*node, field);
    switch (field.kind) {
      case FieldKind::leaf: return merge_leaf(node, field);
      case FieldKind::structure: return merge_structure(node, field);
      case FieldKind::list: return merge(&node->children[0], schema_.children(field)[0]);
      case FieldKind::map: return merge_map(node, field);
    }
    return {};
  }

  Status merge_leaf(Node* node, const Field& field) {
    const LeafType theirs = type_of(field);
    const std::optional<LeafType> both = unite(node->type, theirs);
    // What a variant's typed_value is typed as is part of the value (VariantShredding.md).
    if (!both.has_value() || (in_variant_ && !same(node->type, theirs))) {
      return differ(*node, field);
    }
    if (!apply_ || same(*both, node->type)) return {};
    node->mixed = !same(*both, theirs);
    node->file = file_index_;
    set_type(*both, node);
    return {};
  }

  Status merge_structure(Node* node, const Field& field) {
    const LeafType theirs = type_of(field);
    const LogicalKind a = node->type.logical.kind;
    const LogicalKind b = theirs.logical.kind;
    if (a != b && a != LogicalKind::none && b != LogicalKind::none) return differ(*node, field);
    const bool outer = in_variant_;
    in_variant_ |= is_variant(node->type) || is_variant(theirs);
    if (apply_ && a != b) node->type.logical = LogicalType();
    Status merged = merge_children(node, field);
    in_variant_ = outer;
    return merged;
  }

  Status merge_children(Node* node, const Field& field) {
    std::vector<FieldKey> ours;
    ours.reserve(node->children.size());
    for (const Node& child : node->children) ours.push_back({child.name, child.id});
    const std::vector<FieldKey> theirs = keys_of(schema_, field);
    const std::vector<uint32_t> matched = match_fields(ours, theirs, all_->by_field_id_);
    const size_t before = node->children.size();
    std::vector<uint8_t> met(before, 0);
    for (size_t i = 0; i < theirs.size(); ++i) {
      const Field& child = schema_.children(field)[i];
      if (matched[i] != kNoIndex) {
        met[matched[i]] = 1;
        VENEER_CHECK(merge(&node->children[matched[i]], child));
      } else if (apply_) {
        node->children.push_back(from(child));
        node->children.back().nullable = true;
      }
    }
    if (!apply_) return {};
    for (size_t i = 0; i < before; ++i) node->children[i].nullable |= met[i] == 0;
    return {};
  }

  Status merge_map(Node* node, const Field& field) {
    const std::span<const Field> theirs = schema_.children(field);
    VENEER_CHECK(merge(&node->children[0], theirs[0]));
    if (node->children.size() > 1 && theirs.size() > 1) {
      return merge(&node->children[1], theirs[1]);
    }
    if (!apply_) return {};
    if (theirs.size() > 1) node->children.push_back(from(theirs[1]));
    if (node->children.size() > 1) node->children[1].nullable = true;
    return {};
  }

  static std::string words(FieldKind kind, const LeafType& type) {
    if (kind == FieldKind::leaf) return scan::to_string(type);
    std::string text = concat({"a ", veneer::to_string(kind)});
    if (!type.logical.is(LogicalKind::none)) text += ' ' + veneer::to_string(type.logical);
    return text;
  }

  Status differ(const Node& node, const Field& field) const {
    std::string text = all_->files_[node.file];
    text += node.mixed ? " and others before it have " : " has ";
    text += words(node.kind, node.type);
    text.append(" and ").append(file_).append(" has ").append(words(field.kind, type_of(field)));
    return Status::invalid_argument(concat({text, ", which do not unite"}))
        .in_column(schema_.element_path(field.element));
  }

  SchemaUnion* all_;
  const Schema& schema_;
  std::string_view file_;
  uint32_t file_index_ = 0;
  bool apply_ = false;
  bool in_variant_ = false;
};

std::string_view SchemaUnion::intern(std::string_view text) {
  if (text.empty()) return {};
  const auto found = texts_.find(text);
  return found != texts_.end() ? *found : *texts_.emplace(text).first;
}

Status SchemaUnion::add(const Schema& schema, std::string_view file_name) {
  Buffer bytes(pool_);
  VENEER_CHECK(append_schema_bytes(schema.elements(), &bytes));
  std::string key(static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size());
  if (seen_.contains(key)) return {};
  Merger merger(this, schema, file_name);
  if (added_ == 0) {
    merger.take();
  } else {
    VENEER_CHECK(merger.check());
    merger.apply();
  }
  ++added_;
  if (seen_bytes_ + key.size() <= kSeenBytes) {
    seen_bytes_ += key.size();
    seen_.insert(std::move(key));
  }
  return {};
}

Result<std::shared_ptr<const TargetSchema>> target_from(const Schema& target,
                                                        std::span<const PartitionColumn> partitions,
                                                        std::span<const std::string> columns,
                                                        MemoryPool* pool) {
  SchemaUnion all(pool, /*by_field_id=*/false);
  VENEER_CHECK(all.add(target, "target"));
  return all.finish(partitions, columns);
}

bool SchemaUnion::has_column(std::string_view path) const noexcept {
  for (const Node& node : root_.children) {
    if (!path.starts_with(node.name)) continue;
    if (path.size() == node.name.size() || path[node.name.size()] == '.') return true;
  }
  return false;
}

}  // namespace veneer::scan
