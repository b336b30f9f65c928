#include "format/footer_writer.h"

#include <cstdint>

namespace veneer::format {
namespace {

using thrift::Type;
using thrift::Writer;

void write_time_unit(Writer& writer, int16_t id, TimeUnit unit) {
  writer.structure(id, [&] { writer.empty(static_cast<int16_t>(static_cast<int>(unit) + 1)); });
}

void write_instant(Writer& writer, int16_t id, const LogicalType& type) {
  writer.structure(id, [&] {
    writer.boolean(1, type.adjusted_to_utc);
    write_time_unit(writer, 2, type.unit);
  });
}

void write_geo(Writer& writer, int16_t id, const LogicalType& type) {
  writer.structure(id, [&] {
    if (!type.crs.empty()) writer.binary(1, type.crs);
    if (type.is(LogicalKind::geography)) writer.i32(2, static_cast<int32_t>(type.algorithm));
  });
}

bool is_in_union(LogicalKind kind) {
  return kind != LogicalKind::none && kind != LogicalKind::interval;
}

}  // namespace

void write_logical_type(Writer& writer, const LogicalType& type) {
  switch (type.kind) {
    case LogicalKind::none:
    case LogicalKind::interval: return;
    case LogicalKind::string: return writer.empty(1);
    case LogicalKind::map: return writer.empty(2);
    case LogicalKind::list: return writer.empty(3);
    case LogicalKind::enum_: return writer.empty(4);
    case LogicalKind::decimal:
      return writer.structure(5, [&] {
        writer.i32(1, type.scale);
        writer.i32(2, type.precision);
      });
    case LogicalKind::date: return writer.empty(6);
    case LogicalKind::time: return write_instant(writer, 7, type);
    case LogicalKind::timestamp: return write_instant(writer, 8, type);
    case LogicalKind::integer:
      return writer.structure(10, [&] {
        writer.i8(1, type.bit_width);
        writer.boolean(2, type.is_signed);
      });
    case LogicalKind::unknown: return writer.empty(11);
    case LogicalKind::json: return writer.empty(12);
    case LogicalKind::bson: return writer.empty(13);
    case LogicalKind::uuid: return writer.empty(14);
    case LogicalKind::float16: return writer.empty(15);
    case LogicalKind::variant:
      return writer.structure(16, [&] {
        if (type.variant_version != 0) writer.i8(1, type.variant_version);
      });
    case LogicalKind::geometry: return write_geo(writer, 17, type);
    case LogicalKind::geography: return write_geo(writer, 18, type);
    case LogicalKind::file: return writer.empty(19);
  }
}

void write_element(Writer& writer, const SchemaElement& element, bool is_root) {
  if (!element.is_group()) {
    writer.i32(1, static_cast<int32_t>(*element.physical_type));
    if (element.type_length != 0 || *element.physical_type == PhysicalType::fixed_len_byte_array) {
      writer.i32(2, element.type_length);
    }
  }
  if (!is_root) writer.i32(3, static_cast<int32_t>(element.repetition));
  writer.binary(4, element.name);
  if (element.is_group()) writer.i32(5, element.num_children);
  if (element.converted_type != ConvertedType::none) {
    writer.i32(6, static_cast<int32_t>(element.converted_type));
  }
  if (element.annotation.is(LogicalKind::decimal)) {
    writer.i32(7, element.annotation.scale);
    writer.i32(8, element.annotation.precision);
  }
  if (element.field_id.has_value()) writer.i32(9, *element.field_id);
  if (is_in_union(element.annotation.kind)) {
    writer.structure(10, [&] { write_logical_type(writer, element.annotation); });
  }
}

Status write_schema(std::span<const SchemaElement> elements, Buffer* out) {
  Writer writer(out);
  for (const SchemaElement& element : elements) {
    writer.element([&] { write_element(writer, element, &element == elements.data()); });
  }
  return writer.status();
}

Status write_footer(std::span<const SchemaElement> elements, Buffer* out) {
  Writer writer(out);
  writer.element([&] {
    writer.i32(1, 2);  // version
    writer.list(2, Type::structure, elements.size());
    for (const SchemaElement& element : elements) {
      writer.element([&] { write_element(writer, element, &element == elements.data()); });
    }
    writer.i64(3, 0);                    // num_rows
    writer.list(4, Type::structure, 0);  // row_groups
  });
  return writer.status();
}

}  // namespace veneer::format
