#include "scan/token.h"

#include <doctest/doctest.h>

#include <random>

#include "scan/ledger.h"

using namespace veneer;
using namespace veneer::scan;

namespace {

Token sample() {
  Token token;
  token.fingerprint = 0x123456789abcdef0u;
  token.watermark = Watermark{"year=2026/a b,%\n\xFF.parquet", false, 12, 0xfedcba9876543210u};
  token.open.push_back({"k1", "\"etag\"", 100, 7});
  token.open.push_back({"k 2", "", INT64_MAX, 0});
  token.part = Part{2, 5, 10, UINT64_MAX, 99};
  return token;
}

}  // namespace

TEST_CASE("a token is one printable line that reads back") {
  const Token token = sample();
  const std::string text = token.to_text();
  for (const char c : text) CHECK((c >= ' ' && c < 127));
  auto parsed = Token::parse(text + "\n");
  REQUIRE(parsed.ok());
  CHECK(*parsed == token);
  Token small;
  small.fingerprint = 1;
  auto again = Token::parse(small.to_text());
  REQUIRE(again.ok());
  CHECK(*again == small);
}

TEST_CASE("whatever is not a token is refused") {
  const std::string text = sample().to_text();
  for (size_t i = 0; i < text.size(); ++i) {
    CHECK_FALSE(Token::parse(text.substr(0, i)).ok());
    std::string changed = text;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    CHECK_FALSE(Token::parse(changed).ok());
  }
  for (const char* wrong : {"", " ", "veneer-scan-1", "veneer-scan-2 f=1 c=0", "c=0"}) {
    auto parsed = Token::parse(wrong);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.status().code() == StatusCode::invalid_argument);
  }
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string noise = "veneer-scan-1 ";
    for (size_t n = random() % 60; n > 0; --n) noise += static_cast<char>(random() % 256);
    CHECK_FALSE(Token::parse(noise).ok());
  }
}

TEST_CASE("the ledger: done, open, fresh") {
  Ledger first(7);
  std::vector<Watermark> at;
  for (const char* key : {"a", "b", "c", "d"}) {
    auto standing = first.list(key);
    REQUIRE(standing.ok());
    CHECK(*standing == Standing::fresh);
    at.push_back(first.listed());
  }
  first.take(0, at[0], {"a", "t", 1, 0}, Standing::fresh);
  first.take(1, at[1], {"b", "t", 1, 0}, Standing::fresh);
  first.take(2, at[2], {"c", "t", 1, 0}, Standing::fresh);
  CHECK_FALSE(first.token().watermark.has_value());
  first.hand_out(1, 5);
  Token token = first.token();
  CHECK(token.watermark->key == "b");
  REQUIRE(token.open.size() == 2);  // a waits, b is in part
  CHECK(token.open[0] == OpenObject{"a", "t", 1, 0});
  CHECK(token.open[1] == OpenObject{"b", "t", 1, 5});
  first.finish(2);
  first.finish(0);

  Ledger second(7);
  second.resume(first.token());
  CHECK(second.token() == first.token());
  CHECK(*second.list("a") == Standing::done);
  CHECK(*second.list("aa") == Standing::done);  // came later, before the watermark
  CHECK(*second.list("b") == Standing::open);
  CHECK(second.find_open("b")->rows == 5);
  CHECK(*second.list("c") == Standing::done);
  CHECK(*second.list("d") == Standing::fresh);
  CHECK(second.end_listing().ok());
  CHECK(second.missing().empty());
}

TEST_CASE("the ledger: what the listing must still have") {
  Token token;
  token.watermark = Watermark{"b", true, 2, hash_text("a") + hash_text("b")};
  token.open.push_back({"a", "", 1, 3});
  {
    Ledger ledger(0);
    ledger.resume(token);
    CHECK(*ledger.list("c") == Standing::fresh);  // a and b are gone
    CHECK(ledger.end_listing().ok());
    CHECK(ledger.missing().count("a") == 1);
  }
  token.watermark->sorted = false;
  {
    Ledger ledger(0);
    ledger.resume(token);
    CHECK(*ledger.list("a") == Standing::open);
    CHECK(*ledger.list("b") == Standing::done);
    CHECK(*ledger.list("0") == Standing::fresh);  // no order, but behind the watermark
  }
  {
    Ledger ledger(0);
    ledger.resume(token);
    CHECK(*ledger.list("x") == Standing::done);
    CHECK(ledger.list("b").status().code() == StatusCode::io);  // a is not before b any more
  }
  {
    Ledger ledger(0);
    ledger.resume(token);
    CHECK(*ledger.list("a") == Standing::open);
    CHECK(ledger.end_listing().code() == StatusCode::io);
  }
}
