#include "veneer/types.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace veneer;

namespace {

Int96 int96(int64_t nanos, int32_t day) {
  const auto bits = static_cast<uint64_t>(nanos);
  return Int96{
      {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32), static_cast<uint32_t>(day)}};
}

}  // namespace

TEST_CASE("INT96 converts where 64 bits hold the result, and only there") {
  int64_t out = 0;
  CHECK(int96(0, 2'440'588).to_nanos(&out));
  CHECK(out == 0);
  CHECK(int96(1, 2'440'589).to_nanos(&out));
  CHECK(out == 86'400'000'000'001);
  CHECK(int96(-1, 2'440'588).to_nanos(&out));
  CHECK(out == -1);
  // 2262-04-11T23:47:16.854775807 is the last, 1677-09-21T00:12:43.145224192 the first.
  CHECK(int96(85'636'854'775'807, 2'547'339).to_nanos(&out));
  CHECK(out == INT64_MAX);
  CHECK_FALSE(int96(85'636'854'775'808, 2'547'339).to_nanos(&out));
  CHECK(int96(763'145'224'192, 2'333'836).to_nanos(&out));
  CHECK(out == INT64_MIN);
  CHECK_FALSE(int96(763'145'224'191, 2'333'836).to_nanos(&out));
  CHECK_FALSE(int96(0, INT32_MAX).to_nanos(&out));
  CHECK(int96(-1, 2'440'588).to_micros(&out));
  CHECK(out == -1);
  CHECK(int96(1999, 2'440'588).to_micros(&out));
  CHECK(out == 1);
  CHECK(int96(0, INT32_MAX).to_micros(&out) == false);
}

TEST_CASE("enumerations spell the format's words") {
  CHECK(to_string(PhysicalType::float64) == "DOUBLE");
  CHECK(to_string(Encoding::alp) == "ALP");
  CHECK(to_string(static_cast<Encoding>(99)) == "UNKNOWN");
  CHECK(to_string(Codec::lz4_raw) == "LZ4_RAW");
}
