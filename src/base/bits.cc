#include "base/bits.h"

#include <bit>

#include "base/cpu.h"

namespace veneer {
namespace {

// Up to 64 bits starting at bit `begin`; reads only the bytes that hold them.
uint64_t load_bits(const uint8_t* bits, size_t begin, size_t count) noexcept {
  const uint8_t* p = bits + (begin >> 3);
  const size_t shift = begin & 7;
  const size_t bytes = bytes_for_bits(shift + count);
  uint64_t low = 0;
  for (size_t i = 0; i < bytes && i < 8; ++i) low |= uint64_t{p[i]} << (8 * i);
  uint64_t word = low >> shift;
  if (bytes == 9) word |= uint64_t{p[8]} << (64 - shift);
  return count == 64 ? word : word & ((uint64_t{1} << count) - 1);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The instruction, where the portable code takes 12 operations a word.
__attribute__((target("popcnt"))) size_t count_words_popcnt(const uint8_t* bits, size_t begin,
                                                            size_t words) noexcept {
  size_t set = 0;
  for (size_t i = 0; i < words; ++i) {
    set += static_cast<size_t>(std::popcount(bits_at(bits, begin + 64 * i)));
  }
  return set;
}
#endif

}  // namespace

void copy_bits(const uint8_t* from, size_t from_begin, size_t count, uint8_t* to,
               size_t to_begin) noexcept {
  // Up to the first byte of `to`, then whole words, then the rest.
  while (count != 0 && (to_begin & 7) != 0) {
    set_bit_to(to, to_begin++, get_bit(from, from_begin++));
    --count;
  }
  if ((from_begin & 7) == 0) {
    const size_t bytes = count >> 3;
    std::memcpy(to + (to_begin >> 3), from + (from_begin >> 3), bytes);
    from_begin += bytes * 8;
    to_begin += bytes * 8;
    count &= 7;
  }
  for (; count >= 64; count -= 64, from_begin += 64, to_begin += 64) {
    store_le(to + (to_begin >> 3), load_bits(from, from_begin, 64));
  }
  while (count-- != 0) set_bit_to(to, to_begin++, get_bit(from, from_begin++));
}

size_t count_bits(const uint8_t* bits, size_t begin, size_t count) noexcept {
  if (count == 0) return 0;
  // All words but the last have the byte behind them that bits_at reads.
  size_t words = (count - 1) / 64;
  const size_t last = begin + words * 64;
  size_t set = count_ones(load_bits(bits, last, count - words * 64));
#if defined(__x86_64__) && defined(__GNUC__)
  if (cpu_features().avx2) return set + count_words_popcnt(bits, begin, words);
#endif
  for (; words != 0; --words, begin += 64) set += count_ones(bits_at(bits, begin));
  return set;
}

}  // namespace veneer
