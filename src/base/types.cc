#include "veneer/types.h"

namespace veneer {

std::string_view to_string(PhysicalType type) noexcept {
  switch (type) {
    case PhysicalType::boolean: return "BOOLEAN";
    case PhysicalType::int32: return "INT32";
    case PhysicalType::int64: return "INT64";
    case PhysicalType::int96: return "INT96";
    case PhysicalType::float32: return "FLOAT";
    case PhysicalType::float64: return "DOUBLE";
    case PhysicalType::byte_array: return "BYTE_ARRAY";
    case PhysicalType::fixed_len_byte_array: return "FIXED_LEN_BYTE_ARRAY";
  }
  return "UNKNOWN";
}

std::string_view to_string(Repetition repetition) noexcept {
  switch (repetition) {
    case Repetition::required: return "required";
    case Repetition::optional: return "optional";
    case Repetition::repeated: return "repeated";
  }
  return "unknown";
}

std::string_view to_string(Encoding encoding) noexcept {
  switch (encoding) {
    case Encoding::plain: return "PLAIN";
    case Encoding::plain_dictionary: return "PLAIN_DICTIONARY";
    case Encoding::rle: return "RLE";
    case Encoding::bit_packed: return "BIT_PACKED";
    case Encoding::delta_binary_packed: return "DELTA_BINARY_PACKED";
    case Encoding::delta_length_byte_array: return "DELTA_LENGTH_BYTE_ARRAY";
    case Encoding::delta_byte_array: return "DELTA_BYTE_ARRAY";
    case Encoding::rle_dictionary: return "RLE_DICTIONARY";
    case Encoding::byte_stream_split: return "BYTE_STREAM_SPLIT";
    case Encoding::alp: return "ALP";
  }
  return "UNKNOWN";
}

std::string_view to_string(Codec codec) noexcept {
  switch (codec) {
    case Codec::uncompressed: return "UNCOMPRESSED";
    case Codec::snappy: return "SNAPPY";
    case Codec::gzip: return "GZIP";
    case Codec::lzo: return "LZO";
    case Codec::brotli: return "BROTLI";
    case Codec::lz4: return "LZ4";
    case Codec::zstd: return "ZSTD";
    case Codec::lz4_raw: return "LZ4_RAW";
  }
  return "UNKNOWN";
}

std::string_view to_string(PageType type) noexcept {
  switch (type) {
    case PageType::data: return "DATA_PAGE";
    case PageType::index: return "INDEX_PAGE";
    case PageType::dictionary: return "DICTIONARY_PAGE";
    case PageType::data_v2: return "DATA_PAGE_V2";
  }
  return "UNKNOWN";
}

std::string_view to_string(ConvertedType type) noexcept {
  switch (type) {
    case ConvertedType::none: return "";
    case ConvertedType::utf8: return "UTF8";
    case ConvertedType::map: return "MAP";
    case ConvertedType::map_key_value: return "MAP_KEY_VALUE";
    case ConvertedType::list: return "LIST";
    case ConvertedType::enum_: return "ENUM";
    case ConvertedType::decimal: return "DECIMAL";
    case ConvertedType::date: return "DATE";
    case ConvertedType::time_millis: return "TIME_MILLIS";
    case ConvertedType::time_micros: return "TIME_MICROS";
    case ConvertedType::timestamp_millis: return "TIMESTAMP_MILLIS";
    case ConvertedType::timestamp_micros: return "TIMESTAMP_MICROS";
    case ConvertedType::uint_8: return "UINT_8";
    case ConvertedType::uint_16: return "UINT_16";
    case ConvertedType::uint_32: return "UINT_32";
    case ConvertedType::uint_64: return "UINT_64";
    case ConvertedType::int_8: return "INT_8";
    case ConvertedType::int_16: return "INT_16";
    case ConvertedType::int_32: return "INT_32";
    case ConvertedType::int_64: return "INT_64";
    case ConvertedType::json: return "JSON";
    case ConvertedType::bson: return "BSON";
    case ConvertedType::interval: return "INTERVAL";
  }
  return "UNKNOWN";
}

std::string_view to_string(LogicalKind kind) noexcept {
  switch (kind) {
    case LogicalKind::none: return "";
    case LogicalKind::string: return "STRING";
    case LogicalKind::map: return "MAP";
    case LogicalKind::list: return "LIST";
    case LogicalKind::enum_: return "ENUM";
    case LogicalKind::decimal: return "DECIMAL";
    case LogicalKind::date: return "DATE";
    case LogicalKind::time: return "TIME";
    case LogicalKind::timestamp: return "TIMESTAMP";
    case LogicalKind::integer: return "INTEGER";
    case LogicalKind::unknown: return "UNKNOWN";
    case LogicalKind::json: return "JSON";
    case LogicalKind::bson: return "BSON";
    case LogicalKind::uuid: return "UUID";
    case LogicalKind::float16: return "FLOAT16";
    case LogicalKind::variant: return "VARIANT";
    case LogicalKind::geometry: return "GEOMETRY";
    case LogicalKind::geography: return "GEOGRAPHY";
    case LogicalKind::file: return "FILE";
    case LogicalKind::interval: return "INTERVAL";
  }
  return "UNKNOWN";
}

namespace {

constexpr int64_t kJulianEpoch = 2'440'588;  // 1970-01-01 as a Julian day number
constexpr int64_t kSecondsPerDay = 86'400;

bool join(const Int96& value, int64_t units_per_day, int64_t units, int64_t* out) noexcept {
  const int64_t day = value.julian_day() - kJulianEpoch;
  int64_t whole;
  return !__builtin_mul_overflow(day, units_per_day, &whole) &&
         !__builtin_add_overflow(whole, units, out);
}

}  // namespace

bool Int96::to_nanos(int64_t* out) const noexcept {
  if (join(*this, kSecondsPerDay * 1'000'000'000, nanos_of_day(), out)) return true;
  // A day that begins before 1677-09-21 may still end after it.
  int64_t day = julian_day() - kJulianEpoch;
  int64_t nanos = nanos_of_day();
  constexpr int64_t kNanosPerDay = kSecondsPerDay * 1'000'000'000;
  if (day >= 0 || nanos < 0) return false;
  day += 1;
  nanos -= kNanosPerDay;
  int64_t whole;
  return !__builtin_mul_overflow(day, kNanosPerDay, &whole) &&
         !__builtin_add_overflow(whole, nanos, out);
}

bool Int96::to_micros(int64_t* out) const noexcept {
  const int64_t nanos = nanos_of_day();
  const int64_t micros = nanos / 1000 - (nanos % 1000 < 0 ? 1 : 0);
  return join(*this, kSecondsPerDay * 1'000'000, micros, out);
}

}  // namespace veneer
