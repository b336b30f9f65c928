#include "filter/key_type.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/bits.h"
#include "base/checked.h"
#include "base/text.h"
#include "filter/literal_text.h"
#include "filter/words.h"

namespace veneer::filter {
namespace {

constexpr int64_t kNanosOfDay = int64_t{86'400} * 1'000'000'000;
constexpr size_t kWideBytes = 32;
constexpr uint64_t kSign = uint64_t{1} << 63;

// Big-endian two's complement of any length; false where 256 bits do not hold it.
bool wide_of_bytes(std::string_view bytes, WideNumber* out) noexcept {
  const bool negative = !bytes.empty() && (bytes.front() & '\x80') != 0;
  const char fill = negative ? '\xFF' : '\0';
  char all[kWideBytes];
  std::memset(all, fill, sizeof(all));
  while (bytes.size() > kWideBytes) {
    if (bytes.front() != fill) return false;
    bytes.remove_prefix(1);
    if (((bytes.front() & '\x80') != 0) != negative) return false;
  }
  if (!bytes.empty()) std::memcpy(all + kWideBytes - bytes.size(), bytes.data(), bytes.size());
  for (size_t i = 0; i < 4; ++i) out->words[i] = load_be<uint64_t>(all + 8 * i);
  return true;
}

bool fits_64(const WideNumber& n) noexcept {
  const uint64_t fill = n.words[3] >> 63 != 0 ? ~uint64_t{0} : 0;
  return n.words[0] == fill && n.words[1] == fill && n.words[2] == fill;
}

std::string wide_key(const WideNumber& number) {
  std::string key(kWideBytes, '\0');
  key_of_wide(number, key.data());
  return key;
}

// A double's nearest float of half width, ties to even.
uint16_t half_of(double value) noexcept {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 48 & 0x8000);
  const double magnitude = std::fabs(value);
  if (std::isnan(value)) return 0x7E00;
  // Beyond the middle between the largest half, 65504, and the next power.
  if (magnitude >= 65520.0) return sign | 0x7C00;
  const int exponent = std::max(static_cast<int>(bits >> 52 & 0x7FF) - 1023, -14);
  // Eleven significant bits: as a count of the last one. Nearbyint rounds ties to even.
  const double units = std::nearbyint(std::ldexp(magnitude, 10 - exponent));
  const auto count = static_cast<uint32_t>(units);
  if (count < 1024) return static_cast<uint16_t>(sign | count);
  // A carry into the next power of two is one into the exponent, as it should be.
  return static_cast<uint16_t>(sign | ((static_cast<uint32_t>(exponent + 15 - 1) << 10) + count));
}

template <class T>
T parse_float(std::string_view digits) noexcept {
  T value = 0;
  const std::from_chars_result result =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    // Too large, or too small to be told from zero.
    const bool negative = digits.starts_with('-');
    const std::string_view whole =
        digits.substr(negative ? 1 : 0, digits.find('.') - (negative ? 1 : 0));
    value = whole.find_first_not_of('0') != std::string_view::npos ? INFINITY : T{0};
    if (negative) value = -value;
  }
  return value;
}

// "NaN", "Infinity", "-inf" …
bool parse_float_word(std::string_view text, double* out) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (is_word(text, "nan") && !negative) {
    *out = std::numeric_limits<double>::quiet_NaN();
  } else if (is_word(text, "inf") || is_word(text, "infinity")) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    *out = negative ? -kInfinity : kInfinity;
  } else {
    return false;
  }
  return true;
}

int64_t nanos_of(TimeUnit unit) noexcept {
  switch (unit) {
    case TimeUnit::millis: return 1'000'000;
    case TimeUnit::micros: return 1'000;
    case TimeUnit::nanos: break;
  }
  return 1;
}

}  // namespace

std::string key_of_number(int64_t number) {
  std::string key(8, '\0');
  store_le(key.data(), byte_swap(static_cast<uint64_t>(number) ^ kSign));
  return key;
}

int64_t number_of_key(std::string_view key) noexcept {
  return static_cast<int64_t>(load_be<uint64_t>(key.data()) ^ kSign);
}

int64_t number_of_double(uint64_t bits) noexcept {
  constexpr uint64_t kInfinity = 0x7FF0000000000000;
  const uint64_t magnitude = bits & ~kSign;
  if (magnitude > kInfinity) return kNanNumber;
  // -0 gives 0 as +0 does.
  const auto number = static_cast<int64_t>(magnitude);
  return (bits & kSign) != 0 ? -number : number;
}

int64_t number_of_float(uint64_t bits, size_t bytes) noexcept {
  if (bytes == 8) return number_of_double(bits);
  const unsigned width = bytes == 4 ? 32 : 16;
  const uint64_t infinity = bytes == 4 ? 0x7F800000 : 0x7C00;
  const uint64_t sign = uint64_t{1} << (width - 1);
  const uint64_t magnitude = bits & (sign - 1);
  if (magnitude > infinity) return kNanNumber;
  const auto number = static_cast<int64_t>(magnitude);
  return (bits & sign) != 0 ? -number : number;
}

void key_of_wide(const WideNumber& number, char* key32) noexcept {
  for (size_t i = 0; i < 4; ++i) {
    const uint64_t word = number.words[i] ^ (i == 0 ? kSign : 0);
    store_le(key32 + 8 * i, byte_swap(word));
  }
}

// Days, then nanoseconds within the day, brought into it.
WideNumber wide_of_int96(const Int96& value) noexcept {
  int64_t days = value.nanos_of_day() / kNanosOfDay;
  int64_t nanos = value.nanos_of_day() % kNanosOfDay;
  if (nanos < 0) {
    nanos += kNanosOfDay;
    --days;
  }
  WideNumber made;
  made.words[0] = static_cast<uint64_t>(days + value.julian_day());
  made.words[1] = static_cast<uint64_t>(nanos);
  return made;
}

KeyType KeyType::of(const Leaf& leaf) noexcept {
  KeyType type(leaf);
  const auto number = [&type](NumberForm form) {
    type.kind_ = KeyKind::number;
    type.form_ = form;
  };
  const bool is_unsigned = leaf.logical.is(LogicalKind::integer) && !leaf.logical.is_signed;
  switch (leaf.logical.kind) {
    // Their values have no order, and no literals.
    case LogicalKind::interval:
    case LogicalKind::variant:
    case LogicalKind::geometry:
    case LogicalKind::geography:
    case LogicalKind::file: return type;
    default: break;
  }
  switch (leaf.physical_type) {
    case PhysicalType::boolean: number(NumberForm::boolean); break;
    case PhysicalType::int32: number(is_unsigned ? NumberForm::uint32 : NumberForm::int32); break;
    case PhysicalType::int64: number(is_unsigned ? NumberForm::uint64 : NumberForm::int64); break;
    case PhysicalType::float32: number(NumberForm::float32); break;
    case PhysicalType::float64: number(NumberForm::float64); break;
    case PhysicalType::int96: type.kind_ = KeyKind::wide; break;
    case PhysicalType::byte_array:
      type.kind_ = KeyKind::bytes;
      if (leaf.logical.is(LogicalKind::decimal)) {
        // Wider ones are not decoded to numbers.
        type.kind_ = leaf.logical.precision <= 76 ? KeyKind::wide : KeyKind::none;
      }
      break;
    case PhysicalType::fixed_len_byte_array:
      type.kind_ = KeyKind::bytes;
      if (leaf.logical.is(LogicalKind::float16)) number(NumberForm::float16);
      if (leaf.logical.is(LogicalKind::decimal)) {
        type.kind_ = leaf.type_length <= 32 ? KeyKind::wide : KeyKind::none;
        if (leaf.type_length <= 4) {
          number(NumberForm::int32);
        } else if (leaf.type_length <= 8) {
          number(NumberForm::int64);
        }
      }
      break;
  }
  return type;
}

bool KeyType::from_plain(std::string_view plain, std::string* key) const {
  const bool fixed = leaf_->physical_type == PhysicalType::fixed_len_byte_array;
  if (kind_ == KeyKind::bytes) {
    key->assign(plain);
    return true;
  }
  if (kind_ == KeyKind::wide) {
    WideNumber number;
    if (leaf_->physical_type == PhysicalType::int96) {
      if (plain.size() != 12) return false;
      Int96 value;
      for (size_t i = 0; i < 3; ++i) value.words[i] = load_le<uint32_t>(plain.data() + 4 * i);
      number = wide_of_int96(value);
    } else if (!wide_of_bytes(plain, &number)) {
      return false;
    }
    *key = wide_key(number);
    return true;
  }
  if (kind_ != KeyKind::number) return false;
  int64_t number = 0;
  if (fixed && form_ != NumberForm::float16) {
    WideNumber wide;
    if (!wide_of_bytes(plain, &wide) || !fits_64(wide)) return false;
    number = static_cast<int64_t>(wide.words[3]);
  } else {
    const auto size_is = [&](size_t size) { return plain.size() == size; };
    switch (form_) {
      case NumberForm::boolean:
        if (!size_is(1)) return false;
        number = plain[0] != 0 ? 1 : 0;
        break;
      case NumberForm::int32:
        if (!size_is(4)) return false;
        number = load_le<int32_t>(plain.data());
        break;
      case NumberForm::uint32:
        if (!size_is(4)) return false;
        number = load_le<uint32_t>(plain.data());
        break;
      case NumberForm::int64:
        if (!size_is(8)) return false;
        number = load_le<int64_t>(plain.data());
        break;
      case NumberForm::uint64:
        if (!size_is(8)) return false;
        number = static_cast<int64_t>(load_le<uint64_t>(plain.data()) ^ kSign);
        break;
      case NumberForm::float16:
        if (!size_is(2)) return false;
        number = number_of_float(load_le<uint16_t>(plain.data()), 2);
        break;
      case NumberForm::float32:
        if (!size_is(4)) return false;
        number = number_of_float(load_le<uint32_t>(plain.data()), 4);
        break;
      case NumberForm::float64:
        if (!size_is(8)) return false;
        number = number_of_double(load_le<uint64_t>(plain.data()));
        break;
    }
  }
  *key = key_of_number(number);
  return true;
}

bool KeyType::has_plain(std::string_view key) const noexcept {
  if (kind_ == KeyKind::bytes) return true;
  const bool fixed = leaf_->physical_type == PhysicalType::fixed_len_byte_array;
  if (kind_ == KeyKind::wide) return fixed;
  if (kind_ != KeyKind::number || form_ == NumberForm::boolean) return false;
  return !is_floating() || number_of_key(key) != kNanNumber;
}

bool KeyType::to_plain(std::string_view key, size_t i, std::string* plain) const {
  const auto length = static_cast<size_t>(std::max(leaf_->type_length, 0));
  const bool fixed = leaf_->physical_type == PhysicalType::fixed_len_byte_array;
  if (kind_ == KeyKind::bytes) {
    plain->assign(key);
    return i == 0 && (!fixed || key.size() == length);
  }
  if (fixed && form_ != NumberForm::float16) {
    // A decimal, as wide as the type.
    std::string wide(kWideBytes, '\0');
    if (kind_ == KeyKind::number) {
      WideNumber number;
      const int64_t value = number_of_key(key);
      number.words[3] = static_cast<uint64_t>(value);
      for (size_t w = 0; w < 3; ++w) number.words[w] = value < 0 ? ~uint64_t{0} : 0;
      key_of_wide(number, wide.data());
    } else {
      wide.assign(key);
    }
    wide[0] = static_cast<char>(wide[0] ^ '\x80');
    const bool negative = (wide[0] & '\x80') != 0;
    const size_t cut = kWideBytes - std::min(length, kWideBytes);
    for (size_t at = 0; at < cut; ++at) {
      if (wide[at] != (negative ? '\xFF' : '\0')) return false;
    }
    plain->assign(wide, cut);
    return i == 0 && ((plain->front() & '\x80') != 0) == negative;
  }
  const int64_t number = number_of_key(key);
  size_t width = 8;
  uint64_t bits = static_cast<uint64_t>(number);
  if (is_floating()) {
    width = form_ == NumberForm::float16 ? 2 : form_ == NumberForm::float32 ? 4 : 8;
    const uint64_t sign = uint64_t{1} << (8 * width - 1);
    const uint64_t magnitude = number < 0 ? uint64_t{0} - bits : bits;
    // Zero has two forms.
    bits = magnitude | (number < 0 || (number == 0 && i == 1) ? sign : 0);
    if (i > (number == 0 ? 1u : 0u)) return false;
  } else {
    if (i != 0) return false;
    if (form_ == NumberForm::int32 && !fits<int32_t>(number)) return false;
    if (form_ == NumberForm::uint32 && !fits<uint32_t>(number)) return false;
    if (form_ == NumberForm::int32 || form_ == NumberForm::uint32) width = 4;
    if (form_ == NumberForm::uint64) bits ^= kSign;
  }
  char bytes[8];
  store_le(bytes, bits);
  plain->assign(bytes, width);
  return true;
}

Status KeyType::position(const Literal& literal, Position* out) const {
  *out = Position();
  if (kind_ == KeyKind::none) {
    return Status::invalid_argument("values of this type can only be tested for null");
  }
  switch (leaf_->logical.kind) {
    case LogicalKind::date:
    case LogicalKind::time:
    case LogicalKind::timestamp: return temporal_position(literal, out);
    default: break;
  }
  if (leaf_->physical_type == PhysicalType::int96) return temporal_position(literal, out);
  return kind_ == KeyKind::bytes ? bytes_position(literal, out) : number_position(literal, out);
}

Status KeyType::bytes_position(const Literal& literal, Position* out) const {
  const bool uuid = leaf_->logical.is(LogicalKind::uuid);
  switch (literal.kind()) {
    case Literal::Kind::text:
    case Literal::Kind::uuid:
      if (uuid || literal.kind() == Literal::Kind::uuid) {
        return parse_uuid(literal.text(), &out->key) ? Status()
                                                     : Status::invalid_argument("it is no UUID");
      }
      out->key = literal.text();
      return {};
    case Literal::Kind::binary: out->key = literal.text(); return {};
    default: return Status::invalid_argument("it takes text in quotes, or bytes as x'0aff'");
  }
}

Status KeyType::number_position(const Literal& literal, Position* out) const {
  if (form_ == NumberForm::boolean && kind_ == KeyKind::number) {
    if (literal.kind() != Literal::Kind::boolean) {
      return Status::invalid_argument("it takes true and false");
    }
    out->key = key_of_number(literal.boolean() ? 1 : 0);
    return {};
  }
  const bool word = literal.kind() == Literal::Kind::text && is_floating();
  double special = 0;
  if (literal.kind() != Literal::Kind::number &&
      !(word && parse_float_word(literal.text(), &special))) {
    return Status::invalid_argument(is_floating() ? "it takes numbers, 'NaN' and 'Infinity'"
                                                  : "it takes numbers");
  }
  const std::string& digits = literal.text();
  if (is_floating()) {
    // The literal is what the column's type makes of it, as if it had been stored there.
    int64_t number;
    if (form_ == NumberForm::float32) {
      const float value = word ? static_cast<float>(special) : parse_float<float>(digits);
      number = number_of_float(std::bit_cast<uint32_t>(value), 4);
    } else {
      const double value = word ? special : parse_float<double>(digits);
      number = form_ == NumberForm::float16 ? number_of_float(half_of(value), 2)
                                            : number_of_double(std::bit_cast<uint64_t>(value));
    }
    out->key = key_of_number(number);
    return {};
  }
  const int32_t scale = leaf_->logical.is(LogicalKind::decimal) ? leaf_->logical.scale : 0;
  const bool negative = digits.starts_with('-');
  WideNumber number;
  bool exact;
  if (!scaled_number(digits, scale, &number, &exact)) {
    out->fit = negative ? Position::Fit::least : Position::Fit::most;
    return {};
  }
  out->fit = exact ? Position::Fit::at : Position::Fit::above;
  if (kind_ == KeyKind::wide) {
    out->key = wide_key(number);
    return {};
  }
  const bool is_unsigned = form_ == NumberForm::uint64;
  // The sign that 256 bits have, as -0.5 is 0 at most once it is cut.
  const bool below = number.words[0] >> 63 != 0;
  const bool held = is_unsigned
                        ? number.words[0] == 0 && number.words[1] == 0 && number.words[2] == 0
                        : fits_64(number);
  if (!held) {
    out->fit = below ? Position::Fit::least : Position::Fit::most;
    return {};
  }
  out->key = key_of_number(static_cast<int64_t>(number.words[3] ^ (is_unsigned ? kSign : 0)));
  return {};
}

Status KeyType::temporal_position(const Literal& literal, Position* out) const {
  const LogicalType& type = leaf_->logical;
  const bool int96 = leaf_->physical_type == PhysicalType::int96;
  const bool text = literal.kind() == Literal::Kind::text;
  Moment moment;
  int64_t unit = nanos_of(type.unit);
  if (type.is(LogicalKind::time)) {
    if ((!text && literal.kind() != Literal::Kind::time) || !parse_time(literal.text(), &moment)) {
      return Status::invalid_argument("it takes times such as '12:30:00.25'");
    }
  } else {
    if ((!text && literal.kind() != Literal::Kind::timestamp &&
         literal.kind() != Literal::Kind::date) ||
        !parse_timestamp(literal.text(), &moment) ||
        (literal.kind() == Literal::Kind::date && moment.has_time)) {
      return Status::invalid_argument(
          type.is(LogicalKind::date)
              ? "it takes dates such as '2026-05-08'"
              : "it takes dates and times such as '2026-05-08 12:30:00+02:00'");
    }
    if (type.is(LogicalKind::date)) unit = kNanosOfDay;
  }
  if (moment.has_zone && !type.adjusted_to_utc && !int96) {
    return Status::invalid_argument("the column has no time zone, so that the literal has none");
  }
  if (int96) {
    WideNumber number;
    number.words[0] = static_cast<uint64_t>(moment.days + 2'440'588);  // of the Julian calendar
    number.words[1] = static_cast<uint64_t>(moment.nanos);
    out->key = wide_key(number);
    return {};
  }
  // Before 1970 from the next midnight back, as the first day's own may be out of range.
  const int64_t of_day = kNanosOfDay / unit;
  const bool back = moment.days < 0;
  int64_t number;
  if (!checked_mul(moment.days + (back ? 1 : 0), of_day, &number) ||
      !checked_add(number, moment.nanos / unit - (back ? of_day : 0), &number)) {
    out->fit = back ? Position::Fit::least : Position::Fit::most;
    return {};
  }
  if (moment.nanos % unit != 0) out->fit = Position::Fit::above;
  out->key = key_of_number(number);
  return {};
}

}  // namespace veneer::filter
