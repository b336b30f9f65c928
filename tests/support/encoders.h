// Every encoding of Encodings.md, written for plainness: given these values, these bytes.
//
// Choices that a writer has (runs, block sizes, widths) are the caller's, so that tests reach what
// no library writes. Nothing here shares code with the decoders under src/.
#pragma once

#include <veneer/types.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "support/bytes.h"

namespace veneer::test {

using Strings = std::vector<std::string>;

// ------------------------------------------------------------------------------------- PLAIN (0)

/// Bit-packed, LSB first.
Bytes plain_boolean(const std::vector<bool>& values);

/// INT32, INT64, FLOAT, DOUBLE: little-endian.
template <class T>
Bytes plain(const std::vector<T>& values) {
  Bytes out;
  for (const T value : values) {
    if constexpr (sizeof(T) == 4) {
      append_le(out, std::bit_cast<uint32_t>(value), 4);
    } else {
      append_le(out, std::bit_cast<uint64_t>(value), 8);
    }
  }
  return out;
}

Bytes plain_int96(const std::vector<Int96>& values);
/// BYTE_ARRAY: each with its 4-byte length.
Bytes plain_byte_array(const Strings& values);
/// FIXED_LEN_BYTE_ARRAY: one after the other; all should be of one length.
Bytes plain_fixed(const Strings& values);

// ------------------------------------------------------- RLE (3), BIT_PACKED (4), dictionary
// indices

/// The bits that a value up to `max` needs.
int bit_width(uint64_t max);

/// `width` bits of each value, from the least significant bit of the first byte on; zero-padded.
Bytes bit_pack(const std::vector<uint64_t>& values, int width);

/// The RLE/bit-packing hybrid, run by run as the caller chooses.
class Hybrid {
 public:
  explicit Hybrid(int width) : width_(width) {}

  /// A run of `count` equal values; `count` may be 0.
  Hybrid& repeat(uint64_t value, uint64_t count);
  /// A bit-packed run. It always holds a multiple of 8 values: the rest is filled with `padding`.
  Hybrid& pack(std::vector<uint64_t> values, uint64_t padding = 0);
  /// Runs of at least 8 equal values as repeats, what is between them bit-packed.
  Hybrid& values(const std::vector<uint64_t>& values);

  const Bytes& bytes() const { return bytes_; }
  /// With the 4-byte length before it, as levels of data pages V1 and RLE booleans have.
  Bytes with_length() const;

 private:
  int width_;
  Bytes bytes_;
};

Bytes hybrid(const std::vector<uint64_t>& values, int width);
/// A page's RLE_DICTIONARY or PLAIN_DICTIONARY body: the width's byte, then the hybrid.
Bytes dictionary_indices(const std::vector<uint64_t>& indices, int width);
/// Deprecated BIT_PACKED levels: from the most significant bit of the first byte on; zero-padded.
Bytes bit_packed_levels(const std::vector<uint64_t>& levels, int width);

// ------------------------------------------------------------------------------------- DELTA_* (5,
// 6, 7)

struct DeltaOptions {
  uint32_t block_values = 128;  ///< a multiple of 128, says the format; of `miniblocks`, at least
  uint32_t miniblocks = 4;      ///< a block; each holds a multiple of 32 values, says the format
  int min_width = 0;            ///< miniblocks get at least this bit width
  uint8_t unneeded_width = 0;   ///< width byte of the last block's miniblocks without values
};

/// INT64: differences wrap at 64 bits.
Bytes delta_binary_packed(const std::vector<int64_t>& values, const DeltaOptions& options = {});
/// INT32: differences wrap at 32 bits.
Bytes delta_binary_packed(const std::vector<int32_t>& values, const DeltaOptions& options = {});
Bytes delta_length_byte_array(const Strings& values, const DeltaOptions& options = {});
/// Each value's prefix is what it shares with the one before, but not more than `longest_prefix`.
Bytes delta_byte_array(const Strings& values, const DeltaOptions& options = {},
                       size_t longest_prefix = SIZE_MAX);

// -------------------------------------------------------------------------------------
// BYTE_STREAM_SPLIT (9)

/// `plain` holds values of `width` bytes: first all their first bytes, then all their second, …
Bytes byte_stream_split(const Bytes& plain, size_t width);

// ------------------------------------------------------------------------------------- ALP (10)

struct AlpOptions {
  int exponent = 0;
  int factor = 0;
  int log_vector_size = 10;
  int min_width = 0;  ///< deltas get at least this bit width
};

/// Values that the exponent and factor cannot give back exactly become exceptions.
Bytes alp(const std::vector<double>& values, const AlpOptions& options = {});
Bytes alp(const std::vector<float>& values, const AlpOptions& options = {});

}  // namespace veneer::test
