#include "s3/xml.h"

#include <doctest/doctest.h>

#include <string>

#include "s3/errors.h"
#include "s3/responses.h"

using namespace veneer;
using namespace veneer::s3;

namespace {

// Start, end and text as "<a", ">", "text"; '!' where it is malformed.
std::string walk(std::string_view document) {
  XmlReader xml(document);
  std::string out;
  while (true) {
    switch (xml.next()) {
      case XmlReader::Event::start: out += "<" + std::string(xml.name()) + " "; break;
      case XmlReader::Event::end: out += ">"; break;
      case XmlReader::Event::text: out += "'" + xml.text() + "'"; break;
      case XmlReader::Event::done: return out;
      case XmlReader::Event::malformed: return out + "!";
    }
  }
}

}  // namespace

TEST_CASE("XML as servers write it") {
  CHECK(walk("<a/>") == "<a >");
  CHECK(walk("<?xml version='1.0'?><!-- x --><s3:a xmlns:s3=\"u>v\"><b "
             ">t&amp;&lt;&#65;&#x42;</b></s3:a> \n") == "<a <b 't&<AB'>>");
  CHECK(walk("\xEF\xBB\xBF<a>x<![CDATA[<&]]>y</a>") == "<a 'x''<&''y'>");
  CHECK(walk("<a>&#x1;&#233;&#x20AC;&#x1F600;</a>") ==
        "<a '\x01\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'>");
}

TEST_CASE("XML that is none") {
  for (const char* wrong :
       {"", "x", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&</a>", "<a>&#xD800;</a>",
        "<a>&#x110000;</a>", "<a>&#;</a>", "<a", "<a><!-- </a>", "<a><![CDATA[ </a>", "</a>", "<>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a/>text", "<a b='></a>", "<![CDATA[x]]>"}) {
    CAPTURE(wrong);
    CHECK(walk(wrong).ends_with("!"));
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  CHECK(walk(deep).ends_with("!"));
}

TEST_CASE("any cut of a listing is an error, never a shorter listing") {
  const std::string whole =
      "<?xml version=\"1.0\"?><ListBucketResult "
      "xmlns=\"x\"><Name>b</Name><Contents><Key>a&amp;b</Key>"
      "<LastModified>2026</LastModified><ETag>&quot;e&quot;</ETag><Size>12</Size><Owner><ID>i</"
      "ID></Owner>"
      "</Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><IsTruncated>true</"
      "IsTruncated>"
      "<NextContinuationToken> t+/= </NextContinuationToken></ListBucketResult>";
  auto page = parse_list_page(whole);
  REQUIRE(page.ok());
  REQUIRE(page->objects.size() == 1);
  CHECK(page->objects[0].key == "a&b");
  CHECK(page->objects[0].size == 12);
  CHECK(page->objects[0].etag == "\"e\"");
  CHECK(page->common_prefixes == std::vector<std::string>{"p/"});
  CHECK(page->truncated);
  CHECK(page->next_token == " t+/= ");
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    REQUIRE_FALSE(parse_list_page(std::string_view(whole).substr(0, cut)).ok());
  }
}

TEST_CASE("listings with keys encoded, and wrong ones") {
  const auto list = [](const std::string& inside) {
    return parse_list_page("<ListBucketResult>" + inside + "</ListBucketResult>");
  };
  auto page = list(
      "<Contents><Key>a+b%2Bc%01</Key><Size>0</Size></Contents><EncodingType>url</EncodingType>");
  REQUIRE(page.ok());
  CHECK(page->objects[0].key == "a b+c\x01");
  page = list("<Contents><Key>a+b%2B</Key><Size>0</Size></Contents>");
  CHECK(page->objects[0].key == "a+b%2B");
  CHECK(list("").ok());
  CHECK_FALSE(list("<Contents><Size>1</Size></Contents>").ok());
  CHECK_FALSE(list("<Contents><Key>a</Key></Contents>").ok());
  CHECK_FALSE(list("<Contents><Key>a</Key><Size>-1</Size></Contents>").ok());
  CHECK_FALSE(list("<Contents><Key>a</Key><Size>99999999999999999999</Size></Contents>").ok());
  CHECK_FALSE(list("<IsTruncated>true</IsTruncated>").ok());
  CHECK_FALSE(
      list("<Contents><Key>%zz</Key><Size>0</Size></Contents><EncodingType>url</EncodingType>")
          .ok());
  CHECK_FALSE(parse_list_page("<html>hello</html>").ok());
}

TEST_CASE("error bodies") {
  const ErrorBody error = parse_error_body(
      "<Error><Code>NoSuchKey</Code><Message>gone &amp; lost</Message><Key>k</Key>"
      "<RequestId>R</RequestId><Region>eu-west-3</Region></Error>");
  CHECK(error.code == "NoSuchKey");
  CHECK(error.message == "gone & lost");
  CHECK(error.request_id == "R");
  CHECK(error.region == "eu-west-3");
  CHECK(parse_error_body("<ErrorResponse><Error><Code>X</Code></Error></ErrorResponse>").code ==
        "X");
  CHECK(parse_error_body("<html><p>Bad gateway</html>").code.empty());
  CHECK(parse_error_body("").code.empty());
}

TEST_CASE("what errors mean") {
  const auto error = [](int32_t status, const std::string& code) {
    return read_error({status, {}}, "<Error><Code>" + code + "</Code></Error>");
  };
  const auto code = [&](int32_t status, const std::string& name) {
    return to_status({status, {}}, error(status, name)).code();
  };
  CHECK(error(503, "SlowDown").cure == Cure::slow_down);
  CHECK(error(503, "").cure == Cure::slow_down);
  CHECK(error(429, "").cure == Cure::slow_down);
  CHECK(error(500, "InternalError").cure == Cure::wait);
  CHECK(error(502, "").cure == Cure::wait);
  CHECK(error(408, "").cure == Cure::wait);
  CHECK(error(400, "RequestTimeout").cure == Cure::wait);
  CHECK(error(403, "RequestTimeTooSkewed").cure == Cure::set_clock);
  CHECK(error(400, "ExpiredToken").cure == Cure::new_credentials);
  CHECK(error(403, "AccessDenied").cure == Cure::none);
  CHECK(error(404, "NoSuchKey").cure == Cure::none);
  CHECK(error(412, "PreconditionFailed").cure == Cure::none);
  CHECK(error(307, "").cure == Cure::follow);
  const ServerError region = read_error({301, {{"x-amz-bucket-region", "eu-west-1"}}}, "");
  CHECK(region.cure == Cure::other_region);
  CHECK(region.region == "eu-west-1");
  CHECK(code(403, "AccessDenied") == StatusCode::access_denied);
  CHECK(code(400, "ExpiredToken") == StatusCode::access_denied);
  CHECK(code(404, "NoSuchBucket") == StatusCode::not_found);
  CHECK(code(404, "") == StatusCode::not_found);
  CHECK(code(500, "InternalError") == StatusCode::io);
  CHECK(to_status({412, {}}, error(412, "PreconditionFailed")).message().find("has changed") !=
        std::string_view::npos);
}

TEST_CASE("STS's answers") {
  auto keys = parse_sts_credentials(
      "<AssumeRoleResponse xmlns=\"x\"><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>"
      "<SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>"
      "<Expiration>2013-05-24T00:00:00Z</Expiration></Credentials></AssumeRoleResult></"
      "AssumeRoleResponse>");
  REQUIRE(keys.ok());
  CHECK(keys->access_key_id == "A");
  CHECK(keys->secret_access_key == "S");
  CHECK(keys->session_token == "T");
  CHECK(keys->expires == 1369353600);
  CHECK_FALSE(parse_sts_credentials("<a/>").ok());
  CHECK_FALSE(parse_sts_credentials("<a>").ok());
}
