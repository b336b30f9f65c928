// 64 slots at a time: words of the bitmap that are all ones or all zeros, by far the most in
// practice, are one copy or one clear. Mixed words cost 3 cycles a slot here; 0.3 (4 bytes) and 0.8
// (8 bytes) in the AVX2 kernels.
#include "encoding/expand.h"

#include <algorithm>
#include <cstring>

#include "encoding/expand_loop.h"
#include "encoding/kernels.h"

namespace veneer::encoding {
namespace {

void expand_any(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, size_t width,
                uint8_t* out) {
  for (size_t i = 0; i < n; ++i, out += width) {
    if (get_bit(bits, begin + i)) {
      std::memcpy(out, dense, width);
      dense += width;
    } else {
      std::memset(out, 0, width);
    }
  }
}

using Compare = uint64_t (*)(const uint8_t*, size_t, uint8_t);

size_t bits_where(Compare compare, const uint8_t* levels, size_t n, uint8_t value, uint8_t* bits,
                  size_t begin_bit) {
  size_t set = 0;
  while (n != 0) {
    // Bring the bitmap to a byte's start first, then store whole words.
    const size_t head = begin_bit & 7;
    const size_t count = std::min(n, 64 - head);
    const uint64_t mask = compare(levels, count, value);
    set += static_cast<size_t>(std::popcount(mask));
    if (count == 64) {
      store_le(bits + (begin_bit >> 3), mask);
    } else {
      uint8_t bytes[8];
      store_le(bytes, mask);
      copy_bits(bytes, 0, count, bits, begin_bit);
    }
    levels += count;
    begin_bit += count;
    n -= count;
  }
  return set;
}

}  // namespace

void expand(const void* dense, const uint8_t* bits, size_t begin_bit, size_t n, size_t width,
            void* out) {
  if (n == 0 || width == 0) return;
  const auto* from = static_cast<const uint8_t*>(dense);
  auto* to = static_cast<uint8_t*>(out);
  if (from == nullptr) {  // no value at all
    std::memset(to, 0, n * width);
    return;
  }
  switch (width) {
    case 1: return kernels().expand_1(from, bits, begin_bit, n, to);
    case 2: return kernels().expand_2(from, bits, begin_bit, n, to);
    case 4: return kernels().expand_4(from, bits, begin_bit, n, to);
    case 8: return kernels().expand_8(from, bits, begin_bit, n, to);
    case 16: return expand_loop<16>(from, bits, begin_bit, n, to);
    default: return expand_any(from, bits, begin_bit, n, width, to);
  }
}

size_t bits_where_equal(const uint8_t* levels, size_t n, uint8_t value, uint8_t* bits,
                        size_t begin_bit) {
  return bits_where(kernels().equal_mask, levels, n, value, bits, begin_bit);
}

size_t bits_where_at_least(const uint8_t* levels, size_t n, uint8_t value, uint8_t* bits,
                           size_t begin_bit) {
  return bits_where(kernels().at_least_mask, levels, n, value, bits, begin_bit);
}

}  // namespace veneer::encoding
