#include "veneer/column.h"

#include <cstring>
#include <string>

#include "base/text.h"
#include "column/value_decoder.h"

namespace veneer {

std::string_view Column::bytes(size_t i) const noexcept {
  if (is_dictionary()) {
    // A null's index is 0, and a dictionary may be empty where all are null.
    if (is_null(i)) return {};
    return dictionary_->bytes(static_cast<size_t>(indices()[i]));
  }
  if (value_kind_ == ValueKind::fixed_bytes) {
    return {static_cast<const char*>(values_) + i * value_width_, value_width_};
  }
  if (value_kind_ != ValueKind::binary) return {};
  const BinaryView& view = static_cast<const BinaryView*>(values_)[i];
  if (view.is_inline()) return {view.inlined, view.length};
  const auto* buffer = static_cast<const void*>(buffers_[view.ref.buffer].data());
  return {static_cast<const char*>(buffer) + view.ref.offset, view.length};
}

std::span<const uint8_t> Column::raw_values() const noexcept {
  if (values_ == nullptr) return {};
  const size_t bytes = is_dictionary()                     ? size_ * sizeof(int32_t)
                       : value_kind_ == ValueKind::boolean ? size_ / 8 + (size_ % 8 != 0)
                                                           : size_ * value_width_;
  return {static_cast<const uint8_t*>(values_), bytes};
}

namespace internal {
namespace {

std::string_view name_of(CppType type) noexcept {
  switch (type) {
    case CppType::boolean: return "bool";
    case CppType::int32: return "int32_t";
    case CppType::uint32: return "uint32_t";
    case CppType::int64: return "int64_t";
    case CppType::uint64: return "uint64_t";
    case CppType::float32: return "float";
    case CppType::float64: return "double";
    case CppType::int96: return "veneer::Int96";
    case CppType::int128: return "veneer::Int128";
    case CppType::int256: return "veneer::Int256";
    case CppType::text: return "std::string_view";
  }
  return "?";
}

bool is_unsigned(const Leaf& leaf) noexcept {
  return leaf.logical.is(LogicalKind::integer) && !leaf.logical.is_signed;
}

bool matches(const Leaf& leaf, CppType type) noexcept {
  const ValueKind kind = column::ValueLayout::of(leaf).kind;
  switch (type) {
    case CppType::boolean: return kind == ValueKind::boolean;
    case CppType::int32: return kind == ValueKind::int32 && !is_unsigned(leaf);
    case CppType::uint32: return kind == ValueKind::int32 && is_unsigned(leaf);
    case CppType::int64:
      return kind == ValueKind::int96 || (kind == ValueKind::int64 && !is_unsigned(leaf));
    case CppType::uint64: return kind == ValueKind::int64 && is_unsigned(leaf);
    case CppType::float32: return kind == ValueKind::float32;
    case CppType::float64: return kind == ValueKind::float64;
    case CppType::int96: return kind == ValueKind::int96;
    case CppType::int128: return kind == ValueKind::int128;
    case CppType::int256: return kind == ValueKind::int256;
    case CppType::text: return kind == ValueKind::binary || kind == ValueKind::fixed_bytes;
  }
  return false;
}

}  // namespace

bool holds(const Column& column, CppType type) noexcept {
  const ValueKind kind = column.value_kind();
  switch (type) {
    case CppType::boolean: return kind == ValueKind::boolean;
    case CppType::int32:
    case CppType::uint32: return kind == ValueKind::int32;
    case CppType::int64:
    case CppType::uint64: return kind == ValueKind::int64;
    case CppType::float32: return kind == ValueKind::float32;
    case CppType::float64: return kind == ValueKind::float64;
    case CppType::int96: return kind == ValueKind::int96;
    case CppType::int128: return kind == ValueKind::int128;
    case CppType::int256: return kind == ValueKind::int256;
    case CppType::text: return kind == ValueKind::binary || kind == ValueKind::fixed_bytes;
  }
  return false;
}

Status check_type(const Schema& schema, const Field& field, CppType type) {
  const std::string path = schema.element_path(field.element);
  if (field.kind != FieldKind::leaf) {
    return Status::invalid_argument(
        concat({"column ", path, " is a ", to_string(field.kind), ", not a ", name_of(type)}));
  }
  const Leaf& leaf = schema.leaf(static_cast<uint32_t>(field.leaf));
  if (matches(leaf, type)) return {};
  std::string message = concat({"column ", path, " is ", to_string(leaf.physical_type)});
  if (leaf.physical_type == PhysicalType::fixed_len_byte_array) {
    message += concat({"(", leaf.type_length, ")"});
  }
  if (!leaf.logical.is(LogicalKind::none)) message += concat({" ", to_string(leaf.logical)});
  return Status::invalid_argument(concat({message, ", which does not read as ", name_of(type)}));
}

Result<const Field*> find_typed(const Schema& schema, std::string_view path, CppType type) {
  const Field* found = schema.find(path);
  if (found == nullptr) return Status::not_found(concat({"no column ", path}));
  Status status = check_type(schema, *found, type);
  if (!status.ok()) return status;
  return found;
}

}  // namespace internal
}  // namespace veneer
