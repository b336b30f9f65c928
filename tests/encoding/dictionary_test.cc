#include "encoding/dictionary.h"

#include <doctest/doctest.h>

#include <array>

#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

Bytes encode(const std::vector<uint32_t>& indices, unsigned width) {
  Bytes out = {static_cast<uint8_t>(width)};
  append(&out, rle(indices, width));
  return out;
}

template <size_t Width>
void round_trip(Random& random, unsigned width, size_t entries) {
  using Element = std::array<uint8_t, Width>;
  std::vector<Element> dictionary(entries);
  for (auto& e : dictionary) {
    for (auto& b : e) b = static_cast<uint8_t>(random());
  }
  for (size_t n : {0, 1, 100, 5000}) {
    std::vector<uint32_t> indices = runs(random, n, width);
    for (auto& i : indices) i %= static_cast<uint32_t>(entries);
    const Padded in(encode(indices, width));
    DictionaryIndexDecoder decoder, other;
    REQUIRE(decoder.init(in).ok());
    REQUIRE(other.init(in).ok());
    in_pieces(
        random, n,
        [&](size_t begin, size_t count) {
          Room<Element> out(count);
          REQUIRE(decoder.decode(out.data(), count, dictionary.data(), entries).ok());
          Room<uint32_t> some(count);
          REQUIRE(other.decode_indices(some.data(), count, entries).ok());
          bool same = true;
          for (size_t i = 0; i < count; ++i) {
            same &= out[i] == dictionary[indices[begin + i]] && some[i] == indices[begin + i];
          }
          CHECK(same);
        },
        [&](size_t count) {
          REQUIRE(decoder.skip(count).ok());
          REQUIRE(other.skip(count).ok());
        });
  }
}

}  // namespace

TEST_CASE("elements of every size, indices of every width") {
  Random random(11);
  for (unsigned width : {0, 1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 20, 31, 32}) {
    const size_t entries = static_cast<size_t>(std::min<uint64_t>(100'000, low_bits(width) + 1));
    round_trip<1>(random, width, entries);
    round_trip<4>(random, width, entries);
    round_trip<8>(random, width, std::max<size_t>(1, entries / 2));
    round_trip<12>(random, width, entries);
    round_trip<16>(random, width, entries);
    if (width < 10) {
      round_trip<2>(random, width, entries);
      round_trip<32>(random, width, entries);
      round_trip<5>(random, width, entries);
      round_trip<20>(random, width, entries);
    }
  }
}

TEST_CASE("an index that the dictionary does not have") {
  const std::vector<int32_t> dictionary = {10, 20, 30};
  Room<int32_t> out(200);
  Room<uint32_t> indices(200);
  DictionaryIndexDecoder decoder;
  for (size_t run : {1, 100}) {
    Bytes bytes = {2};
    rle_run(&bytes, run, 3, 2);
    const Padded in(bytes);
    REQUIRE(decoder.init(in).ok());
    const Status status = decoder.decode(out.data(), run, dictionary.data(), dictionary.size());
    CHECK(status.code() == StatusCode::corrupt);
    CHECK(status.message() == "a dictionary index is 3, but the dictionary has 3 entries");
    REQUIRE(decoder.init(in).ok());
    CHECK_FALSE(decoder.decode_indices(indices.data(), run, 3).ok());
    REQUIRE(decoder.init(in).ok());
    CHECK_FALSE(decoder.decode_bytes(out.data(), run, nullptr, 0, 0).ok());
    REQUIRE(decoder.init(in).ok());
    CHECK(decoder.decode_indices(indices.data(), run, 4).ok());
  }
}

TEST_CASE("a run that is refused stays refused, behind short runs too") {
  // Ten zeros; then a repeated value of 3, which one bit cannot hold, and a byte that would be a
  // run.
  const Padded in({1, 10 << 1, 0, 20 << 1, 3, 0xFF});
  Room<uint8_t> out(18);
  Room<uint32_t> indices(18);
  const Bytes dictionary = {7, 8};
  for (size_t first : {18, 10, 1}) {
    DictionaryIndexDecoder values, index;
    REQUIRE(values.init(in).ok());
    REQUIRE(index.init(in).ok());
    if (first != 18) {
      CHECK(values.decode(out.data(), first, dictionary.data(), 2).ok());
      CHECK(index.decode_indices(indices.data(), first, 2).ok());
    }
    const std::string_view wide =
        "a repeated value of 3 among the dictionary indices is wider than 1 "
        "bits (byte 3 of the encoded values)";
    CHECK(values.decode(out.data(), 18, dictionary.data(), 2).message() == wide);
    CHECK(index.decode_indices(indices.data(), 18, 2).message() == wide);
  }
}

TEST_CASE("pages without values, and headers that are wrong") {
  DictionaryIndexDecoder decoder;
  Room<int32_t> out(1);
  const int32_t dictionary = 5;
  REQUIRE(decoder.init({}).ok());
  CHECK(decoder.decode(out.data(), 0, &dictionary, 1).ok());
  CHECK(decoder.decode(out.data(), 1, &dictionary, 1).message() ==
        "dictionary indices end after 0 of 1");
  const Padded wide({33});
  CHECK(decoder.init(wide).message() == "the bit width of dictionary indices is 33, more than 32");
}
