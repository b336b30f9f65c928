// Resume tokens of scans: any text, with its checksum put right so that the door opens; and what
// parses, written and parsed again.
#include <cstdio>

#include "base/crc32.h"
#include "fuzz/support/feed.h"
#include "scan/token.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void read(std::string_view text) {
  auto token = scan::Token::parse(text);
  if (!token) {
    require(token.status().code() == StatusCode::invalid_argument, "a wrong token is the caller's");
    return;
  }
  auto again = scan::Token::parse(token->to_text());
  require_ok(again.status(), "what was written parses");
  require(*again == *token, "to the same token");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = text_of(data, size);
  read(text);
  std::string body = "veneer-scan-1 ";
  body += text;
  char sum[16];
  std::snprintf(sum, sizeof(sum), " c=%x",
                crc32({reinterpret_cast<const uint8_t*>(body.data()), body.size()}));
  read(body + sum);
  return 0;
}
