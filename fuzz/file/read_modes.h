// One file read in every way that the library has, each held against the others.
#pragma once

#include "fuzz/support/feed.h"
#include "veneer/file.h"

namespace veneer::fuzz {

/// A running hash of values, row by row: the same however the rows were cut to batches.
class Digest {
 public:
  void add(const void* bytes, size_t size) {
    number(size);
    const auto* from = static_cast<const uint8_t*>(bytes);
    for (; size >= 8; size -= 8, from += 8) word(from, 8);
    if (size != 0) word(from, size);
  }
  void number(uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9E3779B97F4A7C15u;
    hash_ ^= hash_ >> 29;
  }
  bool operator==(const Digest&) const = default;

 private:
  void word(const uint8_t* from, size_t size) {
    uint64_t value = 0;
    std::memcpy(&value, from, size);
    number(value);
  }
  uint64_t hash_ = 14695981039346656037u;
};

/// Adds entry `i` of a column and all below it, each offset and index held to its bounds.
void add_value(const Column& column, size_t i, Digest* digest);

/// What a file may take: far more than its bytes can hold legitimately, far less than a machine
/// has.
Limits fuzz_limits();

/// Opens the bytes: as memory that can be viewed, or so that everything is read.
Result<File> open_bytes(std::span<const uint8_t> bytes, bool viewed);

/// Everything that an open file says of itself: footer, indexes, bloom filters.
void read_metadata(const File& file);

/// All columns in one go; then, as the bits of `ways` choose, in small batches, tiny ones,
/// dictionary-preserving, column by column, INT96 as numbers, by rows, by row groups, by two
/// threads, and every page at every detail. What is read whole must give the same values in each
/// way.
void read_every_way(const File& viewed, const File& read, uint32_t ways);

/// Two of the ways for a number: an input is read in few, its mutants in the others.
inline uint32_t two_ways(uint32_t number) { return 1u << number % 9 | 1u << number / 9 % 9; }

}  // namespace veneer::fuzz
