#include "format/page_header.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "format/column_chunk.h"
#include "format/structs.h"
#include "thrift/reader.h"

namespace veneer {
namespace format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

// A required number of a header, that must be there and not negative.
struct Required {
  std::string_view name;
  std::optional<int32_t> value;
};

Status check(std::initializer_list<const Required*> fields, int64_t offset) {
  for (const Required* field : fields) {
    if (!field->value.has_value()) return missing(field->name, offset);
    if (*field->value < 0) {
      return Status::corrupt(std::string(field->name).append(" is negative"), offset);
    }
  }
  return {};
}

// The structs below are read whole before their fields are checked, so that a cut is known as one.

struct DataPart {
  Required num_values{"data_page_header.num_values", {}};
  Required encoding{"data_page_header.encoding", {}};
  // Required too, but needless where the levels are absent, and RLE in all but very old files.
  int32_t definition = static_cast<int32_t>(Encoding::rle);
  int32_t repetition = static_cast<int32_t>(Encoding::rle);
  bool present = false;

  void read(Reader& reader, int64_t base_offset, ThriftBytes* statistics) {
    present = true;
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): num_values.value = reader.i32(); break;
        case key(2, Type::i32): encoding.value = reader.i32(); break;
        case key(3, Type::i32): definition = reader.i32(); break;
        case key(4, Type::i32): repetition = reader.i32(); break;
        case key(5, Type::structure): *statistics = keep(reader, field.type, base_offset); break;
        default: reader.skip(field.type);
      }
    }
  }

  Status finish(int64_t offset, DataPageHeader* out) const {
    if (!present) return missing("data_page_header", offset);
    if (Status s = check({&num_values, &encoding}, offset); !s.ok()) return s;
    out->num_values = *num_values.value;
    out->encoding = to_enum<Encoding>(*encoding.value);
    out->definition_level_encoding = to_enum<Encoding>(definition);
    out->repetition_level_encoding = to_enum<Encoding>(repetition);
    return {};
  }
};

struct DataPartV2 {
  Required num_values{"data_page_header_v2.num_values", {}};
  Required num_nulls{"data_page_header_v2.num_nulls", {}};
  Required num_rows{"data_page_header_v2.num_rows", {}};
  Required encoding{"data_page_header_v2.encoding", {}};
  Required definition_bytes{"data_page_header_v2.definition_levels_byte_length", {}};
  Required repetition_bytes{"data_page_header_v2.repetition_levels_byte_length", {}};
  bool is_compressed = true;
  bool present = false;

  void read(Reader& reader, int64_t base_offset, ThriftBytes* statistics) {
    present = true;
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): num_values.value = reader.i32(); break;
        case key(2, Type::i32): num_nulls.value = reader.i32(); break;
        case key(3, Type::i32): num_rows.value = reader.i32(); break;
        case key(4, Type::i32): encoding.value = reader.i32(); break;
        case key(5, Type::i32): definition_bytes.value = reader.i32(); break;
        case key(6, Type::i32): repetition_bytes.value = reader.i32(); break;
        case key(7, Type::bool_true): is_compressed = true; break;
        case key(7, Type::bool_false): is_compressed = false; break;
        case key(8, Type::structure): *statistics = keep(reader, field.type, base_offset); break;
        default: reader.skip(field.type);
      }
    }
  }

  Status finish(int64_t offset, DataPageHeaderV2* out) const {
    if (!present) return missing("data_page_header_v2", offset);
    Status s =
        check({&num_values, &num_nulls, &num_rows, &encoding, &definition_bytes, &repetition_bytes},
              offset);
    if (!s.ok()) return s;
    out->num_values = *num_values.value;
    out->num_nulls = *num_nulls.value;
    out->num_rows = *num_rows.value;
    out->encoding = to_enum<Encoding>(*encoding.value);
    out->definition_levels_byte_length = *definition_bytes.value;
    out->repetition_levels_byte_length = *repetition_bytes.value;
    out->is_compressed = is_compressed;
    if (out->num_nulls > out->num_values) {
      return Status::corrupt("data_page_header_v2.num_nulls is more than num_values", offset);
    }
    return {};
  }
};

struct DictionaryPart {
  Required num_values{"dictionary_page_header.num_values", {}};
  Required encoding{"dictionary_page_header.encoding", {}};
  bool is_sorted = false;
  bool present = false;

  void read(Reader& reader) {
    present = true;
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): num_values.value = reader.i32(); break;
        case key(2, Type::i32): encoding.value = reader.i32(); break;
        case key(3, Type::bool_true): is_sorted = true; break;
        case key(3, Type::bool_false): is_sorted = false; break;
        default: reader.skip(field.type);
      }
    }
  }

  Status finish(int64_t offset, DictionaryPageHeader* out) const {
    if (!present) return missing("dictionary_page_header", offset);
    if (Status s = check({&num_values, &encoding}, offset); !s.ok()) return s;
    out->num_values = *num_values.value;
    out->encoding = to_enum<Encoding>(*encoding.value);
    out->is_sorted = is_sorted;
    return {};
  }
};

struct PageParts {
  std::optional<int32_t> type;
  Required uncompressed{"uncompressed_page_size", {}};
  Required compressed{"compressed_page_size", {}};
  std::optional<int32_t> crc;
  DataPart data;
  DataPartV2 data_v2;
  DictionaryPart dictionary;
  ThriftBytes statistics;
  ThriftBytes statistics_v2;

  void read(Reader& reader, int64_t base_offset) {
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): type = reader.i32(); break;
        case key(2, Type::i32): uncompressed.value = reader.i32(); break;
        case key(3, Type::i32): compressed.value = reader.i32(); break;
        case key(4, Type::i32): crc = reader.i32(); break;
        case key(5, Type::structure): data.read(reader, base_offset, &statistics); break;
        case key(7, Type::structure): dictionary.read(reader); break;
        case key(8, Type::structure): data_v2.read(reader, base_offset, &statistics_v2); break;
        default: reader.skip(field.type);
      }
    }
  }

  Status finish(int64_t offset, PageHeader* out) const {
    if (!type.has_value()) return missing("page type", offset);
    if (Status s = check({&uncompressed, &compressed}, offset); !s.ok()) return s;
    out->type = to_enum<PageType>(*type);
    out->uncompressed_page_size = *uncompressed.value;
    out->compressed_page_size = *compressed.value;
    // Parquet.jl, and others whose Thrift knows no absent numbers, write 0 where they have none.
    if (crc != 0) out->crc = crc;
    switch (out->type) {
      case PageType::data: out->raw_statistics = statistics; return data.finish(offset, &out->data);
      case PageType::data_v2:
        out->raw_statistics = statistics_v2;
        return data_v2.finish(offset, &out->data_v2);
      case PageType::dictionary: return dictionary.finish(offset, &out->dictionary);
      default: return {};  // index pages, and kinds yet to come, are passed over by their size
    }
  }
};

}  // namespace

PageHeaderResult read_page_header(std::span<const uint8_t> bytes, int64_t base_offset,
                                  PageHeader* header) {
  PageHeaderResult result;
  Reader reader(bytes);
  PageParts parts;
  parts.read(reader, base_offset);
  if (!reader.ok()) {
    result.needs_more = reader.cut();
    if (!result.needs_more) {
      result.status =
          Status::corrupt(std::string("page header: ").append(reader.status(base_offset).message()),
                          reader.status(base_offset).offset());
    }
    return result;
  }
  PageHeader out;
  if (Status s = parts.finish(base_offset, &out); !s.ok()) {
    result.status = Status::corrupt(std::string("page header: ").append(s.message()), base_offset);
    return result;
  }
  result.header_bytes = reader.position();
  *header = out;
  return result;
}

}  // namespace format

Result<Statistics> PageHeader::statistics() const {
  return format::decode_statistics(raw_statistics);
}

}  // namespace veneer
