// What literals say: decimals, dates, times, UUIDs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "filter/key_type.h"

namespace veneer::filter {

/// digits × 10^scale as an integer, rounded down; `*exact` tells whether it was one. False where
/// 256 bits do not hold it. `digits` is a number's text as a Literal has it.
bool scaled_number(std::string_view digits, int32_t scale, WideNumber* out, bool* exact) noexcept;

/// Days since 1970-01-01 of the proleptic Gregorian calendar: "2026-05-08".
bool parse_date(std::string_view text, int64_t* days) noexcept;

/// A time of day, or a point in time. ISO 8601: "2026-05-08", "2026-05-08T12:30", with a blank for
/// the T, up to nine digits behind the second, and a zone: Z, +02, +0200 or +02:00.
struct Moment {
  int64_t days = 0;
  int64_t nanos = 0;  ///< of the day
  bool has_time = false;
  bool has_zone = false;  ///< then days and nanos are UTC
};
bool parse_timestamp(std::string_view text, Moment* out) noexcept;
/// "12:30:00.25", with an optional Z.
bool parse_time(std::string_view text, Moment* out) noexcept;

/// 16 bytes of "00112233-4455-6677-8899-aabbccddeeff", dashes being optional.
bool parse_uuid(std::string_view text, std::string* bytes);

}  // namespace veneer::filter
