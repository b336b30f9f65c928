#include "veneer/column.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/bits.h"
#include "base/text.h"
#include "column/value_decoder.h"
#include "veneer/metadata.h"

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

// Whether a number, least significant word first, is one of this type.
bool has_room(const std::array<uint64_t, 4>& words, CppType type) noexcept {
  const size_t used = type == CppType::int256 ? 4 : type == CppType::int128 ? 2 : 1;
  const uint64_t sign = static_cast<int64_t>(words[used - 1]) < 0 ? ~uint64_t{0} : 0;
  if (std::any_of(words.begin() + used, words.end(), [&](uint64_t w) { return w != sign; })) {
    return false;
  }
  const auto low = static_cast<int64_t>(words[0]);
  return type != CppType::int32 || low == static_cast<int32_t>(low);
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

bool plain_value(const Leaf& leaf, std::string_view bytes, CppType type, void* out) noexcept {
  if (!matches(leaf, type) || !is_bound(leaf, bytes)) return false;
  // An integer of up to 256 bits, its words from the least significant on.
  std::array<uint64_t, 4> words{};
  switch (leaf.physical_type) {
    case PhysicalType::boolean: words[0] = bytes[0] != 0; break;
    case PhysicalType::int32:
    case PhysicalType::float32: words[0] = load_le<uint32_t>(bytes.data()); break;
    case PhysicalType::int64:
    case PhysicalType::float64: words[0] = load_le<uint64_t>(bytes.data()); break;
    case PhysicalType::int96:
      if (type != CppType::int96) return false;
      for (size_t i = 0; i < 3; ++i) {
        static_cast<Int96*>(out)->words[i] = load_le<uint32_t>(bytes.data() + 4 * i);
      }
      return true;
    case PhysicalType::byte_array:
    case PhysicalType::fixed_len_byte_array:
      if (type == CppType::text) {
        *static_cast<std::string_view*>(out) = bytes;
        return true;
      }
      // A decimal: big-endian two's complement.
      if (bytes.empty() || bytes.size() > sizeof(words)) return false;
      if (static_cast<int8_t>(bytes[0]) < 0) words.fill(~uint64_t{0});
      for (const char byte : bytes) {
        for (size_t i = 3; i > 0; --i) words[i] = words[i] << 8 | words[i - 1] >> 56;
        words[0] = words[0] << 8 | static_cast<uint8_t>(byte);
      }
      if (!has_room(words, type)) return false;
  }
  switch (type) {
    case CppType::boolean: *static_cast<bool*>(out) = words[0] != 0; break;
    case CppType::int32:
    case CppType::uint32:
    case CppType::float32: {
      const auto low = static_cast<uint32_t>(words[0]);
      std::memcpy(out, &low, sizeof(low));
      break;
    }
    case CppType::int128:
      *static_cast<Int128*>(out) = {words[0], static_cast<int64_t>(words[1])};
      break;
    case CppType::int256: static_cast<Int256*>(out)->words = words; break;
    default: std::memcpy(out, words.data(), sizeof(words[0]));
  }
  return true;
}

}  // namespace internal
}  // namespace veneer
