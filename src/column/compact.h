// Leaves out rows that were decoded only because their neighbours were wanted.
#pragma once

#include <cstdint>
#include <span>

#include "column/leaf_data.h"
#include "veneer/status.h"

namespace veneer::column {

/// Keeps the slots `kept`, which ascend, of a leaf without lists: values of `width` bytes,
/// validity, levels. In place.
void compact(std::span<const uint32_t> kept, size_t width, LeafData* data) noexcept;

}  // namespace veneer::column
