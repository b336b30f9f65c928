// Bloom filters over any bitset, held against the specification's own loop.
#include "veneer/bloom_filter.h"

#include <array>
#include <bit>

#include "filter/xxhash64.h"
#include "fuzz/support/feed.h"
#include "tests/support/compressors.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr std::array<uint32_t, 8> kSalt = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                                           0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};

// BloomFilter.md, "Algorithm": the block by the hash's upper half, a bit a word by its lower one.
bool expected(const Bytes& bitset, uint64_t hash) {
  const uint64_t block = (hash >> 32) * (bitset.size() / 32) >> 32;
  for (size_t i = 0; i < 8; ++i) {
    const uint32_t bit = (static_cast<uint32_t>(hash) * kSalt[i]) >> 27;
    if ((bitset[block * 32 + i * 4 + bit / 8] >> (bit % 8) & 1) == 0) return false;
  }
  return true;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const Bytes value = feed.bytes(feed.byte());
  const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  const uint64_t hash = BloomFilter::hash(text);
  require(hash == test::xxh64(value), "the hash is the specification's");
  const uint64_t other = feed.u64();
  const uint32_t bits = feed.u32();

  const Bytes bitset = feed.rest();
  auto filter = BloomFilter::over(bitset, nullptr);
  require(filter.ok() == (!bitset.empty() && bitset.size() % 32 == 0), "whole blocks");
  if (!filter) return 0;
  require(filter->check(text) == expected(bitset, hash), "a value is looked up");
  require(filter->check_hash(other) == expected(bitset, other), "a hash is looked up");
  (void)filter->check(bits);
  (void)filter->check(uint64_t{bits});
  (void)filter->check(Int96{{bits, bits, bits}});
  const float number = std::bit_cast<float>(bits);
  require(number == number || filter->check(number), "a NaN is always perhaps");
  (void)filter->check(static_cast<double>(number));
  return 0;
}
