// What the physical bytes become: decimals of every width, INT96, and types without kinds of
// their own.
#include <doctest/doctest.h>

#include "model.h"

namespace veneer::test {
namespace {

constexpr PhysicalType kFixed = PhysicalType::fixed_len_byte_array;
constexpr PhysicalType kBinary = PhysicalType::byte_array;

// A column of one optional value and one null.
Bytes one(Element element, Bytes values) {
  FileBuilder f({std::move(element)});
  f.row_group(2).chunk(0).data_v1({.def = {1, 0}, .values = std::move(values)});
  return f.finish();
}

struct Seen {
  ValueKind kind = ValueKind::none;
  size_t width = 0;
  Value value;
};

Seen see(const Bytes& bytes, const ReadOptions& options = {}) {
  Seen seen;
  const File file = open_bytes(bytes);
  BatchReader reader = file.read(options);
  Batch batch;
  REQUIRE_MESSAGE(reader.next(&batch), reader.status().to_string());
  REQUIRE(batch.num_rows() == 2);
  CHECK(fault_of(batch.column(0)) == "");
  CHECK(batch.column(0).is_null(1));
  seen.kind = batch.column(0).value_kind();
  seen.width = batch.column(0).value_width();
  seen.value = value_of(batch.column(0), 0);
  return seen;
}

// -5, as `width` big-endian bytes.
std::string minus_five(size_t width) {
  std::string bytes(width, '\xFF');
  bytes.back() = '\xFB';
  return bytes;
}

TEST_CASE("DECIMAL on INT32 and INT64, any precision that they hold") {
  for (int32_t precision = 1; precision <= 9; ++precision) {
    const Seen seen =
        see(one(leaf("x", PhysicalType::int32, Repetition::optional).decimal(precision, 1),
                plain<int32_t>({-5})));
    CHECK(seen.kind == ValueKind::int32);
    CHECK(seen.value == i32(-5));
  }
  for (int32_t precision = 1; precision <= 18; ++precision) {
    const Seen seen =
        see(one(leaf("x", PhysicalType::int64, Repetition::optional).decimal(precision, 0),
                plain<int64_t>({-5})));
    CHECK(seen.kind == ValueKind::int64);
    CHECK(seen.value == i64(-5));
  }
}

TEST_CASE("DECIMAL on FIXED_LEN_BYTE_ARRAY of 1 to 33 bytes") {
  for (int32_t width = 1; width <= 33; ++width) {
    INFO(width);
    // The most digits that the width holds; a precision over it would contradict the type.
    const int32_t digits = (8 * width - 1) * 30103 / 100000;
    if (digits < 1) continue;
    const Seen seen =
        see(one(leaf("x", kFixed, Repetition::optional).length(width).decimal(digits, 0),
                plain_fixed({minus_five(static_cast<size_t>(width))})));
    if (width <= 4) {
      CHECK(seen.kind == ValueKind::int32);
      CHECK(seen.value == i32(-5));
    } else if (width <= 8) {
      CHECK(seen.kind == ValueKind::int64);
      CHECK(seen.value == i64(-5));
    } else if (width <= 16) {
      CHECK(seen.kind == ValueKind::int128);
      CHECK(seen.value == Value::of(Int128{static_cast<uint64_t>(-5), -1}));
    } else if (width <= 32) {
      CHECK(seen.kind == ValueKind::int256);
      CHECK(seen.value == Value::of(Int256{{static_cast<uint64_t>(-5), ~uint64_t{0}, ~uint64_t{0},
                                            ~uint64_t{0}}}));
    } else {
      CHECK(seen.kind == ValueKind::fixed_bytes);
      CHECK(seen.width == 33);
      CHECK(seen.value == text(minus_five(33)));
    }
  }
}

TEST_CASE("DECIMAL on BYTE_ARRAY of precision 1 to 77, values of any length") {
  for (int32_t precision = 1; precision <= 77; ++precision) {
    INFO(precision);
    for (const size_t length : {1, 2, 16}) {
      const Seen seen = see(one(leaf("x", kBinary, Repetition::optional).decimal(precision, 0),
                                plain_byte_array({minus_five(length)})));
      if (precision <= 38) {
        CHECK(seen.kind == ValueKind::int128);
        CHECK(seen.value == Value::of(Int128{static_cast<uint64_t>(-5), -1}));
      } else if (precision <= 76) {
        CHECK(seen.kind == ValueKind::int256);
        CHECK(seen.value == Value::of(Int256{{static_cast<uint64_t>(-5), ~uint64_t{0}, ~uint64_t{0},
                                              ~uint64_t{0}}}));
      } else {
        CHECK(seen.kind == ValueKind::binary);
        CHECK(seen.value == text(minus_five(length)));
      }
    }
  }
}

TEST_CASE("DECIMAL on BYTE_ARRAY: sign extension is no value, more bytes than fit are corrupt") {
  const auto column = [] { return leaf("x", kBinary, Repetition::optional).decimal(38, 2); };
  CHECK(see(one(column(), plain_byte_array({minus_five(40)}))).value ==
        Value::of(Int128{static_cast<uint64_t>(-5), -1}));
  CHECK(see(one(column(), plain_byte_array({""}))).value == Value::of(Int128{0, 0}));
  std::string wide(17, '\0');
  wide[0] = 1;
  CHECK(error_of(one(column(), plain_byte_array({wide}))).find("corrupt: a decimal is wider") !=
        std::string::npos);
}

TEST_CASE("decimals of bytes in every encoding, over several pages with nulls") {
  for (const PhysicalType type : {kFixed, kBinary}) {
    for (const Encoding encoding : encodings_of(type)) {
      INFO(to_string(type), " ", to_string(encoding));
      Strings stored;
      std::vector<Value> expected;
      for (int i = 0; i < 2100; ++i) {
        std::string value(11, i % 2 == 0 ? '\0' : '\xFF');
        value[9] = static_cast<char>(i >> 8);
        value[10] = static_cast<char>(i);
        stored.push_back(value);
        const auto low = static_cast<uint64_t>(static_cast<uint16_t>(i));
        expected.push_back(i % 2 == 0 ? Value::of(Int128{low, 0})
                                      : Value::of(Int128{low | ~uint64_t{0xFFFF}, -1}));
      }
      const Strings entries = distinct(stored);
      FileBuilder f({leaf("x", type, Repetition::optional).length(11).decimal(25, 3)});
      ChunkBuilder& chunk = f.row_group(2103).chunk(0);
      chunk.dictionary(encode(type, Encoding::plain, entries),
                       static_cast<int32_t>(entries.size()));
      Rows rows;
      for (int part = 0; part < 3; ++part) {
        const Strings values(stored.begin() + part * 700, stored.begin() + (part + 1) * 700);
        Levels def(701, 1);
        def[350] = 0;
        for (int i = 0; i < 701; ++i) {
          rows.push_back(Value::record(
              {i == 350 ? Value::null()
                        : expected[static_cast<size_t>(part * 700 + i - (i > 350 ? 1 : 0))]}));
        }
        chunk.data_v1(
            {.def = def, .encoding = encoding, .values = encode(type, encoding, values, entries)});
      }
      const Bytes bytes = f.finish();
      for (const int32_t batch : {100, 5000}) {
        const ReadResult read = read_rows(bytes, {.batch_rows = batch});
        CHECK_MESSAGE(read.status.ok(), read.status.to_string());
        CHECK(read.fault == "");
        CHECK((read.rows == rows));
      }
      const ReadResult kept = read_rows(bytes, {.dictionary_columns = {"x"}});
      CHECK_MESSAGE(kept.status.ok(), kept.status.to_string());
      CHECK((kept.rows == rows));
    }
  }
}

Int96 int96(int64_t nanos, int32_t day) {
  const auto bits = static_cast<uint64_t>(nanos);
  return {
      {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32), static_cast<uint32_t>(day)}};
}

TEST_CASE("INT96 as stored, as nanoseconds and as microseconds") {
  const auto file = [](Int96 value, bool dictionary) {
    FileBuilder f({leaf("x", PhysicalType::int96, Repetition::optional)});
    ChunkBuilder& chunk = f.row_group(2).chunk(0);
    if (!dictionary) {
      chunk.data_v1({.def = {1, 0}, .values = plain_int96({value})});
    } else {
      chunk.dictionary(plain_int96({value}), 1)
          .data_v1({.def = {1, 0},
                    .encoding = Encoding::rle_dictionary,
                    .values = dictionary_indices({0}, 1)});
    }
    return f.finish();
  };
  constexpr int32_t kEpoch = 2440588;
  for (const bool dictionary : {false, true}) {
    const Int96 moment = int96(1'234'567'890, kEpoch + 1);
    ReadOptions options;
    if (dictionary) options.dictionary_columns = {"x"};
    CHECK(see(file(moment, dictionary), options).value == Value::of(moment));
    options.int96 = Int96As::nanos;
    const Seen nanos = see(file(moment, dictionary), options);
    CHECK(nanos.kind == ValueKind::int64);
    CHECK(nanos.width == 8);
    CHECK(nanos.value == i64(86'400'000'000'000 + 1'234'567'890));
    options.int96 = Int96As::micros;
    CHECK(see(file(moment, dictionary), options).value == i64(86'400'000'000 + 1'234'567));
    CHECK(see(file(int96(-1, kEpoch), dictionary), options).value == i64(-1));
    options.int96 = Int96As::nanos;
    const std::string error = error_of(file(int96(0, kEpoch + 200'000), dictionary), options);
    CHECK(error.find(
              "invalid_argument: INT96 of Julian day 2640588 is out of the range of 64 bits") !=
          std::string::npos);
    CHECK(error.find("column x, row group 0") != std::string::npos);
  }
}

TEST_CASE("FLOAT16, UUID and INTERVAL are fixed bytes, STRING and JSON binary") {
  const auto fixed = [](int32_t width, auto annotate) {
    std::string value(static_cast<size_t>(width), '\0');
    for (size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i + 1);
    const Seen seen = see(
        one(annotate(leaf("x", kFixed, Repetition::optional).length(width)), plain_fixed({value})));
    CHECK(seen.kind == ValueKind::fixed_bytes);
    CHECK(seen.width == static_cast<size_t>(width));
    CHECK(seen.value == text(value));
  };
  fixed(2, [](Element e) { return std::move(e).logical(logical_type(LogicalKind::float16)); });
  fixed(16, [](Element e) { return std::move(e).logical(logical_type(LogicalKind::uuid)); });
  fixed(12, [](Element e) { return std::move(e).converted(ConvertedType::interval); });
  // An annotation that contradicts its type is none.
  fixed(3, [](Element e) { return std::move(e).logical(logical_type(LogicalKind::uuid)); });
  const Seen string =
      see(one(leaf("x", kBinary, Repetition::optional).logical(logical_type(LogicalKind::string)),
              plain_byte_array({"a string longer than twelve bytes"})));
  CHECK(string.kind == ValueKind::binary);
  CHECK(string.value == text("a string longer than twelve bytes"));
}

}  // namespace
}  // namespace veneer::test
