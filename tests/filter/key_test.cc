// Keys, sets of keys, and where literals lie among them.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "filter/evaluate.h"
#include "filter/key_set.h"
#include "filter/key_type.h"
#include "filter/literal_text.h"
#include "filter/prove.h"

using namespace veneer;
using namespace veneer::filter;

namespace {

Leaf leaf_of(PhysicalType type, LogicalType logical = {}, int32_t length = 0) {
  Leaf leaf;
  leaf.physical_type = type;
  leaf.column_order = ColumnOrder::type_defined;
  leaf.max_definition_level = 1;
  leaf.logical = logical;
  leaf.type_length = length;
  return leaf;
}

LogicalType logical(LogicalKind kind) {
  LogicalType type;
  type.kind = kind;
  return type;
}

LogicalType decimal(int32_t precision, int32_t scale) {
  LogicalType type = logical(LogicalKind::decimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}

LogicalType timestamp(TimeUnit unit, bool utc) {
  LogicalType type = logical(LogicalKind::timestamp);
  type.unit = unit;
  type.adjusted_to_utc = utc;
  return type;
}

template <class T>
std::string plain(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  if (std::endian::native == std::endian::big) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string plain(const Int96& value) {  // three words, each least significant byte first
  return plain(value.words[0]) + plain(value.words[1]) + plain(value.words[2]);
}

std::string key(const Leaf& leaf, const std::string& bytes) {
  std::string made;
  REQUIRE(KeyType::of(leaf).from_plain(bytes, &made));
  return made;
}

using Fit = KeyType::Position::Fit;

KeyType::Position position(const Leaf& leaf, const Literal& literal) {
  KeyType::Position at;
  const Status status = KeyType::of(leaf).position(literal, &at);
  REQUIRE_MESSAGE(status.ok(), status.to_string());
  return at;
}

std::string refused(const Leaf& leaf, const Literal& literal) {
  KeyType::Position at;
  const Status status = KeyType::of(leaf).position(literal, &at);
  CHECK(status.code() == StatusCode::invalid_argument);
  return std::string(status.message());
}

}  // namespace

TEST_CASE("sets of keys: every operation against membership, at random") {
  std::mt19937 random(7);
  // Keys of one and two letters, so that prefixes, neighbours and equals all occur.
  std::vector<std::string> keys = {""};
  for (const char a : {'a', 'b', '\x7F', '\x80', '\xFF'}) {
    keys.push_back(std::string(1, a));
    for (const char b : {'\0', 'a', '\xFF'}) keys.push_back(std::string{a, b});
  }
  const auto any_set = [&] {
    KeySet set((random() & 1) != 0);
    for (int i = 0; i < 4; ++i) {
      const std::string& text = keys[random() % keys.size()];
      KeySet other = random() % 3 == 0   ? KeySet::point(text)
                     : random() % 2 == 0 ? KeySet::prefix(text)
                                         : KeySet::before({text, (random() & 1) != 0});
      if (random() % 3 == 0) other = KeySet::complement(std::move(other));
      set = (random() & 1) != 0 ? KeySet::unite(set, other) : KeySet::intersect(set, other);
    }
    return set;
  };
  for (int i = 0; i < 2000; ++i) {
    const KeySet a = any_set();
    const KeySet b = any_set();
    const KeySet either = KeySet::unite(a, b);
    const KeySet both = KeySet::intersect(a, b);
    const KeySet neither = KeySet::complement(either);
    for (const std::string& k : keys) {
      CHECK(either.contains(k) == (a.contains(k) || b.contains(k)));
      CHECK(both.contains(k) == (a.contains(k) && b.contains(k)));
      CHECK(neither.contains(k) == !either.contains(k));
    }
    for (size_t n = 1; n < both.cuts().size(); ++n) CHECK(both.cuts()[n - 1] < both.cuts()[n]);
    const std::string& low = keys[random() % keys.size()];
    const std::string& high = keys[random() % keys.size()];
    if (high < low) continue;
    for (const std::string& k : keys) {
      if (k < low || high < k) continue;
      if (a.contains(k)) CHECK(a.overlaps(&low, &high));
      if (a.covers(&low, &high)) CHECK(a.contains(k));
      if (a.contains(k)) CHECK(a.overlaps(nullptr, &high));
      if (a.covers(&low, nullptr)) CHECK(a.contains(k));
    }
  }
  CHECK(KeySet::prefix("ab").contains("ab\xFF\xFF"));
  CHECK_FALSE(KeySet::prefix("ab").contains("ac"));
  CHECK(KeySet::prefix("\xFF\xFF").contains("\xFF\xFF\xFF"));
  std::vector<std::string_view> points;
  const KeySet two = KeySet::unite({KeySet::point("b"), KeySet::point("a"), KeySet::point("b")});
  CHECK(two.points(2, &points));
  CHECK(points == std::vector<std::string_view>{"a", "b"});
  CHECK_FALSE(KeySet::before({"a", true}).points(9, &points));
}

TEST_CASE("keys ascend as values do") {
  const Leaf doubles = leaf_of(PhysicalType::float64);
  const double ascending[] = {-INFINITY, -1e300, -1.0, -1e-320, 0.0, 1e-320, 1.0, INFINITY, NAN};
  for (size_t i = 1; i < std::size(ascending); ++i) {
    CHECK(key(doubles, plain(ascending[i - 1])) < key(doubles, plain(ascending[i])));
  }
  CHECK(key(doubles, plain(-0.0)) == key(doubles, plain(0.0)));
  CHECK(key(doubles, plain(double{-NAN})) == key(doubles, plain(double{NAN})));

  LogicalType unsigned_32 = logical(LogicalKind::integer);
  unsigned_32.bit_width = 32;
  const Leaf naturals = leaf_of(PhysicalType::int32, unsigned_32);
  CHECK(key(naturals, plain(uint32_t{1})) < key(naturals, plain(UINT32_MAX)));
  const Leaf integers = leaf_of(PhysicalType::int32);
  CHECK(key(integers, plain(int32_t{1})) > key(integers, plain(int32_t{-1})));

  const Leaf wide = leaf_of(PhysicalType::fixed_len_byte_array, decimal(30, 2), 13);
  CHECK(key(wide, std::string(13, '\xFF')) < key(wide, std::string(13, '\0')));
  const Leaf variable = leaf_of(PhysicalType::byte_array, decimal(30, 2));
  CHECK(key(variable, "\x01") == key(variable, std::string("\0\x01", 2)));
  CHECK(key(variable, "\xFE") < key(variable, "\xFF"));
  // A decimal of 7 bytes is a number.
  const Leaf narrow = leaf_of(PhysicalType::fixed_len_byte_array, decimal(15, 2), 7);
  CHECK(key(narrow, std::string("\0\0\0\0\0\0\x05", 7)) == key_of_number(5));
  CHECK(key(narrow, std::string(7, '\xFF')) == key_of_number(-1));

  Int96 stored;
  stored.words = {0, 0, 2'440'588};
  CHECK(wide_of_int96(stored).words[0] == 2'440'588);
}

TEST_CASE("numbers are compared by value, whatever the scale") {
  const Leaf integers = leaf_of(PhysicalType::int32);
  const auto number = [](const char* digits) { return Literal::of(Literal::Kind::number, digits); };
  CHECK(position(integers, 5).key == key_of_number(5));
  CHECK(position(integers, number("5.00")).fit == Fit::at);
  CHECK(position(integers, number("5.5")).fit == Fit::above);
  CHECK(position(integers, number("5.5")).key == key_of_number(5));
  CHECK(position(integers, number("-5.5")).key == key_of_number(-6));
  CHECK(position(integers, number("-0.5")).key == key_of_number(-1));
  CHECK(position(integers, number("99999999999999999999")).fit == Fit::most);
  CHECK(position(integers, number("-99999999999999999999")).fit == Fit::least);
  CHECK(position(integers, number(("-1" + std::string(90, '0')).c_str())).fit == Fit::least);

  const Leaf money = leaf_of(PhysicalType::int64, decimal(18, 2));
  CHECK(position(money, number("12.5")).key == key_of_number(1250));
  CHECK(position(money, number("12.505")).fit == Fit::above);
  CHECK(position(money, number("-12.505")).key == key_of_number(-1251));
  CHECK(position(money, 12).key == key_of_number(1200));

  const Leaf wide = leaf_of(PhysicalType::fixed_len_byte_array, decimal(38, 10), 16);
  CHECK(position(wide, number("0.0000000001")).key == key(wide, std::string(15, '\0') + '\x01'));
  CHECK(position(wide, number("-0.0000000001")).key == key(wide, std::string(16, '\xFF')));

  LogicalType unsigned_64 = logical(LogicalKind::integer);
  unsigned_64.bit_width = 64;
  const Leaf naturals = leaf_of(PhysicalType::int64, unsigned_64);
  CHECK(position(naturals, UINT64_MAX).key == key(naturals, plain(UINT64_MAX)));
  CHECK(position(naturals, -1).fit == Fit::least);

  const Leaf floats = leaf_of(PhysicalType::float32);
  CHECK(position(floats, 0.1f).key == key(floats, plain(0.1f)));
  CHECK(position(floats, number("0.1")).key == key(floats, plain(0.1f)));
  CHECK(position(floats, number(("1" + std::string(60, '0')).c_str())).key ==
        key(floats, plain(float{INFINITY})));
  CHECK(position(floats, "NaN").key == key_of_number(kNanNumber));
  CHECK(position(floats, "-infinity").key == key(floats, plain(-float{INFINITY})));
  CHECK(position(leaf_of(PhysicalType::float64), -1.5e-300).key ==
        key(leaf_of(PhysicalType::float64), plain(-1.5e-300)));

  const Leaf halves = leaf_of(PhysicalType::fixed_len_byte_array, logical(LogicalKind::float16), 2);
  CHECK(position(halves, 1.0).key == key(halves, plain(uint16_t{0x3C00})));
  CHECK(position(halves, 65504).key == key(halves, plain(uint16_t{0x7BFF})));
  CHECK(position(halves, 65520).key == key(halves, plain(uint16_t{0x7C00})));
  CHECK(position(halves, number("0.00006103515625")).key == key(halves, plain(uint16_t{0x0400})));
  CHECK(position(halves, number("0.000000059604644775390625")).key ==
        key(halves, plain(uint16_t{1})));
  CHECK(position(halves, number("-0")).key == key(halves, plain(uint16_t{0})));

  CHECK(refused(integers, "5") == "it takes numbers");
  CHECK(refused(integers, true) == "it takes numbers");
  CHECK(refused(floats, "abc") == "it takes numbers, 'NaN' and 'Infinity'");
  CHECK(refused(leaf_of(PhysicalType::boolean), 1) == "it takes true and false");
}

TEST_CASE("dates, times and zones") {
  const Leaf date = leaf_of(PhysicalType::int32, logical(LogicalKind::date));
  CHECK(position(date, "1970-01-01").key == key_of_number(0));
  CHECK(position(date, "2000-03-01").key == key_of_number(11'017));
  CHECK(position(date, "1969-12-31").key == key_of_number(-1));
  CHECK(position(date, "-0001-01-01").key == key_of_number(-719'893));
  CHECK(position(date, "2026-05-08 12:00").fit == Fit::above);
  CHECK(position(date, Literal::of(Literal::Kind::date, "2026-05-08")).fit == Fit::at);
  for (const char* wrong :
       {"2026-5-8", "2026-02-29", "2026-13-01", "2026-05-08x", "", "20260508"}) {
    CHECK(refused(date, wrong) == "it takes dates such as '2026-05-08'");
  }
  CHECK(refused(date, 20260508) == "it takes dates such as '2026-05-08'");

  const Leaf utc = leaf_of(PhysicalType::int64, timestamp(TimeUnit::micros, true));
  const int64_t noon = int64_t{20'581} * 86'400'000'000 + int64_t{43'200} * 1'000'000;
  CHECK(position(utc, "2026-05-08T12:00:00Z").key == key_of_number(noon));
  CHECK(position(utc, "2026-05-08 14:00+02:00").key == key_of_number(noon));
  CHECK(position(utc, "2026-05-08 14:00 +0200").key == key_of_number(noon));
  CHECK(position(utc, "2026-05-08 00:30-11:30").key == key_of_number(noon));
  CHECK(position(utc, "2026-05-09 01:00+13").key == key_of_number(noon));
  CHECK(position(utc, "2026-05-08 12:00").key == key_of_number(noon));
  CHECK(position(utc, "2026-05-08 12:00:00.0000005").fit == Fit::above);
  CHECK(position(utc, "2026-05-08 12:00:00.000001").key == key_of_number(noon + 1));
  CHECK(position(utc, "-290308-12-21T19:59:05.224192Z").key == key_of_number(INT64_MIN));
  CHECK(position(utc, "-290308-12-21T19:59:05.224191Z").fit == Fit::least);
  const Leaf local = leaf_of(PhysicalType::int64, timestamp(TimeUnit::nanos, false));
  CHECK(refused(local, "2026-05-08T12:00:00Z").find("no time zone") != std::string::npos);
  CHECK(position(local, "9999-01-01").fit == Fit::most);
  CHECK(position(local, "0001-01-01").fit == Fit::least);
  for (const char* wrong :
       {"2026-05-08 24:00", "2026-05-08 12:00:60", "2026-05-08 12:00:00.",
        "2026-05-08 12:00:00.1234567891", "2026-05-08 12", "2026-05-08 12:00 x"}) {
    CHECK(refused(utc, wrong).find("it takes dates and times") == 0);
  }

  LogicalType time = logical(LogicalKind::time);
  time.unit = TimeUnit::millis;
  const Leaf times = leaf_of(PhysicalType::int32, time);
  CHECK(position(times, "00:00:01.5").key == key_of_number(1500));
  CHECK(refused(times, "2026-05-08") == "it takes times such as '12:30:00.25'");

  const Leaf int96 = leaf_of(PhysicalType::int96);
  Int96 stored;
  stored.words = {1'000'000'000, 0, 2'440'588};
  CHECK(position(int96, "1970-01-01 00:00:01").key == key(int96, plain(stored)));
}

TEST_CASE("bytes and UUIDs") {
  const Leaf uuid = leaf_of(PhysicalType::fixed_len_byte_array, logical(LogicalKind::uuid), 16);
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>(i * 17);
  CHECK(position(uuid, "00112233-4455-6677-8899-AABBccddeeff").key == bytes);
  CHECK(position(uuid, "00112233445566778899aabbccddeeff").key == bytes);
  CHECK(refused(uuid, "00112233") == "it is no UUID");
  CHECK(refused(uuid, "0011223-34455-6677-8899-aabbccddeeff") == "it is no UUID");
  const Leaf text = leaf_of(PhysicalType::byte_array, logical(LogicalKind::string));
  CHECK(position(text, "x").key == "x");
  CHECK(position(text, Literal::of(Literal::Kind::binary, "\x01")).key == "\x01");
  CHECK(refused(text, 5) == "it takes text in quotes, or bytes as x'0aff'");
  CHECK(
      refused(leaf_of(PhysicalType::fixed_len_byte_array, logical(LogicalKind::interval), 12), "x")
          .find("only be tested for null") != std::string::npos);
}

TEST_CASE("forms of a key, for bloom filters") {
  std::string bytes;
  const Leaf doubles = leaf_of(PhysicalType::float64);
  const KeyType type = KeyType::of(doubles);
  CHECK(type.to_plain(key(doubles, plain(0.0)), 0, &bytes));
  CHECK(bytes == plain(0.0));
  CHECK(type.to_plain(key(doubles, plain(0.0)), 1, &bytes));
  CHECK(bytes == plain(-0.0));
  CHECK_FALSE(type.to_plain(key(doubles, plain(0.0)), 2, &bytes));
  CHECK(type.to_plain(key(doubles, plain(-2.5)), 0, &bytes));
  CHECK(bytes == plain(-2.5));
  CHECK_FALSE(type.to_plain(key(doubles, plain(-2.5)), 1, &bytes));
  CHECK_FALSE(type.has_plain(key_of_number(kNanNumber)));
  const Leaf int32 = leaf_of(PhysicalType::int32);
  const KeyType integers = KeyType::of(int32);
  CHECK(integers.to_plain(key_of_number(-7), 0, &bytes));
  CHECK(bytes == plain(int32_t{-7}));
  CHECK_FALSE(integers.to_plain(key_of_number(int64_t{1} << 40), 0, &bytes));
  const Leaf narrow = leaf_of(PhysicalType::fixed_len_byte_array, decimal(9, 2), 4);
  CHECK(KeyType::of(narrow).to_plain(key_of_number(-2), 0, &bytes));
  CHECK(bytes == "\xFF\xFF\xFF\xFE");
  CHECK_FALSE(KeyType::of(narrow).to_plain(key_of_number(int64_t{1} << 31), 0, &bytes));
  const Leaf wide = leaf_of(PhysicalType::fixed_len_byte_array, decimal(38, 2), 16);
  const std::string minus_one(16, '\xFF');
  CHECK(KeyType::of(wide).to_plain(key(wide, minus_one), 0, &bytes));
  CHECK(bytes == minus_one);
  CHECK_FALSE(KeyType::of(leaf_of(PhysicalType::byte_array, decimal(9, 2))).has_plain("x"));
}

TEST_CASE("what bounds prove") {
  const Leaf doubles = leaf_of(PhysicalType::float64);
  const KeyType type = KeyType::of(doubles);
  Evidence known;
  known.rows = 10;
  known.nulls = 0;
  known.low = key(doubles, plain(1.0));
  known.high = key(doubles, plain(5.0));
  Term term;
  const auto less = [&](double value) {
    return KeySet::before({key(doubles, plain(value)), false});
  };
  term.set = less(1.0);
  CHECK(prove(term, type, known) == Match::none);
  term.set = less(2.0);
  CHECK(prove(term, type, known) == Match::some);
  term.set = less(6.0);
  // There may be NaNs, which are not less.
  CHECK(prove(term, type, known) == Match::some);
  known.nans = 0;
  CHECK(prove(term, type, known) == Match::all);
  known.nans.reset();
  term.set = KeySet::complement(less(6.0));
  CHECK(prove(term, type, known) == Match::some);
  known.nans = 0;
  CHECK(prove(term, type, known) == Match::none);
  known.nulls.reset();
  term.set = less(6.0);
  CHECK(prove(term, type, known) == Match::some);
  term.nulls = true;
  CHECK(prove(term, type, known) == Match::all);
  term.set = KeySet();
  CHECK(prove(term, type, known) == Match::some);
  known.nulls = 0;
  CHECK(prove(term, type, known) == Match::none);
  known.nulls = 10;
  CHECK(prove(term, type, known) == Match::all);
  term.nulls = false;
  term.set = KeySet(true);
  CHECK(prove(term, type, known) == Match::none);
}

TEST_CASE("kernels against sets, at random") {
  std::mt19937_64 random(3);
  const Leaf leaf = leaf_of(PhysicalType::int32);
  const KeyType type = KeyType::of(leaf);
  for (int round = 0; round < 200; ++round) {
    Term term;
    std::vector<KeySet> sets;
    for (size_t i = random() % 6; i > 0; --i) {
      const int64_t at = random() % 5 == 0 ? INT64_MAX : static_cast<int64_t>(random() % 20);
      sets.push_back(random() % 2 == 0 ? KeySet::point(key_of_number(at))
                                       : KeySet::before({key_of_number(at), random() % 2 == 0}));
    }
    term.set = KeySet::unite(std::move(sets));
    if (random() % 2 == 0) term.set = KeySet::complement(std::move(term.set));
    term.nulls = random() % 2 == 0;
    std::vector<int32_t> numbers(random() % 3000);
    std::vector<uint8_t> valid(numbers.size() / 8 + 1);
    for (int32_t& number : numbers) number = static_cast<int32_t>(random() % 22) - 1;
    for (uint8_t& byte : valid) byte = static_cast<uint8_t>(random());
    Values values;
    values.data = numbers.data();
    values.width = 4;
    values.size = numbers.size();
    values.validity = round % 2 == 0 ? valid.data() : nullptr;
    std::vector<uint8_t> bits(numbers.size() / 8 + 16);
    Evaluator(term, type, leaf).evaluate(values, bits.data());
    for (size_t i = 0; i < numbers.size(); ++i) {
      const bool null = values.validity != nullptr && (valid[i / 8] >> (i % 8) & 1) == 0;
      const bool kept = null ? term.nulls : term.set.contains(key_of_number(numbers[i]));
      REQUIRE(((bits[i / 8] >> (i % 8) & 1) != 0) == kept);
    }
  }
}

TEST_CASE("like: any bytes, or one character") {
  CHECK(is_like("S\xC3\xA3o", "S_o"));
  CHECK_FALSE(is_like("S\xC3\xA3o", "S__o"));
  CHECK(is_like("abcabd", "%ab_"));
  CHECK(is_like("", "%"));
  CHECK_FALSE(is_like("", "_"));
  CHECK(is_like("a%b", "a%b"));
  CHECK_FALSE(is_like("\xC3\xA9xx", "%___x"));
}
