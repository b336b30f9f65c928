// DECIMAL held in bytes: big-endian two's complement (LogicalTypes.md, "DECIMAL").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "veneer/types.h"

namespace veneer::encoding {

/// The integers of n values of `width` bytes each, back to back, readable for 64 bytes behind the
/// last one. False where a value does not fit the output's type, which cannot happen for a `width`
/// of at most its size; `out` is unspecified then. A width of 0 gives zeros.
[[nodiscard]] bool fixed_decimals(const uint8_t* in, size_t width, size_t n, int32_t* out) noexcept;
[[nodiscard]] bool fixed_decimals(const uint8_t* in, size_t width, size_t n, int64_t* out) noexcept;
[[nodiscard]] bool fixed_decimals(const uint8_t* in, size_t width, size_t n, Int128* out) noexcept;
[[nodiscard]] bool fixed_decimals(const uint8_t* in, size_t width, size_t n, Int256* out) noexcept;

/// The integer of one value of any length; reads those bytes only. False where it does not fit;
/// leading bytes that only repeat the sign are no matter. No bytes are the value 0.
[[nodiscard]] bool decimal_from_bytes(std::span<const uint8_t> bytes, Int128* out) noexcept;
[[nodiscard]] bool decimal_from_bytes(std::span<const uint8_t> bytes, Int256* out) noexcept;

}  // namespace veneer::encoding
