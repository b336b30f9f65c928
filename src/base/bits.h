// Unaligned little-endian loads and stores, zigzag, bitmaps.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace veneer {

template <class T>
constexpr T byte_swap(T value) noexcept {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  } else if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

/// An integer stored least significant byte first, at any alignment.
template <class T>
T load_le(const void* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) value = byte_swap(value);
  return value;
}
template <class T>
void store_le(void* to, T value) noexcept {
  if constexpr (std::endian::native == std::endian::big) value = byte_swap(value);
  std::memcpy(to, &value, sizeof(T));
}
/// An integer stored most significant byte first, at any alignment.
template <class T>
T load_be(const void* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  if constexpr (std::endian::native == std::endian::little) value = byte_swap(value);
  return value;
}

constexpr int64_t zigzag_decode(uint64_t value) noexcept {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

/// Bits that `value` needs: 0 for 0, 1 for 1, 2 for 2 and 3, …
constexpr int bit_width(uint64_t value) noexcept { return static_cast<int>(std::bit_width(value)); }

/// How many bits are set, where the processor may have no instruction for it: GCC else calls its
/// run-time library, which looks bytes up.
constexpr unsigned count_ones(uint64_t word) noexcept {
  word -= word >> 1 & 0x5555555555555555u;
  word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
  word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
  return static_cast<unsigned>(word * 0x0101010101010101u >> 56);
}

constexpr size_t bytes_for_bits(size_t bits) noexcept { return bits / 8 + (bits % 8 != 0); }

// Bitmaps: least significant bit first, as Arrow has them.
inline bool get_bit(const uint8_t* bits, size_t i) noexcept {
  return (bits[i >> 3] >> (i & 7) & 1) != 0;
}
inline void set_bit_to(uint8_t* bits, size_t i, bool value) noexcept {
  const auto mask = static_cast<uint8_t>(1u << (i & 7));
  bits[i >> 3] = static_cast<uint8_t>(value ? bits[i >> 3] | mask : bits[i >> 3] & ~mask);
}
/// Bits [begin, begin + 64) of a bitmap that is readable for 9 bytes from there.
inline uint64_t bits_at(const uint8_t* bits, uint64_t begin) noexcept {
  const uint8_t* p = bits + static_cast<size_t>(begin >> 3);
  const unsigned shift = begin & 7;
  return load_le<uint64_t>(p) >> shift | uint64_t{p[8]} << 1 << (63 - shift);
}
/// Copies `count` bits; the ranges may lie at any bit but not overlap. Neighbours keep theirs.
void copy_bits(const uint8_t* from, size_t from_begin, size_t count, uint8_t* to,
               size_t to_begin) noexcept;
/// How many of bits [begin, begin + count) are set.
size_t count_bits(const uint8_t* bits, size_t begin, size_t count) noexcept;

}  // namespace veneer
