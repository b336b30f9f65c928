// Byte strings that tests compose by hand. For tests only: grows freely, trusts its caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace veneer::test {

using Bytes = std::vector<uint8_t>;

/// `bytes(0x01, 'a', …)`.
template <class... T>
Bytes bytes(T... values) {
  return Bytes{static_cast<uint8_t>(values)...};
}

inline Bytes to_bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }

inline void append(Bytes& out, const Bytes& more) {
  out.insert(out.end(), more.begin(), more.end());
}
inline void append(Bytes& out, std::string_view more) {
  out.insert(out.end(), more.begin(), more.end());
}

/// The parts one after another.
inline Bytes concat(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) append(out, part);
  return out;
}

/// The low `width` bytes of `value`, least significant first.
inline void append_le(Bytes& out, uint64_t value, int width) {
  for (int i = 0; i < width; i++) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

/// The low `width` bytes of `value`, most significant first.
inline void append_be(Bytes& out, uint64_t value, int width) {
  for (int i = width - 1; i >= 0; i--) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

/// ULEB128.
inline void append_varint(Bytes& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value));
}

inline uint64_t zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ (value < 0 ? ~uint64_t{0} : 0);
}

inline void append_zigzag(Bytes& out, int64_t value) { append_varint(out, zigzag(value)); }

}  // namespace veneer::test
