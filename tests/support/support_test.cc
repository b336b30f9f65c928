// The builder is held against the specification's own examples, so that room tests may lean on it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/compressors.h"
#include "support/encoders.h"
#include "support/file_builder.h"

namespace veneer::test {
namespace {

constexpr auto kOptional = Repetition::optional;

// Where `part` starts in `whole`; whole.size() when it is not there.
size_t find(const Bytes& whole, const Bytes& part) {
  return static_cast<size_t>(std::search(whole.begin(), whole.end(), part.begin(), part.end()) -
                             whole.begin());
}

TEST_CASE("PLAIN") {
  CHECK(plain_boolean({true, false, true, true, false, false, false, false, true}) ==
        bytes(0x0D, 0x01));
  CHECK(plain<int32_t>({1, -2}) == bytes(1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF));
  CHECK(plain<int64_t>({0x0102}) == bytes(2, 1, 0, 0, 0, 0, 0, 0));
  CHECK(plain<float>({1.0f}) == bytes(0, 0, 0x80, 0x3F));
  CHECK(plain<double>({-2.0}) == bytes(0, 0, 0, 0, 0, 0, 0, 0xC0));
  CHECK(plain_int96({Int96{{1, 2, 3}}}) == bytes(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0));
  CHECK(plain_byte_array({"ab", ""}) == bytes(2, 0, 0, 0, 'a', 'b', 0, 0, 0, 0));
  CHECK(plain_fixed({"ab", "cd"}) == bytes('a', 'b', 'c', 'd'));
}

// Encodings.md packs 0 to 7 at 3 bits in both orders.
TEST_CASE("bit packing, from the least and from the most significant bit") {
  const std::vector<uint64_t> values = {0, 1, 2, 3, 4, 5, 6, 7};
  CHECK(bit_pack(values, 3) == bytes(0x88, 0xC6, 0xFA));
  CHECK(bit_packed_levels(values, 3) == bytes(0x05, 0x39, 0x77));
  CHECK(bit_pack({~uint64_t{0}}, 64) == Bytes(8, 0xFF));
  CHECK(bit_pack({1, 1}, 0).empty());
}

TEST_CASE("RLE and bit-packing hybrid") {
  CHECK(Hybrid(3).repeat(5, 100).bytes() == bytes(0xC8, 0x01, 5));
  CHECK(Hybrid(9).repeat(257, 1).bytes() == bytes(2, 1, 1));
  CHECK(Hybrid(0).repeat(0, 7).bytes() == bytes(14));
  CHECK(Hybrid(3).pack({0, 1, 2, 3, 4, 5, 6, 7}).bytes() == bytes(3, 0x88, 0xC6, 0xFA));
  CHECK(Hybrid(1).pack({1}, 1).with_length() == bytes(2, 0, 0, 0, 3, 0xFF));
  // Seven values and the first of the run fill a group of 8; the run of 8 that is left repeats.
  CHECK(hybrid({0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 1) == bytes(3, 0xAA, 16, 1));
  CHECK(dictionary_indices({2, 2, 2, 2, 2, 2, 2, 2}, 2) == bytes(2, 16, 2));
}

// Both examples of Encodings.md, with its blocks of 8 values.
TEST_CASE("DELTA_BINARY_PACKED") {
  const DeltaOptions small = {.block_values = 8, .miniblocks = 1};
  CHECK(delta_binary_packed(std::vector<int32_t>{1, 2, 3, 4, 5}, small) == bytes(8, 1, 5, 2, 2, 0));
  CHECK(delta_binary_packed(std::vector<int64_t>{7, 5, 3, 1, 2, 3, 4, 5}, small) ==
        bytes(8, 1, 8, 14, 3, 2, 0xC0, 0x3F));
  CHECK(delta_binary_packed(std::vector<int32_t>{}) == bytes(0x80, 1, 4, 0, 0));
  CHECK(delta_binary_packed(std::vector<int32_t>{-1}) == bytes(0x80, 1, 4, 1, 1));
  // The difference wraps: INT32_MIN - INT32_MAX is 1 in 32 bits.
  const int32_t most = std::numeric_limits<int32_t>::max();
  CHECK(delta_binary_packed(std::vector<int32_t>{most, -most - 1}, small) ==
        bytes(8, 1, 2, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 2, 0));
  // Of two miniblocks only the first holds values; the other's width is arbitrary and it no body.
  const DeltaOptions two = {.block_values = 16, .miniblocks = 2, .unneeded_width = 33};
  CHECK(delta_binary_packed(std::vector<int32_t>{0, 0, 1}, two) ==
        bytes(16, 2, 3, 0, 0, 1, 33, 0x02));
}

// The examples of Encodings.md.
TEST_CASE("DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY") {
  const DeltaOptions small = {.block_values = 8, .miniblocks = 1};
  const Strings words = {"Hello", "World", "Foobar", "ABCDEF"};
  CHECK(delta_length_byte_array(words, small) ==
        concat({delta_binary_packed(std::vector<int32_t>{5, 5, 6, 6}, small),
                to_bytes("HelloWorldFoobarABCDEF")}));
  const Strings near = {"axis", "axle", "babble", "babyhood"};
  CHECK(delta_byte_array(near, small) ==
        concat({delta_binary_packed(std::vector<int32_t>{0, 2, 0, 3}, small),
                delta_binary_packed(std::vector<int32_t>{4, 2, 6, 5}, small),
                to_bytes("axislebabbleyhood")}));
  CHECK(delta_byte_array({"aaa", "aab"}, small, 1) ==
        concat({delta_binary_packed(std::vector<int32_t>{0, 1}, small),
                delta_length_byte_array({"aaa", "ab"}, small)}));
}

TEST_CASE("BYTE_STREAM_SPLIT") {
  CHECK(byte_stream_split(bytes(1, 2, 3, 4, 5, 6), 3) == bytes(1, 4, 2, 5, 3, 6));
  CHECK(byte_stream_split({}, 4).empty());
}

// The worked example of AlpEncoding.md.
TEST_CASE("ALP") {
  const double nan = std::nan("");
  const Bytes page =
      alp(std::vector<double>{1500.0, nan, 2500.0, 333.5}, {.exponent = 4, .factor = 3});
  Bytes want = bytes(0, 0, 10, 4, 0, 0, 0, 4, 0, 0, 0);
  append(want, bytes(4, 3, 1, 0));
  append(want, plain<int64_t>({3335}));
  append(want, bytes(15));
  append(want, bit_pack({11665, 11665, 21665, 0}, 15));
  append(want, bytes(1, 0));
  append(want, plain<double>({nan}));
  CHECK(page == want);
  CHECK(page.size() == 7 + 4 + 31);

  CHECK(alp(std::vector<float>{}, {}) == bytes(0, 0, 10, 0, 0, 0, 0));
  // Nine values make two vectors of 8; -0 is an exception, and alone in its vector.
  const Bytes two = alp(std::vector<float>{1, 1, 1, 1, 1, 1, 1, 1, -0.0f}, {.log_vector_size = 3});
  CHECK(two == concat({bytes(0, 0, 3, 9, 0, 0, 0, 8, 0, 0, 0, 17, 0, 0, 0),
                       bytes(0, 0, 0, 0, 1, 0, 0, 0, 0),
                       bytes(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80)}));
}

TEST_CASE("codecs without compression") {
  const Bytes abc = to_bytes("abc");
  CHECK(snappy_literals(abc) == bytes(3, 8, 'a', 'b', 'c'));
  CHECK(snappy_literals({}) == bytes(0));
  CHECK(lz4_literals(abc) == bytes(0x30, 'a', 'b', 'c'));
  CHECK(lz4_literals({}) == bytes(0));
  CHECK(lz4_literals(Bytes(15 + 255, 7)).size() == 3 + 15 + 255);
  CHECK(lzo_literals(abc) == bytes(20, 'a', 'b', 'c', 0x11, 0, 0));
  CHECK(hadoop_framed(abc, lz4_literals, 2) ==
        bytes(0, 0, 0, 2, 0, 0, 0, 3, 0x20, 'a', 'b', 0, 0, 0, 1, 0, 0, 0, 2, 0x10, 'c'));
  CHECK(zstd_raw(abc) == bytes(0x28, 0xB5, 0x2F, 0xFD, 0xA0, 3, 0, 0, 0, 25, 0, 0, 'a', 'b', 'c'));
  CHECK(gzip_stored(abc) == bytes(0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1, 3, 0, 0xFC, 0xFF, 'a',
                                  'b', 'c', 0xC2, 0x41, 0x24, 0x35, 3, 0, 0, 0));
  CHECK(brotli_stored(abc) == bytes(0x20, 0, 0x10, 'a', 'b', 'c', 3));
}

TEST_CASE("hashes") {
  CHECK(crc32(to_bytes("123456789")) == 0xCBF43926u);
  CHECK(xxh64({}) == 0xEF46DB3751D8E999u);
  CHECK(xxh64(to_bytes("a")) == 0xD24EC4F1A98C6E5Bu);
  CHECK(xxh64(to_bytes("abc")) == 0x44BC2CF5AD770999u);
}

TEST_CASE("Thrift trees") {
  Thrift tree;
  tree.set(3, Thrift::i32(-1)).set(1, Thrift::boolean(true)).set(40, Thrift::binary("x"));
  CHECK(tree.bytes() == bytes(0x11, 0x25, 1, 0x08, 80, 1, 'x', 0));
  tree.drop(1).set(3, Thrift::list(Thrift::Kind::i64, {Thrift::i64(1), Thrift::i64(2)}));
  CHECK(tree.bytes() == bytes(0x39, 0x26, 2, 4, 0x08, 80, 1, 'x', 0));
  tree.drop(40).add(2, Thrift::structure(1, Thrift::i8(-1)));
  CHECK(tree.bytes() == bytes(0x39, 0x26, 2, 4, 0x0C, 4, 0x13, 0xFF, 0, 0));
}

TEST_CASE("levels follow from the schema") {
  const std::vector<Element> fields = {
      list_of("l", leaf("element", PhysicalType::int32, kOptional)),
      map_of("m", leaf("key", PhysicalType::byte_array), leaf("value", PhysicalType::int32))};
  const std::vector<LeafInfo> leaves = leaves_of(fields);
  REQUIRE(leaves.size() == 3);
  CHECK(leaves[0].path == std::vector<std::string>{"l", "list", "element"});
  CHECK(leaves[0].max_definition == 3);
  CHECK(leaves[0].max_repetition == 1);
  CHECK(leaves[1].max_definition == 2);
  CHECK(leaves[2].type == PhysicalType::int32);
}

TEST_CASE("pages: headers, levels and overrides") {
  FileBuilder f({leaf("x", PhysicalType::int32, kOptional)});
  ChunkBuilder& c = f.row_group(3).chunk(0);
  c.data_v1({.def = {1, 0, 1}, .values = plain<int32_t>({7, 9})});
  c.data_v2({.num_values = 1, .values = plain<int32_t>({5}), .crc = true, .edit = [](Thrift& h) {
               h.set(2, Thrift::i32(1000));
             }});
  const Bytes file = f.finish();
  const Bytes v1 = concat({bytes(0x15, 0, 0x15, 28, 0x15, 28, 0x2C, 0x15, 6, 0x15, 0, 0x15, 6, 0x15,
                                 6, 0, 0, 2, 0, 0, 0, 3, 5),
                           plain<int32_t>({7, 9})});
  CHECK(find(file, v1) == 4);
  Bytes body = concat({bytes(3, 1), plain<int32_t>({5})});
  Bytes v2 = bytes(0x15, 6, 0x15, 0xD0, 0x0F, 0x15, 12, 0x15);
  append_zigzag(v2, static_cast<int32_t>(crc32(body)));
  append(v2, bytes(0x4C, 0x15, 2, 0x15, 0, 0x15, 2, 0x15, 0, 0x15, 4, 0x15, 0, 0, 0));
  append(v2, body);
  CHECK(find(file, v2) == 4 + v1.size());
  CHECK(Bytes(file.end() - 4, file.end()) == to_bytes("PAR1"));
}

TEST_CASE("footer and chunk can be edited") {
  FileBuilder f({leaf("x", PhysicalType::int64)});
  f.row_group(1).chunk(0).data_v1({.values = plain<int64_t>({1})}).edit_metadata([](Thrift& m) {
    m.set(5, Thrift::i64(77)).drop(9);
  });
  bool chunk_had_rows = false;
  f.edit_footer([&](Thrift& footer) {
    chunk_had_rows = footer.has(3);
    footer.set(3, Thrift::i64(-4));
  });
  f.tail(bytes('l', 'i', 'e'));
  const Bytes file = f.finish();
  CHECK(chunk_had_rows);
  CHECK(Bytes(file.end() - 3, file.end()) == to_bytes("lie"));
  // num_values 77 (field 5), then sizes, and no data_page_offset before the struct's end.
  CHECK(find(file, bytes(0x16, 0x9A, 0x01, 0x16)) < file.size());
}

}  // namespace
}  // namespace veneer::test
