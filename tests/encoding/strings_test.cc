#include <doctest/doctest.h>

#include "base/memory.h"
#include "encoding/delta_byte_array.h"
#include "encoding/delta_length.h"
#include "reference.h"
#include "views.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

std::span<const uint8_t> bytes_of(const std::string& s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}

const std::vector<DeltaShape> kShapes = {{}, {8, 1}, {1024, 8, true}};

}  // namespace

TEST_CASE("DELTA_LENGTH_BYTE_ARRAY: the specification's example") {
  Bytes encoded = delta_length({"Hello", "World", "Foobar", "ABCDEF"});
  const Padded in(encoded);
  DeltaLengthDecoder decoder;
  REQUIRE(decoder.init(in).ok());
  CHECK(decoder.value_count() == 4);
  Room<BinaryView> out(4);
  REQUIRE(decoder.decode(out.data(), 4, 0, 0).ok());
  CHECK(text(out[0], nullptr, 0, 0) == "Hello");
  CHECK(text(out[3], nullptr, 0, 0) == "ABCDEF");
}

TEST_CASE("DELTA_LENGTH_BYTE_ARRAY: in pieces") {
  Random random(4);
  for (size_t longest : {0, 12, 13, 100, 3000}) {
    for (size_t n : {0, 1, 255, 256, 257, 1500}) {
      const auto values = strings(random, n, longest);
      for (const DeltaShape& shape : kShapes) {
        const Padded in(delta_length(values, shape));
        DeltaLengthDecoder decoder;
        REQUIRE(decoder.init(in).ok());
        in_pieces(
            random, n,
            [&](size_t begin, size_t count) {
              Room<BinaryView> out(count);
              REQUIRE(decoder.decode(out.data(), count, 2, 500).ok());
              for (size_t i = 0; i < count; ++i) {
                CHECK(text(out[i], in.data(), 2, 500) == values[begin + i]);
              }
            },
            [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
        Room<BinaryView> out(1);
        CHECK(decoder.decode(out.data(), 1, 2, 500).code() == StatusCode::corrupt);
      }
    }
  }
}

TEST_CASE("DELTA_LENGTH_BYTE_ARRAY: lengths that cannot be") {
  Room<BinaryView> out(4);
  DeltaLengthDecoder decoder;
  for (const std::vector<int32_t>& lengths : {std::vector<int32_t>{3, -1, 2},
                                              {INT32_MIN, INT32_MIN, 3},
                                              {4},
                                              {INT32_MAX, INT32_MAX, 0, 2},
                                              {-3, 3}}) {
    Bytes bytes = delta(lengths);
    append(&bytes, {'a', 'b', 'c'});
    const Padded in(bytes);
    REQUIRE(decoder.init(in).ok());
    CHECK(decoder.decode(out.data(), lengths.size(), 0, 0).code() == StatusCode::corrupt);
    REQUIRE(decoder.init(in).ok());
    CHECK(decoder.skip(lengths.size()).code() == StatusCode::corrupt);
  }
  Bytes bytes = delta<int32_t>({3});
  append(&bytes, {'a', 'b', 'c'});
  const Padded in(bytes);
  REQUIRE(decoder.init(in).ok());
  CHECK(decoder.decode(out.data(), 1, 0, UINT32_MAX - 2).code() == StatusCode::over_limit);
}

TEST_CASE("DELTA_BYTE_ARRAY: the specification's example") {
  Bytes bytes = delta<int32_t>({0, 2, 0, 3});
  append(&bytes, delta<int32_t>({4, 2, 6, 5}));
  for (char c : std::string("axislebabbleyhood")) bytes.push_back(static_cast<uint8_t>(c));
  CHECK(bytes == delta_byte_array({"axis", "axle", "babble", "babyhood"}));
  const Padded in(bytes);
  MemoryPool pool(default_allocator(), 1 << 20);
  DeltaByteArrayDecoder decoder;
  REQUIRE(decoder.init(in, &pool).ok());
  uint64_t total = 0;
  REQUIRE(decoder.peek_bytes(4, &total).ok());
  CHECK(total == 4 + 4 + 6 + 8);
  Room<uint8_t> arena(total);
  Room<BinaryView> out(4);
  REQUIRE(decoder.decode(4, arena.data(), 0, 0, out.data()).ok());
  CHECK(std::string(arena.data(), arena.data() + total) == "axisaxlebabblebabyhood");
  CHECK(text(out[1], nullptr, 0, 0) == "axle");
  CHECK(text(out[3], nullptr, 0, 0) == "babyhood");
}

TEST_CASE("DELTA_BYTE_ARRAY: in pieces") {
  Random random(6);
  MemoryPool pool(default_allocator(), 1 << 24);
  DeltaByteArrayDecoder decoder;
  for (size_t longest : {0, 12, 70, 500, 3000}) {
    for (size_t n : {0, 1, 257, 1000}) {
      const auto values = strings(random, n, longest);
      for (const DeltaShape& shape : kShapes) {
        const Padded in(delta_byte_array(values, {}, shape));
        REQUIRE(decoder.init(in, &pool).ok());
        in_pieces(
            random, n,
            [&](size_t begin, size_t count) {
              uint64_t total = 0;
              REQUIRE(decoder.peek_bytes(count, &total).ok());
              Room<uint8_t> arena(total);
              Room<BinaryView> out(count);
              REQUIRE(decoder.decode(count, arena.data(), 2, 500, out.data()).ok());
              for (size_t i = 0; i < count; ++i) {
                CHECK(text(out[i], arena.data(), 2, 500) == values[begin + i]);
              }
            },
            [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
        if (n != 0) {
          CHECK(std::string(decoder.previous().begin(), decoder.previous().end()) == values.back());
        }
      }
    }
  }
}

TEST_CASE("DELTA_BYTE_ARRAY: fixed lengths") {
  Random random(8);
  MemoryPool pool(default_allocator(), 1 << 24);
  for (size_t width : {0, 1, 3, 16, 65, 300}) {
    std::vector<std::string> values(600, std::string(width, 'x'));
    std::string all;
    for (size_t i = 0; i < values.size(); ++i) {
      if (width != 0) values[i][random() % width] = static_cast<char>(random());
      all += values[i];
    }
    const Padded in(delta_byte_array(values));
    DeltaByteArrayDecoder decoder;
    REQUIRE(decoder.init(in, &pool).ok());
    in_pieces(
        random, values.size(),
        [&](size_t begin, size_t count) {
          Room<uint8_t> out(count * width);
          REQUIRE(decoder.decode_fixed(out.data(), count, width).ok());
          CHECK(std::string(out.data(), out.data() + count * width) ==
                all.substr(begin * width, count * width));
        },
        [&](size_t count) { REQUIRE(decoder.skip(count).ok()); });
    REQUIRE(decoder.init(in, &pool).ok());
    Room<uint8_t> out(width + 1);
    CHECK(decoder.decode_fixed(out.data(), 1, width + 1).code() == StatusCode::corrupt);
  }
}

TEST_CASE("DELTA_BYTE_ARRAY: PARQUET-246, a prefix of the page before") {
  MemoryPool pool(default_allocator(), 1 << 20);
  const std::string before = "the last value of the page before";
  const std::vector<std::string> values = {"the last value of", "the last one"};
  const Padded in(delta_byte_array(values, before));
  DeltaByteArrayDecoder decoder;
  uint64_t total = 0;
  REQUIRE(decoder.init(in, &pool).ok());
  CHECK(decoder.peek_bytes(2, &total).message() ==
        "a prefix length is 17, but the value before has 0 bytes");
  REQUIRE(decoder.init(in, &pool).ok());
  REQUIRE(decoder.set_previous(bytes_of(before)).ok());
  REQUIRE(decoder.peek_bytes(2, &total).ok());
  Room<uint8_t> arena(total);
  Room<BinaryView> out(2);
  REQUIRE(decoder.decode(2, arena.data(), 0, 0, out.data()).ok());
  CHECK(text(out[0], arena.data(), 0, 0) == values[0]);
  CHECK(text(out[1], arena.data(), 0, 0) == values[1]);
}

TEST_CASE("DELTA_BYTE_ARRAY: lengths that cannot be") {
  MemoryPool pool(default_allocator(), 1 << 20);
  struct Case {
    std::vector<int32_t> prefixes, suffixes;
  };
  for (const Case& c :
       {Case{{0, 4}, {3, 0}}, Case{{0, -1}, {3, 0}}, Case{{0, 1}, {3, -1}}, Case{{0, 0}, {3, 1}},
        Case{{INT32_MIN}, {INT32_MIN}}, Case{{0}, {INT32_MAX}}}) {
    Bytes bytes = delta(c.prefixes);
    append(&bytes, delta(c.suffixes));
    append(&bytes, {'a', 'b', 'c'});
    const Padded in(bytes);
    DeltaByteArrayDecoder decoder;
    const size_t n = c.prefixes.size();
    uint64_t total = 0;
    REQUIRE(decoder.init(in, &pool).ok());
    CHECK(decoder.peek_bytes(n, &total).code() == StatusCode::corrupt);
    Room<uint8_t> arena(100);
    Room<BinaryView> out(n);
    CHECK(decoder.decode(n, arena.data(), 0, 0, out.data()).code() == StatusCode::corrupt);
    REQUIRE(decoder.init(in, &pool).ok());
    CHECK(decoder.decode_fixed(arena.data(), n, 3).code() == StatusCode::corrupt);
    REQUIRE(decoder.init(in, &pool).ok());
    CHECK(decoder.skip(n).code() == StatusCode::corrupt);
  }
  Bytes bytes = delta<int32_t>({0, 0});
  append(&bytes, delta<int32_t>({1}));
  const Padded in(bytes);
  DeltaByteArrayDecoder decoder;
  CHECK(decoder.init(in, &pool).message() == "2 prefix lengths but 1 suffix lengths");
  CHECK(decoder.init({}, &pool).ok());
}
