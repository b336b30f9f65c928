// PLAIN: values back to back (Encodings.md, "PLAIN").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::encoding {

// All decoders here: the bytes are not copied, must outlive the decoder and be readable for 64
// bytes behind their end; outputs have room for 64 bytes behind the last value. No memory is taken.
// After an error the decoder is spent.

/// What a fixed-width value is made of: little-endian words, which become native ones, or bytes.
enum class Words : uint8_t {
  bytes = 1,  ///< FIXED_LEN_BYTE_ARRAY: kept as they are
  two = 2,
  four = 4,  ///< INT32, FLOAT, and INT96 as three of them
  eight = 8  ///< INT64, DOUBLE
};

/// Makes little-endian words native, in place. No work on little-endian machines.
void to_native(Words words, void* values, size_t bytes) noexcept;

/// INT32, INT64, INT96, FLOAT, DOUBLE, FIXED_LEN_BYTE_ARRAY.
class PlainFixedDecoder {
 public:
  /// `width` is the bytes of a value, a multiple of the word.
  Status init(std::span<const uint8_t> bytes, size_t width, Words words);
  Status decode(void* out, size_t n);
  Status skip(size_t n);
  /// Whole values that are left. Unlimited (SIZE_MAX) for values of no bytes.
  size_t values_left() const noexcept;
  /// The next value's bytes as stored: on a little-endian machine the values themselves, at any
  /// alignment.
  const uint8_t* data() const noexcept { return bytes_.data() + position_; }
  size_t position() const noexcept { return position_; }

 private:
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
  size_t width_ = 0;
  Words words_ = Words::bytes;
};

/// BOOLEAN: one bit a value, LSB first.
class PlainBooleanDecoder {
 public:
  Status init(std::span<const uint8_t> bytes);
  /// One byte a value, 0 or 1.
  Status decode(uint8_t* out, size_t n);
  Status skip(size_t n);

 private:
  Status check(size_t n) const;
  std::span<const uint8_t> bytes_;
  uint64_t bit_ = 0;
};

/// BYTE_ARRAY: a four-byte length, then the bytes.
class PlainBinaryDecoder {
 public:
  Status init(std::span<const uint8_t> bytes);
  /// Views of the next n values. Long ones point into buffer `buffer_index`, in which the encoded
  /// bytes start at `base_offset`, which is below zero where the buffer begins within them;
  /// over_limit where that goes beyond 32 bits.
  Status decode(BinaryView* out, size_t n, uint32_t buffer_index, int64_t base_offset);
  Status skip(size_t n);
  /// Bytes taken so far.
  size_t position() const noexcept { return position_; }

 private:
  Status failure(size_t position, size_t done, size_t asked) const;
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace veneer::encoding
