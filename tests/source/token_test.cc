#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "veneer/source.h"

using namespace veneer;
using internal::format_token;
using internal::parse_token;
using internal::SourceToken;

namespace {

SourceToken every_byte() {
  SourceToken token;
  token.of_prefix = true;
  for (int c = 0; c < 256; ++c) token.handoff.push_back(static_cast<char>(c));
  token.scan = "veneer-scan-1 f=1:2,3 c=4";
  token.objects = {{"year=2026/a b,c:d%.parquet", INT64_MAX, "12-\"etag\""}, {"", 0, ""}};
  return token;
}

}  // namespace

TEST_CASE("Tokens are one printable word, and read back") {
  const std::string text = format_token(every_byte());
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; }));
  auto read = parse_token(text, true);
  REQUIRE(read.ok());
  CHECK(read->of_prefix);
  CHECK(read->handoff == every_byte().handoff);
  CHECK(read->scan == every_byte().scan);
  REQUIRE(read->objects.size() == 2);
  CHECK(read->objects[0].key == "year=2026/a b,c:d%.parquet");
  CHECK(read->objects[0].row == INT64_MAX);
  CHECK(read->objects[0].identity == "12-\"etag\"");
  CHECK(read->objects[1].key.empty());
  CHECK(format_token(*read) == text);

  SourceToken none;
  none.of_prefix = true;
  read = parse_token(format_token(none), true);
  REQUIRE(read.ok());
  CHECK(read->objects.empty());
}

TEST_CASE("Tokens are of one kind of source") {
  CHECK(parse_token(format_token(every_byte()), false).status().to_string().find("PrefixSource") !=
        std::string::npos);
  SourceToken token;
  token.objects = {{"", 3, "x"}};
  CHECK(parse_token(format_token(token), false).ok());
  CHECK_FALSE(parse_token(format_token(token), true).ok());
  // Well-formed text that no source of one file makes.
  token.scan = "x";
  CHECK_FALSE(parse_token(format_token(token), false).ok());
  token.scan = "";
  token.objects.clear();
  CHECK_FALSE(parse_token(format_token(token), false).ok());
}

TEST_CASE("Anything but a whole token is refused") {
  const std::string text = format_token(every_byte());
  for (size_t size = 0; size < text.size(); ++size) {
    CHECK(parse_token(text.substr(0, size), true).status().code() == StatusCode::invalid_argument);
  }
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'0', ':', ',', '%', '\0', '\xff'}) {
      std::string other = text;
      if (other[i] == c) continue;
      other[i] = c;
      CHECK_FALSE(parse_token(other, true).ok());
    }
  }
  CHECK_FALSE(parse_token(text + "\n", true).ok());
  CHECK_FALSE(parse_token(text + text, true).ok());
}
