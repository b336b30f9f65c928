#pragma once

#include <span>

#include "veneer/input.h"

namespace veneer::io {

void sort_by_offset(std::span<ByteRange> ranges) noexcept;

}  // namespace veneer::io
