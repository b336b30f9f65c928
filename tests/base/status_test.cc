#include "veneer/status.h"

#include <doctest/doctest.h>

using namespace veneer;

TEST_CASE("a status names kind, file, message and place") {
  CHECK(Status().ok());
  CHECK(Status().to_string() == "ok");
  Status status = Status::corrupt("page header runs past the chunk", 4711);
  CHECK(status.to_string() == "corrupt: page header runs past the chunk (offset 4711)");
  status = std::move(status).in_column("a.b").in_row_group(2).in_file("trips.parquet");
  CHECK(status.to_string() ==
        "trips.parquet: corrupt: page header runs past the chunk (column a.b, row group 2, offset "
        "4711)");
  Status copy = status;
  CHECK(copy.to_string() == status.to_string());
  // What is known first is nearest to the fault and stays.
  copy = std::move(copy).in_file("other").at(1);
  CHECK(copy.file() == "trips.parquet");
  CHECK(copy.offset() == 4711);
}

TEST_CASE("a result holds a value or a status") {
  Result<int> five = 5;
  REQUIRE(five.ok());
  CHECK(*five == 5);
  CHECK(five.status().ok());
  Result<int> none = Status::io("gone");
  CHECK_FALSE(none.ok());
  CHECK(none.status().code() == StatusCode::io);
}
