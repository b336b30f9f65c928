// What answers to ranges mean, which requests fetch them, and when they are tried again.
#include <doctest/doctest.h>

#include "s3/lister.h"
#include "s3/prefetch_plan.h"
#include "s3/range_answer.h"
#include "s3/retry.h"

using namespace veneer;
using namespace veneer::s3;

namespace {

struct Outcome {
  Failure failure;
  RangeAnswer answer;
};
Outcome read_head(const RangeWant& want, int32_t status, Fields fields) {
  Outcome out;
  out.failure = read_range_head(want, {status, std::move(fields)}, &out.answer);
  return out;
}

}  // namespace

TEST_CASE("answers to a range") {
  const RangeWant want{false, 100, 50, 1000};
  CHECK(want.header() == "bytes=100-149");
  Outcome out = read_head(want, 206, {{"content-range", "bytes 100-149/1000"}});
  CHECK(out.failure.status.ok());
  CHECK(out.answer.count == 50);
  CHECK(out.answer.skip == 0);
  // 200 with a valid Content-Range is as good.
  CHECK(read_head(want, 200, {{"content-range", "bytes 100-149/1000"}}).failure.status.ok());
  // A server may send less.
  out = read_head(want, 206, {{"content-range", "bytes 100-119/1000"}, {"content-length", "20"}});
  CHECK(out.failure.status.ok());
  CHECK(out.answer.count == 20);
  // It ignores the range.
  out = read_head(want, 200, {{"content-length", "1000"}});
  CHECK(out.failure.status.ok());
  CHECK(out.answer.skip == 100);
  CHECK(out.answer.count == 50);

  for (const char* wrong :
       {"bytes 0-49/1000", "bytes 101-149/1000", "bytes 100-150/1000", "x", ""}) {
    CAPTURE(wrong);
    out = read_head(want, 206, {{"content-range", wrong}});
    CHECK(out.failure.cure == Cure::wait);
    CHECK(out.failure.most_attempts < 10);
  }
  out = read_head(want, 206, {{"content-range", "bytes 100-149/1000"}, {"content-length", "49"}});
  CHECK_FALSE(out.failure.status.ok());
  // Another size is another object.
  out = read_head(want, 206, {{"content-range", "bytes 100-149/1001"}});
  CHECK(out.failure.cure == Cure::none);
  CHECK(out.failure.status.message().find("has changed") != std::string_view::npos);
  CHECK(read_head(want, 200, {{"content-length", "10"}}).failure.cure == Cure::none);
  CHECK(read_head(want, 416, {{"content-range", "bytes */1000"}}).failure.cure == Cure::none);
  CHECK(read_head({false, int64_t{1} << 40, 10, -1}, 200, {}).failure.status.code() ==
        StatusCode::unsupported);
}

TEST_CASE("answers to a suffix") {
  const RangeWant want{true, 0, 64, -1};
  CHECK(want.header() == "bytes=-64");
  Outcome out = read_head(want, 206, {{"content-range", "bytes 936-999/1000"}});
  CHECK(out.failure.status.ok());
  CHECK(out.answer.size == 1000);
  CHECK(out.answer.first == 936);
  out = read_head(want, 206, {{"content-range", "bytes 0-9/10"}});
  CHECK(out.answer.count == 10);
  out = read_head(want, 200, {{"content-length", "1000"}});
  CHECK(out.answer.skip == 936);
  out = read_head(want, 200, {{"content-length", "0"}});
  CHECK(out.failure.status.ok());
  CHECK(out.answer.size == 0);
  CHECK(read_head(want, 200, {}).failure.status.code() == StatusCode::unsupported);
  CHECK_FALSE(read_head(want, 206, {{"content-range", "bytes 936-999/*"}}).failure.status.ok());
  CHECK_FALSE(read_head(want, 206, {{"content-range", "bytes 0-63/1000"}}).failure.status.ok());
  // Nothing has no last byte.
  out = read_head(want, 416, {});
  CHECK(out.failure.status.ok());
  CHECK(out.answer.size == 0);
  CHECK_FALSE(read_head(want, 416, {{"content-range", "bytes */5"}}).failure.status.ok());
}

TEST_CASE("entity tags") {
  CHECK(plain_etag("\"abc\"") == "abc");
  CHECK(plain_etag("abc") == "abc");
  CHECK(plain_etag("W/\"abc\"") == "W/abc");
  CHECK(plain_etag("\"a\r\nX: y\"") == "aX:y");
  CHECK_FALSE(is_strong_etag("W/abc"));
  CHECK_FALSE(is_strong_etag(""));
  CHECK(same_etag("W/abc", "abc"));
  CHECK_FALSE(same_etag("abc", "abd"));
}

TEST_CASE("ranges that lie close are fetched together, long ones in parts") {
  const auto plan = [](std::vector<ByteRange> ranges) {
    return plan_parts(std::move(ranges), 10, 100, 10'000);
  };
  auto parts = plan({{0, 10}, {20, 10}, {41, 10}});
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].begin == 0);
  CHECK(parts[0].end == 30);
  CHECK(parts[0].wanted == 20);
  CHECK(parts[1].begin == 41);
  CHECK(plan({{0, 200}}).size() == 1);
  parts = plan({{5, 350}});
  REQUIRE(parts.size() == 4);
  int64_t at = 5;
  for (const PlannedPart& part : parts) {
    CHECK(part.begin == at);
    CHECK(part.end - part.begin <= 100);
    CHECK(part.wanted == part.end - part.begin);
    at = part.end;
  }
  CHECK(at == 355);
  // Unsorted, overlapping, outside.
  parts = plan({{9'990, 100}, {-5, 3}, {50, 20}, {40, 20}, {20'000, 5}, {60, 0}});
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].begin == 40);
  CHECK(parts[0].wanted == 30);
  CHECK(parts[1].end == 10'000);
  CHECK(plan({}).empty());
  parts = plan_parts({{0, INT64_MAX}}, INT64_MAX, int64_t{1} << 62, INT64_MAX);
  CHECK(parts.size() == 1);
}

TEST_CASE("what of a range is not yet there") {
  std::vector<ByteRange> rest;
  const std::vector<ByteRange> taken{{10, 10}, {30, 10}};
  subtract({0, 50}, taken, &rest);
  REQUIRE(rest.size() == 3);
  CHECK(rest[0].size == 10);
  CHECK(rest[1].offset == 20);
  CHECK(rest[2].offset == 40);
  rest.clear();
  subtract({12, 5}, taken, &rest);
  CHECK(rest.empty());
}

TEST_CASE("waits grow, are random, and end") {
  Random random(42);
  const RetryRules rules{10, 1000, 0.1, 15};
  double longest = 0;
  for (int run = 0; run < 200; ++run) {
    Backoff backoff(rules, 0);
    double bound = 0.1;
    for (int i = 1; i < 10; ++i) {
      const double wait = backoff.failed(0, 100, &random);
      CHECK(wait >= 0);
      CHECK(wait <= std::min(bound, 15.0));
      longest = std::max(longest, wait);
      bound *= 2;
    }
    CHECK(backoff.failed(0, 100, &random) < 0);
    CHECK(backoff.failures() == 10);
  }
  CHECK(longest > 5);
  Backoff few(rules, 0);
  CHECK(few.failed(0, 3, &random) >= 0);
  CHECK(few.failed(0, 3, &random) >= 0);
  CHECK(few.failed(0, 3, &random) < 0);
  Backoff late(rules, 0);
  CHECK(late.failed(1001, 100, &random) < 0);
  Backoff going(rules, 0);
  for (int i = 0; i < 50; ++i) {
    going.progressed(i);
    CHECK(going.failed(i, 100, &random) >= 0);
  }
}

TEST_CASE("one limiter for all") {
  Random random(1);
  Limiter limiter(8, {10, 100, 0.1, 15});
  for (int i = 0; i < 8; ++i) {
    CHECK(limiter.wait(0) == 0);
    limiter.began();
  }
  CHECK(limiter.wait(0) < 0);
  for (int i = 0; i < 8; ++i) limiter.ended();
  limiter.throttled(10, &random);
  limiter.throttled(10.1, &random);  // the same sign
  CHECK(limiter.limit() == doctest::Approx(4));
  CHECK(limiter.wait(10) > 0);
  CHECK(limiter.wait(20) == 0);
  for (int i = 0; i < 20; ++i) limiter.throttled(20 + i, &random);
  CHECK(limiter.limit() == doctest::Approx(1));
  CHECK(limiter.wait(39) <= 15);
  for (int i = 0; i < 100; ++i) limiter.succeeded(100);
  CHECK(limiter.limit() == doctest::Approx(8));
}

TEST_CASE("a chain of tokens that comes back to one is found out, whatever its length") {
  for (int before : {0, 1, 7}) {
    for (int cycle : {1, 2, 5, 100}) {
      TokenLoop loop;
      int steps = 0;
      bool found = false;
      for (int i = 0; i < 1000 && !found; ++i, ++steps) {
        const int at = i < before ? i : before + (i - before) % cycle;
        found = loop.repeats(std::to_string(at));
      }
      CHECK(found);
      CHECK(steps <= 4 * (before + cycle) + 4);
    }
  }
  TokenLoop fresh;
  for (int i = 0; i < 5000; ++i) REQUIRE_FALSE(fresh.repeats(std::to_string(i)));
}
