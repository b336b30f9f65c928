// The types of leaves that cases have, with some values of each and how a predicate writes them.
#include <cmath>
#include <cstring>
#include <limits>

#include "filter_cases.h"

namespace veneer::test {
namespace {

template <class T>
std::string raw(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

std::string big_endian(int64_t value, size_t width) {
  std::string bytes(width, value < 0 ? '\xFF' : '\0');
  for (size_t i = 0; i < std::min<size_t>(8, width); ++i) {
    bytes[width - 1 - i] = static_cast<char>(value >> (8 * i));
  }
  return bytes;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

std::string hex(std::string_view bytes) {
  std::string out = "x'";
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out + "'";
}

class Types {
 public:
  Types() {
    integers<int32_t>("INT32", leaf("", PhysicalType::int32),
                      {INT32_MIN, -5, -1, 0, 1, 2, 3, 7, 100, INT32_MAX});
    between("0.5", 4);
    between("-1.5", 2);
    between("99999999999999999999999", 10);
    integers<int64_t>("INT64", leaf("", PhysicalType::int64),
                      {INT64_MIN, -5'000'000'000, -1, 0, 1, 2, 40, 5'000'000'000, INT64_MAX});
    between("-1e30", 0);
    integers<uint32_t>("UINT32", leaf("", PhysicalType::int32).logical(logical_integer(32, false)),
                       {0, 1, 7, 0x80000000, UINT32_MAX});
    between("-3", 0);
    integers<uint64_t>("UINT64", leaf("", PhysicalType::int64).logical(logical_integer(64, false)),
                       {0, 1, 7, uint64_t{1} << 63, UINT64_MAX});
    begin("BOOLEAN", leaf("", PhysicalType::boolean));
    atom(std::string(1, '\0'), "false");
    atom("\x01", "true");
    floats<double>("DOUBLE", leaf("", PhysicalType::float64));
    floats<float>("FLOAT", leaf("", PhysicalType::float32));
    halves();
    decimals("DECIMAL INT32", leaf("", PhysicalType::int32).decimal(9, 2),
             [](int64_t v) { return raw(static_cast<int32_t>(v)); });
    decimals("DECIMAL INT64", leaf("", PhysicalType::int64).decimal(18, 2),
             [](int64_t v) { return raw(v); });
    for (const size_t width : {3, 7, 13}) {
      decimals("DECIMAL FIXED " + std::to_string(width),
               leaf("", PhysicalType::fixed_len_byte_array)
                   .length(static_cast<int32_t>(width))
                   .decimal(width == 3 ? 6 : 15, 2),
               [width](int64_t v) { return big_endian(v, width); });
    }
    decimals("DECIMAL BYTES", leaf("", PhysicalType::byte_array).decimal(30, 2),
             [](int64_t v) { return big_endian(v, 5); });
    types_.back().blooms = false;
    begin("DATE", leaf("", PhysicalType::int32).converted(ConvertedType::date));
    for (const auto& [days, text] :
         std::vector<std::pair<int32_t, const char*>>{{-719'162, "0001-01-01"},
                                                      {-1, "1969-12-31"},
                                                      {0, "1970-01-01"},
                                                      {20'581, "2026-05-08"}}) {
      atom(raw(days), quoted(text));
    }
    between("'1969-12-31 23:59'", 2);
    begin("TIMESTAMP",
          leaf("", PhysicalType::int64).logical(logical_timestamp(true, TimeUnit::micros)));
    atom(raw(int64_t{-1}), "'1969-12-31T23:59:59.999999Z'");
    atom(raw(int64_t{0}), "timestamp '1970-01-01 01:00+01:00'");
    atom(raw(int64_t{1}), "'1970-01-01 00:00:00.000001'");
    atom(raw(int64_t{20'581} * 86'400'000'000), "date '2026-05-08'");
    between("'1970-01-01 00:00:00.0000005'", 2);
    begin("TIME", leaf("", PhysicalType::int32).logical(logical_time(false, TimeUnit::millis)));
    atom(raw(int32_t{0}), "'00:00'");
    atom(raw(int32_t{1'500}), "time '00:00:01.5'");
    atom(raw(int32_t{86'399'999}), "'23:59:59.999'");
    begin("INT96", leaf("", PhysicalType::int96));
    types_.back().has_order = false;
    types_.back().blooms = false;
    for (const auto& [day, text] : std::vector<std::pair<uint32_t, const char*>>{
             {2'440'587, "1969-12-31"}, {2'440'588, "1970-01-01"}, {2'461'169, "2026-05-08"}}) {
      Int96 value;
      value.words[2] = day;
      atom(raw(value), quoted(text));
    }
    begin("STRING", leaf("", PhysicalType::byte_array).converted(ConvertedType::utf8));
    types_.back().text = true;
    for (const char* text : {"", "a", "ab", "abc", "abcdefghijklmnop", "abcdefghijklmnoq", "b",
                             "it's", "z", "\xC3\xA9t\xC3\xA9"}) {
      atom(text, quoted(text));
    }
    atom("\xFF", "x'ff'");
    atom("\xFF\xFF\xFF", "x'FFffFF'");
    between("'abcd'", 4);
    begin("BYTES", leaf("", PhysicalType::fixed_len_byte_array).length(3));
    for (const char* text : {"\x01\x01\x01", "aaa", "aab", "b__", "\x80\x80\x80", "\xFF\xFF\xFF"}) {
      atom(text, hex(text));
    }
    between("x'62'", 3);
    begin("UUID", leaf("", PhysicalType::fixed_len_byte_array)
                      .length(16)
                      .logical(logical_type(LogicalKind::uuid)));
    atom(std::string(16, '\0'), "'00000000-0000-0000-0000-000000000000'");
    atom(std::string(15, '\0') + '\x07', "uuid '00000000-0000-0000-0000-000000000007'");
    atom(std::string(16, '\xFF'), "'ffffffff-FFFF-ffff-ffff-ffffffffffff'");
    // Ranks follow the order in which they stand, but where they are equal on purpose.
  }

  const std::vector<AtomType>& all() const { return types_; }

 private:
  void begin(std::string name, Element element) {
    AtomType type;
    type.name = std::move(name);
    type.element = std::move(element);
    types_.push_back(std::move(type));
  }
  // Ranks are spaced, so that there is room between.
  void atom(std::string plain, std::string literal) {
    auto& atoms = types_.back().atoms;
    atoms.push_back(
        {std::move(plain), std::move(literal), static_cast<int>(atoms.size()) * 10, true});
  }
  // Before the atom of rank 10 × `at`.
  void between(std::string literal, int at) {
    types_.back().atoms.push_back({"", std::move(literal), at * 10 - 5, false});
  }
  template <class T>
  void integers(std::string name, Element element, std::vector<T> values) {
    begin(std::move(name), std::move(element));
    for (const T value : values) atom(raw(value), std::to_string(value));
  }
  template <class T>
  void floats(std::string name, Element element) {
    begin(std::move(name), std::move(element));
    types_.back().floating = true;
    const T infinity = std::numeric_limits<T>::infinity();
    atom(raw(-infinity), "'-Infinity'");
    atom(raw(T{-1e30f}), std::is_same_v<T, float> ? "-1e30" : "-1000000015047466219876688855040");
    atom(raw(T{-1.5}), "-1.5");
    atom(raw(T{0.0}), "0");
    atom(raw(T{0.25}), "25e-2");
    atom(raw(T{2}), "2.0");
    atom(raw(infinity), "'inf'");
    atom(raw(std::numeric_limits<T>::quiet_NaN()), "'NaN'");
    auto& atoms = types_.back().atoms;
    atoms.push_back({raw(-T{0.0}), "-0.0", atoms[3].rank, true});
    atoms.push_back({raw(-std::numeric_limits<T>::quiet_NaN()), "", atoms[7].rank, true});
    if (std::is_same_v<T, double>) between("-1.5000001", 2);
  }
  void halves() {
    begin("FLOAT16", leaf("", PhysicalType::fixed_len_byte_array)
                         .length(2)
                         .logical(logical_type(LogicalKind::float16)));
    types_.back().floating = true;
    for (const auto& [bits, text] :
         std::vector<std::pair<uint16_t, const char*>>{{0xFC00, "'-inf'"},
                                                       {0xC000, "-2"},
                                                       {0x0000, "0"},
                                                       {0x0001, "5.9604644775390625e-8"},
                                                       {0x3C00, "1"},
                                                       {0x7BFF, "65504"},
                                                       {0x7C00, "'Infinity'"},
                                                       {0x7E00, "'nan'"}}) {
      atom(raw(bits), text);
    }
    auto& atoms = types_.back().atoms;
    atoms.push_back({raw(uint16_t{0x8000}), "-0", atoms[2].rank, true});
  }
  template <class Plain>
  void decimals(std::string name, Element element, Plain plain) {
    begin(std::move(name), std::move(element));
    for (const auto& [value, text] :
         std::vector<std::pair<int64_t, const char*>>{{-12'345, "-123.45"},
                                                      {-1, "-0.01"},
                                                      {0, "0"},
                                                      {1, "0.010"},
                                                      {150, "1.5"},
                                                      {999'999, "9999.99"}}) {
      atom(plain(value), text);
    }
    between("-0.001", 2);
    between("1.499999", 4);
    between("1e40", 6);
  }

  std::vector<AtomType> types_;
};

}  // namespace

const std::vector<AtomType>& atom_types() {
  static const Types types;
  return types.all();
}

}  // namespace veneer::test
