// The schema of a file: the footer's own elements, and the fields that they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "veneer/status.h"
#include "veneer/types.h"

#pragma GCC visibility push(default)
namespace veneer {

/// "No such index" wherever an index is a uint32_t.
inline constexpr uint32_t kNoIndex = UINT32_MAX;

/// One element of the footer's schema list (parquet.thrift `SchemaElement`), with its place in the
/// tree. Element 0 is the root; elements lie in depth-first order.
struct SchemaElement {
  std::string_view name;
  /// Absent for groups.
  std::optional<PhysicalType> physical_type;
  /// The root and elements without one count as required.
  Repetition repetition = Repetition::required;
  /// As stored; a number that veneer does not know is `none`.
  ConvertedType converted_type = ConvertedType::none;
  /// True where `annotation` comes from the LogicalType field, false where from ConvertedType.
  bool has_logical_type = false;
  /// Bytes of a FIXED_LEN_BYTE_ARRAY value; for other types as stored, 0 when absent.
  int32_t type_length = 0;
  /// What the file says: LogicalType where its member is known, else ConvertedType, else none.
  LogicalType annotation;
  /// What holds: `annotation`, or none where it contradicts the physical type (STRING on INT32,
  /// DECIMAL with a scale over its precision, …) or stands on the wrong kind of element.
  LogicalType logical;
  std::optional<int32_t> field_id;
  int32_t num_children = 0;
  uint32_t parent = kNoIndex;  ///< kNoIndex for the root
  uint32_t first_child = kNoIndex;
  uint32_t next_sibling = kNoIndex;
  /// Index of the leaf column, or -1 for groups.
  int32_t leaf = -1;
  uint16_t max_definition_level = 0;
  uint16_t max_repetition_level = 0;

  bool is_group() const noexcept { return !physical_type.has_value(); }
};

/// The four shapes of a field.
enum class FieldKind : uint8_t { leaf, structure, list, map };

/// A field as users think of it: after the LIST and MAP rules of LogicalTypes.md, backward
/// compatibility included.
///
/// A list has one child, its element; a map has its key and, unless the file left it out, its
/// value. The repeated groups between are no fields. A repeated field that stands outside of LIST
/// and MAP is a list, never null, whose one child has the same name. A group whose LIST or MAP
/// annotation does not fit its shape is a structure, as are VARIANT and FILE groups.
struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::structure;
  /// May this field itself be null (whatever its ancestors)?
  bool nullable = false;
  /// An entry whose level is this or more has this field present and not null. (An empty list is
  /// not null.)
  uint16_t definition_level = 0;
  /// Repeated ancestors; for lists and maps, including the field's own repetition: an entry with
  /// just this level adds an element to it, one with a lesser level starts a new list or map.
  uint16_t repetition_level = 0;
  /// Lists and maps: an entry whose level is this or more holds an element. Else 0.
  uint16_t element_definition_level = 0;
  /// Index into `Schema::all_fields`; kNoIndex for the root, 0 (the root) for top-level fields.
  uint32_t parent = kNoIndex;
  /// Children lie side by side in `Schema::all_fields`: [first_child, first_child + num_children).
  uint32_t first_child = 0;
  uint32_t num_children = 0;
  /// Leaf columns below (or at) this field: [first_leaf, first_leaf + num_leaves). None below an
  /// empty group.
  uint32_t first_leaf = 0;
  uint32_t num_leaves = 0;
  /// Index of the leaf column of a leaf field, else -1.
  int32_t leaf = -1;
  /// The schema element that this field stands for: the annotated group of a list or map; the
  /// repeated element itself for an unannotated list and for its child.
  uint32_t element = 0;
};

/// A leaf column: what column chunks are made of.
struct Leaf {
  PhysicalType physical_type = PhysicalType::boolean;
  /// The sort order of min_value and max_value; see `effective_bounds` before using it.
  ColumnOrder column_order = ColumnOrder::undefined;
  uint16_t max_definition_level = 0;
  uint16_t max_repetition_level = 0;
  /// Bytes of a FIXED_LEN_BYTE_ARRAY value.
  int32_t type_length = 0;
  /// Effective: `SchemaElement::logical`.
  LogicalType logical;
  uint32_t index = 0;    ///< of this leaf
  uint32_t element = 0;  ///< in `Schema::elements`
  uint32_t field = 0;    ///< in `Schema::all_fields`
};

template <class T>
class TypedField;

/// The schema of one file. Immutable, and safe to use from several threads. A view: it and all that
/// it hands out (names are bytes of the footer, in whatever encoding the writer used) are valid as
/// long as the `FileMetadata` that it belongs to. References it gives are stable.
class Schema {
 public:
  Schema() noexcept = default;

  /// The footer's list. Never empty in an open file: element 0 is the root.
  std::span<const SchemaElement> elements() const noexcept { return parts_.elements; }
  const SchemaElement& element(uint32_t i) const noexcept { return parts_.elements[i]; }

  /// The leaf columns, in schema order, which is the order of column chunks in a row group.
  std::span<const Leaf> leaves() const noexcept { return parts_.leaves; }
  uint32_t num_leaves() const noexcept { return static_cast<uint32_t>(parts_.leaves.size()); }
  const Leaf& leaf(uint32_t i) const noexcept { return parts_.leaves[i]; }
  /// Dotted path of a leaf by the elements' names, without the root: "a.list.element".
  std::string leaf_path(uint32_t i) const;
  /// The same path for any element but the root, which gives "".
  std::string element_path(uint32_t i) const;

  /// All fields; [0] is the root, a structure that is never null.
  std::span<const Field> all_fields() const noexcept { return parts_.fields; }
  const Field& root() const noexcept { return parts_.fields.front(); }
  const Field& field_at(uint32_t i) const noexcept { return parts_.fields[i]; }
  uint32_t index_of(const Field& field) const noexcept {
    return static_cast<uint32_t>(&field - parts_.fields.data());
  }
  /// The top-level fields.
  std::span<const Field> fields() const noexcept { return children(root()); }
  std::span<const Field> children(const Field& field) const noexcept {
    return parts_.fields.subspan(field.first_child, field.num_children);
  }
  const Field* parent(const Field& field) const noexcept {
    return field.parent == kNoIndex ? nullptr : &parts_.fields[field.parent];
  }
  const SchemaElement& element_of(const Field& field) const noexcept {
    return parts_.elements[field.element];
  }
  /// The field that is this leaf.
  const Field& field_of(const Leaf& leaf) const noexcept { return parts_.fields[leaf.field]; }

  /// The child of that name, or null; the first where several share it. Constant time.
  const Field* child(const Field& parent, std::string_view name) const noexcept;

  /// The field at a dotted path, or null: "a.b.c".
  ///
  /// Steps that lists and maps add ("list.element", "key_value") may be written or left out, so
  /// "tags" is the list, "tags.list.element" and "tags.element" its element, and "tags.x" the field
  /// x of an element that is a structure. A name that is the whole rest of the path wins over one
  /// that ends at a dot; so names that hold dots are reached too. Of duplicates the first wins.
  const Field* find(std::string_view path) const;
  /// The same with the steps apart, for names that hold dots.
  const Field* find(std::span<const std::string_view> path) const;

  /// The leaf field at a path, checked once to hold T (see `LeafValue` in column.h, which must be
  /// included): not_found, or invalid_argument naming both types.
  template <class T>
  Result<TypedField<T>> field(std::string_view path) const;

  /// The schema in the format's message text:
  ///   message schema {
  ///     optional binary name (STRING) = 1;
  ///   }
  std::string to_text() const;

  /// Built by the library's own code.
  struct Parts {
    std::span<const SchemaElement> elements;
    std::span<const Field> fields;
    std::span<const Leaf> leaves;
    /// Open addressing over the names of large groups' children; a power of two, or empty.
    std::span<const uint32_t> names;
    /// False where some names found no place in the table and want a linear search.
    bool names_complete = true;
  };
  explicit Schema(const Parts& parts) noexcept : parts_(parts) {}

 private:
  Parts parts_;
};

std::string_view to_string(FieldKind kind) noexcept;  // "leaf", "struct", "list", "map"

/// An annotation as schema text has it: "STRING", "DECIMAL(9,2)", "TIMESTAMP(MICROS,true)"; empty
/// for none.
std::string to_string(const LogicalType& type);

}  // namespace veneer
#pragma GCC visibility pop
