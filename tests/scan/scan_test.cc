// What a scan reads: filters, partitions, schemas, order, errors, counts.
#include "veneer/scan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "scan/store.h"

using namespace veneer;
using namespace veneer::test;

namespace {

std::shared_ptr<Store> hive_store() {
  auto store = std::make_shared<Store>();
  store->add("_SUCCESS", {});
  store->add("year=2025/month=12/part-0.parquet", ids_file(0, 100));
  store->add("year=2026/month=01/.part-0.parquet.crc", {1, 2, 3});
  store->add("year=2026/month=01/part-0.parquet", ids_file(100, 100));
  store->add("year=2026/month=01/part-1.parquet", {});
  store->add("year=2026/month=05/_temporary/0/part-0.parquet", {1});
  store->add("year=2026/month=05/part-0.parquet", ids_file(200, 100, 4));
  store->add("year=2026/month=__HIVE_DEFAULT_PARTITION__/part-0.parquet", ids_file(300, 50));
  return store;
}

ScanOptions with(std::string where) {
  ScanOptions options;
  options.where = std::move(where);
  return options;
}

}  // namespace

TEST_CASE("a Hive directory: counts, rows, partition columns") {
  auto store = hive_store();
  auto scan = Scan::open(list(store));
  REQUIRE(scan.ok());
  auto schema = scan->schema();
  REQUIRE(schema.ok());
  REQUIRE((*schema)->fields().size() == 3);
  CHECK((*schema)->fields()[0].name == "id");
  CHECK((*schema)->fields()[1].name == "year");
  CHECK((*schema)->fields()[2].name == "month");
  auto year = (*schema)->field<int64_t>("year");
  auto month = (*schema)->field<int64_t>("month");
  REQUIRE(year.ok());
  REQUIRE(month.ok());
  std::vector<int64_t> ids;
  ScanBatch batch;
  while (scan->next(&batch)) {
    append_ids(batch, **schema, &ids);
    const bool null_month = batch.key().find("__HIVE") != std::string_view::npos;
    REQUIRE(batch[*year].size() == batch.num_rows());
    for (size_t i = 0; i < batch.num_rows(); ++i) {
      CHECK(std::to_string(batch[*year][i]) == batch.key().substr(5, 4));
      CHECK(batch[*month].is_null(i) == null_month);
      if (!null_month) CHECK(batch[*month][i] == std::stoi(std::string(batch.key().substr(16, 2))));
    }
    CHECK(batch.partition().find("year") != nullptr);
    CHECK(batch.partition().key == batch.key());
  }
  CHECK(scan->status().ok());
  CHECK(sorted(ids) == numbers(0, 350));
  const ScanStats stats = scan->stats();
  CHECK(stats.objects_listed == 8);
  CHECK(stats.objects_skipped == 3);
  CHECK(stats.objects_empty == 1);
  CHECK(stats.objects_matched == 4);
  CHECK(stats.objects_done == 4);
  CHECK(stats.objects_pruned == 0);
  CHECK(stats.rows == 350);
  CHECK(stats.rows_total == 350);
  CHECK(stats.bytes_done == stats.bytes_matched);
  CHECK(stats.listing_done);
  CHECK(store->opens == 4);  // the files of the schema stay open
  // The end stays the end.
  CHECK_FALSE(scan->next(&batch));
  CHECK(batch.num_rows() == 0);
  CHECK(scan->status().ok());
}

TEST_CASE("pruned partitions cost nothing") {
  for (const bool narrows : {false, true}) {
    CAPTURE(narrows);
    auto store = hive_store();
    store->narrows = narrows;
    Scanned all = scan_store(store, with("year = 2026 and month >= 5"));
    CHECK(all.status.ok());
    CHECK(sorted(all.ids) == numbers(200, 100));
    CHECK(store->opens == 1);
    CHECK(all.stats.objects_matched == 1);
    if (narrows) {
      CHECK(store->listed < 5);
    } else {
      CHECK(all.stats.objects_pruned == 3);
    }
  }
  auto store = hive_store();
  ScanOptions options;
  std::vector<std::string> asked;
  options.partition_filter = [&](const Partition& partition) {
    asked.emplace_back(partition.key);
    const PartitionValue* month = partition.find("month");
    return month != nullptr && month->value.has_value() && *month->value == "01";
  };
  Scanned all = scan_store(store, std::move(options));
  CHECK(sorted(all.ids) == numbers(100, 100));
  CHECK(store->opens == 1);
  CHECK(asked.size() == 4);
  // Both together.
  options = with("month is null");
  options.partition_filter = [](const Partition&) { return false; };
  CHECK(scan_store(hive_store(), std::move(options)).ids.empty());
}

TEST_CASE("mistakes in the expression") {
  Scanned typo = scan_store(hive_store(), with("yeer = 2026"));
  CHECK(typo.status.code() == StatusCode::invalid_argument);
  CHECK(typo.status.to_string().find("yeer") != std::string::npos);
  CHECK(scan_store(hive_store(), with("year =")).status.code() == StatusCode::invalid_argument);
  CHECK(scan_store(hive_store(), with("id = 'x'")).status.code() == StatusCode::invalid_argument);
  // A listing reads no file, so that it cannot ask their columns.
  const auto visit = [](const ObjectInfo&, const Partition&, ObjectFate) { return Status(); };
  CHECK(Scan::list(list(hive_store()), with("id = 1"), visit).code() ==
        StatusCode::invalid_argument);
}

TEST_CASE("an expression on partitions and columns of the files") {
  const Scanned everything = scan_store(hive_store(), with("id is not null"));
  REQUIRE(everything.status.ok());
  REQUIRE(!everything.ids.empty());
  std::vector<int64_t> wanted;
  for (const int64_t id : everything.ids) {
    if (id % 100 == 7 || id == 150) wanted.push_back(id);
  }
  const Scanned some = scan_store(hive_store(), with("id in (7, 107, 207, 307, 407, 150)"));
  CHECK(sorted(some.ids) == sorted(wanted));
  // What the partitions decide costs nothing, whatever is left open.
  auto store = hive_store();
  const Scanned none = scan_store(store, with("id >= 0 and month = 99"));
  CHECK(none.status.ok());
  CHECK(none.ids.empty());
  CHECK(store->opens == 0);
}

TEST_CASE("key filter, and names that the caller gave") {
  auto store = std::make_shared<Store>();
  store->add("a.parq", ids_file(0, 10));
  store->add("b.parquet", ids_file(10, 10));
  CHECK(scan_store(store).ids == numbers(10, 10));
  store->names_given = true;
  CHECK(sorted(scan_store(store).ids) == numbers(0, 20));
  ScanOptions options;
  options.key_filter = [](std::string_view key) { return key.ends_with(".parq"); };
  CHECK(scan_store(store, std::move(options)).ids == numbers(0, 10));
}

TEST_CASE("any concurrency and either order give all rows") {
  auto store = std::make_shared<Store>();
  int64_t total = 0;
  for (int i = 0; i < 30; ++i) {
    const int64_t rows = 1 + (i * 37) % 200;
    char key[32];
    std::snprintf(key, sizeof(key), "p=%d/%03d.parquet", i % 3, i);
    store->add(key, ids_file(total, rows, 1 + i % 4));
    total += rows;
  }
  for (int concurrency = 1; concurrency <= 8; ++concurrency) {
    for (const bool ordered : {false, true}) {
      CAPTURE(concurrency);
      CAPTURE(ordered);
      ScanOptions options;
      options.max_concurrency = concurrency;
      options.ordered = ordered;
      options.batch_rows = 16;
      options.queue_batches = concurrency == 3 ? 1 : 0;
      Scanned all = scan_store(store, std::move(options));
      REQUIRE(all.status.ok());
      if (ordered) {
        CHECK(all.ids == numbers(0, total));
      } else {
        CHECK(sorted(all.ids) == numbers(0, total));
      }
    }
  }
}

TEST_CASE("projection reads only what is wanted") {
  auto store = std::make_shared<Store>();
  for (int i = 0; i < 5; ++i) {
    store->add("d=" + std::to_string(i) + "/f.parquet", two_columns_file(i * 5000, 5000));
  }
  Scanned whole = scan_store(store);
  const int64_t all_bytes = store->bytes_read;
  CHECK(sorted(whole.ids) == numbers(0, 25000));
  store->bytes_read = 0;
  ScanOptions options;
  options.columns = {"d", "value"};
  auto scan = Scan::open(list(store), options);
  REQUIRE(scan.ok());
  ScanBatch batch;
  size_t rows = 0;
  while (scan->next(&batch)) {
    REQUIRE(batch.num_columns() == 2);
    CHECK(batch.column(0).field().name == "d");
    CHECK(batch.column(1).field().name == "value");
    CHECK(batch.column(1).null_count() > 0);
    rows += batch.num_rows();
  }
  CHECK(scan->status().ok());
  CHECK(rows == 25000);
  CHECK(store->bytes_read < all_bytes * 2 / 3);

  // Partition columns alone: no page is read.
  options.columns = {"d"};
  options.batch_rows = 999;
  auto counted = Scan::open(list(store), options);
  REQUIRE(counted.ok());
  rows = 0;
  store->reads = 0;
  while (counted->next(&batch)) {
    CHECK(batch.num_columns() == 1);
    CHECK(batch.num_rows() <= 999);
    rows += batch.num_rows();
  }
  CHECK(counted->status().ok());
  CHECK(rows == 25000);
  CHECK(store->reads <= 15);  // footers

  options.columns = {"nonesuch"};
  auto wrong = Scan::open(list(store), options);
  REQUIRE(wrong.ok());
  CHECK_FALSE(wrong->next(&batch));
  CHECK(wrong->status().code() == StatusCode::not_found);
  CHECK(wrong->schema().status().code() == StatusCode::not_found);
}

TEST_CASE("files that differ: union, first file, target") {
  auto store = std::make_shared<Store>();
  store->add("a.parquet", ids_file(0, 10));
  store->add("b.parquet", two_columns_file(10, 10));
  auto scan = Scan::open(list(store));
  REQUIRE(scan.ok());
  ScanBatch batch;
  std::map<std::string, size_t> nulls;
  while (scan->next(&batch)) {
    REQUIRE(batch.num_columns() == 2);
    CHECK(batch.column(1).field().name == "value");
    nulls[std::string(batch.key())] += batch.column(1).null_count();
  }
  CHECK(scan->status().ok());
  CHECK(nulls["a.parquet"] == 10);
  CHECK(nulls["b.parquet"] == 4);

  ScanOptions options;
  options.schema_from = SchemaFrom::first_file;
  options.ordered = true;
  Scanned first = scan_store(store, options);
  CHECK(first.ids == numbers(0, 10));
  CHECK(first.status.code() == StatusCode::invalid_argument);
  CHECK(first.status.to_string().find("b.parquet") != std::string::npos);
  CHECK(first.status.to_string().find("value") != std::string::npos);

  const Bytes bytes = two_columns_file(0, 1);
  auto target = File::open(memory_input(bytes));
  REQUIRE(target.ok());
  options.target = &target->schema();
  store->opens = 0;
  Scanned targeted = scan_store(store, options);
  CHECK(targeted.status.ok());
  CHECK(targeted.ids == numbers(0, 20));
  CHECK(store->opens == 2);
}

TEST_CASE("reading begins while the listing goes on, where the schema allows it") {
  auto store = std::make_shared<Store>();
  store->page_size = 1;
  for (int i = 0; i < 20; ++i) {
    store->add("d=" + std::to_string(i + 10) + "/f.parquet", ids_file(i * 10, 10));
  }
  std::atomic<int> pages{0};
  std::atomic<bool> go_on{false};
  store->before_page = [&] {
    if (++pages <= 2) return;
    while (!go_on && !store->cancelled) std::this_thread::yield();
  };
  ScanOptions options;
  options.schema_from = SchemaFrom::first_file;
  options.infer_partition_types = false;
  auto scan = Scan::open(list(store), options);
  REQUIRE(scan.ok());
  ScanBatch batch;
  REQUIRE(scan->next(&batch));  // the third page is still to come
  CHECK_FALSE(scan->stats().listing_done);
  go_on = true;
  std::vector<int64_t> ids;
  append_ids(batch, **scan->schema(), &ids);
  while (scan->next(&batch)) append_ids(batch, **scan->schema(), &ids);
  CHECK(scan->status().ok());
  CHECK(sorted(ids) == numbers(0, 200));
}

TEST_CASE("a bad file ends the scan by name, or is skipped") {
  auto make = [](int kind) {
    auto store = std::make_shared<Store>();
    for (int i = 0; i < 9; ++i) {
      store->add("f" + std::to_string(i) + ".parquet", ids_file(i * 100, 100, 5));
    }
    Bytes bytes = *store->objects[4].bytes;
    if (kind == 0) bytes.resize(bytes.size() / 2);                                   // no footer
    if (kind == 1) std::fill(bytes.begin() + 4, bytes.begin() + 10, uint8_t{0xFF});  // first page
    if (kind == 2) bytes = to_bytes("PAR1");
    store->objects[4].bytes = std::make_shared<const Bytes>(std::move(bytes));
    return store;
  };
  for (const int kind : {0, 1, 2}) {
    CAPTURE(kind);
    Scanned ended = scan_store(make(kind));
    CHECK(ended.status.code() == StatusCode::corrupt);
    CHECK(ended.status.file() == "store/f4.parquet");

    ScanOptions options;
    std::vector<std::string> told;
    options.on_error = [&](std::string_view key, const Status& status) {
      CHECK_FALSE(status.ok());
      told.emplace_back(key);
      return true;
    };
    Scanned skipped = scan_store(make(kind), options);
    CHECK(skipped.status.ok());
    CHECK(skipped.ids.size() == 800);
    CHECK(skipped.stats.objects_failed == 1);
    CHECK(skipped.stats.objects_done == 8);
    CHECK(told == std::vector<std::string>{"f4.parquet"});
    options.on_error = [](std::string_view, const Status&) { return false; };
    CHECK(scan_store(make(kind), options).status.file() == "store/f4.parquet");
  }
  // In key order all rows before the bad file still come.
  ScanOptions options;
  options.ordered = true;
  Scanned ended = scan_store(make(1), options);
  CHECK(ended.ids == numbers(0, 400));
  CHECK(ended.status.code() == StatusCode::corrupt);
}

TEST_CASE("nothing to read") {
  auto store = std::make_shared<Store>();
  Scanned none = scan_store(store);
  CHECK(none.status.ok());
  CHECK(none.ids.empty());
  CHECK(none.stats.listing_done);
  store->add("x=1/a.parquet", ids_file(0, 0, 1));
  Scanned no_rows = scan_store(store);
  CHECK(no_rows.status.ok());
  CHECK(no_rows.ids.empty());
  CHECK(no_rows.stats.objects_done == 1);
  auto scan = Scan::open(list(store), with("x = 2"));
  REQUIRE(scan.ok());
  auto schema = scan->schema();
  REQUIRE(schema.ok());
  CHECK((*schema)->fields().empty());
}

TEST_CASE("options that make no sense") {
  auto store = hive_store();
  ScanOptions options;
  options.max_concurrency = 0;
  CHECK(scan_store(store, options).status.code() == StatusCode::invalid_argument);
  options = {};
  options.batch_rows = 0;
  CHECK(scan_store(store, options).status.code() == StatusCode::invalid_argument);
  options = {};
  options.split = 2;
  options.split_count = 2;
  CHECK(scan_store(store, options).status.code() == StatusCode::invalid_argument);
  // In whatever way the columns are found, and also where no row has been read by then.
  for (const SchemaFrom from : {SchemaFrom::all_files, SchemaFrom::first_file}) {
    options = {};
    options.schema_from = from;
    options.partition_types = {{"yaer", PartitionType::int64}};
    const Scanned scanned = scan_store(store, options);
    CHECK(scanned.status.code() == StatusCode::invalid_argument);
    CHECK(scanned.status.message().find("yaer") != std::string_view::npos);
    CHECK(Scan::parts(list(store), options, 2).status().code() == StatusCode::invalid_argument);
    options.partition_columns = false;
    CHECK(scan_store(store, options).status.ok());
    options.partition_columns = true;
    CHECK(scan_store(std::make_shared<Store>(), options).status.ok());
  }
  CHECK(Scan::open(std::unique_ptr<Lister>()).status().code() == StatusCode::invalid_argument);
  CHECK(Scan::open("/nonesuch/x").status().code() == StatusCode::not_found);
}

TEST_CASE("ten thousand small objects") {
  auto store = std::make_shared<Store>();
  store->page_size = 1000;
  const auto bytes = std::make_shared<const Bytes>(ids_file(0, 3));
  for (int i = 0; i < 10'000; ++i) {
    store->objects.push_back(
        {"d=" + std::to_string(i / 100) + "/" + std::to_string(i) + ".parquet", bytes, "1"});
  }
  Scanned all = scan_store(store);
  CHECK(all.status.ok());
  CHECK(all.ids.size() == 30'000);
  CHECK(all.stats.objects_done == 10'000);
  CHECK(store->opens == 19'000);  // a thousand stay open
}

TEST_CASE("progress is told on the caller's thread, and batches outlive the scan") {
  ScanOptions options;
  const auto self = std::this_thread::get_id();
  int64_t last = 0;
  int calls = 0;
  options.progress = [&](const ScanStats& stats) {
    CHECK(std::this_thread::get_id() == self);
    CHECK(stats.rows > last);
    last = stats.rows;
    ++calls;
  };
  ScanBatch kept;
  const Schema* schema = nullptr;
  std::vector<int64_t> ids;
  {
    auto scan = Scan::open(list(hive_store()), options);
    REQUIRE(scan.ok());
    ScanBatch batch;
    while (scan->next(&batch)) {
      if (calls == 2) kept = std::move(batch);
    }
    CHECK(scan->status().ok());
    schema = *scan->schema();
    append_ids(kept, *schema, &ids);
  }
  CHECK(calls >= 4);
  CHECK(last == 350);
  CHECK(ids.size() == kept.num_rows());
  CHECK_FALSE(kept.key().empty());
  CHECK(kept.num_columns() == 3);
}

TEST_CASE("row numbers: of the rows that a condition keeps, and of objects that it keeps whole") {
  auto store = std::make_shared<Store>();
  for (int d = 1; d <= 8; ++d) {
    store->add("d=" + std::to_string(d) + "/part-0.parquet", ids_file(0, 100));
  }
  // No column of the files is read of the objects that the partition alone decides.
  ScanOptions options = with("id in (3, 50) or d > 4");
  options.columns = {"d"};
  options.ordered = true;
  options.max_concurrency = 1;
  options.queue_batches = 1;
  auto scan = Scan::open(list(store), options);
  REQUIRE(scan.ok());
  std::map<std::string, std::vector<int64_t>> numbers;
  ScanBatch batch;
  while (scan->next(&batch)) {
    for (size_t i = 0; i < batch.num_rows(); ++i) {
      numbers[std::string(batch.key())].push_back(batch.row_number(i));
    }
  }
  REQUIRE_MESSAGE(scan->status().ok(), scan->status().to_string());
  std::vector<int64_t> all(100);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  for (int d = 1; d <= 8; ++d) {
    CHECK(numbers["d=" + std::to_string(d) + "/part-0.parquet"] ==
          (d > 4 ? all : std::vector<int64_t>{3, 50}));
  }
}
