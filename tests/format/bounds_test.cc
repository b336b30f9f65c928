#include <bit>
#include <cmath>

#include "base/bits.h"
#include "footer_bytes.h"

using namespace veneer;
using namespace veneer::test;

namespace {

template <class T>
std::string le(T value) {
  std::string bytes(sizeof(T), '\0');
  store_le(bytes.data(), value);
  return bytes;
}
std::string f32(float value) { return le(std::bit_cast<uint32_t>(value)); }
std::string f64(double value) { return le(std::bit_cast<uint64_t>(value)); }

Leaf leaf_of(PhysicalType type, LogicalKind kind = LogicalKind::none,
             ColumnOrder order = ColumnOrder::type_defined, int32_t length = 0) {
  Leaf leaf;
  leaf.physical_type = type;
  leaf.logical.kind = kind;
  leaf.column_order = order;
  leaf.type_length = length;
  return leaf;
}

Leaf unsigned_leaf(PhysicalType type) {
  Leaf leaf = leaf_of(type, LogicalKind::integer);
  leaf.logical.bit_width = type == PhysicalType::int32 ? 32 : 64;
  return leaf;
}

// Does the order put each before the next?
bool ascends(const Leaf& leaf, const std::vector<std::string>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = 0; j < values.size(); ++j) {
      const int order = compare(leaf, values[i], values[j]);
      if ((order < 0) != (i < j) || (order > 0) != (i > j)) return false;
    }
  }
  return true;
}

const WriterVersion kNobody;
const auto kBytes = PhysicalType::byte_array;
const auto kFixedBytes = PhysicalType::fixed_len_byte_array;

}  // namespace

TEST_CASE("the order of each type") {
  CHECK(ascends(leaf_of(PhysicalType::boolean), {le<uint8_t>(0), le<uint8_t>(1)}));
  CHECK(ascends(leaf_of(PhysicalType::int32), {le(INT32_MIN), le(-1), le(0), le(INT32_MAX)}));
  CHECK(ascends(leaf_of(PhysicalType::int64), {le(INT64_MIN), le(int64_t{-1}), le(INT64_MAX)}));
  CHECK(ascends(unsigned_leaf(PhysicalType::int32), {le(0), le(INT32_MAX), le(INT32_MIN), le(-1)}));
  CHECK(ascends(unsigned_leaf(PhysicalType::int64), {le(INT64_MAX), le(int64_t{-1})}));
  CHECK(ascends(leaf_of(PhysicalType::float32), {f32(-INFINITY), f32(-1.5f), f32(-1e-40f), f32(0),
                                                 f32(1e-40f), f32(2), f32(INFINITY)}));
  CHECK(ascends(leaf_of(PhysicalType::float64),
                {f64(-INFINITY), f64(-1), f64(0), f64(5e-324), f64(3)}));
  CHECK(compare(leaf_of(PhysicalType::float64), f64(-0.0), f64(0.0)) == 0);
  CHECK(compare(leaf_of(PhysicalType::float64), f64(NAN), f64(INFINITY)) > 0);
  CHECK(compare(leaf_of(PhysicalType::float64), f64(NAN), f64(-NAN)) == 0);
  // FLOAT16: -2, -0.5, 0, the least number over 0, 1, infinity
  CHECK(ascends(leaf_of(kFixedBytes, LogicalKind::float16, ColumnOrder::type_defined, 2),
                {le<uint16_t>(0xC000), le<uint16_t>(0xB800), le<uint16_t>(0), le<uint16_t>(1),
                 le<uint16_t>(0x3C00), le<uint16_t>(0x7C00)}));
  CHECK(ascends(
      leaf_of(PhysicalType::float64, LogicalKind::none, ColumnOrder::ieee754_total_order),
      {f64(-NAN), f64(-INFINITY), f64(-1), f64(-0.0), f64(0.0), f64(1), f64(INFINITY), f64(NAN)}));
  CHECK(ascends(leaf_of(PhysicalType::float32, LogicalKind::none, ColumnOrder::ieee754_total_order),
                {f32(-NAN), f32(-1), f32(-0.0f), f32(0.0f), f32(NAN)}));
  CHECK(
      ascends(leaf_of(kBytes, LogicalKind::string), {"", "a", "ab", "b", "\x7F", "\x80", "\xFF"}));
  const std::vector<std::string> numbers = {
      std::string("\x80\x00\x00", 3), "\x80",    "\xFE", "\xFF",
      std::string(1, '\0'),           "\x01",    "\x7F", std::string("\x00\x80", 2),
      std::string("\x00\xFF", 2),     "\x01\x01"};
  CHECK(ascends(leaf_of(kBytes, LogicalKind::decimal), numbers));
  const Leaf decimal = leaf_of(kBytes, LogicalKind::decimal);
  CHECK(compare(decimal, "\xFF", "\xFF\xFF\xFF") == 0);
  CHECK(compare(decimal, "", std::string(2, '\0')) == 0);
  CHECK(compare(decimal, "\xFF\x7F", "\x80") < 0);
  CHECK(ascends(leaf_of(PhysicalType::int96, LogicalKind::none, ColumnOrder::int96_timestamp),
                {le(int64_t{9}) + le(-1), le(int64_t{-1}) + le(5), le(int64_t{1}) + le(5),
                 le(int64_t{0}) + le(6)}));
}

TEST_CASE("types and orders without bounds") {
  CHECK(sort_order(leaf_of(PhysicalType::int96)) == SortOrder::none);
  CHECK(sort_order(leaf_of(PhysicalType::int32, LogicalKind::none,
                           ColumnOrder::ieee754_total_order)) == SortOrder::none);
  CHECK(sort_order(leaf_of(PhysicalType::int64, LogicalKind::none, ColumnOrder::int96_timestamp)) ==
        SortOrder::none);
  CHECK(sort_order(leaf_of(PhysicalType::int32, LogicalKind::none, ColumnOrder::undefined)) ==
        SortOrder::none);
  for (const auto kind : {LogicalKind::interval, LogicalKind::unknown, LogicalKind::geometry,
                          LogicalKind::geography, LogicalKind::variant}) {
    CHECK(sort_order(leaf_of(kBytes, kind)) == SortOrder::none);
  }
  CHECK(sort_order(leaf_of(PhysicalType::int64, LogicalKind::timestamp)) == SortOrder::signed_int);
  CHECK(sort_order(leaf_of(PhysicalType::int32, LogicalKind::decimal)) == SortOrder::signed_int);
}

TEST_CASE("new bounds, legacy bounds and neither") {
  const std::string low = le(1), high = le(9), legacy_low = le(2), legacy_high = le(8);
  Statistics both;
  both.min_value = low;
  both.max_value = high;
  both.min = legacy_low;
  both.max = legacy_high;
  both.is_max_value_exact = true;
  const Bounds bounds = effective_bounds(both, leaf_of(PhysicalType::int32), kNobody);
  CHECK(bounds.min == low);
  CHECK(bounds.max == high);
  CHECK_FALSE(bounds.min_exact);
  CHECK(bounds.max_exact);
  // Without a column order the new ones have no meaning; the old ones had one from the start.
  const Bounds old = effective_bounds(
      both, leaf_of(PhysicalType::int32, LogicalKind::none, ColumnOrder::undefined), kNobody);
  CHECK(old.min == legacy_low);
  CHECK(old.max == legacy_high);
  CHECK_FALSE(old.max_exact);

  Statistics legacy;
  legacy.min = legacy_low;
  legacy.max = legacy_high;
  CHECK(effective_bounds(legacy, leaf_of(PhysicalType::int32), kNobody).min.has_value());
  CHECK_FALSE(effective_bounds(legacy, unsigned_leaf(PhysicalType::int32), kNobody).min);
  CHECK_FALSE(effective_bounds(legacy, leaf_of(kBytes, LogicalKind::string), kNobody).min);
  CHECK_FALSE(effective_bounds(legacy, leaf_of(kBytes, LogicalKind::decimal), kNobody).min);
  CHECK_FALSE(effective_bounds({}, leaf_of(PhysicalType::int32), kNobody).min);
}

TEST_CASE("bounds that cannot be") {
  Statistics s;
  const std::string one = le(1), nine = le(9), wide = le(int64_t{1});
  s.min_value = nine;
  s.max_value = one;
  const Leaf leaf = leaf_of(PhysicalType::int32);
  CHECK_FALSE(effective_bounds(s, leaf, kNobody).min);
  CHECK_FALSE(effective_bounds(s, leaf, kNobody).max);
  s.min_value = wide;
  s.max_value = nine;
  CHECK_FALSE(effective_bounds(s, leaf, kNobody).min);
  CHECK(effective_bounds(s, leaf, kNobody).max == nine);
  s.min_value = std::string_view();
  CHECK_FALSE(effective_bounds(s, leaf, kNobody).min);
  CHECK_FALSE(effective_bounds("", "", leaf, kNobody).min);
  CHECK(effective_bounds(one, nine, leaf, kNobody).min == one);
  // Of fixed width: cut short is fine for bytes, not for numbers.
  const Leaf fixed = leaf_of(kFixedBytes, LogicalKind::none, ColumnOrder::type_defined, 4);
  CHECK(is_bound(fixed, "abc"));
  CHECK_FALSE(is_bound(fixed, "abcde"));
  CHECK_FALSE(
      is_bound(leaf_of(kFixedBytes, LogicalKind::decimal, ColumnOrder::type_defined, 4), "abc"));
}

TEST_CASE("NaN and the zeros") {
  const std::string nan = f64(NAN), zero = f64(0.0), minus = f64(-0.0), one = f64(1);
  const Leaf typed = leaf_of(PhysicalType::float64);
  const Leaf total =
      leaf_of(PhysicalType::float64, LogicalKind::none, ColumnOrder::ieee754_total_order);
  CHECK_FALSE(effective_bounds(nan, one, typed, kNobody).min);
  CHECK(effective_bounds(nan, one, typed, kNobody).max == one);
  CHECK_FALSE(effective_bounds(zero, nan, typed, kNobody).max);
  CHECK(effective_bounds(zero, one, typed, kNobody).min == minus);
  CHECK(effective_bounds(minus, minus, typed, kNobody).max == zero);
  CHECK(effective_bounds(zero, one, total, kNobody).min == zero);
  CHECK(effective_bounds(nan, nan, total, kNobody).max == nan);
  const std::string zero32 = f32(0.0f);
  CHECK(effective_bounds(zero32, zero32, leaf_of(PhysicalType::float32), kNobody).min ==
        f32(-0.0f));
  const std::string half = le<uint16_t>(0);
  CHECK(effective_bounds(half, half,
                         leaf_of(kFixedBytes, LogicalKind::float16, ColumnOrder::type_defined, 2),
                         kNobody)
            .min == le<uint16_t>(0x8000));
}

TEST_CASE("created_by, taken apart") {
  const auto parts = [](std::string_view text) {
    const WriterVersion v = WriterVersion::parse(text);
    std::string out(v.application);
    if (v.has_version) {
      out += '|' + std::to_string(v.major_number) + '.' + std::to_string(v.minor_number) + '.' +
             std::to_string(v.patch_number);
    }
    return out + '|' + std::string(v.suffix) + '|' + std::string(v.build);
  };
  CHECK(parts("parquet-mr version 1.8.0rc4 (build 6aa21f877662)") ==
        "parquet-mr|1.8.0|rc4|6aa21f877662");
  CHECK(parts("parquet-cpp-arrow version 14.0.2") == "parquet-cpp-arrow|14.0.2||");
  CHECK(parts("impala version 1.0 (build 6cf94d29b2b7)") == "impala|1.0.0||6cf94d29b2b7");
  CHECK(parts("parquet-mr version 1.5.0-cdh5.4.1 (build ${buildNumber})") ==
        "parquet-mr|1.5.0|-cdh5.4.1|${buildNumber}");
  CHECK(parts("DuckDB version v1.1.3 (build 19864453f7)") == "DuckDB|1.1.3||19864453f7");
  CHECK(parts("fastparquet-python version 2023.8.0 (build 0)") == "fastparquet-python|2023.8.0||0");
  CHECK(parts("parquet-mr") == "parquet-mr||");
  CHECK(parts("parquet-mr (build abc)") == "parquet-mr||abc");
  CHECK(parts("Polars") == "Polars||");
  CHECK(parts("") == "||");
  CHECK(parts(" version ") == "||");
  CHECK(parts("x version 99999999999.1") == "x||");
  CHECK(parts("x version -1.2") == "x||");
  CHECK(parts("x version 1.") == "x|1.0.0|.|");
  CHECK(parts("x version 1.2.3.4 (build") == "x|1.2.3|.4|");
  CHECK(parts("x version 1.99999999999") == "x|1.0.0|.99999999999|");
}

TEST_CASE("versions compare") {
  const WriterVersion v = WriterVersion::parse("parquet-mr version 1.8.1");
  CHECK(v.is_before("parquet-mr", 1, 8, 2));
  CHECK(v.is_before("parquet-mr", 1, 9, 0));
  CHECK(v.is_before("parquet-mr", 2, 0, 0));
  CHECK_FALSE(v.is_before("parquet-mr", 1, 8, 1));
  CHECK_FALSE(v.is_before("parquet-mr", 1, 7, 9));
  CHECK_FALSE(v.is_before("parquet-cpp", 2, 0, 0));
  CHECK(WriterVersion::parse("parquet-mr version 1.8.0-SNAPSHOT").is_before("parquet-mr", 1, 8, 0));
  CHECK_FALSE(WriterVersion::parse("parquet-mr").is_before("parquet-mr", 9, 0, 0));
}

TEST_CASE("statistics that known bugs spoil") {
  const Leaf text = leaf_of(kBytes, LogicalKind::string);
  const Leaf fixed = leaf_of(kFixedBytes, LogicalKind::decimal, ColumnOrder::type_defined, 4);
  const Leaf number = leaf_of(PhysicalType::int32);
  const auto trusted = [](std::string_view writer, const Leaf& leaf) {
    return trust_statistics(WriterVersion::parse(writer), leaf);
  };
  CHECK_FALSE(trusted("parquet-mr version 1.7.0 (build x)", text));
  CHECK_FALSE(trusted("parquet-mr version 1.7.0 (build x)", fixed));
  CHECK(trusted("parquet-mr version 1.7.0 (build x)", number));
  CHECK(trusted("parquet-mr version 1.8.0 (build x)", text));
  CHECK_FALSE(trusted("parquet-mr version 1.5.0-cdh5.4.9 (build x)", text));
  CHECK(trusted("parquet-mr version 1.5.0-cdh5.5.0 (build x)", text));
  CHECK(trusted("parquet-mr version 1.5.0-cdh5.11.1 (build x)", text));
  CHECK_FALSE(trusted("parquet-cpp version 1.2.9", text));
  CHECK(trusted("parquet-cpp version 1.5.1-SNAPSHOT", text));
  CHECK_FALSE(trusted("parquet-cpp version 1.5.1-SNAPSHOT", fixed));
  CHECK(trusted("parquet-cpp-arrow version 3.0.0", fixed));
  CHECK(trusted("", text));
  CHECK_FALSE(trusted("hyparquet", text));
  CHECK_FALSE(trusted("hyparquet", fixed));
  CHECK(trusted("hyparquet", number));
  CHECK(trusted("parquet-cpp-arrow version 4.0.1", text));
  CHECK_FALSE(trusted("parquet-cpp-arrow version 5.0.0", text));
  CHECK_FALSE(trusted("parquet-cpp-arrow version 11.0.0", text));
  CHECK(trusted("parquet-cpp-arrow version 11.0.0", fixed));
  CHECK(trusted("parquet-cpp-arrow version 12.0.0", text));
  const auto counted = [](std::string_view writer, const Leaf& leaf) {
    return trust_null_count(WriterVersion::parse(writer), leaf);
  };
  Leaf item = number;
  item.max_repetition_level = 1;
  CHECK_FALSE(counted("parquet-cpp-arrow version 5.0.0", text));
  CHECK(counted("parquet-cpp-arrow version 6.0.0", text));
  CHECK(counted("parquet-cpp-arrow version 5.0.0", number));
  CHECK_FALSE(counted("parquet-cpp-arrow version 26.0.1", item));
  CHECK(counted("parquet-mr version 1.7.0", text));
  Statistics s;
  s.min_value = "a";
  s.max_value = "b";
  CHECK_FALSE(effective_bounds(s, text, WriterVersion::parse("parquet-mr version 1.7.0")).min);
  CHECK(v2_pages_always_compressed(WriterVersion::parse("parquet-cpp version 1.5.1-SNAPSHOT")));
  CHECK_FALSE(v2_pages_always_compressed(WriterVersion::parse("parquet-cpp-arrow version 1.0.0")));
  CHECK(bit_packed_levels_lsb_first(WriterVersion::parse("impala version 2.5.0-SNAPSHOT")));
  CHECK_FALSE(bit_packed_levels_lsb_first(WriterVersion::parse("parquet-mr version 1.8.1")));
}
