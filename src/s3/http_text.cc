#include "s3/http_text.h"

#include <array>

#include "s3/uri.h"

namespace veneer::s3 {
namespace {

// Two or four digits at `at`; -1 where they are none.
int32_t digits_at(std::string_view text, size_t at, size_t count) noexcept {
  if (text.size() < at + count) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool is_valid(const CivilTime& t) noexcept {
  return t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 && t.hour >= 0 &&
         t.hour <= 24 && t.minute >= 0 && t.minute <= 59 && t.second >= 0 && t.second <= 60 &&
         t.year >= 0;
}

}  // namespace

std::string_view ResponseHead::field(std::string_view name) const noexcept {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

int64_t ResponseHead::content_length() const noexcept {
  return parse_digits(field("content-length")).value_or(-1);
}

bool add_header_line(std::string_view line, ResponseHead* head) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = trim(line.substr(0, colon));
  if (name.empty()) return false;
  head->fields.emplace_back(to_lower(name), trim(line.substr(colon + 1)));
  return true;
}

std::optional<int64_t> parse_digits(std::string_view text) noexcept {
  if (text.empty() || text.size() > 18) return std::nullopt;
  int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<ContentRange> parse_content_range(std::string_view text) noexcept {
  text = trim(text);
  if (text.size() < 6 || !equals_ignoring_case(text.substr(0, 5), "bytes") ||
      (text[5] != ' ' && text[5] != '=')) {
    return std::nullopt;
  }
  text = trim(text.substr(6));
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  ContentRange range;
  const std::string_view size = trim(text.substr(slash + 1));
  if (size != "*") {
    const auto number = parse_digits(size);
    if (!number) return std::nullopt;
    range.size = *number;
  }
  const std::string_view place = trim(text.substr(0, slash));
  if (place == "*") return range.size < 0 ? std::nullopt : std::optional(range);
  const size_t dash = place.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_digits(trim(place.substr(0, dash)));
  const auto last = parse_digits(trim(place.substr(dash + 1)));
  if (!first || !last || *last < *first || (range.size >= 0 && *last >= range.size)) {
    return std::nullopt;
  }
  range.first = *first;
  range.last = *last;
  return range;
}

// Days since 1970 by eras of 400 years, each year counted from March, so that the leap day is last.
int64_t seconds_since_1970(const CivilTime& time) noexcept {
  const int64_t year = time.year - (time.month <= 2 ? 1 : 0);
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year =
      (153 * (time.month + (time.month > 2 ? -3 : 9)) + 2) / 5 + time.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const int64_t days = era * 146097 + day_of_era - 719468;
  return days * 86400 + int64_t{time.hour} * 3600 + int64_t{time.minute} * 60 + time.second;
}

CivilTime civil_time(int64_t seconds) noexcept {
  int64_t days = seconds / 86400;
  int64_t left = seconds % 86400;
  if (left < 0) {
    left += 86400;
    --days;
  }
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  CivilTime time;
  time.day = static_cast<int32_t>(day_of_year - (153 * month + 2) / 5 + 1);
  time.month = static_cast<int32_t>(month < 10 ? month + 3 : month - 9);
  time.year = year_of_era + era * 400 + (time.month <= 2 ? 1 : 0);
  time.hour = static_cast<int32_t>(left / 3600);
  time.minute = static_cast<int32_t>(left / 60 % 60);
  time.second = static_cast<int32_t>(left % 60);
  return time;
}

std::optional<int64_t> parse_http_date(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  text = trim(text);
  const size_t comma = text.find(", ");
  if (comma == std::string_view::npos || text.size() - comma < 22) return std::nullopt;
  text.remove_prefix(comma + 2);  // "24 May 2013 00:00:00 GMT"
  CivilTime time;
  time.month = 0;
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(3, 3) == kMonths[i]) time.month = static_cast<int32_t>(i + 1);
  }
  time.day = digits_at(text, 0, 2);
  time.year = digits_at(text, 7, 4);
  time.hour = digits_at(text, 12, 2);
  time.minute = digits_at(text, 15, 2);
  time.second = digits_at(text, 18, 2);
  if (!is_valid(time) || text[14] != ':' || text[17] != ':') return std::nullopt;
  return seconds_since_1970(time);
}

std::optional<int64_t> parse_iso_time(std::string_view text) noexcept {
  text = trim(text);
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  CivilTime time;
  time.year = digits_at(text, 0, 4);
  time.month = digits_at(text, 5, 2);
  time.day = digits_at(text, 8, 2);
  time.hour = digits_at(text, 11, 2);
  time.minute = digits_at(text, 14, 2);
  time.second = digits_at(text, 17, 2);
  if (!is_valid(time)) return std::nullopt;
  int64_t seconds = seconds_since_1970(time);
  const size_t zone = text.find_first_of("+-", 19);
  if (zone != std::string_view::npos) {
    const int32_t hours = digits_at(text, zone + 1, 2);
    int32_t minutes = digits_at(text, zone + (text.size() == zone + 5 ? 3 : 4), 2);
    if (minutes < 0) minutes = 0;
    if (hours < 0) return std::nullopt;
    seconds -= (text[zone] == '-' ? -1 : 1) * (int64_t{hours} * 3600 + int64_t{minutes} * 60);
  }
  return seconds;
}

std::string printable(std::string_view text, size_t most) {
  std::string out(text.substr(0, most));
  for (char& c : out) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) c = '?';
  }
  if (out.size() < text.size()) out += "...";
  return out;
}

bool hide_secret(std::string* text, std::string_view secret) {
  if (secret.size() < 8) return false;
  bool found = false;
  for (size_t at; (at = text->find(secret)) != std::string::npos; found = true) {
    text->replace(at, secret.size(), "***");
  }
  return found;
}

bool has_line_break(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace veneer::s3
