#include "encoding/delta.h"

#include <doctest/doctest.h>

#include <limits>

#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

template <class T>
std::vector<T> numbers(Random& random, size_t n, unsigned bits) {
  std::vector<T> values(n);
  uint64_t last = random();
  for (auto& v : values) {
    last += random() & low_bits(bits);
    v = static_cast<T>(last);
  }
  return values;
}

template <class T>
void check(Random& random, const std::vector<T>& values, const Bytes& bytes) {
  Bytes longer = bytes;
  append(&longer, {1, 2, 3});
  const Padded in(longer);
  DeltaDecoder<T> decoder;
  REQUIRE(decoder.init(in).ok());
  CHECK(decoder.value_count() == values.size());
  size_t end = 0;
  REQUIRE(decoder.find_end(&end).ok());
  CHECK(end == bytes.size());
  in_pieces(
      random, values.size(),
      [&](size_t begin, size_t count) {
        Room<T> out(count);
        REQUIRE(decoder.decode(out.data(), count).ok());
        CHECK(out.get() == std::vector<T>(values.begin() + begin, values.begin() + begin + count));
        REQUIRE(decoder.find_end(&end).ok());
        CHECK(end == bytes.size());
      },
      [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
  CHECK(decoder.values_left() == 0);
  Room<T> out(1);
  CHECK(decoder.decode(out.data(), 1).code() == StatusCode::corrupt);
}

template <class T>
void all_widths() {
  Random random(sizeof(T));
  for (unsigned bits = 0; bits <= 8 * sizeof(T); ++bits) {
    for (size_t n : {0, 1, 2, 8, 33, 129, 1000}) {
      const auto values = numbers<T>(random, n, bits);
      for (DeltaShape shape :
           {DeltaShape{}, DeltaShape{8, 1}, DeltaShape{256, 1}, DeltaShape{1024, 4, true},
            DeltaShape{4096, 2}, DeltaShape{24, 3, true}}) {
        shape.extra_bits = random() % 4 == 0 ? static_cast<unsigned>(random() % 40) : 0;
        check(random, values, delta(values, shape));
      }
    }
  }
}

template <class T>
Status decode_all(const Bytes& bytes, std::vector<T>* values) {
  const Padded in(bytes);
  DeltaDecoder<T> decoder;
  if (Status s = decoder.init(in); !s.ok()) return s;
  const size_t n = std::min<size_t>(decoder.value_count(), 10'000);
  Room<T> out(n);
  Status s = decoder.decode(out.data(), n);
  *values = out.get();
  return s;
}

}  // namespace

TEST_CASE("the specification's examples") {
  std::vector<int32_t> values;
  REQUIRE(decode_all<int32_t>({8, 1, 5, 2, 2, 0}, &values).ok());
  CHECK(values == std::vector<int32_t>{1, 2, 3, 4, 5});
  REQUIRE(decode_all<int32_t>({8, 1, 8, 14, 3, 2, 0b11000000, 0b00111111}, &values).ok());
  CHECK(values == std::vector<int32_t>{7, 5, 3, 1, 2, 3, 4, 5});
}

TEST_CASE("32 bits: every width, many shapes") { all_widths<int32_t>(); }
TEST_CASE("64 bits: every width, many shapes") { all_widths<int64_t>(); }

TEST_CASE("differences that wrap") {
  Random random(1);
  const auto least32 = std::numeric_limits<int32_t>::min();
  const auto most32 = std::numeric_limits<int32_t>::max();
  check<int32_t>(random, {least32, most32, least32, 0, most32, -1},
                 delta<int32_t>({least32, most32, least32, 0, most32, -1}));
  const auto least = std::numeric_limits<int64_t>::min();
  const auto most = std::numeric_limits<int64_t>::max();
  check<int64_t>(random, {least, most, least, 0, most, -1},
                 delta<int64_t>({least, most, least, 0, most, -1}));
}

TEST_CASE("a last miniblock without its padding") {
  Random random(2);
  for (size_t n : {2, 5, 20, 40, 130, 200}) {
    const auto values = numbers<int64_t>(random, n, 13);
    DeltaShape shape;
    shape.cut_padding = true;
    const Padded in(delta(values, shape));
    DeltaDecoder<int64_t> decoder;
    REQUIRE(decoder.init(in).ok());
    Room<int64_t> out(n);
    REQUIRE(decoder.decode(out.data(), n).ok());
    CHECK(out.get() == values);
  }
}

TEST_CASE("headers that are refused") {
  std::vector<int32_t> values;
  for (const Bytes& bytes :
       {Bytes{0, 1, 5, 2}, Bytes{128, 1, 0, 5, 2}, Bytes{8, 3, 5, 2}, Bytes{12, 1, 5, 2},
        Bytes{8, 16, 5, 2}, Bytes{8}, Bytes{8, 1}, Bytes{8, 1, 5}, Bytes{8, 1, 5, 2, 2, 65},
        Bytes{8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x08, 0}, Bytes{8, 1, 5, 2}, Bytes{8, 1, 5, 2, 2},
        Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 5, 2},
        Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 1, 5, 2}}) {
    CHECK(decode_all<int32_t>(bytes, &values).code() == StatusCode::corrupt);
  }
  CHECK(decode_all<int32_t>({8, 1, 5, 2, 2, 3, 0xFF}, &values).message() ==
        "delta-encoded values end after 3 of 5");
  CHECK(decode_all<int32_t>({}, &values).ok());
  CHECK(values.empty());
  CHECK(decode_all<int32_t>({8, 1, 0}, &values).ok());
}

TEST_CASE("a claim of 2^30 values in a few bytes costs nothing until they are asked for") {
  const Padded in({0x80, 0x80, 0x80, 0x80, 0x04, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0, 2, 0});
  DeltaDecoder<int64_t> decoder;
  REQUIRE(decoder.init(in).ok());
  CHECK(decoder.value_count() == (size_t{1} << 30) - 1);
  REQUIRE(decoder.skip(decoder.value_count() - 1).ok());
  Room<int64_t> out(1);
  REQUIRE(decoder.decode(out.data(), 1).ok());
  CHECK(out[0] == (int64_t{1} << 30) - 2);
}
