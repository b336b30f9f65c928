// DELTA_BINARY_PACKED: blocks of bit-packed differences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "encoding/kernels.h"
#include "veneer/status.h"

namespace veneer::encoding {

/// Encodings.md, "DELTAENC". T is int32_t or int64_t; arithmetic wraps.
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. Outputs have room for 64 bytes behind the last value. No memory is taken; work is
/// bounded by the bytes and the values asked for. Copies are cheap and independent. After an error
/// the decoder is spent.
///
/// What is read beyond the letter of the spec: miniblocks of any multiple of 8 values, bit widths
/// above T's own (their low bits count), a last miniblock without its padding, and no bytes at all
/// as a stream of no values.
template <class T>
class DeltaDecoder {
  static_assert(std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>);

 public:
  /// Reads the header.
  [[gnu::cold]] Status init(std::span<const uint8_t> bytes);
  /// The header's value count: a claim, at most 2^31 - 1.
  size_t value_count() const noexcept { return count_; }
  size_t values_left() const noexcept { return left_; }
  Status decode(T* out, size_t n);
  Status skip(size_t n);
  /// How many bytes the whole stream takes, from the header to the last miniblock; the values left
  /// are walked over without being unpacked.
  Status find_end(size_t* bytes) const;

 private:
  using U = std::make_unsigned_t<T>;

  Status next_miniblock();
  Status read_block_header();
  void take(U* out, size_t n);

  const Kernels* kernels_ = nullptr;
  const uint8_t* begin_ = nullptr;
  const uint8_t* next_ = nullptr;  // behind the current miniblock
  const uint8_t* end_ = nullptr;
  const uint8_t* widths_ = nullptr;
  const uint8_t* packed_ = nullptr;
  uint64_t packed_bit_ = 0;
  size_t count_ = 0;
  size_t left_ = 0;         // values not yet given
  size_t values_each_ = 0;  // of a full miniblock
  size_t miniblocks_ = 0;   // of a block
  size_t index_ = 0;        // of the next miniblock in its block
  size_t mini_left_ = 0;    // values not yet given of the current miniblock
  U last_ = 0;
  U min_delta_ = 0;
  unsigned width_ = 0;
  bool first_ = false;  // last_ is the header's first value and not yet given
};

}  // namespace veneer::encoding
