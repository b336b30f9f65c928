// Decimals to decimals of a greater scale or width, without a 128-bit type of the compiler's, which
// 32-bit targets do not have.
#include <array>
#include <cstdint>

#include "base/checked.h"
#include "scan/values.h"

namespace veneer::scan {
namespace {

constexpr std::array<uint32_t, 10> kPowers = {1,      10,      100,      1000,      10000,
                                              100000, 1000000, 10000000, 100000000, 1000000000};

int64_t power_of_ten(int32_t n) noexcept {
  int64_t power = 1;
  for (; n > 0; --n) power *= 10;
  return power;
}

// Limbs of 32 bits, least significant first: two's complement.
template <size_t kLimbs>
using Limbs = std::array<uint32_t, kLimbs>;

template <size_t kLimbs>
void negate(Limbs<kLimbs>* limbs) noexcept {
  uint64_t carry = 1;
  for (uint32_t& limb : *limbs) {
    carry += static_cast<uint32_t>(~limb);
    limb = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
}

// False where the product does not fit.
template <size_t kLimbs>
bool multiply(Limbs<kLimbs>* limbs, int32_t shift) noexcept {
  const bool negative = (limbs->back() >> 31) != 0;
  if (negative) negate(limbs);
  for (; shift > 0; shift -= 9) {
    const uint32_t factor = kPowers[static_cast<size_t>(shift < 9 ? shift : 9)];
    uint64_t carry = 0;
    for (uint32_t& limb : *limbs) {
      carry += uint64_t{limb} * factor;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) return false;
  }
  if ((limbs->back() >> 31) != 0) return false;
  if (negative) negate(limbs);
  return true;
}

template <size_t kLimbs>
void load(uint64_t word, size_t at, Limbs<kLimbs>* out) noexcept {
  (*out)[2 * at] = static_cast<uint32_t>(word);
  (*out)[2 * at + 1] = static_cast<uint32_t>(word >> 32);
}
template <size_t kLimbs>
uint64_t word(const Limbs<kLimbs>& limbs, size_t at) noexcept {
  return uint64_t{limbs[2 * at]} | uint64_t{limbs[2 * at + 1]} << 32;
}

// The words of a value, extended by its sign.
std::array<uint64_t, 4> words_of(int64_t value) noexcept {
  const uint64_t sign = value < 0 ? ~uint64_t{0} : 0;
  return {static_cast<uint64_t>(value), sign, sign, sign};
}
std::array<uint64_t, 4> words_of(int32_t value) noexcept { return words_of(int64_t{value}); }
std::array<uint64_t, 4> words_of(uint32_t value) noexcept { return {value, 0, 0, 0}; }
std::array<uint64_t, 4> words_of(uint64_t value) noexcept { return {value, 0, 0, 0}; }
std::array<uint64_t, 4> words_of(const Int128& value) noexcept {
  const uint64_t sign = value.high < 0 ? ~uint64_t{0} : 0;
  return {value.low, static_cast<uint64_t>(value.high), sign, sign};
}
std::array<uint64_t, 4> words_of(const Int256& value) noexcept { return value.words; }

void store(const Limbs<4>& limbs, Int128* out) noexcept {
  *out = {word(limbs, 0), static_cast<int64_t>(word(limbs, 1))};
}
void store(const Limbs<8>& limbs, Int256* out) noexcept {
  for (size_t i = 0; i < 4; ++i) out->words[i] = word(limbs, i);
}

// The target is never narrower than the source, so that only the product may not fit.
template <class From, class To>
size_t wide(std::span<const From> in, int32_t shift, To* out) noexcept {
  constexpr size_t kWords = sizeof(To) / sizeof(uint64_t);
  for (size_t i = 0; i < in.size(); ++i) {
    const std::array<uint64_t, 4> words = words_of(in[i]);
    Limbs<2 * kWords> limbs;
    for (size_t w = 0; w < kWords; ++w) load(words[w], w, &limbs);
    if (shift != 0 && !multiply(&limbs, shift)) return i;
    store(limbs, out + i);
  }
  return in.size();
}

template <class From, class To>
size_t narrow_product(std::span<const From> in, int32_t shift, To* out) noexcept {
  const int64_t factor = power_of_ten(shift);
  for (size_t i = 0; i < in.size(); ++i) {
    int64_t product;
    if (!fits<int64_t>(in[i]) || !checked_mul(static_cast<int64_t>(in[i]), factor, &product) ||
        !fits<To>(product)) {
      return i;
    }
    out[i] = static_cast<To>(product);
  }
  return in.size();
}

template <class From>
size_t from(const Column& column, const Conversion& conversion, void* out) noexcept {
  const std::span<const From> in = column.values<From>();
  if (conversion.kind == ValueKind::int128) {
    return wide(in, conversion.shift, static_cast<Int128*>(out));
  }
  if (conversion.kind == ValueKind::int256) {
    return wide(in, conversion.shift, static_cast<Int256*>(out));
  }
  if constexpr (sizeof(From) <= 8) {
    // A scale of up to 18 digits, or the type would be wider.
    return conversion.kind == ValueKind::int32
               ? narrow_product(in, conversion.shift, static_cast<int32_t*>(out))
               : narrow_product(in, conversion.shift, static_cast<int64_t*>(out));
  }
  return 0;
}

}  // namespace

size_t convert_decimals(const Conversion& conversion, const Column& column, void* out) noexcept {
  switch (column.value_kind()) {
    case ValueKind::int32:
      return conversion.is_unsigned ? from<uint32_t>(column, conversion, out)
                                    : from<int32_t>(column, conversion, out);
    case ValueKind::int64:
      return conversion.is_unsigned ? from<uint64_t>(column, conversion, out)
                                    : from<int64_t>(column, conversion, out);
    case ValueKind::int128: return from<Int128>(column, conversion, out);
    case ValueKind::int256: return from<Int256>(column, conversion, out);
    default: return 0;
  }
}

}  // namespace veneer::scan
