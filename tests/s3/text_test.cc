// URIs, header fields, dates, JSON, configuration files.
#include <doctest/doctest.h>

#include <string>

#include "s3/environment.h"
#include "s3/http_text.h"
#include "s3/json.h"
#include "s3/settings.h"
#include "s3/uri.h"

using namespace veneer;
using namespace veneer::s3;

TEST_CASE("each byte of a key is encoded once") {
  CHECK(percent_encode("year=2026/a b+c%20.parquet", true) == "year%3D2026/a%20b%2Bc%2520.parquet");
  CHECK(percent_encode("-._~azAZ09", false) == "-._~azAZ09");
  CHECK(percent_encode("a/b", false) == "a%2Fb");
  CHECK(percent_encode("\xC3\xA9\x01\xFF", true) == "%C3%A9%01%FF");
  std::string out;
  REQUIRE(percent_decode("a%2Fb%c3%A9+c", false, &out));
  CHECK(out == "a/b\xC3\xA9+c");
  REQUIRE(percent_decode("a+b%2B", true, &out));
  CHECK(out == "a b+");
  CHECK_FALSE(percent_decode("%", false, &out));
  CHECK_FALSE(percent_decode("%2", false, &out));
  CHECK_FALSE(percent_decode("%zz", false, &out));
}

TEST_CASE("URLs taken apart") {
  auto url = parse_url("HTTPS://Example.COM:8443/a//b/../c?x=1&y=%20#part");
  REQUIRE(url.ok());
  CHECK(url->scheme == "https");
  CHECK(url->host == "example.com");
  CHECK(url->port == 8443);
  CHECK(url->path == "/a//b/../c");
  CHECK(url->query == "x=1&y=%20");
  CHECK(url->authority() == "example.com:8443");
  CHECK(parse_url("http://h:80/")->authority() == "h");
  CHECK(parse_url("https://h:443")->origin() == "https://h");
  CHECK(parse_url("http://[::1]:9000/x")->authority() == "[::1]:9000");
  CHECK(parse_url("http://h?q")->path.empty());
  for (const char* wrong : {"ftp://h/", "h/path", "http://", "http:///x", "http://user:secret@h/",
                            "http://h:99999/", "http://h:0/", "http://h:x/", "http://h/a b",
                            "http://h/\r\nX: y", "http://[::1", "http://a,b/"}) {
    CAPTURE(wrong);
    auto refused = parse_url(wrong);
    CHECK(refused.status().code() == StatusCode::invalid_argument);
    CHECK(refused.status().to_string().find("secret") == std::string::npos);
  }
}

TEST_CASE("where a Location leads") {
  const Url base = *parse_url("https://h:8443/dir/file?q=1");
  const auto to = [&](const char* location) {
    auto url = resolve_location(base, location);
    return url ? url->origin() + url->path + (url->query.empty() ? "" : "?" + url->query) : "error";
  };
  CHECK(to("http://other/x?y=http://z") == "http://other/x?y=http://z");
  CHECK(to("//other/x") == "https://other/x");
  CHECK(to("/abs?b=2") == "https://h:8443/abs?b=2");
  CHECK(to("next?u=http://z/") == "https://h:8443/dir/next?u=http://z/");
  CHECK(to("ftp://h/") == "error");
}

TEST_CASE("Content-Range") {
  auto range = parse_content_range("bytes 0-99/1000");
  REQUIRE(range.has_value());
  CHECK(range->first == 0);
  CHECK(range->last == 99);
  CHECK(range->size == 1000);
  CHECK(parse_content_range("bytes 5-5/*")->size == -1);
  CHECK(parse_content_range("bytes */1000")->size == 1000);
  CHECK(parse_content_range("bytes */1000")->first == -1);
  for (const char* wrong :
       {"", "bytes", "bytes 0-99", "items 0-1/2", "bytes 9-5/10", "bytes 0-10/10", "bytes -1-5/10",
        "bytes 0-99999999999999999999/1", "bytes */*", "bytes a-b/c"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_content_range(wrong).has_value());
  }
}

TEST_CASE("dates") {
  CHECK(parse_http_date("Fri, 24 May 2013 00:00:00 GMT") == 1369353600);
  CHECK(parse_http_date("Thu, 29 Feb 2024 12:34:56 GMT") == 1709210096);
  CHECK_FALSE(parse_http_date("Fri, 24 Foo 2013 00:00:00 GMT").has_value());
  CHECK_FALSE(parse_http_date("yesterday").has_value());
  CHECK_FALSE(parse_http_date("").has_value());
  CHECK(parse_iso_time("2013-05-24T00:00:00Z") == 1369353600);
  CHECK(parse_iso_time("2013-05-24T00:00:00.123Z") == 1369353600);
  CHECK(parse_iso_time("2013-05-24T02:00:00+02:00") == 1369353600);
  CHECK(parse_iso_time("2013-05-23T22:30:00-0130") == 1369353600);
  CHECK_FALSE(parse_iso_time("2013-13-24T00:00:00Z").has_value());
  CHECK_FALSE(parse_iso_time("soon").has_value());
  for (int64_t seconds = -62135596800; seconds < 253402300800; seconds += 86400 * 97 + 12345) {
    REQUIRE(seconds_since_1970(civil_time(seconds)) == seconds);
  }
}

TEST_CASE("header fields") {
  ResponseHead head;
  CHECK(add_header_line("ETag:  \"abc\" \r\n", &head));
  CHECK(add_header_line("Content-Length: 42", &head));
  CHECK_FALSE(add_header_line("no colon", &head));
  CHECK_FALSE(add_header_line(" : no name", &head));
  CHECK(head.field("etag") == "\"abc\"");
  CHECK(head.field("x-none").empty());
  CHECK(head.content_length() == 42);
  head.fields = {{"content-length", "-5"}};
  CHECK(head.content_length() == -1);
  CHECK(printable(std::string_view("a\nb\0c", 5), 10) == "a?b?c");
  CHECK(printable("abcdef", 3) == "abc...");
}

TEST_CASE("JSON objects of credential sources") {
  const auto members = parse_json_object(
      R"( {"Version": 1, "AccessKeyId": "A\u002fB\n\"", "Nested": {"a": [1, {"b": "}"}]}, "x": null} )");
  REQUIRE(members.has_value());
  CHECK(member(*members, "Version") == "1");
  CHECK(member(*members, "AccessKeyId") == "A/B\n\"");
  CHECK(member(*members, "x") == "null");
  CHECK(member(*members, "Nested").empty());
  CHECK(parse_json_object("{}").has_value());
  std::string deep = "{\"a\":";
  for (int i = 0; i < 1000; ++i) deep += '[';
  for (const std::string& wrong :
       {std::string(), std::string("[]"), std::string("{"), std::string("{\"a\"}"),
        std::string("{\"a\":\"b}"), std::string("{} x"), std::string("{\"a\":\"\\u12\"}"), deep}) {
    CHECK_FALSE(parse_json_object(wrong).has_value());
  }
}

TEST_CASE("profiles of the shared files") {
  const SharedFiles files(
      "[default]\naws_access_key_id = AKID ; comment\naws_secret_access_key=se#cret=\n\n# "
      "x\n[dev]\n"
      "aws_access_key_id=DEV\n",
      "[default]\nregion = eu-west-1\ns3 =\n  addressing_style = path\n[profile "
      "dev]\nregion=us-west-2\n"
      "[dev]\nregion=wrong\nnonsense\n");
  const Profile standard = files.profile("default");
  CHECK(standard.exists());
  CHECK(standard.get("aws_access_key_id") == "AKID");
  CHECK(standard.get("aws_secret_access_key") == "se#cret=");
  CHECK(standard.get("region") == "eu-west-1");
  CHECK(standard.get("addressing_style").empty());
  CHECK(files.profile("dev").get("region") == "us-west-2");
  CHECK(files.profile("dev").get("aws_access_key_id") == "DEV");
  CHECK_FALSE(files.profile("none").exists());
  CHECK(parse_ini("[").size() == 1);
  CHECK(parse_ini("a=b").empty());
  CHECK(parse_ini("[a]\n= b\n==").front().values.empty());
}

TEST_CASE("settings: what is given, then the environment, then AWS's own") {
  const auto settings = [](S3Options options, Fields environment) {
    auto resolved = Settings::resolve(std::move(options), Environment(std::move(environment)));
    REQUIRE(resolved.ok());
    return *std::move(resolved);
  };
  const auto url = [](const Settings& settings, const char* bucket) {
    const BucketPlace place = place_of_bucket(settings, bucket, settings.region);
    return place.origin.origin() + place.path_prefix;
  };
  CHECK(url(settings({}, {}), "data") == "https://data.s3.us-east-1.amazonaws.com");
  CHECK(url(settings({}, {}), "my.data") == "https://s3.us-east-1.amazonaws.com/my.data");
  CHECK(url(settings({}, {{"AWS_DEFAULT_REGION", "cn-north-1"}}), "data") ==
        "https://data.s3.cn-north-1.amazonaws.com.cn");
  CHECK(settings({}, {{"AWS_DEFAULT_REGION", "a"}, {"AWS_REGION", "b"}}).region == "b");
  CHECK(settings({.region = "c"}, {{"AWS_REGION", "b"}}).region == "c");
  const Fields endpoints{{"AWS_ENDPOINT_URL", "http://all"},
                         {"AWS_ENDPOINT_URL_S3", "http://s3:9000/base/"}};
  CHECK(url(settings({}, endpoints), "data") == "http://s3:9000/base/data");
  CHECK(url(settings({.endpoint = "https://mine"}, endpoints), "data") == "https://mine/data");
  CHECK(url(settings({.endpoint = "mine:1", .addressing = S3Addressing::virtual_hosted}, {}),
            "data") == "https://data.mine:1");
  CHECK(url(settings({.addressing = S3Addressing::path}, {}), "data") ==
        "https://s3.us-east-1.amazonaws.com/data");
  CHECK(settings({}, {{"AWS_CA_BUNDLE", "/x"}}).options.ca_bundle == "/x");

  const auto wrong = [](S3Options options) {
    return Settings::resolve(std::move(options), Environment()).status().code();
  };
  CHECK(wrong({.region = "evil.example/"}) == StatusCode::invalid_argument);
  CHECK(wrong({.endpoint = "http://user:pw@h"}) == StatusCode::invalid_argument);
  CHECK(wrong({.credentials = {.access_key_id = "only",
                               .secret_access_key = "",
                               .session_token = ""}}) == StatusCode::invalid_argument);
  CHECK(wrong({.max_connections = 0}) == StatusCode::invalid_argument);
  CHECK(wrong({.stall_timeout_seconds = 0}) == StatusCode::invalid_argument);
  for (const char* bucket : {"", ".", "..", "a/b", "a b", "a@b", "a:1"}) {
    CHECK(check_bucket_name(bucket).code() == StatusCode::invalid_argument);
  }
}

TEST_CASE("s3:// URLs") {
  auto url = parse_s3_url("s3://bucket/a//b c%20.parquet");
  REQUIRE(url.ok());
  CHECK(url->bucket == "bucket");
  CHECK(url->key == "a//b c%20.parquet");
  CHECK(parse_s3_url("S3A://bucket")->key.empty());
  CHECK(parse_s3_url("s3n://bucket/")->bucket == "bucket");
  CHECK_FALSE(parse_s3_url("s3:///key").ok());
  CHECK_FALSE(parse_s3_url("http://bucket/key").ok());
  CHECK(is_remote_url("https://x"));
  CHECK(is_remote_url("s3://x"));
  CHECK_FALSE(is_remote_url("/local/s3://x"));
}
