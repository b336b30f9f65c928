// A reader of Thrift's compact protocol over bytes that it does not own.
//
// Failure is sticky: once a read fails, every later one gives 0 or empty, next_field says that the
// struct is over, and `status` says what was wrong and where. So a parser reads a whole struct
// without a check and asks once at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bits.h"
#include "base/cursor.h"
#include "veneer/status.h"

namespace veneer::thrift {

/// Types as the compact protocol numbers them. In field headers a boolean's type is its value; as
/// an element of a list, set or map either number means a boolean of one byte.
enum class Type : uint8_t {
  stop = 0,
  bool_true = 1,
  bool_false = 2,
  i8 = 3,
  i16 = 4,
  i32 = 5,
  i64 = 6,
  float64 = 7,
  binary = 8,
  list = 9,
  set = 10,
  map = 11,
  structure = 12,
  uuid = 13,
};

/// The header of one field of a struct. The same object goes through all next_field calls of a
/// struct, since ids are stored as steps from the id before.
struct FieldHeader {
  int16_t id = 0;
  Type type = Type::stop;

  /// Id and type as one number, to switch on: `case key(3, Type::i64)`. A known id with a type that
  /// it should not have then falls to the default and is skipped, as an unknown field is.
  uint32_t key() const noexcept {
    return uint32_t{static_cast<uint16_t>(id)} << 8 | static_cast<uint32_t>(type);
  }
};
constexpr uint32_t key(uint16_t id, Type type) noexcept {
  return uint32_t{id} << 8 | static_cast<uint32_t>(type);
}

struct ListHeader {
  Type element = Type::stop;
  /// At most the bytes that are left, since every element takes one or more.
  uint32_t count = 0;
};

class Reader {
 public:
  /// Containers within containers that `skip` goes down into.
  static constexpr int kMaxNesting = 64;

  explicit Reader(std::span<const uint8_t> bytes) noexcept
      : begin_(bytes.data()), next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const noexcept { return reason_ == nullptr; }
  /// True where the failure is only that the bytes end too early.
  bool cut() const noexcept { return cut_; }
  /// `corrupt` with the reason, at `base_offset` plus the failed read's place; ok if none failed.
  Status status(int64_t base_offset) const;
  /// Makes the reader fail for a reason of the caller's, at the current place. The first failure
  /// stays. `reason` must outlive the reader.
  void fail(const char* reason) noexcept { fail_at(next_, reason, false); }

  size_t position() const noexcept { return static_cast<size_t>(next_ - begin_); }
  size_t remaining() const noexcept { return static_cast<size_t>(end_ - next_); }
  /// The bytes from `position` to the current one.
  std::span<const uint8_t> since(size_t position) const noexcept {
    return {begin_ + position, static_cast<size_t>(next_ - begin_) - position};
  }

  /// The next field of the struct; false at its end (or on failure). The caller then reads or skips
  /// the value.
  bool next_field(FieldHeader* field) noexcept {
    if (next_ == end_) [[unlikely]] {
      return fail_cut();
    }
    const uint8_t head = *next_++;
    field->type = static_cast<Type>(head & 0x0F);
    if (field->type == Type::stop) {
      // Only a zero byte ends a struct; a step before it means nothing.
      if (head != 0) fail_at(next_ - 1, "struct ends with a malformed stop field", false);
      return false;
    }
    if (field->type > Type::uuid) [[unlikely]] {
      fail_at(next_ - 1, "field has an unknown wire type", false);
      return false;
    }
    if (const int step = head >> 4; step != 0) {
      // An id past the range of 16 bits wraps; no field has a negative id, so it is skipped.
      field->id = static_cast<int16_t>(static_cast<uint16_t>(field->id + step));
      return true;
    }
    return long_field_id(field);
  }

  int8_t i8() noexcept {
    if (next_ == end_) [[unlikely]] {
      fail_cut();
      return 0;
    }
    return static_cast<int8_t>(*next_++);
  }
  int16_t i16() noexcept { return static_cast<int16_t>(integer(INT16_MIN, INT16_MAX)); }
  int32_t i32() noexcept { return static_cast<int32_t>(integer(INT32_MIN, INT32_MAX)); }
  int64_t i64() noexcept { return zigzag_decode(varint()); }
  double float64() noexcept;
  /// A boolean as an element of a list, set or map.
  bool element_bool() noexcept { return i8() == 1; }
  /// Views into the input.
  std::span<const uint8_t> binary() noexcept;
  std::string_view string() noexcept {
    const std::span<const uint8_t> bytes = binary();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  ListHeader list() noexcept;

  /// Passes over a value; its bytes.
  std::span<const uint8_t> skip(Type type) noexcept;
  /// Passes over one struct, from its first field header on.
  void skip_struct() noexcept { skip_from(Type::structure); }

 private:
  uint64_t varint() noexcept {
    if (next_ != end_ && *next_ < 0x80) [[likely]] {
      return *next_++;
    }
    return long_varint();
  }
  int64_t integer(int64_t least, int64_t most) noexcept {
    const uint8_t* from = next_;
    const int64_t value = zigzag_decode(varint());
    if (value < least || value > most) [[unlikely]] {
      fail_at(from, "integer does not fit its type", false);
      return 0;
    }
    return value;
  }
  uint64_t long_varint() noexcept;
  bool long_field_id(FieldHeader* field) noexcept;
  void skip_varint() noexcept;
  void skip_bytes(uint64_t count) noexcept;
  void skip_scalars(Type type, uint32_t count) noexcept;
  struct Open;
  void enter(Type container, Open* open, int* depth) noexcept;
  void skip_field(Open* open, int* depth) noexcept;
  void skip_usual_fields(Open* open, int* depth) noexcept;
  void skip_from(Type type) noexcept;
  bool fail_cut() noexcept {
    fail_at(next_, "bytes end within a Thrift struct", true);
    return false;
  }
  void fail_at(const uint8_t* where, const char* reason, bool cut) noexcept;

  const uint8_t* begin_;
  const uint8_t* next_;
  const uint8_t* end_;
  const uint8_t* failed_at_ = nullptr;
  const char* reason_ = nullptr;
  bool cut_ = false;
};

}  // namespace veneer::thrift
