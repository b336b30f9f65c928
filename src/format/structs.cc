#include "format/structs.h"

#include <optional>
#include <string>

#include "base/checked.h"

namespace veneer::format {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

namespace {

// Writers that do not know a count may store -1.
std::optional<int64_t> count_or_none(int64_t value) {
  if (value < 0) return {};
  return value;
}

void read_int64_list(Reader& reader, std::vector<int64_t>* out) {
  const thrift::ListHeader list = reader.list();
  out->clear();
  if (list.element != Type::i64) {
    if (list.count != 0) reader.fail("list has elements of another type than i64");
    return;
  }
  if (!may_list(reader, list)) return;
  out->reserve(list.count);
  for (uint32_t i = 0; i < list.count; ++i) out->push_back(reader.i64());
}

std::optional<BoundingBox> read_bounding_box(Reader& reader) {
  BoundingBox box;
  uint32_t seen = 0;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::float64): box.xmin = reader.float64(); break;
      case key(2, Type::float64): box.xmax = reader.float64(); break;
      case key(3, Type::float64): box.ymin = reader.float64(); break;
      case key(4, Type::float64): box.ymax = reader.float64(); break;
      case key(5, Type::float64): box.zmin = reader.float64(); continue;
      case key(6, Type::float64): box.zmax = reader.float64(); continue;
      case key(7, Type::float64): box.mmin = reader.float64(); continue;
      case key(8, Type::float64): box.mmax = reader.float64(); continue;
      default: reader.skip(field.type); continue;
    }
    seen |= 1u << field.id;
  }
  // Half a box bounds nothing.
  if (seen != 0b11110) return {};
  return box;
}

}  // namespace

Status missing(std::string_view field, int64_t offset) {
  return Status::corrupt(std::string(field).append(" is missing"), offset);
}

bool may_list(Reader& reader, const thrift::ListHeader& list) {
  constexpr uint32_t kMost = 1u << 16;
  if (list.count > kMost) reader.fail("list of a column chunk has over 65536 elements");
  return reader.ok();
}

ThriftBytes keep(Reader& reader, Type type, int64_t base_offset) {
  const int64_t offset = base_offset + narrow<int64_t>(reader.position());
  return {reader.skip(type), offset};
}

void read_statistics(Reader& reader, Statistics* out) {
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::binary): out->max = reader.string(); break;
      case key(2, Type::binary): out->min = reader.string(); break;
      case key(3, Type::i64): out->null_count = count_or_none(reader.i64()); break;
      case key(4, Type::i64): out->distinct_count = count_or_none(reader.i64()); break;
      case key(5, Type::binary): out->max_value = reader.string(); break;
      case key(6, Type::binary): out->min_value = reader.string(); break;
      case key(7, Type::bool_true): out->is_max_value_exact = true; break;
      case key(7, Type::bool_false): out->is_max_value_exact = false; break;
      case key(8, Type::bool_true): out->is_min_value_exact = true; break;
      case key(8, Type::bool_false): out->is_min_value_exact = false; break;
      case key(9, Type::i64): out->nan_count = count_or_none(reader.i64()); break;
      default: reader.skip(field.type);
    }
  }
}

void read_size_statistics(Reader& reader, SizeStatistics* out) {
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i64): out->unencoded_byte_array_data_bytes = reader.i64(); break;
      case key(2, Type::list): read_int64_list(reader, &out->repetition_level_histogram); break;
      case key(3, Type::list): read_int64_list(reader, &out->definition_level_histogram); break;
      default: reader.skip(field.type);
    }
  }
}

void read_geospatial_statistics(Reader& reader, GeospatialStatistics* out) {
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::structure): out->bbox = read_bounding_box(reader); break;
      case key(2, Type::list): {
        const thrift::ListHeader list = reader.list();
        out->geospatial_types.clear();
        if (list.element != Type::i32 && list.count != 0) {
          reader.fail("geospatial_types is not a list of i32");
          break;
        }
        if (!may_list(reader, list)) break;
        out->geospatial_types.reserve(list.count);
        for (uint32_t i = 0; i < list.count; ++i) out->geospatial_types.push_back(reader.i32());
        break;
      }
      default: reader.skip(field.type);
    }
  }
}

void read_key_value(Reader& reader, KeyValue* out) {
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::binary): out->key = reader.string(); break;
      case key(2, Type::binary): out->value = reader.string(); break;
      default: reader.skip(field.type);
    }
  }
}

void read_page_encoding_stats(Reader& reader, PageEncodingStats* out) {
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i32): out->page_type = to_enum<PageType>(reader.i32()); break;
      case key(2, Type::i32): out->encoding = to_enum<Encoding>(reader.i32()); break;
      case key(3, Type::i32): out->count = reader.i32(); break;
      default: reader.skip(field.type);
    }
  }
}

void read_sorting_column(Reader& reader, SortingColumn* out) {
  out->column = -1;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i32): out->column = reader.i32(); break;
      case key(2, Type::bool_true): out->descending = true; break;
      case key(2, Type::bool_false): out->descending = false; break;
      case key(3, Type::bool_true): out->nulls_first = true; break;
      case key(3, Type::bool_false): out->nulls_first = false; break;
      default: reader.skip(field.type);
    }
  }
}

ColumnOrder read_column_order(Reader& reader) {
  ColumnOrder order = ColumnOrder::undefined;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::structure): order = ColumnOrder::type_defined; break;
      case key(2, Type::structure): order = ColumnOrder::ieee754_total_order; break;
      case key(3, Type::structure): order = ColumnOrder::int96_timestamp; break;
      default: break;
    }
    reader.skip(field.type);
  }
  return order;
}

EncryptionAlgorithm read_encryption_algorithm(Reader& reader) {
  using Kind = EncryptionAlgorithm::Kind;
  EncryptionAlgorithm out;
  FieldHeader member;
  while (reader.next_field(&member)) {
    const uint32_t which = member.key();
    if (which != key(1, Type::structure) && which != key(2, Type::structure)) {
      reader.skip(member.type);
      continue;
    }
    out = {};
    out.kind = member.id == 1 ? Kind::aes_gcm_v1 : Kind::aes_gcm_ctr_v1;
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::binary): out.aad_prefix = reader.string(); break;
        case key(2, Type::binary): out.aad_file_unique = reader.string(); break;
        case key(3, Type::bool_true): out.supply_aad_prefix = true; break;
        case key(3, Type::bool_false): out.supply_aad_prefix = false; break;
        default: reader.skip(field.type);
      }
    }
  }
  return out;
}

}  // namespace veneer::format
