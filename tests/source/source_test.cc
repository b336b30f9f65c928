#include "veneer/source.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "source/files.h"

using namespace veneer;
using test::Bytes;
using test::OwnedInput;

namespace {

struct City {
  int64_t id = 0;
  std::string city;
};
struct View {
  std::optional<std::string_view> city;
};
struct Outer {
  std::map<std::string, std::vector<View>> views;
};
struct Wrong {
  bool id = false;
  int32_t missing = 0;
};

}  // namespace

template <>
struct veneer::Binding<City> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("id", &City::id), veneer::bind("city", &City::city));
};
template <>
struct veneer::Binding<View> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("city", &View::city));
};
template <>
struct veneer::Binding<Outer> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("views", &Outer::views));
};
template <>
struct veneer::Binding<Wrong> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("id", &Wrong::id), veneer::bind("missing", &Wrong::missing));
};

namespace {

// Ids 100 to 110 in row groups of 4, 1 and 6.
Bytes cities() { return test::id_file(100, {4, 1, 6}); }
constexpr int64_t kRows = 11;

template <class T>
Source<T> open(SourceOptions<T> options = {}, const Bytes& bytes = cities()) {
  auto source = Source<T>::open(test::owned_input(bytes), std::move(options));
  INFO(source.status().to_string());
  REQUIRE(source.ok());
  return *std::move(source);
}

// Decodes ids by hand; those in `bad` fail.
std::function<Result<int64_t>(const Batch&, size_t)> ids(std::vector<int64_t> bad = {}) {
  return [bad](const Batch& batch, size_t row) -> Result<int64_t> {
    const int64_t id = TypedColumn<int64_t>(&batch.column(0))[row];
    if (std::find(bad.begin(), bad.end(), id) == bad.end()) return id;
    return Status::corrupt("id " + std::to_string(id) + " is bad");
  };
}

template <class T>
std::vector<Record<T>> all(Source<T>& source) {
  std::vector<Record<T>> records;
  const Status status = source.scan({}, [&](Record<T>&& record) {
    records.push_back(std::move(record));
    return Status();
  });
  CHECK(status.to_string() == "ok");
  return records;
}

}  // namespace

TEST_CASE("Rows become records by field binding, with all defaults") {
  Source<City> source = open<City>();
  const auto before = std::chrono::system_clock::now();
  const auto records = all(source);
  const auto after = std::chrono::system_clock::now();
  REQUIRE(records.size() == kRows);
  for (int64_t i = 0; i < kRows; ++i) {
    const Record<City>& record = records[static_cast<size_t>(i)];
    CHECK(record.value.id == 100 + i);
    CHECK(record.value.city == "a city of many letters " + std::to_string(100 + i));
    CHECK(record.event_id == "owned:" + std::to_string(i));
    CHECK(record.event_time >= before);
    CHECK(record.event_time <= after);
    CHECK(record.key == "owned");
    CHECK(record.row == i);
  }
  CHECK(source.name() == "owned");
  CHECK(source.capture_handoff().empty());
  CHECK(all(source).size() == kRows);
}

TEST_CASE("Options: name, decode, event_id, event_time, columns, handoff") {
  Source<int64_t> source = open<int64_t>(
      {.name = "cities",
       .decode = ids(),
       .event_id = [](const int64_t& id) { return "e" + std::to_string(id); },
       .event_time = [](const int64_t& id) { return EventTime(std::chrono::seconds(id)); },
       .handoff_token = "offset 42",
       .columns = {"id"}});
  CHECK(source.name() == "cities");
  CHECK(source.capture_handoff() == "offset 42");
  const auto records = all(source);
  REQUIRE(records.size() == kRows);
  CHECK(records[3].event_id == "e103");
  CHECK(records[3].event_time == EventTime(std::chrono::seconds(103)));
  CHECK(records[3].key == "owned");

  Source<int64_t> named = open<int64_t>({.name = "cities", .decode = ids()});
  CHECK(all(named)[10].event_id == "cities:10");
}

TEST_CASE("batch_size bounds the batches") {
  std::vector<size_t> sizes;
  const auto decode = [&](const Batch& batch, size_t row) -> Result<int> {
    CHECK(batch.num_columns() == 2);
    if (row == 0) sizes.push_back(batch.num_rows());
    return 0;
  };
  Source<int> source = open<int>({.decode = decode, .batch_size = 3});
  CHECK(all(source).size() == kRows);
  CHECK(sizes == std::vector<size_t>{3, 1, 1, 3, 3});
  CHECK(source.stats().batches == 5);

  sizes.clear();
  Source<int> whole = open<int>({.decode = decode}, test::id_file(0, {5000}));
  CHECK(all(whole).size() == 5000);
  CHECK(sizes == std::vector<size_t>{4096, 904});
}

TEST_CASE("What cannot work is told when it is opened") {
  auto wrong = Source<Wrong>::open(test::owned_input(cities(), "wrong"));
  CHECK(wrong.status().code() == StatusCode::invalid_argument);
  CHECK(wrong.status().to_string().find("wrong: ") == 0);
  CHECK(wrong.status().to_string().find("id: ") != std::string::npos);
  CHECK(wrong.status().to_string().find("missing: ") != std::string::npos);

  auto none = Source<int>::open(test::owned_input(cities()));
  CHECK(none.status().code() == StatusCode::invalid_argument);
  CHECK(none.status().to_string().find("decode") != std::string::npos);

  CHECK_FALSE(Source<City>::open(test::owned_input(cities()), {.batch_size = 0}).ok());
  CHECK_FALSE(Source<City>::open(std::shared_ptr<Input>()).ok());
  CHECK_FALSE(Source<City>::open(test::owned_input({1, 2, 3})).ok());
  CHECK(Source<City>::open("no/such/file").status().code() == StatusCode::not_found);

  Source<City> no_column = open<City>({.columns = {"no such"}});
  CHECK_FALSE(no_column.scan({}, [](Record<City>&&) { return Status(); }).ok());
  Source<City> not_bound = open<City>({.columns = {"id"}});
  CHECK(not_bound.scan({}, [](Record<City>&&) { return Status(); }).code() ==
        StatusCode::invalid_argument);
}

TEST_CASE("Rows that cannot be decoded are dropped and counted") {
  Source<int64_t> source = open<int64_t>({.decode = ids({102, 104, 110})});
  const auto records = all(source);
  CHECK(records.size() == kRows - 3);
  CHECK(records[2].value == 103);
  CHECK(records[2].row == 3);
  const SourceStats stats = source.stats();
  CHECK(stats.rows == kRows);
  CHECK(stats.records == kRows - 3);
  CHECK(stats.decode_errors == 3);
}

TEST_CASE("on_decode_error is told the row and why; nothing returned drops the row") {
  std::vector<std::string> told;
  Source<int64_t> source = open<int64_t>(
      {.decode = ids({102, 104}), .on_decode_error = [&](int64_t row, const Status& why) {
         told.push_back(std::to_string(row) + " " + why.to_string());
       }});
  CHECK(all(source).size() == kRows - 2);
  CHECK(told == std::vector<std::string>{"2 owned: corrupt: id 102 is bad",
                                         "4 owned: corrupt: id 104 is bad"});
}

TEST_CASE("on_decode_error may end the scan, before the row") {
  bool fatal = true;
  Source<int64_t> source = open<int64_t>(
      {.decode = ids({102, 104}), .on_decode_error = [&](int64_t row, const Status& why) {
         return fatal && row == 4 ? why : Status();
       }});
  std::vector<int64_t> rows;
  const auto keep = [&](Record<int64_t>&& record) {
    rows.push_back(record.row);
    return Status();
  };
  CHECK(source.scan({}, keep).to_string() == "owned: corrupt: id 104 is bad");
  CHECK(rows == std::vector<int64_t>{0, 1, 3});
  CHECK(source.stats().decode_errors == 1);
  fatal = false;
  CHECK(source.resume(source.position(), {}, keep).ok());
  CHECK(rows == std::vector<int64_t>{0, 1, 3, 5, 6, 7, 8, 9, 10});
  CHECK(source.stats().decode_errors == 2);
}

TEST_CASE("A sink that fails at any record ends the scan; resume gives each other record once") {
  for (int32_t batch_size : {1, 3, 4096}) {
    for (int64_t at = 0; at < kRows; ++at) {
      std::vector<int64_t> taken;
      int64_t left = at;
      const auto sink = [&](Record<int64_t>&& record) {
        if (left-- == 0) return Status::io("the sink is full");
        taken.push_back(record.value);
        return Status();
      };
      // As a program does that is killed: each time another source.
      Source<int64_t> first = open<int64_t>({.decode = ids(), .batch_size = batch_size});
      CHECK(first.scan({}, sink).to_string() == "io: the sink is full");
      CHECK(first.stats().records == at);
      std::string token = first.position();
      for (int runs = 0;; ++runs) {
        REQUIRE(runs < 20);
        Source<int64_t> next = open<int64_t>({.decode = ids(), .batch_size = 5 - runs % 3});
        left = 2;
        const Status status = next.resume(token, {}, sink);
        token = next.position();
        if (status.ok()) break;
      }
      CHECK(taken == std::vector<int64_t>{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110});
      CHECK(open<int64_t>({.decode = ids()}).resume(token, {}, sink).ok());  // nothing is left
    }
  }
}

TEST_CASE("A stop at any record ends the scan with cancelled; resume gives the others") {
  for (int64_t at = 0; at <= kRows; ++at) {
    Source<City> source = open<City>({.batch_size = 4});
    std::stop_source stop;
    if (at == 0) stop.request_stop();
    std::vector<int64_t> taken;
    const Status status = source.scan(stop.get_token(), [&](Record<City>&& record) {
      taken.push_back(record.value.id);
      if (record.row + 1 == at) stop.request_stop();
      return Status();
    });
    CHECK(taken.size() == static_cast<size_t>(at));
    if (at < kRows) CHECK(status.code() == StatusCode::cancelled);
    CHECK(source
              .resume(source.position(), {},
                      [&](Record<City>&& record) {
                        taken.push_back(record.value.id);
                        return Status();
                      })
              .ok());
    CHECK(taken == std::vector<int64_t>{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110});
  }
}

TEST_CASE("Each record tells where to go on behind it") {
  Source<City> source = open<City>({.batch_size = 4, .handoff_token = "h"});
  for (const auto& record : all(source)) {
    int64_t next = record.row;
    CHECK(open<City>()
              .resume(record.token(), {},
                      [&](Record<City>&& r) {
                        CHECK(r.row == ++next);
                        return Status();
                      })
              .ok());
    CHECK(next == kRows - 1);
  }
  CHECK(Record<City>().token().empty());
}

TEST_CASE("A resume does not read what is before it") {
  const Bytes bytes = test::id_file(0, {2000, 2000, 2000});
  Source<City> source = open<City>({}, bytes);
  std::string token;
  CHECK(source
            .scan({},
                  [&](Record<City>&& record) {
                    if (record.row == 3999) token = record.token();
                    return Status();
                  })
            .ok());
  const int64_t whole = source.stats().bytes;
  Source<City> rest = open<City>({}, bytes);
  size_t records = 0;
  CHECK(rest.resume(token, {},
                    [&](Record<City>&&) {
                      ++records;
                      return Status();
                    })
            .ok());
  CHECK(records == 2000);
  CHECK(rest.stats().bytes < whole / 2);
}

TEST_CASE("Tokens of another file, or of rows it has not, are refused") {
  const auto sink = [](Record<City>&&) { return Status::io("no record was due"); };
  Source<City> source = open<City>();
  const std::string start = source.position();
  for (const Bytes& other : {test::id_file(101, {4, 1, 6}), test::id_file(100, {4, 1, 5})}) {
    const Status status = open<City>({}, other).resume(start, {}, sink);
    CHECK(status.code() == StatusCode::io);
    CHECK(status.file() == "owned");
    CHECK(status.to_string().find("changed") != std::string::npos);
  }
  auto token = internal::parse_token(start, false);
  REQUIRE(token.ok());
  token->objects[0].row = kRows;
  CHECK(source.resume(internal::format_token(*token), {}, sink).ok());
  token->objects[0].row = kRows + 1;
  CHECK(source.resume(internal::format_token(*token), {}, sink).code() ==
        StatusCode::invalid_argument);
  token->objects[0].row = INT64_MAX;
  CHECK_FALSE(source.resume(internal::format_token(*token), {}, sink).ok());
  CHECK(source.resume("", {}, sink).code() == StatusCode::invalid_argument);
  CHECK(source.resume("veneer", {}, sink).code() == StatusCode::invalid_argument);
}

TEST_CASE("A file is told by the same bytes however it is opened") {
  SourceOptions<City> small;
  small.open.tail_bytes = 16;
  const std::string token = open<City>(small).position();
  CHECK(token == open<City>().position());
  CHECK(open<City>().resume(token, {}, [](Record<City>&&) { return Status(); }).ok());
}

TEST_CASE("A resumed run has the handoff of the first") {
  Source<City> first = open<City>({.handoff_token = "before the snapshot: 7%"});
  CHECK_FALSE(first.scan({}, [](Record<City>&&) { return Status::io("full"); }).ok());
  Source<City> second = open<City>({.handoff_token = "much later"});
  CHECK(second.capture_handoff() == "much later");
  CHECK(second.resume(first.position(), {}, [](Record<City>&&) { return Status(); }).ok());
  CHECK(second.capture_handoff() == "before the snapshot: 7%");
  CHECK(second.scan({}, [](Record<City>&&) { return Status(); }).ok());
  CHECK(second.capture_handoff() == "much later");
}

TEST_CASE("close lets go of an owned input, once, and ends what comes") {
  int ended = 0;
  auto source = Source<City>::open(std::make_shared<OwnedInput>(cities(), "own", [&] { ++ended; }));
  REQUIRE(source.ok());
  CHECK(all(*source).size() == kRows);
  const std::string token = source->position();
  CHECK(ended == 0);
  source->close();
  CHECK(ended == 1);
  source->close();
  CHECK(ended == 1);
  const auto sink = [](Record<City>&&) { return Status(); };
  CHECK(source->scan({}, sink).code() == StatusCode::invalid_argument);
  CHECK(source->resume(token, {}, sink).code() == StatusCode::invalid_argument);
  CHECK(source->position() == token);
  CHECK(source->stats().records == kRows);
  CHECK(source->name() == "own");
}

TEST_CASE("A borrowing source does not close its input") {
  bool ended = false;
  {
    OwnedInput input(cities(), "borrowed", [&] { ended = true; });
    auto source = Source<City>::borrow(&input);
    REQUIRE(source.ok());
    CHECK(all(*source).size() == kRows);
    source->close();
    CHECK_FALSE(ended);
    CHECK(Source<City>::borrow(&input).ok());
    CHECK_FALSE(ended);
  }
  CHECK(ended);
}

TEST_CASE("close from another thread ends a scan, also one that waits for a channel") {
  Source<City> source = open<City>();
  Channel<Record<City>> channel(2);
  Status status;
  std::jthread scanner([&] { status = source.scan({}, channel); });
  while (channel.size() < 2) std::this_thread::yield();
  source.close();
  scanner.join();
  CHECK(status.code() == StatusCode::cancelled);
  CHECK(source.stats().records == 2);
  CHECK(channel.pop()->row == 0);
  CHECK(channel.pop()->row == 1);
  CHECK_FALSE(channel.closed());
}

TEST_CASE("The allocator and threads of the options are used") {
  test::CountingAllocator counting;
  Source<City> source = open<City>({.allocator = &counting, .threads = 2});
  CHECK(counting.calls > 0);
  CHECK(all(source).size() == kRows);
  source.close();
}

TEST_CASE("A file of the local file system") {
  const std::string path = "veneer_source_test." + std::to_string(getpid()) + ".parquet";
  const Bytes bytes = cities();
  std::FILE* f = std::fopen(path.c_str(), "wb");
  REQUIRE(f != nullptr);
  CHECK(std::fwrite(bytes.data(), 1, bytes.size(), f) == bytes.size());
  std::fclose(f);
  for (const bool map : {false, true}) {
    SourceOptions<City> options;
    options.open.memory_map = map;
    auto source = Source<City>::open(path, options);
    REQUIRE(source.ok());
    CHECK(source->name() == path);
    CHECK(all(*source).size() == kRows);
  }
  std::remove(path.c_str());
}

TEST_CASE("A file without rows") {
  Source<City> source = open<City>({}, test::id_file(0, {}));
  CHECK(all(source).empty());
  CHECK(source.resume(source.position(), {}, [](Record<City>&&) { return Status(); }).ok());
}

TEST_CASE("Views are for sinks that use them at once, not for channels") {
  CHECK(internal::holds_views<Outer>());
  CHECK_FALSE(internal::holds_views<City>());
  Source<View> source = open<View>({.nulls_as_default = true});
  size_t letters = 0;
  CHECK(source
            .scan({},
                  [&](Record<View>&& record) {
                    letters += record.value.city->size();
                    return Status();
                  })
            .ok());
  CHECK(letters == kRows * std::string("a city of many letters 100").size());
  Channel<Record<View>> channel(100);
  CHECK(source.scan({}, channel).code() == StatusCode::invalid_argument);
  CHECK(source.resume(source.position(), {}, channel).code() == StatusCode::invalid_argument);
  CHECK(channel.size() == 0);
}

TEST_CASE("Records by a channel to several threads; others look on") {
  const Bytes bytes = test::id_file(0, {700, 1, 1299});
  Source<City> source = open<City>({.batch_size = 64}, bytes);
  Channel<Record<City>> channel(16);
  std::atomic<int64_t> sum{0};
  std::atomic<int64_t> count{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (auto record = channel.pop()) {
        sum += record->value.id;
        ++count;
        CHECK(record->token().size() > 20);
      }
    });
  }
  std::jthread watcher([&](std::stop_token end) {
    SourceStats last;
    while (!end.stop_requested()) {
      const SourceStats now = source.stats();
      CHECK(now.records >= last.records);
      CHECK(now.seconds >= 0);
      CHECK(internal::parse_token(source.position(), false).ok());
      last = now;
    }
  });
  CHECK(source.scan({}, channel).ok());
  channel.close();
  threads.clear();
  watcher.request_stop();
  watcher.join();
  CHECK(count == 2000);
  CHECK(sum == 1999 * 2000 / 2);
  const SourceStats stats = source.stats();
  CHECK(stats.rows == 2000);
  CHECK(stats.records == 2000);
  CHECK(stats.decode_errors == 0);
  CHECK(stats.batches == 11 + 1 + 21);
  CHECK(stats.bytes > 0);
  CHECK(stats.seconds > 0);
}

TEST_CASE("A consumer that closes the channel, or a stop, ends the scan; resume loses nothing") {
  Source<City> source = open<City>();
  std::vector<int64_t> taken;
  for (const bool closes : {true, false}) {
    std::stop_source stop;
    Channel<Record<City>> channel(1);
    std::jthread consumer([&] {
      for (int i = 0; i < 3; ++i) taken.push_back(channel.pop()->value.id);
      closes ? channel.close() : void(stop.request_stop());
      while (auto record = channel.try_pop()) taken.push_back(record->value.id);
    });
    const Status status = closes ? source.scan(stop.get_token(), channel)
                                 : source.resume(source.position(), stop.get_token(), channel);
    consumer.join();
    CHECK(status.code() == StatusCode::cancelled);
    while (auto record = channel.try_pop()) taken.push_back(record->value.id);
  }
  Channel<Record<City>> channel(100);
  CHECK(source.resume(source.position(), {}, channel).ok());
  while (auto record = channel.try_pop()) taken.push_back(record->value.id);
  CHECK(taken == std::vector<int64_t>{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110});
}

TEST_CASE("One scan at a time") {
  Source<City> source = open<City>();
  Status inner;
  CHECK(source
            .scan({},
                  [&](Record<City>&& record) {
                    if (record.row == 0)
                      inner = source.scan({}, [](Record<City>&&) { return Status(); });
                    return Status();
                  })
            .ok());
  CHECK(inner.code() == StatusCode::invalid_argument);
  CHECK(source.stats().records == kRows);
}

TEST_CASE("A file that is damaged ends the scan with its own status") {
  Bytes bytes = cities();
  bytes[4] = 0xff;  // the first page's header
  Source<City> source = open<City>({}, bytes);
  const Status status = source.scan({}, [](Record<City>&&) { return Status(); });
  CHECK(status.code() == StatusCode::corrupt);
  CHECK(status.file() == "owned");
  CHECK(source.stats().seconds > 0);
}
