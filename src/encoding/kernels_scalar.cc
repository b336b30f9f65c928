// Portable kernels: the specification of all others.
// Cycles per value in L1 (x86-64, -O3): unpack 1.5, maximum 0.2, sum 0.7, expand 2 to 3.
#include <algorithm>
#include <cstring>

#include "base/bits.h"
#include "encoding/expand_loop.h"
#include "encoding/kernels.h"

namespace veneer::encoding {
namespace {

template <class T>
void unpack(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) {
  if (width == 0) {
    std::fill_n(out, n, T{0});
    return;
  }
  const uint64_t mask = ~uint64_t{0} >> (64 - width);
  if (width <= 57) {  // a value and up to 7 bits before it lie in 8 bytes
    for (size_t i = 0; i < n; ++i, bit += width) {
      const uint64_t word = load_le<uint64_t>(in + static_cast<size_t>(bit >> 3));
      out[i] = static_cast<T>(word >> (bit & 7) & mask);
    }
    return;
  }
  for (size_t i = 0; i < n; ++i, bit += width) {
    const uint8_t* p = in + static_cast<size_t>(bit >> 3);
    const unsigned shift = bit & 7;
    const uint64_t high = uint64_t{p[8]} << 1 << (63 - shift);
    out[i] = static_cast<T>((load_le<uint64_t>(p) >> shift | high) & mask);
  }
}

template <class T>
uint32_t maximum(const T* values, size_t n) {
  T most = 0;
  for (size_t i = 0; i < n; ++i) most = std::max(most, values[i]);
  return most;
}

template <class T>
T sum(T* values, size_t n, T last, T step) {
  for (size_t i = 0; i < n; ++i) values[i] = last = static_cast<T>(last + (values[i] + step));
  return last;
}

template <size_t Width>
void expand(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, uint8_t* out) {
  expand_loop<Width>(dense, bits, begin, n, out);
}

template <size_t Width>
void merge(const uint8_t* streams, size_t stride, size_t n, uint8_t* out) {
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < Width; ++k) out[i * Width + k] = streams[k * stride + i];
  }
}

uint64_t equal_mask(const uint8_t* levels, size_t n, uint8_t value) {
  uint64_t mask = 0;
  for (size_t i = 0; i < n; ++i) mask |= uint64_t{levels[i] == value} << i;
  return mask;
}

uint64_t at_least_mask(const uint8_t* levels, size_t n, uint8_t value) {
  uint64_t mask = 0;
  for (size_t i = 0; i < n; ++i) mask |= uint64_t{levels[i] >= value} << i;
  return mask;
}

}  // namespace

const Kernels& scalar_kernels() noexcept {
  static constexpr Kernels table = {
      .unpack_u8 = unpack<uint8_t>,
      .unpack_u16 = unpack<uint16_t>,
      .unpack_u32 = unpack<uint32_t>,
      .unpack_u64 = unpack<uint64_t>,
      .max_u8 = maximum<uint8_t>,
      .max_u16 = maximum<uint16_t>,
      .max_u32 = maximum<uint32_t>,
      .sum_u32 = sum<uint32_t>,
      .sum_u64 = sum<uint64_t>,
      .expand_1 = expand<1>,
      .expand_2 = expand<2>,
      .expand_4 = expand<4>,
      .expand_8 = expand<8>,
      .merge_4 = merge<4>,
      .merge_8 = merge<8>,
      .equal_mask = equal_mask,
      .at_least_mask = at_least_mask,
  };
  return table;
}

}  // namespace veneer::encoding
