// NEON kernels of AArch64. Loads reach up to 63 bytes behind the input and stores up to 63 behind
// the output, as kernels.h allows, so that none needs a scalar tail.
// No processor has timed them yet: they were run under emulation. What each is worth is told in
// instructions of its loop, as GCC 12 and Clang 14 compile it at -O3, against the scalar twin's.
#include "encoding/kernels.h"

#if defined(__aarch64__) && defined(__ARM_NEON) && !defined(__ARM_BIG_ENDIAN)

#include <arm_neon.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/bits.h"
#include "encoding/expand_loop.h"
#include "encoding/kernel_parts.h"

namespace veneer::encoding {
namespace {

inline void store(void* p, uint8x16_t v) { vst1q_u8(static_cast<uint8_t*>(p), v); }

// Unpacking. A look-up brings the bytes that hold a value's bits into its lane, a shift of the
// lane's own and a mask make the value. Where a value may run on into one byte more than a lane
// has, a second look-up and a shift upwards bring that one.
struct Step {
  uint8x16_t bytes, shift;  // shifts are of lanes of T, by the lowest byte of each
  uint8x16_t next_byte, next_shift;
};

// For a vector whose first value starts at bit `begin` < 8. All numbers fit into a byte: the last
// value of a vector starts at bit 120 or before.
template <class T>
inline Step step_of(unsigned width, unsigned begin) {
  constexpr auto kBytes = static_cast<uint8_t>(sizeof(T));
  constexpr auto kDown = static_cast<int8_t>(-std::countr_zero(kBytes));
  const uint8x16_t count =
      vcombine_u8(vcreate_u8(0x0706050403020100), vcreate_u8(0x0F0E0D0C0B0A0908));
  const uint8x16_t lane = vshlq_u8(count, vdupq_n_s8(kDown));
  const uint8x16_t in_lane = vandq_u8(count, vdupq_n_u8(kBytes - 1));
  const uint8x16_t bit = vmlaq_u8(vdupq_n_u8(static_cast<uint8_t>(begin)), lane,
                                  vdupq_n_u8(static_cast<uint8_t>(width)));
  const uint8x16_t byte = vshrq_n_u8(bit, 3);
  const uint8x16_t shift = vandq_u8(bit, vdupq_n_u8(7));
  Step step;
  step.bytes = vaddq_u8(byte, in_lane);
  step.shift = vsubq_u8(vdupq_n_u8(0), shift);  // downwards
  // All but the lowest byte of each lane are out of range, and so zero.
  step.next_byte = vorrq_u8(vaddq_u8(byte, vdupq_n_u8(kBytes)), vtstq_u8(in_lane, in_lane));
  step.next_shift = vsubq_u8(vdupq_n_u8(8 * kBytes), shift);
  return step;
}

// Each lane by the signed number in its byte of `by`: downwards where that is negative.
template <class T>
inline uint8x16_t shift_lanes(uint8x16_t v, uint8x16_t by) {
  if constexpr (sizeof(T) == 1) return vshlq_u8(v, vreinterpretq_s8_u8(by));
  if constexpr (sizeof(T) == 2) {
    return vreinterpretq_u8_u16(vshlq_u16(vreinterpretq_u16_u8(v), vreinterpretq_s16_u8(by)));
  }
  if constexpr (sizeof(T) == 4) {
    return vreinterpretq_u8_u32(vshlq_u32(vreinterpretq_u32_u8(v), vreinterpretq_s32_u8(by)));
  }
  if constexpr (sizeof(T) == 8) {
    return vreinterpretq_u8_u64(vshlq_u64(vreinterpretq_u64_u8(v), vreinterpretq_s64_u8(by)));
  }
}

template <class T>
inline uint8x16_t mask_of(unsigned width) {
  const uint64_t mask = ~uint64_t{0} >> (64 - width);
  if constexpr (sizeof(T) == 1) return vdupq_n_u8(static_cast<uint8_t>(mask));
  if constexpr (sizeof(T) == 2) {
    return vreinterpretq_u8_u16(vdupq_n_u16(static_cast<uint16_t>(mask)));
  }
  if constexpr (sizeof(T) == 4) {
    return vreinterpretq_u8_u32(vdupq_n_u32(static_cast<uint32_t>(mask)));
  }
  if constexpr (sizeof(T) == 8) return vreinterpretq_u8_u64(vdupq_n_u64(mask));
}

// n values from a byte on. 16 of 1 byte or 8 of 2, 4 and 8 bytes are a round, which ends at a byte:
// 1, 1, 2 and 4 vectors.
template <class T, bool RunsOn>
inline void unpack_rounds(const uint8_t* in, unsigned width, T* out, size_t n) {
  constexpr size_t kLanes = 16 / sizeof(T);
  constexpr size_t kVectors = sizeof(T) <= 2 ? 1 : sizeof(T) / 2;
  constexpr size_t kRound = kLanes * kVectors;
  Step steps[kVectors];
  size_t begin[kVectors];
  for (size_t v = 0; v < kVectors; ++v) {
    const size_t bit = v * kLanes * width;
    begin[v] = bit / 8;
    steps[v] = step_of<T>(width, bit % 8);
  }
  const uint8x16_t mask = mask_of<T>(width);
  for (size_t i = 0; i < n; i += kRound, in += kRound * width / 8) {
    for (size_t v = 0; v < kVectors; ++v) {
      const uint8x16_t from = vld1q_u8(in + begin[v]);
      uint8x16_t lanes = shift_lanes<T>(vqtbl1q_u8(from, steps[v].bytes), steps[v].shift);
      if constexpr (RunsOn) {
        const uint8x16_t next = vqtbl1q_u8(from, steps[v].next_byte);
        lanes = vorrq_u8(lanes, shift_lanes<T>(next, steps[v].next_shift));
      }
      store(out + i + v * kLanes, vandq_u8(lanes, mask));
    }
  }
}

// Instructions a value: .6 of 1 byte, 1.2 of 2, 1.9 of 4 and 3.1 of 8, up to a half more where
// values run on; scalar 9, of more than 57 bits 15.
template <class T>
void unpack(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) {
  // Two values of 63 bits may lie in 17 bytes.
  if (width == 0 || (sizeof(T) == 8 && width == 63)) {
    (scalar_kernels().*unpack_of<T>())(in, bit, width, out, n);
    return;
  }
  const size_t head = unpack_head(in, bit, width, out, n);
  if (head == n) return;
  in += (bit + head * width) >> 3;
  // Values start at multiples of the largest power of 2 in `width`.
  const unsigned latest = 8 - (1u << std::countr_zero(width | 8));
  if (latest + width <= 8 * sizeof(T)) {
    unpack_rounds<T, false>(in, width, out + head, n - head);
  } else {
    unpack_rounds<T, true>(in, width, out + head, n - head);
  }
}

// Sums: within the vector in two steps, then the last lane is carried on. 3 instructions a value,
// scalar 6, each waiting for the one before.
uint32_t sum_u32(uint32_t* values, size_t n, uint32_t last, uint32_t step) {
  if (n == 0) return last;
  const uint32x4_t zero = vdupq_n_u32(0), steps = vdupq_n_u32(step);
  uint32x4_t carry = vdupq_n_u32(last);
  for (size_t i = 0; i < n; i += 4) {
    uint32x4_t v = vaddq_u32(vld1q_u32(values + i), steps);
    v = vaddq_u32(v, vextq_u32(zero, v, 3));
    v = vaddq_u32(v, vextq_u32(zero, v, 2));
    // The chain from step to step is the second addition only.
    vst1q_u32(values + i, vaddq_u32(v, carry));
    carry = vaddq_u32(carry, vdupq_laneq_u32(v, 3));
  }
  return values[n - 1];
}

// Expanding. How many elements the slots before each eight of a word take, and those before their
// upper four, a byte each: all at once, so that no group waits for the one before it.
struct Starts {
  uint64_t lower, upper;
};
inline Starts starts_of(uint64_t word) {
  uint64_t fours = word - (word >> 1 & 0x5555555555555555u);
  fours = (fours & 0x3333333333333333u) + (fours >> 2 & 0x3333333333333333u);
  const uint64_t in_lower = fours & 0x0F0F0F0F0F0F0F0Fu;
  const uint64_t in_both = in_lower + (fours >> 4 & 0x0F0F0F0F0F0F0F0Fu);
  const uint64_t lower = in_both * 0x0101010101010100u;
  return {lower, lower + in_lower};
}

// Which bytes four slots take, by their bits: 256 and 512 bytes.
template <size_t Width>
struct Fours {
  alignas(16) uint8_t of[16][4 * Width];
  constexpr Fours() : of() {
    for (size_t bits = 0; bits < 16; ++bits) {
      for (size_t i = 0; i < 4 * Width; ++i) {
        const size_t element = kPositions.of[bits][i / Width];
        of[bits][i] = static_cast<uint8_t>(element == kZero ? kZero : element * Width + i % Width);
      }
    }
  }
};
template <size_t Width>
constexpr Fours<Width> kFours;

template <size_t Width>
inline void four_slots(const uint8_t* dense, unsigned bits, uint8_t* out) {
  const uint8_t* bytes = kFours<Width>.of[bits];
  if constexpr (Width == 4) {
    store(out, vqtbl1q_u8(vld1q_u8(dense), vld1q_u8(bytes)));
  } else {
    const uint8x16x2_t from = {{vld1q_u8(dense), vld1q_u8(dense + 16)}};
    store(out, vqtbl2q_u8(from, vld1q_u8(bytes)));
    store(out + 16, vqtbl2q_u8(from, vld1q_u8(bytes + 16)));
  }
}

// Of 1 or 2 bytes each.
template <size_t Width>
inline void eight_slots(const uint8_t* dense, unsigned bits, uint8_t* out) {
  const uint8x8_t at = vld1_u8(kPositions.of[bits]);
  if constexpr (Width == 1) {
    vst1_u8(out, vqtbl1_u8(vld1q_u8(dense), at));
  } else {
    const uint8x8_t low = vqadd_u8(at, at);  // saturates: a null's bytes stay zero
    const uint8x8_t high = vorr_u8(low, vdup_n_u8(1));
    const uint8x16_t bytes = vcombine_u8(vzip1_u8(low, high), vzip2_u8(low, high));
    store(out, vqtbl1q_u8(vld1q_u8(dense), bytes));
  }
}

// Instructions a slot, of 1, 2, 4 and 8 bytes: 1.3, 2, 2.5, 5.4 (Clang 3.8); scalar about 10.
template <size_t Width>
inline size_t expand_word_neon(const uint8_t* dense, uint64_t word, size_t n, uint8_t* out) {
  const size_t taken = count_ones(word);
  Starts starts = starts_of(word);
  for (size_t i = 0; i < n; i += 8, word >>= 8, starts.lower >>= 8, starts.upper >>= 8) {
    const uint8_t* lower = dense + (starts.lower & 0xFF) * Width;
    if constexpr (Width <= 2) {
      eight_slots<Width>(lower, word & 0xFF, out + i * Width);
    } else {
      four_slots<Width>(lower, word & 15, out + i * Width);
      four_slots<Width>(dense + (starts.upper & 0xFF) * Width, word >> 4 & 15,
                        out + (i + 4) * Width);
    }
  }
  return taken;
}

template <size_t Width>
void expand(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, uint8_t* out) {
  expand_words<Width>(dense, bits, begin, n, out, expand_word_neon<Width>);
}

// Byte streams. Interleaving each vector with the one four behind it turns the place of a byte by
// one bit: after three times (stream, value) is (value, stream). 50 instructions for 16 values,
// which GCC makes of the scalar loop too; Clang moves single bytes there.
using Vectors = std::array<uint8x16_t, 8>;
inline Vectors interleave(const Vectors& v) {
  return {vzip1q_u8(v[0], v[4]), vzip2q_u8(v[0], v[4]), vzip1q_u8(v[1], v[5]),
          vzip2q_u8(v[1], v[5]), vzip1q_u8(v[2], v[6]), vzip2q_u8(v[2], v[6]),
          vzip1q_u8(v[3], v[7]), vzip2q_u8(v[3], v[7])};
}
void merge_8(const uint8_t* streams, size_t stride, size_t n, uint8_t* out) {
  if (n < 16) {
    scalar_kernels().merge_8(streams, stride, n, out);
    return;
  }
  for (size_t begin = 0; begin < n; begin += 16) {
    const size_t i = std::min(begin, n - 16);  // the last 16 overlap those before
    Vectors bytes;
    for (size_t k = 0; k < 8; ++k) bytes[k] = vld1q_u8(streams + k * stride + i);
    bytes = interleave(interleave(interleave(bytes)));
    for (size_t k = 0; k < 8; ++k) store(out + 8 * i + 16 * k, bytes[k]);
  }
}

// Levels: each comparison leaves the bit of its place in its byte; three sums of neighbours bring
// 64 of them into one word. 25 instructions for all, scalar 3 to 6 a level.
inline uint64_t mask_of(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d, size_t n) {
  if (n == 0) return 0;
  const uint8x16_t place = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201u));
  const uint8x16_t ab = vpaddq_u8(vandq_u8(a, place), vandq_u8(b, place));
  const uint8x16_t cd = vpaddq_u8(vandq_u8(c, place), vandq_u8(d, place));
  const uint8x16_t all = vpaddq_u8(ab, cd);
  const uint64_t mask = vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
  return mask & ~uint64_t{0} >> (64 - n);
}
uint64_t equal_mask(const uint8_t* levels, size_t n, uint8_t value) {
  const uint8x16_t v = vdupq_n_u8(value);
  return mask_of(vceqq_u8(vld1q_u8(levels), v), vceqq_u8(vld1q_u8(levels + 16), v),
                 vceqq_u8(vld1q_u8(levels + 32), v), vceqq_u8(vld1q_u8(levels + 48), v), n);
}
uint64_t at_least_mask(const uint8_t* levels, size_t n, uint8_t value) {
  const uint8x16_t v = vdupq_n_u8(value);
  return mask_of(vcgeq_u8(vld1q_u8(levels), v), vcgeq_u8(vld1q_u8(levels + 16), v),
                 vcgeq_u8(vld1q_u8(levels + 32), v), vcgeq_u8(vld1q_u8(levels + 48), v), n);
}

Kernels make_table() {
  // The compilers themselves make UMAX of the scalar max_* and ST4 of merge_4; sum_u64 with two
  // lanes takes as many instructions as without.
  Kernels table = scalar_kernels();
  table.unpack_u8 = unpack<uint8_t>;
  table.unpack_u16 = unpack<uint16_t>;
  table.unpack_u32 = unpack<uint32_t>;
  table.unpack_u64 = unpack<uint64_t>;
  table.sum_u32 = sum_u32;
  table.expand_1 = expand<1>;
  table.expand_2 = expand<2>;
  table.expand_4 = expand<4>;
  table.expand_8 = expand<8>;
  table.merge_8 = merge_8;
  table.equal_mask = equal_mask;
  table.at_least_mask = at_least_mask;
  return table;
}

}  // namespace

const Kernels* neon_kernels() noexcept {
  static const Kernels table = make_table();
  return &table;
}

}  // namespace veneer::encoding

#else

namespace veneer::encoding {
const Kernels* neon_kernels() noexcept { return nullptr; }
}  // namespace veneer::encoding

#endif
