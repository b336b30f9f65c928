// Values as a test thinks of them, to compare columns with; independent of the library's layout.
#pragma once

#include <veneer/veneer.h>

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/file_builder.h"

namespace veneer::test {

/// One value of any shape. A leaf's bytes are those of the value in memory (booleans: one byte);
/// a map is a list of structures of key and value.
struct Value {
  enum class Kind : uint8_t { null, leaf, structure, list };
  Kind kind = Kind::null;
  std::string bytes;
  std::vector<Value> items;

  static Value null() { return {}; }
  static Value leaf(std::string bytes) { return {Kind::leaf, std::move(bytes), {}}; }
  template <class T>
  static Value of(T value) {
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return leaf(std::move(bytes));
  }
  static Value list(std::vector<Value> items) { return {Kind::list, {}, std::move(items)}; }
  static Value record(std::vector<Value> items) { return {Kind::structure, {}, std::move(items)}; }

  friend bool operator==(const Value&, const Value&) = default;
};
using Rows = std::vector<Value>;  // each a structure of the top-level columns

inline Value i32(int32_t value) { return Value::of(value); }
inline Value i64(int64_t value) { return Value::of(value); }
inline Value text(std::string_view value) { return Value::leaf(std::string(value)); }

/// "null", "{0a000000,[…]}": what a failed comparison prints.
std::string to_string(const Value& value);
std::string to_string(const Rows& rows);

/// Entry `i` of a column.
Value value_of(const Column& column, size_t i);
/// What is wrong with a column's own shape (counts, offsets, zeros under nulls, nulls below null
/// structures, elements of null lists), or "".
std::string fault_of(const Column& column);

/// Reads to the end. On failure rows so far stay. `fault` gets the first fault of any column.
struct ReadResult {
  Rows rows;
  Status status;
  std::string fault;
  std::vector<size_t> batches;  // rows of each
};
ReadResult read_rows(const File& file, const ReadOptions& options = {});
/// The same over bytes in memory; a failure to open is the status.
ReadResult read_rows(const Bytes& bytes, const ReadOptions& options = {},
                     const OpenOptions& open = {});
/// The values of one leaf that are there, page by page, with their levels.
struct PageResult {
  std::vector<Value> values;
  Levels rep, def;
  Status status;
  std::string fault;
};
PageResult read_pages(const File& file, int32_t row_group, int32_t leaf,
                      const PageOptions& options = {});

/// Opens bytes, which must live as long as the file. REQUIREs success.
File open_bytes(const Bytes& bytes, OpenOptions options = {});

/// `bytes` as an error says it: "corrupt: what (…)".
std::string error_of(const Bytes& bytes, const ReadOptions& options = {},
                     const OpenOptions& open = {});

// ------------------------------------------------------------------- values of every type

/// Raw values of a physical type, as bytes in memory; FIXED_LEN_BYTE_ARRAY of `width` bytes.
std::vector<std::string> some_values(PhysicalType type, size_t n, uint32_t seed, size_t width = 5);

/// Which way of an encoding's own many: block shapes, length prefixes.
struct Encoder {
  DeltaOptions delta = {};
  bool rle_prefix = true;
  AlpOptions alp = {};
};
/// The values part of a page. Dictionary encodings take the values' place in `dictionary`.
Bytes encode(PhysicalType type, Encoding encoding, const std::vector<std::string>& values,
             const std::vector<std::string>& dictionary = {}, const Encoder& how = {});
/// The encodings that the format allows for a type's data pages.
std::vector<Encoding> encodings_of(PhysicalType type);
std::vector<std::string> distinct(const std::vector<std::string>& values);

inline constexpr Codec kCodecs[] = {Codec::uncompressed, Codec::snappy, Codec::gzip,
                                    Codec::lzo,          Codec::brotli, Codec::lz4,
                                    Codec::zstd,         Codec::lz4_raw};
inline constexpr PhysicalType kTypes[] = {
    PhysicalType::boolean,    PhysicalType::int32,
    PhysicalType::int64,      PhysicalType::int96,
    PhysicalType::float32,    PhysicalType::float64,
    PhysicalType::byte_array, PhysicalType::fixed_len_byte_array};

}  // namespace veneer::test
