// The types of leaves as schemas are united: which type holds the values of two, losing nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "veneer/file.h"

namespace veneer::scan {

/// The type of a leaf column. `logical.crs` is a view, as in `SchemaElement`.
struct LeafType {
  PhysicalType physical = PhysicalType::boolean;
  int32_t length = 0;  ///< of FIXED_LEN_BYTE_ARRAY, else 0
  LogicalType logical;

  static LeafType of(const Leaf& leaf) noexcept;
};

/// "INT32 DATE", "FIXED_LEN_BYTE_ARRAY(16) UUID".
std::string to_string(const LeafType& type);

/// The same in every part.
bool same(const LeafType& a, const LeafType& b) noexcept;

/// The type that holds every value of both (up to range checks that need the values: units of time,
/// INT96); `a` itself where that will do, else `b` where that will do. Nothing where there is none.
/// Unknown (always null) columns unite with everything.
std::optional<LeafType> unite(const LeafType& a, const LeafType& b) noexcept;

/// True where `to` holds every value of `from`, in the sense of `unite`.
bool widens(const LeafType& from, const LeafType& to) noexcept;

/// INTEGER or none over INT32 or INT64, as bits and sign.
struct IntegerType {
  int bits = 0;  ///< 8, 16, 32, 64
  bool is_signed = true;
};
std::optional<IntegerType> integer_type(const LeafType& type) noexcept;

/// Bytes that the integer of a DECIMAL takes as stored: 4, 8, the FIXED_LEN_BYTE_ARRAY's length, or
/// for a BYTE_ARRAY what its precision wants: 16, 32, else 33. Up to 32 it is an integer in memory.
int32_t decimal_width(const LeafType& type) noexcept;

}  // namespace veneer::scan
