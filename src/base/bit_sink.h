// Bits appended to a bitmap, a word at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bits.h"

namespace veneer {

/// Writes bits from `begin` on; those before it and behind the last one keep their values. Nothing
/// is complete before finish().
class BitSink {
 public:
  BitSink(uint8_t* bits, size_t begin) noexcept : next_(bits + (begin >> 3)), fill_(begin & 7) {
    if (fill_ != 0) word_ = *next_ & ((1u << fill_) - 1);
  }

  /// Appends the lowest `count` <= 64 bits of `bits`, whose others are 0.
  void put(uint64_t bits, unsigned count) noexcept {
    word_ |= bits << fill_;
    fill_ += count;
    if (fill_ < 64) return;
    store_le(next_, word_);
    next_ += 8;
    fill_ -= 64;
    word_ = fill_ == 0 ? 0 : bits >> (count - fill_);
  }
  /// Appends `count` equal bits.
  void repeat(bool bit, size_t count) noexcept {
    const uint64_t word = bit ? ~uint64_t{0} : 0;
    for (; count >= 64; count -= 64) put(word, 64);
    if (count != 0) put(word >> (64 - count), static_cast<unsigned>(count));
  }
  void finish() noexcept {
    for (; fill_ >= 8; fill_ -= 8, word_ >>= 8) *next_++ = static_cast<uint8_t>(word_);
    if (fill_ == 0) return;
    const unsigned mine = (1u << fill_) - 1;
    *next_ = static_cast<uint8_t>((*next_ & ~mine) | (word_ & mine));
    fill_ = 0;
  }

 private:
  uint8_t* next_;
  uint64_t word_ = 0;
  unsigned fill_;  // bits of word_; below 64 between calls
};

}  // namespace veneer
