#include "bound.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "number.h"
#include "text.h"

namespace cli {

using veneer::Leaf;
using veneer::LogicalKind;
using veneer::PhysicalType;

namespace {

uint64_t little_endian(std::string_view bytes) {
  uint64_t v = 0;
  for (size_t i = bytes.size(); i-- > 0;) v = v << 8 | static_cast<uint8_t>(bytes[i]);
  return v;
}

/// Writes text between quotes where `quote`, through one buffer of bounded size.
template <class Write>
BoundText bounded(bool quote, const Write& write) {
  char text[kNumberRoom];
  std::string plain(text, static_cast<size_t>(write(text) - text));
  return {plain, quote ? '"' + plain + '"' : plain};
}

BoundText decimal(const std::string& text) { return {text, '"' + text + '"'}; }

template <class T>
BoundText floating(T v) {
  if (std::isfinite(v)) {
    return bounded(false, [v](char* p) {
      if constexpr (sizeof(T) == 4)
        return write_f32(p, v);
      else
        return write_f64(p, v);
    });
  }
  return decimal(std::isnan(v) ? "NaN" : v < 0 ? "-Infinity" : "Infinity");
}

BoundText integer(const Leaf& leaf, std::string_view bytes) {
  uint64_t bits = little_endian(bytes);
  int64_t v = bytes.size() == 4 ? static_cast<int32_t>(static_cast<uint32_t>(bits))
                                : static_cast<int64_t>(bits);
  const veneer::LogicalType& type = leaf.logical;
  switch (type.kind) {
    case LogicalKind::decimal: {
      std::string text(kNumberRoom + static_cast<size_t>(type.scale > 0 ? type.scale : 0), '\0');
      text.resize(static_cast<size_t>(write_decimal(text.data(), v, type.scale) - text.data()));
      return decimal(text);
    }
    case LogicalKind::date: return bounded(true, [v](char* p) { return write_date(p, v); });
    case LogicalKind::time:
      return bounded(true,
                     [&](char* p) { return write_time(p, v, type.unit, type.adjusted_to_utc); });
    case LogicalKind::timestamp:
      return bounded(
          true, [&](char* p) { return write_timestamp(p, v, type.unit, type.adjusted_to_utc); });
    case LogicalKind::integer:
      if (!type.is_signed) return bounded(false, [bits](char* p) { return write_u64(p, bits); });
      break;
    default: break;
  }
  return bounded(false, [v](char* p) { return write_i64(p, v); });
}

BoundText hex(std::string_view bytes) {
  std::string text(2 * bytes.size(), '\0');
  write_hex(text.data(), bytes.data(), bytes.size());
  return decimal(text);
}

BoundText binary(const Leaf& leaf, std::string_view bytes) {
  switch (leaf.logical.kind) {
    case LogicalKind::decimal:
      // What is over the widest decimal that the library itself holds is not a number one reads.
      if (bytes.size() > 64) return hex(bytes);
      return decimal(decimal_text(bytes, leaf.logical.scale));
    case LogicalKind::string:
    case LogicalKind::enum_:
    case LogicalKind::json: {
      Out json;
      write_json_string(json, bytes);
      std::string text(json.text());
      return {is_utf8(bytes) ? std::string(bytes) : text, text};
    }
    case LogicalKind::uuid:
      if (bytes.size() == 16) {
        return bounded(true, [&](char* p) { return write_uuid(p, bytes.data()); });
      }
      break;
    case LogicalKind::float16:
      if (bytes.size() == 2) {
        return floating(half_to_float(static_cast<uint16_t>(little_endian(bytes))));
      }
      break;
    default: break;
  }
  return hex(bytes);
}

}  // namespace

BoundText bound_text(const Leaf& leaf, std::string_view bytes) {
  size_t n = bytes.size();
  switch (leaf.physical_type) {
    case PhysicalType::boolean:
      if (n == 1) {
        std::string text = bytes[0] != 0 ? "true" : "false";
        return {text, text};
      }
      break;
    case PhysicalType::int32:
      if (n == 4) return integer(leaf, bytes);
      break;
    case PhysicalType::int64:
      if (n == 8) return integer(leaf, bytes);
      break;
    case PhysicalType::int96:
      if (n == 12) {
        veneer::Int96 value;
        for (size_t i = 0; i < 3; ++i) {
          value.words[i] = static_cast<uint32_t>(little_endian(bytes.substr(4 * i, 4)));
        }
        return bounded(true, [&](char* p) { return write_int96(p, value); });
      }
      break;
    case PhysicalType::float32:
      if (n == 4) {
        return floating(std::bit_cast<float>(static_cast<uint32_t>(little_endian(bytes))));
      }
      break;
    case PhysicalType::float64:
      if (n == 8) return floating(std::bit_cast<double>(little_endian(bytes)));
      break;
    case PhysicalType::byte_array:
    case PhysicalType::fixed_len_byte_array: return binary(leaf, bytes);
  }
  return hex(bytes);
}

void add_bound(Grid* grid, const Leaf& leaf, const std::optional<std::string_view>& bytes) {
  if (!bytes.has_value()) {
    grid->null();
    return;
  }
  BoundText text = bound_text(leaf, *bytes);
  grid->value(text.plain, text.json);
}

namespace {
template <class T>
std::string numbered(T value) {
  std::string name(veneer::to_string(value));
  if (name == "UNKNOWN") name += '(' + std::to_string(static_cast<int>(value)) + ')';
  return name;
}
}  // namespace

std::string name_of(veneer::Encoding encoding) { return numbered(encoding); }
std::string name_of(veneer::Codec codec) { return numbered(codec); }
std::string name_of(veneer::PageType type) { return numbered(type); }

std::string full_type(const Leaf& leaf) {
  std::string text(veneer::to_string(leaf.physical_type));
  if (leaf.physical_type == PhysicalType::fixed_len_byte_array) {
    text += '(' + std::to_string(leaf.type_length) + ')';
  }
  std::string logical = veneer::to_string(leaf.logical);
  if (!logical.empty()) text += ' ' + logical;
  return text;
}

}  // namespace cli
