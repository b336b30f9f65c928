#include "scan/values.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/checked.h"

namespace veneer::scan {
namespace {

using Op = Conversion::Op;

int64_t nanos_per(TimeUnit unit) noexcept {
  return unit == TimeUnit::millis ? 1'000'000 : unit == TimeUnit::micros ? 1000 : 1;
}

void make(Op op, ValueKind kind, uint32_t width, Conversion* out) noexcept {
  out->op = op;
  out->kind = kind;
  out->width = width;
}

void to_decimal(const LeafType& from, const LeafType& to, Conversion* out) noexcept {
  const std::optional<IntegerType> integer = integer_type(from);
  const int32_t width = decimal_width(to);
  const ValueKind kind = width <= 4    ? ValueKind::int32
                         : width <= 8  ? ValueKind::int64
                         : width <= 16 ? ValueKind::int128
                                       : ValueKind::int256;
  out->shift = to.logical.scale - (integer.has_value() ? 0 : from.logical.scale);
  out->is_unsigned = integer.has_value() && !integer->is_signed;
  make(Op::decimal, kind, width <= 4 ? 4 : width <= 8 ? 8 : width <= 16 ? 16 : 32, out);
}

bool decimal_same_in_memory(const LeafType& from, const LeafType& to) noexcept {
  const auto group = [](int32_t width) {
    return width <= 4 ? 4 : width <= 8 ? 8 : width <= 16 ? 16 : 32;
  };
  return from.logical.is(LogicalKind::decimal) && from.logical.scale == to.logical.scale &&
         group(decimal_width(from)) == group(decimal_width(to));
}

void to_float(const LeafType& from, const LeafType& to, Conversion* out) noexcept {
  const bool wide = to.physical == PhysicalType::float64;
  const ValueKind kind = wide ? ValueKind::float64 : ValueKind::float32;
  const uint32_t width = wide ? 8 : 4;
  if (from.logical.is(LogicalKind::float16)) {
    return make(wide ? Op::half_to_double : Op::half_to_float, kind, width, out);
  }
  if (from.physical == PhysicalType::float32) return make(Op::float_to_double, kind, width, out);
  const std::optional<IntegerType> integer = integer_type(from);
  const bool is_signed = !integer.has_value() || integer->is_signed;
  make(is_signed ? Op::int_to_double : Op::uint_to_double, kind, width, out);
}

// ------------------------------------------------------------------------------------- the loops

template <class From, class To>
void cast_all(const From* in, size_t n, To* out) noexcept {
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<To>(in[i]);
}

// IEEE 754 binary16 to binary32: exact for every value.
float from_half(uint16_t half) noexcept {
  const uint32_t sign = uint32_t{half & 0x8000u} << 16;
  const uint32_t exponent = half >> 10 & 0x1F;
  const uint32_t fraction = half & 0x3FF;
  if (exponent == 0) {
    // Zero, or a subnormal: fraction × 2^-24.
    const float value = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -value : value;
  }
  const uint32_t wide = exponent == 31 ? 255 : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

template <class To>
void halves(const Column& column, To* out) noexcept {
  const uint8_t* in = column.raw_values().data();
  // FLOAT16 is little-endian, as stored (Encodings.md, "PLAIN").
  for (size_t i = 0; i < column.size(); ++i) {
    out[i] =
        static_cast<To>(from_half(static_cast<uint16_t>(in[2 * i] | uint32_t{in[2 * i + 1]} << 8)));
  }
}

template <class From>
size_t scale_all(const From* in, size_t n, int64_t factor, int64_t* out) noexcept {
  const int64_t most = INT64_MAX / factor;
  const int64_t least = INT64_MIN / factor;
  bool outside = false;
  for (size_t i = 0; i < n; ++i) {
    const int64_t value = in[i];
    outside |= value > most || value < least;
    out[i] = static_cast<int64_t>(static_cast<uint64_t>(value) * static_cast<uint64_t>(factor));
  }
  if (!outside) return n;
  return static_cast<size_t>(
      std::find_if(in, in + n, [&](From value) { return value > most || value < least; }) - in);
}

size_t int96_all(const Column& column, bool micros, int64_t* out) noexcept {
  const std::span<const Int96> in = column.values<Int96>();
  for (size_t i = 0; i < in.size(); ++i) {
    out[i] = 0;
    if (column.is_null(i)) continue;
    // to_micros rounds; here nothing may be lost.
    const bool fits = micros ? in[i].to_micros(out + i) && in[i].nanos_of_day() % 1000 == 0
                             : in[i].to_nanos(out + i);
    if (!fits) return i;
  }
  return in.size();
}

}  // namespace

Conversion conversion_of(const LeafType& from, const LeafType& to) noexcept {
  Conversion out;
  if (from.logical.is(LogicalKind::unknown)) {
    if (!same(from, to)) out.op = Op::nulls;
    return out;
  }
  if (to.logical.is(LogicalKind::decimal)) {
    if (!same(from, to) && !decimal_same_in_memory(from, to)) to_decimal(from, to, &out);
    return out;
  }
  if (from.physical == PhysicalType::int96 && to.physical == PhysicalType::int64) {
    const bool micros = to.logical.unit == TimeUnit::micros;
    make(micros ? Op::int96_micros : Op::int96_nanos, ValueKind::int64, 8, &out);
    return out;
  }
  if (to.logical.is(LogicalKind::time) || to.logical.is(LogicalKind::timestamp)) {
    if (from.logical.unit == to.logical.unit) return out;
    out.factor = nanos_per(from.logical.unit) / nanos_per(to.logical.unit);
    const bool narrow_source = from.physical == PhysicalType::int32;
    make(narrow_source ? Op::scale32 : Op::scale64, ValueKind::int64, 8, &out);
    return out;
  }
  const std::optional<IntegerType> integer = integer_type(from);
  if (integer.has_value() && to.physical == PhysicalType::int64 &&
      from.physical == PhysicalType::int32) {
    make(integer->is_signed ? Op::extend : Op::zero_extend, ValueKind::int64, 8, &out);
    return out;
  }
  const bool to_floating =
      to.physical == PhysicalType::float32 || to.physical == PhysicalType::float64;
  if (to_floating && from.physical != to.physical) {
    to_float(from, to, &out);
  } else if (from.physical == PhysicalType::fixed_len_byte_array &&
             to.physical == PhysicalType::byte_array) {
    make(Op::fixed_to_views, ValueKind::binary, sizeof(BinaryView), &out);
  }
  return out;
}

size_t convert_values(const Conversion& conversion, const Column& column, void* out) noexcept {
  const size_t n = column.size();
  switch (conversion.op) {
    case Op::none:
    case Op::nulls:
    case Op::fixed_to_views: break;
    case Op::extend:
      cast_all(column.values<int32_t>().data(), n, static_cast<int64_t*>(out));
      break;
    case Op::zero_extend:
      cast_all(column.values<uint32_t>().data(), n, static_cast<int64_t*>(out));
      break;
    case Op::int_to_double:
      cast_all(column.values<int32_t>().data(), n, static_cast<double*>(out));
      break;
    case Op::uint_to_double:
      cast_all(column.values<uint32_t>().data(), n, static_cast<double*>(out));
      break;
    case Op::float_to_double:
      cast_all(column.values<float>().data(), n, static_cast<double*>(out));
      break;
    case Op::half_to_float: halves(column, static_cast<float*>(out)); break;
    case Op::half_to_double: halves(column, static_cast<double*>(out)); break;
    case Op::decimal: return convert_decimals(conversion, column, out);
    case Op::scale32:
      return scale_all(column.values<int32_t>().data(), n, conversion.factor,
                       static_cast<int64_t*>(out));
    case Op::scale64:
      return scale_all(column.values<int64_t>().data(), n, conversion.factor,
                       static_cast<int64_t*>(out));
    case Op::int96_micros:
    case Op::int96_nanos:
      return int96_all(column, conversion.op == Op::int96_micros, static_cast<int64_t*>(out));
  }
  return n;
}

void views_of_fixed(const Column& column, BinaryView* out,
                    std::vector<std::span<const uint8_t>>* buffers) {
  const std::span<const uint8_t> raw = column.raw_values();
  const size_t width = column.value_width();
  buffers->clear();
  // A view reaches 32 bits far into its buffer.
  const size_t per_buffer = std::max<size_t>(1, (size_t{1} << 31) / std::max<size_t>(1, width));
  for (size_t i = 0; i < column.size(); ++i) {
    out[i] = BinaryView();
    if (width > BinaryView::kInlineBytes && i % per_buffer == 0) {
      const size_t entries = std::min(per_buffer, column.size() - i);
      buffers->push_back(raw.subspan(i * width, entries * width));
    }
    if (column.is_null(i)) continue;
    out[i].length = narrow<uint32_t>(width);
    if (width <= BinaryView::kInlineBytes) {
      if (width != 0) std::memcpy(out[i].inlined, raw.data() + i * width, width);
      continue;
    }
    std::memcpy(out[i].ref.prefix, raw.data() + i * width, sizeof(out[i].ref.prefix));
    out[i].ref.buffer = narrow<uint32_t>(buffers->size() - 1);
    out[i].ref.offset = narrow<uint32_t>(i % per_buffer * width);
  }
}

}  // namespace veneer::scan
