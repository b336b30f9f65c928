// Addresses of objects: any text.
#include "fuzz/support/feed.h"
#include "veneer/s3.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = text_of(data, size);
  auto url = parse_s3_url(text);
  if (!url) return 0;
  require(is_remote_url(text), "an S3 URL is remote");
  require(!url->bucket.empty() && url->bucket.find('/') == std::string::npos, "a bucket is a name");
  auto again = parse_s3_url("s3://" + url->bucket + "/" + url->key);
  require_ok(again.status(), "its parts make one again");
  require(again->bucket == url->bucket && again->key == url->key, "of the same parts");
  return 0;
}
