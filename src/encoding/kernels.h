// The inner loops that have a twin per instruction set, and the one table that chooses between
// them. The scalar twin is the specification; tests hold the others equal to it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veneer::encoding {

/// Contracts common to all: inputs are readable for 64 bytes behind their last byte, outputs are
/// writable for 64 bytes behind out + n (what lies there is unspecified afterwards), input and
/// output do not overlap unless the same pointer is both.
struct Kernels {
  /// n values of `width` bits each, packed from the least significant bit of each byte upwards; the
  /// first one starts at bit `bit` of `in`. `width` is at most 32 (unpack_u64: 64) and at most the
  /// bits of the output's type.
  void (*unpack_u8)(const uint8_t* in, uint64_t bit, unsigned width, uint8_t* out, size_t n);
  void (*unpack_u16)(const uint8_t* in, uint64_t bit, unsigned width, uint16_t* out, size_t n);
  void (*unpack_u32)(const uint8_t* in, uint64_t bit, unsigned width, uint32_t* out, size_t n);
  void (*unpack_u64)(const uint8_t* in, uint64_t bit, unsigned width, uint64_t* out, size_t n);

  /// The largest of n values; 0 for none.
  uint32_t (*max_u8)(const uint8_t* values, size_t n);
  uint32_t (*max_u16)(const uint16_t* values, size_t n);
  uint32_t (*max_u32)(const uint32_t* values, size_t n);

  /// In place: values[i] becomes `last` + the sum of values[0..i] + (i + 1) * step, wrapping.
  /// Returns the last of them, or `last` where n is 0.
  uint32_t (*sum_u32)(uint32_t* values, size_t n, uint32_t last, uint32_t step);
  uint64_t (*sum_u64)(uint64_t* values, size_t n, uint64_t last, uint64_t step);

  /// Spreads dense elements of 1, 2, 4 or 8 bytes over n slots: slot i takes the next one where bit
  /// begin + i of `bits` is set, and is zero elsewhere.
  void (*expand_1)(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, uint8_t* out);
  void (*expand_2)(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, uint8_t* out);
  void (*expand_4)(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, uint8_t* out);
  void (*expand_8)(const uint8_t* dense, const uint8_t* bits, size_t begin, size_t n, uint8_t* out);

  /// Byte k of value i is streams[k * stride + i]; 4 or 8 streams.
  void (*merge_4)(const uint8_t* streams, size_t stride, size_t n, uint8_t* out);
  void (*merge_8)(const uint8_t* streams, size_t stride, size_t n, uint8_t* out);

  /// Bit i of *mask is levels[i] == value, for i < n <= 64; the bits above are 0.
  uint64_t (*equal_mask)(const uint8_t* levels, size_t n, uint8_t value);
  /// Bit i of *mask is levels[i] >= value.
  uint64_t (*at_least_mask)(const uint8_t* levels, size_t n, uint8_t value);
};

/// The table for this machine, chosen once by cpu_features(). Safe from any thread.
const Kernels& kernels() noexcept;

const Kernels& scalar_kernels() noexcept;
/// Null where this build has none. What is in it may be called only where cpu_features() has the
/// instruction set.
const Kernels* avx2_kernels() noexcept;
const Kernels* avx512_kernels() noexcept;
const Kernels* neon_kernels() noexcept;

}  // namespace veneer::encoding
