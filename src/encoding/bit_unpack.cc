#include "encoding/bit_unpack.h"

#include <algorithm>

#include "base/bits.h"

namespace veneer::encoding {

template <class T>
void unpack_msb_first(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) noexcept {
  if (width == 0) {
    std::fill_n(out, n, T{0});
    return;
  }
  for (size_t i = 0; i < n; ++i, bit += width) {
    const uint64_t word = load_be<uint64_t>(in + static_cast<size_t>(bit >> 3));
    out[i] = static_cast<T>(word << (bit & 7) >> (64 - width));
  }
}

template void unpack_msb_first(const uint8_t*, uint64_t, unsigned, uint8_t*, size_t) noexcept;
template void unpack_msb_first(const uint8_t*, uint64_t, unsigned, uint16_t*, size_t) noexcept;
template void unpack_msb_first(const uint8_t*, uint64_t, unsigned, uint32_t*, size_t) noexcept;

}  // namespace veneer::encoding
