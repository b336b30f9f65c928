// BYTE_STREAM_SPLIT: byte k of every value lies in stream k.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoding/plain.h"
#include "veneer/status.h"

namespace veneer::encoding {

/// Encodings.md, "BYTESTREAMSPLIT", for values of any width.
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. Outputs have room for 64 bytes behind the last value. No memory is taken.
class ByteStreamSplitDecoder {
 public:
  /// `total` values of `width` bytes must be the bytes exactly: the encoding allows no padding.
  Status init(std::span<const uint8_t> bytes, size_t total, size_t width, Words words);
  Status decode(void* out, size_t n);
  Status skip(size_t n);
  size_t values_left() const noexcept { return total_ - position_; }

 private:
  std::span<const uint8_t> bytes_;
  size_t total_ = 0;
  size_t position_ = 0;  // in values
  size_t width_ = 0;
  Words words_ = Words::bytes;
};

}  // namespace veneer::encoding
