// Annotations: LogicalType, the older ConvertedType, and whether they fit what they stand on.
#include <optional>
#include <string>

#include "base/text.h"
#include "format/schema_builder.h"

namespace veneer {
namespace {

std::string_view unit_name(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::millis: return "MILLIS";
    case TimeUnit::micros: return "MICROS";
    case TimeUnit::nanos: return "NANOS";
  }
  return "UNKNOWN";
}

std::string_view algorithm_name(EdgeAlgorithm algorithm) {
  switch (algorithm) {
    case EdgeAlgorithm::spherical: return "SPHERICAL";
    case EdgeAlgorithm::vincenty: return "VINCENTY";
    case EdgeAlgorithm::thomas: return "THOMAS";
    case EdgeAlgorithm::andoyer: return "ANDOYER";
    case EdgeAlgorithm::karney: return "KARNEY";
  }
  return "UNKNOWN";
}

}  // namespace

std::string to_string(const LogicalType& type) {
  if (type.is(LogicalKind::none)) return {};
  std::string text(to_string(type.kind));
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  switch (type.kind) {
    case LogicalKind::decimal: text += concat({'(', type.precision, ',', type.scale, ')'}); break;
    case LogicalKind::time:
    case LogicalKind::timestamp:
      text.append("(").append(unit_name(type.unit)).append(",");
      text.append(flag(type.adjusted_to_utc)).append(")");
      break;
    case LogicalKind::integer:
      text += concat({'(', type.bit_width, ',', flag(type.is_signed), ')'});
      break;
    case LogicalKind::variant:
      if (type.variant_version != 0) text += concat({'(', type.variant_version, ')'});
      break;
    case LogicalKind::geometry:
      if (!type.crs.empty()) text.append("(").append(type.crs).append(")");
      break;
    case LogicalKind::geography:
      text.append("(").append(type.crs.empty() ? "OGC:CRS84" : type.crs);
      text.append(",").append(algorithm_name(type.algorithm)).append(")");
      break;
    default: break;
  }
  return text;
}

namespace format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

LogicalType of_kind(LogicalKind kind) {
  LogicalType type;
  type.kind = kind;
  return type;
}

LogicalType integer(int8_t bit_width, bool is_signed) {
  LogicalType type = of_kind(LogicalKind::integer);
  type.bit_width = bit_width;
  type.is_signed = is_signed;
  return type;
}

LogicalType instant(LogicalKind kind, TimeUnit unit) {
  LogicalType type = of_kind(kind);
  type.unit = unit;
  type.adjusted_to_utc = true;  // LogicalTypes.md: the converted types were always UTC
  return type;
}

LogicalType read_decimal(Reader& reader) {
  LogicalType type = of_kind(LogicalKind::decimal);
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i32): type.scale = reader.i32(); break;
      case key(2, Type::i32): type.precision = reader.i32(); break;
      default: reader.skip(field.type);
    }
  }
  return type;
}

std::optional<TimeUnit> read_time_unit(Reader& reader) {
  std::optional<TimeUnit> unit;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::structure): unit = TimeUnit::millis; break;
      case key(2, Type::structure): unit = TimeUnit::micros; break;
      case key(3, Type::structure): unit = TimeUnit::nanos; break;
      default: break;
    }
    reader.skip(field.type);
  }
  return unit;
}

LogicalType read_instant(Reader& reader, LogicalKind kind) {
  LogicalType type = of_kind(kind);
  std::optional<bool> utc;
  std::optional<TimeUnit> unit;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::bool_true): utc = true; break;
      case key(1, Type::bool_false): utc = false; break;
      case key(2, Type::structure): unit = read_time_unit(reader); break;
      default: reader.skip(field.type);
    }
  }
  // A unit of a later format version is a type that we do not know.
  if (!utc.has_value() || !unit.has_value()) return {};
  type.adjusted_to_utc = *utc;
  type.unit = *unit;
  return type;
}

LogicalType read_integer(Reader& reader) {
  LogicalType type = of_kind(LogicalKind::integer);
  std::optional<bool> is_signed;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i8): type.bit_width = reader.i8(); break;
      case key(2, Type::bool_true): is_signed = true; break;
      case key(2, Type::bool_false): is_signed = false; break;
      default: reader.skip(field.type);
    }
  }
  const int8_t width = type.bit_width;
  if (!is_signed.has_value() || (width != 8 && width != 16 && width != 32 && width != 64)) {
    return {};
  }
  type.is_signed = *is_signed;
  return type;
}

LogicalType read_variant(Reader& reader) {
  LogicalType type = of_kind(LogicalKind::variant);
  FieldHeader field;
  while (reader.next_field(&field)) {
    if (field.key() == key(1, Type::i8)) {
      type.variant_version = reader.i8();
    } else {
      reader.skip(field.type);
    }
  }
  return type;
}

LogicalType read_geo(Reader& reader, LogicalKind kind) {
  LogicalType type = of_kind(kind);
  int32_t algorithm = 0;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::binary): type.crs = reader.string(); break;
      case key(2, Type::i32): algorithm = reader.i32(); break;
      default: reader.skip(field.type);
    }
  }
  if (kind == LogicalKind::geography) {
    if (algorithm < 0 || algorithm > static_cast<int>(EdgeAlgorithm::karney)) return {};
    type.algorithm = static_cast<EdgeAlgorithm>(algorithm);
  }
  return type;
}

LogicalType of_converted(const RawAnnotation& raw) {
  switch (raw.converted) {
    case ConvertedType::none: return {};
    case ConvertedType::utf8: return of_kind(LogicalKind::string);
    case ConvertedType::map:
    case ConvertedType::map_key_value: return of_kind(LogicalKind::map);
    case ConvertedType::list: return of_kind(LogicalKind::list);
    case ConvertedType::enum_: return of_kind(LogicalKind::enum_);
    case ConvertedType::decimal: {
      LogicalType type = of_kind(LogicalKind::decimal);
      type.precision = raw.precision;
      type.scale = raw.scale;
      return type;
    }
    case ConvertedType::date: return of_kind(LogicalKind::date);
    case ConvertedType::time_millis: return instant(LogicalKind::time, TimeUnit::millis);
    case ConvertedType::time_micros: return instant(LogicalKind::time, TimeUnit::micros);
    case ConvertedType::timestamp_millis: return instant(LogicalKind::timestamp, TimeUnit::millis);
    case ConvertedType::timestamp_micros: return instant(LogicalKind::timestamp, TimeUnit::micros);
    case ConvertedType::uint_8: return integer(8, false);
    case ConvertedType::uint_16: return integer(16, false);
    case ConvertedType::uint_32: return integer(32, false);
    case ConvertedType::uint_64: return integer(64, false);
    case ConvertedType::int_8: return integer(8, true);
    case ConvertedType::int_16: return integer(16, true);
    case ConvertedType::int_32: return integer(32, true);
    case ConvertedType::int_64: return integer(64, true);
    case ConvertedType::json: return of_kind(LogicalKind::json);
    case ConvertedType::bson: return of_kind(LogicalKind::bson);
    case ConvertedType::interval: return of_kind(LogicalKind::interval);
  }
  return {};
}

bool decimal_fits(const LogicalType& type, const SchemaElement& element) {
  // As many digits as PostgreSQL's NUMERIC declares. A value's text has `scale` digits at least:
  // with 2^31 of them, one INT32 would be 2 GiB of text.
  constexpr int32_t kMostDigits = 1000;
  if (type.precision <= 0 || type.precision > kMostDigits) return false;
  if (type.scale < 0 || type.scale > type.precision) return false;
  switch (*element.physical_type) {
    case PhysicalType::int32:
    case PhysicalType::int64:
    case PhysicalType::byte_array: return true;
    case PhysicalType::fixed_len_byte_array: return element.type_length > 0;
    default: return false;
  }
}

}  // namespace

LogicalType read_logical_type(Reader& reader) {
  LogicalType type;
  FieldHeader field;
  while (reader.next_field(&field)) {
    LogicalKind plain = LogicalKind::none;
    switch (field.key()) {
      case key(1, Type::structure): plain = LogicalKind::string; break;
      case key(2, Type::structure): plain = LogicalKind::map; break;
      case key(3, Type::structure): plain = LogicalKind::list; break;
      case key(4, Type::structure): plain = LogicalKind::enum_; break;
      case key(5, Type::structure): type = read_decimal(reader); continue;
      case key(6, Type::structure): plain = LogicalKind::date; break;
      case key(7, Type::structure): type = read_instant(reader, LogicalKind::time); continue;
      case key(8, Type::structure): type = read_instant(reader, LogicalKind::timestamp); continue;
      case key(10, Type::structure): type = read_integer(reader); continue;
      case key(11, Type::structure): plain = LogicalKind::unknown; break;
      case key(12, Type::structure): plain = LogicalKind::json; break;
      case key(13, Type::structure): plain = LogicalKind::bson; break;
      case key(14, Type::structure): plain = LogicalKind::uuid; break;
      case key(15, Type::structure): plain = LogicalKind::float16; break;
      case key(16, Type::structure): type = read_variant(reader); continue;
      case key(17, Type::structure): type = read_geo(reader, LogicalKind::geometry); continue;
      case key(18, Type::structure): type = read_geo(reader, LogicalKind::geography); continue;
      case key(19, Type::structure): plain = LogicalKind::file; break;
      default: break;
    }
    reader.skip(field.type);
    if (plain != LogicalKind::none) type = of_kind(plain);
  }
  return type;
}

LogicalType resolve_annotation(const RawAnnotation& raw) {
  return raw.logical.is(LogicalKind::none) ? of_converted(raw) : raw.logical;
}

bool annotation_fits(const LogicalType& type, const SchemaElement& element) {
  switch (type.kind) {
    case LogicalKind::none: return true;
    case LogicalKind::list:
    case LogicalKind::map:
    case LogicalKind::variant:
    case LogicalKind::file: return element.is_group();
    default: break;
  }
  if (element.is_group()) return false;
  const PhysicalType physical = *element.physical_type;
  const bool fixed = physical == PhysicalType::fixed_len_byte_array;
  switch (type.kind) {
    case LogicalKind::string:
    case LogicalKind::enum_:
    case LogicalKind::json:
    case LogicalKind::bson:
      // The format allows BYTE_ARRAY alone; text of fixed width is written, and its meaning clear.
      return fixed || physical == PhysicalType::byte_array;
    case LogicalKind::decimal: return decimal_fits(type, element);
    case LogicalKind::date: return physical == PhysicalType::int32;
    case LogicalKind::time:
      return physical ==
             (type.unit == TimeUnit::millis ? PhysicalType::int32 : PhysicalType::int64);
    case LogicalKind::timestamp: return physical == PhysicalType::int64;
    case LogicalKind::integer:
      return physical == (type.bit_width == 64 ? PhysicalType::int64 : PhysicalType::int32);
    case LogicalKind::unknown: return true;
    case LogicalKind::uuid: return fixed && element.type_length == 16;
    case LogicalKind::float16: return fixed && element.type_length == 2;
    case LogicalKind::interval: return fixed && element.type_length == 12;
    case LogicalKind::geometry:
    case LogicalKind::geography: return physical == PhysicalType::byte_array;
    default: return false;
  }
}

}  // namespace format
}  // namespace veneer
