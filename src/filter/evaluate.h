// Which of some decoded values a condition keeps, in bulk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "filter/bind.h"

namespace veneer::filter {

/// Decoded values of a leaf, nulls included as anything.
struct Values {
  /// Values as a Column has them: of `width` bytes each, booleans being bits.
  const void* data = nullptr;
  size_t width = 0;
  size_t size = 0;
  /// One bit a value, set where it is not null; null pointer where none is.
  const uint8_t* validity = nullptr;
  /// What the views of a BYTE_ARRAY column point into.
  std::span<const std::span<const uint8_t>> buffers;
  /// BYTE_ARRAY values as views; else their bytes.
  bool views = false;
};

/// Bits of nulls become what `keep` says; those of values stay. No validity, no nulls.
void apply_nulls(const uint8_t* validity, size_t n, bool keep, uint8_t* bits) noexcept;

/// A term made ready for a leaf. Not for several threads at once.
class Evaluator {
 public:
  Evaluator(const Term& term, const KeyType& type, const Leaf& leaf);

  /// Bit i of `bits` becomes whether value i is kept. `bits` has room for 64 bits more.
  void evaluate(const Values& values, uint8_t* bits);

 private:
  void numbers(const Values& values, uint8_t* bits);
  void wide(const Values& values, uint8_t* bits) const;
  void bytes(const Values& values, uint8_t* bits) const;
  bool keeps(std::string_view value) const noexcept;

  const Term& term_;
  KeyType type_;
  bool int96_;
  /// Of numbers: a value is kept where begins_inside differs from the parity of the thresholds that
  /// are not greater than it.
  std::vector<int64_t> thresholds_;
  std::vector<int64_t> scratch_;
};

}  // namespace veneer::filter
