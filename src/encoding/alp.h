// ALP: floating-point numbers as decimals, with exceptions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "base/memory.h"
#include "encoding/kernels.h"
#include "veneer/status.h"

namespace veneer::encoding {

/// AlpEncoding.md. T is float or double; values come out bit for bit as the specification's
/// "Decoding" defines them, exceptions with their exact bits.
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. Outputs have room for 64 bytes behind the last value. Reads that end within a vector
/// keep that vector (at most 32,768 values, charged to the pool). After an error the decoder is
/// spent.
template <class T>
class AlpDecoder {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);

 public:
  /// Checks the header and every vector's offset. Empty bytes are a page without values. May be
  /// called again for the next page.
  [[gnu::cold]] Status init(std::span<const uint8_t> bytes, MemoryPool* pool);
  /// The header's value count. Each vector of it has at least its own header in the bytes.
  size_t value_count() const noexcept { return count_; }
  size_t values_left() const noexcept { return count_ - position_; }
  Status decode(T* out, size_t n);
  Status skip(size_t n);

 private:
  using Unsigned = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  struct Vector;

  size_t values_of(size_t vector) const noexcept;
  Status parse(size_t vector, Vector* parsed) const;
  Status decode_vector(size_t vector, T* out) const;

  std::span<const uint8_t> body_;  // from the offset array on
  size_t count_ = 0;
  size_t position_ = 0;     // in values
  size_t kept_ = SIZE_MAX;  // the vector that scratch_ holds
  unsigned log_size_ = 0;
  Buffer scratch_;
};

}  // namespace veneer::encoding
