#include "scan/hive.h"

#include <algorithm>
#include <array>

#include "base/checked.h"
#include "base/text.h"

namespace veneer {
namespace {

constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Well-formed UTF-8 (Unicode, table 3-7): no surrogates, nothing overlong.
bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    size_t more = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    for (; more > 0; --more, low = 0x80, high = 0xBF) {
      if (i == text.size()) return false;
      const auto next = static_cast<unsigned char>(text[i++]);
      if (next < low || next > high) return false;
    }
  }
  return true;
}

// Hive and Spark escape what file systems do not like as %XX; a '%' that begins no escape stands
// for itself.
std::string decoded(std::string_view raw) {
  if (raw.find('%') == std::string_view::npos) return std::string(raw);
  std::string out;
  out.reserve(raw.size());
  for (size_t i = 0; i < raw.size(); ++i) {
    const int high = raw[i] == '%' && i + 2 < raw.size() ? hex_digit(raw[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(raw[i + 2]) : -1;
    if (low < 0) {
      out += raw[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return is_utf8(out) ? out : std::string(raw);
}

// Calls each(directory) for the directories of a key.
template <class Each>
void for_each_directory(std::string_view key, Each each) {
  while (true) {
    const size_t slash = key.find('/');
    if (slash == std::string_view::npos) return;
    each(key.substr(0, slash));
    key.remove_prefix(slash + 1);
  }
}

bool is_partition(std::string_view directory) {
  const size_t equal = directory.find('=');
  return equal != std::string_view::npos && equal != 0;
}

bool is_hidden(std::string_view name) {
  return !name.empty() && (name[0] == '.' || name[0] == '_') && name != "." && name != "..";
}

}  // namespace

std::vector<PartitionValue> parse_partitions(std::string_view key) {
  std::vector<PartitionValue> values;
  for_each_directory(key, [&](std::string_view directory) {
    if (!is_partition(directory)) return;
    const size_t equal = directory.find('=');
    const std::string_view raw = directory.substr(equal + 1);
    PartitionValue value;
    value.name = decoded(directory.substr(0, equal));
    if (raw != kNullPartition) value.value = decoded(raw);
    values.push_back(std::move(value));
  });
  return values;
}

const PartitionValue* Partition::find(std::string_view name) const noexcept {
  for (const PartitionValue& value : values) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

bool is_data_key(std::string_view key) noexcept {
  bool hidden = false;
  for_each_directory(key, [&](std::string_view directory) {
    hidden = hidden || (is_hidden(directory) && !is_partition(directory));
  });
  const size_t slash = key.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  return !hidden && !is_hidden(name) && name.ends_with(".parquet");
}

namespace scan {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

// Reads fixed numbers of digits from the front of a text.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  bool number(size_t digits, int64_t* out) {
    if (text_.size() < digits) return false;
    *out = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      *out = *out * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return true;
  }
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool at_digit() const { return !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; }
  bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

bool parse_integer(std::string_view text, int64_t* out) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty()) return false;
  int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    const int64_t digit = c - '0';
    if (!checked_mul<int64_t>(value, 10, &value) ||
        !checked_add<int64_t>(value, negative ? -digit : digit, &value)) {
      return false;
    }
  }
  *out = value;
  return true;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that
// the leap day is their last.
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

bool parse_date(Fields* fields, int64_t* days) {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  if (!fields->number(4, &year) || !fields->take('-') || !fields->number(2, &month) ||
      !fields->take('-') || !fields->number(2, &day)) {
    return false;
  }
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr std::array<int64_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (day > kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0)) return false;
  *days = days_from_civil(year, month, day);
  return true;
}

// "Z", "+02", "+02:00" or "+0200"; nothing is UTC.
bool parse_zone(Fields* fields, int64_t* seconds) {
  *seconds = 0;
  if (fields->at_end() || fields->take('Z')) return true;
  const bool minus = fields->take('-');
  if (!minus && !fields->take('+')) return false;
  int64_t hours = 0;
  int64_t minutes = 0;
  if (!fields->number(2, &hours) || hours > 18) return false;
  if (fields->take(':') || fields->at_digit()) {
    if (!fields->number(2, &minutes) || minutes > 59) return false;
  }
  *seconds = (hours * 60 + minutes) * 60 * (minus ? -1 : 1);
  return true;
}

// A fraction of up to nine digits; what microseconds cannot hold must be zero.
bool parse_fraction(Fields* fields, int64_t* micros) {
  int64_t unit = kMicrosPerSecond;
  for (int digits = 0; fields->at_digit(); ++digits) {
    int64_t digit = 0;
    if (digits == 9 || !fields->number(1, &digit)) return false;
    unit /= 10;
    if (unit == 0 && digit != 0) return false;
    *micros += digit * unit;
  }
  return true;
}

bool parse_timestamp(std::string_view text, int64_t* out) {
  Fields fields(text);
  int64_t days = 0;
  if (!parse_date(&fields, &days)) return false;
  int64_t seconds = 0;
  int64_t micros = 0;
  if (!fields.at_end()) {
    if (!fields.take('T') && !fields.take(' ')) return false;
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    if (!fields.number(2, &hour) || !fields.take(':') || !fields.number(2, &minute)) return false;
    if (fields.take(':')) {
      if (!fields.number(2, &second)) return false;
      if (fields.take('.') && (!fields.at_digit() || !parse_fraction(&fields, &micros))) {
        return false;
      }
    }
    int64_t zone = 0;
    if (hour > 23 || minute > 59 || second > 59 || !parse_zone(&fields, &zone)) return false;
    seconds = (hour * 60 + minute) * 60 + second - zone;
  }
  if (!fields.at_end()) return false;
  // Years of four digits stay far within 64 bits.
  *out = (days * kSecondsPerDay + seconds) * kMicrosPerSecond + micros;
  return true;
}

}  // namespace

std::string_view to_string(PartitionType type) noexcept {
  switch (type) {
    case PartitionType::int64: return "int64";
    case PartitionType::date: return "date";
    case PartitionType::timestamp: return "timestamp";
    case PartitionType::string: return "string";
  }
  return "?";
}

bool parse_value(std::string_view text, PartitionType type, int64_t* out) noexcept {
  if (type == PartitionType::int64) return parse_integer(text, out);
  if (type == PartitionType::timestamp) return parse_timestamp(text, out);
  if (type != PartitionType::date) return false;
  Fields fields(text);
  return parse_date(&fields, out) && fields.at_end();
}

PartitionInference::Seen* PartitionInference::find(const std::string& name) {
  for (Seen& seen : seen_) {
    if (seen.name == name) return &seen;
  }
  Seen seen;
  seen.name = name;
  for (const auto& [declared_name, type] : declared_) {
    if (declared_name == name) seen.declared = type;
  }
  if (!seen.declared.has_value() && !infer_) seen.declared = PartitionType::string;
  seen_.push_back(std::move(seen));
  return &seen_.back();
}

void PartitionInference::add(std::span<const PartitionValue> values) {
  for (const PartitionValue& value : values) {
    Seen* seen = find(value.name);
    if (seen->declared.has_value() || !value.value.has_value()) continue;
    const std::string& text = *value.value;
    int64_t ignored = 0;
    seen->any = true;
    seen->integers = seen->integers && parse_value(text, PartitionType::int64, &ignored);
    seen->dates = seen->dates && parse_value(text, PartitionType::date, &ignored);
    seen->timestamps = seen->timestamps && parse_value(text, PartitionType::timestamp, &ignored);
  }
}

std::vector<PartitionColumn> PartitionInference::columns() const {
  std::vector<PartitionColumn> columns;
  for (const Seen& seen : seen_) {
    PartitionType type = PartitionType::string;
    if (seen.declared.has_value()) {
      type = *seen.declared;
    } else if (seen.any && seen.integers) {
      type = PartitionType::int64;
    } else if (seen.any && seen.dates) {
      type = PartitionType::date;
    } else if (seen.any && seen.timestamps) {
      type = PartitionType::timestamp;
    }
    columns.push_back({seen.name, type});
  }
  return columns;
}

Status PartitionInference::check_declared() const {
  for (const auto& [name, type] : declared_) {
    if (std::none_of(seen_.begin(), seen_.end(),
                     [n = std::string_view(name)](const Seen& seen) { return seen.name == n; })) {
      return Status::invalid_argument(
          concat({"a type is declared for ", name, ", which is no partition"}));
    }
  }
  return {};
}

bool PartitionInference::settled() const noexcept {
  return std::all_of(seen_.begin(), seen_.end(),
                     [](const Seen& seen) { return seen.declared.has_value(); });
}

}  // namespace scan
}  // namespace veneer
