// A Thrift value as a tree that a test can edit field by field before it becomes bytes.
//
// Fields keep the order in which they were set, may repeat and may have any number and type: a tree
// can say everything that the compact protocol can, right or wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/bytes.h"

namespace veneer::test {

class Thrift {
 public:
  /// The compact protocol's element types; a boolean is `true_` or `false_` by its value.
  enum class Kind : uint8_t {
    true_ = 1,
    false_ = 2,
    i8 = 3,
    i16 = 4,
    i32 = 5,
    i64 = 6,
    double_ = 7,
    binary = 8,
    list = 9,
    set = 10,
    structure = 12,
  };

  /// An empty struct.
  Thrift() = default;

  static Thrift boolean(bool value);
  static Thrift i8(int8_t value) { return integer(Kind::i8, value); }
  static Thrift i16(int16_t value) { return integer(Kind::i16, value); }
  static Thrift i32(int32_t value) { return integer(Kind::i32, value); }
  static Thrift i64(int64_t value) { return integer(Kind::i64, value); }
  static Thrift float64(double value);
  static Thrift binary(std::string_view value);
  static Thrift binary(const Bytes& value);
  /// All elements are of `kind`; for booleans either of the two will do.
  static Thrift list(Kind kind, std::vector<Thrift> elements);
  /// A struct of one field, as unions are.
  static Thrift structure(int16_t id, Thrift value) { return Thrift().set(id, std::move(value)); }

  // --- structs
  /// Replaces field `id`, or puts it before the first field of a higher number.
  Thrift& set(int16_t id, Thrift value) &;
  Thrift&& set(int16_t id, Thrift value) && { return std::move(set(id, std::move(value))); }
  /// Puts a field last, whatever its number and whether or not there is one already.
  Thrift& add(int16_t id, Thrift value) &;
  /// Takes field `id` away, if there.
  Thrift& drop(int16_t id) &;
  /// Field `id` of a struct, which must be there.
  Thrift& field(int16_t id);
  bool has(int16_t id) const;

  // --- lists
  std::vector<Thrift>& elements() { return items_; }

  /// The value in the compact protocol; a struct with its stop byte.
  Bytes bytes() const;

 private:
  static Thrift integer(Kind kind, int64_t value);
  void write(Bytes& out) const;
  size_t index_of(int16_t id) const;

  Kind kind_ = Kind::structure;
  Kind element_kind_ = Kind::structure;
  int64_t integer_ = 0;  // integers, and a double's bits
  Bytes binary_;
  std::vector<Thrift> items_;  // elements of a list, or values of a struct's fields
  std::vector<int16_t> ids_;   // of a struct's fields
};

}  // namespace veneer::test
