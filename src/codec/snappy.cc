// SNAPPY: the raw Snappy format (format_description.txt of google/snappy), no framing.
//
// A varint with the raw size, then elements: a tag byte whose two low bits tell literal (0) from
// copy (1 to 3). Literals and copies of at most 64 bytes take the same path, without a branch
// between them: both are "64 bytes from there to here", of which the element's length counts. What
// is written too much is overwritten by the next element, or lies in the padding of `out`.
//
// What an element is follows from the one before, so the processor waits for loads most of the
// time. Two bodies in turns fill each other's waits: a fifth less time than one after the other.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/cpu.h"
#include "base/cursor.h"
#include "base/text.h"
#include "codec/internal.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define VENEER_SNAPPY_AVX2 1
#include <immintrin.h>
#endif

namespace veneer::codec {
namespace {

enum class Outcome : uint8_t { done, cut_short, bad_distance, too_long };

struct Walk {
  const uint8_t* in;  // behind `tag`
  const uint8_t* in_end;
  uint8_t* out_begin;
  uint8_t* out;
  uint8_t* out_end;
  size_t tag;  // of the next element
};

// What a tag alone tells. A copy is on the fast path where its distance is at least `nearest`: from
// further back than its length or than the 16 bytes that are moved at a time, nothing is read that
// the same element wrote. Literals have distance 0 and `nearest` 0; tags that are never on the fast
// path have distance 0 and a `nearest` above it.
struct Tag {
  uint8_t length;
  uint8_t nearest;
  uint16_t distance;  // its bits from the tag
};
constexpr std::array<Tag, 256> make_tags() {
  std::array<Tag, 256> tags{};
  for (unsigned tag = 0; tag < 256; ++tag) {
    const unsigned high = tag >> 2;
    const unsigned kind = tag & 3;
    const unsigned length = kind == 1 ? (high & 7) + 4 : high + 1;
    unsigned nearest = length < 16 ? length : 16;
    if (kind == 0) nearest = high < 60 ? 0 : 255;
    if (kind == 3) nearest = 255;
    tags[tag] = {static_cast<uint8_t>(length), static_cast<uint8_t>(nearest),
                 static_cast<uint16_t>(kind == 1 ? tag >> 5 << 8 : 0)};
  }
  return tags;
}
constexpr std::array<Tag, 256> kTags = make_tags();

// Which of the two bytes behind a tag belong to the distance, by kind from the lowest 16 bits up.
constexpr uint64_t kDistanceMasks = 0x0000'FFFF'00FF'0000;

// One load, then one store: `from` may lie less than 16 bytes before `to`, which std::memcpy alone
// does not allow.
[[gnu::always_inline]] inline void copy16(uint8_t* to, const uint8_t* from) noexcept {
  std::array<uint8_t, 16> word;
  std::memcpy(word.data(), from, 16);
  std::memcpy(to, word.data(), 16);
}

// Repeats the `distance` bytes before `to` (1 to 15 of them) over `length` bytes (1 to 64), writing
// fewer than 16 more. Whole repeats fit into `step`, so that every store is the same word.
struct PortablePattern {
  static void repeat(uint8_t* to, size_t distance, size_t length) noexcept {
    uint8_t* const end = to + length;
    if (distance >= 8) {
      for (; to < end; to += 8) std::memcpy(to, to - distance, 8);
      return;
    }
    for (size_t i = 0; i < 8; ++i) to[i] = *(to + i - distance);
    uint64_t word;
    std::memcpy(&word, to, 8);
    const size_t step = 8 - 8 % distance;
    for (to += step; to < end; to += step) std::memcpy(to, &word, 8);
  }
};

#ifdef VENEER_SNAPPY_AVX2
// Row d - 1 repeats the numbers 0 … d-1.
constexpr std::array<std::array<uint8_t, 16>, 15> make_shuffles() {
  std::array<std::array<uint8_t, 16>, 15> shuffles{};
  for (size_t d = 1; d < 16; ++d) {
    for (size_t i = 0; i < 16; ++i) shuffles[d - 1][i] = static_cast<uint8_t>(i % d);
  }
  return shuffles;
}
alignas(16) constexpr std::array<std::array<uint8_t, 16>, 15> kShuffles = make_shuffles();

struct ShufflePattern {
  __attribute__((target("avx2"))) static inline void repeat(uint8_t* to, size_t distance,
                                                            size_t length) noexcept {
    // The bytes behind `to` that are loaded too are never chosen.
    const __m128i before = _mm_loadu_si128(reinterpret_cast<const __m128i*>(to - distance));
    const __m128i pattern = _mm_shuffle_epi8(
        before, _mm_load_si128(reinterpret_cast<const __m128i*>(kShuffles[distance - 1].data())));
    const size_t step = 16 - 16 % distance;
    uint8_t* const end = to + length;
    do {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), pattern);
      to += step;
    } while (to < end);
  }
};
#endif

// Elements off the fast path: long literals, copies from four-byte distances, copies that repeat
// fewer than 16 bytes, and everything malformed.
template <class Pattern>
[[gnu::always_inline]] inline Outcome walk_rare(Walk& w) noexcept {
  const size_t kind = w.tag & 3;
  if (kind == 0) {
    const size_t bytes = (w.tag >> 2) - 59;
    size_t length = load_le<uint32_t>(w.in) & (0xFFFFFFFFu >> (32 - 8 * bytes));
    w.in += bytes;
    if (w.in >= w.in_end || length >= static_cast<size_t>(w.in_end - w.in)) {
      return Outcome::cut_short;
    }
    if (++length > static_cast<size_t>(w.out_end - w.out)) return Outcome::too_long;
    std::memcpy(w.out, w.in, length);
    w.in += length;
    w.out += length;
  } else {
    const size_t length = kTags[w.tag].length;
    size_t distance = load_le<uint32_t>(w.in);
    if (kind == 1) distance = (distance & 0xFF) | w.tag >> 5 << 8;
    if (kind == 2) distance &= 0xFFFF;
    w.in += kind == 3 ? 4 : kind;
    if (w.in > w.in_end) return Outcome::cut_short;
    if (length > static_cast<size_t>(w.out_end - w.out)) return Outcome::too_long;
    if (distance - 1 >= static_cast<size_t>(w.out - w.out_begin)) return Outcome::bad_distance;
    if (distance >= 16) {
      for (size_t i = 0; i < length; i += 16) std::memcpy(w.out + i, w.out + i - distance, 16);
    } else {
      Pattern::repeat(w.out, distance, length);
    }
    w.out += length;
  }
  w.tag = *w.in++;
  return Outcome::done;
}

// The next element. `in` and `out` have Buffer::kPadding bytes behind their ends, so nobody looks
// at the ends within one: an element that starts before both reads or writes 64 bytes at most. A
// long literal, which does look, leaves `*elements` at 1.
template <class Pattern>
[[gnu::always_inline]] inline Outcome step(Walk& w, size_t* elements) noexcept {
  static_assert(Buffer::kPadding >= 64);
  const size_t kind = w.tag & 3;
  const Tag meaning = kTags[w.tag];
  const bool literal = kind == 0;
  // A copy's distance: one byte and three bits of the tag, or two bytes.
  const size_t trailer = load_le<uint16_t>(w.in);
  const size_t distance =
      (trailer & static_cast<size_t>(kDistanceMasks >> (kind * 16) & 0xFFFF)) | meaning.distance;
  const size_t reach = static_cast<size_t>(w.out - w.out_begin);
  if ((distance < meaning.nearest) | (distance > reach)) [[unlikely]] {
    if (literal) *elements = 1;
    return walk_rare<Pattern>(w);
  }
  const uint8_t* from = literal ? w.in : w.out - distance;
  const size_t skip_literal = (w.tag >> 2) + 1;
  const size_t tag_literal = w.in[skip_literal];
  const size_t tag_copy = w.in[kind];
  w.in += (literal ? skip_literal : kind) + 1;
  w.tag = literal ? tag_literal : tag_copy;
  // Sixteen at a time, in order, is right for distances of 16 and more.
  copy16(w.out, from);
  copy16(w.out + 16, from + 16);
  if (meaning.length > 32) {
    copy16(w.out + 32, from + 32);
    copy16(w.out + 48, from + 48);
  }
  w.out += meaning.length;
  return Outcome::done;
}

// How many elements can follow of which each starts before both ends; 0 at an end.
inline size_t elements_left(const Walk& w) noexcept {
  if (w.in > w.in_end || w.out >= w.out_end) return 0;
  return 1 + static_cast<size_t>(std::min(w.in_end - w.in, w.out_end - w.out - 1)) / 64;
}

template <class Pattern>
[[gnu::always_inline]] inline Outcome walk(Walk w) noexcept {
  while (size_t elements = elements_left(w)) {
    do {
      const Outcome outcome = step<Pattern>(w, &elements);
      if (outcome != Outcome::done) [[unlikely]]
        return outcome;
    } while (--elements != 0);
  }
  const uint8_t* const in = w.in - 1;
  if (in > w.in_end) return Outcome::cut_short;
  if (w.out > w.out_end || (w.out == w.out_end && in < w.in_end)) return Outcome::too_long;
  return w.out < w.out_end ? Outcome::cut_short : Outcome::done;
}

Outcome walk_portable(Walk w) noexcept { return walk<PortablePattern>(w); }
#ifdef VENEER_SNAPPY_AVX2
__attribute__((target("avx2,bmi,bmi2"))) Outcome walk_avx2(Walk w) noexcept {
  return walk<ShufflePattern>(w);
}

// Elements of the two in turns, as long as both have some.
__attribute__((target("avx2,bmi,bmi2"))) bool walk_pair(Walk a, Walk b) noexcept {
  while (size_t elements = std::min(elements_left(a), elements_left(b))) {
    do {
      if (step<ShufflePattern>(a, &elements) != Outcome::done) [[unlikely]]
        return false;
      if (step<ShufflePattern>(b, &elements) != Outcome::done) [[unlikely]]
        return false;
    } while (--elements != 0);
  }
  return walk_avx2(a) == Outcome::done && walk_avx2(b) == Outcome::done;
}
#endif

// At the first element. False where the size in front is no 32-bit number.
[[gnu::noinline]] bool begin(std::span<const uint8_t> in, std::span<uint8_t> out, uint64_t* size,
                             Walk* walk) {
  ByteCursor cursor(in);
  if (!cursor.read_varint(size) || *size > UINT32_MAX) return false;
  const uint8_t* const first = cursor.data();
  *walk = {first + 1,  in.data() + in.size(),   out.data(),
           out.data(), out.data() + out.size(), *first};
  return true;
}

[[gnu::noinline]] Status decompress_by(Outcome (*walk)(Walk) noexcept, std::span<const uint8_t> in,
                                       std::span<uint8_t> out) {
  uint64_t size;
  Walk first;
  if (!begin(in, out, &size, &first)) {
    return damaged(Codec::snappy, "the size in front is no 32-bit number");
  }
  if (size != out.size()) return wrong_size(Codec::snappy, size, out.size());
  switch (walk(first)) {
    case Outcome::done: return {};
    case Outcome::cut_short:
      return damaged(Codec::snappy, concat({"ends before the last of its ", size, " bytes"}));
    case Outcome::bad_distance:
      return damaged(Codec::snappy, "a copy reaches back before the first byte");
    case Outcome::too_long: break;
  }
  return too_long(Codec::snappy, out.size());
}

}  // namespace

Status decompress_snappy(std::span<const uint8_t> in, std::span<uint8_t> out) {
#ifdef VENEER_SNAPPY_AVX2
  if (cpu_features().avx2) return decompress_by(walk_avx2, in, out);
#endif
  return decompress_snappy_portable(in, out);
}

Status decompress_snappy_portable(std::span<const uint8_t> in, std::span<uint8_t> out) {
  return decompress_by(walk_portable, in, out);
}

#ifdef VENEER_SNAPPY_AVX2
bool snappy_in_pairs() noexcept { return cpu_features().avx2; }
bool decompress_snappy_pair(const BodyPair& pair) {
  Walk walks[2];
  for (size_t i = 0; i < 2; ++i) {
    uint64_t size;
    const std::span<uint8_t> out = pair.out[i];
    if (!begin(pair.in[i], out, &size, &walks[i]) || size != out.size()) return false;
  }
  return walk_pair(walks[0], walks[1]);
}
#else
bool snappy_in_pairs() noexcept { return false; }
bool decompress_snappy_pair(const BodyPair&) { return false; }
#endif

}  // namespace veneer::codec
