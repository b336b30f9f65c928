#include "encoding/plain.h"

#include <doctest/doctest.h>

#include "encoding/view.h"
#include "reference.h"
#include "views.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

TEST_CASE("fixed widths") {
  const Padded in({1, 0, 0, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 9});
  PlainFixedDecoder decoder;
  REQUIRE(decoder.init(in, 4, Words::four).ok());
  CHECK(decoder.values_left() == 3);
  Room<int32_t> out(3);
  REQUIRE(decoder.decode(out.data(), 1).ok());
  CHECK(out[0] == 1);
  REQUIRE(decoder.skip(1).ok());
  REQUIRE(decoder.decode(out.data(), 1).ok());
  CHECK(out[0] == -1);
  CHECK(decoder.position() == 12);
  CHECK(decoder.decode(out.data(), 1).message() == "values end after 0 of 1");
  REQUIRE(decoder.init(in, 12, Words::four).ok());
  Room<Int96> int96(1);
  REQUIRE(decoder.decode(int96.data(), 1).ok());
  CHECK(int96[0].words == std::array<uint32_t, 3>{1, 2, UINT32_MAX});
  Room<uint8_t> raw(13);
  REQUIRE(decoder.init(in, 13, Words::bytes).ok());
  REQUIRE(decoder.decode(raw.data(), 1).ok());
  CHECK(raw[12] == 9);
  REQUIRE(decoder.init(in, 0, Words::bytes).ok());
  CHECK(decoder.decode(raw.data(), 1000).ok());
  CHECK(decoder.init(in, 6, Words::four).code() == StatusCode::invalid_argument);
  REQUIRE(decoder.init(in, 8, Words::eight).ok());
  CHECK_FALSE(decoder.skip(SIZE_MAX).ok());
}

TEST_CASE("booleans") {
  const Padded in({0b10110001, 0b00000011});
  PlainBooleanDecoder decoder;
  REQUIRE(decoder.init(in).ok());
  Room<uint8_t> out(10);
  REQUIRE(decoder.decode(out.data(), 10).ok());
  CHECK(out.get() == std::vector<uint8_t>{1, 0, 0, 0, 1, 1, 0, 1, 1, 1});
  REQUIRE(decoder.init(in).ok());
  REQUIRE(decoder.skip(3).ok());
  REQUIRE(decoder.decode(out.data(), 2).ok());
  CHECK(out[0] == 0);
  CHECK(out[1] == 1);
  CHECK(decoder.decode(out.data(), 12).message() == "booleans end after 11 of 12");
}

TEST_CASE("strings become views") {
  Random random(3);
  for (size_t n : {0, 1, 10, 1000}) {
    const auto values = strings(random, n, 40);
    const Padded in(plain(values));
    for (int round = 0; round < 3; ++round) {
      PlainBinaryDecoder decoder;
      REQUIRE(decoder.init(in).ok());
      in_pieces(
          random, n,
          [&](size_t begin, size_t count) {
            Room<BinaryView> out(count);
            REQUIRE(decoder.decode(out.data(), count, 7, 1000).ok());
            for (size_t i = 0; i < count; ++i) {
              CHECK(text(out[i], in.data(), 7, 1000) == values[begin + i]);
            }
          },
          [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
      CHECK(decoder.position() == std::span<const uint8_t>(in).size());
      Room<BinaryView> out(1);
      CHECK(decoder.decode(out.data(), 1, 0, 0).code() == StatusCode::corrupt);
      CHECK(decoder.skip(1).code() == StatusCode::corrupt);
    }
  }
}

TEST_CASE("views as Arrow lays them out") {
  const uint8_t bytes[32] = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n'};
  for (uint32_t length = 0; length <= 14; ++length) {
    BinaryView a = make_view(bytes, length, 3, 4), b, c;
    store_view(bytes, length, 3, 4, &b);
    CHECK(std::memcmp(&a, &b, sizeof(a)) == 0);
    if (length <= 12) {
      store_inline_view(bytes, length, &c);
      CHECK(std::memcmp(&a, &c, sizeof(a)) == 0);
    }
    char want[12] = {};
    if (length <= 12) {
      if (length != 0) std::memcpy(want, bytes, length);
      CHECK(std::memcmp(a.inlined, want, 12) == 0);
    } else {
      CHECK(std::memcmp(a.ref.prefix, "abcd", 4) == 0);
      CHECK(a.ref.buffer == 3);
      CHECK(a.ref.offset == 4);
    }
  }
}

TEST_CASE("strings that are not there") {
  Room<BinaryView> out(10);
  PlainBinaryDecoder decoder;
  const Bytes good = plain({"abc", "a string of more than twelve bytes"});
  for (size_t cut = 0; cut < good.size(); ++cut) {
    const Padded in(Bytes(good.begin(), good.begin() + cut));
    REQUIRE(decoder.init(in).ok());
    CHECK(decoder.decode(out.data(), 2, 0, 0).code() == StatusCode::corrupt);
    REQUIRE(decoder.init(in).ok());
    CHECK(decoder.skip(2).code() == StatusCode::corrupt);
  }
  const Padded huge({0xFF, 0xFF, 0xFF, 0xFF, 'a'});
  REQUIRE(decoder.init(huge).ok());
  CHECK(decoder.decode(out.data(), 1, 0, 0).message() ==
        "a string of 4294967295 bytes has only 1 (byte 0 of the encoded values)");
  const Padded in(good);
  REQUIRE(decoder.init(in).ok());
  CHECK(decoder.decode(out.data(), 2, 0, UINT32_MAX - 5).code() == StatusCode::over_limit);
  REQUIRE(decoder.init({}).ok());
  CHECK(decoder.decode(out.data(), 0, 0, 0).ok());
  CHECK_FALSE(decoder.decode(out.data(), 1, 0, 0).ok());
}
