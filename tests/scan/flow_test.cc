// How a scan flows: back-pressure, cancellation, threads.
#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "scan/store.h"
#include "veneer/scan.h"

using namespace veneer;
using namespace veneer::test;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Counts what is held.
class CountingAllocator final : public Allocator {
 public:
  void* allocate(size_t bytes, size_t alignment) noexcept override {
    const int64_t now = held += static_cast<int64_t>(bytes);
    int64_t most = peak;
    while (now > most && !peak.compare_exchange_weak(most, now)) {
    }
    return default_allocator()->allocate(bytes, alignment);
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    held -= static_cast<int64_t>(bytes);
    default_allocator()->deallocate(memory, bytes, alignment);
  }
  std::atomic<int64_t> held{0};
  std::atomic<int64_t> peak{0};
};

std::shared_ptr<Store> many(int files, int64_t rows) {
  auto store = std::make_shared<Store>();
  for (int i = 0; i < files; ++i) {
    store->add("f" + std::to_string(1000 + i) + ".parquet", ids_file(i * rows, rows, 4));
  }
  return store;
}

// A million keys of one small file, page by page.
class EndlessLister final : public Lister {
 public:
  explicit EndlessLister(std::atomic<int>* listed) : listed_(listed), bytes_(ids_file(0, 10)) {}

  std::string_view name() const noexcept override { return "endless/"; }
  Result<bool> next(std::vector<ObjectInfo>* page) override {
    for (int i = 0; i < 1000; ++i) {
      const std::string key = std::to_string(1'000'000 + *listed_) + ".parquet";
      page->push_back({key, static_cast<int64_t>(bytes_.size()), "1"});
      ++*listed_;
    }
    return *listed_ < 1'000'000;
  }
  Result<std::shared_ptr<Input>> open(const ObjectInfo&) override { return memory_input(bytes_); }

 private:
  std::atomic<int>* listed_;
  Bytes bytes_;
};

}  // namespace

TEST_CASE("the listing waits for the reading where it may") {
  std::atomic<int> listed{0};
  ScanOptions options;
  options.schema_from = SchemaFrom::first_file;
  auto scan = Scan::open(std::make_unique<EndlessLister>(&listed), options);
  REQUIRE(scan.ok());
  ScanBatch batch;
  REQUIRE(scan->next(&batch));
  const auto begin = Clock::now();
  while (listed < 50'000 && seconds_since(begin) < 20) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(listed >= 50'000);
  CHECK(listed <= 52'000);
  REQUIRE(scan->next(&batch));
  CHECK_FALSE(scan->stats().listing_done);
}

TEST_CASE("a million keys are listed in bounded memory, and pruned") {
  std::atomic<int> listed{0};
  ScanOptions options;
  options.key_filter = [](std::string_view key) { return key == "1999999.parquet"; };
  auto scan = Scan::open(std::make_unique<EndlessLister>(&listed), options);
  REQUIRE(scan.ok());
  Scanned all = read_all(&*scan);
  CHECK(all.status.ok());
  CHECK(all.ids == numbers(0, 10));
  CHECK(all.stats.objects_listed == 1'000'000);
  CHECK(all.stats.objects_skipped == 999'999);
}

TEST_CASE("a slow consumer stops the reading") {
  for (const bool ordered : {false, true}) {
    CAPTURE(ordered);
    auto store = many(40, 4000);
    CountingAllocator allocator;
    {
      ScanOptions options;
      options.open.allocator = &allocator;
      options.ordered = ordered;
      options.batch_rows = 500;
      options.max_concurrency = 4;
      options.schema_from = SchemaFrom::first_file;
      auto scan = Scan::open(list(store), options);
      REQUIRE(scan.ok());
      ScanBatch batch;
      REQUIRE(scan->next(&batch));
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      const int opens = store->opens;
      CHECK(opens <= 12);
      const int64_t held = allocator.held;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      CHECK(store->opens == opens);
      CHECK(allocator.held == held);
      std::vector<int64_t> ids;
      const Schema* schema = *scan->schema();
      append_ids(batch, *schema, &ids);
      while (scan->next(&batch)) append_ids(batch, *schema, &ids);
      CHECK(scan->status().ok());
      CHECK(sorted(ids) == numbers(0, 160'000));
      // 40 files hold 1.3 MB of values; four files at a time hold far less.
      CHECK(allocator.peak < 4'000'000);
    }
    CHECK(allocator.held == 0);
  }
}

TEST_CASE("cancel ends it within a second, wherever it is") {
  // While reads wait, while the listing waits, while the consumer waits, while workers wait.
  for (const int where : {0, 1, 2, 3}) {
    CAPTURE(where);
    auto store = many(20, 1000);
    auto block = [store_raw = store.get()] {
      while (!store_raw->cancelled) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    std::atomic<int> reads{0};
    if (where == 0)
      store->before_read = [&, block](const std::string&) {
        if (++reads > 30) block();
      };
    if (where == 1) store->before_page = block;
    ScanOptions options;
    options.batch_rows = 10;
    std::atomic<bool> flag{false};
    if (where == 2) options.cancel = &flag;
    auto opened = Scan::open(list(store), options);
    REQUIRE(opened.ok());
    Scan scan = std::move(*opened);
    const auto begin = Clock::now();
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      flag = true;
      if (where != 2 && where != 3) scan.cancel();
    });
    ScanBatch batch;
    if (where == 3) {
      // Destroyed with workers that wait for room.
      CHECK(scan.next(&batch));
      other.join();
      continue;
    }
    while (scan.next(&batch)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(seconds_since(begin) < 1.1);
    CHECK(scan.status().code() == StatusCode::cancelled);
    CHECK_FALSE(scan.next(&batch));
    other.join();
    // What was handed out before still counts.
    CHECK(scan.token().starts_with("veneer-scan-1 "));
  }
}

TEST_CASE("stats and tokens may be asked for from other threads") {
  auto store = many(30, 500);
  ScanOptions options;
  options.batch_rows = 50;
  auto scan = Scan::open(list(store), options);
  REQUIRE(scan.ok());
  std::atomic<bool> done{false};
  int64_t last = 0;
  bool grows = true;
  std::thread other([&] {
    while (!done) {
      const ScanStats stats = scan->stats();
      grows = grows && stats.rows >= last && stats.bytes_done <= stats.bytes_matched;
      last = stats.rows;
      grows = grows && !scan->token().empty() && scan->status().ok();
    }
  });
  Scanned all = read_all(&*scan);
  done = true;
  other.join();
  CHECK(grows);
  CHECK(sorted(all.ids) == numbers(0, 15'000));
}
