// About 1.7 cycles a value of up to 8 bytes, 2 up to 16.
#include "encoding/decimal.h"

#include "base/bits.h"

namespace veneer::encoding {
namespace {

template <class T>
constexpr size_t kBytes = sizeof(T);

// Sign-extends the first `width` (1 to 8) bytes at p; reads 8.
inline int64_t head(const uint8_t* p, size_t width) noexcept {
  return load_be<int64_t>(p) >> (64 - 8 * width);
}

inline void one(const uint8_t* p, size_t width, int32_t* out) noexcept {
  *out = static_cast<int32_t>(head(p, width));
}
inline void one(const uint8_t* p, size_t width, int64_t* out) noexcept { *out = head(p, width); }
inline void one(const uint8_t* p, size_t width, Int128* out) noexcept {
  if (width > 8) {
    out->high = head(p, width - 8);
    out->low = load_be<uint64_t>(p + width - 8);
  } else {
    const int64_t value = head(p, width);
    out->high = value >> 63;
    out->low = static_cast<uint64_t>(value);
  }
}
inline void one(const uint8_t* p, size_t width, Int256* out) noexcept {
  size_t word = 0;
  for (; width > 8; width -= 8) out->words[word++] = load_be<uint64_t>(p + width - 8);
  const int64_t top = head(p, width);
  out->words[word++] = static_cast<uint64_t>(top);
  for (; word < 4; ++word) out->words[word] = static_cast<uint64_t>(top >> 63);
}

// Whether the bytes before the last `kept` all repeat the sign of those.
inline bool only_sign(const uint8_t* p, size_t width, size_t kept) noexcept {
  const uint8_t sign = (p[width - kept] & 0x80) != 0 ? 0xFF : 0;
  uint8_t difference = 0;
  for (size_t i = 0; i < width - kept; ++i) difference |= p[i] ^ sign;
  return difference == 0;
}

template <class T>
bool convert(const uint8_t* in, size_t width, size_t n, T* out) noexcept {
  if (width == 0) {
    for (size_t i = 0; i < n; ++i) out[i] = T{};
    return true;
  }
  if (width <= kBytes<T>) {
    for (size_t i = 0; i < n; ++i, in += width) one(in, width, out + i);
    return true;
  }
  bool fits = true;
  for (size_t i = 0; i < n; ++i, in += width) {
    fits &= only_sign(in, width, kBytes<T>);
    one(in + width - kBytes<T>, kBytes<T>, out + i);
  }
  return fits;
}

template <class T>
bool from_bytes(std::span<const uint8_t> bytes, T* out) noexcept {
  constexpr size_t kRoom = kBytes<T>;
  if (bytes.size() > kRoom) {
    if (!only_sign(bytes.data(), bytes.size(), kRoom)) return false;
    bytes = bytes.last(kRoom);
  }
  uint8_t whole[kRoom];
  std::memset(whole, !bytes.empty() && (bytes[0] & 0x80) != 0 ? 0xFF : 0, kRoom);
  if (!bytes.empty()) std::memcpy(whole + kRoom - bytes.size(), bytes.data(), bytes.size());
  one(whole, kRoom, out);
  return true;
}

}  // namespace

bool fixed_decimals(const uint8_t* in, size_t width, size_t n, int32_t* out) noexcept {
  return convert(in, width, n, out);
}
bool fixed_decimals(const uint8_t* in, size_t width, size_t n, int64_t* out) noexcept {
  return convert(in, width, n, out);
}
bool fixed_decimals(const uint8_t* in, size_t width, size_t n, Int128* out) noexcept {
  return convert(in, width, n, out);
}
bool fixed_decimals(const uint8_t* in, size_t width, size_t n, Int256* out) noexcept {
  return convert(in, width, n, out);
}

bool decimal_from_bytes(std::span<const uint8_t> bytes, Int128* out) noexcept {
  return from_bytes(bytes, out);
}
bool decimal_from_bytes(std::span<const uint8_t> bytes, Int256* out) noexcept {
  return from_bytes(bytes, out);
}

}  // namespace veneer::encoding
