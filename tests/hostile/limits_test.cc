// Each bound of Limits: what is just within it is read, what is just past it is refused by name.
#include <doctest/doctest.h>

#include <string>

#include "bombs.h"
#include "veneer/veneer.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;

Status read(const Bytes& bytes, const Limits& limits) {
  OpenOptions options;
  options.limits = limits;
  auto file = File::open(memory_input(bytes), options);
  if (!file) return file.status();
  BatchReader reader = file->read();
  Batch batch;
  while (reader.next(&batch)) {
  }
  return reader.status();
}

// `bytes` need `least` of the bound, exactly.
template <class Number>
void check(const Bytes& bytes, Number Limits::*bound, int64_t least, const std::string& name) {
  INFO(name);
  Limits limits;
  CHECK(read(bytes, limits).ok());
  limits.*bound = static_cast<Number>(least);
  const Status within = read(bytes, limits);
  CHECK_MESSAGE(within.ok(), within.to_string());
  limits.*bound = static_cast<Number>(least - 1);
  const Status past = read(bytes, limits);
  CHECK(past.code() == StatusCode::over_limit);
  const std::string sentence = "over the limit " + name + " of " + std::to_string(least - 1);
  CHECK_MESSAGE(past.message().find(sentence) != std::string::npos, past.to_string());
}

int64_t footer_length(const Bytes& bytes) {
  const uint8_t* at = bytes.data() + bytes.size() - 8;
  return at[0] | at[1] << 8 | at[2] << 16;
}

Bytes strings_file(Encoding encoding, const Bytes& values) {
  FileBuilder f({leaf("s", PhysicalType::byte_array)});
  f.row_group(2).chunk(0).data_v1({.encoding = encoding, .values = values});
  return f.finish();
}

Bytes zstd_file() {
  FileBuilder f({leaf("x", PhysicalType::int32)});
  for (int i = 0; i < 2; ++i) {
    f.row_group(100)
        .chunk(0)
        .codec(Codec::snappy)
        .data_v1({.values = plain(std::vector<int32_t>(100, 7))});
  }
  return f.finish();
}

TEST_CASE("the footer and the schema") {
  const Bytes deep = deep_schema(6);
  check(deep, &Limits::footer_bytes, footer_length(deep), "footer_bytes");
  check(deep, &Limits::schema_elements, 7, "schema_elements");
  check(deep, &Limits::schema_depth, 6, "schema_depth");
  const Bytes one = zstd_file();
  check(one, &Limits::row_groups, 2, "row_groups");

  FileBuilder pairs({leaf("x", PhysicalType::int32)});
  pairs.key_value("key", std::string(100, 'v'));
  // The list's header; field headers, lengths and bytes; the stop.
  check(pairs.finish(), &Limits::key_value_bytes, 1 + (2 + 3) + (2 + 100) + 1, "key_value_bytes");

  FileBuilder empty(
      {group("a", kOptional, {}), group("b", kOptional, {}), leaf("x", PhysicalType::int32)});
  check(empty.finish(), &Limits::empty_groups, 2, "empty_groups");

  FileBuilder none({});
  none.row_group(1000);
  check(none.finish(), &Limits::rows_without_columns, 1000, "rows_without_columns");
}

TEST_CASE("pages") {
  const Bytes bytes = zstd_file();
  check(bytes, &Limits::page_bytes, 400, "page_bytes");
  const int64_t stored = 403;  // a length of two bytes, a tag and its length's byte… as literals
  Limits limits;
  limits.compressed_page_bytes = stored - 100;
  CHECK(read(bytes, limits).code() == StatusCode::over_limit);
  limits.compressed_page_bytes = stored + 100;
  CHECK(read(bytes, limits).ok());
  check(bytes, &Limits::decompressed_bytes, 800, "decompressed_bytes");

  FileBuilder f({leaf("s", PhysicalType::byte_array)});
  f.row_group(2)
      .chunk(0)
      .dictionary(plain_byte_array({"abcd", "efgh"}), 2)
      .data_v1({.encoding = Encoding::rle_dictionary, .values = dictionary_indices({0, 1}, 1)});
  check(f.finish(), &Limits::dictionary_bytes, 16, "dictionary_bytes");

  FileBuilder large({leaf("x", PhysicalType::int32)});
  large.row_group(1).chunk(0).data_v1(
      {.values = plain<int32_t>({1}),
       .statistics = statistics(Bytes(5000, 'a'), Bytes(5000, 'b'), 0)});
  Limits header;
  header.page_header_bytes = 9000;
  const Bytes long_header = large.finish();
  const Status refused = read(long_header, header);
  CHECK(refused.code() == StatusCode::over_limit);
  CHECK(refused.message().find("over the limit page_header_bytes of 9000") != std::string::npos);
  header.page_header_bytes = 11000;
  CHECK(read(long_header, header).ok());
}

TEST_CASE("decompression_ratio") {
  const Bomb* bomb = nullptr;
  for (const Bomb& each : bombs()) {
    if (std::string_view(each.name) == "LZ4_RAW that is 16 MB for one value") bomb = &each;
  }
  REQUIRE(bomb != nullptr);
  const Bytes bytes = bomb->make();
  Limits limits;
  limits.decompression_ratio = 256;
  CHECK(read(bytes, limits).ok());
  limits.decompression_ratio = 254;
  const Status refused = read(bytes, limits);
  CHECK(refused.code() == StatusCode::over_limit);
  CHECK(refused.message().find("over the limit decompression_ratio of 254") != std::string::npos);
}

TEST_CASE("string_bytes: in every encoding, in dictionaries, widths and names") {
  const Strings values = {"a string of 24 bytes ...", "short"};
  check(strings_file(Encoding::plain, plain_byte_array(values)), &Limits::string_bytes, 24,
        "string_bytes");
  check(strings_file(Encoding::delta_length_byte_array, delta_length_byte_array(values)),
        &Limits::string_bytes, 24, "string_bytes");
  check(strings_file(Encoding::delta_byte_array, delta_byte_array(values)), &Limits::string_bytes,
        24, "string_bytes");
  FileBuilder dictionary({leaf("s", PhysicalType::byte_array)});
  dictionary.row_group(1)
      .chunk(0)
      .dictionary(plain_byte_array(values), 2)
      .data_v1({.encoding = Encoding::rle_dictionary, .values = dictionary_indices({1}, 1)});
  check(dictionary.finish(), &Limits::string_bytes, 24, "string_bytes");
  FileBuilder fixed({leaf("f", PhysicalType::fixed_len_byte_array).length(24)});
  check(fixed.finish(), &Limits::string_bytes, 24, "string_bytes");
  FileBuilder name({leaf(std::string(24, 'n'), PhysicalType::int32)});
  check(name.finish(), &Limits::string_bytes, 24, "string_bytes");
}

TEST_CASE("list_length: of lists and of lists within") {
  FileBuilder f({list_of("l", leaf("element", PhysicalType::int32, kOptional))});
  f.row_group(2).chunk(0).data_v1(
      {.rep = {0, 1, 1, 0, 1}, .def = {3, 3, 3, 3, 3}, .values = plain<int32_t>({1, 2, 3, 4, 5})});
  check(f.finish(), &Limits::list_length, 3, "list_length");
  FileBuilder nested(
      {list_of("l", list_of("element", leaf("element", PhysicalType::int32, kOptional)))});
  nested.row_group(1).chunk(0).data_v1(
      {.rep = {0, 2, 2, 2, 1}, .def = {5, 5, 5, 5, 5}, .values = plain<int32_t>({1, 2, 3, 4, 5})});
  check(nested.finish(), &Limits::list_length, 4, "list_length");
}

TEST_CASE("held_bytes: the least that is enough, and one byte less") {
  const Bytes bytes = zstd_file();
  int64_t enough = int64_t{1} << 26;
  int64_t refused = 0;
  while (enough - refused > 1) {
    const int64_t middle = (enough + refused) / 2;
    Limits limits;
    limits.held_bytes = middle;
    const Status status = read(bytes, limits);
    (status.ok() ? enough : refused) = middle;
    if (!status.ok()) {
      CHECK(status.code() == StatusCode::over_limit);
      CHECK(status.message().find("the limit held_bytes of") != std::string::npos);
    }
  }
  CHECK(enough > 1000);
}

TEST_CASE("the schema may be as deep as 16-bit levels allow, where the bound is raised") {
  Limits limits;
  limits.schema_depth = INT32_MAX;
  CHECK(read(deep_schema(32'000), limits).ok());
  CHECK(read(deep_schema(40'000), limits).code() == StatusCode::over_limit);
}

}  // namespace
}  // namespace veneer::test
