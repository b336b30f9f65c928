#include "cell.h"

#include <cmath>
#include <cstring>
#include <type_traits>

#include "number.h"
#include "text.h"

namespace cli {

using veneer::BinaryView;
using veneer::Column;
using veneer::FieldKind;
using veneer::Int128;
using veneer::Int256;
using veneer::Int96;
using veneer::LogicalKind;
using veneer::LogicalType;
using veneer::ValueKind;

namespace {

template <class T>
const T& value_at(const Cell& c, size_t i) {
  return static_cast<const T*>(c.values)[i];
}

char* begin_cell(const Cell& c, Out& out) {
  return copy_padded(out.need(c.room), c.key.data(), c.key_size);
}

char* write_null(const Cell& c, char* p) {
  std::memcpy(p, "null", 4);
  return p + c.null_size;
}

// ---- Values of bounded length: Format::write puts value i at p.

template <class Format, bool kQuote>
void write_bounded(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    p = write_null(c, p);
  } else {
    if constexpr (kQuote) *p++ = '"';
    p = Format::write(p, c, i);
    if constexpr (kQuote) *p++ = '"';
  }
  out.end_at(p);
}

struct Boolean {
  static char* write(char* p, const Cell& c, size_t i) {
    bool value = (static_cast<const uint8_t*>(c.values)[i >> 3] >> (i & 7) & 1) != 0;
    std::memcpy(p, value ? "true\0" : "false", 5);
    return p + (value ? 4 : 5);
  }
};
template <class T>
struct Integer {
  static char* write(char* p, const Cell& c, size_t i) {
    if constexpr (std::is_signed_v<T>)
      return write_i64(p, value_at<T>(c, i));
    else
      return write_u64(p, value_at<T>(c, i));
  }
};
struct Date {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_date(p, value_at<int32_t>(c, i));
  }
};
template <class T>
struct Time {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_time(p, value_at<T>(c, i), c.unit, c.utc);
  }
};
struct Timestamp {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_timestamp(p, value_at<int64_t>(c, i), c.unit, c.utc);
  }
};
struct Int96Timestamp {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_int96(p, value_at<Int96>(c, i));
  }
};
template <class T>
struct Decimal {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_decimal(p, value_at<T>(c, i), c.scale);
  }
};
struct Uuid {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_uuid(p, static_cast<const char*>(c.values) + 16 * i);
  }
};
struct Interval {
  static char* write(char* p, const Cell& c, size_t i) {
    const uint8_t* bytes = static_cast<const uint8_t*>(c.values) + 12 * i;
    static constexpr std::string_view kKeys[] = {"{\"months\":", ",\"days\":", ",\"millis\":"};
    for (std::string_view key : kKeys) {
      std::memcpy(p, key.data(), key.size());
      uint32_t count = uint32_t{bytes[0]} | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 |
                       uint32_t{bytes[3]} << 24;
      p = write_u64(p + key.size(), count);
      bytes += 4;
    }
    *p++ = '}';
    return p;
  }
};

/// NaN and the infinities are strings in JSON.
template <bool kQuote, class T>
char* write_float(char* p, T v) {
  if (std::isfinite(v)) {
    if constexpr (sizeof(T) == 4)
      return write_f32(p, v);
    else
      return write_f64(p, v);
  }
  std::string_view name = std::isnan(v) ? "NaN" : v < 0 ? "-Infinity" : "Infinity";
  if constexpr (kQuote) *p++ = '"';
  std::memcpy(p, name.data(), name.size());
  p += name.size();
  if constexpr (kQuote) *p++ = '"';
  return p;
}
template <class T, bool kQuote>
struct Floating {
  static char* write(char* p, const Cell& c, size_t i) {
    return write_float<kQuote>(p, value_at<T>(c, i));
  }
};
template <bool kQuote>
struct Float16 {
  static char* write(char* p, const Cell& c, size_t i) {
    // FLOAT16 is stored little-endian, and stays as the file's bytes.
    const uint8_t* bytes = static_cast<const uint8_t*>(c.values) + 2 * i;
    uint16_t bits = static_cast<uint16_t>(bytes[0] | bytes[1] << 8);
    return write_float<kQuote>(p, half_to_float(bits));
  }
};

// ---- Values of any length: Format::write writes the text of some bytes.

std::string_view fixed_at(const Cell& c, size_t i) {
  return {static_cast<const char*>(c.values) + c.width * i, c.width};
}
std::string_view view_at(const Cell& c, size_t i) {
  const BinaryView& view = value_at<BinaryView>(c, i);
  if (view.is_inline()) return {view.inlined, view.length};
  const uint8_t* bytes = c.buffers[view.ref.buffer].data() + view.ref.offset;
  return {reinterpret_cast<const char*>(bytes), view.length};
}

template <class Format, bool kViews>
void write_bytes(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    out.end_at(write_null(c, p));
    return;
  }
  out.end_at(p);
  Format::write(c, kViews ? view_at(c, i) : fixed_at(c, i), out);
}

struct JsonString {
  static void write(const Cell&, std::string_view bytes, Out& out) {
    write_json_string(out, bytes);
  }
};
struct PlainString {
  static void write(const Cell&, std::string_view bytes, Out& out) {
    if (is_utf8(bytes))
      out.append(bytes);
    else
      write_json_string(out, bytes);
  }
};
template <bool kQuote>
struct Hex {
  static void write(const Cell&, std::string_view bytes, Out& out) {
    if constexpr (kQuote) out.put('"');
    write_hex_text(out, bytes);
    if constexpr (kQuote) out.put('"');
  }
};
template <bool kQuote>
struct WideDecimal {
  static void write(const Cell& c, std::string_view bytes, Out& out) {
    if constexpr (kQuote) out.put('"');
    out.append(decimal_text(bytes, c.scale));
    if constexpr (kQuote) out.put('"');
  }
};

void write_nothing(const Cell& c, size_t, Out& out) {
  out.end_at(write_null(c, begin_cell(c, out)));
}

// ---- Nested values and dictionaries.

void write_structure(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    out.end_at(write_null(c, p));
    return;
  }
  out.end_at(p);
  if (c.children.empty()) out.put('{');
  for (const Cell& child : c.children) child.write(child, i, out);
  out.put('}');
}

void write_list(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    out.end_at(write_null(c, p));
    return;
  }
  *p++ = '[';
  out.end_at(p);
  const Cell& element = c.children.front();
  size_t begin = static_cast<size_t>(c.offsets[i]);
  size_t end = static_cast<size_t>(c.offsets[i + 1]);
  for (size_t j = begin; j < end; ++j) {
    if (j > begin) out.put(',');
    element.write(element, j, out);
  }
  out.put(']');
}

void write_map(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    out.end_at(write_null(c, p));
    return;
  }
  *p++ = '[';
  out.end_at(p);
  size_t begin = static_cast<size_t>(c.offsets[i]);
  size_t end = static_cast<size_t>(c.offsets[i + 1]);
  for (size_t j = begin; j < end; ++j) {
    if (j > begin) out.put(',');
    for (const Cell& child : c.children) child.write(child, j, out);
    out.append(c.null_value ? std::string_view(",\"value\":null}") : "}");
  }
  out.put(']');
}

void write_rendered(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    out.end_at(write_null(c, p));
    return;
  }
  out.end_at(p);
  const RenderedDictionary& dictionary = *c.rendered;
  size_t entry = static_cast<size_t>(value_at<int32_t>(c, i));
  size_t begin = dictionary.offsets[entry];
  size_t size = dictionary.offsets[entry + 1] - begin;
  const char* text = dictionary.text.text().data() + begin;
  p = out.need(size);
  // Most entries are short; the rendered text has slack behind it, as the output has.
  if (size <= 32) {
    std::memcpy(p, text, 16);
    std::memcpy(p + 16, text + 16, 16);
  } else {
    std::memcpy(p, text, size);
  }
  out.end_at(p + size);
}

void write_entry(const Cell& c, size_t i, Out& out) {
  char* p = begin_cell(c, out);
  if (c.is_null(i)) {
    out.end_at(write_null(c, p));
    return;
  }
  out.end_at(p);
  const Cell& entries = c.children.front();
  entries.write(entries, static_cast<size_t>(value_at<int32_t>(c, i)), out);
}

// ---- The choice of a writer.

template <class Format>
Cell::Writer quoted(bool quote) {
  return quote ? &write_bounded<Format, true> : &write_bounded<Format, false>;
}
template <class Format>
Cell::Writer bare() {
  return &write_bounded<Format, false>;
}

Cell::Writer int32_writer(const LogicalType& type, bool json) {
  switch (type.kind) {
    case LogicalKind::decimal: return quoted<Decimal<int32_t>>(json);
    case LogicalKind::date: return quoted<Date>(json);
    case LogicalKind::time: return quoted<Time<int32_t>>(json);
    case LogicalKind::integer:
      return type.is_signed ? bare<Integer<int32_t>>() : bare<Integer<uint32_t>>();
    default: return bare<Integer<int32_t>>();
  }
}

Cell::Writer int64_writer(const LogicalType& type, bool json) {
  switch (type.kind) {
    case LogicalKind::decimal: return quoted<Decimal<int64_t>>(json);
    case LogicalKind::time: return quoted<Time<int64_t>>(json);
    case LogicalKind::timestamp: return quoted<Timestamp>(json);
    case LogicalKind::integer:
      return type.is_signed ? bare<Integer<int64_t>>() : bare<Integer<uint64_t>>();
    default: return bare<Integer<int64_t>>();
  }
}

template <bool kViews>
Cell::Writer bytes_writer(const LogicalType& type, bool json) {
  switch (type.kind) {
    case LogicalKind::string:
    case LogicalKind::enum_:
    case LogicalKind::json:
      return json ? &write_bytes<JsonString, kViews> : &write_bytes<PlainString, kViews>;
    case LogicalKind::decimal:
      return json ? &write_bytes<WideDecimal<true>, kViews>
                  : &write_bytes<WideDecimal<false>, kViews>;
    default: return json ? &write_bytes<Hex<true>, kViews> : &write_bytes<Hex<false>, kViews>;
  }
}

Cell::Writer fixed_writer(const LogicalType& type, size_t width, bool json) {
  if (type.is(LogicalKind::float16) && width == 2) {
    return json ? bare<Float16<true>>() : bare<Float16<false>>();
  }
  if (type.is(LogicalKind::uuid) && width == 16) return quoted<Uuid>(json);
  if (type.is(LogicalKind::interval) && width == 12) return bare<Interval>();
  return bytes_writer<false>(type, json);
}

Cell::Writer leaf_writer(const Column& column, bool json) {
  const LogicalType& type = column.leaf().logical;
  if (type.is(LogicalKind::unknown)) return &write_nothing;
  switch (column.value_kind()) {
    case ValueKind::boolean: return bare<Boolean>();
    case ValueKind::int32: return int32_writer(type, json);
    case ValueKind::int64: return int64_writer(type, json);
    case ValueKind::float32:
      return json ? bare<Floating<float, true>>() : bare<Floating<float, false>>();
    case ValueKind::float64:
      return json ? bare<Floating<double, true>>() : bare<Floating<double, false>>();
    case ValueKind::int96: return quoted<Int96Timestamp>(json);
    case ValueKind::int128: return quoted<Decimal<Int128>>(json);
    case ValueKind::int256: return quoted<Decimal<Int256>>(json);
    case ValueKind::fixed_bytes: return fixed_writer(type, column.value_width(), json);
    case ValueKind::binary: return bytes_writer<true>(type, json);
    case ValueKind::none: break;
  }
  return &write_nothing;
}

/// Whatever the width, the first value: typed access checks the width, which is known by the kind.
const void* raw_values(const Column& column) {
  switch (column.value_kind()) {
    case ValueKind::boolean: return column.bits().data();
    case ValueKind::int32:
    case ValueKind::float32: return column.values<int32_t>().data();
    case ValueKind::int64:
    case ValueKind::float64: return column.values<int64_t>().data();
    case ValueKind::int96: return column.values<Int96>().data();
    case ValueKind::int128: return column.values<Int128>().data();
    case ValueKind::int256: return column.values<Int256>().data();
    case ValueKind::binary: return column.views().data();
    case ValueKind::fixed_bytes: return column.size() == 0 ? nullptr : column.bytes(0).data();
    case ValueKind::none: break;
  }
  return nullptr;
}

void bind_dictionary(Cell* cell, const Column& column, Style style, int32_t row_group) {
  const Column& entries = column.dictionary();
  if (cell->children.empty()) cell->children.emplace_back();
  Cell& entry = cell->children.front();
  bind(&entry, entries, style, row_group);
  cell->values = column.indices().data();
  bool same = cell->rendered != nullptr && cell->rendered->row_group == row_group &&
              cell->rendered->offsets.size() == entries.size() + 1;
  if (!same && entries.size() > 4 * column.size() + 16) {
    cell->write = &write_entry;
    return;
  }
  cell->write = &write_rendered;
  if (same) return;
  if (cell->rendered == nullptr) cell->rendered = std::make_unique<RenderedDictionary>();
  RenderedDictionary& rendered = *cell->rendered;
  rendered.row_group = row_group;
  rendered.text.clear();
  rendered.offsets.clear();
  rendered.offsets.reserve(entries.size() + 1);
  rendered.offsets.push_back(0);
  for (size_t i = 0; i < entries.size(); ++i) {
    entry.write(entry, i, rendered.text);
    rendered.offsets.push_back(rendered.text.text().size());
  }
}

void bind_children(Cell* cell, const Column& column, int32_t row_group) {
  bool first_time = cell->children.size() != column.num_children();
  if (first_time) {
    cell->children.clear();
    cell->children.resize(column.num_children());
  }
  FieldKind kind = column.field().kind;
  for (size_t i = 0; i < column.num_children(); ++i) {
    const Column& child = column.child(i);
    Cell& child_cell = cell->children[i];
    if (first_time && kind != FieldKind::list) {
      std::string_view name = kind == FieldKind::structure ? child.field().name
                              : i == 0                     ? "key"
                                                           : "value";
      set_object_key(&child_cell, name, i == 0);
    }
    bind(&child_cell, child, Style::json, row_group);
  }
}

}  // namespace

void Cell::set_key(std::string_view text) {
  key.assign(text);
  key_size = text.size();
  key.resize((key_size / 16 + 1) * 16, '\0');
}

void set_object_key(Cell* cell, std::string_view name, bool first) {
  Out text;
  text.put(first ? '{' : ',');
  write_json_text(text, name);
  text.put(':');
  cell->set_key(text.text());
}

void bind(Cell* cell, const Column& column, Style style, int32_t row_group) {
  bool json = style == Style::json;
  cell->null_size = json ? 4 : 0;
  cell->valid = column.validity().data();
  cell->room = cell->key_size + kNumberRoom;
  if (column.field().kind != FieldKind::leaf) {
    cell->offsets = column.offsets().data();
    cell->write = column.field().kind == FieldKind::structure ? &write_structure
                  : column.field().kind == FieldKind::list    ? &write_list
                                                              : &write_map;
    // A map that has no value in the file shows null; one whose value was not asked for shows none.
    cell->null_value = column.field().kind == FieldKind::map && column.field().num_children < 2;
    bind_children(cell, column, row_group);
    return;
  }
  const LogicalType& type = column.leaf().logical;
  if (type.is(LogicalKind::decimal) && type.scale > 0) {
    cell->scale = type.scale;
    cell->room += static_cast<size_t>(type.scale);
  }
  cell->unit = type.unit;
  cell->utc = type.adjusted_to_utc;
  cell->width = column.value_width();
  if (column.is_dictionary()) {
    bind_dictionary(cell, column, style, row_group);
    return;
  }
  cell->values = raw_values(column);
  cell->buffers = column.buffers().data();
  cell->write = leaf_writer(column, json);
}

bool is_free_text(const Column& column) {
  if (column.field().kind != FieldKind::leaf) return true;
  switch (column.leaf().logical.kind) {
    case LogicalKind::string:
    case LogicalKind::enum_:
    case LogicalKind::json:
    case LogicalKind::interval: return true;
    case LogicalKind::decimal:
    case LogicalKind::uuid:
    case LogicalKind::float16: return false;
    default:
      // Hex needs no quotes itself, but an empty value does, to differ from null.
      return column.leaf().physical_type == veneer::PhysicalType::byte_array ||
             column.leaf().physical_type == veneer::PhysicalType::fixed_len_byte_array;
  }
}

bool gains_from_dictionary(const veneer::Leaf& leaf) {
  switch (leaf.physical_type) {
    case veneer::PhysicalType::boolean:
    case veneer::PhysicalType::float32: return false;
    case veneer::PhysicalType::int32:
    case veneer::PhysicalType::int64:
      return leaf.logical.is(LogicalKind::decimal) || leaf.logical.is(LogicalKind::timestamp) ||
             leaf.logical.is(LogicalKind::time) || leaf.logical.is(LogicalKind::date);
    default: return true;
  }
}

}  // namespace cli
