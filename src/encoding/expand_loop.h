// The portable loop behind expand(), for any width known at compile time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bits.h"

namespace veneer::encoding {

/// Copies Width bytes, or zeros where `keep` is false, without a branch.
template <size_t Width>
inline void copy_if(const uint8_t* from, bool keep, uint8_t* to) noexcept {
  if constexpr (Width >= 8) {
    uint64_t word;
    std::memcpy(&word, from, 8);
    word &= ~(uint64_t{keep} - 1);
    std::memcpy(to, &word, 8);
    if constexpr (Width > 8) copy_if<Width - 8>(from + 8, keep, to + 8);
  } else if constexpr (Width >= 4) {
    uint32_t word;
    std::memcpy(&word, from, 4);
    word &= ~(uint32_t{keep} - 1);
    std::memcpy(to, &word, 4);
    if constexpr (Width > 4) copy_if<Width - 4>(from + 4, keep, to + 4);
  } else {
    for (size_t i = 0; i < Width; ++i) to[i] = keep ? from[i] : uint8_t{0};
  }
}

/// Up to 64 slots by the bits of one word; returns how many elements it took. Reads one element
/// past those.
template <size_t Width>
inline size_t expand_word(const uint8_t* dense, uint64_t word, size_t n, uint8_t* out) noexcept {
  size_t taken = 0;
  for (size_t i = 0; i < n; ++i) {
    const bool set = (word >> i & 1) != 0;
    copy_if<Width>(dense + taken * Width, set, out + i * Width);
    taken += set;
  }
  return taken;
}

/// `word_loop(dense, word, n, out)` spreads the elements of up to 64 mixed slots.
template <size_t Width, class WordLoop>
inline void expand_words(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n,
                         uint8_t* out, WordLoop word_loop) noexcept {
  for (; n >= 64; n -= 64, begin += 64, out += 64 * Width) {
    const uint64_t word = bits_at(bits, begin);
    if (word == ~uint64_t{0}) {
      std::memcpy(out, dense, 64 * Width);
      dense += 64 * Width;
    } else if (word == 0) {
      std::memset(out, 0, 64 * Width);
    } else {
      dense += word_loop(dense, word, size_t{64}, out) * Width;
    }
  }
  if (n == 0) return;
  const uint64_t tail = ~uint64_t{0} >> (64 - n);
  word_loop(dense, bits_at(bits, begin) & tail, n, out);
}

template <size_t Width>
inline void expand_loop(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n,
                        uint8_t* out) noexcept {
  expand_words<Width>(dense, bits, begin, n, out, expand_word<Width>);
}

}  // namespace veneer::encoding
