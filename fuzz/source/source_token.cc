// Resume tokens of sources: any text, with its checksum put right so that the door opens; and what
// parses, written and parsed again.
#include <cstdio>

#include "base/crc32.h"
#include "fuzz/support/feed.h"
#include "veneer/detail/source_run.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void read(std::string_view text, bool of_prefix) {
  auto token = internal::parse_token(text, of_prefix);
  if (!token) {
    require(token.status().code() == StatusCode::invalid_argument, "a wrong token is the caller's");
    return;
  }
  require(token->of_prefix == of_prefix, "of its kind");
  const std::string written = internal::format_token(*token);
  auto again = internal::parse_token(written, of_prefix);
  require_ok(again.status(), "what was written parses");
  require(internal::format_token(*again) == written, "to the same token");
  require(again->handoff == token->handoff && again->scan == token->scan &&
              again->objects.size() == token->objects.size(),
          "part by part");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = text_of(data, size);
  for (const bool of_prefix : {false, true}) {
    read(text, of_prefix);
    std::string body = of_prefix ? "veneer-prefix-1:" : "veneer-source-1:";
    body += text;
    body += ':';
    char sum[16];
    std::snprintf(sum, sizeof(sum), "%08x",
                  crc32({reinterpret_cast<const uint8_t*>(body.data()), body.size()}));
    read(body + sum, of_prefix);
  }
  return 0;
}
