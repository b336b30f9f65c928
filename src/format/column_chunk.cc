// One column chunk's metadata, and where its pages lie.
#include "format/column_chunk.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "format/structs.h"

namespace veneer {
namespace format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

// ColumnMetaData. `encodings` and `path_in_schema` are required too, but nothing rests on them: the
// pages name their encodings, and the chunk's place in the row group its column.
Status read_column_meta_data(Reader& reader, int64_t base_offset, ColumnChunk* out) {
  const int64_t begin = base_offset + narrow<int64_t>(reader.position());
  std::optional<int32_t> type, codec;
  std::optional<int64_t> num_values, uncompressed, compressed, data_page_offset;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i32): type = reader.i32(); break;
      case key(2, Type::list): out->raw_encodings = keep(reader, field.type, base_offset); break;
      case key(3, Type::list):
        out->raw_path_in_schema = keep(reader, field.type, base_offset);
        break;
      case key(4, Type::i32): codec = reader.i32(); break;
      case key(5, Type::i64): num_values = reader.i64(); break;
      case key(6, Type::i64): uncompressed = reader.i64(); break;
      case key(7, Type::i64): compressed = reader.i64(); break;
      case key(8, Type::list): out->raw_key_values = keep(reader, field.type, base_offset); break;
      case key(9, Type::i64): data_page_offset = reader.i64(); break;
      case key(10, Type::i64): out->index_page_offset = reader.i64(); break;
      case key(11, Type::i64): out->dictionary_page_offset = reader.i64(); break;
      case key(12, Type::structure):
        out->raw_statistics = keep(reader, field.type, base_offset);
        break;
      case key(13, Type::list):
        out->raw_encoding_stats = keep(reader, field.type, base_offset);
        break;
      case key(14, Type::i64): out->bloom_filter_offset = reader.i64(); break;
      case key(15, Type::i32): out->bloom_filter_length = reader.i32(); break;
      case key(16, Type::structure):
        out->raw_size_statistics = keep(reader, field.type, base_offset);
        break;
      case key(17, Type::structure):
        out->raw_geospatial_statistics = keep(reader, field.type, base_offset);
        break;
      default: reader.skip(field.type);
    }
  }
  if (!reader.ok()) return reader.status(base_offset);
  if (!type) return missing("type", begin);
  if (!codec) return missing("codec", begin);
  if (!num_values) return missing("num_values", begin);
  if (!uncompressed) return missing("total_uncompressed_size", begin);
  if (!compressed) return missing("total_compressed_size", begin);
  if (!data_page_offset) return missing("data_page_offset", begin);
  if (*num_values < 0) return Status::corrupt("num_values is negative", begin);
  if (*compressed < 0) return Status::corrupt("total_compressed_size is negative", begin);
  out->physical_type = to_enum<PhysicalType>(*type);
  out->codec = to_enum<Codec>(*codec);
  out->num_values = *num_values;
  out->total_uncompressed_size = *uncompressed;
  out->total_compressed_size = *compressed;
  out->data_page_offset = *data_page_offset;
  out->has_metadata = true;
  return {};
}

// ColumnCryptoMetaData.
void read_crypto(Reader& reader, ColumnChunk* out) {
  out->encryption = ColumnEncryption::unknown;
  FieldHeader member;
  while (reader.next_field(&member)) {
    if (member.key() == key(1, Type::structure)) {
      out->encryption = ColumnEncryption::footer_key;
    } else if (member.key() == key(2, Type::structure)) {
      out->encryption = ColumnEncryption::column_key;
      FieldHeader field;
      while (reader.next_field(&field)) {
        if (field.key() == key(2, Type::binary)) {
          out->encryption_key_metadata = reader.string();
        } else {
          reader.skip(field.type);
        }
      }
      continue;
    }
    reader.skip(member.type);
  }
}

}  // namespace

Result<ColumnChunk> read_column_chunk(std::span<const uint8_t> bytes, int64_t base_offset,
                                      const Leaf& leaf) {
  Reader reader(bytes);
  ColumnChunk out;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::binary): out.file_path = reader.string(); break;
      case key(2, Type::i64): out.file_offset = reader.i64(); break;
      case key(3, Type::structure):
        if (Status s = read_column_meta_data(reader, base_offset, &out); !s.ok()) return s;
        break;
      case key(4, Type::i64): out.offset_index_offset = reader.i64(); break;
      case key(5, Type::i32): out.offset_index_length = reader.i32(); break;
      case key(6, Type::i64): out.column_index_offset = reader.i64(); break;
      case key(7, Type::i32): out.column_index_length = reader.i32(); break;
      case key(8, Type::structure): read_crypto(reader, &out); break;
      case key(9, Type::binary): out.encrypted_column_metadata = reader.string(); break;
      default: reader.skip(field.type);
    }
  }
  if (!reader.ok()) return reader.status(base_offset);
  if (!out.has_metadata) {
    if (out.encryption == ColumnEncryption::none && !out.encrypted_column_metadata) {
      return missing("meta_data", base_offset);
    }
    out.physical_type = leaf.physical_type;
  }
  if (out.physical_type != leaf.physical_type) {
    return Status::corrupt(concat({"column chunk of type ", to_string(out.physical_type),
                                   " for a column of type ", to_string(leaf.physical_type)}),
                           base_offset);
  }
  return out;
}

namespace {

// Decodes one kept struct with `read`.
template <class T, class Read>
Result<T> decode(const ThriftBytes& raw, Read read) {
  T out{};
  if (!raw.present()) return out;
  Reader reader(raw.bytes);
  read(reader, &out);
  if (!reader.ok()) return reader.status(raw.offset);
  return out;
}

// Decodes a kept list whose elements are of one type.
template <class T, class Read>
Result<std::vector<T>> decode_list(const ThriftBytes& raw, Type element, Read read) {
  return decode<std::vector<T>>(raw, [&](Reader& reader, std::vector<T>* out) {
    const thrift::ListHeader list = reader.list();
    if (list.count == 0) return;
    if (list.element != element) {
      reader.fail("list has elements of another type");
      return;
    }
    if (!may_list(reader, list)) return;
    out->reserve(list.count);
    for (uint32_t i = 0; i < list.count && reader.ok(); ++i) out->push_back(read(reader));
  });
}

template <class T>
auto as_struct(void (*read)(Reader&, T*)) {
  return [read](Reader& reader) {
    T out{};
    read(reader, &out);
    return out;
  };
}

}  // namespace

Result<std::vector<SortingColumn>> decode_sorting_columns(const ThriftBytes& raw) {
  return decode_list<SortingColumn>(raw, Type::structure, as_struct(read_sorting_column));
}
Result<Statistics> decode_statistics(const ThriftBytes& raw) {
  return decode<Statistics>(raw, read_statistics);
}

}  // namespace format

using format::decode;
using format::decode_list;
using thrift::Type;

Result<Statistics> ColumnChunk::statistics() const {
  return format::decode_statistics(raw_statistics);
}
Result<SizeStatistics> ColumnChunk::size_statistics() const {
  return decode<SizeStatistics>(raw_size_statistics, format::read_size_statistics);
}
Result<GeospatialStatistics> ColumnChunk::geospatial_statistics() const {
  return decode<GeospatialStatistics>(raw_geospatial_statistics,
                                      format::read_geospatial_statistics);
}
Result<std::vector<Encoding>> ColumnChunk::encodings() const {
  return decode_list<Encoding>(raw_encodings, Type::i32, [](thrift::Reader& reader) {
    return format::to_enum<Encoding>(reader.i32());
  });
}
Result<std::vector<PageEncodingStats>> ColumnChunk::encoding_stats() const {
  return decode_list<PageEncodingStats>(raw_encoding_stats, Type::structure,
                                        format::as_struct(format::read_page_encoding_stats));
}
Result<std::vector<std::string_view>> ColumnChunk::path_in_schema() const {
  return decode_list<std::string_view>(raw_path_in_schema, Type::binary,
                                       [](thrift::Reader& reader) { return reader.string(); });
}
Result<std::vector<KeyValue>> ColumnChunk::key_values() const {
  return decode_list<KeyValue>(raw_key_values, Type::structure,
                               format::as_struct(format::read_key_value));
}

Status chunk_range(const ColumnChunk& chunk, const WriterVersion& writer, int64_t file_size,
                   int64_t* begin, int64_t* size) {
  *begin = 0;
  *size = chunk.total_compressed_size;
  if (*size == 0) return {};
  const int64_t dictionary = chunk.dictionary_page_offset.value_or(0);
  *begin =
      dictionary > 0 && dictionary < chunk.data_page_offset ? dictionary : chunk.data_page_offset;
  if (*begin < 0) {
    return Status::corrupt(concat({"column chunk begins at offset ", *begin}));
  }
  if (*size < 0 || *begin > file_size || *size > file_size - *begin) {
    return Status::corrupt(concat({"column chunk of ", *size,
                                   " bytes runs past the end of the file, which has ", file_size}),
                           *begin);
  }
  // PARQUET-816; the bytes over are never read unless the last page needs them.
  constexpr int64_t kHeaderAllowance = 100;
  const bool unversioned = writer.application == "parquet-mr" && !writer.has_version;
  if (unversioned || writer.is_before("parquet-mr", 1, 2, 9)) {
    *size += std::min(kHeaderAllowance, file_size - *begin - *size);
  }
  return {};
}

}  // namespace veneer
