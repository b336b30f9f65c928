// Readers of parquet.thrift's smaller structs. Each begins at a struct's first field header;
// failure is the reader's.
#pragma once

#include <cstdint>
#include <string_view>

#include "thrift/reader.h"
#include "veneer/metadata.h"
#include "veneer/status.h"

namespace veneer::format {

/// A number of the file as an enumerator: kept where 8 bits hold it, else 255, which none has.
template <class E>
E to_enum(int32_t number) noexcept {
  return static_cast<E>(number < 0 || number > 254 ? 255 : number);
}

/// `corrupt`: "FIELD is missing".
Status missing(std::string_view field, int64_t offset);

void read_statistics(thrift::Reader& reader, Statistics* out);
void read_size_statistics(thrift::Reader& reader, SizeStatistics* out);
void read_geospatial_statistics(thrift::Reader& reader, GeospatialStatistics* out);
void read_key_value(thrift::Reader& reader, KeyValue* out);
void read_page_encoding_stats(thrift::Reader& reader, PageEncodingStats* out);
void read_sorting_column(thrift::Reader& reader, SortingColumn* out);
/// The union ColumnOrder; undefined for a member that veneer does not know.
ColumnOrder read_column_order(thrift::Reader& reader);
EncryptionAlgorithm read_encryption_algorithm(thrift::Reader& reader);

/// False, and the reader fails, where a list is too long to be put into a std::vector: such lists
/// have a handful of elements, and their memory is not charged to the budget.
bool may_list(thrift::Reader& reader, const thrift::ListHeader& list);

/// Passes over a value and keeps its bytes for later.
ThriftBytes keep(thrift::Reader& reader, thrift::Type type, int64_t base_offset);

}  // namespace veneer::format
