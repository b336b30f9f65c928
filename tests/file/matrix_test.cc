// Every physical type in every encoding that it may have, in pages V1 and V2, with and without
// nulls, in every codec: what was put in comes out, whatever the batch size.
#include <doctest/doctest.h>

#include "model.h"

namespace veneer::test {
namespace {

enum class Nulls : uint8_t { required, none, some, all };

struct Case {
  PhysicalType type;
  size_t width;
  Encoding encoding;
  bool v2;
  Nulls nulls;
  Codec codec;
  Encoder how = {};
};

std::string name_of(const Case& c) {
  std::string name(to_string(c.type));
  name += " " + std::to_string(c.width) + " ";
  name += to_string(c.encoding);
  name += c.v2 ? " V2" : " V1";
  name += " nulls " + std::to_string(static_cast<int>(c.nulls)) + " ";
  name += to_string(c.codec);
  return name;
}

constexpr size_t kPages[] = {37, 1, 0, 163};  // rows of each
constexpr size_t kRows = 201;

// The expected rows, and the file that holds them.
struct Made {
  Rows rows;
  std::vector<Value> values;  // without nulls
  Bytes file;
};

Made make(const Case& c, uint32_t seed) {
  Made made;
  const std::vector<std::string> values = some_values(c.type, kRows, seed, c.width);
  const std::vector<std::string> dictionary = distinct(values);
  const bool encoded =
      c.encoding == Encoding::plain_dictionary || c.encoding == Encoding::rle_dictionary;
  FileBuilder f(
      {leaf("x", c.type, c.nulls == Nulls::required ? Repetition::required : Repetition::optional)
           .length(static_cast<int32_t>(c.width))});
  ChunkBuilder& chunk = f.row_group(kRows).chunk(0);
  if (c.codec != Codec::uncompressed) chunk.codec(c.codec);
  if (encoded) {
    chunk.dictionary(
        encode(c.type, Encoding::plain, dictionary), static_cast<int32_t>(dictionary.size()),
        c.encoding == Encoding::plain_dictionary ? Encoding::plain_dictionary : Encoding::plain);
  }
  std::mt19937 random(seed);
  size_t at = 0;
  bool null = false;
  for (const size_t rows : kPages) {
    DataPage page;
    page.num_values = static_cast<int32_t>(rows);
    std::vector<std::string> present;
    for (size_t i = 0; i < rows; ++i, ++at) {
      if (random() % 4 == 0) null = random() % 2 == 0;
      const bool here =
          c.nulls == Nulls::required || c.nulls == Nulls::none || (c.nulls == Nulls::some && !null);
      page.def.push_back(here ? 1 : 0);
      if (here) present.push_back(values[at]);
      made.rows.push_back(Value::record({here ? Value::leaf(values[at]) : Value::null()}));
      if (here) made.values.push_back(Value::leaf(values[at]));
    }
    page.encoding = c.encoding;
    page.crc = true;
    page.values = encode(c.type, c.encoding, present, dictionary, c.how);
    c.v2 ? chunk.data_v2(std::move(page)) : chunk.data_v1(std::move(page));
  }
  made.file = f.finish();
  return made;
}

void check(const Case& c, uint32_t seed) {
  const Made made = make(c, seed);
  INFO(name_of(c));
  const File file = open_bytes(made.file);
  if (!codec_built(c.codec)) {
    const ReadResult read = read_rows(file);
    // V2 pages of nulls alone have nothing compressed in some encodings, and can be read.
    if (read.status.ok() && c.v2 && made.values.empty()) {
      CHECK(read.rows == made.rows);
    } else {
      CHECK(read.status.code() == StatusCode::codec_not_built);
    }
    return;
  }
  for (const int32_t batch : {1, 7, 1000, 1 << 20}) {
    if (batch == 1 && c.codec != Codec::uncompressed) continue;
    const ReadResult read = read_rows(file, {.batch_rows = batch});
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    CHECK(read.fault == "");
    CHECK_MESSAGE(read.rows == made.rows, to_string(read.rows));
  }
  const PageResult pages = read_pages(file, 0, 0);
  CHECK_MESSAGE(pages.status.ok(), pages.status.to_string());
  CHECK(pages.fault == "");
  CHECK(pages.values == made.values);
  // From the middle of each page on, by a skip within it and by a skip over whole pages.
  for (const int64_t first : {5, 37, 38, 60, 200}) {
    const ReadResult read =
        read_rows(file, {.first_row = first, .row_count = 90, .batch_rows = 33});
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    const size_t end = std::min<size_t>(kRows, static_cast<size_t>(first) + 90);
    CHECK(read.rows ==
          Rows(made.rows.begin() + first, made.rows.begin() + static_cast<ptrdiff_t>(end)));
  }
  if (c.codec != Codec::uncompressed) return;
  const ReadResult kept = read_rows(file, {.batch_rows = 70, .dictionary_columns = {"x"}});
  CHECK_MESSAGE(kept.status.ok(), kept.status.to_string());
  CHECK(kept.fault == "");
  CHECK(kept.rows == made.rows);
}

void check_type(PhysicalType type) {
  uint32_t seed = 1;
  const bool fixed = type == PhysicalType::fixed_len_byte_array;
  for (const size_t width : {size_t{5}, size_t{16}, size_t{0}, size_t{1}}) {
    if (!fixed && width != 5) break;
    for (const Encoding encoding : encodings_of(type)) {
      if (encoding == Encoding::byte_stream_split && width == 0) continue;
      for (const bool v2 : {false, true}) {
        for (const Nulls nulls : {Nulls::required, Nulls::none, Nulls::some, Nulls::all}) {
          for (const Codec codec : kCodecs) {
            if (width != 5 && codec != Codec::uncompressed && codec != Codec::snappy) continue;
            check({type, width, encoding, v2, nulls, codec}, seed++);
          }
        }
      }
    }
  }
}

TEST_CASE("BOOLEAN in every encoding, page and codec") { check_type(PhysicalType::boolean); }
TEST_CASE("INT32 in every encoding, page and codec") { check_type(PhysicalType::int32); }
TEST_CASE("INT64 in every encoding, page and codec") { check_type(PhysicalType::int64); }
TEST_CASE("INT96 in every encoding, page and codec") { check_type(PhysicalType::int96); }
TEST_CASE("FLOAT in every encoding, page and codec") { check_type(PhysicalType::float32); }
TEST_CASE("DOUBLE in every encoding, page and codec") { check_type(PhysicalType::float64); }
TEST_CASE("BYTE_ARRAY in every encoding, page and codec") { check_type(PhysicalType::byte_array); }
TEST_CASE("FIXED_LEN_BYTE_ARRAY in every encoding, page and codec") {
  check_type(PhysicalType::fixed_len_byte_array);
}

TEST_CASE("the ways of each encoding: blocks, prefixes, vectors") {
  uint32_t seed = 100;
  for (const bool v2 : {false, true}) {
    for (const Nulls nulls : {Nulls::required, Nulls::some}) {
      for (const DeltaOptions& delta :
           {DeltaOptions{.block_values = 256, .miniblocks = 8, .unneeded_width = 77},
            DeltaOptions{.block_values = 8, .miniblocks = 1},
            DeltaOptions{.block_values = 128, .miniblocks = 2, .min_width = 31}}) {
        const Encoder how{.delta = delta};
        for (const PhysicalType type : {PhysicalType::int32, PhysicalType::int64}) {
          check({type, 5, Encoding::delta_binary_packed, v2, nulls, Codec::uncompressed, how},
                seed++);
        }
        for (const Encoding encoding :
             {Encoding::delta_length_byte_array, Encoding::delta_byte_array}) {
          check({PhysicalType::byte_array, 5, encoding, v2, nulls, Codec::uncompressed, how},
                seed++);
        }
        check({PhysicalType::fixed_len_byte_array, 11, Encoding::delta_byte_array, v2, nulls,
               Codec::snappy, how},
              seed++);
      }
      check({PhysicalType::boolean, 5, Encoding::rle, v2, nulls, Codec::uncompressed,
             Encoder{.rle_prefix = false}},
            seed++);
      for (const AlpOptions& alp : {AlpOptions{.exponent = 4, .factor = 2, .log_vector_size = 3},
                                    AlpOptions{.exponent = 6, .log_vector_size = 10},
                                    AlpOptions{.log_vector_size = 5, .min_width = 20}}) {
        for (const PhysicalType type : {PhysicalType::float32, PhysicalType::float64}) {
          check({type, 5, Encoding::alp, v2, nulls, Codec::zstd, Encoder{.alp = alp}}, seed++);
        }
      }
    }
  }
}

}  // namespace
}  // namespace veneer::test
