// For rooms above this one that make columns of their own.
#pragma once

#include <cstddef>

#include "column/column_builder.h"
#include "veneer/column.h"
#include "veneer/schema.h"

namespace veneer {

/// How the values of a leaf lie in memory (INT96 as stored).
struct ValueShape {
  ValueKind kind = ValueKind::none;
  size_t width = 0;  ///< bytes of one value; 0 for booleans
};
ValueShape value_shape(const Leaf& leaf) noexcept;

}  // namespace veneer
