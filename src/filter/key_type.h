// The keys of a leaf: byte strings that memcmp orders as SQL orders the leaf's values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "veneer/filter.h"
#include "veneer/schema.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::filter {

/// Values whose order fits 64 bits are numbers, and kernels treat all of them alike: integers,
/// dates, times, decimals of up to 8 bytes, and floats, whose bits are made to ascend (-0 is +0;
/// NaNs are one value, above infinity). Their keys are the number's 8 bytes, most significant
/// first, with the sign turned. Wider decimals and INT96 have keys of 32 bytes; bytes are keys
/// themselves.
enum class KeyKind : uint8_t { none, number, wide, bytes };

/// What a number is made from.
enum class NumberForm : uint8_t {
  boolean,
  int32,
  uint32,
  int64,
  uint64,
  float16,
  float32,
  float64,
};

class KeyType {
 public:
  static KeyType of(const Leaf& leaf) noexcept;

  KeyKind kind() const noexcept { return kind_; }
  NumberForm form() const noexcept { return form_; }
  bool is_floating() const noexcept {
    return kind_ == KeyKind::number && form_ >= NumberForm::float16;
  }

  /// The key of a value by its PLAIN bytes, as statistics and dictionaries have them. False where
  /// they are no value of the type.
  bool from_plain(std::string_view plain, std::string* key) const;
  /// Form `i` of the PLAIN bytes that a value of this key may have, for bloom filters. False where
  /// there are no more: of a key that no value can have there is none. Precondition: has_plain.
  bool to_plain(std::string_view key, size_t i, std::string* plain) const;
  /// Whether to_plain tells all forms: not those of a NaN, nor how wide a writer makes a number.
  bool has_plain(std::string_view key) const noexcept;

  /// Where a literal lies among the keys.
  struct Position {
    enum class Fit : uint8_t {
      at,     ///< it is this key
      above,  ///< between this key and the next one
      least,  ///< before all keys
      most,   ///< behind all keys
    };
    Fit fit = Fit::at;
    std::string key;
  };
  /// invalid_argument, without the column's name, where the leaf takes no such literal.
  Status position(const Literal& literal, Position* out) const;

 private:
  explicit KeyType(const Leaf& leaf) noexcept : leaf_(&leaf) {}
  Status number_position(const Literal& literal, Position* out) const;
  Status temporal_position(const Literal& literal, Position* out) const;
  Status bytes_position(const Literal& literal, Position* out) const;

  const Leaf* leaf_;
  KeyKind kind_ = KeyKind::none;
  NumberForm form_ = NumberForm::int64;
};

/// Keys of numbers, and back.
std::string key_of_number(int64_t number);
int64_t number_of_key(std::string_view key) noexcept;
/// Floats as numbers that ascend. `bits` are those of a float of that many bytes.
int64_t number_of_float(uint64_t bits, size_t bytes) noexcept;
int64_t number_of_double(uint64_t bits) noexcept;
/// What every NaN is.
inline constexpr int64_t kNanNumber = INT64_MAX;

/// A 256-bit number, and the key that it has.
struct WideNumber {
  uint64_t words[4] = {};  ///< most significant first, two's complement
};
void key_of_wide(const WideNumber& number, char* key32) noexcept;
WideNumber wide_of_int96(const Int96& value) noexcept;

}  // namespace veneer::filter
