// Going on where a scan was: each row once, at whatever batch it stopped.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "scan/store.h"
#include "veneer/scan.h"

using namespace veneer;
using namespace veneer::test;

namespace {

std::shared_ptr<Store> mixed_store() {
  auto store = std::make_shared<Store>();
  int64_t first = 0;
  for (int i = 0; i < 12; ++i) {
    const int64_t rows = (i * 53) % 90;
    store->add("d=" + std::to_string(i / 4) + "/f" + std::to_string(10 + i) + ".parquet",
               ids_file(first, rows, 1 + i % 3));
    first += rows;
  }
  return store;
}

// Reads `batches` batches, or all, and leaves.
Scanned read_some(const std::shared_ptr<Store>& store, ScanOptions options, size_t batches) {
  auto scan = Scan::open(list(store), std::move(options));
  Scanned some;
  if (!scan) {
    some.status = scan.status();
    return some;
  }
  ScanBatch batch;
  while (some.batches < batches && scan->next(&batch)) {
    ++some.batches;
    append_ids(batch, **scan->schema(), &some.ids);
  }
  some.token = scan->token();
  some.status = scan->status();
  some.stats = scan->stats();
  return some;
}

ScanOptions options_of(bool ordered, int concurrency) {
  ScanOptions options;
  options.ordered = ordered;
  options.max_concurrency = concurrency;
  options.batch_rows = 17;
  return options;
}

}  // namespace

TEST_CASE("each row once, whatever the batch it stopped at") {
  auto store = mixed_store();
  const Scanned whole = scan_store(store, options_of(true, 1));
  REQUIRE(whole.status.ok());
  REQUIRE(whole.batches > 20);
  for (const bool ordered : {false, true}) {
    for (const int concurrency : {1, 2, 3, 5, 8}) {
      for (size_t stop = 0; stop <= whole.batches + 1; ++stop) {
        CAPTURE(ordered);
        CAPTURE(concurrency);
        CAPTURE(stop);
        Scanned some = read_some(store, options_of(ordered, concurrency), stop);
        ScanOptions options = options_of(ordered, 1 + concurrency % 4);
        options.resume = some.token;
        Scanned rest = scan_store(store, options);
        REQUIRE(rest.status.ok());
        std::vector<int64_t> all = some.ids;
        all.insert(all.end(), rest.ids.begin(), rest.ids.end());
        REQUIRE(sorted(all) == whole.ids);
        CHECK(rest.stats.bytes_done == rest.stats.bytes_matched);
      }
    }
  }
}

TEST_CASE("stopped again and again") {
  auto store = mixed_store();
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    std::vector<int64_t> all;
    std::string token;
    for (int part = 0; part < 1000; ++part) {
      ScanOptions options = options_of(random() % 2 == 0, 1 + static_cast<int>(random() % 8));
      options.batch_rows = 1 + static_cast<int32_t>(random() % 40);
      options.resume = token;
      if (random() % 2 == 0) options.schema_from = SchemaFrom::first_file;
      Scanned some = read_some(store, options, random() % 6);
      REQUIRE(some.status.ok());
      all.insert(all.end(), some.ids.begin(), some.ids.end());
      CHECK(some.token.size() < 2000);
      CHECK(some.token.find('\n') == std::string::npos);
      token = some.token;
      if (all.size() >= 528) break;
    }
    REQUIRE(sorted(all) == scan_store(store, options_of(true, 1)).ids);
    ScanOptions options;
    options.resume = token;
    CHECK(scan_store(store, options).ids.empty());
  }
}

TEST_CASE("a scan that is done opens no object again, but what has come since") {
  auto store = mixed_store();
  for (const bool ordered : {false, true}) {
    ScanOptions options = options_of(ordered, 3);
    options.columns = {"id"};
    options.where = "id >= 0 or d = 1";
    options.resume = scan_store(store, options).token;
    store->opens = 0;
    const Scanned again = scan_store(store, options);
    CHECK(again.status.ok());
    CHECK(again.ids.empty());
    CHECK(store->opens == 0);
    CHECK(again.stats.objects_done == 12);
    CHECK(again.stats.bytes_done == again.stats.bytes_matched);
    CHECK(again.token == options.resume);

    store->add("d=3/late.parquet", ids_file(1000, 7));
    CHECK(scan_store(store, options).ids == numbers(1000, 7));
    store->objects.pop_back();
  }
}

TEST_CASE("a listing in no order, and one that changes") {
  auto store = mixed_store();
  std::mt19937 random(9);
  std::shuffle(store->objects.begin(), store->objects.end(), random);
  const std::vector<int64_t> whole = sorted(scan_store(store, options_of(true, 1)).ids);
  for (size_t stop = 0; stop < 35; stop += 3) {
    CAPTURE(stop);
    Scanned some = read_some(store, options_of(stop % 2 == 0, 3), stop);
    ScanOptions options = options_of(false, 2);
    options.resume = some.token;
    Scanned rest = scan_store(store, options);
    REQUIRE(rest.status.ok());
    std::vector<int64_t> all = some.ids;
    all.insert(all.end(), rest.ids.begin(), rest.ids.end());
    CHECK(sorted(all) == whole);
  }
  // Without an order of keys only the same listing will do.
  Scanned some = read_some(store, options_of(true, 1), 20);
  std::swap(store->objects.front(), store->objects.back());
  ScanOptions options;
  options.resume = some.token;
  CHECK(scan_store(store, options).status.code() == StatusCode::io);
}

TEST_CASE("objects that came later are read where they are behind, and done ones may go") {
  auto store = mixed_store();
  Scanned some = read_some(store, options_of(true, 1), 12);
  const size_t read = some.ids.size();
  store->objects.insert(store->objects.begin(),
                        {"d=0/a.parquet", std::make_shared<const Bytes>(ids_file(5000, 10)), "1"});
  store->add("d=9/z.parquet", ids_file(6000, 10));
  store->objects.erase(store->objects.begin() + 2);  // a done one
  ScanOptions options;
  options.resume = some.token;
  Scanned rest = scan_store(store, options);
  CHECK(rest.status.ok());
  CHECK(rest.ids.size() == 528 - read + 10);
  CHECK(std::count(rest.ids.begin(), rest.ids.end(), 6000) == 1);
  CHECK(std::count(rest.ids.begin(), rest.ids.end(), 5000) == 0);
}

TEST_CASE("an open object that changed or went") {
  auto store = std::make_shared<Store>();
  store->add("a.parquet", ids_file(0, 100));
  store->add("b.parquet", ids_file(100, 100));
  Scanned some = read_some(store, options_of(true, 1), 2);
  REQUIRE(some.ids.size() == 34);
  store->objects[0].bytes = std::make_shared<const Bytes>(ids_file(500, 100));
  store->objects[0].tag = "2";
  ScanOptions options = options_of(true, 1);
  options.resume = some.token;
  Scanned changed = scan_store(store, options);
  CHECK(changed.status.code() == StatusCode::io);
  CHECK(changed.status.file() == "store/a.parquet");
  CHECK(changed.ids.empty());
  // The token that comes out of it is no worse than the one that went in.
  CHECK(changed.token == some.token);
  options.reread_changed = true;
  Scanned reread = scan_store(store, options);
  CHECK(reread.status.ok());
  CHECK(reread.ids.size() == 200);
  CHECK(reread.ids.front() == 500);
  // Stopped in the object that is read again, then resumed.
  Scanned again = read_some(store, options, 1);
  options.resume = again.token;
  options.reread_changed = false;
  Scanned rest = scan_store(store, options);
  CHECK(rest.status.ok());
  CHECK(rest.ids.size() + again.ids.size() == 200);

  store->objects.erase(store->objects.begin());
  Scanned gone = scan_store(store, options);
  CHECK(gone.status.code() == StatusCode::not_found);
  CHECK(gone.status.file() == "store/a.parquet");
  options.on_error = [](std::string_view key, const Status&) { return key == "a.parquet"; };
  Scanned skipped = scan_store(store, options);
  CHECK(skipped.status.ok());
  CHECK(skipped.ids == numbers(100, 100));
}

TEST_CASE("tokens of something else") {
  auto store = mixed_store();
  Scanned some = read_some(store, options_of(true, 1), 3);
  auto code = [&](ScanOptions options, const std::string& token) {
    options.resume = token;
    return scan_store(store, options).status.code();
  };
  ScanOptions columns;
  columns.columns = {"id"};
  CHECK(code(columns, some.token) == StatusCode::invalid_argument);
  ScanOptions where;
  where.where = "d = 1";
  CHECK(code(where, some.token) == StatusCode::invalid_argument);
  ScanOptions split;
  split.split_count = 2;
  CHECK(code(split, some.token) == StatusCode::invalid_argument);
  CHECK(code({}, "nonsense") == StatusCode::invalid_argument);
  CHECK(code({}, some.token.substr(0, some.token.size() - 1)) != StatusCode::ok);
  store->name = "other/";
  CHECK(code({}, some.token) == StatusCode::invalid_argument);
}

TEST_CASE("a token that says more rows than there are") {
  auto store = std::make_shared<Store>();
  store->add("a.parquet", ids_file(0, 100));
  store->add("b.parquet", ids_file(100, 100));
  Scanned some = read_some(store, options_of(true, 1), 2);
  // The object now has less rows under the same tag, which only a forged token could say.
  store->objects[0].bytes = std::make_shared<const Bytes>(ids_file(0, 20));
  Bytes padded = *store->objects[0].bytes;
  ScanOptions options;
  options.resume = some.token;
  options.reread_changed = false;
  CHECK_FALSE(scan_store(store, options).status.ok());
}

TEST_CASE("skipped objects stay skipped") {
  auto store = mixed_store();
  Bytes bad = *store->objects[5].bytes;
  std::fill(bad.begin() + 4, bad.begin() + 12, uint8_t{0xFF});
  store->objects[5].bytes = std::make_shared<const Bytes>(bad);
  ScanOptions base = options_of(false, 3);
  int told = 0;
  base.on_error = [&](std::string_view, const Status&) { return ++told > 0; };
  const Scanned whole = scan_store(store, base);
  REQUIRE(whole.status.ok());
  for (size_t stop = 0; stop < 30; stop += 2) {
    Scanned some = read_some(store, base, stop);
    ScanOptions options = base;
    options.resume = some.token;
    Scanned rest = scan_store(store, options);
    REQUIRE(rest.status.ok());
    CHECK(some.ids.size() + rest.ids.size() == whole.ids.size());
  }
}
