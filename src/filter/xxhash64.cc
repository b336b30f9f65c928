// After the algorithm's published description (xxHash fast digest algorithm, version 0.1.1): four
// lanes of 8 bytes, merged, then what is left of the input, then an avalanche.
#include "filter/xxhash64.h"

#include <bit>

#include "base/bits.h"

namespace veneer::filter {
namespace {

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5;

constexpr size_t kStripe = 32;

constexpr uint64_t round(uint64_t lane, uint64_t input) noexcept {
  return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

constexpr uint64_t merge(uint64_t hash, uint64_t lane) noexcept {
  return (hash ^ round(0, lane)) * kPrime1 + kPrime4;
}

}  // namespace

uint64_t xxhash64(const void* data, size_t size) noexcept {
  const auto* next = static_cast<const uint8_t*>(data);
  size_t left = size;
  uint64_t hash = kPrime5;
  if (left >= kStripe) {
    uint64_t a = kPrime1 + kPrime2;
    uint64_t b = kPrime2;
    uint64_t c = 0;
    uint64_t d = uint64_t{0} - kPrime1;
    for (; left >= kStripe; left -= kStripe, next += kStripe) {
      a = round(a, load_le<uint64_t>(next));
      b = round(b, load_le<uint64_t>(next + 8));
      c = round(c, load_le<uint64_t>(next + 16));
      d = round(d, load_le<uint64_t>(next + 24));
    }
    hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  }
  hash += size;
  for (; left >= 8; left -= 8, next += 8) {
    hash = std::rotl(hash ^ round(0, load_le<uint64_t>(next)), 27) * kPrime1 + kPrime4;
  }
  if (left >= 4) {
    hash = std::rotl(hash ^ (load_le<uint32_t>(next) * kPrime1), 23) * kPrime2 + kPrime3;
    left -= 4;
    next += 4;
  }
  for (; left > 0; --left, ++next) hash = std::rotl(hash ^ (*next * kPrime5), 11) * kPrime1;

  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

}  // namespace veneer::filter
