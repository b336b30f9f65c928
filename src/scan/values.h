// Values of one type to values of a wider one, in bulk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scan/leaf_type.h"
#include "veneer/file.h"

namespace veneer::scan {

/// How the values of a leaf change on their way to a wider type.
struct Conversion {
  enum class Op : uint8_t {
    none,            ///< the values are what they should be
    nulls,           ///< an UNKNOWN column: all null
    extend,          ///< INT32 to INT64
    zero_extend,     ///< the same, unsigned
    int_to_double,   ///< INT32
    uint_to_double,  ///< INT32, unsigned
    float_to_double,
    half_to_float,
    half_to_double,
    decimal,  ///< integers and decimals to decimals
    scale32,  ///< INT32 times `factor` to INT64
    scale64,  ///< INT64 times `factor`
    int96_micros,
    int96_nanos,
    fixed_to_views,
  };
  Op op = Op::none;
  bool is_unsigned = false;  ///< decimal: of the source
  int32_t shift = 0;         ///< decimal: the power of ten to multiply by
  int64_t factor = 1;
  ValueKind kind = ValueKind::none;  ///< of the values made
  uint32_t width = 0;                ///< of one value made
};

/// Precondition: widens(from, to).
Conversion conversion_of(const LeafType& from, const LeafType& to) noexcept;

/// Converts all values of `column`, none being a dictionary's, to `out`, which holds size() ×
/// conversion.width bytes; nulls become zero. Gives the index of the first value that does not fit,
/// or size(). For Op::decimal to Op::int96_nanos and the ones before; not none, nulls or views.
size_t convert_values(const Conversion& conversion, const Column& column, void* out) noexcept;

/// The decimals of it; see decimals.cc.
size_t convert_decimals(const Conversion& conversion, const Column& column, void* out) noexcept;

/// Views of a `fixed_bytes` column's values: `buffers` gets pieces of the column's own memory.
void views_of_fixed(const Column& column, BinaryView* out,
                    std::vector<std::span<const uint8_t>>* buffers);

}  // namespace veneer::scan
