// xxHash64, the hash of the format's bloom filters.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veneer::filter {

/// The 64-bit xxHash of `size` bytes with seed 0: 32 bytes a step, about 10 bytes a nanosecond on
/// long input, a few nanoseconds for a number. `data` may be null where `size` is 0.
uint64_t xxhash64(const void* data, size_t size) noexcept;

}  // namespace veneer::filter
