// The LIST and MAP rules: from the tree of elements to the fields that a user thinks of.
#include <string_view>

#include "base/checked.h"
#include "base/macros.h"
#include "format/schema_builder.h"

namespace veneer::format {
namespace {

// Fields are made breadth first: the array is its own work list, and children lie side by side.
class FieldBuilder {
 public:
  FieldBuilder(std::span<const SchemaElement> elements, std::span<Leaf> leaves,
               std::span<Field> fields)
      : elements_(elements), leaves_(leaves), fields_(fields) {}

  std::span<Field> build() {
    append(0, kNoIndex);
    for (uint32_t i = 0; i < count_; ++i) shape(i);
    const std::span<Field> made = fields_.first(count_);
    // Children come after their parents, so going backwards each is complete when it is added.
    for (uint32_t i = count_; i-- > 1;) {
      const Field& field = made[i];
      if (field.num_leaves == 0) continue;
      Field& parent = made[field.parent];
      if (parent.num_leaves == 0 || field.first_leaf < parent.first_leaf) {
        parent.first_leaf = field.first_leaf;
      }
      parent.num_leaves += field.num_leaves;
    }
    return made;
  }

 private:
  void append(uint32_t element, uint32_t parent) {
    Field& field = fields_[count_++];
    field.element = element;
    field.parent = parent;
    field.name = elements_[element].name;
  }

  void adopt(uint32_t index, uint32_t first_element) {
    fields_[index].first_child = count_;
    for (uint32_t e = first_element; e != kNoIndex; e = elements_[e].next_sibling) {
      append(e, index);
    }
    fields_[index].num_children = count_ - fields_[index].first_child;
  }

  void adopt_one(uint32_t index, uint32_t element) {
    fields_[index].first_child = count_;
    append(element, index);
    fields_[index].num_children = 1;
  }

  bool is_repeated(uint32_t element) const {
    return elements_[element].repetition == Repetition::repeated;
  }

  // A list's child that is repeated has had its repetition used up by that list.
  bool repetition_used(const Field& field) const {
    return field.parent != kNoIndex && fields_[field.parent].kind == FieldKind::list;
  }

  void shape(uint32_t index) {
    Field& field = fields_[index];
    const SchemaElement& element = elements_[field.element];
    field.repetition_level = element.max_repetition_level;
    field.definition_level = element.max_definition_level;
    if (is_repeated(field.element) && !repetition_used(field)) {
      // Neither in a LIST nor a MAP: "a required list of required elements".
      field.kind = FieldKind::list;
      field.definition_level = elements_[element.parent].max_definition_level;
      field.element_definition_level = element.max_definition_level;
      adopt_one(index, field.element);
      return;
    }
    field.nullable = element.repetition == Repetition::optional;
    if (!element.is_group()) {
      field.kind = FieldKind::leaf;
      field.leaf = element.leaf;
      field.first_leaf = narrow<uint32_t>(element.leaf);
      field.num_leaves = 1;
      leaves_[field.first_leaf].field = index;
    } else if (field.element != 0 && element.logical.is(LogicalKind::list) &&
               one_repeated(element)) {
      shape_list(index, element);
    } else if (field.element != 0 && element.logical.is(LogicalKind::map) &&
               one_repeated(element) && is_entry(elements_[element.first_child])) {
      shape_map(index, element);
    } else {
      field.kind = FieldKind::structure;
      adopt(index, element.first_child);
    }
  }

  bool one_repeated(const SchemaElement& element) const {
    return element.num_children == 1 && is_repeated(element.first_child);
  }

  static bool is_entry(const SchemaElement& element) {
    return element.is_group() && (element.num_children == 1 || element.num_children == 2);
  }

  void set_repeated(Field* field, const SchemaElement& repeated) {
    field->repetition_level = repeated.max_repetition_level;
    field->element_definition_level = repeated.max_definition_level;
  }

  void shape_list(uint32_t index, const SchemaElement& list) {
    const SchemaElement& repeated = elements_[list.first_child];
    fields_[index].kind = FieldKind::list;
    set_repeated(&fields_[index], repeated);
    adopt_one(index, repeated_is_element(list, repeated) ? list.first_child : repeated.first_child);
  }

  // The rules of LogicalTypes.md in their order; the last of them is the three-level list.
  bool repeated_is_element(const SchemaElement& list, const SchemaElement& repeated) const {
    if (!repeated.is_group()) return true;
    if (repeated.num_children != 1) return true;
    if (is_repeated(repeated.first_child)) return true;
    if (repeated.name == "array") return true;
    constexpr std::string_view kTuple = "_tuple";
    return repeated.name.size() == list.name.size() + kTuple.size() &&
           repeated.name.starts_with(list.name) && repeated.name.ends_with(kTuple);
  }

  void shape_map(uint32_t index, const SchemaElement& map) {
    const SchemaElement& entry = elements_[map.first_child];
    fields_[index].kind = FieldKind::map;
    set_repeated(&fields_[index], entry);
    adopt(index, entry.first_child);
  }

  std::span<const SchemaElement> elements_;
  std::span<Leaf> leaves_;
  std::span<Field> fields_;
  uint32_t count_ = 0;
};

}  // namespace

Result<std::span<Field>> build_fields(std::span<const SchemaElement> elements,
                                      std::span<Leaf> leaves, Arena* arena) {
  // An element becomes one field, or two where it is repeated and in no list.
  size_t most = elements.size();
  for (const SchemaElement& element : elements) most += element.repetition == Repetition::repeated;
  VENEER_TRY(const std::span<Field> fields, arena->make<Field>(most));
  return FieldBuilder(elements, leaves, fields).build();
}

}  // namespace veneer::format
