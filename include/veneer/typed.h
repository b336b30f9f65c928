// Columns whose type was checked once, against the schema.
#pragma once

#include <concepts>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>

#include "veneer/column.h"
#include "veneer/schema.h"

#pragma GCC visibility push(default)
namespace veneer {

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
}  // namespace internal

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
