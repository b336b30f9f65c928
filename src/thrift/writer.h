// A writer of Thrift's compact protocol.
//
// Failure (of memory) is sticky, so that a whole struct is written without a check: `status` tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/memory.h"
#include "thrift/reader.h"
#include "veneer/status.h"

namespace veneer::thrift {

/// Appends to a buffer. Fields go into the struct that is open; their ids should ascend.
class Writer {
 public:
  explicit Writer(Buffer* out) noexcept : out_(out) {}

  const Status& status() const noexcept { return status_; }

  void boolean(int16_t id, bool value) { field(id, value ? Type::bool_true : Type::bool_false); }
  void i8(int16_t id, int8_t value) {
    field(id, Type::i8);
    byte(static_cast<uint8_t>(value));
  }
  void i32(int16_t id, int32_t value) {
    field(id, Type::i32);
    zigzag(value);
  }
  void i64(int16_t id, int64_t value) {
    field(id, Type::i64);
    zigzag(value);
  }
  void binary(int16_t id, std::string_view value) {
    field(id, Type::binary);
    varint(value.size());
    raw(value.data(), value.size());
  }
  /// A struct whose fields `fill()` writes.
  template <class Fill>
  void structure(int16_t id, Fill fill) {
    field(id, Type::structure);
    element(fill);
  }
  /// A struct without fields, as unions have for members without parameters.
  void empty(int16_t id) {
    structure(id, [] {});
  }
  /// The head of a list; then come its elements, `element` for each struct.
  void list(int16_t id, Type of, size_t count) {
    field(id, Type::list);
    if (count < 15) {
      byte(static_cast<uint8_t>(count << 4 | static_cast<uint8_t>(of)));
    } else {
      byte(static_cast<uint8_t>(0xF0 | static_cast<uint8_t>(of)));
      varint(count);
    }
  }
  /// A struct that is no field: an element of a list, or the outermost one.
  template <class Fill>
  void element(Fill fill) {
    const int16_t outer = std::exchange(last_id_, int16_t{0});
    fill();
    byte(0);
    last_id_ = outer;
  }

 private:
  void field(int16_t id, Type type) {
    const int step = id - last_id_;
    last_id_ = id;
    if (step > 0 && step < 16) {
      byte(static_cast<uint8_t>(step << 4 | static_cast<uint8_t>(type)));
    } else {
      byte(static_cast<uint8_t>(type));
      zigzag(id);
    }
  }
  void zigzag(int64_t value) {
    varint(static_cast<uint64_t>(value) << 1 ^ (value < 0 ? ~uint64_t{0} : 0));
  }
  void varint(uint64_t value) {
    uint8_t bytes[10];
    size_t n = 0;
    for (; value >= 0x80; value >>= 7) bytes[n++] = static_cast<uint8_t>(value | 0x80);
    bytes[n++] = static_cast<uint8_t>(value);
    raw(bytes, n);
  }
  void byte(uint8_t value) { raw(&value, 1); }
  void raw(const void* bytes, size_t size) {
    if (size == 0 || !status_.ok()) return;
    status_ = out_->append(bytes, size);
  }

  Buffer* out_;
  Status status_;
  int16_t last_id_ = 0;
};

}  // namespace veneer::thrift
