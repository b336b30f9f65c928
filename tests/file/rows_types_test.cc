// What each kind of member takes, and what it refuses.
#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/encoders.h"
#include "support/file_builder.h"
#include "veneer/rows.h"

using namespace veneer;
using namespace std::chrono;
using test::Bytes;
using test::FileBuilder;

namespace {

template <class T>
struct One {
  T x{};
};

}  // namespace

template <class T>
struct veneer::Binding<One<T>> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("x", &One<T>::x));
};

namespace {

File open(const Bytes& bytes) {
  auto file = File::open(memory_input(bytes));
  INFO(file.status().to_string());
  REQUIRE(file.ok());
  return *file;
}

/// The file of one leaf "x" with these V1 PLAIN values.
Bytes one_leaf(test::Element element, int64_t rows, Bytes values,
               std::vector<uint64_t> definition = {}) {
  FileBuilder f({std::move(element)});
  f.row_group(rows).chunk(0).data_v1({.def = std::move(definition), .values = std::move(values)});
  return f.finish();
}

/// What x reads as; the failure's text where it does not.
template <class T>
struct Got {
  std::vector<T> values;
  std::string error;
  StatusCode code = StatusCode::ok;
};
template <class T>
Got<T> get(const Bytes& bytes, RowOptions options = {}) {
  Got<T> got;
  const File file = open(bytes);
  auto rows = read_rows<One<T>>(file, std::move(options));
  if (!rows) {
    got.error = rows.status().to_string();
    got.code = rows.status().code();
    return got;
  }
  One<T> row;
  while (rows->next(&row)) got.values.push_back(row.x);
  if (!rows->status().ok()) {
    got.error = rows->status().to_string();
    got.code = rows->status().code();
  }
  return got;
}
template <class T>
void refuses(const Bytes& bytes, std::string_view text) {
  const auto got = get<T>(bytes);
  INFO(got.error);
  CHECK(got.code == StatusCode::invalid_argument);
  CHECK(got.values.empty());
  CHECK(got.error.find(text) != std::string::npos);
}

}  // namespace

TEST_CASE("rows: nulls as default") {
  const Bytes bytes = one_leaf(test::leaf("x", PhysicalType::int32, Repetition::optional), 3,
                               test::plain<int32_t>({7, 9}), {1, 0, 1});
  refuses<int32_t>(bytes, "x: the file has optional INT32, the struct wants one that is never");
  CHECK(get<int32_t>(bytes, {.nulls_as_default = true}).values == std::vector<int32_t>{7, 0, 9});
  CHECK(get<std::optional<int64_t>>(bytes).values ==
        std::vector<std::optional<int64_t>>{7, std::nullopt, 9});
}

TEST_CASE("rows: integers widen, and narrow where the annotation says so") {
  const auto ints = [](int8_t bits, bool is_signed, std::vector<int32_t> values) {
    return one_leaf(
        test::leaf("x", PhysicalType::int32).logical(test::logical_integer(bits, is_signed)),
        static_cast<int64_t>(values.size()), test::plain(values));
  };
  CHECK(get<int8_t>(ints(8, true, {-128, 127})).values == std::vector<int8_t>{-128, 127});
  CHECK(get<uint8_t>(ints(8, false, {0, 255})).values == std::vector<uint8_t>{0, 255});
  CHECK(get<int16_t>(ints(8, false, {0, 255})).values == std::vector<int16_t>{0, 255});
  CHECK(get<uint16_t>(ints(16, false, {65535})).values == std::vector<uint16_t>{65535});
  CHECK(get<int32_t>(ints(16, false, {65535})).values == std::vector<int32_t>{65535});
  CHECK(get<uint32_t>(ints(32, false, {-1})).values == std::vector<uint32_t>{4294967295});
  CHECK(get<int64_t>(ints(32, false, {-1})).values == std::vector<int64_t>{4294967295});
  CHECK(get<uint64_t>(ints(32, false, {-1})).values == std::vector<uint64_t>{4294967295});
  refuses<int32_t>(ints(32, false, {1}),
                   "required INT32 INTEGER(32,false), the struct wants int32_t");
  refuses<int8_t>(ints(16, true, {1}), "the struct wants int8_t");
  refuses<uint8_t>(ints(8, true, {1}), "the struct wants uint8_t");
  refuses<int8_t>(one_leaf(test::leaf("x", PhysicalType::int32), 1, test::plain<int32_t>({1})),
                  "the struct wants int8_t");
  refuses<int32_t>(one_leaf(test::leaf("x", PhysicalType::int64), 1, test::plain<int64_t>({1})),
                   "the struct wants int32_t");

  const auto over = get<int8_t>(ints(8, true, {5, 128, 6}));
  CHECK(over.values == std::vector<int8_t>{5});
  CHECK(over.code == StatusCode::corrupt);
  CHECK(over.error ==
        "memory: corrupt: row 1: 128 is out of the range of INTEGER(8,true) (column x, row group "
        "0)");
}

TEST_CASE("rows: floats") {
  CHECK(get<float>(one_leaf(test::leaf("x", PhysicalType::float32), 1, test::plain<float>({1.5f})))
            .values == std::vector<float>{1.5f});
  CHECK(get<double>(one_leaf(test::leaf("x", PhysicalType::float64), 1, test::plain<double>({0.1})))
            .values == std::vector<double>{0.1});
  refuses<float>(one_leaf(test::leaf("x", PhysicalType::float64), 1, test::plain<double>({0.1})),
                 "the struct wants float");
  const auto half = [](std::vector<uint16_t> bits) {
    Bytes values;
    for (const uint16_t b : bits) test::append_le(values, b, 2);
    return one_leaf(test::leaf("x", PhysicalType::fixed_len_byte_array)
                        .length(2)
                        .logical(test::logical_type(LogicalKind::float16)),
                    static_cast<int64_t>(bits.size()), values);
  };
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(get<float>(half({0x3C00, 0xC000, 0x0001, 0x8000, 0x7BFF, 0x7C00, 0xFC00, 0x0400, 0x03FF}))
            .values == std::vector<float>{1.0f, -2.0f, 0x1p-24f, -0.0f, 65504.0f, infinity,
                                          -infinity, 0x1p-14f, 0x3FFp-24f});
  const auto nan = get<double>(half({0x7E00}));
  REQUIRE(nan.values.size() == 1);
  CHECK(nan.values[0] != nan.values[0]);
}

TEST_CASE("rows: booleans, in lists too") {
  CHECK(get<bool>(one_leaf(test::leaf("x", PhysicalType::boolean), 3,
                           test::plain_boolean({true, false, true})))
            .values == std::vector<bool>{true, false, true});
  FileBuilder f({test::leaf("x", PhysicalType::boolean, Repetition::repeated)});
  f.row_group(2).chunk(0).data_v1(
      {.rep = {0, 1, 0}, .def = {1, 1, 0}, .values = test::plain_boolean({true, false})});
  const auto lists = get<std::vector<bool>>(f.finish());
  REQUIRE(lists.values.size() == 2);
  CHECK(lists.values[0] == std::vector<bool>{true, false});
  CHECK(lists.values[1].empty());
}

TEST_CASE("rows: bytes") {
  const std::string uuid = "0123456789abcdef";
  const auto fixed = [&] {
    return one_leaf(test::leaf("x", PhysicalType::fixed_len_byte_array).length(16), 1,
                    test::plain_fixed({uuid}));
  };
  const auto array = get<std::array<uint8_t, 16>>(fixed());
  REQUIRE(array.values.size() == 1);
  CHECK(std::string(array.values[0].begin(), array.values[0].end()) == uuid);
  CHECK(get<std::string>(fixed()).values == std::vector<std::string>{uuid});
  refuses<std::array<uint8_t, 8>>(fixed(),
                                  "FIXED_LEN_BYTE_ARRAY(16), the struct wants "
                                  "std::array<uint8_t, 8>");
  // Dictionary-encoded, and asked to stay so: rows read the values all the same.
  FileBuilder f({test::leaf("x", PhysicalType::byte_array)});
  f.row_group(3)
      .chunk(0)
      .dictionary(test::plain_byte_array({"a", "some thirteen"}), 2)
      .data_v1(
          {.encoding = Encoding::rle_dictionary, .values = test::dictionary_indices({1, 0, 1}, 1)});
  CHECK(get<std::string>(f.finish(), {.read = {.dictionary_columns = {"x"}}}).values ==
        std::vector<std::string>{"some thirteen", "a", "some thirteen"});
}

TEST_CASE("rows: dates, times and timestamps, exactly") {
  const auto stamp = [](TimeUnit unit, std::vector<int64_t> values) {
    return one_leaf(
        test::leaf("x", PhysicalType::int64).logical(test::logical_timestamp(true, unit)),
        static_cast<int64_t>(values.size()), test::plain(values));
  };
  const auto days = one_leaf(test::leaf("x", PhysicalType::int32).converted(ConvertedType::date), 2,
                             test::plain<int32_t>({-1, 19000}));
  CHECK(get<sys_days>(days).values ==
        std::vector<sys_days>{sys_days(1969y / 12 / 31), sys_days(2022y / 1 / 8)});
  CHECK(get<sys_seconds>(days).values[0] == sys_seconds(seconds(-86400)));

  using Micros = sys_time<microseconds>;
  using Nanos = sys_time<nanoseconds>;
  CHECK(get<Micros>(stamp(TimeUnit::millis, {-7})).values == std::vector<Micros>{Micros(-7ms)});
  CHECK(get<Micros>(stamp(TimeUnit::micros, {7})).values == std::vector<Micros>{Micros(7us)});
  CHECK(get<Micros>(stamp(TimeUnit::nanos, {7000})).values == std::vector<Micros>{Micros(7us)});
  CHECK(get<local_time<nanoseconds>>(stamp(TimeUnit::micros, {7})).values[0].time_since_epoch() ==
        7us);
  refuses<sys_days>(stamp(TimeUnit::millis, {0}), "TIMESTAMP(MILLIS,true)");
  refuses<microseconds>(stamp(TimeUnit::millis, {0}), "std::chrono::duration");

  const auto inexact = get<Micros>(stamp(TimeUnit::nanos, {7000, 7001}));
  CHECK(inexact.values.size() == 1);
  CHECK(inexact.code == StatusCode::invalid_argument);
  CHECK(inexact.error.find("row 1: the time has no exact value") != std::string::npos);
  const auto wide = get<Nanos>(stamp(TimeUnit::millis, {std::numeric_limits<int64_t>::max()}));
  CHECK(wide.values.empty());
  CHECK(wide.code == StatusCode::invalid_argument);

  const auto time = one_leaf(
      test::leaf("x", PhysicalType::int32).logical(test::logical_time(false, TimeUnit::millis)), 1,
      test::plain<int32_t>({86'399'999}));
  CHECK(get<microseconds>(time).values == std::vector<microseconds>{86'399'999ms});
  CHECK(get<milliseconds>(time).values == std::vector<milliseconds>{86'399'999ms});
  CHECK(get<int32_t>(time).values == std::vector<int32_t>{86'399'999});
}

TEST_CASE("rows: INT96") {
  // 1970-01-02 00:00:01.000002, and a day that 64-bit nanoseconds cannot reach.
  const Int96 one{{1'000'002'000, 0, 2'440'589}};
  const Int96 far{{0, 0, 2'440'588 + 3'000'000}};
  const Bytes bytes =
      one_leaf(test::leaf("x", PhysicalType::int96), 2, test::plain_int96({one, far}));
  CHECK(get<Int96>(bytes).values == std::vector<Int96>{one, far});
  const auto micros = get<sys_time<microseconds>>(bytes);
  REQUIRE(micros.values.size() == 2);
  CHECK(micros.values[0].time_since_epoch() == 86'401'000'002us);
  CHECK(micros.values[1].time_since_epoch() == hours(24) * 3'000'000);
  const auto nanos = get<sys_time<nanoseconds>>(bytes);
  CHECK(nanos.values.size() == 1);
  CHECK(nanos.code == StatusCode::invalid_argument);
  refuses<int64_t>(bytes, "the struct wants int64_t");
  const auto as_micros = get<int64_t>(bytes, {.read = {.int96 = Int96As::micros}});
  CHECK(as_micros.values == std::vector<int64_t>{86'401'000'002, 3'000'000LL * 86'400'000'000});
  CHECK(get<sys_time<microseconds>>(bytes, {.read = {.int96 = Int96As::micros}}).values ==
        micros.values);
}

TEST_CASE("rows: decimals widen") {
  const auto decimal = [](int32_t bytes, int32_t precision, const std::string& value) {
    return one_leaf(
        test::leaf("x", PhysicalType::fixed_len_byte_array).length(bytes).decimal(precision, 0), 1,
        test::plain_fixed({value}));
  };
  const Int128 minus_two{static_cast<uint64_t>(-2), -1};
  const Int256 minus_two_wide{
      {static_cast<uint64_t>(-2), ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}}};
  const std::string narrow = "\xFF\xFF\xFE";
  const std::string wide = std::string(11, '\xFF') + "\xFE";
  CHECK(get<int32_t>(decimal(3, 6, narrow)).values == std::vector<int32_t>{-2});
  CHECK(get<int64_t>(decimal(3, 6, narrow)).values == std::vector<int64_t>{-2});
  CHECK(get<Int128>(decimal(3, 6, narrow)).values == std::vector<Int128>{minus_two});
  CHECK(get<Int128>(decimal(12, 20, wide)).values == std::vector<Int128>{minus_two});
  CHECK(get<Int256>(decimal(12, 20, wide)).values == std::vector<Int256>{minus_two_wide});
  const std::string widest = std::string(19, '\xFF') + "\xFE";
  CHECK(get<Int256>(decimal(20, 40, widest)).values == std::vector<Int256>{minus_two_wide});
  refuses<Int128>(decimal(20, 40, widest), "the struct wants veneer::Int128");
  refuses<std::string>(decimal(12, 20, wide), "the struct wants std::string");
}

TEST_CASE("rows: lists of lists, pairs, and maps without values") {
  {
    FileBuilder f(
        {test::list_of("x", test::group("element", Repetition::required,
                                        {test::group("list", Repetition::repeated,
                                                     {test::leaf("element", PhysicalType::int32)})})
                                .converted(ConvertedType::list))});
    f.row_group(2).chunk(0).data_v1(
        {.rep = {0, 2, 1, 0}, .def = {3, 3, 2, 0}, .values = test::plain<int32_t>({1, 2})});
    const auto got = get<std::optional<std::vector<std::vector<int32_t>>>>(f.finish());
    INFO(got.error);
    REQUIRE(got.values.size() == 2);
    CHECK(got.values[0] == std::vector<std::vector<int32_t>>{{1, 2}, {}});
    CHECK(!got.values[1].has_value());
  }
  const auto key = [] {
    return test::leaf("key", PhysicalType::byte_array).converted(ConvertedType::utf8);
  };
  {
    FileBuilder f(
        {test::map_of("x", key(), test::leaf("value", PhysicalType::int32, Repetition::optional))});
    auto& g = f.row_group(1);
    g.chunk(0).data_v1(
        {.rep = {0, 1}, .def = {2, 2}, .values = test::plain_byte_array({"a", "a"})});
    g.chunk(1).data_v1({.rep = {0, 1}, .def = {3, 2}, .values = test::plain<int32_t>({5})});
    using Pairs = std::vector<std::pair<std::string, std::optional<int32_t>>>;
    const auto got = get<std::optional<Pairs>>(f.finish());
    INFO(got.error);
    REQUIRE(got.values.size() == 1);
    CHECK(got.values[0] == Pairs{{"a", 5}, {"a", std::nullopt}});
  }
  {
    FileBuilder f({test::group("x", Repetition::required,
                               {test::group("key_value", Repetition::repeated, {key()})})
                       .converted(ConvertedType::map)});
    f.row_group(1).chunk(0).data_v1(
        {.rep = {0, 1}, .def = {1, 1}, .values = test::plain_byte_array({"a", "b"})});
    const auto got = get<std::vector<std::string>>(f.finish());
    INFO(got.error);
    REQUIRE(got.values.size() == 1);
    CHECK(got.values[0] == std::vector<std::string>{"a", "b"});
  }
}
