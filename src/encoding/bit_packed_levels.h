// BIT_PACKED levels (deprecated): fixed width, most significant bit first, no headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bits.h"
#include "encoding/bit_unpack.h"
#include "encoding/errors.h"
#include "veneer/status.h"

namespace veneer::encoding {

/// Encodings.md, "BITPACKED". The bytes are not copied: they must outlive the decoder and be
/// readable for 64 bytes behind their end. After an error the decoder is spent.
class BitPackedDecoder {
 public:
  /// With `lsb_first` the values begin with the least significant bit, as in IMPALA-3006.
  Status init(std::span<const uint8_t> bytes, unsigned bit_width, bool lsb_first = false) {
    if (bit_width > 32) return bad_value("bit width", bit_width, "but at most 32 is possible");
    bytes_ = bytes;
    width_ = bit_width;
    bit_ = 0;
    lsb_first_ = lsb_first;
    return {};
  }

  /// The next n values; out has room for 64 bytes behind out + n. T is uint8_t, uint16_t or
  /// uint32_t, at least as wide as the bit width.
  template <class T>
  Status decode(T* out, size_t n) {
    if (Status s = check(n); !s.ok()) return s;
    if (lsb_first_) {
      unpack(bytes_.data(), bit_, width_, out, n);
    } else {
      unpack_msb_first(bytes_.data(), bit_, width_, out, n);
    }
    bit_ += uint64_t{n} * width_;
    return {};
  }
  Status skip(size_t n) {
    if (Status s = check(n); !s.ok()) return s;
    bit_ += uint64_t{n} * width_;
    return {};
  }
  /// How many bytes the values so far take.
  size_t position() const noexcept { return static_cast<size_t>((bit_ + 7) / 8); }

 private:
  Status check(size_t n) const {
    if (width_ == 0) return {};
    const uint64_t left = (uint64_t{bytes_.size()} * 8 - bit_) / width_;
    return n <= left ? Status() : ends_early("bit-packed levels", left, n);
  }

  std::span<const uint8_t> bytes_;
  uint64_t bit_ = 0;
  unsigned width_ = 0;
  bool lsb_first_ = false;
};

}  // namespace veneer::encoding
