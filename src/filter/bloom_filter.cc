#include "veneer/bloom_filter.h"

#include <bit>
#include <cmath>

#include "base/bits.h"
#include "filter/xxhash64.h"

namespace veneer {
namespace {

// BloomFilter.md: `salt`, one odd multiplier for each of a block's eight words.
constexpr uint32_t kSalt[8] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                               0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

}  // namespace

Result<BloomFilter> BloomFilter::over(std::span<const uint8_t> bitset,
                                      std::shared_ptr<const void> storage) {
  if (bitset.empty() || bitset.size() % kBlockBytes != 0 ||
      bitset.size() / kBlockBytes > size_t{INT32_MAX}) {
    return Status::invalid_argument("a bloom filter's bitset has a multiple of 32 bytes");
  }
  return BloomFilter(bitset, std::move(storage));
}

uint64_t BloomFilter::hash(std::string_view plain_bytes) noexcept {
  return filter::xxhash64(plain_bytes.data(), plain_bytes.size());
}

bool BloomFilter::check_hash(uint64_t hash) const noexcept {
  const uint64_t block = ((hash >> 32) * num_blocks()) >> 32;
  const uint8_t* words = bitset_.data() + static_cast<size_t>(block) * kBlockBytes;
  const auto key = static_cast<uint32_t>(hash);
  // All eight words without a branch: a miss is as likely in any of them.
  uint32_t missing = 0;
  for (size_t i = 0; i < 8; ++i) {
    const uint32_t bit = uint32_t{1} << ((key * kSalt[i]) >> 27);
    missing |= bit & ~load_le<uint32_t>(words + 4 * i);
  }
  return missing == 0;
}

bool BloomFilter::check_little_endian(uint64_t bits, size_t width) const noexcept {
  uint8_t bytes[8];
  store_le(bytes, bits);
  return check_hash(filter::xxhash64(bytes, width));
}

bool BloomFilter::check(float value) const noexcept {
  if (std::isnan(value)) return true;
  const auto bits = std::bit_cast<uint32_t>(value);
  if (value == 0) return check(uint32_t{0}) || check(uint32_t{1} << 31);
  return check(bits);
}

bool BloomFilter::check(double value) const noexcept {
  if (std::isnan(value)) return true;
  const auto bits = std::bit_cast<uint64_t>(value);
  if (value == 0) return check(uint64_t{0}) || check(uint64_t{1} << 63);
  return check(bits);
}

bool BloomFilter::check(const Int96& value) const noexcept {
  uint8_t bytes[12];
  for (size_t i = 0; i < 3; ++i) store_le(bytes + 4 * i, value.words[i]);
  return check_hash(filter::xxhash64(bytes, sizeof(bytes)));
}

}  // namespace veneer
