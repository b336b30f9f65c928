#include "encoding/decimal.h"

#include <doctest/doctest.h>

#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

// The value's bytes sign-extended to 32, least significant first.
std::array<uint8_t, 32> extended(std::span<const uint8_t> bytes) {
  std::array<uint8_t, 32> out;
  out.fill(!bytes.empty() && bytes[0] >= 0x80 ? 0xFF : 0);
  for (size_t i = 0; i < std::min<size_t>(32, bytes.size()); ++i) {
    out[i] = bytes[bytes.size() - 1 - i];
  }
  return out;
}

std::array<uint8_t, 32> extended(int64_t value, int64_t high_word = 0, bool wide = false) {
  std::array<uint8_t, 32> out;
  const uint64_t sign = static_cast<uint64_t>((wide ? high_word : value) >> 63);
  store_le(out.data(), static_cast<uint64_t>(value));
  store_le(out.data() + 8, wide ? static_cast<uint64_t>(high_word) : sign);
  store_le(out.data() + 16, sign);
  store_le(out.data() + 24, sign);
  return out;
}
std::array<uint8_t, 32> extended(int32_t value) { return extended(int64_t{value}); }
std::array<uint8_t, 32> extended(Int128 value) {
  return extended(static_cast<int64_t>(value.low), value.high, true);
}
std::array<uint8_t, 32> extended(Int256 value) {
  std::array<uint8_t, 32> out;
  for (size_t i = 0; i < 4; ++i) store_le(out.data() + 8 * i, value.words[i]);
  return out;
}

template <class T>
void all_widths() {
  Random random(sizeof(T));
  for (size_t width = 0; width <= 40; ++width) {
    const size_t n = 50;
    Bytes bytes(n * width);
    for (auto& b : bytes) b = static_cast<uint8_t>(random());
    if (width > sizeof(T)) {  // make them fit
      for (size_t i = 0; i < n; ++i) {
        uint8_t* p = bytes.data() + i * width;
        const size_t lead = width - sizeof(T);
        std::memset(p, p[lead] >= 0x80 ? 0xFF : 0, lead);
      }
    }
    const Padded in(bytes);
    Room<T> out(n);
    REQUIRE(fixed_decimals(in.data(), width, n, out.data()));
    for (size_t i = 0; i < n; ++i) {
      CHECK(extended(out[i]) == extended(std::span(bytes).subspan(i * width, width)));
    }
    if (width > sizeof(T)) {
      bytes[0] ^= 1;
      const Padded bad(bytes);
      CHECK_FALSE(fixed_decimals(bad.data(), width, n, out.data()));
    }
    if constexpr (sizeof(T) >= 16) {
      for (size_t i = 1; i < n; ++i) {
        const Bytes one(bytes.begin() + i * width, bytes.begin() + (i + 1) * width);
        T value;
        REQUIRE(decimal_from_bytes(one, &value));
        CHECK(value == out[i]);
      }
    }
  }
}

}  // namespace

TEST_CASE("big-endian decimals of every width") {
  all_widths<int32_t>();
  all_widths<int64_t>();
  all_widths<Int128>();
  all_widths<Int256>();
}

TEST_CASE("decimals of any length") {
  Int128 value;
  CHECK(decimal_from_bytes({}, &value));
  CHECK(value == Int128{0, 0});
  const Bytes minus_two = {0xFE};
  CHECK(decimal_from_bytes(minus_two, &value));
  CHECK(value == Int128{static_cast<uint64_t>(-2), -1});
  Bytes wide(17, 0);
  wide[1] = 0x80;
  CHECK_FALSE(decimal_from_bytes(wide, &value));  // 2^127
  wide[0] = 0xFF;
  CHECK(decimal_from_bytes(wide, &value));  // -2^127
  CHECK(value == Int128{0, INT64_MIN});
  Int256 large;
  CHECK(decimal_from_bytes(wide, &large));
  CHECK(large.words == std::array<uint64_t, 4>{0, uint64_t{1} << 63, UINT64_MAX, UINT64_MAX});
}
