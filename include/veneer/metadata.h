// What a file's footer, page headers and indexes say: the structs of parquet.thrift.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/schema.h"
#include "veneer/status.h"
#include "veneer/types.h"

#pragma GCC visibility push(default)
namespace veneer {

// Strings and binaries are views into the bytes that were parsed: the footer's live as long as the
// `FileMetadata`, a page header's as long as the page. Enumerations keep the number that the file
// holds; one over 254, or negative, becomes 255.

/// parquet.thrift `Statistics`, as stored. For pruning use `effective_bounds`.
struct Statistics {
  /// Deprecated, by signed comparison only.
  std::optional<std::string_view> min;
  std::optional<std::string_view> max;
  /// PLAIN bytes (without the length prefix of BYTE_ARRAY), by the leaf's column order.
  std::optional<std::string_view> min_value;
  std::optional<std::string_view> max_value;
  std::optional<bool> is_min_value_exact;
  std::optional<bool> is_max_value_exact;
  /// Counts are absent where the file has none or a negative one (some writers' "not known").
  std::optional<int64_t> null_count;
  std::optional<int64_t> distinct_count;
  std::optional<int64_t> nan_count;
};

/// parquet.thrift `SizeStatistics`. A histogram that is absent is empty.
struct SizeStatistics {
  std::optional<int64_t> unencoded_byte_array_data_bytes;
  std::vector<int64_t> repetition_level_histogram;
  std::vector<int64_t> definition_level_histogram;
};

/// parquet.thrift `BoundingBox`.
struct BoundingBox {
  double xmin = 0, xmax = 0, ymin = 0, ymax = 0;
  std::optional<double> zmin, zmax, mmin, mmax;
};

/// parquet.thrift `GeospatialStatistics`.
struct GeospatialStatistics {
  std::optional<BoundingBox> bbox;
  /// WKB type codes; empty where not known.
  std::vector<int32_t> geospatial_types;
};

/// parquet.thrift `PageEncodingStats`.
struct PageEncodingStats {
  PageType page_type = PageType::data;
  Encoding encoding = Encoding::plain;
  int32_t count = 0;
};

/// parquet.thrift `KeyValue`.
struct KeyValue {
  std::string_view key;
  std::optional<std::string_view> value;
};

/// parquet.thrift `SortingColumn`. The column is a leaf's index, checked against the schema.
struct SortingColumn {
  int32_t column = 0;
  bool descending = false;
  bool nulls_first = false;
};

/// A struct of the footer that is decoded only when it is asked for.
struct ThriftBytes {
  std::span<const uint8_t> bytes;  ///< empty where the field is absent
  int64_t offset = 0;              ///< of the bytes in the file
  bool present() const noexcept { return !bytes.empty(); }
};

/// How a column chunk is encrypted: parquet.thrift `ColumnCryptoMetaData`.
enum class ColumnEncryption : uint8_t { none, footer_key, column_key, unknown };

/// parquet.thrift `ColumnChunk` and its `ColumnMetaData`.
struct ColumnChunk {
  /// The file that holds the data, relative to this one; absent where it is this one.
  std::optional<std::string_view> file_path;
  /// Deprecated; writers do not agree on its meaning. 0 when absent.
  int64_t file_offset = 0;

  /// False where the metadata itself is encrypted: then all that follows up to the page index is
  /// zero.
  bool has_metadata = false;
  PhysicalType physical_type = PhysicalType::boolean;  ///< equal to the leaf's
  Codec codec = Codec::uncompressed;
  int64_t num_values = 0;  ///< entries, nulls included; >= 0
  int64_t total_uncompressed_size = 0;
  int64_t total_compressed_size = 0;  ///< >= 0; see `chunk_range`
  int64_t data_page_offset = 0;
  std::optional<int64_t> index_page_offset;
  std::optional<int64_t> dictionary_page_offset;
  std::optional<int64_t> bloom_filter_offset;
  std::optional<int32_t> bloom_filter_length;

  std::optional<int64_t> offset_index_offset;
  std::optional<int32_t> offset_index_length;
  std::optional<int64_t> column_index_offset;
  std::optional<int32_t> column_index_length;

  ColumnEncryption encryption = ColumnEncryption::none;
  std::optional<std::string_view> encryption_key_metadata;
  std::optional<std::string_view> encrypted_column_metadata;

  /// Each decodes its part of the footer. Absent: an empty list, or statistics without any value.
  bool has_statistics() const noexcept { return raw_statistics.present(); }
  bool has_size_statistics() const noexcept { return raw_size_statistics.present(); }
  bool has_geospatial_statistics() const noexcept { return raw_geospatial_statistics.present(); }
  Result<Statistics> statistics() const;
  Result<SizeStatistics> size_statistics() const;
  Result<GeospatialStatistics> geospatial_statistics() const;
  Result<std::vector<Encoding>> encodings() const;
  Result<std::vector<PageEncodingStats>> encoding_stats() const;
  Result<std::vector<std::string_view>> path_in_schema() const;
  Result<std::vector<KeyValue>> key_values() const;

  ThriftBytes raw_statistics;
  ThriftBytes raw_size_statistics;
  ThriftBytes raw_geospatial_statistics;
  ThriftBytes raw_encodings;
  ThriftBytes raw_encoding_stats;
  ThriftBytes raw_path_in_schema;
  ThriftBytes raw_key_values;
};

/// parquet.thrift `RowGroup` without its columns.
struct RowGroupInfo {
  int64_t num_rows = 0;  ///< >= 0
  int64_t total_byte_size = 0;
  std::optional<int64_t> file_offset;
  std::optional<int64_t> total_compressed_size;
  std::optional<int16_t> ordinal;
  ThriftBytes raw_sorting_columns;  ///< see `FileMetadata::sorting_columns`
};

/// parquet.thrift `PageLocation`.
struct PageLocation {
  int64_t offset = 0;                ///< >= 0, in the file, of the header
  int32_t compressed_page_size = 0;  ///< >= 0, header included
  int64_t first_row_index = 0;  ///< within the row group; strictly ascending but for empty pages
};

/// parquet.thrift `OffsetIndex`. Copies share the memory behind the spans.
struct OffsetIndex {
  std::span<const PageLocation> page_locations;
  /// One a page, or empty where absent.
  std::span<const int64_t> unencoded_byte_array_data_bytes;

  std::shared_ptr<const void> storage;
};

/// parquet.thrift `ColumnIndex`. Every list that is there has one item a page; the histograms have
/// (maximum level + 1) items a page. Copies share the memory behind the spans.
struct ColumnIndex {
  std::span<const bool> null_pages;
  std::span<const std::string_view> min_values;
  std::span<const std::string_view> max_values;
  BoundaryOrder boundary_order = BoundaryOrder::unordered;
  /// Empty where absent, as are the lists below.
  std::span<const int64_t> null_counts;
  std::span<const int64_t> repetition_level_histograms;
  std::span<const int64_t> definition_level_histograms;
  std::span<const int64_t> nan_counts;

  std::shared_ptr<const void> storage;
};

/// parquet.thrift `BloomFilterHeader`, of the one kind that exists: split block, xxHash 64,
/// uncompressed. The bitset follows the header.
struct BloomFilterHeader {
  int32_t num_bytes = 0;  ///< of the bitset; > 0 and a multiple of 32
};

/// parquet.thrift `DataPageHeader`. Counts and lengths here and below are >= 0.
struct DataPageHeader {
  int32_t num_values = 0;  ///< entries, nulls included
  Encoding encoding = Encoding::plain;
  Encoding definition_level_encoding = Encoding::rle;
  Encoding repetition_level_encoding = Encoding::rle;
};

/// parquet.thrift `DataPageHeaderV2`.
struct DataPageHeaderV2 {
  int32_t num_values = 0;  ///< entries, nulls included
  int32_t num_nulls = 0;   ///< <= num_values
  int32_t num_rows = 0;
  Encoding encoding = Encoding::plain;
  int32_t definition_levels_byte_length = 0;
  int32_t repetition_levels_byte_length = 0;
  bool is_compressed = true;
};

/// parquet.thrift `DictionaryPageHeader`.
struct DictionaryPageHeader {
  int32_t num_values = 0;
  Encoding encoding = Encoding::plain;
  bool is_sorted = false;
};

/// parquet.thrift `PageHeader`. The part that `type` names is the one that holds; the others are
/// as initialised.
struct PageHeader {
  PageType type = PageType::data;
  int32_t uncompressed_page_size = 0;  ///< >= 0, as is the next
  int32_t compressed_page_size = 0;
  std::optional<int32_t> crc;
  DataPageHeader data;
  DataPageHeaderV2 data_v2;
  DictionaryPageHeader dictionary;
  ThriftBytes raw_statistics;

  bool has_statistics() const noexcept { return raw_statistics.present(); }
  /// Of a data page, decoded when asked for; the header's bytes must still be there.
  Result<Statistics> statistics() const;
};

/// The footer's `created_by`, taken apart: "parquet-mr version 1.8.0rc4 (build 6cf94d2)". Parts
/// that are missing are empty or zero; any text at all is accepted.
struct WriterVersion {
  std::string_view application;  ///< "parquet-mr"
  int32_t major_number = 0;
  int32_t minor_number = 0;
  int32_t patch_number = 0;
  std::string_view suffix;  ///< what follows the numbers: "rc4", "-SNAPSHOT", "-cdh5.5.0"
  std::string_view build;   ///< "6cf94d2"
  bool has_version = false;

  static WriterVersion parse(std::string_view created_by) noexcept;
  /// True where the application is this one and its version is known and lower. A suffix makes a
  /// version lower than the same numbers without.
  bool is_before(std::string_view app, int32_t major_n, int32_t minor_n,
                 int32_t patch_n) const noexcept;
};

/// Which cipher an encrypted file with a plaintext footer uses: parquet.thrift
/// `EncryptionAlgorithm`. veneer does not decrypt.
struct EncryptionAlgorithm {
  enum class Kind : uint8_t { unknown, aes_gcm_v1, aes_gcm_ctr_v1 };
  Kind kind = Kind::unknown;
  std::optional<std::string_view> aad_prefix;
  std::optional<std::string_view> aad_file_unique;
  bool supply_aad_prefix = false;
};

/// A file's footer: parquet.thrift `FileMetaData`.
///
/// Opening finds where each column chunk's metadata lies and decodes it when asked for, so wide
/// files open fast. Owns the footer's bytes and the schema. Movable; immutable otherwise, and safe
/// to use from several threads. References it hands out stay valid when it is moved.
class FileMetadata {
 public:
  FileMetadata(FileMetadata&&) noexcept;
  FileMetadata& operator=(FileMetadata&&) noexcept;
  ~FileMetadata();

  const Schema& schema() const noexcept;
  int32_t version() const noexcept;
  /// The footer's own count; a read gives `total_rows`, which may differ in a damaged file.
  int64_t num_rows() const noexcept;
  /// The sum of the row groups' rows.
  int64_t total_rows() const noexcept;
  /// Empty where absent.
  std::string_view created_by() const noexcept;
  const WriterVersion& writer() const noexcept;
  std::span<const KeyValue> key_values() const noexcept;
  /// The value of the first pair of that key; empty optional where there is none or no value.
  std::optional<std::string_view> key_value(std::string_view key) const noexcept;

  uint32_t num_row_groups() const noexcept;
  /// Precondition: `i < num_row_groups()`; so for all that follow.
  const RowGroupInfo& row_group(uint32_t i) const noexcept;
  Result<std::vector<SortingColumn>> sorting_columns(uint32_t row_group) const;
  /// Decoded by each call, in about a microsecond. Precondition: `leaf < schema().num_leaves()`.
  Result<ColumnChunk> column_chunk(uint32_t row_group, uint32_t leaf) const;

  /// Set where the file has encrypted columns and a plaintext footer.
  const std::optional<EncryptionAlgorithm>& encryption() const noexcept;
  std::optional<std::string_view> footer_signing_key_metadata() const noexcept;

  /// The footer as it was read, and where it begins in the file.
  std::span<const uint8_t> footer_bytes() const noexcept;
  int64_t footer_offset() const noexcept;

  /// What the library's own code works with; not for callers.
  struct Impl;
  explicit FileMetadata(std::unique_ptr<Impl> impl) noexcept;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Where a chunk's pages lie in its file: checked against the file's size. A chunk of size 0 has
/// its begin at 0.
///
/// The first page is the dictionary page where dictionary_page_offset says so; writers that leave
/// it unset or zero mean data_page_offset to be the first page of any kind. The size of chunks from
/// parquet-mr before 1.2.9 leaves out the dictionary page's header (PARQUET-816): they get 100
/// bytes more, as far as the file goes.
Status chunk_range(const ColumnChunk& chunk, const WriterVersion& writer, int64_t file_size,
                   int64_t* begin, int64_t* size);

/// How the values of a leaf are ordered where its min_value and max_value are bounds.
enum class SortOrder : uint8_t {
  none,            ///< bounds mean nothing
  boolean,         ///< one byte; false before true
  signed_int,      ///< INT32 and INT64, little-endian
  unsigned_int,    ///< the same bytes, unsigned
  floating,        ///< FLOAT, DOUBLE, FLOAT16 by value; -0 equals +0
  total_floating,  ///< the same bytes by IEEE 754 totalOrder
  bytes,           ///< unsigned bytewise, a prefix first
  signed_bytes,    ///< big-endian two's complement of any length: DECIMAL
  int96,           ///< day, then nanoseconds of the day, both signed
};
/// The order of min_value and max_value (ColumnOrder with the leaf's types, parquet.thrift).
SortOrder sort_order(const Leaf& leaf) noexcept;

/// Negative, zero or positive as PLAIN-encoded `a` is before, equal to or after `b` in
/// `sort_order(leaf)`. Both must be as wide as the type (`is_bound`); the order must not be none. A
/// NaN in `floating` order is after all other values.
int compare(const Leaf& leaf, std::string_view a, std::string_view b) noexcept;
/// True where these bytes can be a value of the leaf's type: their length is right.
bool is_bound(const Leaf& leaf, std::string_view bytes) noexcept;

/// Bounds that can be relied on: no value (NaN aside) of the chunk or page is less than `min` or
/// greater than `max`.
struct Bounds {
  std::optional<std::string_view> min;
  std::optional<std::string_view> max;
  /// True where the bound is known to be a value that occurs.
  bool min_exact = false;
  bool max_exact = false;
};

/// False where a known bug of the writer spoils min and max of such leaves (PARQUET-251 and
/// others).
bool trust_statistics(const WriterVersion& writer, const Leaf& leaf) noexcept;
/// False where a known bug of the writer makes null_count of such leaves too small (ARROW-12513 and
/// others).
bool trust_null_count(const WriterVersion& writer, const Leaf& leaf) noexcept;

/// The bounds of `statistics` that hold: min_value and max_value where the column order is known,
/// else the legacy min and max for types whose order they follow; none where the type has no order,
/// the writer is known to be wrong, the bytes do not fit the type, or min is after max. In
/// `floating` order NaN bounds are dropped, and a zero bound covers both zeros. Views are into the
/// statistics' bytes or of static storage.
Bounds effective_bounds(const Statistics& statistics, const Leaf& leaf,
                        const WriterVersion& writer) noexcept;
/// The same for one page of a column index (whose page is not a null page).
Bounds effective_bounds(std::string_view min_value, std::string_view max_value, const Leaf& leaf,
                        const WriterVersion& writer) noexcept;

/// True for parquet-cpp before 2.0.0, which set is_compressed to false in V2 pages that it had
/// compressed (ARROW-10353).
bool v2_pages_always_compressed(const WriterVersion& writer) noexcept;
/// True for Impala, whose BIT_PACKED levels begin with the least significant bit (IMPALA-3006).
bool bit_packed_levels_lsb_first(const WriterVersion& writer) noexcept;

}  // namespace veneer
#pragma GCC visibility pop
