// Plain, slow encoders of every encoding, written from the specification, to decode what they make.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/bits.h"

namespace reference {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

/// Input as decoders want it: 64 readable bytes behind the end, of garbage, and not one more, so
/// that AddressSanitizer sees a load that goes too far.
class Padded {
 public:
  explicit Padded(const Bytes& bytes) : size_(bytes.size()), data_(new uint8_t[size_ + 64]) {
    if (size_ != 0) std::memcpy(data_.get(), bytes.data(), size_);
    std::memset(data_.get() + size_, 0xA5, 64);
  }
  operator std::span<const uint8_t>() const { return {data_.get(), size_}; }  // NOLINT
  const uint8_t* data() const { return data_.get(); }

 private:
  size_t size_;
  std::unique_ptr<uint8_t[]> data_;
};

/// Output as decoders want it: n values and 64 bytes more.
template <class T>
class Room {
 public:
  explicit Room(size_t n) : n_(n), values_(n + (64 + sizeof(T) - 1) / sizeof(T)) {}
  T* data() { return values_.data(); }
  T& operator[](size_t i) { return values_[i]; }
  std::vector<T> get() const { return {values_.begin(), values_.begin() + n_}; }

 private:
  size_t n_;
  std::vector<T> values_;
};

inline uint64_t low_bits(unsigned width) { return width == 0 ? 0 : ~uint64_t{0} >> (64 - width); }

inline Bytes pack(const std::vector<uint64_t>& values, unsigned width) {
  Bytes out((values.size() * width + 7) / 8);
  size_t bit = 0;
  for (uint64_t value : values) {
    for (unsigned k = 0; k < width; ++k, ++bit) {
      out[bit / 8] = static_cast<uint8_t>(out[bit / 8] | (value >> k & 1) << (bit % 8));
    }
  }
  return out;
}

inline Bytes pack_msb_first(const std::vector<uint64_t>& values, unsigned width) {
  Bytes out((values.size() * width + 7) / 8);
  size_t bit = 0;
  for (uint64_t value : values) {
    for (unsigned k = width; k-- > 0; ++bit) {
      out[bit / 8] = static_cast<uint8_t>(out[bit / 8] | (value >> k & 1) << (7 - bit % 8));
    }
  }
  return out;
}

inline void append(Bytes* out, const Bytes& more) {
  out->insert(out->end(), more.begin(), more.end());
}

template <class T>
void append_le(Bytes* out, T value) {
  uint8_t bytes[sizeof(T)];
  veneer::store_le(bytes, value);
  out->insert(out->end(), bytes, bytes + sizeof(T));
}

inline void varint(Bytes* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<uint8_t>(value | 0x80));
  out->push_back(static_cast<uint8_t>(value));
}

inline void zigzag(Bytes* out, int64_t value) {
  varint(out, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

inline void rle_run(Bytes* out, uint64_t count, uint32_t value, unsigned width) {
  varint(out, count << 1);
  for (unsigned k = 0; k < (width + 7) / 8; ++k)
    out->push_back(static_cast<uint8_t>(value >> 8 * k));
}

/// Values padded with zeros to whole groups of 8.
inline void packed_run(Bytes* out, std::vector<uint64_t> values, unsigned width) {
  values.resize((values.size() + 7) / 8 * 8);
  varint(out, values.size() / 8 << 1 | 1);
  append(out, pack(values, width));
}

/// Repeated runs where 8 or more values are equal, bit-packed groups elsewhere.
inline Bytes rle(const std::vector<uint32_t>& values, unsigned width) {
  Bytes out;
  std::vector<uint64_t> pending;
  for (size_t i = 0; i < values.size();) {
    size_t end = i;
    while (end < values.size() && values[end] == values[i]) ++end;
    if (end - i >= 8 && pending.size() % 8 == 0) {
      if (!pending.empty()) packed_run(&out, pending, width);
      pending.clear();
      rle_run(&out, end - i, values[i], width);
      i = end;
    } else {
      pending.push_back(values[i++]);
    }
  }
  if (!pending.empty()) packed_run(&out, pending, width);
  return out;
}

/// Values with runs of many lengths.
inline std::vector<uint32_t> runs(Random& random, size_t n, unsigned width) {
  std::vector<uint32_t> values;
  while (values.size() < n) {
    const size_t kind = random() % 4;
    const size_t count = kind == 0 ? random() % 300 : kind == 1 ? random() % 20 : random() % 40;
    const auto one = static_cast<uint32_t>(random() & low_bits(width));
    for (size_t i = 0; i < count && values.size() < n; ++i) {
      values.push_back(kind < 2 ? one : static_cast<uint32_t>(random() & low_bits(width)));
    }
  }
  return values;
}

struct DeltaShape {
  size_t block = 128;
  size_t miniblocks = 4;
  bool garbage_widths = false;  // of miniblocks that no value needs
  bool cut_padding = false;     // of the last miniblock
  unsigned extra_bits = 0;      // more than the values need
};

template <class T>
Bytes delta(const std::vector<T>& values, DeltaShape shape = {}) {
  using U = std::make_unsigned_t<T>;
  Bytes out;
  varint(&out, shape.block);
  varint(&out, shape.miniblocks);
  varint(&out, values.size());
  zigzag(&out, values.empty() ? 0 : values[0]);
  const size_t each = shape.block / shape.miniblocks;
  for (size_t begin = 1; begin < values.size(); begin += shape.block) {
    const size_t end = std::min(values.size(), begin + shape.block);
    std::vector<U> deltas;
    for (size_t i = begin; i < end; ++i) {
      deltas.push_back(static_cast<U>(static_cast<U>(values[i]) - static_cast<U>(values[i - 1])));
    }
    T least = static_cast<T>(deltas[0]);
    for (U d : deltas) least = std::min(least, static_cast<T>(d));
    for (U& d : deltas) d = static_cast<U>(d - static_cast<U>(least));
    zigzag(&out, least);
    Bytes bodies;
    for (size_t m = 0; m < shape.miniblocks; ++m) {
      if (m * each >= deltas.size()) {
        out.push_back(shape.garbage_widths ? uint8_t{200} : uint8_t{0});
        continue;
      }
      std::vector<uint64_t> mini(deltas.begin() + m * each,
                                 deltas.begin() + std::min(deltas.size(), (m + 1) * each));
      uint64_t all = 0;
      for (uint64_t d : mini) all |= d;
      const unsigned width = std::min(64u, veneer::bit_width(all) + shape.extra_bits);
      out.push_back(static_cast<uint8_t>(width));
      const bool last = begin + m * each + mini.size() == values.size();
      if (!(last && shape.cut_padding)) mini.resize(each);
      append(&bodies, pack(mini, width));
    }
    append(&out, bodies);
  }
  return out;
}

inline Bytes plain(const std::vector<std::string>& values) {
  Bytes out;
  for (const std::string& s : values) {
    append_le(&out, static_cast<uint32_t>(s.size()));
    out.insert(out.end(), s.begin(), s.end());
  }
  return out;
}

inline Bytes delta_length(const std::vector<std::string>& values, DeltaShape shape = {}) {
  std::vector<int32_t> lengths;
  Bytes body;
  for (const std::string& s : values) {
    lengths.push_back(static_cast<int32_t>(s.size()));
    body.insert(body.end(), s.begin(), s.end());
  }
  Bytes out = delta(lengths, shape);
  append(&out, body);
  return out;
}

inline Bytes delta_byte_array(const std::vector<std::string>& values, std::string previous = {},
                              DeltaShape shape = {}) {
  std::vector<int32_t> prefixes;
  std::vector<std::string> suffixes;
  for (const std::string& s : values) {
    size_t shared = 0;
    while (shared < std::min(s.size(), previous.size()) && s[shared] == previous[shared]) ++shared;
    prefixes.push_back(static_cast<int32_t>(shared));
    suffixes.push_back(s.substr(shared));
    previous = s;
  }
  Bytes out = delta(prefixes, shape);
  append(&out, delta_length(suffixes, shape));
  return out;
}

inline Bytes byte_stream_split(const Bytes& values, size_t width) {
  Bytes out;
  for (size_t k = 0; k < width; ++k) {
    for (size_t i = k; i < values.size(); i += width) out.push_back(values[i]);
  }
  return out;
}

/// Strings of many lengths that share prefixes.
inline std::vector<std::string> strings(Random& random, size_t n, size_t longest) {
  std::vector<std::string> values;
  std::string last;
  for (size_t i = 0; i < n; ++i) {
    last.resize(random() % (last.size() + 1));
    const size_t more = random() % 8 == 0 ? random() % (longest + 1) : random() % 8;
    for (size_t k = 0; k < more && last.size() < longest; ++k) {
      last.push_back(static_cast<char>(random()));
    }
    values.push_back(last);
  }
  return values;
}

template <class T>
T decimal_power(int exponent) {
  static const char* const kText[] = {
      "1e-18", "1e-17", "1e-16", "1e-15", "1e-14", "1e-13", "1e-12", "1e-11", "1e-10", "1e-9",
      "1e-8",  "1e-7",  "1e-6",  "1e-5",  "1e-4",  "1e-3",  "1e-2",  "1e-1",  "1e0",   "1e1",
      "1e2",   "1e3",   "1e4",   "1e5",   "1e6",   "1e7",   "1e8",   "1e9",   "1e10",  "1e11",
      "1e12",  "1e13",  "1e14",  "1e15",  "1e16",  "1e17",  "1e18"};
  const char* text = kText[exponent + 18];
  if constexpr (sizeof(T) == 4) {
    return std::strtof(text, nullptr);
  } else {
    return std::strtod(text, nullptr);
  }
}

/// One vector of AlpEncoding.md, from integers and exceptions as they are stored.
template <class T>
Bytes alp_vector(
    const std::vector<std::make_signed_t<std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>>&
        encoded,
    const std::vector<std::pair<uint16_t, T>>& exceptions, unsigned exponent, unsigned factor) {
  using U = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  const auto least = *std::min_element(encoded.begin(), encoded.end());
  std::vector<uint64_t> deltas;
  uint64_t all = 0;
  for (auto e : encoded) {
    deltas.push_back(static_cast<U>(static_cast<U>(e) - static_cast<U>(least)));
    all |= deltas.back();
  }
  const auto width = static_cast<unsigned>(veneer::bit_width(all));
  Bytes out = {static_cast<uint8_t>(exponent), static_cast<uint8_t>(factor)};
  append_le(&out, static_cast<uint16_t>(exceptions.size()));
  append_le(&out, least);
  out.push_back(static_cast<uint8_t>(width));
  append(&out, pack(deltas, width));
  for (const auto& [at, value] : exceptions) append_le(&out, at);
  for (const auto& [at, value] : exceptions) {
    U bits;
    std::memcpy(&bits, &value, sizeof(T));
    append_le(&out, bits);
  }
  return out;
}

inline Bytes alp_page(const std::vector<Bytes>& vectors, unsigned log_size, size_t count) {
  Bytes out = {0, 0, static_cast<uint8_t>(log_size)};
  append_le(&out, static_cast<int32_t>(count));
  size_t offset = vectors.size() * 4;
  for (const Bytes& v : vectors) {
    append_le(&out, static_cast<uint32_t>(offset));
    offset += v.size();
  }
  for (const Bytes& v : vectors) append(&out, v);
  return out;
}

/// A page of values, with one exponent and factor, and exceptions where those do not give a value
/// back.
template <class T>
Bytes alp(const std::vector<T>& values, unsigned log_size, unsigned exponent, unsigned factor) {
  using S = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  using U = std::make_unsigned_t<S>;
  std::vector<Bytes> vectors;
  const size_t size = size_t{1} << log_size;
  for (size_t begin = 0; begin < values.size(); begin += size) {
    const size_t n = std::min(size, values.size() - begin);
    std::vector<S> encoded(n);
    std::vector<std::pair<uint16_t, T>> exceptions;
    for (size_t i = 0; i < n; ++i) {
      const T value = values[begin + i];
      const volatile T up = value * decimal_power<T>(static_cast<int>(exponent));
      const volatile T scaled = up * decimal_power<T>(-static_cast<int>(factor));
      bool exact = false;
      if (scaled > static_cast<T>(-1e9) && scaled < static_cast<T>(1e9)) {
        encoded[i] = static_cast<S>(scaled + (scaled < 0 ? T(-0.5) : T(0.5)));
        const volatile T back =
            static_cast<T>(encoded[i]) * decimal_power<T>(static_cast<int>(factor));
        const volatile T decoded = back * decimal_power<T>(-static_cast<int>(exponent));
        const T plain = decoded;
        U a, b;
        std::memcpy(&a, &plain, sizeof(T));
        std::memcpy(&b, &value, sizeof(T));
        exact = a == b;
      }
      if (!exact) {
        encoded[i] = 0;
        exceptions.emplace_back(static_cast<uint16_t>(i), value);
      }
    }
    vectors.push_back(alp_vector<T>(encoded, exceptions, exponent, factor));
  }
  return alp_page(vectors, log_size, values.size());
}

/// Reads `n` values in pieces of random sizes, some of them skipped; calls `read(begin, count)` and
/// `skip(count)`.
template <class Read, class Skip>
void in_pieces(Random& random, size_t n, Read read, Skip skip) {
  for (size_t at = 0; at < n;) {
    const size_t most = random() % 3 == 0 ? 5 : random() % 2 == 0 ? 100 : 3000;
    const size_t count = std::min(n - at, static_cast<size_t>(random() % (most + 1)));
    if (random() % 4 == 0) {
      skip(count);
    } else {
      read(at, count);
    }
    at += count;
  }
}

}  // namespace reference
