// Writes Thrift's compact protocol, for tests that compose footers, page headers and indexes by
// hand, right ones and wrong ones.
//
//   ThriftWriter w;
//   w.i32(1, 2).list_of_structs(2, 3, [](ThriftWriter& s, size_t i) { s.binary(4, names[i]); });
//   std::string bytes = w.finish();   // with the stop byte of the outermost struct
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace veneer::test {

class ThriftWriter {
 public:
  // Wire types in field headers and, with bool as 1, of elements.
  enum Wire : uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI8 = 3,
    kI16 = 4,
    kI32 = 5,
    kI64 = 6,
    kDouble = 7,
    kBinary = 8,
    kList = 9,
    kSet = 10,
    kMap = 11,
    kStruct = 12,
    kUuid = 13,
  };

  // Fields of the struct that is open. Ids may come in any order.
  ThriftWriter& boolean(int id, bool value) { return header(id, value ? kTrue : kFalse); }
  ThriftWriter& i8(int id, int8_t value) {
    header(id, kI8);
    return byte(static_cast<uint8_t>(value));
  }
  ThriftWriter& i16(int id, int16_t value) { return header(id, kI16).zigzag(value); }
  ThriftWriter& i32(int id, int32_t value) { return header(id, kI32).zigzag(value); }
  ThriftWriter& i64(int id, int64_t value) { return header(id, kI64).zigzag(value); }
  ThriftWriter& float64(int id, double value) {
    header(id, kDouble);
    auto bits = std::bit_cast<uint64_t>(value);
    for (int i = 0; i < 8; ++i, bits >>= 8) byte(static_cast<uint8_t>(bits));
    return *this;
  }
  ThriftWriter& binary(int id, std::string_view value) { return header(id, kBinary).text(value); }
  ThriftWriter& uuid(int id, const char (&value)[17]) {
    header(id, kUuid);
    bytes_.append(value, 16);
    return *this;
  }

  /// A struct whose fields `fill(writer)` writes.
  template <class Fill>
  ThriftWriter& structure(int id, Fill fill) {
    return header(id, kStruct).element_struct(fill);
  }
  /// An empty struct, as unions have for members without parameters.
  ThriftWriter& structure(int id) {
    return structure(id, [](ThriftWriter&) {});
  }

  ThriftWriter& list_of_i32(int id, std::initializer_list<int32_t> values) {
    list(id, kI32, values.size());
    for (const int32_t value : values) zigzag(value);
    return *this;
  }
  ThriftWriter& list_of_i64(int id, std::initializer_list<int64_t> values) {
    list(id, kI64, values.size());
    for (const int64_t value : values) zigzag(value);
    return *this;
  }
  ThriftWriter& list_of_bool(int id, std::initializer_list<bool> values) {
    list(id, kTrue, values.size());
    for (const bool value : values) byte(value ? 1 : 2);
    return *this;
  }
  ThriftWriter& list_of_binary(int id, std::initializer_list<std::string_view> values) {
    list(id, kBinary, values.size());
    for (const std::string_view value : values) text(value);
    return *this;
  }
  /// `fill(writer, i)` writes the fields of element `i`.
  template <class Fill>
  ThriftWriter& list_of_structs(int id, size_t count, Fill fill) {
    list(id, kStruct, count);
    for (size_t i = 0; i < count; ++i) {
      element_struct([&](ThriftWriter& w) { fill(w, i); });
    }
    return *this;
  }

  // The pieces, for bytes that no writer would make. After `list` come `count` elements.
  ThriftWriter& header(int id, uint8_t wire) {
    const int step = id - last_id_;
    last_id_ = id;
    if (step > 0 && step < 16) return byte(static_cast<uint8_t>(step << 4 | wire));
    return byte(wire).zigzag(id);
  }
  ThriftWriter& list(int id, uint8_t element, size_t count) {
    return header(id, kList).list_head(element, count);
  }
  ThriftWriter& list_head(uint8_t element, size_t count) {
    if (count < 15) return byte(static_cast<uint8_t>(count << 4 | element));
    return byte(static_cast<uint8_t>(0xF0 | element)).varint(count);
  }
  template <class Fill>
  ThriftWriter& element_struct(Fill fill) {
    const int outer = std::exchange(last_id_, 0);
    fill(*this);
    byte(0);
    last_id_ = outer;
    return *this;
  }
  ThriftWriter& byte(uint8_t value) {
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }
  ThriftWriter& varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<uint8_t>(value | 0x80));
    return byte(static_cast<uint8_t>(value));
  }
  ThriftWriter& zigzag(int64_t value) {
    return varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  ThriftWriter& text(std::string_view value) {
    varint(value.size());
    bytes_.append(value);
    return *this;
  }
  ThriftWriter& raw(std::string_view bytes) {
    bytes_.append(bytes);
    return *this;
  }

  /// Ends the outermost struct and hands over the bytes.
  std::string finish() {
    byte(0);
    last_id_ = 0;
    return std::exchange(bytes_, {});
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  int last_id_ = 0;
};

}  // namespace veneer::test
