// Request signatures: canonical forms of any paths, queries and headers.
#include "s3/sigv4.h"

#include <algorithm>

#include "fuzz/support/feed.h"
#include "s3/sha256.h"
#include "s3/uri.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

s3::Fields fields(Feed& feed) {
  s3::Fields out;
  for (size_t n = feed.below(6); n > 0; --n) {
    const std::string name = feed.text(feed.below(24));
    out.emplace_back(name, feed.text(feed.below(40)));
  }
  return out;
}

// The query is encoded once, sorted, and gives back the names and values that it was made of.
void check_query(s3::Fields query) {
  std::string text = s3::canonical_query(query);
  s3::Fields back;
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string pair = text.substr(0, text.find('&'));
    text.erase(0, pair.size() + 1);
    const size_t equals = pair.find('=');
    require(equals != std::string::npos, "each name has a value, if an empty one");
    std::string name, value;
    require(s3::percent_decode(pair.substr(0, equals), false, &name) &&
                s3::percent_decode(pair.substr(equals + 1), false, &value),
            "what was encoded decodes");
    names.push_back(pair.substr(0, equals));
    back.emplace_back(name, value);
  }
  require(std::is_sorted(names.begin(), names.end()), "names are sorted as they are sent");
  if (query.size() == 1 && query[0].first.empty() && query[0].second.empty()) return;
  std::sort(back.begin(), back.end());
  std::sort(query.begin(), query.end());
  require(back == query, "nothing is lost");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  s3::SignedRequest request;
  request.query = fields(feed);
  request.headers = fields(feed);
  request.path = "/" + s3::percent_encode(feed.text(feed.byte()), feed.flag());
  check_query(request.query);

  const std::string names = s3::signed_header_names(request.headers);
  require(std::none_of(names.begin(), names.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
          "header names are in lower case");
  const std::string stamp = s3::amz_timestamp(static_cast<int64_t>(feed.u32()));
  require(stamp.size() == 16, "a timestamp has sixteen characters");
  const s3::SigningScope scope{"id", "secret", "us-east-1", "s3", stamp};
  const std::string canonical = s3::canonical_request(request);
  const std::string signature = s3::signature(scope, s3::string_to_sign(scope, canonical));
  require(signature.size() == 64, "a signature has 64 digits");
  const std::string header = s3::authorization(request, scope);
  require(header.size() > 64 && header.substr(header.size() - 64) == signature,
          "the header ends in the signature of the request");
  require(header.find("secret") == std::string::npos || names.find("secret") != std::string::npos,
          "the key stands nowhere");

  // A digest of pieces is the digest of the whole.
  const std::string text = feed.text(feed.left());
  s3::Sha256 pieces;
  const size_t cut = text.size() / 3;
  pieces.update(std::string_view(text).substr(0, cut));
  pieces.update(std::string_view(text).substr(cut));
  require(pieces.finish() == s3::sha256(text), "pieces");
  return 0;
}
