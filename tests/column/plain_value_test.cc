#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "veneer/column.h"

using namespace veneer;
using namespace std::string_literals;

namespace {

Leaf leaf_of(PhysicalType type, int32_t width = 0) {
  Leaf leaf;
  leaf.physical_type = type;
  leaf.type_length = width;
  return leaf;
}
Leaf decimal(PhysicalType type, int32_t width, int32_t precision) {
  Leaf leaf = leaf_of(type, width);
  leaf.logical.kind = LogicalKind::decimal;
  leaf.logical.precision = precision;
  return leaf;
}

}  // namespace

TEST_CASE("PLAIN bytes as values of every physical type") {
  CHECK(plain_value<bool>(leaf_of(PhysicalType::boolean), "\1"s) == true);
  CHECK(plain_value<bool>(leaf_of(PhysicalType::boolean), "\0"s) == false);
  CHECK(plain_value<int32_t>(leaf_of(PhysicalType::int32), "\xFE\xFF\xFF\xFF"s) == -2);
  CHECK(plain_value<int64_t>(leaf_of(PhysicalType::int64), "\1\0\0\0\0\0\0\x80"s) == INT64_MIN + 1);
  CHECK(plain_value<float>(leaf_of(PhysicalType::float32), "\0\0\xC0\x3F"s) == 1.5f);
  CHECK(plain_value<double>(leaf_of(PhysicalType::float64), "\0\0\0\0\0\0\xF8\xBF"s) == -1.5);
  const auto int96 =
      plain_value<Int96>(leaf_of(PhysicalType::int96), "\1\0\0\0\0\0\0\0\x8C\x3D\x25\0"s);
  REQUIRE(int96);
  CHECK(int96->nanos_of_day() == 1);
  CHECK(int96->julian_day() == 0x253D8C);
  CHECK(plain_value<std::string_view>(leaf_of(PhysicalType::byte_array), "") == "");
  CHECK(plain_value<std::string_view>(leaf_of(PhysicalType::byte_array), "abc") == "abc");
  CHECK(plain_value<std::string_view>(leaf_of(PhysicalType::fixed_len_byte_array, 3), "abc") ==
        "abc");
}

TEST_CASE("unsigned integers by their annotation") {
  Leaf leaf = leaf_of(PhysicalType::int32);
  leaf.logical.kind = LogicalKind::integer;
  leaf.logical.is_signed = false;
  CHECK(plain_value<uint32_t>(leaf, "\xFF\xFF\xFF\xFF"s) == UINT32_MAX);
  CHECK_FALSE(plain_value<int32_t>(leaf, "\xFF\xFF\xFF\xFF"s));
}

TEST_CASE("decimals in bytes are integers of the width they read as") {
  CHECK(plain_value<int32_t>(decimal(PhysicalType::fixed_len_byte_array, 2, 4), "\xFF\xFE"s) == -2);
  CHECK(plain_value<int64_t>(decimal(PhysicalType::fixed_len_byte_array, 5, 11), "\1\0\0\0\2"s) ==
        0x100000002);
  CHECK(plain_value<Int128>(decimal(PhysicalType::fixed_len_byte_array, 9, 20),
                            "\xFF\0\0\0\0\0\0\0\1"s) == Int128{1, -1});
  const Leaf wide = decimal(PhysicalType::byte_array, 0, 38);
  CHECK(plain_value<Int128>(wide, "\xFE"s) == Int128{~uint64_t{1}, -1});
  // Longer than it need be, and longer than 128 bits.
  CHECK(plain_value<Int128>(wide, std::string(31, '\0') + "\7") == Int128{7, 0});
  CHECK_FALSE(plain_value<Int128>(wide, "\1" + std::string(16, '\0')));
  CHECK_FALSE(plain_value<Int128>(wide, ""));
  CHECK(plain_value<Int256>(decimal(PhysicalType::fixed_len_byte_array, 17, 39),
                            "\1" + std::string(16, '\0')) == Int256{{0, 0, 1, 0}});
}

TEST_CASE("PLAIN bytes that are no value of the type") {
  CHECK_FALSE(plain_value<int32_t>(leaf_of(PhysicalType::int32), "\1\0\0"s));
  CHECK_FALSE(plain_value<int64_t>(leaf_of(PhysicalType::int32), "\1\0\0\0"s));
  CHECK_FALSE(plain_value<bool>(leaf_of(PhysicalType::boolean), ""));
  CHECK_FALSE(plain_value<int64_t>(leaf_of(PhysicalType::int96), std::string(12, '\0')));
  CHECK_FALSE(plain_value<std::string_view>(leaf_of(PhysicalType::int64), "12345678"));
}
