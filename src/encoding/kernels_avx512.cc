// Kernels by AVX-512's instructions (VL, BW, DQ, VBMI, VBMI2: Ice Lake, Zen 4 and later) for what
// AVX2 takes twice as many for and reads spend time on; all else is AVX2's. Vectors are of 32
// bytes: those of 64 are twice as fast in the first-level cache, but made whole reads 1 to 4
// hundredths slower, as the processor lowers its clock for them. Loads reach up to 63 bytes behind
// the input and stores up to 63 behind the output, as kernels.h allows, so that none needs a scalar
// tail. Instructions a vector: unpack 5 for 32 values of a byte, 16 of two, 8 of four; expand 4.
#include "encoding/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)

// GCC 12 takes what its own header leaves undefined on purpose for a mistake (GCC's bug 105593).
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <bit>
#include <type_traits>

#include "encoding/expand_loop.h"
#include "encoding/kernel_parts.h"

#define VENEER_AVX512 \
  __attribute__((     \
      target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")))
#define VENEER_AVX512_INLINE VENEER_AVX512 __attribute__((always_inline)) inline

namespace veneer::encoding {
namespace {

VENEER_AVX512_INLINE __m256i load(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
VENEER_AVX512_INLINE void store(void* p, __m256i v) {
  _mm256_storeu_si256(static_cast<__m256i*>(p), v);
}

// Unpacking. Each lane of 64 bits takes the 8 bytes that its values' bits lie in (VPERMB), each
// byte of it the 8 bits that begin at a place of its own (VPMULTISHIFTQB), and what is too much is
// masked away. Lane j begins in the byte of bit j * 8 / sizeof(T) * width.
struct Step {
  __m256i bytes, bits, mask;
};

// By the size of T, for each byte of a lane the bit that it begins at: once the width, and what is
// added to it.
constexpr uint64_t kWidths[] = {0, 0x0706050403020100, 0x0303020201010000, 0, 0x0101010100000000};
constexpr uint64_t kAdded[] = {0, 0, 0x0800080008000800, 0, 0x1810080018100800};

template <class T>
VENEER_AVX512_INLINE Step step_of(unsigned width) {
  constexpr size_t kSize = sizeof(T);
  // A factor that puts what is below 256 into each byte of its lane.
  const __m256i each = _mm256_set1_epi64x(0x0101010101010101);
  const auto lane = static_cast<int64_t>(8 / kSize * width);
  const __m256i begin = _mm256_setr_epi64x(0, lane, 2 * lane, 3 * lane);
  const uint64_t places = kWidths[kSize] * width + kAdded[kSize];
  uint64_t mask = 0;
  for (size_t i = 0; i < 64; i += 8 * kSize) mask |= (~uint64_t{0} >> (64 - width)) << i;
  Step step;
  step.bytes = _mm256_add_epi8(_mm256_mullo_epi64(_mm256_srli_epi64(begin, 3), each),
                               _mm256_set1_epi64x(0x0706050403020100));
  step.bits =
      _mm256_add_epi8(_mm256_mullo_epi64(_mm256_and_si256(begin, _mm256_set1_epi64x(7)), each),
                      _mm256_set1_epi64x(static_cast<int64_t>(places)));
  step.mask = _mm256_set1_epi64x(static_cast<int64_t>(mask));
  return step;
}

template <class T>
VENEER_AVX512 void unpack(const uint8_t* in, uint64_t bit, unsigned width, T* out, size_t n) {
  constexpr size_t kLanes = 32 / sizeof(T);
  // Two values of 31 bits and up to 6 bits before them do not fit into a lane.
  if (width == 0 || width == 31) {
    (avx2_kernels()->*unpack_of<T>())(in, bit, width, out, n);
    return;
  }
  const size_t head = unpack_head(in, bit, width, out, n);
  in += (bit + head * width) >> 3;
  const Step step = step_of<T>(width);
  for (size_t i = head; i < n; i += kLanes, in += kLanes / 8 * width) {
    const __m256i bytes = _mm256_permutexvar_epi8(step.bytes, load(in));
    const __m256i values = _mm256_multishift_epi64_epi8(step.bits, bytes);
    store(out + i, _mm256_and_si256(values, step.mask));
  }
}

// Expanding is an instruction of its own.
VENEER_AVX512_INLINE __m256i spread(std::integral_constant<size_t, 4>, uint64_t bits, __m256i v) {
  return _mm256_maskz_expand_epi32(static_cast<__mmask8>(bits), v);
}
VENEER_AVX512_INLINE __m256i spread(std::integral_constant<size_t, 8>, uint64_t bits, __m256i v) {
  return _mm256_maskz_expand_epi64(static_cast<__mmask8>(bits), v);
}

template <size_t Width>
VENEER_AVX512 size_t expand_word_avx512(const uint8_t* dense, uint64_t word, size_t n,
                                        uint8_t* out) {
  constexpr size_t kLanes = 32 / Width;
  const auto taken = static_cast<size_t>(std::popcount(word));
  for (size_t i = 0; i < n; i += kLanes, word >>= kLanes) {
    const uint64_t bits = word & ~uint64_t{0} >> (64 - kLanes);
    store(out + i * Width, spread(std::integral_constant<size_t, Width>(), bits, load(dense)));
    dense += static_cast<size_t>(std::popcount(bits)) * Width;
  }
  return taken;
}

template <size_t Width>
VENEER_AVX512 void expand(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n,
                          uint8_t* out) {
  expand_words<Width>(dense, bits, begin, n, out, expand_word_avx512<Width>);
}

}  // namespace

const Kernels* avx512_kernels() noexcept {
  static const Kernels table = [] {
    Kernels all = *avx2_kernels();
    all.unpack_u8 = unpack<uint8_t>;
    all.unpack_u16 = unpack<uint16_t>;
    all.unpack_u32 = unpack<uint32_t>;
    all.expand_4 = expand<4>;
    all.expand_8 = expand<8>;
    return all;
  }();
  return &table;
}

}  // namespace veneer::encoding

#else

namespace veneer::encoding {
const Kernels* avx512_kernels() noexcept { return nullptr; }
}  // namespace veneer::encoding

#endif
