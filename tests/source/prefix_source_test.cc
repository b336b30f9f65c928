#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "source/files.h"
#include "veneer/source.h"

using namespace veneer;
using namespace std::chrono_literals;
using test::Bytes;

namespace {

struct Event {
  int64_t id = 0;
  std::optional<int64_t> year;
};

struct Viewed {
  std::string_view city;
};

}  // namespace

template <>
struct veneer::Binding<Event> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("id", &Event::id), veneer::bind("year", &Event::year));
};
template <>
struct veneer::Binding<Viewed> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("city", &Viewed::city));
};

namespace {

// A bucket in memory.
struct Bucket {
  std::map<std::string, Bytes> objects;
  std::string version = "v1";
  std::shared_ptr<std::atomic<int>> opened = std::make_shared<std::atomic<int>>(0);

  std::vector<ObjectInfo> list() const {
    std::vector<ObjectInfo> infos;
    for (const auto& [key, bytes] : objects) {
      infos.push_back({key, static_cast<int64_t>(bytes.size()), version});
    }
    return infos;
  }
  internal::OpenObject opener() const {
    return [this](std::string_view key) -> Result<std::shared_ptr<Input>> {
      ++*opened;
      const auto found = objects.find(std::string(key));
      if (found == objects.end()) return Status::not_found("no such object").in_file(key);
      return test::owned_input(found->second, found->first);
    };
  }
};

// 28 rows, ids 0 to 27, in five objects of two years.
Bucket events() {
  Bucket bucket;
  bucket.objects = {{"year=2025/a.parquet", test::id_file(0, {5})},
                    {"year=2025/b.parquet", test::id_file(5, {1})},
                    {"year=2025/_SUCCESS", Bytes{}},
                    {"year=2026/a.parquet", test::id_file(6, {4, 4})},
                    {"year=2026/b.parquet", test::id_file(14, {7, 3})},
                    {"year=2026/c.parquet", test::id_file(24, {4})}};
  return bucket;
}
constexpr int64_t kRows = 28;
std::vector<int64_t> all_ids() {
  std::vector<int64_t> ids(kRows);
  for (int64_t i = 0; i < kRows; ++i) ids[static_cast<size_t>(i)] = i;
  return ids;
}

template <class T = Event>
PrefixSource<T> over(const Bucket& bucket, PrefixSourceOptions<T> options = {}) {
  if (!options.open_object) options.open_object = bucket.opener();
  return PrefixSource<T>(bucket.list(), std::move(options));
}

// Ids by hand; needs columns = {"id"}.
std::function<Result<int64_t>(const ScanBatch&, size_t)> ids(std::set<int64_t> bad = {}) {
  return [bad](const ScanBatch& batch, size_t row) -> Result<int64_t> {
    const int64_t id = TypedColumn<int64_t>(&batch.column(0))[row];
    if (bad.count(id) == 0) return id;
    return Status::corrupt("id " + std::to_string(id) + " is bad");
  };
}

template <class T>
std::vector<Record<T>> all(PrefixSource<T>& source) {
  std::vector<Record<T>> records;
  const Status status = source.scan({}, [&](Record<T>&& record) {
    records.push_back(std::move(record));
    return Status();
  });
  CHECK(status.to_string() == "ok");
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return std::tie(a.key, a.row) < std::tie(b.key, b.row);
  });
  return records;
}
template <class T>
std::vector<int64_t> ids_of(PrefixSource<T>& source) {
  std::vector<int64_t> found;
  for (const auto& record : all(source)) {
    if constexpr (std::is_same_v<T, Event>) {
      found.push_back(record.value.id);
    } else {
      found.push_back(record.value);
    }
  }
  return found;
}
std::vector<int64_t> from_to(int64_t first, int64_t end) {
  std::vector<int64_t> range;
  for (; first < end; ++first) range.push_back(first);
  return range;
}
const auto kIgnore = [](auto&&) { return Status(); };

}  // namespace

TEST_CASE("Objects become records by field binding, with all defaults") {
  const Bucket bucket = events();
  PrefixSource<Event> source = over(bucket);
  const auto before = std::chrono::system_clock::now();
  const auto records = all(source);
  REQUIRE(records.size() == kRows);
  for (size_t i = 0; i < records.size(); ++i) {
    const Record<Event>& record = records[i];
    CHECK(record.value.id == static_cast<int64_t>(i));
    CHECK(record.value.year == (i < 6 ? 2025 : 2026));
    CHECK(record.event_id == record.key + ":" + std::to_string(record.row));
    CHECK(record.event_time >= before);
  }
  CHECK(records[6].key == "year=2026/a.parquet");
  CHECK(records[6].row == 0);
  CHECK(records[13].row == 7);
  CHECK(source.name() == "objects");
  CHECK(source.capture_handoff().empty());
  CHECK(ids_of(source) == all_ids());  // and again

  const SourceStats stats = source.stats();
  CHECK(stats.rows == 2 * kRows);
  CHECK(stats.records == 2 * kRows);
  CHECK(stats.decode_errors == 0);
  CHECK(stats.batches == 14);
  CHECK(stats.bytes > 0);
  CHECK(stats.seconds > 0);
  const ScanStats scan = source.scan_stats();
  CHECK(scan.objects_listed == 6);
  CHECK(scan.objects_matched == 5);
  CHECK(scan.objects_done == 5);
  CHECK(scan.rows == kRows);
}

TEST_CASE("Options: name, bucket and prefix, decode, event_id, event_time, columns, handoff") {
  const Bucket bucket = events();
  CHECK(over(bucket, {.bucket = "b", .prefix = "events/"}).name() == "b/events/");
  CHECK(over(bucket, {.prefix = "events/"}).name() == "events/");
  CHECK(over(bucket, {.bucket = "b", .name = "bootstrap"}).name() == "bootstrap");
  CHECK(PrefixSource<Event>("no/such/place").name() == "no/such/place");

  PrefixSource<int64_t> source = over<int64_t>(
      bucket, {.decode = ids(),
               .event_id =
                   [](const int64_t& id, std::string_view key, int64_t row) {
                     return std::to_string(id) + "@" + std::string(key) + "#" + std::to_string(row);
                   },
               .event_time = [](const int64_t& id) { return EventTime(std::chrono::seconds(id)); },
               .handoff_token = "lsn 9",
               .columns = {"id"}});
  CHECK(source.capture_handoff() == "lsn 9");
  const auto records = all(source);
  REQUIRE(records.size() == kRows);
  CHECK(records[7].event_id == "7@year=2026/a.parquet#1");
  CHECK(records[7].event_time == EventTime(7s));
}

TEST_CASE("Filters: keys, partitions, an expression; what they drop is not opened") {
  Bucket bucket = events();
  PrefixSource<Event> by_key =
      over(bucket, {.key_filter = [](std::string_view key) { return key.ends_with("b.parquet"); }});
  CHECK(ids_of(by_key) == std::vector<int64_t>{5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});

  *bucket.opened = 0;
  PrefixSource<Event> by_partition =
      over(bucket, {.partition_filter = [](const Partition& partition) {
             return partition.find("year")->value == "2025";
           }});
  CHECK(ids_of(by_partition) == from_to(0, 6));
  CHECK(*bucket.opened == 2);
  CHECK(by_partition.scan_stats().objects_pruned == 3);

  *bucket.opened = 0;
  PrefixSource<Event> where = over(bucket, {.where = "year > 2025"});
  CHECK(ids_of(where) == from_to(6, kRows));
  CHECK(*bucket.opened == 3);

  PrefixSource<Event> broken = over(bucket, {.where = "year >"});
  CHECK(broken.scan({}, kIgnore).code() == StatusCode::invalid_argument);
  PrefixSource<Event> nothing = over(bucket, {.where = "year = 1"});
  CHECK(all(nothing).empty());
  PrefixSource<Event> empty = over(Bucket());
  CHECK(all(empty).empty());
}

TEST_CASE("batch_size and max_concurrency bound what they say") {
  const Bucket bucket = events();
  std::atomic<size_t> most_rows{0};
  std::atomic<int> opening{0};
  std::atomic<int> most_opening{0};
  const auto open = bucket.opener();
  for (const int32_t concurrency : {1, 2}) {
    most_opening = 0;
    PrefixSource<int64_t> source = over<int64_t>(
        bucket, {.decode =
                     [&](const ScanBatch& batch, size_t row) {
                       most_rows = std::max(most_rows.load(), batch.num_rows());
                       return ids()(batch, row);
                     },
                 .max_concurrency = concurrency,
                 .batch_size = 3,
                 .open_object =
                     [&](std::string_view key) {
                       const int now = ++opening;
                       int most = most_opening;
                       while (most < now && !most_opening.compare_exchange_weak(most, now)) {
                       }
                       std::this_thread::sleep_for(1ms);
                       auto input = open(key);
                       --opening;
                       return input;
                     },
                 .columns = {"id"}});
    CHECK(ids_of(source) == all_ids());
    CHECK(most_opening <= concurrency);
  }
  CHECK(most_rows == 3);
  PrefixSource<Event> none = over(bucket, {.batch_size = 0});
  CHECK(none.scan({}, kIgnore).code() == StatusCode::invalid_argument);
}

TEST_CASE("All else of the scan is as its options say") {
  const Bucket bucket = events();
  int progress = 0;
  PrefixSourceOptions<Event> options;
  options.batch_size = 2;
  options.scan.ordered = true;
  options.scan.key_filter = [](std::string_view) { return false; };  // is not looked at
  options.scan.progress = [&](const ScanStats&) { ++progress; };
  test::CountingAllocator counting;
  options.allocator = &counting;
  PrefixSource<Event> source = over(bucket, options);
  std::vector<int64_t> order;
  CHECK(source
            .scan({},
                  [&](Record<Event>&& record) {
                    order.push_back(record.value.id);
                    return Status();
                  })
            .ok());
  CHECK(order == all_ids());
  CHECK(progress > 5);
  CHECK(counting.calls > 10);
}

TEST_CASE("What cannot work is told by the scan") {
  const Bucket bucket = events();
  PrefixSource<int> no_decode = over<int>(bucket);
  CHECK(no_decode.scan({}, kIgnore).to_string().find("decode") != std::string::npos);

  struct Other;
  PrefixSource<Viewed> views = over<Viewed>(bucket);
  size_t letters = 0;
  CHECK(views
            .scan({},
                  [&](Record<Viewed>&& record) {
                    letters += record.value.city.size();
                    return Status();
                  })
            .ok());
  CHECK(letters > 20 * kRows);
  Channel<Record<Viewed>> channel(100);
  CHECK(views.scan({}, channel).code() == StatusCode::invalid_argument);
  CHECK(views.resume(views.position(), {}, channel).code() == StatusCode::invalid_argument);

  PrefixSource<Event> no_opener(bucket.list(), {});
  CHECK(no_opener.scan({}, kIgnore).to_string().find("open_object") != std::string::npos);
  PrefixSource<Event> no_lister(
      []() -> Result<std::unique_ptr<Lister>> { return Status::access_denied("no keys"); });
  CHECK(no_lister.scan({}, kIgnore).code() == StatusCode::access_denied);
  CHECK_FALSE(PrefixSource<Event>("no/such/place").scan({}, kIgnore).ok());

  // A bound column that no file has.
  Bucket flat;
  flat.objects = {{"a.parquet", test::id_file(0, {3})}};
  CHECK_FALSE(over(flat).scan({}, kIgnore).ok());

  PrefixSource<Event> lost =
      over(bucket, {.open_object = [](std::string_view) -> Result<std::shared_ptr<Input>> {
             return Status::io("the line is dead");
           }});
  CHECK(lost.scan({}, kIgnore).to_string().find("the line is dead") != std::string::npos);
  PrefixSource<Event> null =
      over(bucket, {.open_object = [](std::string_view) -> Result<std::shared_ptr<Input>> {
             return std::shared_ptr<Input>();
           }});
  CHECK(null.scan({}, kIgnore).code() == StatusCode::invalid_argument);
}

TEST_CASE("Rows that cannot be decoded are dropped and counted, or end the scan") {
  const Bucket bucket = events();
  PrefixSource<int64_t> drops =
      over<int64_t>(bucket, {.decode = ids({0, 7, 27}), .columns = {"id"}});
  CHECK(all(drops).size() == kRows - 3);
  CHECK(drops.stats().decode_errors == 3);

  std::set<std::string> told;
  PrefixSource<int64_t> tells =
      over<int64_t>(bucket, {.decode = ids({7}),
                             .on_decode_error =
                                 [&](std::string_view key, int64_t row, const Status& why) {
                                   told.insert(std::string(key) + " " + std::to_string(row) + " " +
                                               why.to_string());
                                 },
                             .columns = {"id"}});
  CHECK(all(tells).size() == kRows - 1);
  CHECK(told ==
        std::set<std::string>{"year=2026/a.parquet 1 year=2026/a.parquet: corrupt: id 7 is bad"});

  bool fatal = true;
  std::vector<int64_t> taken;
  const auto keep = [&](Record<int64_t>&& record) {
    taken.push_back(record.value);
    return Status();
  };
  PrefixSource<int64_t> ends = over<int64_t>(
      bucket, {.decode = ids({7}),
               .on_decode_error = [&](std::string_view, int64_t,
                                      const Status& why) { return fatal ? why : Status(); },
               .columns = {"id"}});
  CHECK(ends.scan({}, keep).to_string() == "year=2026/a.parquet: corrupt: id 7 is bad");
  CHECK(ends.stats().decode_errors == 0);
  fatal = false;
  CHECK(ends.resume(ends.position(), {}, keep).ok());
  CHECK(ends.stats().decode_errors == 1);
  std::sort(taken.begin(), taken.end());
  auto expected = all_ids();
  expected.erase(expected.begin() + 7);
  CHECK(taken == expected);
}

namespace {

// Takes `left` records of the bucket and fails at the next one; the token behind them.
struct Taker {
  std::vector<int64_t> ids;
  int64_t left = 0;
  bool in_order = true;
  bool in_place = true;  // rows are what they are in the object
  std::map<std::string, int64_t> last_row;

  Status operator()(Record<Event>&& record) {
    if (left-- == 0) return Status::io("the sink is full");
    const std::map<std::string, int64_t> firsts = {{"year=2025/a.parquet", 0},
                                                   {"year=2025/b.parquet", 5},
                                                   {"year=2026/a.parquet", 6},
                                                   {"year=2026/b.parquet", 14},
                                                   {"year=2026/c.parquet", 24}};
    in_place = in_place && record.value.id == firsts.at(record.key) + record.row &&
               record.event_id == record.key + ":" + std::to_string(record.row);
    in_order = in_order && (last_row.count(record.key) == 0 || last_row[record.key] < record.row);
    last_row[record.key] = record.row;
    ids.push_back(record.value.id);
    return {};
  }
};

void check_resumes(const std::string& where, const std::vector<int64_t>& wanted) {
  const Bucket bucket = events();
  for (const bool ordered : {false, true}) {
    for (int64_t at = 0; at < static_cast<int64_t>(wanted.size()); ++at) {
      const auto options = [&](int32_t concurrency, int32_t batch_size) {
        PrefixSourceOptions<Event> o;
        o.where = where;
        o.max_concurrency = concurrency;
        o.batch_size = batch_size;
        o.scan.ordered = ordered;
        return o;
      };
      Taker taker;
      taker.left = at;
      // As a program does that is killed: each time another source.
      PrefixSource<Event> first = over(bucket, options(3, 3));
      CHECK(first.scan({}, taker).to_string() == "io: the sink is full");
      CHECK(first.stats().records == at);
      std::string token = first.position();
      for (int runs = 0;; ++runs) {
        REQUIRE(runs < 20);
        PrefixSource<Event> next = over(bucket, options(1 + runs % 4, 2 + runs % 5));
        taker.left = 4;
        const Status status = next.resume(token, {}, taker);
        if (!status.ok()) CHECK(status.to_string() == "io: the sink is full");
        token = next.position();
        if (status.ok()) break;
      }
      PrefixSource<Event> done = over(bucket, options(2, 4));
      taker.left = 0;
      CHECK(done.resume(token, {}, taker).ok());
      CHECK(taker.in_order);
      CHECK(taker.in_place);
      std::sort(taker.ids.begin(), taker.ids.end());
      CHECK(taker.ids == wanted);
    }
  }
}

}  // namespace

TEST_CASE("A sink that fails at any record ends the scan; resume gives each other record once") {
  check_resumes("", all_ids());
}

TEST_CASE("Records of a filter have their rows' ordinals, and resume as all others do") {
  check_resumes("id in (0, 2, 3, 5, 6, 9, 13, 14, 17, 18, 19, 22, 23, 26) or year = 2027",
                {0, 2, 3, 5, 6, 9, 13, 14, 17, 18, 19, 22, 23, 26});
}

TEST_CASE("A stop at any record ends the scan with cancelled; resume gives the others") {
  const Bucket bucket = events();
  for (int64_t at = 0; at < kRows; at += 3) {
    PrefixSource<Event> source = over(bucket, {.batch_size = 3});
    std::stop_source stop;
    if (at == 0) stop.request_stop();
    std::vector<int64_t> taken;
    const Status status = source.scan(stop.get_token(), [&](Record<Event>&& record) {
      taken.push_back(record.value.id);
      if (static_cast<int64_t>(taken.size()) == at) stop.request_stop();
      return Status();
    });
    CHECK(status.code() == StatusCode::cancelled);
    CHECK(taken.size() == static_cast<size_t>(at));
    CHECK(source
              .resume(source.position(), {},
                      [&](Record<Event>&& record) {
                        taken.push_back(record.value.id);
                        return Status();
                      })
              .ok());
    std::sort(taken.begin(), taken.end());
    CHECK(taken == all_ids());
  }
}

TEST_CASE("Each record tells where to go on behind it") {
  const Bucket bucket = events();
  PrefixSource<Event> source = over(bucket, {.batch_size = 4, .handoff_token = "h"});
  std::vector<std::pair<int64_t, std::string>> taken;
  CHECK(source
            .scan({},
                  [&](Record<Event>&& record) {
                    taken.emplace_back(record.value.id, record.token());
                    return Status();
                  })
            .ok());
  for (size_t i = 0; i < taken.size(); i += 5) {
    std::vector<int64_t> found;
    for (size_t k = 0; k <= i; ++k) found.push_back(taken[k].first);
    PrefixSource<Event> next = over(bucket);
    CHECK(next.resume(taken[i].second, {},
                      [&](Record<Event>&& record) {
                        found.push_back(record.value.id);
                        return Status();
                      })
              .ok());
    CHECK(next.capture_handoff() == "h");
    std::sort(found.begin(), found.end());
    CHECK(found == all_ids());
  }
}

TEST_CASE("An object that changed after it was taken in part is an error by name, or read again") {
  const std::string key = "year=2026/b.parquet";
  // The first batch of it is not yet behind, or is.
  for (const int64_t at : {int64_t{1}, int64_t{6}}) {
    Bucket bucket = events();
    bucket.objects = {{key, bucket.objects[key]}};
    std::vector<int64_t> taken;
    const auto take = [&](int64_t most) {
      return [&taken, most](Record<Event>&& record) {
        if (static_cast<int64_t>(taken.size()) == most) return Status::io("full");
        taken.push_back(record.value.id);
        return Status();
      };
    };
    PrefixSource<Event> source = over(bucket, {.batch_size = 3});
    CHECK(source.scan({}, take(at)).to_string() == "io: full");
    const std::string token = source.position();

    bucket.version = "v2";
    PrefixSource<Event> strict = over(bucket);
    const Status status = strict.resume(token, {}, take(1000));
    CHECK(status.code() == StatusCode::io);
    CHECK(status.to_string().find(key) != std::string::npos);
    CHECK(status.to_string().find("changed") != std::string::npos);
    CHECK(taken.size() == static_cast<size_t>(at));

    PrefixSourceOptions<Event> again;
    again.scan.reread_changed = true;
    PrefixSource<Event> lenient = over(bucket, again);
    taken.clear();
    CHECK(lenient.resume(token, {}, take(1000)).to_string() == "ok");
    CHECK(taken == from_to(14, 24));

    // Gone altogether.
    bucket.objects = {{"year=2026/c.parquet", test::id_file(24, {4})}};
    const Status gone = over(bucket).resume(token, {}, take(1000));
    CHECK(gone.code() == StatusCode::io);
    CHECK(gone.to_string().find(key) != std::string::npos);
  }
}

TEST_CASE("Tokens are held to what they are of") {
  const Bucket bucket = events();
  PrefixSource<Event> source = over(bucket);
  CHECK(source.resume("", {}, kIgnore).code() == StatusCode::invalid_argument);
  CHECK(source.resume("x", {}, kIgnore).code() == StatusCode::invalid_argument);
  internal::SourceToken token;
  token.of_prefix = true;
  token.scan = "not a scan's";
  CHECK(source.resume(internal::format_token(token), {}, kIgnore).code() ==
        StatusCode::invalid_argument);
  // Rows beyond the end of an object leave nothing of it.
  token.scan.clear();
  token.objects = {{"year=2025/a.parquet", INT64_MAX, ""}, {"year=2026/a.parquet", 3, ""}};
  std::vector<int64_t> taken;
  CHECK(source
            .resume(internal::format_token(token), {},
                    [&](Record<Event>&& record) {
                      taken.push_back(record.value.id);
                      return Status();
                    })
            .ok());
  std::sort(taken.begin(), taken.end());
  auto expected = from_to(9, kRows);
  expected.insert(expected.begin(), 5);
  CHECK(taken == expected);
}

TEST_CASE("A resumed run has the handoff of the first") {
  const Bucket bucket = events();
  PrefixSource<Event> first = over(bucket, {.handoff_token = "old"});
  CHECK_FALSE(first.scan({}, [](Record<Event>&&) { return Status::io("full"); }).ok());
  PrefixSource<Event> second = over(bucket, {.handoff_token = "new"});
  CHECK(second.capture_handoff() == "new");
  CHECK(second.resume(first.position(), {}, kIgnore).ok());
  CHECK(second.capture_handoff() == "old");
}

TEST_CASE("close is for good, and may be called twice") {
  const Bucket bucket = events();
  PrefixSource<Event> source = over(bucket);
  CHECK(all(source).size() == kRows);
  const std::string token = source.position();
  source.close();
  source.close();
  CHECK(source.scan({}, kIgnore).code() == StatusCode::invalid_argument);
  CHECK(source.resume(token, {}, kIgnore).code() == StatusCode::invalid_argument);
  CHECK(source.position() == token);
  CHECK(source.stats().records == kRows);
  CHECK(source.scan_stats().objects_done == 5);
}

TEST_CASE("close from another thread ends a scan that waits for its channel") {
  const Bucket bucket = events();
  PrefixSource<Event> source = over(bucket);
  Channel<Record<Event>> channel(2);
  Status status;
  std::jthread scanner([&] { status = source.scan({}, channel); });
  while (channel.size() < 2) std::this_thread::yield();
  source.close();
  scanner.join();
  CHECK(status.code() == StatusCode::cancelled);
  CHECK(source.stats().records == 2);
}

TEST_CASE("A stop ends a scan that waits for its objects") {
  // Opening waits until the listing is cancelled, as a remote request does.
  class Stuck final : public Lister {
   public:
    std::string_view name() const noexcept override { return "stuck"; }
    Result<bool> next(std::vector<ObjectInfo>* page) override {
      page->push_back({"a.parquet", 100, ""});
      return false;
    }
    Result<std::shared_ptr<Input>> open(const ObjectInfo&) override {
      while (!cancelled_) std::this_thread::sleep_for(1ms);
      return Status::cancelled("cancelled");
    }
    void cancel() noexcept override { cancelled_ = true; }

   private:
    std::atomic<bool> cancelled_{false};
  };
  PrefixSource<Event> source([]() -> Result<std::unique_ptr<Lister>> {
    return std::unique_ptr<Lister>(std::make_unique<Stuck>());
  });
  std::stop_source stop;
  std::jthread late([&] {
    std::this_thread::sleep_for(10ms);
    stop.request_stop();
  });
  CHECK(source.scan(stop.get_token(), kIgnore).code() == StatusCode::cancelled);
}

TEST_CASE("Records by a channel to several threads; others look on") {
  Bucket bucket;
  for (int i = 0; i < 20; ++i) {
    bucket.objects["year=2026/" + std::to_string(i) + ".parquet"] =
        test::id_file(100 * i, {60, 40});
  }
  PrefixSource<Event> source = over(bucket, {.batch_size = 16});
  Channel<Record<Event>> channel(16);
  std::mutex mutex;
  std::vector<int64_t> taken;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (auto record = channel.pop()) {
        const std::lock_guard lock(mutex);
        taken.push_back(record->value.id);
      }
    });
  }
  std::jthread watcher([&](std::stop_token end) {
    while (!end.stop_requested()) {
      CHECK(source.stats().records <= 2000);
      CHECK(source.scan_stats().objects_done <= 20);
      CHECK(internal::parse_token(source.position(), true).ok());
      std::this_thread::yield();
    }
  });
  CHECK(source.scan({}, channel).ok());
  channel.close();
  threads.clear();
  watcher.request_stop();
  watcher.join();
  std::sort(taken.begin(), taken.end());
  CHECK(taken == from_to(0, 2000));
}

TEST_CASE("A local directory, and a client of a bucket") {
  const Bucket bucket = events();
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("veneer_source_" + std::to_string(getpid()));
  for (const auto& [key, bytes] : bucket.objects) {
    std::filesystem::create_directories((root / key).parent_path());
    std::ofstream(root / key, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  PrefixSource<Event> directory(root.string());
  CHECK(directory.name() == root.string());
  CHECK(ids_of(directory) == all_ids());
  PrefixSource<Event> glob(root.string() + "/*/b.parquet", {.where = "year = 2026"});
  CHECK(ids_of(glob) == from_to(14, 24));
  CHECK(glob.scan_stats().directories_pruned == 1);

  // Listed there, opened elsewhere.
  PrefixSource<Event> elsewhere(root.string(), {.open_object = bucket.opener()});
  CHECK(ids_of(elsewhere) == all_ids());
  CHECK(*bucket.opened >= 5);

  struct Client {
    Result<std::unique_ptr<Lister>> list(std::string_view b, std::string_view prefix) const {
      return list_directory(std::string(b) + "/" + std::string(prefix));
    }
  };
  PrefixSource<Event> client(Client(), {.bucket = root.string(), .prefix = "year=2025"});
  CHECK(client.name() == root.string() + "/year=2025");
  CHECK_FALSE(client.scan({}, kIgnore).ok());  // the year is above what is listed
  PrefixSource<int64_t> by_hand(
      Client(),
      {.bucket = root.string(), .prefix = "year=2025", .decode = ids(), .columns = {"id"}});
  CHECK(ids_of(by_hand) == from_to(0, 6));
  std::filesystem::remove_all(root);
}
