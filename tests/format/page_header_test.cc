#include "format/page_header.h"

#include <random>

#include "footer_bytes.h"
#include "format/bloom_header.h"

using namespace veneer;
using namespace veneer::test;

namespace {

std::string data_header() {
  ThriftWriter w;
  w.i32(1, 0).i32(2, 100).i32(3, 60).i32(4, -559038737);
  w.structure(5, [](ThriftWriter& d) {
    d.i32(1, 10).i32(2, 8).i32(3, 3).i32(4, 4);
    d.structure(5, [](ThriftWriter& s) { s.i64(3, 2).binary(5, "z").binary(6, "a"); });
    d.binary(32767, "extension");
  });
  return w.finish();
}

std::string data_header_v2() {
  ThriftWriter w;
  w.i32(1, 3).i32(2, 100).i32(3, 60);
  w.structure(8, [](ThriftWriter& d) {
    d.i32(1, 10).i32(2, 4).i32(3, 7).i32(4, 5).i32(5, 12).i32(6, 13).boolean(7, false);
    d.structure(8, [](ThriftWriter& s) { s.i64(9, 1); });
  });
  return w.finish();
}

std::string dictionary_header() {
  ThriftWriter w;
  w.i32(1, 2).i32(2, 100).i32(3, 60);
  w.structure(7, [](ThriftWriter& d) { d.i32(1, 25).i32(2, 2).boolean(3, true); });
  return w.finish();
}

std::string fault(const std::string& bytes) {
  PageHeader header;
  const auto result = format::read_page_header(bytes_of(bytes), 50, &header);
  CHECK_FALSE(result.needs_more);
  return result.status.to_string();
}

std::string fault_of(const std::function<void(ThriftWriter&)>& write) {
  ThriftWriter w;
  write(w);
  return fault(w.finish());
}

}  // namespace

TEST_CASE("a V1 data page's header") {
  const std::string bytes = data_header() + "page body";
  PageHeader header;
  const auto result = format::read_page_header(bytes_of(bytes), 50, &header);
  REQUIRE(result.status.ok());
  CHECK_FALSE(result.needs_more);
  CHECK(result.header_bytes == bytes.size() - 9);
  CHECK(header.type == PageType::data);
  CHECK(header.uncompressed_page_size == 100);
  CHECK(header.compressed_page_size == 60);
  CHECK(static_cast<uint32_t>(*header.crc) == 0xDEADBEEF);
  CHECK(header.data.num_values == 10);
  CHECK(header.data.encoding == Encoding::rle_dictionary);
  CHECK(header.data.definition_level_encoding == Encoding::rle);
  CHECK(header.data.repetition_level_encoding == Encoding::bit_packed);
  REQUIRE(header.has_statistics());
  const auto statistics = header.statistics();
  REQUIRE(statistics.ok());
  CHECK(statistics->null_count == 2);
  CHECK(statistics->max_value == "z");
  CHECK(statistics->min_value == "a");
}

TEST_CASE("a checksum of 0 is none") {
  ThriftWriter w;
  w.i32(1, 1).i32(2, 5).i32(3, 5).i32(4, 0);
  PageHeader header;
  REQUIRE(format::read_page_header(bytes_of(w.finish()), 50, &header).status.ok());
  CHECK_FALSE(header.crc.has_value());
}

TEST_CASE("a V2 data page's header") {
  const std::string bytes = data_header_v2();
  PageHeader header;
  REQUIRE(format::read_page_header(bytes_of(bytes), 0, &header).status.ok());
  CHECK(header.type == PageType::data_v2);
  CHECK_FALSE(header.crc.has_value());
  CHECK(header.data_v2.num_values == 10);
  CHECK(header.data_v2.num_nulls == 4);
  CHECK(header.data_v2.num_rows == 7);
  CHECK(header.data_v2.encoding == Encoding::delta_binary_packed);
  CHECK(header.data_v2.definition_levels_byte_length == 12);
  CHECK(header.data_v2.repetition_levels_byte_length == 13);
  CHECK_FALSE(header.data_v2.is_compressed);
  CHECK(header.statistics()->nan_count == 1);
}

TEST_CASE("dictionary pages, index pages and pages of kinds yet to come") {
  const std::string dictionary = dictionary_header();
  PageHeader header;
  REQUIRE(format::read_page_header(bytes_of(dictionary), 0, &header).status.ok());
  CHECK(header.type == PageType::dictionary);
  CHECK(header.dictionary.num_values == 25);
  CHECK(header.dictionary.encoding == Encoding::plain_dictionary);
  CHECK(header.dictionary.is_sorted);
  CHECK_FALSE(header.has_statistics());

  ThriftWriter w;
  w.i32(1, 1).i32(2, 8).i32(3, 9).structure(6);
  const std::string index = w.finish();
  REQUIRE(format::read_page_header(bytes_of(index), 0, &header).status.ok());
  CHECK(header.type == PageType::index);
  CHECK(header.compressed_page_size == 9);
  w.i32(1, 300).i32(2, 8).i32(3, 9);
  const std::string later = w.finish();
  REQUIRE(format::read_page_header(bytes_of(later), 0, &header).status.ok());
  CHECK(header.type == PageType{255});
}

TEST_CASE("a cut header asks for more") {
  for (const std::string& bytes : {data_header(), data_header_v2(), dictionary_header()}) {
    for (size_t size = 0; size < bytes.size(); ++size) {
      PageHeader header;
      const std::string part = bytes.substr(0, size);
      const auto result = format::read_page_header(bytes_of(part), 0, &header);
      CHECK(result.needs_more);
      CHECK(result.status.ok());
      CHECK(result.header_bytes == 0);
    }
  }
}

TEST_CASE("headers that break the format") {
  CHECK(fault_of([](ThriftWriter& w) { w.i32(2, 1).i32(3, 1); }) ==
        "corrupt: page header: page type is missing (offset 50)");
  CHECK(fault_of([](ThriftWriter& w) { w.i32(1, 1).i32(3, 1); }) ==
        "corrupt: page header: uncompressed_page_size is missing (offset 50)");
  CHECK(fault_of([](ThriftWriter& w) { w.i32(1, 1).i32(2, 1).i32(3, -1); }) ==
        "corrupt: page header: compressed_page_size is negative (offset 50)");
  for (const auto& [type, name] : {std::pair{0, "data_page_header"},
                                   {3, "data_page_header_v2"},
                                   {2, "dictionary_page_header"}}) {
    CHECK(fault_of([number = type](ThriftWriter& w) { w.i32(1, number).i32(2, 1).i32(3, 1); }) ==
          std::string("corrupt: page header: ") + name + " is missing (offset 50)");
  }
  const auto v2 = [](int changed, int32_t value) {
    return fault_of([&](ThriftWriter& w) {
      w.i32(1, 3).i32(2, 1).i32(3, 1).structure(8, [&](ThriftWriter& d) {
        for (int id = 1; id <= 6; ++id) d.i32(id, id == changed ? value : 1);
      });
    });
  };
  CHECK(v2(0, 0) == "ok");
  for (int id = 1; id <= 6; ++id) CHECK(v2(id, -1).find(" is negative") != std::string::npos);
  CHECK(v2(2, 2).find("num_nulls is more than num_values") != std::string::npos);
  CHECK(fault_of([](ThriftWriter& w) {
          w.i32(1, 0).i32(2, 1).i32(3, 1).structure(5, [](ThriftWriter& d) { d.i32(1, -5); });
        }).find("data_page_header.num_values is negative") != std::string::npos);
  CHECK(fault("\x1E") == "corrupt: page header: field has an unknown wire type (offset 50)");
  // A size that needs more than 32 bits.
  CHECK(fault_of([](ThriftWriter& w) {
          w.i32(1, 0).header(2, ThriftWriter::kI32).zigzag(int64_t{1} << 40);
        }).find("integer does not fit its type") != std::string::npos);
}

TEST_CASE("changed headers give values, a status, or a wish for more") {
  std::minstd_rand random(5);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = round % 2 == 0 ? data_header() : data_header_v2();
    bytes[random() % bytes.size()] = static_cast<char>(random() >> 8);
    bytes[random() % bytes.size()] = static_cast<char>(random() >> 8);
    PageHeader header;
    const auto result = format::read_page_header(bytes_of(bytes), 0, &header);
    if (!result.status.ok() || result.needs_more) continue;
    ++read;
    CHECK(result.header_bytes <= bytes.size());
    CHECK(header.compressed_page_size >= 0);
    CHECK(header.data.num_values >= 0);
    CHECK(header.data_v2.num_nulls <= header.data_v2.num_values);
    if (const auto statistics = header.statistics(); statistics.ok()) {
      CHECK(statistics->null_count.value_or(0) >= 0);
    }
  }
  CHECK(read > 1000);
}

TEST_CASE("bloom filter headers") {
  const auto header_of = [](int32_t bytes, int algorithm, int hash, int compression) {
    ThriftWriter w;
    w.i32(1, bytes);
    const auto member = [&](int id, int which) {
      w.structure(id, [&](ThriftWriter& u) { u.structure(which); });
    };
    member(2, algorithm);
    member(3, hash);
    member(4, compression);
    return w.finish();
  };
  const auto status_of = [](const std::string& bytes) {
    BloomFilterHeader header;
    return format::read_bloom_header(bytes_of(bytes), 7, &header).status.to_string();
  };
  const std::string good = header_of(1024, 1, 1, 1);
  BloomFilterHeader header;
  const auto result = format::read_bloom_header(bytes_of(good + "bits"), 0, &header);
  REQUIRE(result.status.ok());
  CHECK(header.num_bytes == 1024);
  CHECK(result.header_bytes == good.size());
  CHECK(status_of(header_of(1024, 2, 1, 1)) ==
        "unsupported: bloom filter algorithm is not known (offset 7)");
  CHECK(status_of(header_of(1024, 1, 2, 1)) ==
        "unsupported: bloom filter hash is not known (offset 7)");
  CHECK(status_of(header_of(1024, 1, 1, 2)) ==
        "unsupported: bloom filter compression is not known (offset 7)");
  for (const int32_t bytes : {0, -32, 33, INT32_MIN}) {
    CHECK(status_of(header_of(bytes, 1, 1, 1)).find("not a number of blocks") != std::string::npos);
  }
  CHECK(status_of(std::string(1, '\0')) ==
        "corrupt: bloom filter header: numBytes is missing (offset 7)");
  for (size_t size = 0; size < good.size(); ++size) {
    const std::string part = good.substr(0, size);
    CHECK(format::read_bloom_header(bytes_of(part), 0, &header).needs_more);
  }
}
