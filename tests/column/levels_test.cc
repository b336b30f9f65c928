// Levels: from bytes, and from levels to shapes. The examples are those of the Dremel paper's kind,
// small enough to work out by hand; a slow and plain reference checks longer ones.
#include "column/levels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/encoders.h"

namespace veneer::column {
namespace {

using test::append;
using test::Bytes;
using test::bytes;
using test::concat;

// Decoders may read 64 bytes behind what they are given.
Bytes padded(Bytes data) {
  data.insert(data.end(), 64, 0xEE);
  return data;
}
std::span<const uint8_t> without_padding(const Bytes& data) {
  return std::span<const uint8_t>(data).first(data.size() - 64);
}

std::vector<bool> bits_of(const std::vector<uint8_t>& bits, size_t n) {
  std::vector<bool> out;
  for (size_t i = 0; i < n; ++i) out.push_back((bits[i / 8] >> (i % 8) & 1) != 0);
  return out;
}

TEST_CASE("V1: levels and their length come off the front of the page") {
  const Bytes data =
      padded(concat({test::Hybrid(2).repeat(2, 3).repeat(0, 1).with_length(), bytes(7, 8)}));
  auto body = without_padding(data);
  LevelDecoder decoder;
  REQUIRE(decoder.open_v1(Encoding::rle, 2, 4, &body).ok());
  CHECK(std::vector<uint8_t>(body.begin(), body.end()) == bytes(7, 8));
  uint8_t levels[4 + 64];
  REQUIRE(decoder.decode(levels, 4).ok());
  CHECK(std::vector<uint8_t>(levels, levels + 4) == bytes(2, 2, 2, 0));
  CHECK(decoder.decode(levels, 1).code() == StatusCode::corrupt);
}

TEST_CASE("BIT_PACKED: as many bytes as the levels take, from the most significant bit on") {
  const Bytes data = padded(concat({test::bit_packed_levels({0, 1, 2, 3, 4, 5}, 3), bytes(9)}));
  auto body = without_padding(data);
  LevelDecoder decoder;
  REQUIRE(decoder.open_v1(Encoding::bit_packed, 5, 6, &body).ok());
  CHECK(std::vector<uint8_t>(body.begin(), body.end()) == bytes(9));
  uint16_t levels[6 + 64];
  REQUIRE(decoder.decode(levels, 6).ok());
  CHECK(std::vector<uint16_t>(levels, levels + 6) == std::vector<uint16_t>{0, 1, 2, 3, 4, 5});
  body = without_padding(data).first(2);
  CHECK(decoder.open_v1(Encoding::bit_packed, 5, 6, &body).code() == StatusCode::corrupt);
  CHECK(decoder.open_v1(Encoding::plain, 5, 6, &body).code() == StatusCode::corrupt);
}

TEST_CASE("levels above the maximum are refused at every width") {
  for (uint32_t max : {2u, 4u, 5u, 6u, 200u, 254u, 256u, 300u, 40000u}) {
    const Bytes data =
        padded(test::Hybrid(test::bit_width(max)).repeat(max, 9).repeat(max + 1, 1).bytes());
    LevelDecoder decoder;
    REQUIRE(decoder.open_v2(max, without_padding(data)).ok());
    uint16_t levels[16 + 64];
    REQUIRE(decoder.decode(levels, 9).ok());
    CHECK(levels[8] == max);
    const Status status = decoder.decode(levels, 1);
    CHECK(status.code() == StatusCode::corrupt);
    CHECK(status.message() ==
          "level " + std::to_string(max + 1) + " is above the maximum of " + std::to_string(max));
  }
}

TEST_CASE("levels of maximum 1 straight to bits, at any offset") {
  std::mt19937 random(3);
  std::vector<uint64_t> levels;
  while (levels.size() < 3000) levels.insert(levels.end(), 1 + random() % 40, random() % 2);
  for (const bool packed : {false, true}) {
    const Bytes data =
        padded(packed ? test::bit_packed_levels(levels, 1) : test::hybrid(levels, 1));
    LevelDecoder decoder;
    if (packed) {
      auto body = without_padding(data);
      REQUIRE(decoder.open_v1(Encoding::bit_packed, 1, levels.size(), &body).ok());
    } else {
      REQUIRE(decoder.open_v2(1, without_padding(data)).ok());
    }
    std::vector<uint8_t> bits(levels.size() / 8 + 80, 0);
    size_t ones = 0;
    for (size_t done = 0; done < levels.size();) {
      const size_t n = std::min<size_t>(levels.size() - done, random() % 700);
      REQUIRE(decoder.decode_bitmap(bits.data(), done, n, &ones).ok());
      done += n;
    }
    const std::vector<bool> expected(levels.begin(), levels.end());
    CHECK(bits_of(bits, levels.size()) == expected);
    CHECK(ones == static_cast<size_t>(std::count(expected.begin(), expected.end(), true)));
  }
}

TEST_CASE("find_row_end: the row after the next ones") {
  const uint8_t rep[] = {1, 0, 1, 1, 0, 0, 2};
  size_t found = 9;
  CHECK(find_row_end(rep, 7, 0, &found) == 1);  // the tail of the row before
  CHECK(found == 0);
  CHECK(find_row_end(rep, 7, 1, &found) == 4);
  CHECK(found == 1);
  CHECK(find_row_end(rep, 7, 3, &found) == 7);
  CHECK(found == 3);
  CHECK(find_row_end(rep, 7, 8, &found) == 7);
  CHECK(found == 3);
}

TEST_CASE("count_at_least, at sizes around its partial sums") {
  for (const size_t n : {0, 1, 254, 255, 256, 511, 5000}) {
    const std::vector<uint8_t> levels(n, 3);
    CHECK(count_at_least(levels.data(), n, 3) == n);
    CHECK(count_at_least(levels.data(), n, 4) == 0);
    const std::vector<uint16_t> wide(n, 300);
    CHECK(count_at_least(wide.data(), n, 300) == n);
  }
}

TEST_CASE("levels_nest: elements continue lists that have some") {
  const std::vector<uint16_t> one = {0, 2};
  auto nests = [](std::vector<uint8_t> rep, std::vector<uint8_t> def,
                  const std::vector<uint16_t>& elements) {
    return levels_nest(rep.data(), def.data(), rep.size(), elements);
  };
  CHECK(nests({}, {}, one));
  CHECK(nests({0, 1, 0, 0}, {2, 3, 0, 1}, one));
  CHECK_FALSE(nests({0, 1}, {1, 2}, one));  // the list is empty, and goes on
  CHECK_FALSE(nests({0, 1}, {2, 1}, one));  // the element is none
  const std::vector<uint16_t> two = {0, 1, 2};
  CHECK(nests({0, 2, 1, 1, 0}, {2, 2, 1, 2, 0}, two));
  CHECK_FALSE(nests({0, 1, 2}, {2, 1, 2}, two));
  CHECK_FALSE(nests({0, 2}, {2, 1}, two));
}

TEST_CASE("validity and lists from levels, against plain loops") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const size_t n = random() % 300;
    std::vector<uint8_t> rep(n), def(n);
    for (size_t i = 0; i < n; ++i) {
      rep[i] = static_cast<uint8_t>(random() % 3);
      def[i] = static_cast<uint8_t>(random() % 6);
    }
    const uint32_t most = random() % 3;
    const uint32_t slot = random() % 4;
    const uint32_t valid = slot + random() % 3;
    std::vector<bool> expected;
    for (size_t i = 0; i < n; ++i) {
      if (rep[i] <= most && def[i] >= slot) expected.push_back(def[i] >= valid);
    }
    std::vector<uint8_t> bits(n / 8 + 80);
    size_t nulls = 0;
    CHECK(validity_from_levels(rep.data(), def.data(), n, most, slot, valid, bits.data(), &nulls) ==
          expected.size());
    CHECK(bits_of(bits, expected.size()) == expected);
    CHECK(nulls == static_cast<size_t>(std::count(expected.begin(), expected.end(), false)));

    const ListLevels list{.repetition = 1 + static_cast<uint32_t>(random() % 2),
                          .parent_element = slot,
                          .valid = valid,
                          .element = valid + 1};
    std::vector<int32_t> offsets;
    std::vector<bool> valid_lists;
    int32_t elements = 0;
    for (size_t i = 0; i < n; ++i) {
      if (rep[i] < list.repetition && def[i] >= slot) {
        offsets.push_back(elements);
        valid_lists.push_back(def[i] >= valid);
      }
      if (rep[i] <= list.repetition && def[i] >= list.element) ++elements;
    }
    offsets.push_back(elements);
    std::vector<int32_t> got(n + 1 + 16);
    size_t count = 0;
    const size_t lists =
        lists_from_levels(rep.data(), def.data(), n, list, got.data(), bits.data(), &nulls, &count);
    REQUIRE(lists == valid_lists.size());
    got.resize(lists + 1);
    CHECK(got == offsets);
    CHECK(count == static_cast<size_t>(elements));
    CHECK(bits_of(bits, lists) == valid_lists);
  }
}

TEST_CASE("same_ancestors: what two leaves tell of what holds both") {
  // A list of structures {a required, b list}: levels of b repeat deeper and are defined deeper.
  const uint8_t rep_a[] = {0, 1, 0};
  const uint8_t def_a[] = {2, 2, 1};
  const uint16_t rep_b[] = {0, 2, 1, 0};
  const uint16_t def_b[] = {3, 3, 2, 1};
  const LevelsView a{rep_a, def_a, 3, false};
  LevelsView b{rep_b, def_b, 4, true};
  CHECK(same_ancestors(a, b, 1, 2));
  CHECK(same_ancestors(b, a, 1, 2));
  CHECK_FALSE(same_ancestors(a, b, 2, 2));  // b's second element is not a's
  CHECK_FALSE(same_ancestors(a, b, 1, 3));
  b.size = 3;
  CHECK_FALSE(same_ancestors(a, b, 1, 2));
  // A required leaf has no levels at all.
  const LevelsView none{nullptr, nullptr, 3, false};
  const uint8_t ones[] = {1, 2, 1};
  CHECK(same_ancestors(none, LevelsView{nullptr, ones, 3, false}, 0, 1));
  const uint8_t zero[] = {1, 0, 1};
  CHECK_FALSE(same_ancestors(none, LevelsView{nullptr, zero, 3, false}, 0, 1));
}

TEST_CASE("levels of one byte give what those of two do: vector kernels and portable loops") {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const size_t n = random() % 300;
    const uint32_t lists = 1 + random() % 9;
    std::vector<uint16_t> element_levels = {0};
    for (uint32_t k = 0; k < lists; ++k) {
      element_levels.push_back(static_cast<uint16_t>(element_levels.back() + 1 + random() % 2));
    }
    const uint32_t most = element_levels.back() + random() % 3;
    const bool good = random() % 2 == 0;  // most lists have elements, so that levels do nest
    std::vector<uint8_t> r(n), d(n);
    for (size_t i = 0; i < n; ++i) {
      r[i] = static_cast<uint8_t>(random() % 3 == 0 ? 0 : random() % (lists + 1));
      d[i] = static_cast<uint8_t>(good ? most : random() % (most + 1));
    }
    const std::vector<uint16_t> wide_r(r.begin(), r.end()), wide_d(d.begin(), d.end());
    const uint32_t slot = random() % (most + 1), valid = slot + random() % (most + 1 - slot);
    const uint32_t own = 1 + random() % lists;

    size_t found = 0, wide_found = 0;
    const size_t rows = random() % 100;
    CHECK(find_row_end(r.data(), n, rows, &found) ==
          find_row_end(wide_r.data(), n, rows, &wide_found));
    CHECK(found == wide_found);
    const std::span<const uint16_t> elements_from(element_levels);
    CHECK(levels_nest(r.data(), d.data(), n, elements_from) ==
          levels_nest(wide_r.data(), wide_d.data(), n, elements_from));

    std::vector<uint8_t> bits(n / 8 + 9), wide_bits(n / 8 + 9);
    size_t nulls = 0, wide_nulls = 0;
    const bool flat = random() % 4 == 0;
    CHECK(validity_from_levels<uint8_t>(flat ? nullptr : r.data(), d.data(), n, own, slot, valid,
                                        bits.data(), &nulls) ==
          validity_from_levels<uint16_t>(flat ? nullptr : wide_r.data(), wide_d.data(), n, own,
                                         slot, valid, wide_bits.data(), &wide_nulls));
    CHECK(nulls == wide_nulls);
    CHECK(bits == wide_bits);

    const ListLevels list{own, slot, valid, element_levels[own]};
    std::vector<int32_t> offsets(n + 1), wide_offsets(n + 1);
    size_t elements = 0, wide_elements = 0;
    CHECK(lists_from_levels(r.data(), d.data(), n, list, offsets.data(), bits.data(), &nulls,
                            &elements) == lists_from_levels(wide_r.data(), wide_d.data(), n, list,
                                                            wide_offsets.data(), wide_bits.data(),
                                                            &wide_nulls, &wide_elements));
    CHECK(elements == wide_elements);
    CHECK(offsets == wide_offsets);
    CHECK(bits == wide_bits);

    const LevelsView narrow{r.data(), d.data(), n, false},
        wide{wide_r.data(), wide_d.data(), n, true};
    std::vector<uint8_t> other = d;
    if (n != 0) other[random() % n] ^= 1;
    CHECK(same_ancestors(narrow, narrow, own, valid));
    CHECK(same_ancestors(narrow, {r.data(), other.data(), n, false}, own, valid) ==
          same_ancestors(wide, {r.data(), other.data(), n, false}, own, valid));
    CHECK(same_ancestors(narrow, wide, own, valid));
  }
}

}  // namespace
}  // namespace veneer::column
