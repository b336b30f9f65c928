// Values packed back to back at a fixed bit width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "encoding/kernels.h"

namespace veneer::encoding {

/// Bytes are readable for 64 bytes behind the last value; out has room for 64 bytes behind out + n,
/// which may be overwritten. The caller has checked that the n values lie within the bytes.

/// LSB first, as the RLE hybrid, DELTA_BINARY_PACKED and PLAIN booleans pack (Encodings.md, "RLE",
/// note 1). The first value starts at bit `bit` of `in`. T is uint8_t, uint16_t, uint32_t or
/// uint64_t, at least `width` bits wide.
template <class T>
inline void unpack(const Kernels& kernels, const uint8_t* in, uint64_t bit, unsigned width, T* out,
                   size_t n) noexcept {
  if constexpr (std::is_same_v<T, uint8_t>) {
    kernels.unpack_u8(in, bit, width, out, n);
  } else if constexpr (std::is_same_v<T, uint16_t>) {
    kernels.unpack_u16(in, bit, width, out, n);
  } else if constexpr (std::is_same_v<T, uint32_t>) {
    kernels.unpack_u32(in, bit, width, out, n);
  } else {
    static_assert(std::is_same_v<T, uint64_t>);
    kernels.unpack_u64(in, bit, width, out, n);
  }
}
template <class T>
inline void unpack(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) noexcept {
  unpack(kernels(), in, bit, width, out, n);
}

/// MSB first, as the deprecated BIT_PACKED encoding packs levels (Encodings.md, "BITPACKED").
/// `width` is at most 32 and at most the bits of T.
template <class T>
void unpack_msb_first(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) noexcept;

/// The largest of n values; 0 for none.
inline uint32_t maximum(const Kernels& k, const uint8_t* v, size_t n) { return k.max_u8(v, n); }
inline uint32_t maximum(const Kernels& k, const uint16_t* v, size_t n) { return k.max_u16(v, n); }
inline uint32_t maximum(const Kernels& k, const uint32_t* v, size_t n) { return k.max_u32(v, n); }

}  // namespace veneer::encoding
