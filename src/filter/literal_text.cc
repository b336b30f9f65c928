#include "filter/literal_text.h"

#include <algorithm>

#include "filter/words.h"

namespace veneer::filter {
namespace {

// words = words * 10 + digit; false where 255 bits do not hold it.
bool times_ten_plus(uint64_t digit, WideNumber* number) noexcept {
  uint64_t carry = digit;
  for (int i = 3; i >= 0; --i) {
    const uint64_t low = (number->words[i] & 0xFFFFFFFF) * 10 + carry;
    const uint64_t high = (number->words[i] >> 32) * 10 + (low >> 32);
    number->words[i] = high << 32 | (low & 0xFFFFFFFF);
    carry = high >> 32;
  }
  return carry == 0 && number->words[0] >> 63 == 0;
}

void negate(WideNumber* number) noexcept {
  bool carry = true;
  for (int i = 3; i >= 0; --i) {
    number->words[i] = ~number->words[i] + (carry ? 1 : 0);
    carry = carry && number->words[i] == 0;
  }
}

// Reads from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : text_(text) {}

  bool done() const noexcept { return text_.empty(); }
  bool take(char c) noexcept {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool at_digit() const noexcept { return !text_.empty() && is_digit(text_.front()); }
  /// `least` to `most` digits.
  bool number(size_t least, size_t most, int64_t* out) noexcept {
    *out = 0;
    size_t n = 0;
    for (; n < most && at_digit(); ++n) {
      *out = *out * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return n >= least;
  }
  bool number_in(size_t digits, int64_t low, int64_t high, int64_t* out) noexcept {
    return number(digits, digits, out) && *out >= low && *out <= high;
  }

 private:
  std::string_view text_;
};

bool is_leap(int64_t year) noexcept {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool scan_date(Scanner* in, int64_t* days) noexcept {
  const bool negative = in->take('-');
  if (!negative) in->take('+');
  int64_t year;
  int64_t month;
  int64_t day;
  if (!in->number(4, 6, &year) || !in->take('-') || !in->number_in(2, 1, 12, &month) ||
      !in->take('-')) {
    return false;
  }
  if (negative) year = -year;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int64_t most = kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
  if (!in->number_in(2, 1, most, &day)) return false;
  // Years begin in March, so that the leap day is their last; 400 years have 146097 days.
  const int64_t y = month > 2 ? year : year - 1;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t of_era = y - era * 400;
  const int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  *days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  return true;
}

bool scan_time(Scanner* in, int64_t* nanos) noexcept {
  int64_t hour;
  int64_t minute;
  int64_t second = 0;
  int64_t fraction = 0;
  if (!in->number_in(2, 0, 23, &hour) || !in->take(':') || !in->number_in(2, 0, 59, &minute)) {
    return false;
  }
  if (in->take(':')) {
    if (!in->number_in(2, 0, 59, &second)) return false;
    if (in->take('.')) {
      if (!in->at_digit()) return false;
      for (int i = 0; i < 9; ++i) {
        int64_t digit = 0;
        if (in->at_digit()) in->number(1, 1, &digit);
        fraction = fraction * 10 + digit;
      }
    }
  }
  *nanos = ((hour * 60 + minute) * 60 + second) * 1'000'000'000 + fraction;
  return true;
}

bool scan_zone(Scanner* in, bool* has_zone, int64_t* minutes) noexcept {
  *minutes = 0;
  if (in->done()) return true;
  in->take(' ');
  *has_zone = true;
  if (in->take('Z') || in->take('z')) return in->done();
  const bool west = in->take('-');
  if (!west && !in->take('+')) return false;
  int64_t hours;
  int64_t rest = 0;
  if (!in->number_in(2, 0, 18, &hours)) return false;
  if (!in->done()) {
    in->take(':');
    if (!in->number_in(2, 0, 59, &rest)) return false;
  }
  *minutes = (west ? -1 : 1) * (hours * 60 + rest);
  return in->done();
}

}  // namespace

bool scaled_number(std::string_view digits, int32_t scale, WideNumber* out, bool* exact) noexcept {
  *out = WideNumber();
  *exact = true;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const size_t point = std::min(digits.find('.'), digits.size());
  // Digits before the new point are taken; those behind it only tell whether all are zero. A
  // negative scale, which no type has, would move the point the other way.
  const size_t whole = point + static_cast<size_t>(std::max(scale, 0));
  size_t place = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i == point) continue;
    const auto digit = static_cast<uint64_t>(digits[i] - '0');
    if (place++ < whole) {
      if (!times_ten_plus(digit, out)) return false;
    } else if (digit != 0) {
      *exact = false;
    }
  }
  for (; place < whole; ++place) {
    if (!times_ten_plus(0, out)) return false;
  }
  if (negative) {
    // Down, which is away from zero.
    if (!*exact) {
      for (int i = 3; i >= 0 && ++out->words[i] == 0; --i) {
      }
    }
    negate(out);
  }
  return true;
}

bool parse_date(std::string_view text, int64_t* days) noexcept {
  Scanner in(text);
  return scan_date(&in, days) && in.done();
}

bool parse_time(std::string_view text, Moment* out) noexcept {
  Scanner in(text);
  *out = Moment();
  out->has_time = true;
  if (!scan_time(&in, &out->nanos)) return false;
  int64_t minutes;
  return scan_zone(&in, &out->has_zone, &minutes) && minutes == 0;
}

bool parse_timestamp(std::string_view text, Moment* out) noexcept {
  Scanner in(text);
  *out = Moment();
  if (!scan_date(&in, &out->days)) return false;
  if (in.done()) return true;
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return false;
  out->has_time = true;
  int64_t minutes;
  if (!scan_time(&in, &out->nanos) || !scan_zone(&in, &out->has_zone, &minutes)) return false;
  constexpr int64_t kDay = int64_t{86'400} * 1'000'000'000;
  out->nanos -= minutes * 60 * 1'000'000'000;
  if (out->nanos < 0) {
    out->nanos += kDay;
    --out->days;
  } else if (out->nanos >= kDay) {
    out->nanos -= kDay;
    ++out->days;
  }
  return true;
}

bool parse_uuid(std::string_view text, std::string* bytes) {
  bytes->clear();
  int high = -1;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '-' && (i == 8 || i == 13 || i == 18 || i == 23)) continue;
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return false;
    if (high < 0) {
      high = digit;
    } else {
      *bytes += static_cast<char>(high << 4 | digit);
      high = -1;
    }
  }
  return high < 0 && bytes->size() == 16 && (text.size() == 32 || text.size() == 36);
}

}  // namespace veneer::filter
