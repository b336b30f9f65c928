#include "encoding/bit_unpack.h"

#include <doctest/doctest.h>

#include "encoding/bit_packed_levels.h"
#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

template <class T>
void all_widths(unsigned widest, bool msb_first) {
  Random random(widest);
  for (unsigned width = 0; width <= widest; ++width) {
    for (size_t n : {0, 1, 2, 7, 8, 9, 31, 32, 33, 64, 100, 1000}) {
      std::vector<uint64_t> values(n);
      for (auto& v : values) v = random() & low_bits(width);
      const Padded in(msb_first ? pack_msb_first(values, width) : pack(values, width));
      for (size_t skip = 0; skip <= std::min<size_t>(n, 17); ++skip) {
        Room<T> out(n - skip);
        if (!msb_first) {
          unpack(in.data(), uint64_t{skip} * width, width, out.data(), n - skip);
        } else if constexpr (sizeof(T) <= 4) {
          unpack_msb_first(in.data(), uint64_t{skip} * width, width, out.data(), n - skip);
        }
        CHECK(out.get() == std::vector<T>(values.begin() + skip, values.end()));
      }
    }
  }
}

}  // namespace

TEST_CASE("the specification's 0 to 7 in three bits") {
  const Padded lsb({0b10001000, 0b11000110, 0b11111010});
  const Padded msb({0b00000101, 0b00111001, 0b01110111});
  Room<uint8_t> out(8);
  unpack(lsb.data(), 0, 3, out.data(), 8);
  CHECK(out.get() == std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7});
  unpack_msb_first(msb.data(), 0, 3, out.data(), 8);
  CHECK(out.get() == std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("every width, every start") {
  all_widths<uint8_t>(8, false);
  all_widths<uint16_t>(16, false);
  all_widths<uint32_t>(32, false);
  all_widths<uint64_t>(64, false);
  all_widths<uint8_t>(8, true);
  all_widths<uint16_t>(16, true);
  all_widths<uint32_t>(32, true);
}

TEST_CASE("bit-packed levels stream, and end where their bytes do") {
  const Padded in({0b00000101, 0b00111001, 0b01110111});
  BitPackedDecoder decoder;
  REQUIRE(decoder.init(in, 3).ok());
  Room<uint8_t> out(8);
  REQUIRE(decoder.decode(out.data(), 3).ok());
  CHECK(out[2] == 2);
  REQUIRE(decoder.skip(2).ok());
  CHECK(decoder.position() == 2);
  REQUIRE(decoder.decode(out.data(), 3).ok());
  CHECK(out[0] == 5);
  CHECK(out[2] == 7);
  const Status status = decoder.decode(out.data(), 1);
  CHECK(status.code() == StatusCode::corrupt);
  CHECK(status.message() == "bit-packed levels end after 0 of 1");
  REQUIRE(decoder.init({}, 0).ok());
  REQUIRE(decoder.decode(out.data(), 8).ok());
  CHECK(out.get() == std::vector<uint8_t>(8));
  CHECK(decoder.init({}, 33).code() == StatusCode::corrupt);
}
