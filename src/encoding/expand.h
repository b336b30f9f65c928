// Dense values to slots with nulls.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veneer::encoding {

/// Spreads dense elements of `width` bytes over n slots of `out`: slot i takes the next element
/// where bit begin_bit + i of `bits` is set (LSB first), and is all zero elsewhere.
///
/// `dense` and `bits` are readable for 64 bytes behind their end; `out` has room for 64 bytes
/// behind its last slot, which may be overwritten; `out` overlaps neither.
void expand(const void* dense, const uint8_t* bits, size_t begin_bit, size_t n, size_t width,
            void* out);

/// Bit begin_bit + i of `bits` becomes levels[i] == value, for i < n; bits outside keep theirs.
/// Returns how many are set. `levels` is readable for 64 bytes behind its end.
size_t bits_where_equal(const uint8_t* levels, size_t n, uint8_t value, uint8_t* bits,
                        size_t begin_bit);
/// The same for levels[i] >= value.
size_t bits_where_at_least(const uint8_t* levels, size_t n, uint8_t value, uint8_t* bits,
                           size_t begin_bit);

}  // namespace veneer::encoding
