// AVX2 kernels. Loads reach up to 63 bytes behind the input and stores up to 63 behind the output,
// as kernels.h allows, so that none needs a scalar tail.
// Cycles per value in L1: unpack 0.1 to 8 bits, 0.2 to 16 and 32, 0.55 to 64; maximum 0.04; sum
// 0.36 (32 bits) and 0.6 (64); expand 0.25 (4 bytes) and 0.6 (8 bytes); byte streams 0.15 (4) and
// 0.55 (8).
#include "encoding/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "encoding/expand_loop.h"
#include "encoding/kernel_parts.h"

#define VENEER_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define VENEER_AVX2_INLINE __attribute__((target("avx2,bmi,bmi2,popcnt"), always_inline)) inline

namespace veneer::encoding {
namespace {

VENEER_AVX2_INLINE __m256i load(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
VENEER_AVX2_INLINE void store(void* p, __m256i v) {
  _mm256_storeu_si256(static_cast<__m256i*>(p), v);
}
VENEER_AVX2_INLINE __m128i load_half(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}
VENEER_AVX2_INLINE void store_half(void* p, __m128i v) {
  _mm_storeu_si128(static_cast<__m128i*>(p), v);
}
VENEER_AVX2_INLINE __m256i load_pair(const uint8_t* low, const uint8_t* high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(load_half(low)), load_half(high), 1);
}

// Unpacking. A shuffle brings the bytes that hold a value's bits into its lane; a shift of its own
// and a mask make the value. Both follow from the width alone, since every step starts at a byte.
// Those of 32- and 64-bit lanes are made in registers, a dozen instructions a call: tables of them
// would be 10 KB, and mostly out of the cache.

// 16 values of at most 8 bits lie in 16 bytes, each in two bytes of a 16-bit lane. AVX2 has no
// shift by lane for those: a multiplication moves the value to the top of its lane instead.
struct Steps8 {
  alignas(32) uint8_t shuffle[9][32];
  alignas(32) uint16_t factor[9][16];
  constexpr Steps8() : shuffle(), factor() {
    for (size_t width = 1; width <= 8; ++width) {
      for (size_t i = 0; i < 16; ++i) {
        const size_t byte = i * width / 8, shift = i * width % 8;
        shuffle[width][2 * i] = static_cast<uint8_t>(byte);
        shuffle[width][2 * i + 1] = byte + 1 < 16 ? static_cast<uint8_t>(byte + 1) : kZero;
        factor[width][i] = static_cast<uint16_t>(1u << (16 - width - shift));
      }
    }
  }
};
constexpr Steps8 kSteps8;

// 8 values of at most 26 or exactly 28 bits: 4 in each half, the upper half from the byte of value
// 4 on.
constexpr bool fits_steps32(unsigned width) { return width <= 26 || width == 28; }
// 8 values of at most 58 bits, or of 60 or 64: two steps of 4, each of two halves of 2. `begin` is
// the byte that a half is loaded from.
constexpr bool fits_steps64(unsigned width) { return width <= 58 || width == 60 || width == 64; }

VENEER_AVX2 void unpack_u8(const uint8_t* in, uint64_t bit, unsigned width, uint8_t* out,
                           size_t n) {
  if (width == 0) {
    std::memset(out, 0, n);
    return;
  }
  const size_t head = unpack_head(in, bit, width, out, n);
  in += (bit + head * width) >> 3;
  const __m256i shuffle = load(kSteps8.shuffle[width]);
  const __m256i factor = load(kSteps8.factor[width]);
  const __m128i down = _mm_cvtsi32_si128(static_cast<int>(16 - width));
  for (size_t i = head; i < n; i += 32, in += size_t{4} * width) {
    __m256i a = _mm256_broadcastsi128_si256(load_half(in));
    __m256i b = _mm256_broadcastsi128_si256(load_half(in + size_t{2} * width));
    a = _mm256_mullo_epi16(_mm256_shuffle_epi8(a, shuffle), factor);
    b = _mm256_mullo_epi16(_mm256_shuffle_epi8(b, shuffle), factor);
    const __m256i packed =
        _mm256_packus_epi16(_mm256_srl_epi16(a, down), _mm256_srl_epi16(b, down));
    store(out + i, _mm256_permute4x64_epi64(packed, 0xD8));
  }
}

// The next 8 values as 32-bit lanes.
struct Step32 {
  __m256i shuffle, shift, mask;
};
VENEER_AVX2_INLINE Step32 step32(unsigned width) {
  const auto begin = static_cast<int>(4 * width & 7);  // of the upper half, in its first byte
  const __m256i bits =
      _mm256_add_epi32(_mm256_mullo_epi32(_mm256_set1_epi32(static_cast<int>(width)),
                                          _mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3)),
                       _mm256_setr_epi32(0, 0, 0, 0, begin, begin, begin, begin));
  const __m256i spread =
      _mm256_broadcastsi128_si256(_mm_setr_epi32(0, 0x04040404, 0x08080808, 0x0C0C0C0C));
  Step32 step;
  step.shuffle = _mm256_add_epi8(_mm256_shuffle_epi8(_mm256_srli_epi32(bits, 3), spread),
                                 _mm256_set1_epi32(0x03020100));
  step.shift = _mm256_and_si256(bits, _mm256_set1_epi32(7));
  step.mask = _mm256_set1_epi32(static_cast<int>((uint64_t{1} << width) - 1));
  return step;
}
VENEER_AVX2_INLINE __m256i eight(const uint8_t* in, unsigned width, const Step32& step) {
  const __m256i bytes = _mm256_shuffle_epi8(load_pair(in, in + width / 2), step.shuffle);
  return _mm256_and_si256(_mm256_srlv_epi32(bytes, step.shift), step.mask);
}

// The next 8 values as two vectors of 64-bit lanes.
struct Step64 {
  __m256i shuffle[2], shift[2], mask;
  size_t begin[4];
};
VENEER_AVX2_INLINE Step64 step64(unsigned width) {
  const __m256i spread = _mm256_broadcastsi128_si256(_mm_set_epi64x(0x0808080808080808, 0));
  Step64 step;
  for (unsigned i = 0; i < 2; ++i) {
    const int64_t first = 4 * i * width & 7, second = (4 * i + 2) * width & 7;
    const __m256i bits = _mm256_set_epi64x(second + width, second, first + width, first);
    step.shuffle[i] = _mm256_add_epi8(_mm256_shuffle_epi8(_mm256_srli_epi64(bits, 3), spread),
                                      _mm256_set1_epi64x(0x0706050403020100));
    step.shift[i] = _mm256_and_si256(bits, _mm256_set1_epi64x(7));
  }
  step.mask = _mm256_set1_epi64x(static_cast<int64_t>(~uint64_t{0} >> (64 - width)));
  for (unsigned i = 0; i < 4; ++i) step.begin[i] = 2 * i * width / 8;
  return step;
}
template <size_t Half>
VENEER_AVX2_INLINE __m256i four(const uint8_t* in, const Step64& step) {
  const __m256i pair = load_pair(in + step.begin[2 * Half], in + step.begin[2 * Half + 1]);
  const __m256i bytes = _mm256_shuffle_epi8(pair, step.shuffle[Half]);
  return _mm256_and_si256(_mm256_srlv_epi64(bytes, step.shift[Half]), step.mask);
}

VENEER_AVX2 void unpack_u16(const uint8_t* in, uint64_t bit, unsigned width, uint16_t* out,
                            size_t n) {
  if (width == 0) {
    std::fill_n(out, n, uint16_t{0});
    return;
  }
  const size_t head = unpack_head(in, bit, width, out, n);
  in += (bit + head * width) >> 3;
  const Step32 step = step32(width);
  for (size_t i = head; i < n; i += 16, in += size_t{2} * width) {
    const __m256i packed =
        _mm256_packus_epi32(eight(in, width, step), eight(in + width, width, step));
    store(out + i, _mm256_permute4x64_epi64(packed, 0xD8));
  }
}

VENEER_AVX2 void unpack_u32(const uint8_t* in, uint64_t bit, unsigned width, uint32_t* out,
                            size_t n) {
  if (width == 0) {
    std::fill_n(out, n, uint32_t{0});
    return;
  }
  const size_t head = unpack_head(in, bit, width, out, n);
  if (head == n) return;
  in += (bit + head * width) >> 3;
  if (width == 32) {
    std::memcpy(out + head, in, (n - head) * 4);
  } else if (fits_steps32(width)) {
    const Step32 step = step32(width);
    for (size_t i = head; i < n; i += 8, in += width) store(out + i, eight(in, width, step));
  } else {
    const Step64 step = step64(width);
    for (size_t i = head; i < n; i += 8, in += width) {
      const __m256 low = _mm256_castsi256_ps(four<0>(in, step));
      const __m256 high = _mm256_castsi256_ps(four<1>(in, step));
      const __m256i both = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88));
      store(out + i, _mm256_permute4x64_epi64(both, 0xD8));
    }
  }
}

VENEER_AVX2 void unpack_u64(const uint8_t* in, uint64_t bit, unsigned width, uint64_t* out,
                            size_t n) {
  if (width == 0 || !fits_steps64(width)) {
    scalar_kernels().unpack_u64(in, bit, width, out, n);
    return;
  }
  const size_t head = unpack_head(in, bit, width, out, n);
  if (head == n) return;
  in += (bit + head * width) >> 3;
  const Step64 step = step64(width);
  for (size_t i = head; i < n; i += 8, in += width) {
    store(out + i, four<0>(in, step));
    store(out + i + 4, four<1>(in, step));
  }
}

// Maximum: whole vectors, the last of which overlaps the one before.

template <class T>
VENEER_AVX2_INLINE __m256i larger(__m256i a, __m256i b) {
  if constexpr (sizeof(T) == 1) return _mm256_max_epu8(a, b);
  if constexpr (sizeof(T) == 2) return _mm256_max_epu16(a, b);
  if constexpr (sizeof(T) == 4) return _mm256_max_epu32(a, b);
}

template <class T>
VENEER_AVX2 uint32_t maximum(const T* values, size_t n) {
  constexpr size_t kLanes = 32 / sizeof(T);
  T lanes[kLanes] = {};
  if (n < kLanes) {
    for (size_t i = 0; i < n; ++i) lanes[0] = std::max(lanes[0], values[i]);
    return lanes[0];
  }
  __m256i most = load(values + n - kLanes);
  __m256i other = most;
  size_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    most = larger<T>(most, load(values + i));
    other = larger<T>(other, load(values + i + kLanes));
  }
  if (i + kLanes <= n) most = larger<T>(most, load(values + i));
  store(lanes, larger<T>(most, other));
  return *std::max_element(lanes, lanes + kLanes);
}

// Sums: within the vector in three steps, then the last lane is carried on.
VENEER_AVX2 uint32_t sum_u32(uint32_t* values, size_t n, uint32_t last, uint32_t step) {
  if (n == 0) return last;
  const __m256i steps = _mm256_set1_epi32(static_cast<int>(step));
  const __m256i upper = _mm256_setr_epi32(-1, -1, -1, -1, 3, 3, 3, 3);
  const __m256i top = _mm256_set1_epi32(7);
  const __m256i in_upper = _mm256_setr_epi32(0, 0, 0, 0, -1, -1, -1, -1);
  __m256i carry = _mm256_set1_epi32(static_cast<int>(last));
  for (size_t i = 0; i < n; i += 8) {
    __m256i v = _mm256_add_epi32(load(values + i), steps);
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    const __m256i across = _mm256_permutevar8x32_epi32(v, upper);
    v = _mm256_add_epi32(v, _mm256_and_si256(across, in_upper));
    // The chain from step to step is this addition only: the sum of the eight does not wait for it.
    const __m256i total = _mm256_permutevar8x32_epi32(v, top);
    store(values + i, _mm256_add_epi32(v, carry));
    carry = _mm256_add_epi32(carry, total);
  }
  return values[n - 1];
}

VENEER_AVX2 uint64_t sum_u64(uint64_t* values, size_t n, uint64_t last, uint64_t step) {
  if (n == 0) return last;
  const __m256i steps = _mm256_set1_epi64x(static_cast<int64_t>(step));
  const __m256i in_upper = _mm256_setr_epi64x(0, 0, -1, -1);
  __m256i carry = _mm256_set1_epi64x(static_cast<int64_t>(last));
  for (size_t i = 0; i < n; i += 4) {
    __m256i v = _mm256_add_epi64(load(values + i), steps);
    v = _mm256_add_epi64(v, _mm256_slli_si256(v, 8));
    const __m256i across = _mm256_permute4x64_epi64(v, 0x55);
    v = _mm256_add_epi64(v, _mm256_and_si256(across, in_upper));
    const __m256i total = _mm256_permute4x64_epi64(v, 0xFF);
    store(values + i, _mm256_add_epi64(v, carry));
    carry = _mm256_add_epi64(carry, total);
  }
  return values[n - 1];
}

// Expanding: eight slots at a time, by the byte of the bitmap.
VENEER_AVX2_INLINE __m128i positions(unsigned bits) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kPositions.of[bits]));
}

VENEER_AVX2_INLINE void eight_slots(std::integral_constant<size_t, 1>, const uint8_t* dense,
                                    unsigned bits, uint8_t* out) {
  const __m128i values = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(dense));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(values, positions(bits)));
}
VENEER_AVX2_INLINE void eight_slots(std::integral_constant<size_t, 2>, const uint8_t* dense,
                                    unsigned bits, uint8_t* out) {
  const __m128i at = positions(bits);
  const __m128i low = _mm_adds_epu8(at, at);  // saturates: a null's bytes stay zero
  const __m128i high = _mm_or_si128(low, _mm_set1_epi8(1));
  store_half(out, _mm_shuffle_epi8(load_half(dense), _mm_unpacklo_epi8(low, high)));
}
VENEER_AVX2_INLINE void eight_slots(std::integral_constant<size_t, 4>, const uint8_t* dense,
                                    unsigned bits, uint8_t* out) {
  const __m256i at = _mm256_cvtepi8_epi32(positions(bits));  // a null's lane is negative
  const __m256i values = _mm256_permutevar8x32_epi32(load(dense), at);
  store(out, _mm256_andnot_si256(_mm256_srai_epi32(at, 31), values));
}
VENEER_AVX2_INLINE void eight_slots(std::integral_constant<size_t, 8>, const uint8_t* dense,
                                    unsigned bits, uint8_t* out) {
  const __m128i at = positions(bits);
  const __m128i low = _mm_adds_epu8(at, at);
  const __m128i high = _mm_or_si128(low, _mm_set1_epi8(1));
  const __m128i lanes = _mm_unpacklo_epi8(low, high);
  const __m256i first = _mm256_cvtepi8_epi32(lanes);
  const __m256i second = _mm256_cvtepi8_epi32(_mm_srli_si128(lanes, 8));
  // The second four slots' elements start where the first four's end.
  const unsigned taken = static_cast<unsigned>(std::popcount(bits & 15));
  const __m256i moved = _mm256_sub_epi32(second, _mm256_set1_epi32(static_cast<int>(2 * taken)));
  const __m256i a = _mm256_permutevar8x32_epi32(load(dense), first);
  const __m256i b = _mm256_permutevar8x32_epi32(load(dense + size_t{8} * taken), moved);
  store(out, _mm256_andnot_si256(_mm256_srai_epi32(first, 31), a));
  store(out + 32, _mm256_andnot_si256(_mm256_srai_epi32(second, 31), b));
}

template <size_t Width>
VENEER_AVX2 size_t expand_word_avx2(const uint8_t* dense, uint64_t word, size_t n, uint8_t* out) {
  const auto taken = static_cast<size_t>(std::popcount(word));
  for (size_t i = 0; i < n; i += 8, word >>= 8) {
    const unsigned bits = word & 0xFF;
    eight_slots(std::integral_constant<size_t, Width>(), dense, bits, out + i * Width);
    dense += static_cast<unsigned>(std::popcount(bits)) * Width;
  }
  return taken;
}

template <size_t Width>
VENEER_AVX2 void expand(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n,
                        uint8_t* out) {
  expand_words<Width>(dense, bits, begin, n, out, expand_word_avx2<Width>);
}

// Byte streams: each stream's bytes are interleaved with their neighbours' three times over (4
// streams: two times).
template <size_t Width>
inline void merge_tail(const uint8_t* streams, size_t stride, size_t begin, size_t n,
                       uint8_t* out) {
  for (size_t i = begin; i < n; ++i) {
    for (size_t k = 0; k < Width; ++k) out[i * Width + k] = streams[k * stride + i];
  }
}

VENEER_AVX2 void merge_4(const uint8_t* streams, size_t stride, size_t n, uint8_t* out) {
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    const __m256i a = load(streams + i), b = load(streams + stride + i);
    const __m256i c = load(streams + 2 * stride + i), d = load(streams + 3 * stride + i);
    const __m256i ab = _mm256_unpacklo_epi8(a, b), ab_high = _mm256_unpackhi_epi8(a, b);
    const __m256i cd = _mm256_unpacklo_epi8(c, d), cd_high = _mm256_unpackhi_epi8(c, d);
    const __m256i v0 = _mm256_unpacklo_epi16(ab, cd), v4 = _mm256_unpackhi_epi16(ab, cd);
    const __m256i v8 = _mm256_unpacklo_epi16(ab_high, cd_high);
    const __m256i v12 = _mm256_unpackhi_epi16(ab_high, cd_high);
    store(out + 4 * i, _mm256_permute2x128_si256(v0, v4, 0x20));
    store(out + 4 * i + 32, _mm256_permute2x128_si256(v8, v12, 0x20));
    store(out + 4 * i + 64, _mm256_permute2x128_si256(v0, v4, 0x31));
    store(out + 4 * i + 96, _mm256_permute2x128_si256(v8, v12, 0x31));
  }
  merge_tail<4>(streams, stride, i, n, out);
}

VENEER_AVX2 void merge_8(const uint8_t* streams, size_t stride, size_t n, uint8_t* out) {
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    __m128i bytes[8], pairs[8], fours[8];
    for (size_t k = 0; k < 8; ++k) bytes[k] = load_half(streams + k * stride + i);
    for (size_t k = 0; k < 4; ++k) {  // streams 2k and 2k + 1: values 0 to 7, 8 to 15
      pairs[k] = _mm_unpacklo_epi8(bytes[2 * k], bytes[2 * k + 1]);
      pairs[k + 4] = _mm_unpackhi_epi8(bytes[2 * k], bytes[2 * k + 1]);
    }
    for (size_t k = 0; k < 2; ++k) {  // k: streams 0 to 3, 4 to 7; in order of values by pairs
      fours[k] = _mm_unpacklo_epi16(pairs[2 * k], pairs[2 * k + 1]);
      fours[k + 2] = _mm_unpackhi_epi16(pairs[2 * k], pairs[2 * k + 1]);
      fours[k + 4] = _mm_unpacklo_epi16(pairs[2 * k + 4], pairs[2 * k + 5]);
      fours[k + 6] = _mm_unpackhi_epi16(pairs[2 * k + 4], pairs[2 * k + 5]);
    }
    for (size_t k = 0; k < 4; ++k) {
      uint8_t* to = out + 8 * i + 32 * k;
      store_half(to, _mm_unpacklo_epi32(fours[2 * k], fours[2 * k + 1]));
      store_half(to + 16, _mm_unpackhi_epi32(fours[2 * k], fours[2 * k + 1]));
    }
  }
  merge_tail<8>(streams, stride, i, n, out);
}

// Levels.
VENEER_AVX2_INLINE uint64_t both_masks(__m256i low, __m256i high, size_t n) {
  if (n == 0) return 0;
  const auto a = static_cast<uint32_t>(_mm256_movemask_epi8(low));
  const auto b = static_cast<uint32_t>(_mm256_movemask_epi8(high));
  return (uint64_t{a} | uint64_t{b} << 32) & ~uint64_t{0} >> (64 - n);
}
VENEER_AVX2 uint64_t equal_mask(const uint8_t* levels, size_t n, uint8_t value) {
  const __m256i v = _mm256_set1_epi8(static_cast<char>(value));
  return both_masks(_mm256_cmpeq_epi8(load(levels), v), _mm256_cmpeq_epi8(load(levels + 32), v), n);
}
VENEER_AVX2 uint64_t at_least_mask(const uint8_t* levels, size_t n, uint8_t value) {
  const __m256i v = _mm256_set1_epi8(static_cast<char>(value));
  const __m256i a = load(levels), b = load(levels + 32);
  return both_masks(_mm256_cmpeq_epi8(_mm256_max_epu8(a, v), a),
                    _mm256_cmpeq_epi8(_mm256_max_epu8(b, v), b), n);
}

}  // namespace

const Kernels* avx2_kernels() noexcept {
  static constexpr Kernels table = {
      .unpack_u8 = unpack_u8,
      .unpack_u16 = unpack_u16,
      .unpack_u32 = unpack_u32,
      .unpack_u64 = unpack_u64,
      .max_u8 = maximum<uint8_t>,
      .max_u16 = maximum<uint16_t>,
      .max_u32 = maximum<uint32_t>,
      .sum_u32 = sum_u32,
      .sum_u64 = sum_u64,
      .expand_1 = expand<1>,
      .expand_2 = expand<2>,
      .expand_4 = expand<4>,
      .expand_8 = expand<8>,
      .merge_4 = merge_4,
      .merge_8 = merge_8,
      .equal_mask = equal_mask,
      .at_least_mask = at_least_mask,
  };
  return &table;
}

}  // namespace veneer::encoding

#else

namespace veneer::encoding {
const Kernels* avx2_kernels() noexcept { return nullptr; }
}  // namespace veneer::encoding

#endif
