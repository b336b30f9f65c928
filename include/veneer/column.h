// Decoded columns, in Arrow's layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

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

}  // namespace veneer
#pragma GCC visibility pop
