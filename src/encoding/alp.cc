#include "encoding/alp.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/bits.h"
#include "base/cursor.h"
#include "base/macros.h"
#include "base/text.h"
#include "encoding/bit_unpack.h"
#include "encoding/errors.h"

namespace veneer::encoding {
namespace {

// Literals, as the compiler rounds them correctly; AlpEncoding.md forbids computing them.
template <class T>
struct Constants;
template <>
struct Constants<float> {
  static constexpr unsigned kMaxExponent = 10;
  static constexpr float kPowers[] = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f,
                                      1e6f, 1e7f, 1e8f, 1e9f, 1e10f};
  static constexpr float kInverses[] = {1e-0f, 1e-1f, 1e-2f, 1e-3f, 1e-4f, 1e-5f,
                                        1e-6f, 1e-7f, 1e-8f, 1e-9f, 1e-10f};
};
template <>
struct Constants<double> {
  static constexpr unsigned kMaxExponent = 18;
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                       1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  static constexpr double kInverses[] = {1e-0,  1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,
                                         1e-7,  1e-8,  1e-9,  1e-10, 1e-11, 1e-12, 1e-13,
                                         1e-14, 1e-15, 1e-16, 1e-17, 1e-18};
};

constexpr size_t kHeader = 7;
constexpr size_t kDeltasAtOnce = 256;

// The x87 would keep the first product in extended precision, and round twice. (Factors are handed
// by reference: GCC cannot pass values from x87 code to SSE code.)
#if defined(__i386__) && defined(__GNUC__) && !defined(__clang__)
#define VENEER_SSE_MATH __attribute__((target("sse2,fpmath=sse"), noipa))
#else
#define VENEER_SSE_MATH
#endif

// "encoded * 10^f * 10^(-e)", each product rounded to T.
template <class T, class Unsigned>
VENEER_SSE_MATH void to_decimals(const Unsigned* deltas, size_t n, Unsigned reference,
                                 const T& factor, const T& inverse, T* out) {
  using Signed = std::make_signed_t<Unsigned>;
  const T up = factor, down = inverse;  // out does not change them
  for (size_t i = 0; i < n; ++i) {
    const auto encoded = static_cast<Signed>(static_cast<Unsigned>(deltas[i] + reference));
    const T scaled = static_cast<T>(encoded) * up;
    out[i] = scaled * down;
  }
}

#undef VENEER_SSE_MATH

}  // namespace

template <class T>
struct AlpDecoder<T>::Vector {
  unsigned exponent;
  unsigned factor;
  unsigned bit_width;
  size_t exceptions;
  Unsigned reference;
  const uint8_t* packed;
  const uint8_t* positions;
  const uint8_t* values;
};

template <class T>
Status AlpDecoder<T>::init(std::span<const uint8_t> bytes, MemoryPool* pool) {
  if (scratch_.pool() != pool) scratch_ = Buffer(pool);
  body_ = {};
  count_ = position_ = 0;
  kept_ = SIZE_MAX;
  if (bytes.empty()) return {};
  if (bytes.size() < kHeader) return corrupt_at("the header of an ALP page is cut", 0);
  if (bytes[0] != 0) {
    return Status::unsupported(concat({"ALP compression mode ", bytes[0]}));
  }
  if (bytes[1] != 0) {
    return Status::unsupported(concat({"ALP integer encoding ", bytes[1]}));
  }
  log_size_ = bytes[2];
  if (log_size_ < 3 || log_size_ > 15) {
    return bad_value("the binary logarithm of ALP's vector size", log_size_, "not 3 to 15");
  }
  const auto count = load_le<int32_t>(bytes.data() + 3);
  if (count < 0) return bad_value("the value count of an ALP page", count, "below zero");
  body_ = bytes.subspan(kHeader);
  const uint64_t vectors =
      (static_cast<uint64_t>(count) + (uint64_t{1} << log_size_) - 1) >> log_size_;
  if (vectors > body_.size() / 4) {
    return corrupt_at(concat({"ALP's offset array of ", vectors, " vectors is cut"}), kHeader);
  }
  for (size_t i = 0; i < vectors; ++i) {
    const auto offset = load_le<uint32_t>(body_.data() + 4 * i);
    if (offset < vectors * 4 || offset >= body_.size()) {
      return bad_value(
          concat({"the offset of ALP vector ", i}), offset,
          concat({"outside of the vectors' bytes, ", vectors * 4, " to ", body_.size()}));
    }
  }
  count_ = static_cast<size_t>(count);
  return {};
}

template <class T>
size_t AlpDecoder<T>::values_of(size_t vector) const noexcept {
  return std::min(size_t{1} << log_size_, count_ - (vector << log_size_));
}

template <class T>
Status AlpDecoder<T>::parse(size_t vector, Vector* parsed) const {
  const size_t offset = load_le<uint32_t>(body_.data() + 4 * vector);
  const size_t n = values_of(vector);
  const size_t place = kHeader + offset;
  ByteCursor cursor(body_.subspan(offset));
  uint8_t exponent, factor, bit_width;
  uint16_t exceptions;
  if (!cursor.read_le(&exponent) || !cursor.read_le(&factor) || !cursor.read_le(&exceptions) ||
      !cursor.read_le(&parsed->reference) || !cursor.read_le(&bit_width)) {
    return corrupt_at("the header of an ALP vector is cut", place);
  }
  if (exponent > Constants<T>::kMaxExponent || factor > exponent) {
    return corrupt_at(concat({"ALP exponent ", exponent, " and factor ", factor}), place);
  }
  if (bit_width > 8 * sizeof(T)) {
    return corrupt_at(concat({"an ALP bit width of ", bit_width}), place);
  }
  if (exceptions > n) {
    return corrupt_at(concat({exceptions, " ALP exceptions for ", n, " values"}), place);
  }
  std::span<const uint8_t> packed, positions, values;
  if (!cursor.read_bytes(bytes_for_bits(n * bit_width), &packed) ||
      !cursor.read_bytes(size_t{exceptions} * 2, &positions) ||
      !cursor.read_bytes(size_t{exceptions} * sizeof(T), &values)) {
    return corrupt_at("an ALP vector runs past the end of the page", place);
  }
  parsed->exponent = exponent;
  parsed->factor = factor;
  parsed->bit_width = bit_width;
  parsed->exceptions = exceptions;
  parsed->packed = packed.data();
  parsed->positions = positions.data();
  parsed->values = values.data();
  return {};
}

template <class T>
Status AlpDecoder<T>::decode_vector(size_t vector, T* out) const {
  Vector v;
  VENEER_CHECK(parse(vector, &v));
  const size_t n = values_of(vector);
  const T& factor = Constants<T>::kPowers[v.factor];
  const T& inverse = Constants<T>::kInverses[v.exponent];
  Unsigned deltas[kDeltasAtOnce + 64 / sizeof(Unsigned)];
  for (size_t done = 0; done < n; done += kDeltasAtOnce) {
    const size_t count = std::min(kDeltasAtOnce, n - done);
    unpack(v.packed, uint64_t{done} * v.bit_width, v.bit_width, deltas, count);
    to_decimals(deltas, count, v.reference, factor, inverse, out + done);
  }
  for (size_t i = 0; i < v.exceptions; ++i) {
    const size_t at = load_le<uint16_t>(v.positions + 2 * i);
    if (at >= n) {
      return bad_value("an ALP exception's position", static_cast<int64_t>(at),
                       concat({"but its vector has ", n, " values"}));
    }
    const auto bits = load_le<Unsigned>(v.values + sizeof(T) * i);
    std::memcpy(out + at, &bits, sizeof(T));
  }
  return {};
}

template <class T>
Status AlpDecoder<T>::decode(T* out, size_t n) {
  if (n > values_left()) return ends_early("ALP values", values_left(), n);
  while (n != 0) {
    const size_t vector = position_ >> log_size_;
    const size_t begin = position_ - (vector << log_size_);
    const size_t size = values_of(vector);
    const size_t count = std::min(n, size - begin);
    if (count == size) {
      VENEER_CHECK(decode_vector(vector, out));
    } else {
      if (kept_ != vector) {
        VENEER_CHECK(scratch_.resize_discard(size * sizeof(T)));
        kept_ = SIZE_MAX;
        VENEER_CHECK(decode_vector(vector, scratch_.as<T>()));
        kept_ = vector;
      }
      std::memcpy(out, scratch_.as<T>() + begin, count * sizeof(T));
    }
    position_ += count;
    out += count;
    n -= count;
  }
  return {};
}

template <class T>
Status AlpDecoder<T>::skip(size_t n) {
  if (n > values_left()) return ends_early("ALP values", values_left(), n);
  position_ += n;
  return {};
}

template class AlpDecoder<float>;
template class AlpDecoder<double>;

}  // namespace veneer::encoding
