// File::bloom_filter: finding the header and the bitset, and refusing what is neither.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/compressors.h"
#include "support/encoders.h"
#include "support/file_builder.h"
#include "veneer/file.h"

using namespace veneer;
using test::Bytes;
using test::Thrift;

namespace {

Bytes with_filter(const Bytes& filter, bool with_length, const test::Edit& edit = {}) {
  test::FileBuilder f({test::leaf("x", PhysicalType::int32), test::leaf("y", PhysicalType::int32)});
  auto& group = f.row_group(2);
  auto& chunk = group.chunk(0);
  chunk.data_v1({.values = test::plain<int32_t>({7, 9})}).bloom_filter(filter, with_length);
  if (edit) chunk.edit_metadata(edit);
  group.chunk(1).data_v1({.values = test::plain<int32_t>({1, 2})});
  return f.finish();
}

Bytes filter_of(size_t bitset_bytes) {
  return test::bloom_filter(bitset_bytes, {test::plain<int32_t>({7}), test::plain<int32_t>({9})});
}

StatusCode refused(const Bytes& bytes) {
  auto file = File::open(memory_input(bytes));
  REQUIRE(file.ok());
  const auto filter = file->bloom_filter(0, 0);
  REQUIRE(!filter.ok());
  CHECK(filter.status().column() == "x");
  CHECK(filter.status().row_group() == 0);
  return filter.status().code();
}

}  // namespace

TEST_CASE("bloom filter: with and without its length, longer and shorter than the first read") {
  for (const bool with_length : {true, false}) {
    for (const size_t size : {size_t{32}, size_t{64}, size_t{4096}}) {
      const Bytes bytes = with_filter(filter_of(size), with_length);
      auto file = File::open(memory_input(bytes));
      REQUIRE(file.ok());
      const auto filter = file->bloom_filter(0, 0);
      INFO(filter.status().to_string());
      REQUIRE(filter.ok());
      REQUIRE(filter->has_value());
      CHECK((*filter)->size_bytes() == size);
      CHECK((*filter)->check(int32_t{7}));
      CHECK((*filter)->check(int32_t{9}));
      CHECK(!(*filter)->check(int32_t{8}));
      const auto none = file->bloom_filter(0, 1);
      REQUIRE(none.ok());
      CHECK(!none->has_value());
    }
  }
}

TEST_CASE("bloom filter: a length that is too short does not hide the bitset") {
  const Bytes bytes =
      with_filter(filter_of(64), true, [](Thrift& metadata) { metadata.set(15, Thrift::i32(3)); });
  auto file = File::open(memory_input(bytes));
  REQUIRE(file.ok());
  const auto filter = file->bloom_filter(0, 0);
  REQUIRE(filter.ok());
  CHECK((*filter)->check(int32_t{9}));
}

TEST_CASE("bloom filter: it outlives its file") {
  std::optional<BloomFilter> kept;
  {
    const Bytes bytes = with_filter(filter_of(64), true);
    auto file = File::open(memory_input(bytes));
    REQUIRE(file.ok());
    auto filter = file->bloom_filter(0, 0);
    REQUIRE(filter.ok());
    kept = **filter;
  }
  CHECK(kept->check(int32_t{7}));
}

TEST_CASE("bloom filter: what is none is refused") {
  const auto edited = [](int16_t field, Thrift value) {
    return with_filter(filter_of(64), true, [=](Thrift& metadata) { metadata.set(field, value); });
  };
  CHECK(refused(edited(14, Thrift::i64(-1))) == StatusCode::corrupt);
  CHECK(refused(edited(14, Thrift::i64(int64_t{1} << 40))) == StatusCode::corrupt);
  CHECK(refused(edited(15, Thrift::i32(1 << 30))) == StatusCode::corrupt);
  // A bitset that is longer than the file, is no number of blocks, and of an unknown algorithm.
  const auto header = [](int32_t bytes, int16_t algorithm) {
    return Thrift()
        .set(1, Thrift::i32(bytes))
        .set(2, Thrift::structure(algorithm, Thrift()))
        .set(3, Thrift::structure(1, Thrift()))
        .set(4, Thrift::structure(1, Thrift()))
        .bytes();
  };
  CHECK(refused(with_filter(header(1 << 20, 1), false)) == StatusCode::corrupt);
  CHECK(refused(with_filter(test::concat({header(33, 1), Bytes(33, 0)}), false)) ==
        StatusCode::corrupt);
  CHECK(refused(with_filter(test::concat({header(32, 2), Bytes(32, 0)}), false)) ==
        StatusCode::unsupported);

  const Bytes bytes = with_filter(filter_of(64), true);
  auto file = File::open(memory_input(bytes));
  REQUIRE(file.ok());
  CHECK(file->bloom_filter(1, 0).status().code() == StatusCode::invalid_argument);
  CHECK(file->bloom_filter(0, 2).status().code() == StatusCode::invalid_argument);
  CHECK(file->bloom_filter(-1, 0).status().code() == StatusCode::invalid_argument);
}
