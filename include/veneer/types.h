// The format's enumerations and the in-memory value types.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#pragma GCC visibility push(default)
namespace veneer {

// Enumerators carry the numbers of parquet.thrift. A file may hold numbers that are not listed:
// they are kept as they are, and `to_string` gives "UNKNOWN(n)"-like text through its callers.

/// parquet.thrift `Type`.
enum class PhysicalType : uint8_t {
  boolean = 0,
  int32 = 1,
  int64 = 2,
  int96 = 3,
  float32 = 4,
  float64 = 5,
  byte_array = 6,
  fixed_len_byte_array = 7,
};

/// parquet.thrift `FieldRepetitionType`.
enum class Repetition : uint8_t { required = 0, optional = 1, repeated = 2 };

/// parquet.thrift `Encoding`.
enum class Encoding : uint8_t {
  plain = 0,
  plain_dictionary = 2,
  rle = 3,
  bit_packed = 4,
  delta_binary_packed = 5,
  delta_length_byte_array = 6,
  delta_byte_array = 7,
  rle_dictionary = 8,
  byte_stream_split = 9,
  alp = 10,
};

/// parquet.thrift `CompressionCodec`.
enum class Codec : uint8_t {
  uncompressed = 0,
  snappy = 1,
  gzip = 2,
  lzo = 3,
  brotli = 4,
  lz4 = 5,
  zstd = 6,
  lz4_raw = 7,
};

/// parquet.thrift `PageType`.
enum class PageType : uint8_t { data = 0, index = 1, dictionary = 2, data_v2 = 3 };

/// parquet.thrift `ConvertedType`; `none` where the field is absent.
enum class ConvertedType : int8_t {
  none = -1,
  utf8 = 0,
  map = 1,
  map_key_value = 2,
  list = 3,
  enum_ = 4,
  decimal = 5,
  date = 6,
  time_millis = 7,
  time_micros = 8,
  timestamp_millis = 9,
  timestamp_micros = 10,
  uint_8 = 11,
  uint_16 = 12,
  uint_32 = 13,
  uint_64 = 14,
  int_8 = 15,
  int_16 = 16,
  int_32 = 17,
  int_64 = 18,
  json = 19,
  bson = 20,
  interval = 21,
};

/// The meaning of a field: members of parquet.thrift's `LogicalType` union, and INTERVAL, which
/// only ConvertedType has. `none` where there is no annotation, or one that veneer does not know.
enum class LogicalKind : uint8_t {
  none,
  string,
  map,
  list,
  enum_,
  decimal,
  date,
  time,
  timestamp,
  integer,
  unknown,
  json,
  bson,
  uuid,
  float16,
  variant,
  geometry,
  geography,
  file,
  interval,
};

/// Unit of TIME and TIMESTAMP.
enum class TimeUnit : uint8_t { millis, micros, nanos };

/// parquet.thrift `EdgeInterpolationAlgorithm`.
enum class EdgeAlgorithm : uint8_t { spherical, vincenty, thomas, andoyer, karney };

/// parquet.thrift `BoundaryOrder`.
enum class BoundaryOrder : uint8_t { unordered = 0, ascending = 1, descending = 2 };

/// The sort order of a leaf's min and max: parquet.thrift `ColumnOrder`.
enum class ColumnOrder : uint8_t {
  undefined,  ///< the footer has none, or one that veneer does not know
  type_defined,
  ieee754_total_order,
  int96_timestamp,
};

/// A logical type with its parameters; those that the kind does not have are zero.
struct LogicalType {
  LogicalKind kind = LogicalKind::none;
  bool adjusted_to_utc = false;                        ///< TIME, TIMESTAMP
  TimeUnit unit = TimeUnit::millis;                    ///< TIME, TIMESTAMP
  int8_t bit_width = 0;                                ///< INTEGER: 8, 16, 32 or 64
  bool is_signed = false;                              ///< INTEGER
  EdgeAlgorithm algorithm = EdgeAlgorithm::spherical;  ///< GEOGRAPHY
  int8_t variant_version = 0;                          ///< VARIANT; 0 when not given
  int32_t precision = 0;                               ///< DECIMAL
  int32_t scale = 0;                                   ///< DECIMAL
  std::string_view crs;  ///< GEOMETRY, GEOGRAPHY; empty means OGC:CRS84

  bool is(LogicalKind k) const noexcept { return kind == k; }
};

/// The format's own words, as parquet.thrift spells them: "INT32", "DELTA_BYTE_ARRAY", "SNAPPY".
/// An unlisted number gives "UNKNOWN".
std::string_view to_string(PhysicalType type) noexcept;
std::string_view to_string(Repetition repetition) noexcept;  // "required", …, as in schema text
std::string_view to_string(Encoding encoding) noexcept;
std::string_view to_string(Codec codec) noexcept;
std::string_view to_string(PageType type) noexcept;
std::string_view to_string(ConvertedType type) noexcept;
std::string_view to_string(LogicalKind kind) noexcept;

/// 128-bit two's complement integer, least significant half first: Arrow's Decimal128 layout.
struct Int128 {
  uint64_t low = 0;
  int64_t high = 0;
  friend bool operator==(const Int128&, const Int128&) = default;
};

/// 256-bit two's complement integer, least significant word first: Arrow's Decimal256 layout.
struct Int256 {
  std::array<uint64_t, 4> words{};
  friend bool operator==(const Int256&, const Int256&) = default;
};

/// INT96 as stored: nanoseconds within the day, then the Julian day number. Deprecated by the
/// format, still written as a timestamp by Spark and Impala.
struct Int96 {
  std::array<uint32_t, 3> words{};

  int64_t nanos_of_day() const noexcept {
    return static_cast<int64_t>(uint64_t{words[0]} | uint64_t{words[1]} << 32);
  }
  int32_t julian_day() const noexcept { return static_cast<int32_t>(words[2]); }
  /// Nanoseconds since 1970-01-01; false where 64 bits cannot hold them (years 1677 to 2262 can).
  bool to_nanos(int64_t* out) const noexcept;
  /// Microseconds since 1970-01-01, rounded down; false where 64 bits cannot hold them.
  bool to_micros(int64_t* out) const noexcept;
  friend bool operator==(const Int96&, const Int96&) = default;
};
static_assert(sizeof(Int96) == 12);

/// How INT96 columns are read.
enum class Int96As : uint8_t {
  stored,  ///< Int96 values, every bit kept
  nanos,   ///< int64_t nanoseconds since 1970; a value out of range is an error
  micros,  ///< int64_t microseconds since 1970, rounded down; a value out of range is an error
};

/// One BYTE_ARRAY value: Arrow's 16-byte view. Up to 12 bytes are held inline; longer values keep
/// their first four bytes here and all of them in a buffer of their column.
struct BinaryView {
  static constexpr uint32_t kInlineBytes = 12;

  /// Where a longer value is: its first bytes, and its place in the column's buffers.
  struct Ref {
    char prefix[4];
    uint32_t buffer;
    uint32_t offset;
  };

  uint32_t length = 0;
  union {
    char inlined[12] = {};
    Ref ref;
  };

  bool is_inline() const noexcept { return length <= kInlineBytes; }
};
static_assert(sizeof(BinaryView) == 16);

}  // namespace veneer
#pragma GCC visibility pop
