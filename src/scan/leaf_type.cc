#include "scan/leaf_type.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"

namespace veneer::scan {
namespace {

// The format's default, which may be left out (LogicalTypes.md, "GEOMETRY").
std::string_view crs_of(const LogicalType& type) noexcept {
  return type.crs.empty() ? std::string_view("OGC:CRS84") : type.crs;
}

bool same_logical(const LogicalType& a, const LogicalType& b) noexcept {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case LogicalKind::decimal: return a.precision == b.precision && a.scale == b.scale;
    case LogicalKind::time:
    case LogicalKind::timestamp: return a.unit == b.unit && a.adjusted_to_utc == b.adjusted_to_utc;
    case LogicalKind::integer: return a.bit_width == b.bit_width && a.is_signed == b.is_signed;
    case LogicalKind::variant: return a.variant_version == b.variant_version;
    case LogicalKind::geometry: return crs_of(a) == crs_of(b);
    case LogicalKind::geography: return crs_of(a) == crs_of(b) && a.algorithm == b.algorithm;
    default: return true;
  }
}

// ------------------------------------------------------------------------------ integers, floats

bool same(const IntegerType& a, const IntegerType& b) noexcept {
  return a.bits == b.bits && a.is_signed == b.is_signed;
}

std::optional<LeafType> unite_integers(const LeafType& a, IntegerType ia, const LeafType& b,
                                       IntegerType ib) noexcept {
  IntegerType both;
  if (ia.is_signed == ib.is_signed) {
    both = {std::max(ia.bits, ib.bits), ia.is_signed};
  } else {
    const int of_signed = ia.is_signed ? ia.bits : ib.bits;
    const int of_unsigned = ia.is_signed ? ib.bits : ia.bits;
    if (of_unsigned == 64) return {};
    both = {std::max(of_signed, of_unsigned * 2), true};
  }
  if (same(both, ia)) return a;
  if (same(both, ib)) return b;
  LeafType type;
  type.physical = both.bits == 64 ? PhysicalType::int64 : PhysicalType::int32;
  if (both.bits < 32) {
    type.logical.kind = LogicalKind::integer;
    type.logical.bit_width = narrow<int8_t>(both.bits);
    type.logical.is_signed = true;
  }
  return type;
}

// Bits of a floating type, or 0.
int floating_bits(const LeafType& type) noexcept {
  if (type.logical.is(LogicalKind::float16)) return 16;
  if (!type.logical.is(LogicalKind::none)) return 0;
  return type.physical == PhysicalType::float32   ? 32
         : type.physical == PhysicalType::float64 ? 64
                                                  : 0;
}

LeafType plain(PhysicalType physical) noexcept {
  LeafType type;
  type.physical = physical;
  return type;
}

std::optional<LeafType> unite_floats(const LeafType& a, const LeafType& b) noexcept {
  const int bits_a = floating_bits(a);
  const int bits_b = floating_bits(b);
  if (bits_a != 0 && bits_b != 0) return bits_a >= bits_b ? a : b;
  // A double holds 53 bits: every integer of 32, not every one of 64.
  const std::optional<IntegerType> integer = integer_type(bits_a == 0 ? a : b);
  if (!integer.has_value() || integer->bits > 32) return {};
  if (bits_a == 64) return a;
  if (bits_b == 64) return b;
  return plain(PhysicalType::float64);
}

// -------------------------------------------------------------------------------------- decimals

constexpr int32_t kMostDigits = 76;  // of 256 bits

// The bytes that 10^precision - 1 takes, with its sign: precision × log2(10), rounded up.
int32_t bytes_of_precision(int32_t precision) noexcept {
  const int64_t bits = int64_t{precision} * 33219281 / 10000000 + 2;
  return narrow<int32_t>((bits + 7) / 8);
}

int32_t width_in_memory(int32_t bytes) noexcept {
  return bytes <= 4 ? 4 : bytes <= 8 ? 8 : bytes <= 16 ? 16 : bytes <= 32 ? 32 : 33;
}

struct Digits {
  int32_t whole = 0;
  int32_t scale = 0;
  int32_t width = 0;  // bytes
};

std::optional<Digits> digits_of(const LeafType& type) noexcept {
  if (type.logical.is(LogicalKind::decimal)) {
    return Digits{type.logical.precision - type.logical.scale, type.logical.scale,
                  decimal_width(type)};
  }
  const std::optional<IntegerType> integer = integer_type(type);
  if (!integer.has_value()) return {};
  Digits digits;
  switch (integer->bits) {
    case 8: digits.whole = 3; break;
    case 16: digits.whole = 5; break;
    case 32: digits.whole = 10; break;
    default: digits.whole = integer->is_signed ? 19 : 20;
  }
  digits.width = bytes_of_precision(digits.whole);
  // As stored, whatever the annotation promises.
  digits.width = std::max(digits.width, type.physical == PhysicalType::int64 ? 8 : 4);
  return digits;
}

bool is_integer_physical(const LeafType& type) noexcept {
  return type.physical == PhysicalType::int32 || type.physical == PhysicalType::int64;
}

std::optional<LeafType> unite_decimals(const LeafType& a, const LeafType& b) noexcept {
  const std::optional<Digits> da = digits_of(a);
  const std::optional<Digits> db = digits_of(b);
  if (!da.has_value() || !db.has_value() || da->width > 32 || db->width > 32) return {};
  const int32_t scale = std::max(da->scale, db->scale);
  const int64_t precision = int64_t{std::max(da->whole, db->whole)} + scale;
  if (precision > kMostDigits) return {};
  // Never narrower than either: a file may hold more than its precision says.
  const int32_t bytes =
      std::max({da->width, db->width, bytes_of_precision(narrow<int32_t>(precision))});
  const auto will_do = [&](const LeafType& type, const Digits& digits) {
    return type.logical.is(LogicalKind::decimal) && type.logical.precision == precision &&
           digits.scale == scale && width_in_memory(digits.width) == width_in_memory(bytes);
  };
  if (will_do(a, *da)) return a;
  if (will_do(b, *db)) return b;
  LeafType type;
  type.logical.kind = LogicalKind::decimal;
  type.logical.precision = narrow<int32_t>(precision);
  type.logical.scale = scale;
  if (is_integer_physical(a) && is_integer_physical(b) && bytes <= 8) {
    type.physical = bytes <= 4 ? PhysicalType::int32 : PhysicalType::int64;
  } else {
    type.physical = PhysicalType::fixed_len_byte_array;
    type.length = bytes;
  }
  return type;
}

// ----------------------------------------------------------------------------------------- times

bool is_timestamp(const LeafType& type) noexcept { return type.logical.is(LogicalKind::timestamp); }

bool is_int96(const LeafType& type) noexcept {
  return type.physical == PhysicalType::int96 && type.logical.is(LogicalKind::none);
}

std::optional<LeafType> unite_instants(const LeafType& a, const LeafType& b) noexcept {
  if (a.logical.adjusted_to_utc != b.logical.adjusted_to_utc) return {};
  return a.logical.unit >= b.logical.unit ? a : b;
}

// INT96 counts nanoseconds, but its writers had microseconds, and a 64-bit count of nanoseconds
// reaches only to 2262. So it becomes microseconds, unless the timestamps are nanoseconds.
LeafType with_int96(LeafType timestamp) noexcept {
  timestamp.logical.unit = std::max(timestamp.logical.unit, TimeUnit::micros);
  return timestamp;
}

// ----------------------------------------------------------------------------------------- bytes

bool is_text(LogicalKind kind) noexcept {
  return kind == LogicalKind::string || kind == LogicalKind::enum_ || kind == LogicalKind::json;
}

bool is_bytes(const LeafType& type) noexcept {
  if (type.physical != PhysicalType::byte_array &&
      type.physical != PhysicalType::fixed_len_byte_array) {
    return false;
  }
  switch (type.logical.kind) {
    case LogicalKind::none:
    case LogicalKind::bson:
    case LogicalKind::uuid:
    case LogicalKind::geometry:
    case LogicalKind::geography: return true;
    default: return is_text(type.logical.kind);
  }
}

std::optional<LeafType> unite_bytes(const LeafType& a, const LeafType& b) noexcept {
  LeafType type;
  if (same_logical(a.logical, b.logical)) {
    type.logical = a.logical;
  } else if (is_text(a.logical.kind) && is_text(b.logical.kind)) {
    type.logical.kind = LogicalKind::string;
  } else if (!a.logical.is(LogicalKind::none) && !b.logical.is(LogicalKind::none)) {
    return {};
  }
  if (a.physical == b.physical && a.length == b.length) {
    type.physical = a.physical;
    type.length = a.length;
  } else {
    type.physical = PhysicalType::byte_array;
  }
  return type;
}

}  // namespace

LeafType LeafType::of(const Leaf& leaf) noexcept {
  LeafType type;
  type.physical = leaf.physical_type;
  if (type.physical == PhysicalType::fixed_len_byte_array) type.length = leaf.type_length;
  type.logical = leaf.logical;
  return type;
}

std::string to_string(const LeafType& type) {
  std::string text(veneer::to_string(type.physical));
  if (type.physical == PhysicalType::fixed_len_byte_array) {
    text += concat({'(', type.length, ')'});
  }
  if (!type.logical.is(LogicalKind::none)) text += ' ' + veneer::to_string(type.logical);
  return text;
}

bool same(const LeafType& a, const LeafType& b) noexcept {
  return a.physical == b.physical && a.length == b.length && same_logical(a.logical, b.logical);
}

std::optional<IntegerType> integer_type(const LeafType& type) noexcept {
  if (!is_integer_physical(type)) return {};
  if (type.logical.is(LogicalKind::integer)) {
    return IntegerType{type.logical.bit_width, type.logical.is_signed};
  }
  if (!type.logical.is(LogicalKind::none)) return {};
  return IntegerType{type.physical == PhysicalType::int64 ? 64 : 32, true};
}

int32_t decimal_width(const LeafType& type) noexcept {
  switch (type.physical) {
    case PhysicalType::int32: return 4;
    case PhysicalType::int64: return 8;
    case PhysicalType::fixed_len_byte_array: return type.length;
    default: break;
  }
  return type.logical.precision <= 38 ? 16 : type.logical.precision <= kMostDigits ? 32 : 33;
}

std::optional<LeafType> unite(const LeafType& a, const LeafType& b) noexcept {
  if (b.logical.is(LogicalKind::unknown)) return a;
  if (a.logical.is(LogicalKind::unknown)) return b;
  if (same(a, b)) return a;
  const std::optional<IntegerType> ia = integer_type(a);
  const std::optional<IntegerType> ib = integer_type(b);
  if (ia.has_value() && ib.has_value()) return unite_integers(a, *ia, b, *ib);
  if (floating_bits(a) != 0 || floating_bits(b) != 0) return unite_floats(a, b);
  if (a.logical.is(LogicalKind::decimal) || b.logical.is(LogicalKind::decimal)) {
    return unite_decimals(a, b);
  }
  if (is_timestamp(a) && is_int96(b)) return with_int96(a);
  if (is_int96(a) && is_timestamp(b)) return with_int96(b);
  const bool instants = is_timestamp(a) || a.logical.is(LogicalKind::time);
  if (instants && a.logical.kind == b.logical.kind) return unite_instants(a, b);
  if (is_bytes(a) && is_bytes(b)) return unite_bytes(a, b);
  return {};
}

bool widens(const LeafType& from, const LeafType& to) noexcept {
  if (from.logical.is(LogicalKind::unknown)) return true;
  if (to.logical.is(LogicalKind::unknown)) return false;
  const std::optional<LeafType> both = unite(to, from);
  return both.has_value() && same(*both, to);
}

}  // namespace veneer::scan
