// DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoding/delta.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::encoding {

/// Encodings.md, "DELTALENGTH".
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. Outputs have room for 64 bytes behind the last value. No memory is taken. After an
/// error the decoder is spent.
class DeltaLengthDecoder {
 public:
  [[gnu::cold]] Status init(std::span<const uint8_t> bytes);
  /// The header's value count: a claim.
  size_t value_count() const noexcept { return lengths_.value_count(); }
  /// Views of the next n values. Long ones point into buffer `buffer_index`, in which the encoded
  /// bytes start at `base_offset`, which is below zero where the buffer begins within them;
  /// over_limit where that goes beyond 32 bits.
  Status decode(BinaryView* out, size_t n, uint32_t buffer_index, int64_t base_offset);
  Status skip(size_t n);
  /// Where the next value's bytes are.
  size_t position() const noexcept { return position_; }

 private:
  Status next_lengths(int32_t* lengths, size_t n, uint32_t* longest);

  DeltaDecoder<int32_t> lengths_;
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace veneer::encoding
