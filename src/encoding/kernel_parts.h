// What the vector kernels of several instruction sets share.
#pragma once

#include <cstddef>
#include <cstdint>

#include "encoding/kernels.h"

namespace veneer::encoding {

constexpr uint8_t kZero = 0x80;  // as an index of a shuffle or a table look-up: a zero byte

/// Which element each of eight slots takes, by their byte of the bitmap.
struct Positions {
  alignas(8) uint8_t of[256][8];
  constexpr Positions() : of() {
    for (unsigned bits = 0; bits < 256; ++bits) {
      uint8_t next = 0;
      for (unsigned i = 0; i < 8; ++i) of[bits][i] = (bits >> i & 1) != 0 ? next++ : kZero;
    }
  }
};
inline constexpr Positions kPositions;

template <class T>
constexpr auto unpack_of() {
  if constexpr (sizeof(T) == 1) return &Kernels::unpack_u8;
  if constexpr (sizeof(T) == 2) return &Kernels::unpack_u16;
  if constexpr (sizeof(T) == 4) return &Kernels::unpack_u32;
  if constexpr (sizeof(T) == 8) return &Kernels::unpack_u64;
}

/// Portable code up to the first value that starts at a byte (at most 7, unless none does); returns
/// how many values that were. `width` is not 0.
template <class T>
inline size_t unpack_head(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) {
  if ((bit & 7) == 0) return 0;
  size_t head = 0;
  while (head < n && ((bit + head * width) & 7) != 0) head = head == 8 ? n : head + 1;
  (scalar_kernels().*unpack_of<T>())(in, bit, width, out, head);
  return head;
}

}  // namespace veneer::encoding
