#include "encoding/rle.h"

#include <doctest/doctest.h>

#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

template <class T>
void round_trip(unsigned width) {
  Random random(width + 100);
  for (size_t n : {0, 1, 7, 8, 9, 100, 1000, 5000}) {
    const std::vector<uint32_t> values = runs(random, n, width);
    const Padded in(rle(values, width));
    for (int round = 0; round < 3; ++round) {
      RleDecoder decoder;
      REQUIRE(decoder.init(in, width).ok());
      in_pieces(
          random, n,
          [&](size_t begin, size_t count) {
            Room<T> out(count);
            REQUIRE(decoder.decode(out.data(), count).ok());
            CHECK(out.get() ==
                  std::vector<T>(values.begin() + begin, values.begin() + begin + count));
          },
          [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
    }
  }
}

Status decode_all(const Bytes& bytes, unsigned width, size_t n, std::vector<uint32_t>* values) {
  const Padded in(bytes);
  RleDecoder decoder;
  if (Status s = decoder.init(in, width); !s.ok()) return s;
  Room<uint32_t> out(n);
  Status s = decoder.decode(out.data(), n);
  *values = out.get();
  return s;
}

}  // namespace

TEST_CASE("every width, in pieces of every size") {
  for (unsigned width = 0; width <= 32; ++width) {
    if (width <= 8) round_trip<uint8_t>(width);
    if (width <= 16) round_trip<uint16_t>(width);
    round_trip<uint32_t>(width);
  }
}

TEST_CASE("width 1 to bitmaps") {
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    const size_t n = random() % 2000;
    const std::vector<uint32_t> values = runs(random, n, 1);
    const Padded in(rle(values, 1));
    RleDecoder decoder;
    REQUIRE(decoder.init(in, 1).ok());
    const size_t begin = random() % 20, n1 = n == 0 ? 0 : random() % n;
    std::vector<uint8_t> bits(n / 8 + 5, 0xAA), want = bits;
    size_t set = 10, want_set = 10;
    REQUIRE(decoder.decode_bitmap(bits.data(), begin, n1, &set).ok());
    REQUIRE(decoder.decode_bitmap(bits.data(), begin + n1, n - n1, &set).ok());
    for (size_t i = 0; i < n; ++i) {
      set_bit_to(want.data(), begin + i, values[i] != 0);
      want_set += values[i];
    }
    CHECK(bits == want);
    CHECK(set == want_set);
    CHECK_FALSE(decoder.decode_bitmap(bits.data(), begin, n + 8, &set).ok());
  }
}

TEST_CASE("a run of 2^31 values in five bytes streams") {
  Bytes bytes;
  rle_run(&bytes, uint64_t{1} << 31, 1, 1);
  const Padded in(bytes);
  RleDecoder decoder;
  REQUIRE(decoder.init(in, 1).ok());
  REQUIRE(decoder.skip((size_t{1} << 31) - 3).ok());
  Room<uint8_t> out(4);
  REQUIRE(decoder.decode(out.data(), 3).ok());
  CHECK(out[2] == 1);
  CHECK(decoder.decode(out.data(), 1).message() == "values end after 0 of 1");
}

TEST_CASE("what writers do at the end of the data") {
  std::vector<uint32_t> values;
  // Two groups are announced, the second one holds 4 values of 3 bits in two bytes.
  CHECK(decode_all({5, 0b10001000, 0b11000110, 0b11111010, 0b10001000, 0b11000110}, 3, 13, &values)
            .ok());
  CHECK(values == std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4});
  const Status status =
      decode_all({5, 0b10001000, 0b11000110, 0b11111010, 0b10001000, 0b11000110}, 3, 14, &values);
  CHECK(status.code() == StatusCode::corrupt);
  CHECK(status.message() == "values end after 13 of 14");
  // Runs of no values are nothing.
  CHECK(decode_all({0, 1, 0, 1, 1, 4, 1}, 1, 2, &values).ok());
  CHECK(values == std::vector<uint32_t>{1, 1});
  CHECK(decode_all(Bytes(1000, 0), 1, 1, &values).code() == StatusCode::corrupt);
  // Width 0 has runs but no values' bytes.
  CHECK(decode_all({3, 4}, 0, 10, &values).ok());
  CHECK(decode_all({3, 4}, 0, 11, &values).code() == StatusCode::corrupt);
}

TEST_CASE("what is refused") {
  std::vector<uint32_t> values;
  CHECK(decode_all({8, 2}, 1, 4, &values).message() ==
        "a repeated value of 2 among the values is wider than 1 bits (byte 1 of the encoded "
        "values)");
  CHECK(decode_all({8, 0, 4}, 10, 4, &values).code() == StatusCode::corrupt);
  CHECK(decode_all({8, 0xFF, 3}, 10, 4, &values).ok());
  CHECK(decode_all({8, 0xFF}, 10, 4, &values).message() ==
        "the repeated value of a run of values is cut (byte 1 of the encoded values)");
  CHECK(decode_all({0x80, 0x80}, 1, 1, &values).code() == StatusCode::corrupt);
  CHECK(decode_all(Bytes(12, 0xFF), 1, 1, &values).code() == StatusCode::corrupt);
  CHECK(decode_all({}, 1, 1, &values).message() == "values end after 0 of 1");
  CHECK(decode_all({}, 33, 1, &values).code() == StatusCode::corrupt);
  RleDecoder decoder;
  REQUIRE(decoder.init({}, 2).ok());
  size_t set = 0;
  CHECK(decoder.decode_bitmap(nullptr, 0, 0, &set).code() == StatusCode::invalid_argument);
}

TEST_CASE("counts that overflow are no more than what the bytes hold") {
  std::vector<uint32_t> values;
  Bytes bytes;
  varint(&bytes, UINT64_MAX);  // 2^63 - 1 groups
  bytes.push_back(0x0F);
  CHECK(decode_all(bytes, 1, 8, &values).ok());
  CHECK(values == std::vector<uint32_t>{1, 1, 1, 1, 0, 0, 0, 0});
  CHECK_FALSE(decode_all(bytes, 1, 9, &values).ok());
  CHECK(decode_all(bytes, 0, 5000, &values).ok());
}
