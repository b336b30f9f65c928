// Numbers, dates and times as text. Each function writes at `p`, where there must be room for its
// longest text, and returns where it ended. None allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "veneer/types.h"

namespace cli {

/// "00" to "99".
extern const char kTwoDigits[201];
extern const char kHexDigits[17];

/// Room for any of the texts below but write_decimal_bytes and write_hex.
inline constexpr size_t kNumberRoom = 96;

inline char* write_two(char* p, uint32_t v) {
  std::memcpy(p, kTwoDigits + size_t{2} * v, 2);
  return p + 2;
}
/// Exactly `digits` digits, zeros in front; `v` must fit.
char* write_fixed(char* p, uint64_t v, int digits);
char* write_u64(char* p, uint64_t v);
inline char* write_i64(char* p, int64_t v) {
  uint64_t u = static_cast<uint64_t>(v);
  if (v < 0) {
    *p++ = '-';
    u = 0 - u;
  }
  return write_u64(p, u);
}

/// The shortest digits that read back as the same value, laid out as ECMAScript's Number.toString,
/// but with "-0" for negative zero. The value must be finite.
char* write_f64(char* p, double v);
char* write_f32(char* p, float v);
/// FLOAT16 bits widened; infinities and NaN included.
float half_to_float(uint16_t bits);

/// "2024-02-29"; years over 9999 have a "+", those before 0000 a "-". 20 bytes at most for days
/// that an int64 of milliseconds can reach.
char* write_date(char* p, int64_t days);
/// "23:59:59.123456", a "-" in front of negative ones; hours may exceed 23.
char* write_time(char* p, int64_t ticks, veneer::TimeUnit unit, bool utc);
/// "2024-02-29T23:59:59.123456"
char* write_timestamp(char* p, int64_t ticks, veneer::TimeUnit unit, bool utc);
char* write_int96(char* p, const veneer::Int96& value);

/// Decimals: exactly `scale` digits after the point, no point at scale 0. The room needed is
/// kNumberRoom + scale.
char* write_decimal(char* p, int64_t unscaled, int32_t scale);
char* write_decimal(char* p, const veneer::Int128& unscaled, int32_t scale);
char* write_decimal(char* p, const veneer::Int256& unscaled, int32_t scale);
/// Of any width: big-endian two's complement bytes.
std::string decimal_text(std::string_view big_endian, int32_t scale);

/// Two lower-case digits a byte.
char* write_hex(char* p, const char* bytes, size_t n);
/// "8-4-4-4-12" of 16 bytes.
char* write_uuid(char* p, const char* bytes);

}  // namespace cli
