// A Thrift struct as a tree that a mutator can change: read from any bytes, changed, written back.
#pragma once

#include <optional>
#include <random>

#include "fuzz/support/feed.h"

namespace veneer::fuzz {

struct ThriftValue {
  uint8_t type = 12;               ///< the wire type; booleans are 1 or 2 by their value
  int64_t integer = 0;             ///< integers
  Bytes bytes;                     ///< binaries, and a double's or UUID's bytes
  uint8_t element_type = 12;       ///< of lists and sets
  std::vector<int16_t> ids;        ///< of a struct's fields
  std::vector<ThriftValue> items;  ///< a list's elements, a struct's values

  /// The value of field `id` of a struct, or null.
  ThriftValue* field(int16_t id);

  /// The struct at the front of `bytes`; *used tells how many bytes it takes. Nothing for what is
  /// none, for maps (Parquet has none), and for trees of more than some thousand values.
  static std::optional<ThriftValue> parse(std::span<const uint8_t> bytes, size_t* used);
  Bytes write() const;
};

/// Changes one value somewhere in the tree: an integer to one that hurts, a binary, a list's
/// length, a field's presence, number or type.
void mutate(ThriftValue* tree, std::minstd_rand& random);

/// libFuzzer's own mutation of a piece of bytes, which may grow to `most`.
void mutate_bytes(Bytes* bytes, size_t most);

}  // namespace veneer::fuzz
