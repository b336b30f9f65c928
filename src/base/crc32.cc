#include "base/crc32.h"

#include <array>

#include "base/bits.h"
#include "base/cpu.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define VENEER_CRC32_PCLMUL 1
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__GNUC__)
#define VENEER_CRC32_AARCH64 1
#endif

namespace veneer {
namespace {

// x^32 + … + 1 without its leading term, bit-reversed: the lowest bit stands for x^31.
constexpr uint32_t kPolynomial = 0xEDB88320;

using Table = std::array<std::array<uint32_t, 256>, 8>;

// table[k][b] is the remainder of byte b followed by k zero bytes.
Table make_table() noexcept {
  Table table{};
  for (uint32_t b = 0; b < 256; ++b) {
    uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[0][b] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t b = 0; b < 256; ++b) {
      const uint32_t before = table[k - 1][b];
      table[k][b] = (before >> 8) ^ table[0][before & 0xFF];
    }
  }
  return table;
}
// Made when it is first wanted, in some microseconds: as a constant it would be 8 KB of every
// binary.
const Table& made_table() noexcept {
  static const Table table = make_table();
  return table;
}

// Takes and gives the register itself, that is the checksum inverted.
uint32_t update_scalar(uint32_t crc, const uint8_t* p, size_t size) noexcept {
  const Table& table = made_table();
  for (; size >= 8; p += 8, size -= 8) {
    const uint32_t low = crc ^ load_le<uint32_t>(p);
    const uint32_t high = load_le<uint32_t>(p + 4);
    crc = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^
          table[4][low >> 24] ^ table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^
          table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
  }
  for (; size > 0; ++p, --size) crc = (crc >> 8) ^ table[0][(crc ^ *p) & 0xFF];
  return crc;
}

#ifdef VENEER_CRC32_PCLMUL

// x^exponent mod P, bit-reversed, times x: a carry-less product of two reversed numbers comes out
// one place short. (Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction", Intel 2009.)
constexpr int64_t fold_constant(int exponent) {
  uint32_t remainder = 0x80000000;  // x^0
  for (int i = 0; i < exponent; ++i) {
    remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? kPolynomial : 0);
  }
  return static_cast<int64_t>(uint64_t{remainder} << 1);
}
// Moving a 16-byte lane ahead by n bits multiplies its first half by x^(n+64) and its second by
// x^n; 32 less of each, because a reversed 32-bit constant in a 64-bit operand stands x^32 higher.
constexpr int64_t kFold512First = fold_constant(512 + 32);
constexpr int64_t kFold512Second = fold_constant(512 - 32);
constexpr int64_t kFold128First = fold_constant(128 + 32);
constexpr int64_t kFold128Second = fold_constant(128 - 32);
static_assert(kFold512First == 0x154442bd4 && kFold512Second == 0x1c6e41596);
static_assert(kFold128First == 0x1751997d0 && kFold128Second == 0x0ccaa009e);

__attribute__((target("pclmul,sse4.1"))) inline __m128i load(const uint8_t* p) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i lane, __m128i by,
                                                             __m128i onto) noexcept {
  const __m128i first = _mm_clmulepi64_si128(lane, by, 0x00);
  const __m128i second = _mm_clmulepi64_si128(lane, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(first, second), onto);
}

constexpr size_t kPclmulMinimum = 64;

// Four lanes of 16 bytes are folded ahead over the input, then into one another; the 16 bytes that
// remain have the checksum of everything before them, and the scalar twin finishes.
__attribute__((target("pclmul,sse4.1"))) uint32_t update_pclmul(uint32_t crc, const uint8_t* p,
                                                                size_t size) noexcept {
  __m128i lane0 = _mm_xor_si128(load(p), _mm_cvtsi32_si128(static_cast<int>(crc)));
  __m128i lane1 = load(p + 16);
  __m128i lane2 = load(p + 32);
  __m128i lane3 = load(p + 48);
  p += 64;
  size -= 64;
  const __m128i by512 = _mm_set_epi64x(kFold512Second, kFold512First);
  for (; size >= 64; p += 64, size -= 64) {
    lane0 = fold(lane0, by512, load(p));
    lane1 = fold(lane1, by512, load(p + 16));
    lane2 = fold(lane2, by512, load(p + 32));
    lane3 = fold(lane3, by512, load(p + 48));
  }
  const __m128i by128 = _mm_set_epi64x(kFold128Second, kFold128First);
  lane1 = fold(lane0, by128, lane1);
  lane2 = fold(lane1, by128, lane2);
  lane3 = fold(lane2, by128, lane3);
  for (; size >= 16; p += 16, size -= 16) lane3 = fold(lane3, by128, load(p));
  alignas(16) uint8_t folded[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(folded), lane3);
  return update_scalar(update_scalar(0, folded, sizeof(folded)), p, size);
}

#endif  // VENEER_CRC32_PCLMUL

#ifdef VENEER_CRC32_AARCH64

// In the assembler's words: Clang before 16 declares the intrinsics only where the whole build may
// use them, and names the target otherwise than GCC does.
inline uint32_t add_word(uint32_t crc, uint64_t word) noexcept {
  asm(".arch_extension crc\n\tcrc32x %w0, %w0, %x1" : "+r"(crc) : "r"(word));
  return crc;
}

// One instruction for 8 bytes, where the scalar twin has eight look-ups; it finishes.
uint32_t update_aarch64(uint32_t crc, const uint8_t* p, size_t size) noexcept {
  for (; size >= 8; p += 8, size -= 8) crc = add_word(crc, load_le<uint64_t>(p));
  return update_scalar(crc, p, size);
}

#endif  // VENEER_CRC32_AARCH64

}  // namespace

uint32_t crc32(std::span<const uint8_t> bytes, uint32_t seed) noexcept {
#ifdef VENEER_CRC32_PCLMUL
  if (bytes.size() >= kPclmulMinimum && cpu_features().pclmul) {
    return ~update_pclmul(~seed, bytes.data(), bytes.size());
  }
#endif
#ifdef VENEER_CRC32_AARCH64
  if (cpu_features().crc32) return ~update_aarch64(~seed, bytes.data(), bytes.size());
#endif
  return internal::crc32_scalar(bytes, seed);
}

namespace internal {
uint32_t crc32_scalar(std::span<const uint8_t> bytes, uint32_t seed) noexcept {
  return ~update_scalar(~seed, bytes.data(), bytes.size());
}
}  // namespace internal

}  // namespace veneer
