// CRC-32 as GZIP and Parquet pages have it (polynomial 0x04C11DB7, reflected).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace veneer {

/// The checksum of `bytes`; `seed` is the checksum of the bytes before them (0 at the start).
/// About 20 GB/s where the processor multiplies without carry, 1 to 2 GB/s by portable code; by
/// AArch64's own instructions not yet timed.
uint32_t crc32(std::span<const uint8_t> bytes, uint32_t seed = 0) noexcept;

namespace internal {
/// The portable twin, eight tables at a time; the specification of the others.
uint32_t crc32_scalar(std::span<const uint8_t> bytes, uint32_t seed) noexcept;
}  // namespace internal

}  // namespace veneer
