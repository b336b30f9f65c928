// Values of a page as a writer would have encoded them, from few bytes of the input.
#pragma once

#include "fuzz/support/feed.h"
#include "veneer/types.h"

namespace veneer::fuzz {

/// A few values that a chunk's pages repeat.
struct Palette {
  PhysicalType type = PhysicalType::boolean;
  size_t length = 0;  // of FIXED_LEN_BYTE_ARRAY
  Bytes choices;      // at least one

  static Palette from(Feed& feed, PhysicalType type, size_t length);
  /// All of them as a dictionary page has them.
  Bytes dictionary() const { return plain(choices.size()); }
  /// `n` values, choices in turn from `first` on, in an encoding that the type has.
  Bytes encoded(Feed& feed, size_t n, bool dictionary, Encoding* encoding) const;

 private:
  Bytes plain(size_t n) const;
  int64_t number(size_t i) const;
  std::vector<std::string> strings(size_t n) const;
  template <class T>
  std::vector<T> numbers(size_t n) const;
};

}  // namespace veneer::fuzz
