// Inputs against the fault server: all bytes, each once, or an error by name, in bounded time.
#include <algorithm>
#include <atomic>
#include <thread>

#include "support.h"

using namespace veneer;
using namespace veneer::testing;

namespace {

constexpr int64_t kSize = 1'000'000;

struct Fixture {
  FaultServer server;
  std::string bytes = some_bytes(kSize);
  S3Options options;

  Fixture() {
    server.set_keys(known_keys());
    server.put("data", "a.bin", bytes);
    options = quick_options(server);
  }
  std::shared_ptr<Input> open(const S3Client& client, S3ObjectVersion known = {}) {
    auto input = client.open("data", "a.bin", std::move(known));
    REQUIRE(input.ok());
    return *input;
  }
  // The fault meets the first `times` requests that are for ranges and for which `when` holds.
  void fault(int times, std::function<Reply(const Request&, Reply)> make) {
    auto left = std::make_shared<std::atomic<int>>(times);
    server.on_request([this, left, make](const Request& request) -> std::optional<Reply> {
      if (left->fetch_sub(1) <= 0) return std::nullopt;
      return make(request, server.serve(request));
    });
  }
  // A range is read in spite of faults; how many requests it took.
  int read_through(const S3Client& client, int64_t offset = 1000, int64_t size = 300'000) {
    const int before = server.count();
    auto input = open(client);
    auto got = read_range(*input, offset, size);
    REQUIRE_MESSAGE(got.ok(), got.status().to_string());
    CHECK(*got == bytes.substr(static_cast<size_t>(offset), static_cast<size_t>(size)));
    return server.count() - before;
  }
  Status fail(const S3Client& client, int64_t offset = 1000, int64_t size = 300'000) {
    auto input = open(client);
    auto got = read_range(*input, offset, size);
    CHECK_FALSE(got.ok());
    check_no_secret(got.status().to_string());
    CHECK(got.status().file() == "s3://data/a.bin");
    return got.status();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "opening and reading one range are two requests, GETs both") {
  const S3Client client = make(options);
  auto input = open(client);
  CHECK(server.count() == 0);
  CHECK(input->name() == "s3://data/a.bin");
  std::string tail(65536, '\0');
  auto size = input->read_tail(writable(&tail));
  REQUIRE_MESSAGE(size.ok(), size.status().to_string());
  CHECK(*size == kSize);
  CHECK(tail == bytes.substr(kSize - 65536));
  CHECK(*read_range(*input, 5, 100) == bytes.substr(5, 100));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  for (const Request& request : requests) CHECK(request.method == "GET");
  CHECK(requests[0].header("range") == "bytes=-65536");
  CHECK(requests[0].header("if-match").empty());
  CHECK(requests[1].header("range") == "bytes=5-104");
  CHECK(requests[1].header("if-match") == server.put("data", "a.bin", bytes));
  CHECK(requests[1].header("accept-encoding").empty());
  // What the tail holds is not asked for again.
  CHECK(*read_range(*input, kSize - 10, 10) == bytes.substr(kSize - 10));
  CHECK(*input->read_tail(writable(&tail)) == kSize);
  CHECK(*input->size() == kSize);
  CHECK(server.count() == 2);
  CHECK(server.connections() == 1);
  CHECK(input->preferred_read_bytes() >= 1 << 20);
  const S3Counters counters = client.counters();
  CHECK(counters.get_requests == 2);
  CHECK(counters.requests() == 2);
  CHECK(counters.retries == 0);
  CHECK(counters.connections_opened == 1);
  CHECK(counters.body_bytes == 65536 + 100);
}

TEST_CASE_FIXTURE(Fixture, "small objects of a listing are one request each; empty ones none") {
  server.put("data", "small", some_bytes(100'000));
  server.put("data", "empty", "");
  const S3Client client = make(options);
  auto lister = client.list("data", "");
  REQUIRE(lister.ok());
  std::vector<ObjectInfo> page;
  REQUIRE((*lister)->next(&page).ok());
  REQUIRE(page.size() == 3);
  server.clear_requests();
  for (const ObjectInfo& object : page) {
    if (object.key == "a.bin") continue;
    auto input = (*lister)->open(object);
    REQUIRE(input.ok());
    std::string tail(65536, 'x');
    CHECK(*(*input)->read_tail(writable(&tail)) == object.size);
    std::string all(static_cast<size_t>(object.size), '\0');
    REQUIRE((*input)->read(0, writable(&all)).ok());
    if (object.key == "small") CHECK(all == some_bytes(100'000));
  }
  REQUIRE(server.count() == 1);
  CHECK(server.requests()[0].header("range") == "bytes=-100000");
  CHECK_FALSE(server.requests()[0].header("if-match").empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "edges: empty objects, tails longer than the object, reads past the end") {
  server.put("data", "empty", "");
  server.put("data", "ten", "0123456789");
  const S3Client client = make(options);
  std::string tail(100, 'x');
  auto empty = client.open("data", "empty");
  CHECK(*(*empty)->read_tail(writable(&tail)) == 0);
  CHECK(tail == std::string(100, 'x'));
  auto ten = client.open("data", "ten");
  CHECK(*(*ten)->read_tail(writable(&tail)) == 10);
  CHECK(tail == std::string(90, 'x') + "0123456789");
  CHECK(*(*client.open("data", "ten"))->size() == 10);
  CHECK((*ten)->read(10, {}).ok());
  CHECK(read_range(**ten, 8, 3).status().code() == StatusCode::io);
  CHECK(read_range(**ten, -1, 3).status().code() == StatusCode::io);
  CHECK(read_range(**ten, INT64_MAX, 3).status().code() == StatusCode::io);
  auto unseen = client.open("data", "ten");
  CHECK(read_range(**unseen, 8, 3).status().code() == StatusCode::io);
  CHECK(read_range(**unseen, 100, 3).status().code() == StatusCode::io);
  CHECK(client.open("data", "").status().code() == StatusCode::invalid_argument);
  CHECK(client.open("da/ta", "x").status().code() == StatusCode::invalid_argument);
  CHECK(S3Client().open("data", "x").status().code() == StatusCode::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture, "what the server refuses is told by name, at once") {
  const S3Client client = make(options);
  auto missing = client.open("data", "no such/key <&>");
  const Status status = (*missing)->size().status();
  CHECK(status.code() == StatusCode::not_found);
  CHECK(status.to_string().find("404 NoSuchKey") != std::string::npos);
  CHECK(status.to_string().find("REQ-1") != std::string::npos);
  CHECK(status.to_string().find("no such/key <&>") != std::string::npos);
  CHECK((*client.open("nowhere", "x"))->size().status().code() == StatusCode::not_found);
  CHECK(server.count() == 2);
  CHECK(client.counters().retries == 0);

  S3Options wrong = options;
  wrong.credentials.secret_access_key = "another secret key";
  CHECK(fail(make(wrong)).code() == StatusCode::access_denied);
  wrong.credentials = {"UNKNOWN", kSecret, ""};
  const Status unknown = fail(make(wrong));
  CHECK(unknown.code() == StatusCode::access_denied);
  CHECK(unknown.message().find("InvalidAccessKeyId") != std::string_view::npos);
  wrong = options;
  wrong.anonymous = true;
  CHECK(fail(make(wrong)).code() == StatusCode::access_denied);
  CHECK(server.requests().back().header("authorization").empty());
}

TEST_CASE_FIXTURE(Fixture, "keys with every kind of character are signed and sent as they are") {
  const S3Client client = make(options);
  std::string ascii;
  for (int c = 1; c < 127; ++c) ascii += static_cast<char>(c);
  for (const std::string& key :
       {std::string("year=2026/month=05/a b+c.parquet"), std::string("a%20b%2Fc"),
        std::string("//a//b/"), std::string("./a/../b/."), std::string("/lead"),
        std::string("\xC3\xA9\xE2\x82\xAC"), std::string("q\"uo'tes&<>?#;:@!$*(),"),
        std::string("raw\xFF\xFE"), ascii}) {
    CAPTURE(key);
    server.put("data", key, "content of " + key);
    auto input = client.open("data", key);
    auto size = (*input)->size();
    REQUIRE_MESSAGE(size.ok(), size.status().to_string());
    CHECK(*read_range(**input, 0, *size) == "content of " + key);
  }
}

TEST_CASE_FIXTURE(Fixture, "faults that pass: the bytes come, whole and once") {
  const S3Client client = make(options);
  SUBCASE("500, then success") {
    fault(1, [](auto&, Reply) { return FaultServer::error(500, "InternalError", "oops"); });
    CHECK(read_through(client) == 2);
    CHECK(client.counters().retries == 1);
  }
  SUBCASE("a storm of 503") {
    fault(8, [](auto&, Reply) { return FaultServer::error(503, "SlowDown", "slow down"); });
    CHECK(read_through(client) == 9);
    CHECK(client.counters().throttled == 8);
    CHECK(client.counters().wait_seconds > 0);
  }
  SUBCASE("SlowDown as 200's sibling: 429 without a body") {
    fault(2, [](auto&, Reply) { return Reply{429, {}, ""}; });
    CHECK(read_through(client) == 3);
  }
  SUBCASE("RequestTimeout, a 400") {
    fault(1, [](auto&, Reply) { return FaultServer::error(400, "RequestTimeout", "idle"); });
    CHECK(read_through(client) == 2);
  }
  SUBCASE("reset before the answer") {
    fault(3, [](auto&, Reply reply) {
      reply.reset = true;
      return reply;
    });
    CHECK(read_through(client) >= 2);
  }
  SUBCASE("reset within the body: it goes on where it ended") {
    fault(2, [](auto&, Reply reply) {
      reply.cut_after = 100'000;
      reply.reset = true;
      return reply;
    });
    CHECK(read_through(client) == 3);
    CHECK(server.requests()[0].header("range") == "bytes=1000-300999");
    for (int i = 1; i < 3; ++i) {
      CHECK(server.requests()[i].header("range").ends_with("-300999"));
      CHECK_FALSE(server.requests()[i].header("if-match").empty());
    }
  }
  SUBCASE("the body is cut short, again and again") {
    fault(5, [](auto&, Reply reply) {
      reply.cut_after = 40'000;
      return reply;
    });
    CHECK(read_through(client) == 6);
    CHECK(server.requests()[1].header("range") == "bytes=41000-300999");
    CHECK(server.requests()[5].header("range") == "bytes=201000-300999");
    CHECK(client.counters().resumed == 5);
  }
  SUBCASE("200 with the range's Content-Range") {
    fault(9, [](auto&, Reply reply) {
      reply.status = 200;
      return reply;
    });
    CHECK(read_through(client) == 1);
  }
  SUBCASE("200 with all of it") {
    server.on_request([this](const Request&) -> std::optional<Reply> {
      return Reply{200, {{"ETag", "\"x\""}}, bytes};
    });
    CHECK(read_through(client) == 1);
    auto input = open(client);
    std::string tail(1000, '\0');
    CHECK(*input->read_tail(writable(&tail)) == kSize);
    CHECK(tail == bytes.substr(kSize - 1000));
  }
  SUBCASE("less than was asked for") {
    fault(2, [](auto&, Reply reply) {
      reply.body.resize(100'000);
      const std::string range = reply.headers["Content-Range"];
      const long first = std::strtol(range.c_str() + 6, nullptr, 10);
      reply.headers["Content-Range"] =
          "bytes " + std::to_string(first) + "-" + std::to_string(first + 99'999) + "/1000000";
      return reply;
    });
    CHECK(read_through(client) == 3);
  }
  SUBCASE("a wrong Content-Range, once") {
    fault(1, [](auto&, Reply reply) {
      reply.headers["Content-Range"] = "bytes 0-299999/1000000";
      return reply;
    });
    CHECK(read_through(client) == 2);
  }
}

TEST_CASE_FIXTURE(Fixture, "a stalled answer is given up and asked for again") {
  options.stall_timeout_seconds = 0.4;
  const auto begin = std::chrono::steady_clock::now();
  SUBCASE("before the head") {
    fault(1, [](auto&, Reply reply) {
      reply.stall_before = 60;
      return reply;
    });
  }
  SUBCASE("within the body") {
    fault(1, [](auto&, Reply reply) {
      reply.stall_after = 50'000;
      return reply;
    });
  }
  CHECK(read_through(make(options)) == 2);
  CHECK(seconds_since(begin) < 10);
}

TEST_CASE_FIXTURE(Fixture, "faults that stay end with their name, in bounded time") {
  options.max_attempts = 4;
  const auto begin = std::chrono::steady_clock::now();
  SUBCASE("503 for ever") {
    fault(1000, [](auto&, Reply) { return FaultServer::error(503, "SlowDown", "slow down"); });
    const Status status = fail(make(options));
    CHECK(status.code() == StatusCode::io);
    CHECK(status.message().find("503 SlowDown: slow down") != std::string_view::npos);
    CHECK(status.message().find("4 attempts") != std::string_view::npos);
    CHECK(server.count() == 4);
  }
  SUBCASE("resets for ever") {
    fault(1000, [](auto&, Reply reply) {
      reply.reset = true;
      return reply;
    });
    CHECK(fail(make(options)).code() == StatusCode::io);
  }
  SUBCASE("stalls for ever") {
    options.stall_timeout_seconds = 0.2;
    fault(1000, [](auto&, Reply reply) {
      reply.stall_before = 60;
      return reply;
    });
    CHECK(fail(make(options)).message().find("stalled") != std::string_view::npos);
  }
  SUBCASE("a wrong Content-Range for ever") {
    fault(1000, [](auto&, Reply reply) {
      reply.headers["Content-Range"] = "bytes 0-299999/1000000";
      return reply;
    });
    CHECK(fail(make(options)).message().find("Content-Range") != std::string_view::npos);
    CHECK(server.count() == 3);
  }
  SUBCASE("206 without Content-Range") {
    fault(1000, [](auto&, Reply reply) {
      reply.headers.erase("Content-Range");
      return reply;
    });
    CHECK(fail(make(options)).message().find("Content-Range") != std::string_view::npos);
  }
  SUBCASE("an endless error") {
    fault(1000, [](auto&, Reply) {
      Reply reply{403, {}, "<Error><Code>AccessDenied</Code><Message>"};
      reply.endless = std::string(10'000, 'x');
      return reply;
    });
    CHECK(fail(make(options)).code() == StatusCode::access_denied);
  }
  SUBCASE("an endless head") {
    fault(1000, [](auto&, Reply reply) {
      reply.headers["X-Long"] = std::string(90'000, 'x');
      return reply;
    });
    CHECK(fail(make(options)).code() == StatusCode::io);
  }
  SUBCASE("nobody listens") {
    options.endpoint = "http://127.0.0.1:1";
    CHECK(fail(make(options)).message().find("no connection") != std::string_view::npos);
  }
  SUBCASE("the server sends secrets back") {
    options.credentials.session_token = kToken;
    fault(1000, [](const Request& request, Reply) {
      return FaultServer::error(
          403, "AccessDenied",
          std::string("you sent ") + kSecret + " and " + request.header("x-amz-security-token"));
    });
    CHECK(fail(make(options)).message().find("you sent *** and ***") != std::string_view::npos);
  }
  CHECK(seconds_since(begin) < 20);
}

TEST_CASE_FIXTURE(Fixture, "an object that changes is an error by name") {
  const S3Client client = make(options);
  auto input = open(client);
  REQUIRE(input->size().ok());
  const auto changed = [](const Status& status) {
    return status.code() == StatusCode::io &&
           status.to_string().find("s3://data/a.bin") != std::string::npos &&
           status.message().find("has changed") != std::string_view::npos;
  };
  server.put("data", "a.bin", some_bytes(kSize) + "!");
  server.clear_requests();
  CHECK(changed(read_range(*input, 0, 1000).status()));
  CHECK(server.count() == 1);

  // A server that ignores If-Match is caught by the tag that it sends.
  server.put("data", "a.bin", bytes);
  input = open(client);
  REQUIRE(input->size().ok());
  server.on_request([this](const Request& request) -> std::optional<Reply> {
    Reply reply = server.serve(request);
    reply.headers["ETag"] = "\"another\"";
    return reply;
  });
  CHECK(changed(read_range(*input, 0, 1000).status()));

  // Changed between the listing and the first request.
  server.on_request({});
  CHECK(changed(open(client, {"\"listed\"", kSize})->size().status().ok()
                    ? read_range(*open(client, {"\"listed\"", kSize}), 0, 10).status()
                    : Status()));
  CHECK(changed(read_range(*open(client, {"", kSize - 1}), 0, 10).status()));

  // In the middle of one body: the rest is not taken from another object.
  std::atomic<int> count{0};
  server.on_request([&](const Request& request) -> std::optional<Reply> {
    Reply reply = server.serve(request);
    if (count++ == 0) {
      reply.cut_after = 1000;
      server.put("data", "a.bin", some_bytes(2000) + bytes);
    }
    return reply;
  });
  CHECK(changed(read_range(*open(client), 0, 500'000).status()));
}

TEST_CASE_FIXTURE(Fixture, "ranges that will be needed are fetched together, in parallel, once") {
  options.part_bytes = 50'000;
  options.coalesce_gap = 1000;
  options.whole_object_bytes = 0;
  options.tail_bytes = 1000;
  const S3Client client = make(options);
  auto input = open(client);
  REQUIRE(input->size().ok());
  server.clear_requests();
  const std::vector<ByteRange> ranges{{0, 10'000}, {10'500, 10'000}, {100'000, 300'000}};
  input->will_need(ranges);
  for (const ByteRange& range : ranges) {
    for (int64_t at = 0; at < range.size; at += 3'333) {
      const int64_t size = std::min<int64_t>(3'333, range.size - at);
      auto got = read_range(*input, range.offset + at, size);
      REQUIRE_MESSAGE(got.ok(), got.status().to_string());
      CHECK(*got ==
            bytes.substr(static_cast<size_t>(range.offset + at), static_cast<size_t>(size)));
    }
  }
  CHECK(server.count() == 1 + 6);
  const auto requests = server.requests();
  CHECK(std::count_if(requests.begin(), requests.end(), [](const Request& request) {
          return request.header("range") == "bytes=0-20499";
        }) == 1);
  // What was read is no longer held; the tail is.
  CHECK(wait_until([&] { return client.counters().held_bytes < 5'000; }));
  // Read again, it is fetched again.
  CHECK(*read_range(*input, 0, 100) == bytes.substr(0, 100));
  CHECK(server.count() == 8);
  // A long read is parted by itself.
  CHECK(*read_range(*input, 0, 900'000) == bytes.substr(0, 900'000));
  CHECK(server.count() == 8 + 18);
  input->will_need({});
  input->will_need(std::vector<ByteRange>{{-5, 10}, {INT64_MAX, 10}, {5, -1}, {kSize + 5, 10}});
  CHECK(server.count() == 8 + 18);
}

TEST_CASE_FIXTURE(Fixture, "memory in flight is bounded, whatever the number of objects") {
  options.memory_budget = 400'000;
  options.part_bytes = 100'000;
  options.tail_bytes = 1'000;
  const S3Client client = make(options);
  std::vector<std::shared_ptr<Input>> inputs;
  for (int i = 0; i < 20; ++i) {
    inputs.push_back(open(client));
    REQUIRE(inputs.back()->size().ok());
    inputs.back()->will_need(std::vector<ByteRange>{{0, 900'000}});
  }
  // In an order that nobody could have foreseen; some parts are not there yet, some never will be.
  for (int i = 19; i >= 0; --i) {
    auto got = read_range(*inputs[static_cast<size_t>(i)], 100'000 * (i % 8) + 7, 150'000);
    REQUIRE_MESSAGE(got.ok(), got.status().to_string());
    CHECK(*got == bytes.substr(100'000 * static_cast<size_t>(i % 8) + 7, 150'000));
  }
  CHECK(client.counters().peak_bytes <= options.memory_budget);
  inputs.clear();
  CHECK(wait_until([&] { return client.counters().held_bytes == 0; }));
}

TEST_CASE_FIXTURE(Fixture, "many threads read one input, through faults") {
  options.part_bytes = 20'000;
  options.max_connections = 8;
  const S3Client client = make(options);
  server.on_request([this](const Request& request) -> std::optional<Reply> {
    Reply reply = server.serve(request);
    if (request.number % 5 == 1) reply.cut_after = 3'000;
    if (request.number % 7 == 2) return FaultServer::error(500, "InternalError", "oops");
    return reply;
  });
  auto input = open(client);
  REQUIRE(input->size().ok());
  input->will_need(std::vector<ByteRange>{{0, kSize}});
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const int64_t offset = (t * 7919 + i * 104'729) % 900'000;
        auto got = read_range(*input, offset, 50'000);
        if (!got || *got != bytes.substr(static_cast<size_t>(offset), 50'000)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(server.most_at_once() <= 8);
  CHECK(client.counters().retries > 0);
}

TEST_CASE_FIXTURE(Fixture, "closing with requests under way, and clients that go first") {
  server.on_request([this](const Request& request) -> std::optional<Reply> {
    Reply reply = server.serve(request);
    if (!request.header("range").starts_with("bytes=-")) reply.stall_after = 10;
    return reply;
  });
  const auto begin = std::chrono::steady_clock::now();
  auto input = open(make(options));  // the client's last handle is gone; its input goes on
  REQUIRE(input->size().ok());
  input->will_need(std::vector<ByteRange>{{0, 500'000}});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  input.reset();
  CHECK(seconds_since(begin) < 3);
}

TEST_CASE_FIXTURE(Fixture, "regions: the right one is learnt once for a bucket") {
  KnownKeys keys = known_keys();
  keys.region = "eu-west-3";
  server.set_keys(keys);
  const S3Client client = make(options);
  SUBCASE("AuthorizationHeaderMalformed, the region in the body") {
    CHECK(read_through(client) == 2);
    CHECK(read_through(client) == 1);
  }
  SUBCASE("301, the region in a header") {
    fault(1, [](auto&, Reply) {
      Reply reply = FaultServer::error(301, "PermanentRedirect", "elsewhere");
      reply.headers["x-amz-bucket-region"] = "eu-west-3";
      reply.headers["Location"] = "http://elsewhere.invalid/";
      return reply;
    });
    CHECK(read_through(client) == 2);
    CHECK(list_all(client, "").keys.size() == 1);
    CHECK(server.count() == 3);
  }
  SUBCASE("307, the region in a header") {
    fault(1, [](auto&, Reply) {
      return Reply{
          307, {{"x-amz-bucket-region", "eu-west-3"}, {"Location", "http://x.invalid/"}}, ""};
    });
    CHECK(read_through(client) == 2);
  }
  SUBCASE("for ever") {
    fault(1000, [](const Request& request, Reply) {
      Reply reply = FaultServer::error(301, "PermanentRedirect", "elsewhere");
      reply.headers["x-amz-bucket-region"] = request.number % 2 ? "eu-west-1" : "eu-west-2";
      return reply;
    });
    CHECK(fail(client).message().find("301 PermanentRedirect") != std::string_view::npos);
    CHECK(server.count() <= 4);
  }
}

TEST_CASE_FIXTURE(Fixture, "credentials do not follow a redirect to another host") {
  FaultServer other;
  other.put("data", "a.bin", bytes);
  options.credentials.session_token = kToken;
  fault(1000, [&](const Request& request, Reply) {
    Reply reply = FaultServer::error(307, "TemporaryRedirect", "go away");
    reply.headers["Location"] = other.url() + request.raw_path;
    return reply;
  });
  const Status status = fail(make(options));
  CHECK(status.code() == StatusCode::access_denied);
  CHECK(status.message().find("redirect to another host") != std::string_view::npos);
  CHECK(other.count() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a clock that is wrong is corrected by the server's") {
  // The server's clock is two days ahead: it answers as S3 does where the signature's date is not
  // within 15 minutes of it.
  const std::time_t theirs = std::time(nullptr) + 2 * 86400;
  std::tm parts{};
  gmtime_r(&theirs, &parts);
  char date[64];
  char day[16];
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  std::strftime(day, sizeof day, "%Y%m%d", &parts);
  server.on_request([&, day = std::string(day),
                     date = std::string(date)](const Request& request) -> std::optional<Reply> {
    Reply reply = request.header("x-amz-date").starts_with(day)
                      ? server.serve(request)
                      : FaultServer::error(403, "RequestTimeTooSkewed", "too skewed");
    reply.headers["Date"] = date;
    return reply;
  });
  const S3Client client = make(options);
  CHECK(read_through(client) == 2);
  CHECK(read_through(client) == 1);
  // A server that is never content.
  fault(1000, [&](auto&, Reply) {
    return FaultServer::error(403, "RequestTimeTooSkewed", "too skewed");
  });
  CHECK(fail(make(options)).code() == StatusCode::access_denied);
}

TEST_CASE_FIXTURE(Fixture, "session tokens, requester pays") {
  KnownKeys keys = known_keys();
  keys.session_token = kToken;
  server.set_keys(keys);
  options.credentials.session_token = kToken;
  options.requester_pays = true;
  CHECK(read_through(make(options)) == 1);
  CHECK(server.requests()[0].header("x-amz-request-payer") == "requester");
  // Given in code, an expired token cannot be renewed.
  fault(1000, [](auto&, Reply) {
    return FaultServer::error(400, "ExpiredToken", "The provided token has expired.");
  });
  const Status status = fail(make(options));
  CHECK(status.code() == StatusCode::access_denied);
  CHECK(status.message().find("ExpiredToken") != std::string_view::npos);
}

TEST_CASE_FIXTURE(Fixture, "virtual-hosted addresses") {
  // "data.localhost" is a loopback name to libcurl itself.
  options.endpoint = "http://localhost:" + std::to_string(server.port());
  options.addressing = S3Addressing::virtual_hosted;
  options.anonymous = true;
  FaultServer& seen = server;
  server.on_request([this](const Request& request) -> std::optional<Reply> {
    if (!request.header("host").starts_with("data.localhost:") || request.raw_path != "/a.bin") {
      return FaultServer::error(404, "NoSuchBucket", "wrong host");
    }
    Request there = request;
    there.bucket = "data";
    there.key = "a.bin";
    Reply reply{206, {{"Content-Range", "bytes 5-14/1000000"}}, bytes.substr(5, 10)};
    return reply;
  });
  auto input = open(make(options));
  auto got = read_range(*input, 5, 10);
  REQUIRE_MESSAGE(got.ok(), got.status().to_string());
  CHECK(*got == bytes.substr(5, 10));
  CHECK(seen.count() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a proxy is handed whole addresses; without one it is not asked") {
  // The server is the proxy; nobody else knows the host.
  options.endpoint = "http://bucket.invalid:9000";
  options.anonymous = true;
  options.proxy = server.url();
  server.on_request([this](const Request& request) -> std::optional<Reply> {
    CHECK(request.raw_path == "http://bucket.invalid:9000/data/a.bin");
    return Reply{206, {{"Content-Range", "bytes 5-14/1000000"}}, bytes.substr(5, 10)};
  });
  CHECK(*read_range(*open(make(options)), 5, 10) == bytes.substr(5, 10));
  CHECK(server.count() == 1);
  options.max_attempts = 1;
  options.proxy = "";
  CHECK(read_range(*open(make(options)), 5, 10).status().code() == StatusCode::io);
  CHECK(server.count() == 1);
}
