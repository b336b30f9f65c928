// URLs: any text taken apart and put together, redirects, and percent-encoding there and back.
#include "fuzz/support/feed.h"
#include "s3/credentials.h"
#include "s3/uri.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = text_of(data, size);
  std::string back;
  for (const bool keep_slash : {false, true}) {
    require(s3::percent_decode(s3::percent_encode(text, keep_slash), false, &back) && back == text,
            "what was encoded decodes");
  }
  (void)s3::percent_decode(text, true, &back);
  (void)s3::is_allowed_container_host(text);

  auto url = s3::parse_url(text);
  if (url) {
    require(!url->host.empty(), "a URL has a host");
    require(url->port >= 0 && url->port <= 65535, "a port is one");
    require(url->path.empty() || url->path[0] == '/', "a path begins with a slash");
    require(url->host.find_first_of("/?#@ \t\r\n") == std::string::npos, "a host is only a host");
    auto again =
        s3::parse_url(url->origin() + url->path + (url->query.empty() ? "" : "?" + url->query));
    require_ok(again.status(), "what was put together parses");
    require(url->same_origin(*again) && url->path == again->path && url->query == again->query,
            "to the same parts");
  }
  auto base = s3::parse_url("https://bucket.s3.amazonaws.com/a/b?c=d");
  require_ok(base.status(), "the base is a URL");
  if (auto target = s3::resolve_location(*base, text)) {
    require(!target->host.empty(), "a redirect goes somewhere");
  }
  return 0;
}
