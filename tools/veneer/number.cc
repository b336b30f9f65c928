#include "number.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <vector>

namespace cli {

const char kTwoDigits[201] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
    "949596979899";
const char kHexDigits[17] = "0123456789abcdef";

char* write_fixed(char* p, uint64_t v, int digits) {
  char* at = p + digits;
  while (at - p >= 2) {
    at -= 2;
    std::memcpy(at, kTwoDigits + size_t{2} * (v % 100), 2);
    v /= 100;
  }
  if (at != p) *p = static_cast<char>('0' + v);
  return p + digits;
}

namespace {

/// floor(log10) by the number of bits: 1233 / 4096 is a little over log10(2).
int count_digits(uint64_t v) {
  static constexpr uint64_t kPowers[] = {0,
                                         10,
                                         100,
                                         1000,
                                         10000,
                                         100000,
                                         1000000,
                                         10000000,
                                         100000000,
                                         1000000000,
                                         10000000000,
                                         100000000000,
                                         1000000000000,
                                         10000000000000,
                                         100000000000000,
                                         1000000000000000,
                                         10000000000000000,
                                         100000000000000000,
                                         1000000000000000000,
                                         10000000000000000000u};
  int guess = ((64 - std::countl_zero(v | 1)) * 1233) >> 12;
  return guess + (v >= kPowers[guess] ? 1 : 0);
}

char* write_u32(char* p, uint32_t v, int digits) {
  char* at = p + digits;
  while (v >= 100) {
    at -= 2;
    std::memcpy(at, kTwoDigits + size_t{2} * (v % 100), 2);
    v /= 100;
  }
  if (v >= 10)
    std::memcpy(at - 2, kTwoDigits + size_t{2} * v, 2);
  else
    at[-1] = static_cast<char>('0' + v);
  return p + digits;
}

/// Lays out `k` significant digits as ECMAScript does: the value is 0.DIGITS times 10^n.
char* write_layout(char* p, const char* digits, int k, int n) {
  if (k <= n && n <= 21) {
    std::memcpy(p, digits, static_cast<size_t>(k));
    std::memset(p + k, '0', static_cast<size_t>(n - k));
    return p + n;
  }
  if (n > 0 && n <= 21) {
    std::memcpy(p, digits, static_cast<size_t>(n));
    p[n] = '.';
    std::memcpy(p + n + 1, digits + n, static_cast<size_t>(k - n));
    return p + k + 1;
  }
  if (n > -6 && n <= 0) {
    std::memcpy(p, "0.", 2);
    std::memset(p + 2, '0', static_cast<size_t>(-n));
    std::memcpy(p + 2 - n, digits, static_cast<size_t>(k));
    return p + 2 - n + k;
  }
  *p++ = digits[0];
  if (k > 1) {
    *p++ = '.';
    std::memcpy(p, digits + 1, static_cast<size_t>(k - 1));
    p += k - 1;
  }
  *p++ = 'e';
  int exponent = n - 1;
  *p++ = exponent < 0 ? '-' : '+';
  return write_u64(p, static_cast<uint64_t>(exponent < 0 ? -exponent : exponent));
}

/// By the standard library's shortest scientific form: "d.ddde-07", positive values only.
template <class T>
char* write_shortest(char* p, T v) {
  char text[40];
  std::to_chars_result end =
      std::to_chars(text, text + sizeof text, v, std::chars_format::scientific);
  char digits[24];
  int k = 0;
  const char* s = text;
  for (; s < end.ptr && *s != 'e'; ++s) {
    if (*s != '.') digits[k++] = *s;
  }
  int exponent = 0;
  bool negative = false;
  for (++s; s < end.ptr; ++s) {
    if (*s == '-')
      negative = true;
    else if (*s != '+')
      exponent = exponent * 10 + (*s - '0');
  }
  while (k > 1 && digits[k - 1] == '0') --k;
  return write_layout(p, digits, k, (negative ? -exponent : exponent) + 1);
}

/// `ten_thousandths` / 10^4 without needless zeros.
char* write_ten_thousandths(char* p, uint64_t ten_thousandths) {
  p = write_u64(p, ten_thousandths / 10000);
  uint32_t fraction = static_cast<uint32_t>(ten_thousandths % 10000);
  if (fraction == 0) return p;
  *p++ = '.';
  write_two(p, fraction / 100);
  write_two(p + 2, fraction % 100);
  p += 4;
  while (p[-1] == '0') --p;
  return p;
}

}  // namespace

char* write_u64(char* p, uint64_t v) {
  if (v <= UINT32_MAX) return write_u32(p, static_cast<uint32_t>(v), count_digits(v));
  int digits = count_digits(v);
  char* at = p + digits;
  while (v > UINT32_MAX) {
    uint64_t high = v / 100000000;
    uint32_t low = static_cast<uint32_t>(v - high * 100000000);
    at -= 8;
    write_fixed(at, low, 8);
    v = high;
  }
  write_u32(p, static_cast<uint32_t>(v), static_cast<int>(at - p));
  return p + digits;
}

char* write_f64(char* p, double v) {
  if (std::signbit(v)) {
    *p++ = '-';
    v = -v;
  }
  // A decimal of up to 15 digits reads back as one double and no other such decimal does, so when
  // v is the double of r / 10^4 (a correctly rounded division of exact operands), those are its
  // shortest digits. Most measured and money values end here, at a fifth of the general cost.
  if (v < 1e11) {
    double scaled = v * 1e4;
    // What is rounded wrongly fails the division. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    uint64_t r = static_cast<uint64_t>(scaled + 0.5);
    if (static_cast<double>(r) / 1e4 == v) return write_ten_thousandths(p, r);
  } else if (v < 9007199254740992.0 && v == std::floor(v)) {
    return write_u64(p, static_cast<uint64_t>(v));
  }
  return write_shortest(p, v);
}

char* write_f32(char* p, float v) {
  if (std::signbit(v)) {
    *p++ = '-';
    v = -v;
  }
  // As above: six digits are safe, and the quotient of two floats survives rounding twice.
  if (v < 99.0f) {
    // NOLINTNEXTLINE(bugprone-incorrect-roundings)
    uint32_t r = static_cast<uint32_t>(static_cast<double>(v) * 1e4 + 0.5);
    if (static_cast<float>(static_cast<double>(r) / 1e4) == v) return write_ten_thousandths(p, r);
  } else if (v < 16777216.0f && v == std::floor(v)) {
    return write_u64(p, static_cast<uint64_t>(v));
  }
  return write_shortest(p, v);
}

float half_to_float(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  uint32_t exponent = bits >> 10 & 31;
  uint32_t fraction = bits & 0x3ff;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  float small = static_cast<float>(fraction) * 0x1p-24f;  // exact: subnormals of FLOAT16
  return sign == 0 ? small : -small;
}

char* write_date(char* p, int64_t days) {
  // Civil calendar by eras of 400 years that begin on 1 March, where the leap day comes last.
  int64_t shifted = days + 719468;
  int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  uint32_t day_of_era = static_cast<uint32_t>(shifted - era * 146097);
  uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  if (year >= 0 && year <= 9999) {
    p = write_two(p, static_cast<uint32_t>(year / 100));
    p = write_two(p, static_cast<uint32_t>(year % 100));
  } else {
    *p++ = year < 0 ? '-' : '+';
    uint64_t magnitude = static_cast<uint64_t>(year < 0 ? -year : year);
    p = magnitude < 10000 ? write_fixed(p, magnitude, 4) : write_u64(p, magnitude);
  }
  *p++ = '-';
  p = write_two(p, month);
  *p++ = '-';
  return write_two(p, day);
}

namespace {

int64_t ticks_per_second(veneer::TimeUnit unit) {
  switch (unit) {
    case veneer::TimeUnit::millis: return 1000;
    case veneer::TimeUnit::micros: return 1000000;
    case veneer::TimeUnit::nanos: break;
  }
  return 1000000000;
}

/// "HH:MM:SS.f" of a count of ticks that is not negative.
template <int kDigits>
char* write_clock(char* p, uint64_t ticks) {
  constexpr uint64_t kPerSecond = kDigits == 3 ? 1000 : kDigits == 6 ? 1000000 : 1000000000;
  uint64_t seconds = ticks / kPerSecond;
  uint32_t fraction = static_cast<uint32_t>(ticks - seconds * kPerSecond);
  uint64_t hours = seconds / 3600;
  uint32_t rest = static_cast<uint32_t>(seconds - hours * 3600);
  p = hours < 100 ? write_two(p, static_cast<uint32_t>(hours)) : write_u64(p, hours);
  *p++ = ':';
  p = write_two(p, rest / 60);
  *p++ = ':';
  p = write_two(p, rest % 60);
  *p++ = '.';
  return write_fixed(p, fraction, kDigits);
}

char* write_clock(char* p, uint64_t ticks, veneer::TimeUnit unit) {
  switch (unit) {
    case veneer::TimeUnit::millis: return write_clock<3>(p, ticks);
    case veneer::TimeUnit::micros: return write_clock<6>(p, ticks);
    case veneer::TimeUnit::nanos: break;
  }
  return write_clock<9>(p, ticks);
}

}  // namespace

char* write_time(char* p, int64_t ticks, veneer::TimeUnit unit, bool utc) {
  uint64_t magnitude = static_cast<uint64_t>(ticks);
  if (ticks < 0) {
    *p++ = '-';
    magnitude = 0 - magnitude;
  }
  p = write_clock(p, magnitude, unit);
  if (utc) *p++ = 'Z';
  return p;
}

char* write_timestamp(char* p, int64_t ticks, veneer::TimeUnit unit, bool utc) {
  int64_t per_day = ticks_per_second(unit) * 86400;
  int64_t days = ticks / per_day;
  int64_t rest = ticks % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  p = write_date(p, days);
  *p++ = 'T';
  p = write_clock(p, static_cast<uint64_t>(rest), unit);
  if (utc) *p++ = 'Z';
  return p;
}

char* write_int96(char* p, const veneer::Int96& value) {
  // Writers put any number there: the nanoseconds may exceed a day, or be negative.
  constexpr int64_t kPerDay = int64_t{86400} * 1000000000;
  int64_t nanos = value.nanos_of_day();
  int64_t days = int64_t{value.julian_day()} - 2440588 + nanos / kPerDay;
  int64_t rest = nanos % kPerDay;
  if (rest < 0) {
    rest += kPerDay;
    --days;
  }
  p = write_date(p, days);
  *p++ = 'T';
  return write_clock<9>(p, static_cast<uint64_t>(rest));
}

namespace {

/// Puts sign and point into `n` digits that stand at `digits` (none of them a needless zero).
char* write_scaled(char* p, bool negative, const char* digits, size_t n, int32_t scale) {
  if (negative) *p++ = '-';
  size_t after = scale > 0 ? static_cast<size_t>(scale) : 0;
  if (n > after) {
    std::memcpy(p, digits, n - after);
    p += n - after;
    digits += n - after;
    n = after;
  } else {
    *p++ = '0';
  }
  if (after == 0) return p;
  *p++ = '.';
  std::memset(p, '0', after - n);
  p += after - n;
  if (n > 0) std::memcpy(p, digits, n);
  return p + n;
}

/// Digits of a magnitude of 32-bit limbs, least significant first, which it destroys. Written
/// backwards from `end`; returns where they begin.
char* digits_of_limbs(char* end, uint32_t* limbs, size_t count) {
  char* at = end;
  while (count > 0 && limbs[count - 1] == 0) --count;
  if (count == 0) {
    *--at = '0';
    return at;
  }
  while (count > 0) {
    uint64_t remainder = 0;
    for (size_t i = count; i-- > 0;) {
      uint64_t part = remainder << 32 | limbs[i];
      limbs[i] = static_cast<uint32_t>(part / 1000000000);
      remainder = part % 1000000000;
    }
    while (count > 0 && limbs[count - 1] == 0) --count;
    at -= 9;
    write_fixed(at, remainder, 9);
  }
  while (*at == '0') ++at;
  return at;
}

/// Two's complement words, least significant first.
template <size_t kWords>
char* write_words(char* p, const uint64_t (&words)[kWords], int32_t scale) {
  bool negative = words[kWords - 1] >> 63 != 0;
  uint32_t limbs[kWords * 2];
  uint64_t carry = 1;
  for (size_t i = 0; i < kWords; ++i) {
    uint64_t word = words[i];
    if (negative) {
      word = ~word + carry;
      carry = carry != 0 && word == 0 ? 1 : 0;
    }
    limbs[2 * i] = static_cast<uint32_t>(word);
    limbs[2 * i + 1] = static_cast<uint32_t>(word >> 32);
  }
  char text[96];
  char* end = text + sizeof text;
  char* digits = digits_of_limbs(end, limbs, kWords * 2);
  return write_scaled(p, negative, digits, static_cast<size_t>(end - digits), scale);
}

}  // namespace

char* write_decimal(char* p, int64_t unscaled, int32_t scale) {
  char digits[24];
  uint64_t magnitude = static_cast<uint64_t>(unscaled);
  if (unscaled < 0) magnitude = 0 - magnitude;
  size_t n = static_cast<size_t>(write_u64(digits, magnitude) - digits);
  return write_scaled(p, unscaled < 0, digits, n, scale);
}

char* write_decimal(char* p, const veneer::Int128& unscaled, int32_t scale) {
  int64_t low = static_cast<int64_t>(unscaled.low);
  if (unscaled.high == (low < 0 ? -1 : 0)) return write_decimal(p, low, scale);
  return write_words<2>(p, {unscaled.low, static_cast<uint64_t>(unscaled.high)}, scale);
}

char* write_decimal(char* p, const veneer::Int256& unscaled, int32_t scale) {
  const auto& w = unscaled.words;
  uint64_t sign = w[1] >> 63 != 0 ? ~uint64_t{0} : 0;
  if (w[2] == sign && w[3] == sign) {
    return write_decimal(p, veneer::Int128{w[0], static_cast<int64_t>(w[1])}, scale);
  }
  return write_words<4>(p, {w[0], w[1], w[2], w[3]}, scale);
}

std::string decimal_text(std::string_view big_endian, int32_t scale) {
  bool negative = !big_endian.empty() && (static_cast<uint8_t>(big_endian[0]) & 0x80) != 0;
  std::vector<uint32_t> limbs(big_endian.size() / 4 + 1, 0);
  uint32_t carry = 1;
  for (size_t i = 0; i < big_endian.size(); ++i) {
    uint32_t byte = static_cast<uint8_t>(big_endian[big_endian.size() - 1 - i]);
    if (negative) {
      byte = (~byte & 0xff) + carry;
      carry = byte >> 8;
      byte &= 0xff;
    }
    limbs[i / 4] |= byte << (8 * (i % 4));
  }
  if (negative && carry != 0) {  // of an empty or all-zero magnitude: cannot be, but is harmless
    limbs[big_endian.size() / 4] |= 1u << (8 * (big_endian.size() % 4));
  }
  std::string digits(big_endian.size() * 5 / 2 + 24, '0');
  char* end = digits.data() + digits.size();
  char* begin = digits_of_limbs(end, limbs.data(), limbs.size());
  size_t n = static_cast<size_t>(end - begin);
  std::string text(n + kNumberRoom + static_cast<size_t>(scale > 0 ? scale : 0), '\0');
  char* stop = write_scaled(text.data(), negative, begin, n, scale);
  text.resize(static_cast<size_t>(stop - text.data()));
  return text;
}

char* write_hex(char* p, const char* bytes, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    uint8_t byte = static_cast<uint8_t>(bytes[i]);
    *p++ = kHexDigits[byte >> 4];
    *p++ = kHexDigits[byte & 15];
  }
  return p;
}

char* write_uuid(char* p, const char* bytes) {
  static constexpr int kGroups[] = {4, 2, 2, 2, 6};
  for (int group : kGroups) {
    if (bytes == nullptr) break;
    p = write_hex(p, bytes, static_cast<size_t>(group));
    bytes += group;
    *p++ = '-';
  }
  return p - 1;
}

}  // namespace cli
