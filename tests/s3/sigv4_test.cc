// Amazon's vectors, where VENEER_SIGV4_VECTORS names their folder (…/v4), and the four examples of
// the S3 documentation.
#include "s3/sigv4.h"

#include <dirent.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "s3/environment.h"
#include "s3/sha256.h"
#include "s3/uri.h"

using namespace veneer;
using namespace veneer::s3;

namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

SigningScope example_scope() {
  return {"AKIAIOSFODNN7EXAMPLE", kSecret, "us-east-1", "s3", "20130524T000000Z"};
}

SignedRequest example_request(std::string path) {
  SignedRequest request;
  request.path = std::move(path);
  request.headers = {{"Host", "examplebucket.s3.amazonaws.com"},
                     {"x-amz-content-sha256", std::string(kEmptyBodyHash)},
                     {"x-amz-date", "20130524T000000Z"}};
  return request;
}

std::string sign(const SignedRequest& request) {
  return signature(example_scope(), string_to_sign(example_scope(), canonical_request(request)));
}

std::string file(const std::string& path) {
  auto text = read_small_file(path);
  return text ? *text : std::string();
}

// The value of a string member of the vectors' context.json.
std::string context_value(const std::string& json, const std::string& name) {
  size_t at = json.find("\"" + name + "\"");
  if (at == std::string::npos) return {};
  at = json.find(':', at) + 1;
  while (json[at] == ' ') ++at;
  if (json[at] != '"') return json.substr(at, json.find_first_of(",\n}", at) - at);
  return json.substr(at + 1, json.find('"', at + 1) - at - 1);
}

// A path as it is sent, from the vectors' requests, in which some characters are not yet encoded.
std::string sent_path(const std::string& path) {
  std::string decoded;
  REQUIRE(percent_decode(path, false, &decoded));
  return percent_encode(decoded, true);
}

struct Vector {
  SignedRequest request;
  std::string body;
  std::string timestamp;
};

void add_query(std::string_view query, Fields* out) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const size_t equals = pair.find('=');
    std::string name;
    std::string value;
    REQUIRE(percent_decode(pair.substr(0, equals), false, &name));
    if (equals != std::string_view::npos) {
      REQUIRE(percent_decode(pair.substr(equals + 1), false, &value));
    }
    out->emplace_back(name, value);
  }
}

Vector read_vector(const std::string& text, const std::string& json) {
  Vector vector;
  size_t at = 0;
  const auto line = [&] {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string one = text.substr(at, end - at);
    at = std::min(end + 1, text.size());
    if (!one.empty() && one.back() == '\r') one.pop_back();
    return one;
  };
  const std::string first = line();
  const size_t space = first.find(' ');
  std::string target = first.substr(space + 1, first.rfind(' ') - space - 1);
  vector.request.method = first.substr(0, space);
  const size_t question = target.find('?');
  if (question != std::string::npos) add_query(target.substr(question + 1), &vector.request.query);
  vector.request.path = sent_path(target.substr(0, question));
  while (at < text.size()) {
    const std::string header = line();
    if (header.empty()) break;
    if (header[0] == ' ') {  // goes on
      vector.request.headers.back().second += "\n" + header;
      continue;
    }
    const size_t colon = header.find(':');
    vector.request.headers.emplace_back(header.substr(0, colon), header.substr(colon + 1));
  }
  vector.body = text.substr(at);
  for (const char c : context_value(json, "timestamp")) {
    if (c != '-' && c != ':') vector.timestamp += c;
  }
  return vector;
}

}  // namespace

TEST_CASE("the four examples of the S3 documentation") {
  SignedRequest range = example_request("/test.txt");
  range.headers.emplace_back("Range", "bytes=0-9");
  CHECK(sign(range) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  CHECK(authorization(range, example_scope()) ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

  SignedRequest lifecycle = example_request("/");
  lifecycle.query = {{"lifecycle", ""}};
  CHECK(sign(lifecycle) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

  SignedRequest list = example_request("/");
  list.query = {{"prefix", "J"}, {"max-keys", "2"}};
  CHECK(sign(list) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");

  SignedRequest put = example_request("/" + percent_encode("test$file.text", true));
  put.method = "PUT";
  const std::string body_hash = hex(sha256("Welcome to Amazon S3."));
  put.body_hash = body_hash;
  put.headers = {{"Host", "examplebucket.s3.amazonaws.com"},
                 {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                 {"x-amz-date", "20130524T000000Z"},
                 {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                 {"x-amz-content-sha256", body_hash}};
  CHECK(sign(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_CASE("times") {
  CHECK(amz_timestamp(0) == "19700101T000000Z");
  CHECK(amz_timestamp(1369353600) == "20130524T000000Z");
  CHECK(amz_timestamp(1709210096) == "20240229T123456Z");
}

TEST_CASE("queries are encoded once and sorted by what is sent") {
  CHECK(canonical_query({}).empty());
  CHECK(canonical_query({{"prefix", "a=b/c d+e%"}, {"list-type", "2"}, {"a-b", ""}, {"a", "z"}}) ==
        "a=z&a-b=&list-type=2&prefix=a%3Db%2Fc%20d%2Be%25");
}

TEST_CASE("Amazon's vectors") {
  const char* folder = std::getenv("VENEER_SIGV4_VECTORS");
  if (folder == nullptr) {
    MESSAGE("SKIPPED: VENEER_SIGV4_VECTORS does not name the vectors' folder");
    return;
  }
  DIR* listing = opendir(folder);
  REQUIRE(listing != nullptr);
  int checked = 0;
  while (const dirent* entry = readdir(listing)) {
    const std::string name = entry->d_name;
    if (name[0] == '.') continue;
    CAPTURE(name);
    const std::string path = std::string(folder) + "/" + name + "/";
    const std::string json = file(path + "context.json");
    // Without context they are of other services, which encode paths twice; with "normalize" and a
    // path that it would change, of those that fold paths, which S3 does not.
    if (json.empty() || (name.ends_with("-normalized") && name != "get-space-normalized")) continue;
    Vector vector = read_vector(file(path + "request.txt"), json);
    const std::string token = context_value(json, "token");
    // "after": the token is added to the request once it has been signed.
    const bool token_is_signed = context_value(json, "omit_session_token") != "true";
    vector.request.headers.emplace_back("X-Amz-Date", vector.timestamp);
    if (!token.empty() && token_is_signed) {
      vector.request.headers.emplace_back("X-Amz-Security-Token", token);
    }
    const std::string body_hash = hex(sha256(vector.body));
    vector.request.body_hash = body_hash;
    if (context_value(json, "sign_body") == "true") {
      vector.request.headers.emplace_back("x-amz-content-sha256", body_hash);
    }
    const std::string id = context_value(json, "access_key_id");
    const std::string secret = context_value(json, "secret_access_key");
    const std::string region = context_value(json, "region");
    const std::string service = context_value(json, "service");
    const SigningScope scope{id, secret, region, service, vector.timestamp};
    const std::string canonical = canonical_request(vector.request);
    CHECK(canonical == file(path + "header-canonical-request.txt"));
    CHECK(string_to_sign(scope, canonical) == file(path + "header-string-to-sign.txt"));
    CHECK(signature(scope, string_to_sign(scope, canonical)) ==
          file(path + "header-signature.txt"));
    const std::string signed_request = file(path + "header-signed-request.txt");
    CHECK(signed_request.find("Authorization:" + authorization(vector.request, scope)) !=
          std::string::npos);
    ++checked;
  }
  closedir(listing);
  MESSAGE(checked << " vectors");
  CHECK(checked >= 30);
}
