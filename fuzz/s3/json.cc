// The JSON of credential services: any text, and its members taken as credentials.
#include "s3/json.h"

#include "fuzz/support/feed.h"
#include "s3/credentials.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = text_of(data, size);
  const auto members = s3::parse_json_object(text);
  if (members) {
    size_t bytes = 0;
    for (const auto& [name, value] : *members) bytes += name.size() + value.size();
    require(bytes <= text.size(), "no escape grows");
    if (!members->empty()) (void)s3::member(*members, members->front().first);
    require(s3::member(*members, "\x01 none").empty() || !members->empty(), "a member is one");
  }
  for (const bool is_process : {false, true}) {
    auto credentials = s3::parse_json_credentials(text, is_process);
    if (!credentials) continue;
    require(members.has_value() && !credentials->empty(), "credentials come from an object");
  }
  return 0;
}
