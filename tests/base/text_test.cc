#include "base/text.h"

#include <doctest/doctest.h>

#include <cstdint>

namespace veneer {
namespace {

TEST_CASE("concat: text, characters and integers of every kind") {
  const std::string owned = "own";
  CHECK(concat({}) == "");
  CHECK(concat({"page of ", 17, " bytes"}) == "page of 17 bytes");
  CHECK(concat({owned, ' ', std::string_view("view"), std::string_view()}) == "own view");
  CHECK(concat({uint8_t{200}, ',', int8_t{-3}, ',', size_t{0}}) == "200,-3,0");
  CHECK(concat({INT64_MIN, " ", INT64_MAX, " ", UINT64_MAX}) ==
        "-9223372036854775808 9223372036854775807 18446744073709551615");
}

TEST_CASE("concat: a null byte in a view is a byte as any other") {
  CHECK(concat({std::string_view("a\0b", 3), '\0'}) == std::string("a\0b\0", 4));
}

}  // namespace
}  // namespace veneer
