// Scans of a bucket whose server misbehaves: the rows come out complete and each once, or a named
// error in bounded time.
#include "veneer/scan.h"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "scan/store.h"
#include "support.h"

using namespace veneer;
using namespace veneer::testing;

namespace {

using Hook = std::function<std::optional<Reply>(const Request&)>;

constexpr int kObjects = 12;
constexpr int64_t kRows = 3000;  // of each object, in three row groups

struct Fixture {
  FaultServer server;
  S3Options options;
  std::map<std::string, std::string> objects;
  std::mutex mutex;
  std::set<std::string> seen;

  Fixture() {
    server.set_keys(known_keys());
    for (int i = 0; i < kObjects; ++i) {
      const test::Bytes bytes = test::ids_file(i * kRows, kRows, 3);
      objects[key(i)] = std::string(bytes.begin(), bytes.end());
      server.put("data", key(i), objects[key(i)]);
    }
    options = quick_options(server);
    // Many requests for each object: the tail, and ranges of the row groups.
    options.whole_object_bytes = 0;
    options.tail_bytes = 600;
    options.part_bytes = 5000;
    options.coalesce_gap = 0;
    options.max_attempts = 6;
  }
  static std::string key(int i) {
    return "events/day=" + std::to_string(10 + i / 4) + "/" + std::to_string(10 + i) + ".parquet";
  }
  test::Scanned scan() {
    auto lister = make(options).list("data", "events/", {.page_keys = 3});
    REQUIRE(lister.ok());
    ScanOptions how;
    how.batch_rows = 700;
    how.open.tail_bytes = 600;
    auto scan = Scan::open(*std::move(lister), how);
    REQUIRE(scan.ok());
    return test::read_all(&*scan);
  }
  // The fault meets each request once: its repetition succeeds.
  Hook once(std::function<Reply(Reply)> spoil) {
    return [this, spoil](const Request& request) -> std::optional<Reply> {
      {
        std::lock_guard lock(mutex);
        // The rest of a body has another beginning, but the same end.
        const std::string range = request.header("range");
        const std::string end = range.substr(std::min(range.size(), range.find('-')));
        if (!seen.insert(request.raw_path + end + request.raw_query).second) return std::nullopt;
      }
      return spoil(server.serve(request));
    };
  }
  // The fault meets listings alone.
  static Hook of_lists(std::function<Reply(const Request&)> answer) {
    return [answer](const Request& request) -> std::optional<Reply> {
      if (!request.is_list()) return std::nullopt;
      return answer(request);
    };
  }
};

std::string truncated_page(const std::string& token) {
  return "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>" + token +
         "</NextContinuationToken></ListBucketResult>";
}

Reply with_region(const char* region) {
  Reply reply = FaultServer::error(301, "PermanentRedirect", "elsewhere");
  reply.headers["x-amz-bucket-region"] = region;
  return reply;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "faults that pass: each row comes once") {
  bool no_faults = false;
  SUBCASE("none") { no_faults = true; }
  SUBCASE("storms of 503") {
    auto left = std::make_shared<std::atomic<int>>(15);
    server.on_request([left](const Request&) -> std::optional<Reply> {
      if (left->fetch_sub(1) <= 0) return std::nullopt;
      return FaultServer::error(503, "SlowDown", "slow down");
    });
    options.max_attempts = 20;
  }
  SUBCASE("500, then success") {
    server.on_request(once([](Reply) { return FaultServer::error(500, "InternalError", "oops"); }));
  }
  SUBCASE("resets before the answer") {
    server.on_request(once([](Reply reply) {
      reply.reset = true;
      return reply;
    }));
  }
  SUBCASE("resets within the body") {
    server.on_request(once([](Reply reply) {
      reply.reset = true;
      reply.cut_after = static_cast<int64_t>(reply.body.size() / 2);
      return reply;
    }));
  }
  SUBCASE("bodies cut short") {
    server.on_request(once([](Reply reply) {
      reply.cut_after = static_cast<int64_t>(reply.body.size() / 3);
      return reply;
    }));
  }
  SUBCASE("stalls") {
    options.stall_timeout_seconds = 0.3;
    auto count = std::make_shared<std::atomic<int>>(0);
    server.on_request(once([count](Reply reply) {
      const int n = (*count)++;
      if (n % 20 == 3) reply.stall_before = 60;
      if (n % 20 == 13) reply.stall_after = static_cast<int64_t>(reply.body.size() / 2);
      return reply;
    }));
  }
  SUBCASE("200 instead of 206, with the range that was asked for") {
    server.on_request([this](const Request& request) -> std::optional<Reply> {
      Reply reply = server.serve(request);
      if (reply.status == 206) reply.status = 200;
      return reply;
    });
  }
  SUBCASE("200 instead of 206, with the whole object") {
    server.on_request([this](const Request& request) -> std::optional<Reply> {
      Reply reply = server.serve(request);
      if (reply.status != 206) return reply;
      return Reply{200, {{"ETag", reply.headers["ETag"]}}, objects.at(request.key)};
    });
  }
  SUBCASE("wrong Content-Range") {
    server.on_request(once([](Reply reply) {
      std::string& range = reply.headers["Content-Range"];
      if (reply.status == 206) range.replace(0, range.find('/'), "bytes 7-20");
      return reply;
    }));
  }
  SUBCASE("another region") {
    KnownKeys keys = known_keys();
    keys.region = "eu-west-3";
    server.set_keys(keys);
    server.on_request([this](const Request& request) -> std::optional<Reply> {
      Reply reply = server.serve(request);
      return reply.status == 400 ? with_region("eu-west-3") : reply;
    });
  }
  SUBCASE("empty pages that are truncated") {
    auto count = std::make_shared<std::atomic<int>>(0);
    server.on_request([count](const Request& request) -> std::optional<Reply> {
      if (!request.is_list() || *count == 5) return std::nullopt;
      const int n = ++*count;
      // With the last of these tokens the server begins at its first key.
      return Reply{200, {}, truncated_page(n == 5 ? "+/=" : std::to_string(n))};
    });
  }
  const test::Scanned scanned = scan();
  REQUIRE_MESSAGE(scanned.status.ok(), scanned.status.to_string());
  CHECK(test::sorted(scanned.ids) == test::numbers(0, kObjects * kRows));
  CHECK(scanned.stats.objects_done == kObjects);
  // The server without faults is asked for the tail and three row groups of each object.
  if (no_faults) CHECK(server.count() <= 4 + kObjects * 4);
}

TEST_CASE_FIXTURE(Fixture, "faults that stay: an error by name, no row twice") {
  options.max_attempts = 3;
  std::string wanted;
  const auto begin = std::chrono::steady_clock::now();
  SUBCASE("503 for ever") {
    server.on_request([](auto&) { return FaultServer::error(503, "SlowDown", "slow down"); });
    wanted = "503 SlowDown";
  }
  SUBCASE("an object that changes in mid-scan") {
    auto count = std::make_shared<std::atomic<int>>(0);
    server.on_request([this, count](const Request& request) -> std::optional<Reply> {
      if (request.key == key(5) && (*count)++ == 1) {
        const test::Bytes other = test::ids_file(1, kRows, 3);
        server.put("data", key(5), std::string(other.begin(), other.end()));
      }
      return std::nullopt;
    });
    wanted = key(5) + ": io: the object has changed";
  }
  SUBCASE("a redirect to another host") {
    server.on_request([](const Request& request) -> std::optional<Reply> {
      if (request.is_list()) return std::nullopt;
      return Reply{307, {{"Location", "http://elsewhere.invalid" + request.raw_path}}, ""};
    });
    wanted = "not followed with credentials";
  }
  SUBCASE("malformed XML") {
    server.on_request(of_lists([](auto&) { return Reply{200, {}, "<ListBucketResult><Key>"}; }));
    wanted = "s3://data/events/: io: ";
  }
  SUBCASE("huge XML") {
    server.on_request(of_lists([](auto&) {
      return Reply{200, {}, "<ListBucketResult>" + std::string(20 << 20, ' ')};
    }));
    wanted = "over_limit";
  }
  SUBCASE("endless XML") {
    server.on_request(of_lists([](auto&) {
      Reply reply{200, {}, "<ListBucketResult>"};
      reply.endless = std::string(60'000, ' ');
      return reply;
    }));
    wanted = "over_limit";
  }
  SUBCASE("a token that repeats") {
    server.on_request(of_lists([](auto&) { return Reply{200, {}, truncated_page("same")}; }));
    wanted = "token comes again";
  }
  const test::Scanned scanned = scan();
  const std::string told = scanned.status.to_string();
  CHECK_MESSAGE(told.find(wanted) != std::string::npos, told);
  CHECK_FALSE(scanned.status.ok());
  check_no_secret(told);
  const std::set<int64_t> once(scanned.ids.begin(), scanned.ids.end());
  CHECK(once.size() == scanned.ids.size());
  CHECK(seconds_since(begin) < 30);
}
