// Decoded columns, in Arrow's layout; as they are, or with a type that was checked once.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "veneer/schema.h"
#include "veneer/types.h"

#pragma GCC visibility push(default)
namespace veneer {

/// A view of bits, least significant first: set where a value is valid. Empty where there are no
/// nulls. Does not own its bytes.
class Bitmap {
 public:
  Bitmap() noexcept = default;
  Bitmap(const uint8_t* bits, size_t size) noexcept : bits_(bits), size_(size) {}

  bool empty() const noexcept { return bits_ == nullptr; }
  size_t size() const noexcept { return size_; }
  bool operator[](size_t i) const noexcept { return (bits_[i >> 3] >> (i & 7) & 1) != 0; }
  /// The first bit is bit 0 of the first byte. Bits behind the last one are unspecified.
  const uint8_t* data() const noexcept { return bits_; }

 private:
  const uint8_t* bits_ = nullptr;
  size_t size_ = 0;
};

/// How the values of a leaf lie in memory. Values keep the width they are stored in; what they mean
/// (unsigned, date, scale …) is the field's logical type.
enum class ValueKind : uint8_t {
  none,         ///< structure, list, map
  boolean,      ///< bits, least significant first: `Column::bits`
  int32,        ///< int32_t; also DECIMAL of up to 4 bytes
  int64,        ///< int64_t; also DECIMAL of up to 8 bytes, and INT96 read as nanos or micros
  float32,      ///< float
  float64,      ///< double
  int96,        ///< Int96
  int128,       ///< Int128: DECIMAL of 9 to 16 bytes, or of BYTE_ARRAY with precision up to 38
  int256,       ///< Int256: DECIMAL of 17 to 32 bytes, or of BYTE_ARRAY with precision up to 76
  fixed_bytes,  ///< `Column::value_width` bytes each, one after the other
  binary,       ///< BinaryView: `Column::views`, or one by one `Column::bytes`
};

/// One column of a batch: a leaf's values, or the shape of a structure, list or map and its
/// children. A view: it is valid until its batch is filled again or destroyed. Reading it from
/// several threads is safe.
///
/// Shapes. `size()` is the number of rows at the top, the parent's size() for the children of a
/// structure, and the number of elements of all lists for the children of a list or map. A null of
/// a structure is null in its children too; a null list has no elements.
class Column {
 public:
  /// The schema's field: name, nesting, type.
  const Field& field() const noexcept { return *field_; }
  /// The leaf column of a leaf field. Precondition: `field().kind == FieldKind::leaf`.
  const Leaf& leaf() const noexcept { return *leaf_; }

  size_t size() const noexcept { return size_; }
  size_t null_count() const noexcept { return null_count_; }
  /// One bit an entry; empty() where null_count() is 0.
  Bitmap validity() const noexcept { return validity_; }
  bool is_null(size_t i) const noexcept { return !validity_.empty() && !validity_[i]; }

  // Leaves.
  ValueKind value_kind() const noexcept { return value_kind_; }
  /// Bytes of one value; 0 for `boolean` and for nested columns, 16 for `binary`.
  size_t value_width() const noexcept { return value_width_; }
  /// All values, nulls included as zero, as T of the kind's width: int32_t or uint32_t or float for
  /// 4 bytes and so on. Empty where the width is not sizeof(T), so that a wrong T reads nothing.
  template <class T>
  std::span<const T> values() const noexcept {
    if (sizeof(T) != value_width_ || values_ == nullptr) return {};
    return {static_cast<const T*>(values_), is_dictionary() ? 0 : size_};
  }
  /// The values of a `boolean` column. Never empty() unless size() is 0; nulls are false.
  Bitmap bits() const noexcept {
    return value_kind_ == ValueKind::boolean ? Bitmap(static_cast<const uint8_t*>(values_), size_)
                                             : Bitmap();
  }
  /// The bytes of all values, or of all indices where is_dictionary(): for copying a column whole.
  std::span<const uint8_t> raw_values() const noexcept;
  /// The views of a `binary` column; nulls have length 0.
  std::span<const BinaryView> views() const noexcept { return values<BinaryView>(); }
  /// What the views that are not inline point into. Views hold an index into this span.
  std::span<const std::span<const uint8_t>> buffers() const noexcept { return buffers_; }
  /// The bytes of value `i` of a `binary` or `fixed_bytes` column, which may be dictionary-encoded.
  std::string_view bytes(size_t i) const noexcept;

  // Dictionary-preserving reads.
  /// True where this batch holds the column as indices: `values` is then empty.
  bool is_dictionary() const noexcept { return dictionary_ != nullptr; }
  /// One index an entry; 0 for nulls. Each is less than dictionary().size().
  std::span<const int32_t> indices() const noexcept {
    return is_dictionary() ? std::span<const int32_t>(static_cast<const int32_t*>(values_), size_)
                           : std::span<const int32_t>();
  }
  /// The distinct values that the indices stand for. It may hold duplicates and unused values: the
  /// format promises neither. Precondition: is_dictionary().
  const Column& dictionary() const noexcept { return *dictionary_; }

  // Nested columns.
  /// List and map: size() + 1 offsets into the children; entry i is [offsets[i], offsets[i + 1]).
  std::span<const int32_t> offsets() const noexcept { return offsets_; }
  /// Structure: its (projected) fields. List: the element. Map: the key and, where there is one,
  /// the value.
  size_t num_children() const noexcept { return num_children_; }
  const Column& child(size_t i) const noexcept { return children_[i]; }

 private:
  friend class ColumnBuilder;

  const Field* field_ = nullptr;
  const Leaf* leaf_ = nullptr;
  size_t size_ = 0;
  size_t null_count_ = 0;
  Bitmap validity_;
  ValueKind value_kind_ = ValueKind::none;
  size_t value_width_ = 0;
  const void* values_ = nullptr;
  std::span<const std::span<const uint8_t>> buffers_;
  const Column* dictionary_ = nullptr;
  std::span<const int32_t> offsets_;
  const Column* children_ = nullptr;
  size_t num_children_ = 0;
};

/// The C++ types that a leaf can be read as:
///   bool · int32_t, uint32_t (by signedness) · int64_t, uint64_t · float · double · Int96 ·
///   Int128, Int256 (decimals of those widths) · std::string_view (BYTE_ARRAY and
///   FIXED_LEN_BYTE_ARRAY that are not decimals). INT96 reads as int64_t too, where
///   ReadOptions::int96 asks for nanos or micros. Logical types do not matter: a DATE is an
///   int32_t.
template <class T>
concept LeafValue = std::same_as<T, bool> || std::same_as<T, int32_t> ||
    std::same_as<T, uint32_t> || std::same_as<T, int64_t> || std::same_as<T, uint64_t> ||
    std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, Int96> ||
    std::same_as<T, Int128> || std::same_as<T, Int256> || std::same_as<T, std::string_view>;

namespace internal {
enum class CppType : uint8_t {
  boolean,
  int32,
  uint32,
  int64,
  uint64,
  float32,
  float64,
  int96,
  int128,
  int256,
  text
};
template <LeafValue T>
constexpr CppType cpp_type() noexcept {
  if constexpr (std::same_as<T, bool>)
    return CppType::boolean;
  else if constexpr (std::same_as<T, int32_t>)
    return CppType::int32;
  else if constexpr (std::same_as<T, uint32_t>)
    return CppType::uint32;
  else if constexpr (std::same_as<T, int64_t>)
    return CppType::int64;
  else if constexpr (std::same_as<T, uint64_t>)
    return CppType::uint64;
  else if constexpr (std::same_as<T, float>)
    return CppType::float32;
  else if constexpr (std::same_as<T, double>)
    return CppType::float64;
  else if constexpr (std::same_as<T, Int96>)
    return CppType::int96;
  else if constexpr (std::same_as<T, Int128>)
    return CppType::int128;
  else if constexpr (std::same_as<T, Int256>)
    return CppType::int256;
  else
    return CppType::text;
}
/// OK where this leaf field can be read as `type`; else invalid_argument with both types.
Status check_type(const Schema& schema, const Field& field, CppType type);
/// Whether the values of a column, as they lie in memory, are such values.
bool holds(const Column& column, CppType type) noexcept;
Result<const Field*> find_typed(const Schema& schema, std::string_view path, CppType type);
bool plain_value(const Leaf& leaf, std::string_view bytes, CppType type, void* out) noexcept;
}  // namespace internal

/// The value that PLAIN bytes stand for, as statistics, column indexes and bounds have them; a
/// string_view is of the same bytes. Empty where the leaf does not hold T (see LeafValue; an INT96
/// is an Int96 here), or the bytes are no value of its type.
template <LeafValue T>
std::optional<T> plain_value(const Leaf& leaf, std::string_view bytes) noexcept {
  T value{};
  if (!internal::plain_value(leaf, bytes, internal::cpp_type<T>(), &value)) return std::nullopt;
  return value;
}

/// A leaf field of a schema, known to hold T. Made by `schema.field<T>(path)`; valid as long as the
/// schema.
template <class T>
class TypedField {
 public:
  const Field& field() const noexcept { return *field_; }

 private:
  static_assert(LeafValue<T>, "see LeafValue for the types that a leaf can be read as");
  friend class Schema;
  explicit TypedField(const Field* field) noexcept : field_(field) {}
  const Field* field_;
};

template <class T>
Result<TypedField<T>> Schema::field(std::string_view path) const {
  Result<const Field*> found = internal::find_typed(*this, path, internal::cpp_type<T>());
  if (!found) return std::move(found).status();
  return TypedField<T>(*found);
}

/// A leaf column read as T. A view, as Column is; empty where the column was not read.
template <LeafValue T>
class TypedColumn {
 public:
  /// Empty where `column` is null, or holds values of another width than T (an INT96 column read as
  /// int64_t without Int96As).
  explicit TypedColumn(const Column* column) noexcept : column_(column) {
    if (column != nullptr && !internal::holds(*column, internal::cpp_type<T>())) column_ = nullptr;
  }

  size_t size() const noexcept { return column_ == nullptr ? 0 : column_->size(); }
  Bitmap validity() const noexcept { return column_ == nullptr ? Bitmap() : column_->validity(); }
  bool is_null(size_t i) const noexcept { return column_->is_null(i); }

  /// All values, dense, nulls as zero.
  std::span<const T> values() const noexcept
      requires(!std::same_as<T, bool> && !std::same_as<T, std::string_view>) {
    return column_ == nullptr ? std::span<const T>() : column_->values<T>();
  }
  /// Value `i`; zero or empty for a null.
  T operator[](size_t i) const noexcept {
    if constexpr (std::same_as<T, bool>) {
      return column_->bits()[i];
    } else if constexpr (std::same_as<T, std::string_view>) {
      return column_->bytes(i);
    } else {
      return column_->values<T>()[i];
    }
  }

  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    Iterator() noexcept = default;
    Iterator(const TypedColumn* column, size_t i) noexcept : column_(column), i_(i) {}
    T operator*() const noexcept { return (*column_)[i_]; }
    Iterator& operator++() noexcept {
      ++i_;
      return *this;
    }
    Iterator operator++(int) noexcept { return Iterator(column_, i_++); }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.i_ == b.i_; }

   private:
    const TypedColumn* column_ = nullptr;
    size_t i_ = 0;
  };
  Iterator begin() const noexcept { return Iterator(this, 0); }
  Iterator end() const noexcept { return Iterator(this, size()); }

  const Column* column() const noexcept { return column_; }

 private:
  const Column* column_;
};

}  // namespace veneer
#pragma GCC visibility pop
