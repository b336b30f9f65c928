// A bounds-checked walk over bytes from a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bits.h"
#include "veneer/status.h"

namespace veneer {

/// Reads forward over a span that it does not own. Every read checks what is left; a failed read
/// moves nothing.
class ByteCursor {
 public:
  ByteCursor() noexcept = default;
  explicit ByteCursor(std::span<const uint8_t> bytes) noexcept
      : begin_(bytes.data()), next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  size_t position() const noexcept { return static_cast<size_t>(next_ - begin_); }
  size_t remaining() const noexcept { return static_cast<size_t>(end_ - next_); }
  const uint8_t* data() const noexcept { return next_; }
  std::span<const uint8_t> rest() const noexcept { return {next_, remaining()}; }

  /// A little-endian integer.
  template <class T>
  [[nodiscard]] bool read_le(T* out) noexcept {
    if (remaining() < sizeof(T)) return false;
    *out = load_le<T>(next_);
    next_ += sizeof(T);
    return true;
  }
  /// An unsigned LEB128 number of at most 64 bits; false where it is cut or does not fit.
  [[nodiscard]] bool read_varint(uint64_t* out) noexcept {
    uint64_t value = 0;
    const uint8_t* p = next_;
    for (int shift = 0; shift < 64; shift += 7) {
      if (p == end_) return false;
      const uint8_t byte = *p++;
      if (shift == 63 && byte > 1) return false;
      value |= uint64_t{byte & 0x7Fu} << shift;
      if ((byte & 0x80) == 0) {
        *out = value;
        next_ = p;
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool read_zigzag(int64_t* out) noexcept {
    uint64_t value;
    if (!read_varint(&value)) return false;
    *out = zigzag_decode(value);
    return true;
  }
  [[nodiscard]] bool read_bytes(size_t count, std::span<const uint8_t>* out) noexcept {
    if (remaining() < count) return false;
    *out = {next_, count};
    next_ += count;
    return true;
  }
  [[nodiscard]] bool skip(size_t count) noexcept {
    if (remaining() < count) return false;
    next_ += count;
    return true;
  }

 private:
  const uint8_t* begin_ = nullptr;
  const uint8_t* next_ = nullptr;
  const uint8_t* end_ = nullptr;
};

}  // namespace veneer
