#include "base/bits.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "base/bit_sink.h"
#include "base/cursor.h"

using namespace veneer;

TEST_CASE("bitmap operations agree with bit by bit") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<uint8_t> from(64), to(64), want;
    for (auto& b : from) b = static_cast<uint8_t>(random());
    for (auto& b : to) b = static_cast<uint8_t>(random());
    const size_t count = random() % 300, a = random() % 150, b = random() % 150;
    want = to;
    for (size_t i = 0; i < count; ++i) set_bit_to(want.data(), b + i, get_bit(from.data(), a + i));
    copy_bits(from.data(), a, count, to.data(), b);
    CHECK(to == want);
    size_t set = 0;
    for (size_t i = 0; i < count; ++i) set += get_bit(from.data(), a + i);
    CHECK(count_bits(from.data(), a, count) == set);
  }
}

TEST_CASE("zigzag and widths") {
  CHECK(zigzag_decode(0) == 0);
  CHECK(zigzag_decode(1) == -1);
  CHECK(zigzag_decode(2) == 1);
  CHECK(zigzag_decode(UINT64_MAX) == INT64_MIN);
  CHECK(bit_width(0) == 0);
  CHECK(bit_width(1) == 1);
  CHECK(bit_width(255) == 8);
  CHECK(bytes_for_bits(9) == 2);
}

TEST_CASE("bits appended word by word agree with bit by bit, and leave their neighbours alone") {
  std::mt19937_64 random(9);
  for (int round = 0; round < 1000; ++round) {
    std::vector<uint8_t> bits(80);
    for (auto& b : bits) b = static_cast<uint8_t>(random());
    std::vector<uint8_t> want = bits;
    size_t at = random() % 70;
    BitSink sink(bits.data(), at);
    while (at < 400) {
      const auto count = static_cast<unsigned>(random() % 65);
      const uint64_t word = count == 0 ? 0 : random() >> (64 - count);
      const bool same = random() % 4 == 0;
      for (unsigned i = 0; i < count; ++i) {
        set_bit_to(want.data(), at++, same ? (word & 1) != 0 : (word >> i & 1) != 0);
      }
      if (same) {
        sink.repeat((word & 1) != 0, count);
      } else {
        sink.put(word, count);
      }
      CHECK(count_ones(word) == static_cast<unsigned>(std::popcount(word)));
    }
    sink.finish();
    CHECK(bits == want);
  }
}

TEST_CASE("cursor refuses what is not there") {
  const uint8_t bytes[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x80};
  ByteCursor cursor(bytes);
  uint64_t value = 0;
  CHECK(cursor.read_varint(&value));
  CHECK(value == UINT64_MAX);
  CHECK_FALSE(cursor.read_varint(&value));
  CHECK(cursor.position() == 10);
  uint32_t word;
  CHECK_FALSE(cursor.read_le(&word));
  const uint8_t too_long[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
  ByteCursor other(too_long);
  CHECK_FALSE(other.read_varint(&value));
}
