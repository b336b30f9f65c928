#include "thrift/reader.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "support/thrift_writer.h"

using namespace veneer;
using test::ThriftWriter;
using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

namespace {

std::span<const uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// The place where skipping one struct ends, or -1.
int64_t skipped(const std::string& bytes) {
  Reader reader(bytes_of(bytes));
  reader.skip_struct();
  return reader.ok() ? static_cast<int64_t>(reader.position()) : -1;
}

// A struct with every type of field and every kind of nesting.
std::string everything() {
  ThriftWriter w;
  w.boolean(1, true).boolean(2, false).i8(3, -7).i16(4, -300).i32(5, 1 << 30);
  w.i64(6, INT64_MIN).float64(7, -2.5).binary(8, std::string(300, 'x'));
  w.uuid(9, "0123456789abcdef").list_of_i32(10, {1, -1, 1000000}).list_of_bool(11, {true, false});
  w.list_of_binary(12, {"", "a", std::string_view("b\0c", 3)});
  w.list_of_structs(13, 20, [](ThriftWriter& s, size_t i) {
    s.i64(1, static_cast<int64_t>(i) << 40).structure(2, [](ThriftWriter& t) {
      t.binary(1, "in");
    });
  });
  w.header(14, ThriftWriter::kSet).list_head(ThriftWriter::kI64, 2).zigzag(5).zigzag(-5);
  w.header(15, ThriftWriter::kMap)
      .varint(2)
      .byte(ThriftWriter::kBinary << 4 | ThriftWriter::kStruct);
  for (const char* name : {"k1", "k2"}) {
    w.text(name).element_struct([](ThriftWriter& s) { s.i32(1, 9); });
  }
  w.header(16, ThriftWriter::kMap).byte(0);
  w.list(17, ThriftWriter::kList, 2);
  w.list_head(ThriftWriter::kI32, 1).zigzag(4).list_head(ThriftWriter::kStruct, 1);
  w.element_struct([](ThriftWriter& s) { s.boolean(1, true); });
  w.list(18, ThriftWriter::kDouble, 2).raw(std::string(16, '\xFF'));
  w.list_of_i64(19, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, INT64_MAX});
  w.binary(32767, "extension").i32(20, 3);
  return w.finish();
}

// What skipping means, said as plainly as can be.
class Twin {
 public:
  explicit Twin(std::string_view bytes) : bytes_(bytes) {}

  bool structure(int depth) {
    if (depth > Reader::kMaxNesting) return false;
    for (;;) {
      uint64_t head, id;
      if (!byte(&head)) return false;
      if (head == 0) return true;
      if (head < 0x10 && !varint(&id)) return false;
      const auto type = static_cast<Type>(head & 15);
      if (type == Type::stop) return false;
      if (type != Type::bool_true && type != Type::bool_false && !value(type, depth)) return false;
    }
  }
  size_t position() const { return at_; }

 private:
  bool byte(uint64_t* out) {
    if (at_ == bytes_.size()) return false;
    *out = static_cast<uint8_t>(bytes_[at_++]);
    return true;
  }
  bool varint(uint64_t* out) {
    *out = 0;
    for (int i = 0;; ++i) {
      uint64_t next;
      if (!byte(&next) || (i == 9 && next > 1)) return false;
      *out |= (next & 0x7F) << (7 * i);
      if (next < 0x80) return true;
    }
  }
  bool forward(uint64_t count) {
    if (count > bytes_.size() - at_) return false;
    at_ += count;
    return true;
  }
  bool value(Type type, int depth) {
    uint64_t number;
    switch (type) {
      case Type::bool_true:
      case Type::bool_false:
      case Type::i8: return forward(1);
      case Type::i16:
      case Type::i32:
      case Type::i64: return varint(&number);
      case Type::float64: return forward(8);
      case Type::uuid: return forward(16);
      case Type::binary: return varint(&number) && forward(number);
      case Type::structure: return structure(depth + 1);
      case Type::list:
      case Type::set: {
        if (!byte(&number)) return false;
        uint64_t count = number >> 4;
        if (count == 15 && !varint(&count)) return false;
        if (count > bytes_.size() - at_) return false;
        return elements(static_cast<Type>(number & 15), Type::i8, count, depth);
      }
      case Type::map: {
        uint64_t count;
        if (!varint(&count)) return false;
        if (count == 0) return true;
        if (count > bytes_.size() - at_ || !byte(&number)) return false;
        return elements(static_cast<Type>(number >> 4), static_cast<Type>(number & 15), count,
                        depth, true);
      }
      default: return false;
    }
  }
  bool elements(Type first, Type second, uint64_t count, int depth, bool pairs = false) {
    const auto holds = [](Type t) { return t >= Type::list && t <= Type::structure; };
    if (first > Type::uuid || second > Type::uuid) return false;
    if (count == 0) return true;
    if ((pairs || holds(first)) && depth == Reader::kMaxNesting) return false;
    // A struct within brings its own level, a list its own here.
    for (uint64_t i = 0; i < count; ++i) {
      if (!value(first, depth + 1) || (pairs && !value(second, depth + 1))) return false;
    }
    return true;
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace

TEST_CASE("fields give the values that were written") {
  const std::string bytes = everything();
  Reader reader(bytes_of(bytes));
  FieldHeader field;
  int seen = 0;
  while (reader.next_field(&field)) {
    ++seen;
    switch (field.key()) {
      case key(1, Type::bool_true): break;
      case key(2, Type::bool_false): break;
      case key(3, Type::i8): CHECK(reader.i8() == -7); break;
      case key(4, Type::i16): CHECK(reader.i16() == -300); break;
      case key(5, Type::i32): CHECK(reader.i32() == 1 << 30); break;
      case key(6, Type::i64): CHECK(reader.i64() == INT64_MIN); break;
      case key(7, Type::float64): CHECK(reader.float64() == -2.5); break;
      case key(8, Type::binary): CHECK(reader.string() == std::string(300, 'x')); break;
      case key(9, Type::uuid): CHECK(reader.skip(field.type).size() == 16); break;
      case key(10, Type::list): {
        const thrift::ListHeader list = reader.list();
        CHECK(list.element == Type::i32);
        CHECK(list.count == 3);
        CHECK(reader.i32() == 1);
        CHECK(reader.i32() == -1);
        CHECK(reader.i32() == 1000000);
        break;
      }
      case key(11, Type::list):
        CHECK(reader.list().count == 2);
        CHECK(reader.element_bool());
        CHECK_FALSE(reader.element_bool());
        break;
      case key(32767, Type::binary): CHECK(reader.string() == "extension"); break;
      default: CHECK(field.id >= 12); reader.skip(field.type);
    }
  }
  CHECK(reader.ok());
  CHECK(seen == 21);
  CHECK(field.id == 20);
  CHECK(reader.position() == bytes.size());
}

TEST_CASE("skipping ends where reading does, near the end of the bytes and far from it") {
  const std::string bytes = everything();
  CHECK(skipped(bytes) == static_cast<int64_t>(bytes.size()));
  CHECK(skipped(bytes + std::string(500, '\xFF')) == static_cast<int64_t>(bytes.size()));
  CHECK(skipped(std::string(1, '\0')) == 1);
  // Structs within structs of small fields, which the fast way takes.
  ThriftWriter w;
  for (int i = 1; i < 200; ++i) {
    w.i32(i, i * 1000).structure(i + 1000, [i](ThriftWriter& s) {
      s.binary(1, std::string(static_cast<size_t>(i), 'y')).structure(2).list_of_i32(4, {1, 300});
      s.i64(9, -1).list_of_binary(11, {"p", "q"}).boolean(12, i % 2 == 0);
    });
  }
  const std::string deep = w.finish();
  CHECK(skipped(deep) == static_cast<int64_t>(deep.size()));
  CHECK(skipped(deep + std::string(200, 'z')) == static_cast<int64_t>(deep.size()));
}

TEST_CASE("a cut at any byte is a cut, and never anything else") {
  const std::string bytes = everything();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    Reader skipping(bytes_of(part));
    skipping.skip_struct();
    CHECK_FALSE(skipping.ok());
    CHECK(skipping.cut());
    CHECK(skipping.status(0).code() == StatusCode::corrupt);

    Reader reading(bytes_of(part));
    FieldHeader field;
    while (reading.next_field(&field)) reading.skip(field.type);
    CHECK_FALSE(reading.ok());
    CHECK(reading.cut());
  }
}

TEST_CASE("failure is sticky, and says where") {
  const std::string bytes("\x15\x02\x15\xFF\xFF\xFF\xFF\x7F\x15\x04\x00", 11);
  Reader reader(bytes_of(bytes));
  FieldHeader field;
  CHECK(reader.next_field(&field));
  CHECK(reader.i32() == 1);
  CHECK(reader.next_field(&field));
  CHECK(reader.i32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK_FALSE(reader.cut());
  CHECK_FALSE(reader.next_field(&field));
  CHECK(reader.i64() == 0);
  CHECK(reader.i8() == 0);
  CHECK(reader.float64() == 0);
  CHECK(reader.string().empty());
  CHECK(reader.list().count == 0);
  CHECK(reader.skip(Type::structure).empty());
  CHECK(reader.status(1000).to_string() == "corrupt: integer does not fit its type (offset 1003)");
  reader.fail("later");
  CHECK(reader.status(0).message() == "integer does not fit its type");
}

TEST_CASE("what cannot be") {
  const auto fault = [](const std::string& bytes, auto read) {
    Reader reader(bytes_of(bytes));
    read(reader);
    return std::string(reader.status(0).message());
  };
  const auto varint = [](Reader& r) { r.i64(); };
  CHECK(fault(std::string(11, '\xFF'), varint) == "integer is over 64 bits");
  CHECK(fault(std::string(9, '\xFF') + "\x02", varint) == "integer is over 64 bits");
  CHECK(fault(std::string(9, '\xFF') + "\x01", varint).empty());
  CHECK(fault("\x0F", [](Reader& r) { r.skip(Type::i16); }).empty());
  const auto skip = [](Reader& r) { r.skip_struct(); };
  CHECK(fault("\x1E", skip) == "field has an unknown wire type");
  CHECK(fault("\x10", skip) == "field has an unknown wire type");
  CHECK(fault("\x1E" + std::string(300, 'x'), skip) == "field has an unknown wire type");
  const auto next = [](Reader& r) {
    FieldHeader field;
    r.next_field(&field);
  };
  CHECK(fault("\x1F", next) == "field has an unknown wire type");
  CHECK(fault("\x10", next) == "struct ends with a malformed stop field");
  const auto list = [](Reader& r) { r.list(); };
  CHECK(fault("\x1E", list) == "list has an unknown element type");
  CHECK(fault("\x10", list) == "list has an unknown element type");
  CHECK(fault(std::string("\0", 1), list).empty());  // an empty list of no type
  CHECK(fault("\xF5\xFF\xFF\xFF\xFF\x0F", list) == "list is longer than the bytes that are left");
  CHECK(fault("\x25\x02", list) == "list is longer than the bytes that are left");
  CHECK(fault("\x05\x41", [](Reader& r) { r.binary(); }) ==
        "length runs past the end of the bytes");
  const auto map = [](Reader& r) { r.skip(Type::map); };
  CHECK(fault("\x05\x55\x01", map) == "map is longer than the bytes that are left");
  CHECK(fault("\x01\xE5\x01\x01", map) == "map has an unknown element type");
  CHECK(fault(std::string("\x01\x05\x01\x01"), map) == "map has an unknown element type");
}

TEST_CASE("ids wrap without harm") {
  ThriftWriter w;
  w.i32(32760, 1);
  // Three steps of 15 pass the largest id.
  std::string bytes = w.bytes() + std::string("\xF5\x02\xF5\x02\xF5\x02\x00", 7);
  Reader reader(bytes_of(bytes));
  FieldHeader field;
  int fields = 0;
  while (reader.next_field(&field)) {
    reader.i32();
    ++fields;
  }
  CHECK(reader.ok());
  CHECK(fields == 4);
  CHECK(field.id < 0);
}

TEST_CASE("nesting is bounded, whatever nests") {
  const auto nested = [](int depth, uint8_t head, const std::string& inner) {
    return std::string(static_cast<size_t>(depth), static_cast<char>(head)) + inner;
  };
  // Structs in field 1 of structs; the first level is the struct that is skipped.
  const std::string stops(100, '\0');
  CHECK(skipped(nested(63, 0x1C, stops)) == 63 + 64);
  CHECK(skipped(nested(64, 0x1C, stops)) == -1);
  CHECK(skipped(nested(100'000, 0x1C, stops)) == -1);
  // Lists of one list each.
  CHECK(skipped("\x19" + nested(60, 0x19, std::string("\x05\0", 2))) == 63);
  CHECK(skipped("\x19" + nested(100'000, 0x19, std::string("\x05\0", 2))) == -1);
  // Maps of one map each.
  std::string maps = "\x1B";
  for (int i = 0; i < 1000; ++i) maps += std::string("\x01\x3B\x07", 3);
  CHECK(skipped(maps + std::string(10, '\0')) == -1);
}

TEST_CASE("changed bytes never do more than fail") {
  const std::string good = everything();
  std::minstd_rand random(1);
  int failures = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int change = 0; change < 3; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random() >> 8);
    }
    if (round % 2 != 0) bytes.append(300, '\0');
    Reader fast(bytes_of(bytes));
    fast.skip_struct();
    Twin twin(bytes);
    const bool right = twin.structure(1);
    CHECK(fast.ok() == right);
    if (right) CHECK(fast.position() == twin.position());
    if (!right) ++failures;
    CHECK(fast.position() <= bytes.size());
  }
  CHECK(failures > 1000);
}
