// The RLE / bit-packing hybrid: levels, dictionary indices, booleans.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoding/kernels.h"
#include "veneer/status.h"

namespace veneer::encoding {

/// Encodings.md, "RLE": a stream of runs of values of one bit width, without the length prefix.
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. No memory is taken, whatever the headers claim; work is bounded by the bytes and the
/// values asked for. Copies are cheap and independent. After an error the decoder is spent.
///
/// What is read beyond the letter of the spec: runs of any length, also of zero; a last bit-packed
/// run that is cut short (writers drop the padding of its last group of 8) gives the values that
/// its bytes hold.
class RleDecoder {
 public:
  /// `bit_width` is 0 to 32.
  Status init(std::span<const uint8_t> bytes, unsigned bit_width);

  /// The next n values; out has room for 64 bytes behind out + n. T is uint8_t, uint16_t or
  /// uint32_t, at least as wide as the bit width.
  template <class T>
  Status decode(T* out, size_t n);
  Status skip(size_t n);
  /// The next n values of width 1 as bits [begin_bit, begin_bit + n) of `bits`, LSB first; bits
  /// outside keep their values. Adds the ones among them to *set_count.
  Status decode_bitmap(uint8_t* bits, size_t begin_bit, size_t n, size_t* set_count);

  // For callers that treat long runs as a whole.

  /// Makes the current run one that has values left. False at the end of the data and on a run that
  /// is corrupt; failure() then says which.
  bool load() noexcept { return left_ != 0 || load_run(); }
  /// After load(): whether the run is one repeated value, which value, and how many are left.
  bool repeated() const noexcept { return repeated_; }
  uint32_t repeated_value() const noexcept { return value_; }
  uint64_t run_left() const noexcept { return left_; }
  /// After load(): takes n <= run_left() values of the current run.
  void consume(size_t n) noexcept {
    left_ -= n;
    packed_bit_ += uint64_t{n} * width_;
  }
  /// Repeated runs of at least this many values are worth treating as a whole.
  static constexpr size_t kLongRun = 64;
  /// After load(), with the current run not a long repeated one: decodes up to n values, stopping
  /// before a long repeated run or anything that load() would refuse. Returns how many, > 0 for
  /// n > 0.
  template <class T>
  size_t decode_short_runs(T* out, size_t n) noexcept;
  /// Why load() gave false, when `done` of `asked` values of `what` had been decoded.
  Status failure(std::string_view what, size_t done, size_t asked) const;

  unsigned bit_width() const noexcept { return width_; }

 private:
  enum class Failure : uint8_t { end, cut_header, cut_value, wide_value };

  bool load_run() noexcept;
  [[gnu::cold]] bool refuse_run(const uint8_t* run, Failure failure) noexcept;
  template <class T>
  void take(T* out, size_t n) noexcept;

  const Kernels* kernels_ = nullptr;
  const uint8_t* begin_ = nullptr;
  const uint8_t* next_ = nullptr;  // behind the current run
  const uint8_t* end_ = nullptr;
  const uint8_t* failed_at_ = nullptr;
  const uint8_t* packed_ = nullptr;
  uint64_t packed_bit_ = 0;  // of the next value of a bit-packed run
  uint64_t left_ = 0;        // values of the current run
  uint32_t value_ = 0;
  unsigned width_ = 0;
  bool repeated_ = false;
  Failure failure_ = Failure::end;
};

}  // namespace veneer::encoding
