#include "veneer/bloom_filter.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "filter/xxhash64.h"
#include "support/bytes.h"
#include "support/compressors.h"
#include "support/encoders.h"

using namespace veneer;
using test::Bytes;

namespace {

uint64_t hash_of(std::string_view text) { return filter::xxhash64(text.data(), text.size()); }

/// The bitset of the support room's filter, whose header is what comes before it.
BloomFilter make(size_t bitset_bytes, const std::vector<Bytes>& values) {
  auto bytes = std::make_shared<Bytes>(test::bloom_filter(bitset_bytes, values));
  auto filter = BloomFilter::over(std::span<const uint8_t>(*bytes).last(bitset_bytes), bytes);
  REQUIRE(filter.ok());
  return *filter;
}

}  // namespace

TEST_CASE("xxHash64: published values") {
  CHECK(filter::xxhash64(nullptr, 0) == 0xEF46DB3751D8E999);
  CHECK(hash_of("a") == 0xD24EC4F1A98C6E5B);
  CHECK(hash_of("abc") == 0x44BC2CF5AD770999);
  CHECK(hash_of("xxhash") == 0x32DD38952C4BC720);
  CHECK(hash_of("Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1);
}

TEST_CASE("xxHash64: every length about the steps of 32, 8, 4 and 1 bytes, at every alignment") {
  Bytes bytes;
  for (size_t i = 0; i < 200; ++i) bytes.push_back(static_cast<uint8_t>(i * 37 + 11));
  for (size_t size = 0; size <= 150; ++size) {
    for (size_t begin = 0; begin < 9; ++begin) {
      const auto at = bytes.begin() + static_cast<ptrdiff_t>(begin);
      const Bytes part(at, at + static_cast<ptrdiff_t>(size));
      CHECK(filter::xxhash64(bytes.data() + begin, size) == test::xxh64(part));
    }
  }
}

TEST_CASE("a filter knows its values, and few others") {
  const BloomFilter filter = make(1024, {test::to_bytes("hello"), test::to_bytes("parquet"),
                                         test::to_bytes("bloom"), test::to_bytes("filter")});
  CHECK(filter.size_bytes() == 1024);
  CHECK(filter.num_blocks() == 32);
  for (const char* text : {"hello", "parquet", "bloom", "filter"}) CHECK(filter.check(text));
  int others = 0;
  for (int i = 0; i < 1000; ++i) others += filter.check("other" + std::to_string(i)) ? 1 : 0;
  CHECK(others == 0);
  CHECK(!filter.check(""));
}

TEST_CASE("the block is chosen by the high half of the hash, the bits by the low half") {
  auto bytes = std::make_shared<Bytes>(64, uint8_t{0});
  // Key 0 sets bit 0 of each word; the second block only.
  for (size_t word = 8; word < 16; ++word) (*bytes)[4 * word] = 1;
  const auto filter = BloomFilter::over(*bytes, bytes);
  REQUIRE(filter.ok());
  CHECK(filter->check_hash(uint64_t{0x80000000} << 32));
  CHECK(filter->check_hash(uint64_t{0xFFFFFFFF} << 32));
  CHECK(!filter->check_hash(uint64_t{0x7FFFFFFF} << 32));
  CHECK(!filter->check_hash(uint64_t{0x80000000} << 32 | 1));
}

TEST_CASE("values are asked for by their PLAIN bytes") {
  const BloomFilter ints = make(32 * 8, {test::plain<int32_t>({-7}), test::plain<int32_t>({300})});
  CHECK(ints.check(int32_t{-7}));
  CHECK(ints.check(uint32_t{300}));
  CHECK(!ints.check(int32_t{7}));
  CHECK(!ints.check(int64_t{300}));

  const BloomFilter longs = make(32 * 8, {test::plain<int64_t>({-7})});
  CHECK(longs.check(int64_t{-7}));
  CHECK(longs.check(-7LL));
  CHECK(!longs.check(int32_t{-7}));

  const BloomFilter doubles =
      make(32 * 8, {test::plain<double>({2.5}), test::plain<double>({-0.0})});
  CHECK(doubles.check(2.5));
  CHECK(doubles.check(0.0));
  CHECK(doubles.check(-0.0));
  CHECK(!doubles.check(2.25));
  CHECK(doubles.check(std::numeric_limits<double>::quiet_NaN()));

  const BloomFilter floats = make(32 * 8, {test::plain<float>({0.0f})});
  CHECK(floats.check(0.0f));
  CHECK(floats.check(-0.0f));
  CHECK(!floats.check(1.0f));

  const Int96 stamp{{1, 2, 2'440'588}};
  const BloomFilter stamps = make(32 * 8, {test::plain_int96({stamp})});
  CHECK(stamps.check(stamp));
  CHECK(!stamps.check(Int96{{1, 2, 3}}));
}

TEST_CASE("many values: none is missed, and the false positives are as few as promised") {
  std::vector<Bytes> values;
  for (int64_t i = 0; i < 2000; ++i) values.push_back(test::plain<int64_t>({i * 7919}));
  const BloomFilter filter = make(4096, values);  // 16 bits a value: about 0.1 %
  for (int64_t i = 0; i < 2000; ++i) CHECK(filter.check(i * 7919));
  int wrong = 0;
  for (int64_t i = 0; i < 10000; ++i) wrong += filter.check(i * 7919 + 1) ? 1 : 0;
  CHECK(wrong < 50);
}

TEST_CASE("a copy keeps the bitset alive") {
  std::optional<BloomFilter> copy;
  {
    const BloomFilter filter = make(32, {test::to_bytes("x")});
    copy = filter;
  }
  CHECK(copy->check("x"));
}

TEST_CASE("bitsets that are none are refused") {
  const Bytes bytes(100, uint8_t{0xFF});
  const std::span<const uint8_t> all(bytes);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{31}, size_t{33}, size_t{100}}) {
    const auto filter = BloomFilter::over(all.first(size), nullptr);
    REQUIRE(!filter.ok());
    CHECK(filter.status().code() == StatusCode::invalid_argument);
  }
  CHECK(BloomFilter::over(all.first(96), nullptr).ok());
}
