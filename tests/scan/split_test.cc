// Parts of a scan: each row in just one.
#include "scan/split.h"

#include <doctest/doctest.h>

#include "scan/store.h"
#include "veneer/scan.h"

using namespace veneer;
using namespace veneer::test;

namespace {

std::shared_ptr<Store> some_store() {
  auto store = std::make_shared<Store>();
  int64_t first = 0;
  for (int i = 0; i < 7; ++i) {
    const int64_t rows = 40 + (i * 61) % 300;
    store->add("d=" + std::to_string(i) + "/f.parquet", ids_file(first, rows, 1 + i % 5));
    first += rows;
  }
  return store;
}

}  // namespace

TEST_CASE("spans of splits make up the whole") {
  for (const int64_t total : {int64_t{0}, int64_t{1}, int64_t{10}, int64_t{1} << 62, INT64_MAX}) {
    for (const int32_t count : {1, 2, 3, 7, 1000, INT32_MAX}) {
      CHECK(scan::span_of_split(total, 0, count).begin == 0);
      CHECK(scan::span_of_split(total, count - 1, count).end == total);
      if (count > 1) {
        CHECK(scan::span_of_split(total, 0, count).end ==
              scan::span_of_split(total, 1, count).begin);
        CHECK(scan::span_of_split(total, count - 2, count).begin <=
              scan::span_of_split(total, count - 1, count).begin);
      }
    }
  }
}

TEST_CASE("splits cover each row once") {
  auto store = some_store();
  const std::vector<int64_t> whole = sorted(scan_store(store).ids);
  for (const int32_t count : {1, 2, 3, 5, 16, 100}) {
    CAPTURE(count);
    std::vector<int64_t> all;
    int64_t bytes = 0;
    for (int32_t split = 0; split < count; ++split) {
      ScanOptions options;
      options.split = split;
      options.split_count = count;
      options.batch_rows = 13;
      Scanned part = scan_store(store, options);
      REQUIRE(part.status.ok());
      CHECK(part.stats.bytes_done == part.stats.bytes_matched);
      bytes += part.stats.bytes_matched;
      all.insert(all.end(), part.ids.begin(), part.ids.end());
    }
    CHECK(sorted(all) == whole);
    int64_t sizes = 0;
    for (const Object& object : store->objects) sizes += static_cast<int64_t>(object.bytes->size());
    CHECK(bytes == sizes);
  }
}

TEST_CASE("a part reads no other part's files") {
  auto store = std::make_shared<Store>();
  for (int i = 0; i < 8; ++i)
    store->add("f" + std::to_string(i) + ".parquet", ids_file(i * 50, 50));
  ScanOptions options;
  options.schema_from = SchemaFrom::first_file;
  options.split = 3;
  options.split_count = 4;
  Scanned part = scan_store(store, options);
  CHECK(part.status.ok());
  CHECK(sorted(part.ids) == numbers(300, 100));
  CHECK(part.stats.objects_matched == 2);
  CHECK(part.stats.objects_done == 2);
  CHECK(store->opens == 3);  // its own two, and the first one for the schema
}

TEST_CASE("parts resume, and are made as texts") {
  auto store = some_store();
  const std::vector<int64_t> whole = sorted(scan_store(store).ids);
  auto texts = Scan::parts(list(store), {}, 3);
  REQUIRE(texts.ok());
  REQUIRE(texts->size() == 3);
  std::vector<int64_t> all;
  for (const std::string& text : *texts) {
    std::string token = text;
    for (int i = 0; i < 1000; ++i) {
      ScanOptions options;
      options.resume = token;
      options.batch_rows = 29;
      options.max_concurrency = 2;
      auto scan = Scan::open(list(store), options);
      REQUIRE(scan.ok());
      ScanBatch batch;
      bool more = false;
      for (int k = 0; k < 3; ++k) {
        more = scan->next(&batch);
        if (!more) break;
        append_ids(batch, **scan->schema(), &all);
      }
      REQUIRE(scan->status().ok());
      token = scan->token();
      if (!more) break;
    }
  }
  CHECK(sorted(all) == whole);
  // A part of another listing is refused.
  store->add("z.parquet", ids_file(0, 10));
  ScanOptions options;
  options.resume = (*texts)[1];
  Scanned wrong = scan_store(store, options);
  CHECK(wrong.status.code() == StatusCode::io);
  CHECK(wrong.ids.empty());
  options.split_count = 4;
  CHECK(scan_store(store, options).status.code() == StatusCode::invalid_argument);
  CHECK(Scan::parts(list(store), {}, 0).status().code() == StatusCode::invalid_argument);
}
