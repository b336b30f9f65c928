#include "veneer/rows.h"

#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/encoders.h"
#include "support/file_builder.h"

using namespace veneer;
using namespace std::chrono;
using test::Bytes;
using test::FileBuilder;
using test::Thrift;

namespace {

struct Driver {
  std::string name;
  std::optional<int32_t> age;
};
struct Payment {
  Int128 amount;
  std::string_view means;
};
struct Trip {
  int64_t id = 0;
  std::optional<double> fare;
  std::string_view city;
  std::optional<std::vector<std::string_view>> tags;
  std::optional<Driver> driver;
  std::vector<Payment> payments;
  std::map<std::string, int32_t> counts;
};

struct OneInt {
  int32_t x = 0;
};

}  // namespace

template <>
struct veneer::Binding<Driver> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("name", &Driver::name), veneer::bind("age", &Driver::age));
};
template <>
struct veneer::Binding<Payment> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("amount", &Payment::amount),
                                                     veneer::bind("means", &Payment::means));
};
template <>
struct veneer::Binding<Trip> {
  static constexpr auto fields = veneer::bind_fields(
      veneer::bind("id", &Trip::id), veneer::bind("fare", &Trip::fare),
      veneer::bind("city", &Trip::city), veneer::bind("tags", &Trip::tags),
      veneer::bind("driver", &Trip::driver), veneer::bind("payments", &Trip::payments),
      veneer::bind("counts", &Trip::counts));
};
template <>
struct veneer::Binding<OneInt> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("x", &OneInt::x));
};

namespace {

File open(const Bytes& bytes) {
  auto file = File::open(memory_input(bytes));
  INFO(file.status().to_string());
  REQUIRE(file.ok());
  return *file;
}

// Three trips: all there; all null or empty; in between.
Bytes trips() {
  const auto text = [](std::string name, Repetition repetition = Repetition::required) {
    return test::leaf(std::move(name), PhysicalType::byte_array, repetition)
        .converted(ConvertedType::utf8);
  };
  FileBuilder f({
      test::leaf("id", PhysicalType::int32),
      test::leaf("unread", PhysicalType::int32),
      test::leaf("fare", PhysicalType::float32, Repetition::optional),
      text("city"),
      test::list_of("tags", text("element")),
      test::group("driver", Repetition::optional,
                  {text("name"), test::leaf("age", PhysicalType::int32, Repetition::optional)}),
      test::group(
          "payments", Repetition::required,
          {test::group("list", Repetition::repeated,
                       {test::group("element", Repetition::required,
                                    {test::leaf("amount", PhysicalType::int64).decimal(12, 2),
                                     text("means")})})})
          .converted(ConvertedType::list),
      test::group("counts", Repetition::required,
                  {test::group("key_value", Repetition::repeated,
                               {text("key"), test::leaf("value", PhysicalType::int32)})})
          .converted(ConvertedType::map),
  });
  auto& g = f.row_group(3);
  g.chunk(0).data_v1({.values = test::plain<int32_t>({-1, 2, 3})});
  // A page that must not be read: it does not decode.
  g.chunk(1).data_v1({.values = {}});
  g.chunk(2).data_v1({.def = {1, 0, 1}, .values = test::plain<float>({1.5f, -2.0f})});
  g.chunk(3).data_v1({.values = test::plain_byte_array({"Oslo", "", "a city of a long name"})});
  g.chunk(4).data_v1({.rep = {0, 1, 0, 0},
                      .def = {2, 2, 0, 1},
                      .values = test::plain_byte_array({"x", "quite a long tag"})});
  g.chunk(5).data_v1({.def = {1, 0, 1}, .values = test::plain_byte_array({"Kari", "Ola"})});
  g.chunk(6).data_v1({.def = {2, 0, 1}, .values = test::plain<int32_t>({40})});
  g.chunk(7).data_v1(
      {.rep = {0, 0, 0, 1}, .def = {1, 0, 1, 1}, .values = test::plain<int64_t>({-5, 7, 8})});
  g.chunk(8).data_v1({.rep = {0, 0, 0, 1},
                      .def = {1, 0, 1, 1},
                      .values = test::plain_byte_array({"cash", "card", "card"})});
  g.chunk(9).data_v1({.rep = {0, 0, 0, 1},
                      .def = {1, 0, 1, 1},
                      .values = test::plain_byte_array({"a", "b", "b"})});
  g.chunk(10).data_v1(
      {.rep = {0, 0, 0, 1}, .def = {1, 0, 1, 1}, .values = test::plain<int32_t>({1, 2, 3})});
  return f.finish();
}

void check_trips(const std::vector<Trip>& trips) {
  REQUIRE(trips.size() == 3);
  const Trip& full = trips[0];
  CHECK(full.id == -1);
  CHECK(full.fare == 1.5);
  CHECK(full.city == "Oslo");
  REQUIRE(full.tags.has_value());
  CHECK(*full.tags == std::vector<std::string_view>{"x", "quite a long tag"});
  REQUIRE(full.driver.has_value());
  CHECK(full.driver->name == "Kari");
  CHECK(full.driver->age == 40);
  REQUIRE(full.payments.size() == 1);
  CHECK(full.payments[0].amount == Int128{static_cast<uint64_t>(-5), -1});
  CHECK(full.payments[0].means == "cash");
  CHECK(full.counts == std::map<std::string, int32_t>{{"a", 1}});

  const Trip& empty = trips[1];
  CHECK(empty.id == 2);
  CHECK(!empty.fare.has_value());
  CHECK(empty.city.empty());
  CHECK(!empty.tags.has_value());
  CHECK(!empty.driver.has_value());
  CHECK(empty.payments.empty());
  CHECK(empty.counts.empty());

  const Trip& last = trips[2];
  CHECK(last.city == "a city of a long name");
  REQUIRE(last.tags.has_value());
  CHECK(last.tags->empty());
  REQUIRE(last.driver.has_value());
  CHECK(last.driver->name == "Ola");
  CHECK(!last.driver->age.has_value());
  REQUIRE(last.payments.size() == 2);
  CHECK(last.payments[1].amount == Int128{8, 0});
  // Of equal keys the last one holds.
  CHECK(last.counts == std::map<std::string, int32_t>{{"b", 3}});
}

}  // namespace

TEST_CASE("rows: next, next_batch and for") {
  const Bytes bytes = trips();
  const File file = open(bytes);
  {
    auto rows = read_rows<Trip>(file);
    INFO(rows.status().to_string());
    REQUIRE(rows.ok());
    CHECK(rows->total_rows() == 3);
    // Views stay valid here: the three rows are of one batch.
    std::vector<Trip> all(3);
    for (size_t i = 0; i < 3; ++i) {
      REQUIRE(rows->next(&all[i]));
      CHECK(rows->row_number() == static_cast<int64_t>(i));
    }
    check_trips(all);
    Trip more;
    CHECK(!rows->next(&more));
    CHECK(rows->status().ok());
    CHECK(!rows->next(&more));
  }
  {
    auto rows = read_rows<Trip>(file);
    REQUIRE(rows.ok());
    std::vector<Trip> all;
    REQUIRE(rows->next_batch(&all));
    check_trips(all);
    CHECK(!rows->next_batch(&all));
    CHECK(all.empty());
    CHECK(rows->status().ok());
  }
  {
    auto rows = read_rows<Trip>(file);
    REQUIRE(rows.ok());
    int64_t sum = 0;
    for (const Trip& trip : *rows) sum += trip.id;
    CHECK(sum == 4);
    CHECK(rows->status().ok());
  }
  {
    // Small batches, and one row that is filled again and again.
    auto rows = read_rows<Trip>(file, {.read = {.batch_rows = 1}});
    REQUIRE(rows.ok());
    Trip trip;
    REQUIRE(rows->next(&trip));
    CHECK(trip.tags->size() == 2);
    REQUIRE(rows->next(&trip));
    CHECK(!trip.tags.has_value());
    CHECK(trip.counts.empty());
    REQUIRE(rows->next(&trip));
    CHECK(trip.payments.size() == 2);
    CHECK(!rows->next(&trip));
  }
}

TEST_CASE("rows: behind a filter, row numbers are still those of the file") {
  const Bytes bytes = trips();
  auto rows = read_rows<Trip>(open(bytes), {.read = {.filter = col("id") != 2}});
  REQUIRE(rows.ok());
  std::vector<int64_t> ids;
  std::vector<int64_t> numbers;
  for (const Trip& trip : *rows) {
    ids.push_back(trip.id);
    numbers.push_back(rows->row_number());
  }
  CHECK(rows->status().ok());
  CHECK(ids == std::vector<int64_t>{-1, 3});
  CHECK(numbers == std::vector<int64_t>{0, 2});
}

TEST_CASE("rows: a reader may be moved, and outlives its file") {
  const Bytes bytes = trips();
  auto rows = [&] { return read_rows<Trip>(open(bytes)); }();
  REQUIRE(rows.ok());
  Trip trip;
  REQUIRE(rows->next(&trip));
  RowReader<Trip> moved = *std::move(rows);
  REQUIRE(moved.next(&trip));
  CHECK(trip.id == 2);
}

TEST_CASE("rows: every mismatch is listed at once") {
  FileBuilder f({
      test::leaf("id", PhysicalType::byte_array).converted(ConvertedType::utf8),
      test::leaf("fare", PhysicalType::int64, Repetition::optional),
      test::leaf("city", PhysicalType::byte_array, Repetition::optional),
      test::leaf("tags", PhysicalType::int32),
      test::group("driver", Repetition::optional, {test::leaf("name", PhysicalType::int32)}),
      test::list_of("payments", test::group("element", Repetition::required,
                                            {test::leaf("amount", PhysicalType::int64)})),
  });
  const Bytes bytes = f.finish();
  const auto rows = read_rows<Trip>(open(bytes));
  REQUIRE(!rows.ok());
  CHECK(rows.status().code() == StatusCode::invalid_argument);
  CHECK(rows.status().message() ==
        "id: the file has required BYTE_ARRAY STRING, the struct wants int64_t; "
        "fare: the file has optional INT64, the struct wants double; "
        "city: the file has optional BYTE_ARRAY, the struct wants one that is never null (a "
        "std::optional would take it); "
        "tags: the file has required INT32, the struct wants std::vector<std::string_view>; "
        "driver.name: the file has required INT32, the struct wants std::string; "
        "driver.age: the file has no such field, the struct wants std::optional<int32_t>; "
        "payments.list.element.amount: the file has required INT64, the struct wants "
        "veneer::Int128; "
        "payments.list.element.means: the file has no such field, the struct wants "
        "std::string_view; "
        "counts: the file has no such field, the struct wants a map of std::string to int32_t");
}

namespace {

struct Flat {
  std::string_view name;
  std::optional<int32_t> age;
};
struct Dotted {
  int32_t dotted = 0;
  int32_t nested = 0;
};

}  // namespace

template <>
struct veneer::Binding<Flat> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("driver.name", &Flat::name),
                                                     veneer::bind("driver.age", &Flat::age));
};
template <>
struct veneer::Binding<Dotted> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("a.b", &Dotted::dotted), veneer::bind("a", &Dotted::nested));
};

TEST_CASE("rows: dotted names lead through structures") {
  const Bytes bytes = trips();
  const File file = open(bytes);
  const auto strict = read_rows<Flat>(file);
  REQUIRE(!strict.ok());
  CHECK(strict.status().message().find("driver.name") != std::string::npos);
  auto rows = read_rows<Flat>(file, {.nulls_as_default = true});
  INFO(rows.status().to_string());
  REQUIRE(rows.ok());
  std::vector<std::string> names;
  for (const Flat& row : *rows) names.emplace_back(row.name);
  CHECK(names == std::vector<std::string>{"Kari", "", "Ola"});
}

TEST_CASE("rows: a name that holds a dot wins over a path") {
  FileBuilder f({test::leaf("a.b", PhysicalType::int32), test::leaf("a", PhysicalType::int32)});
  auto& g = f.row_group(1);
  g.chunk(0).data_v1({.values = test::plain<int32_t>({1})});
  g.chunk(1).data_v1({.values = test::plain<int32_t>({2})});
  const Bytes bytes = f.finish();
  auto rows = read_rows<Dotted>(open(bytes));
  REQUIRE(rows.ok());
  Dotted row;
  REQUIRE(rows->next(&row));
  CHECK(row.dotted == 1);
  CHECK(row.nested == 2);
}

TEST_CASE("rows: an error in the file looks like no end") {
  FileBuilder f({test::leaf("x", PhysicalType::int32)});
  f.row_group(2).chunk(0).data_v1({.values = test::plain<int32_t>({1, 2})});
  f.row_group(2).chunk(0).data_v1({.values = test::plain<int32_t>({3})});
  const Bytes bytes = f.finish();
  auto rows = read_rows<OneInt>(open(bytes));
  REQUIRE(rows.ok());
  size_t n = 0;
  for (const OneInt& row : *rows) n += row.x > 0 ? 1 : 0;
  CHECK(n == 2);
  CHECK(rows->status().code() == StatusCode::corrupt);
  OneInt row;
  CHECK(!rows->next(&row));
}
