// Listings against the fault server.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "support.h"

using namespace veneer;
using namespace veneer::testing;

namespace {

struct Fixture {
  FaultServer server;
  S3Options options;

  Fixture() {
    server.set_keys(known_keys());
    for (const char* key :
         {"events/", "events/_SUCCESS", "events/year=2025/month=12/a.parquet",
          "events/year=2026/month=01/a.parquet", "events/year=2026/month=01/b c+%&<>.parquet",
          "events/year=2026/month=02/a.parquet", "events/z.parquet", "events2/a.parquet",
          "other"}) {
      server.put("data", key, key);
    }
    options = quick_options(server);
  }
};

std::string page_of(const std::string& inside, const std::string& token = "") {
  return "<ListBucketResult>" + inside + "<IsTruncated>" + (token.empty() ? "false" : "true") +
         "</IsTruncated>" +
         (token.empty() ? "" : "<NextContinuationToken>" + token + "</NextContinuationToken>") +
         "</ListBucketResult>";
}
std::string entry(const std::string& key) {
  return "<Contents><Key>" + key + "</Key><Size>1</Size><ETag>\"e\"</ETag></Contents>";
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "flat, in key order, relative to the prefix's last slash") {
  const S3Client client = make(options);
  const std::vector<std::string> below{"_SUCCESS",
                                       "year=2025/month=12/a.parquet",
                                       "year=2026/month=01/a.parquet",
                                       "year=2026/month=01/b c+%&<>.parquet",
                                       "year=2026/month=02/a.parquet",
                                       "z.parquet"};
  Listed listed = list_all(client, "events/");
  REQUIRE_MESSAGE(listed.status.ok(), listed.status.to_string());
  CHECK(listed.keys == below);
  CHECK(server.count() == 1);
  for (int32_t per_page = 1; per_page <= 4; ++per_page) {
    CHECK(list_all(client, "events/", {.page_keys = per_page}).keys == below);
  }
  CHECK(list_all(client, "events/year=2026").keys ==
        std::vector<std::string>(below.begin() + 2, below.begin() + 5));
  CHECK(list_all(client, "events").keys.size() == 8);
  CHECK(list_all(client, "").keys.size() == 9);
  CHECK(list_all(client, "none/").keys.empty());
  CHECK(list_all(client, "", {}, "nowhere").status.code() == StatusCode::not_found);
  CHECK(list_all(client, "events/", {.start_after = "year=2026/month=01/a.parquet"}).keys ==
        std::vector<std::string>(below.begin() + 3, below.end()));
}

TEST_CASE_FIXTURE(Fixture, "only below what a filter fixes") {
  const S3Client client = make(options);
  CHECK(list_all(client, "events/",
                 {.below = {"year=2026/month=02/", "year=2025/", "year=2025/month=12/"}})
            .keys ==
        std::vector<std::string>{"year=2025/month=12/a.parquet", "year=2026/month=02/a.parquet"});
  CHECK(server.count() == 2);
  for (const Request& request : server.requests()) {
    CHECK(request.query.at("prefix").starts_with("events/year="));
  }
  CHECK(list_all(client, "events/", {.below = {"none/"}}).keys.empty());
  CHECK(list_all(client, "events/year=2026/", {.below = {"month=01/"}}).keys.size() == 2);
  server.clear_requests();
  CHECK(list_all(client, "events/",
                 {.start_after = "year=2026/", .below = {"year=2025/", "year=2026/"}})
            .keys.size() == 3);
  CHECK(server.count() == 1);
}

TEST_CASE_FIXTURE(Fixture, "fanned out over the first level of directories") {
  const S3Client client = make(options);
  for (int32_t per_page : {0, 1, 2}) {
    Listed fanned = list_all(client, "events/", {.fan_out = 4, .page_keys = per_page});
    REQUIRE_MESSAGE(fanned.status.ok(), fanned.status.to_string());
    std::sort(fanned.keys.begin(), fanned.keys.end());
    CHECK(fanned.keys == list_all(client, "events/").keys);
  }
  Listed after =
      list_all(client, "events/", {.start_after = "year=2025/month=12/a.parquet", .fan_out = 3});
  CHECK(after.keys.size() == 4);
  CHECK(list_all(client, "events/", {.below = {"year=2026/"}, .fan_out = 2}).keys.size() == 3);
  CHECK(client.list("data", "", {.fan_out = 100'000}).status().code() ==
        StatusCode::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture,
                  "the next page is fetched while one is used; objects open by their tags") {
  const S3Client client = make(options);
  auto lister = client.list("data", "events/", {.page_keys = 2});
  REQUIRE(lister.ok());
  CHECK((*lister)->name() == "s3://data/events/");
  CHECK(server.count() == 0);
  std::vector<ObjectInfo> page;
  REQUIRE(*(*lister)->next(&page));
  CHECK(wait_until([&] { return server.count() == 2; }));
  const ObjectInfo object = page.back();
  auto input = (*lister)->open(object);
  REQUIRE(input.ok());
  CHECK((*input)->name() == "s3://data/events/" + object.key);
  CHECK(*read_range(**input, 0, 6) == "events");
  // It was replaced behind the listing's back.
  server.put("data", "events/" + object.key, std::string(static_cast<size_t>(object.size), 'x'));
  auto changed = (*lister)->open(object);
  std::string tail(10, '\0');
  const Status status = (*changed)->read_tail(writable(&tail)).status();
  CHECK(status.code() == StatusCode::io);
  CHECK(status.to_string().find("has changed") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "cancelling ends what waits, at once") {
  server.on_request([](const Request&) -> std::optional<Reply> {
    Reply reply;
    reply.stall_before = 60;
    return reply;
  });
  const S3Client client = make(options);
  auto lister = client.list("data", "events/");
  auto input = (*lister)->open({"z.parquet", 10, ""});
  Status read;
  Status listed;
  std::thread reader([&] { read = read_range(**input, 0, 10).status(); });
  std::thread nexter([&] {
    std::vector<ObjectInfo> page;
    listed = (*lister)->next(&page).status();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  (*lister)->cancel();
  reader.join();
  nexter.join();
  CHECK(seconds_since(begin) < 1);
  CHECK(read.code() == StatusCode::cancelled);
  CHECK(listed.code() == StatusCode::cancelled);
  std::vector<ObjectInfo> page;
  CHECK((*lister)->next(&page).status().code() == StatusCode::cancelled);
  CHECK((*lister)->open({"z.parquet", 10, ""}).status().code() == StatusCode::cancelled);
  CHECK(read_range(**input, 0, 10).status().code() == StatusCode::cancelled);
}

TEST_CASE_FIXTURE(Fixture, "faults in listings") {
  options.max_attempts = 4;
  const S3Client client = make(options);
  std::atomic<int> count{0};
  const auto answer = [&](std::function<Reply(const Request&, int)> make_reply) {
    server.on_request([&count, make_reply](const Request& request) -> std::optional<Reply> {
      return make_reply(request, count++);
    });
  };
  const auto begin = std::chrono::steady_clock::now();
  SUBCASE("503, resets, cut bodies, then success") {
    answer([&](const Request& request, int n) {
      Reply reply = server.serve(request);
      if (n == 0) return FaultServer::error(503, "SlowDown", "slow");
      if (n == 1) reply.reset = true;
      if (n == 2) reply.cut_after = 150;
      return reply;
    });
    CHECK(list_all(client, "events/").keys.size() == 6);
    CHECK(count == 4);
  }
  SUBCASE("an error with status 200, then success") {
    answer([&](const Request& request, int n) {
      return n == 0 ? Reply{200, {}, "<Error><Code>InternalError</Code></Error>"}
                    : server.serve(request);
    });
    CHECK(list_all(client, "events/").keys.size() == 6);
  }
  SUBCASE("malformed XML") {
    answer([](auto&, int) {
      return Reply{200, {}, "<ListBucketResult><Contents></ListBucketResult>"};
    });
    const Status status = list_all(client, "events/").status;
    CHECK(status.code() == StatusCode::io);
    CHECK(status.message().find("malformed") != std::string_view::npos);
    CHECK(count == 3);
  }
  SUBCASE("huge XML") {
    answer([](auto&, int) {
      return Reply{
          200, {}, "<ListBucketResult>" + std::string(20 << 20, ' ') + "</ListBucketResult>"};
    });
    CHECK(list_all(client, "events/").status.code() == StatusCode::over_limit);
    CHECK(count == 1);
  }
  SUBCASE("endless XML") {
    answer([](auto&, int) {
      Reply reply{200, {}, "<ListBucketResult>"};
      reply.endless = entry("events/again") + std::string(60'000, ' ');
      return reply;
    });
    CHECK(list_all(client, "events/").status.code() == StatusCode::over_limit);
  }
  SUBCASE("empty pages that are truncated") {
    answer([](auto&, int n) {
      return Reply{
          200,
          {},
          page_of(n == 50 ? entry("events/a") : "", n == 50 ? "" : "t" + std::to_string(n))};
    });
    CHECK(list_all(client, "events/").keys == std::vector<std::string>{"a"});
    CHECK(count == 51);
  }
  SUBCASE("a token that repeats") {
    answer([](auto&, int) { return Reply{200, {}, page_of("", "same")}; });
    const Status status = list_all(client, "events/").status;
    CHECK(status.code() == StatusCode::io);
    CHECK(status.message().find("token") != std::string_view::npos);
    CHECK(count < 10);
  }
  SUBCASE("tokens that go round, with keys") {
    answer([](const Request& request, int n) {
      const auto token = request.query.find("continuation-token");
      const int at = token == request.query.end() ? 0 : std::atoi(token->second.c_str());
      (void)n;
      return Reply{
          200, {}, page_of(entry("events/k" + std::to_string(at)), std::to_string(at % 3 + 1))};
    });
    const Listed listed = list_all(client, "events/");
    CHECK(listed.status.code() == StatusCode::io);
    CHECK(listed.keys.size() < 30);
  }
  SUBCASE("a page that repeats, with another token") {
    answer([](auto&, int n) {
      return Reply{200, {}, page_of(entry("events/a"), std::to_string(n))};
    });
    CHECK(list_all(client, "events/").status.code() == StatusCode::io);
  }
  SUBCASE("truncated without a token") {
    answer([](auto&, int) {
      return Reply{200, {}, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"};
    });
    CHECK(list_all(client, "events/").status.code() == StatusCode::io);
  }
  SUBCASE("keys that were not asked for") {
    answer([](auto&, int) { return Reply{200, {}, page_of(entry("elsewhere/a"))}; });
    CHECK(list_all(client, "events/").status.code() == StatusCode::io);
  }
  CHECK(seconds_since(begin) < 30);
}

TEST_CASE_FIXTURE(Fixture, "1,000,000 keys in bounded memory") {
  // Pages that the server makes up; nothing is stored.
  constexpr int kKeys = 1'000'000;
  constexpr int kPage = 1000;
  server.on_request([](const Request& request) -> std::optional<Reply> {
    const auto token = request.query.find("continuation-token");
    const int first = token == request.query.end() ? 0 : std::atoi(token->second.c_str());
    std::string inside;
    char key[160];
    for (int i = first; i < first + kPage; ++i) {
      std::snprintf(key, sizeof key,
                    "events/year=2026/month=05/day=08/hour=14/part-%08d-c000.parquet", i);
      inside += entry(key);
    }
    return Reply{
        200, {}, page_of(inside, first + kPage < kKeys ? std::to_string(first + kPage) : "")};
  });
  options.anonymous = true;
  const S3Client client = make(options);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  auto lister = client.list("data", "events/");
  std::vector<ObjectInfo> page;
  int64_t keys = 0;
  bool ascending = true;
  std::string last;
  while (true) {
    page.clear();
    auto more = (*lister)->next(&page);
    REQUIRE_MESSAGE(more.ok(), more.status().to_string());
    if (!*more) break;
    for (ObjectInfo& object : page) {
      ascending = ascending && object.key > last;
      last = std::move(object.key);
    }
    keys += static_cast<int64_t>(page.size());
    if (keys % 50'000 == 0) server.clear_requests();
  }
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  CHECK(keys == kKeys);
  CHECK(ascending);
  CHECK(client.counters().list_requests == kKeys / kPage);
  CHECK(client.counters().connections_opened <= 2);
  MESSAGE("peak memory grew by " << (after.ru_maxrss - before.ru_maxrss) / 1024 << " MiB");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  MESSAGE("not checked: the sanitizer holds back freed memory");
#else
  CHECK(after.ru_maxrss - before.ru_maxrss < 64 * 1024);
#endif
}
