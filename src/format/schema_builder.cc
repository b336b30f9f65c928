// The schema list to elements that are linked to a tree, with levels and leaves.
#include "format/schema_builder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/checked.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "format/shown.h"

namespace veneer::format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

// One element, but for what its place in the tree tells.
class ElementReader {
 public:
  ElementReader(Reader& reader, int64_t base_offset) : reader_(reader), base_(base_offset) {}

  Status read(uint32_t index, SchemaElement* out) {
    const int64_t offset = base_ + narrow<int64_t>(reader_.position());
    const auto broken = [&](std::string_view what) {
      std::string text = concat({"schema element ", index});
      text.append(out->name.empty() ? "" : " (").append(shown_name(out->name));
      text.append(out->name.empty() ? ": " : "): ").append(what);
      return Status::corrupt(text, offset);
    };
    read_fields();
    if (!reader_.ok()) return reader_.status(base_);
    if (!name_.has_value()) return broken("name is missing");
    out->name = *name_;
    out->field_id = field_id_;
    out->type_length = type_length_.value_or(0);
    out->num_children = num_children_.value_or(0);
    if (out->num_children < 0) return broken("num_children is negative");

    // The root's repetition and type mean nothing; some writers set the first.
    if (index != 0) {
      if (repetition_.has_value()) {
        if (*repetition_ < 0 || *repetition_ > 2) return broken("repetition_type is not known");
        out->repetition = static_cast<Repetition>(*repetition_);
      }
      if (type_.has_value()) {
        if (out->num_children > 0) return broken("has both a type and children");
        if (*type_ < 0) return broken("type is negative");
        if (*type_ > 7) {
          return Status::unsupported(
              concat({"schema element ", index, ": physical type ", *type_, " is not known"}),
              offset);
        }
        out->physical_type = static_cast<PhysicalType>(*type_);
        if (*out->physical_type == PhysicalType::fixed_len_byte_array &&
            type_length_.value_or(-1) < 0) {
          return broken("FIXED_LEN_BYTE_ARRAY without a valid type_length");
        }
      }
    }
    out->converted_type = raw_.converted;
    out->has_logical_type = !raw_.logical.is(LogicalKind::none);
    out->annotation = resolve_annotation(raw_);
    if (annotation_fits(out->annotation, *out)) out->logical = out->annotation;
    return {};
  }

 private:
  void read_fields() {
    FieldHeader field;
    while (reader_.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): type_ = reader_.i32(); break;
        case key(2, Type::i32): type_length_ = reader_.i32(); break;
        case key(3, Type::i32): repetition_ = reader_.i32(); break;
        case key(4, Type::binary): name_ = reader_.string(); break;
        case key(5, Type::i32): num_children_ = reader_.i32(); break;
        case key(6, Type::i32): {
          const int32_t converted = reader_.i32();
          raw_.converted = converted >= 0 && converted <= static_cast<int>(ConvertedType::interval)
                               ? static_cast<ConvertedType>(converted)
                               : ConvertedType::none;
          break;
        }
        case key(7, Type::i32): raw_.scale = reader_.i32(); break;
        case key(8, Type::i32): raw_.precision = reader_.i32(); break;
        case key(9, Type::i32): field_id_ = reader_.i32(); break;
        case key(10, Type::structure): raw_.logical = read_logical_type(reader_); break;
        default: reader_.skip(field.type);
      }
    }
  }

  Reader& reader_;
  int64_t base_;
  std::optional<int32_t> type_, type_length_, repetition_, num_children_, field_id_;
  std::optional<std::string_view> name_;
  RawAnnotation raw_;
};

// A group whose children have not all come yet.
struct OpenGroup {
  uint32_t element;
  uint32_t children_left;
  uint32_t last_child;
};

// Places elements, in the depth-first order of the list, into the tree.
class TreeBuilder {
 public:
  TreeBuilder(std::span<SchemaElement> elements, const Limits& limits)
      : elements_(elements),
        // Levels are 16 bits wide, and each step down adds one at most.
        depth_limit_(narrow<size_t>(std::clamp(limits.schema_depth, 0, 32767))) {}

  uint32_t num_leaves() const { return num_leaves_; }
  bool complete() const { return open_.empty(); }

  Status place(uint32_t index, int64_t offset) {
    SchemaElement& element = elements_[index];
    if (index != 0) {
      if (open_.empty()) {
        return Status::corrupt("schema has elements that are in no group", offset);
      }
      if (open_.size() > depth_limit_) {
        return over_limit("schema depth", narrow<int64_t>(open_.size()), "schema_depth",
                          narrow<int64_t>(depth_limit_), offset);
      }
      link(index);
    }
    const auto children = narrow<uint32_t>(element.num_children);
    if (children > elements_.size() - index - 1) {
      return Status::corrupt(concat({"schema element ", index,
                                     ": num_children is more than the elements that follow"}),
                             offset);
    }
    if (!element.is_group()) {
      element.leaf = narrow<int32_t>(num_leaves_++);
    } else if (children != 0) {
      open_.push_back({index, children, kNoIndex});
    }
    while (!open_.empty() && open_.back().children_left == 0) open_.pop_back();
    return {};
  }

 private:
  void link(uint32_t index) {
    OpenGroup& group = open_.back();
    SchemaElement& element = elements_[index];
    SchemaElement& parent = elements_[group.element];
    element.parent = group.element;
    (group.last_child == kNoIndex ? parent.first_child : elements_[group.last_child].next_sibling) =
        index;
    group.last_child = index;
    --group.children_left;
    const bool repeated = element.repetition == Repetition::repeated;
    const bool defined = element.repetition != Repetition::required;
    element.max_repetition_level =
        static_cast<uint16_t>(parent.max_repetition_level + (repeated ? 1 : 0));
    element.max_definition_level =
        static_cast<uint16_t>(parent.max_definition_level + (defined ? 1 : 0));
  }

  std::span<SchemaElement> elements_;
  size_t depth_limit_;
  std::vector<OpenGroup> open_;  // never longer than the depth limit
  uint32_t num_leaves_ = 0;
};

Result<std::span<Leaf>> make_leaves(std::span<const SchemaElement> elements, uint32_t count,
                                    Arena* arena) {
  VENEER_TRY(const std::span<Leaf> leaves, arena->make<Leaf>(count));
  for (uint32_t i = 0; i < elements.size(); ++i) {
    const SchemaElement& element = elements[i];
    if (element.is_group()) continue;
    Leaf& leaf = leaves[narrow<size_t>(element.leaf)];
    leaf.physical_type = *element.physical_type;
    leaf.max_definition_level = element.max_definition_level;
    leaf.max_repetition_level = element.max_repetition_level;
    leaf.type_length = element.type_length;
    leaf.logical = element.logical;
    leaf.index = narrow<uint32_t>(element.leaf);
    leaf.element = i;
  }
  return leaves;
}

Status check_strings(const SchemaElement& element, const Limits& limits, int64_t offset) {
  const bool fixed = element.physical_type == PhysicalType::fixed_len_byte_array;
  const int64_t longest =
      std::max<int64_t>(narrow<int64_t>(element.name.size()), fixed ? element.type_length : 0);
  if (longest <= limits.string_bytes) return {};
  return over_limit("schema element with a name or width", longest, "string_bytes",
                    limits.string_bytes, offset);
}

Status check_empty_groups(std::span<const Field> fields, const Limits& limits, int64_t offset) {
  int64_t empty = 0;
  for (const Field& field : fields.subspan(1)) empty += field.num_leaves == 0;
  if (empty <= limits.empty_groups) return {};
  return over_limit("number of groups without a column", empty, "empty_groups", limits.empty_groups,
                    offset);
}

}  // namespace

Result<BuiltSchema> read_schema(Reader& reader, int64_t base_offset, const Limits& limits,
                                Arena* arena) {
  const int64_t list_offset = base_offset + narrow<int64_t>(reader.position());
  const thrift::ListHeader list = reader.list();
  if (!reader.ok()) return reader.status(base_offset);
  if (list.count == 0) return Status::corrupt("schema is empty", list_offset);
  if (list.element != Type::structure) {
    return Status::corrupt("schema is not a list of structs", list_offset);
  }
  if (list.count > limits.schema_elements || list.count > INT32_MAX / 2) {
    return over_limit("schema length", list.count, "schema_elements",
                      std::min<int64_t>(limits.schema_elements, INT32_MAX / 2), list_offset);
  }
  VENEER_TRY(const std::span<SchemaElement> elements, arena->make<SchemaElement>(list.count));
  TreeBuilder tree(elements, limits);
  for (uint32_t i = 0; i < list.count; ++i) {
    const int64_t offset = base_offset + narrow<int64_t>(reader.position());
    VENEER_CHECK(ElementReader(reader, base_offset).read(i, &elements[i]));
    VENEER_CHECK(check_strings(elements[i], limits, offset));
    VENEER_CHECK(tree.place(i, offset));
  }
  if (!tree.complete()) {
    return Status::corrupt("schema ends before its last group is complete", list_offset);
  }
  VENEER_TRY(const std::span<Leaf> leaves, make_leaves(elements, tree.num_leaves(), arena));
  Schema::Parts parts;
  parts.elements = elements;
  parts.leaves = leaves;
  VENEER_TRY(parts.fields, build_fields(elements, leaves, arena));
  VENEER_CHECK(check_empty_groups(parts.fields, limits, list_offset));
  VENEER_CHECK(build_name_table(&parts, arena));
  return BuiltSchema{Schema(parts), leaves};
}

}  // namespace veneer::format
