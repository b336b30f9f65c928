// BYTE_STREAM_SPLIT and ALP.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "encoding/alp.h"
#include "encoding/byte_stream_split.h"
#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class T>
Status decode_all(const Bytes& bytes, std::vector<T>* values) {
  MemoryPool pool(default_allocator(), 1 << 24);
  const Padded in(bytes);
  AlpDecoder<T> decoder;
  if (Status s = decoder.init(in, &pool); !s.ok()) return s;
  Room<T> out(decoder.value_count());
  Status s = decoder.decode(out.data(), decoder.value_count());
  *values = out.get();
  return s;
}

template <class T>
void alp_round_trip(unsigned exponent, unsigned factor) {
  Random random(exponent * 20 + factor);
  MemoryPool pool(default_allocator(), 1 << 24);
  AlpDecoder<T> decoder;
  for (unsigned log_size : {3u, 5u, 10u, 15u}) {
    for (size_t n : {0, 1, 7, 8, 9, 1024, 3001}) {
      std::vector<T> values(n);
      for (auto& v : values) {
        const volatile T up =
            static_cast<T>(static_cast<int32_t>(random() % 2'000'001) - 1'000'000) *
            decimal_power<T>(static_cast<int>(factor));
        v = up * decimal_power<T>(-static_cast<int>(exponent));
        if (random() % 50 == 0) v = std::numeric_limits<T>::quiet_NaN();
        if (random() % 50 == 0) v = T(-0.0);
        if (random() % 50 == 0) v = std::numeric_limits<T>::infinity();
        if (random() % 50 == 0)
          v = static_cast<T>(std::ldexp(1.0, static_cast<int>(random() % 100)) / 3);
      }
      const Padded in(alp(values, log_size, exponent, factor));
      REQUIRE(decoder.init(in, &pool).ok());
      CHECK(decoder.value_count() == n);
      in_pieces(
          random, n,
          [&](size_t begin, size_t count) {
            Room<T> out(count);
            REQUIRE(decoder.decode(out.data(), count).ok());
            CHECK(same_bits(
                out.get(), std::vector<T>(values.begin() + begin, values.begin() + begin + count)));
          },
          [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
      Room<T> out(1);
      CHECK(decoder.decode(out.data(), 1).code() == StatusCode::corrupt);
    }
  }
}

}  // namespace

TEST_CASE("BYTE_STREAM_SPLIT: the specification's example") {
  const Padded in({0xAA, 0x00, 0xA3, 0xBB, 0x11, 0xB4, 0xCC, 0x22, 0xC5, 0xDD, 0x33, 0xD6});
  ByteStreamSplitDecoder decoder;
  REQUIRE(decoder.init(in, 3, 4, Words::bytes).ok());
  Room<uint8_t> out(12);
  REQUIRE(decoder.decode(out.data(), 3).ok());
  CHECK(out.get() == Bytes{0xAA, 0xBB, 0xCC, 0xDD, 0x00, 0x11, 0x22, 0x33, 0xA3, 0xB4, 0xC5, 0xD6});
}

TEST_CASE("BYTE_STREAM_SPLIT: every width, in pieces") {
  Random random(9);
  for (size_t width : {0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 33}) {
    for (size_t n : {0, 1, 31, 32, 33, 1000}) {
      Bytes values(n * width);
      for (auto& b : values) b = static_cast<uint8_t>(random());
      const Padded in(width == 0 ? Bytes() : byte_stream_split(values, width));
      ByteStreamSplitDecoder decoder;
      REQUIRE(decoder.init(in, n, width, Words::bytes).ok());
      in_pieces(
          random, n,
          [&](size_t begin, size_t count) {
            Room<uint8_t> out(count * width);
            REQUIRE(decoder.decode(out.data(), count).ok());
            CHECK(out.get() ==
                  Bytes(values.begin() + begin * width, values.begin() + (begin + count) * width));
          },
          [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
      Room<uint8_t> out(width);
      CHECK(decoder.decode(out.data(), 1).code() == StatusCode::corrupt);
      CHECK(decoder.skip(1).code() == StatusCode::corrupt);
      if (width != 0) {
        CHECK(decoder.init(in, n + 1, width, Words::bytes).code() == StatusCode::corrupt);
      }
    }
  }
  ByteStreamSplitDecoder decoder;
  CHECK(decoder.init({}, SIZE_MAX / 2 + 1, 2, Words::bytes).code() == StatusCode::corrupt);
  const Padded in({1, 0, 0, 2, 0, 0, 0, 0});
  REQUIRE(decoder.init(in, 2, 4, Words::four).ok());
  Room<uint32_t> out(2);
  REQUIRE(decoder.decode(out.data(), 2).ok());
  CHECK(out.get() == std::vector<uint32_t>{1, 0x200});
}

TEST_CASE("ALP: the specification's worked example") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Bytes vector = alp_vector<double>({15000, 15000, 25000, 3335}, {{uint16_t{1}, nan}}, 4, 3);
  CHECK(vector.size() == 31);
  CHECK(vector[12] == 15);
  CHECK(Bytes(vector.begin() + 13, vector.begin() + 21) == pack({11665, 11665, 21665, 0}, 15));
  std::vector<double> values;
  REQUIRE(decode_all<double>(alp_page({vector}, 10, 4), &values).ok());
  CHECK(same_bits(values, std::vector<double>{1500.0, nan, 2500.0, 333.5}));
}

TEST_CASE("ALP: two products, each rounded, with the literals' powers of ten") {
  // 3 * 1e0 * 1e-1 is 0.30000000000000004, which one division would not give.
  std::vector<double> values;
  REQUIRE(decode_all<double>(alp_page({alp_vector<double>({3}, {}, 1, 0)}, 3, 1), &values).ok());
  CHECK(values[0] == 0.30000000000000004);
  // Integers that a double cannot hold are rounded before the first product.
  REQUIRE(decode_all<double>(
              alp_page({alp_vector<double>({INT64_MAX, INT64_MIN, -1}, {}, 0, 0)}, 3, 3), &values)
              .ok());
  CHECK(values == std::vector<double>{9223372036854775808.0, -9223372036854775808.0, -1.0});
  std::vector<float> floats;
  REQUIRE(decode_all<float>(alp_page({alp_vector<float>({16777217, INT32_MIN}, {}, 10, 10)}, 3, 2),
                            &floats)
              .ok());
  const volatile float up = 16777216.0f * 1e10f;
  CHECK(floats[0] == up * 1e-10f);
}

TEST_CASE("ALP: NaN payloads and other exceptions keep their bits") {
  const uint64_t bits = 0xFFF0DEADBEEF0001;
  double odd;
  std::memcpy(&odd, &bits, 8);
  std::vector<double> values;
  REQUIRE(decode_all<double>(alp_page({alp_vector<double>(
                                          {0, 0}, {{uint16_t{0}, odd}, {uint16_t{1}, -0.0}}, 0, 0)},
                                      3, 2),
                             &values)
              .ok());
  CHECK(same_bits(values, std::vector<double>{odd, -0.0}));
}

TEST_CASE("ALP: every exponent and factor") {
  for (unsigned e = 0; e <= 10; ++e) {
    for (unsigned f = 0; f <= e; f += 3) alp_round_trip<float>(e, f);
  }
  for (unsigned e = 0; e <= 18; e += 2) {
    for (unsigned f = 0; f <= e; f += 5) alp_round_trip<double>(e, f);
  }
}

TEST_CASE("ALP: what is refused") {
  std::vector<double> values;
  const Bytes good = alp_page({alp_vector<double>({1, 2, 3}, {{uint16_t{2}, 0.5}}, 1, 1)}, 3, 3);
  REQUIRE(decode_all<double>(good, &values).ok());
  auto with = [&](size_t at, uint8_t value) {
    Bytes bad = good;
    bad[at] = value;
    return decode_all<double>(bad, &values);
  };
  CHECK(with(0, 1).code() == StatusCode::unsupported);
  CHECK(with(1, 1).code() == StatusCode::unsupported);
  CHECK(with(2, 2).code() == StatusCode::corrupt);
  CHECK(with(2, 16).code() == StatusCode::corrupt);
  CHECK(with(6, 0x80).message() == "the value count of an ALP page is -2147483645, below zero");
  CHECK(with(6, 0x7F).code() == StatusCode::corrupt);
  CHECK(with(3, 9).code() == StatusCode::corrupt);    // a second vector
  CHECK(with(7, 3).code() == StatusCode::corrupt);    // an offset within the offset array
  CHECK(with(7, 200).code() == StatusCode::corrupt);  // and one behind the end
  CHECK(with(11, 19).code() == StatusCode::corrupt);  // exponent
  CHECK(with(12, 2).code() == StatusCode::corrupt);   // factor above the exponent
  CHECK(with(13, 4).code() == StatusCode::corrupt);   // more exceptions than values
  CHECK(with(23, 65).code() == StatusCode::corrupt);  // bit width
  CHECK(with(25, 3).message() == "an ALP exception's position is 3, but its vector has 3 values");
  for (size_t cut = 1; cut < good.size(); ++cut) {
    CHECK(decode_all<double>(Bytes(good.begin(), good.begin() + cut), &values).code() ==
          StatusCode::corrupt);
  }
  CHECK(decode_all<double>({}, &values).ok());
}
