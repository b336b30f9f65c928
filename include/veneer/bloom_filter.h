// Bloom filters: what a column chunk certainly does not hold.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "veneer/status.h"
#include "veneer/types.h"

#pragma GCC visibility push(default)
namespace veneer {

/// The split block bloom filter of one column chunk (BloomFilter.md of the format). Immutable;
/// copies share the bitset, and any thread may ask.
///
/// "False" is certain: no value of the chunk is the one asked for. "True" means perhaps. Values are
/// hashed as the format's PLAIN encoding stores them, so they must have the column's own physical
/// type: an INT32 column is asked with 4-byte integers, whatever its logical type.
class BloomFilter {
 public:
  static constexpr size_t kBlockBytes = 32;

  /// A filter over a bitset as the file holds it, which `storage` keeps alive. invalid_argument
  /// where its size is zero, no multiple of 32, or 2^31 blocks or more.
  static Result<BloomFilter> over(std::span<const uint8_t> bitset,
                                  std::shared_ptr<const void> storage);

  /// xxHash64 with seed 0 of a value's PLAIN bytes (a BYTE_ARRAY's without its length).
  static uint64_t hash(std::string_view plain_bytes) noexcept;

  /// May a value of this hash be there?
  bool check_hash(uint64_t hash) const noexcept;
  /// BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY, and any type by its PLAIN bytes.
  bool check(std::string_view plain_bytes) const noexcept { return check_hash(hash(plain_bytes)); }
  /// INT32 and INT64 by the width of T; signed and unsigned are the same bits.
  template <class T>
  requires(std::integral<T> && !std::same_as<T, bool> &&
           (sizeof(T) == 4 || sizeof(T) == 8)) bool check(T value) const noexcept {
    return check_little_endian(static_cast<uint64_t>(value), sizeof(T));
  }
  /// FLOAT and DOUBLE. A zero asks for both zeros; a NaN, which has many forms, is always perhaps.
  bool check(float value) const noexcept;
  bool check(double value) const noexcept;
  /// INT96, as stored.
  bool check(const Int96& value) const noexcept;

  /// Bytes of the bitset.
  size_t size_bytes() const noexcept { return bitset_.size(); }
  size_t num_blocks() const noexcept { return bitset_.size() / kBlockBytes; }
  /// The bitset as the file holds it; lives as long as a copy of this filter.
  std::span<const uint8_t> bitset() const noexcept { return bitset_; }

 private:
  BloomFilter(std::span<const uint8_t> bitset, std::shared_ptr<const void> storage) noexcept
      : bitset_(bitset), storage_(std::move(storage)) {}
  bool check_little_endian(uint64_t bits, size_t width) const noexcept;

  std::span<const uint8_t> bitset_;
  std::shared_ptr<const void> storage_;
};

}  // namespace veneer
#pragma GCC visibility pop
