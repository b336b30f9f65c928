// Writing BinaryView values.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bits.h"
#include "veneer/types.h"

namespace veneer::encoding {

/// The view of `length` bytes at p, which lie at `offset` of buffer `buffer`. Reads those bytes
/// only; inline bytes behind the value are zero, as Arrow's layout asks.
inline BinaryView make_view(const uint8_t* p, uint32_t length, uint32_t buffer,
                            uint32_t offset) noexcept {
  BinaryView view;
  view.length = length;
  if (length <= BinaryView::kInlineBytes) {
    if (length != 0) std::memcpy(view.inlined, p, length);
    return view;
  }
  view.ref = {.prefix = {}, .buffer = buffer, .offset = offset};
  std::memcpy(view.ref.prefix, p, 4);
  return view;
}

namespace internal {
/// What of a view's two words comes from the bytes and from the reference, by min(length, 13).
struct ViewMask {
  uint64_t low;   // the length, then up to 4 bytes
  uint64_t high;  // up to 8 bytes more
  uint64_t reference;
};
struct ViewMasks {
  ViewMask of[14];
  constexpr ViewMasks() : of() {
    for (unsigned length = 0; length < 13; ++length) {
      const unsigned low = std::min(length, 4u);
      const unsigned high = length - low;
      of[length].low = low == 4 ? ~uint64_t{0} : (uint64_t{1} << (32 + 8 * low)) - 1;
      of[length].high = high == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * high)) - 1;
      of[length].reference = 0;
    }
    of[13] = {~uint64_t{0}, 0, ~uint64_t{0}};
  }
};
inline constexpr ViewMasks kViewMasks;
}  // namespace internal

/// make_view without a branch, for p that is readable for 16 bytes whatever the length.
inline void store_view(const uint8_t* p, uint32_t length, uint32_t buffer, uint32_t offset,
                       BinaryView* out) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    const internal::ViewMask& mask = internal::kViewMasks.of[std::min(length, 13u)];
    const uint64_t words[2] = {(uint64_t{length} | uint64_t{load_le<uint32_t>(p)} << 32) & mask.low,
                               (load_le<uint64_t>(p + 4) & mask.high) |
                                   ((uint64_t{buffer} | uint64_t{offset} << 32) & mask.reference)};
    std::memcpy(static_cast<void*>(out), words, sizeof(words));
  } else {
    *out = make_view(p, length, buffer, offset);
  }
}

/// store_view for a length of at most BinaryView::kInlineBytes.
inline void store_inline_view(const uint8_t* p, uint32_t length, BinaryView* out) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    const internal::ViewMask& mask = internal::kViewMasks.of[length];
    const uint64_t words[2] = {(uint64_t{length} | uint64_t{load_le<uint32_t>(p)} << 32) & mask.low,
                               load_le<uint64_t>(p + 4) & mask.high};
    std::memcpy(static_cast<void*>(out), words, sizeof(words));
  } else {
    *out = make_view(p, length, 0, 0);
  }
}

}  // namespace veneer::encoding
