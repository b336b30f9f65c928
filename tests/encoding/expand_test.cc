#include "encoding/expand.h"

#include <doctest/doctest.h>

#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

TEST_CASE("dense values to slots") {
  Random random(12);
  for (size_t width : {1, 2, 3, 4, 8, 12, 16, 20, 32}) {
    for (int round = 0; round < 200; ++round) {
      const size_t n = random() % 400, begin = random() % 20;
      Bytes bitmap((begin + n + 7) / 8);
      const size_t kind = random() % 4;
      for (auto& b : bitmap) {
        b = kind == 0 ? uint8_t{0} : kind == 1 ? uint8_t{0xFF} : static_cast<uint8_t>(random());
        if (kind == 3) b = random() % 2 == 0 ? uint8_t{0} : uint8_t{0xFF};
      }
      Bytes dense, want;
      for (size_t i = 0; i < n; ++i) {
        for (size_t k = 0; k < width; ++k) {
          const auto byte = static_cast<uint8_t>(random() | 1);
          if (get_bit(bitmap.data(), begin + i)) dense.push_back(byte);
          want.push_back(get_bit(bitmap.data(), begin + i) ? byte : uint8_t{0});
        }
      }
      const Padded in(dense), bits(bitmap);
      Room<uint8_t> out(n * width);
      expand(in.data(), bits.data(), begin, n, width, out.data());
      CHECK(out.get() == want);
    }
  }
  const Padded zeros(Bytes(2));
  Room<uint32_t> out(10);
  out[3] = 5;
  expand(nullptr, zeros.data(), 0, 10, 4, out.data());
  CHECK(out.get() == std::vector<uint32_t>(10));
}

TEST_CASE("levels to bitmaps") {
  Random random(13);
  for (int round = 0; round < 500; ++round) {
    const size_t n = random() % 300, begin = random() % 20;
    Bytes levels(n);
    for (auto& l : levels) l = static_cast<uint8_t>(random() % 4 == 0 ? random() : random() % 4);
    const auto value = static_cast<uint8_t>(random() % 5 == 0 ? random() : random() % 4);
    const Padded in(levels);
    Bytes bits((begin + n) / 8 + 2, 0x5A), want = bits;
    Bytes bits_least = bits, want_least = bits;
    size_t set = 0, set_least = 0;
    for (size_t i = 0; i < n; ++i) {
      set_bit_to(want.data(), begin + i, levels[i] == value);
      set_bit_to(want_least.data(), begin + i, levels[i] >= value);
      set += levels[i] == value;
      set_least += levels[i] >= value;
    }
    CHECK(bits_where_equal(in.data(), n, value, bits.data(), begin) == set);
    CHECK(bits == want);
    CHECK(bits_where_at_least(in.data(), n, value, bits_least.data(), begin) == set_least);
    CHECK(bits_least == want_least);
  }
}
