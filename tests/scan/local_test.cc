// Scans of the local file system.
#include <doctest/doctest.h>
#include <unistd.h>

#include <map>

#include "scan/store.h"
#include "veneer/scan.h"

using namespace veneer;
using namespace veneer::test;

namespace {

struct Trips {
  int64_t rows = 0;
  int64_t ids = 0;
  double fares = 0;
  std::map<int64_t, int64_t> by_month;
  ScanStats stats;
};

Trips read_trips(Scan* scan) {
  Trips trips;
  auto schema = scan->schema();
  REQUIRE(schema.ok());
  auto id = (*schema)->field<int64_t>("id");
  auto month = (*schema)->field<int64_t>("month");
  REQUIRE_MESSAGE(id.ok(), id.status().to_string());
  REQUIRE(month.ok());
  ScanBatch batch;
  while (scan->next(&batch)) {
    trips.rows += static_cast<int64_t>(batch.num_rows());
    for (const int64_t value : batch[*id].values()) trips.ids += value;
    for (const int64_t value : batch[*month].values()) ++trips.by_month[value];
  }
  CHECK_MESSAGE(scan->status().ok(), scan->status().to_string());
  trips.stats = scan->stats();
  return trips;
}

}  // namespace

TEST_CASE("the example trips") {
  auto scan = Scan::open(TRIPS);
  REQUIRE(scan.ok());
  Trips trips = read_trips(&*scan);
  CHECK(trips.rows == 63400);
  CHECK(trips.ids == int64_t{63400} * 63401 / 2);
  CHECK(trips.by_month ==
        std::map<int64_t, int64_t>{
            {1, 11000}, {2, 9000}, {3, 11200}, {4, 14800}, {5, 13400}, {12, 4000}});
  CHECK(trips.stats.objects_skipped == 1);
  CHECK(trips.stats.directories_pruned == 0);

  ScanOptions options;
  options.where = "year = 2026 and month between 3 and 4";
  auto some = Scan::open(std::string(TRIPS) + "/", options);
  REQUIRE(some.ok());
  CHECK(read_trips(&*some).rows == 26000);
  CHECK(some->stats().objects_listed == 5);  // with _SUCCESS; other directories are not looked into
  CHECK(some->stats().directories_pruned == 4);  // 2025, and three months of 2026

  auto globbed = Scan::open(std::string(TRIPS) + "/year=2026/month=0[12]/*.parquet");
  REQUIRE(globbed.ok());
  ScanBatch batch;
  int64_t rows = 0;
  while (globbed->next(&batch)) rows += static_cast<int64_t>(batch.num_rows());
  CHECK(globbed->status().ok());
  CHECK(rows == 20000);
}

TEST_CASE("files that change while they are scanned are errors by name") {
  TempDirectory directory;
  for (int i = 0; i < 4; ++i) {
    directory.write("f" + std::to_string(i) + ".parquet", ids_file(i * 1000, 1000));
  }
  ScanOptions options;
  options.ordered = true;
  options.max_concurrency = 1;
  options.batch_rows = 100;
  options.queue_batches = 1;
  auto scan = Scan::open(directory.path, options);
  REQUIRE(scan.ok());
  ScanBatch batch;
  REQUIRE(scan->next(&batch));
  directory.write("f3.parquet", ids_file(0, 1001));
  while (scan->next(&batch)) {
  }
  CHECK(scan->status().code() == StatusCode::io);
  CHECK(scan->status().file() == directory.path + "/f3.parquet");
}

TEST_CASE("more files than may be open") {
  TempDirectory directory;
  for (int i = 0; i < 300; ++i) {
    directory.write("d=" + std::to_string(i) + "/f.parquet", ids_file(i * 10, 10));
  }
  auto scan = Scan::open(directory.path);
  REQUIRE(scan.ok());
  Scanned all = read_all(&*scan);
  CHECK(all.status.ok());
  CHECK(sorted(all.ids) == numbers(0, 3000));
}

TEST_CASE("one file, whatever its name") {
  TempDirectory directory;
  directory.write("_data.parq", ids_file(0, 10));
  auto scan = Scan::open(directory.path + "/_data.parq");
  REQUIRE(scan.ok());
  CHECK(read_all(&*scan).ids == numbers(0, 10));
  auto lister = list_files({directory.path + "/_data.parq"});
  REQUIRE(lister.ok());
  auto listed = Scan::open(std::move(*lister));
  REQUIRE(listed.ok());
  CHECK(read_all(&*listed).ids == numbers(0, 10));
}
