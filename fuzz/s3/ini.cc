// The shared config and credentials files: any text as both, and profiles looked up in them. No
// process is started and no service asked: credentials are taken only of static keys.
#include "fuzz/support/feed.h"
#include "s3/environment.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = text_of(data, size);
  const std::string_view credentials = text.substr(0, text.find('\0'));
  const std::string_view config = text.substr(std::min(text.size(), credentials.size() + 1));
  size_t bytes = 0;
  for (const s3::IniSection& section : s3::parse_ini(config)) {
    bytes += section.name.size();
    for (const auto& [name, value] : section.values) {
      require(!name.empty() && name.find('\n') == std::string::npos, "a name is one line's");
      require(value.find('\n') == std::string::npos, "a value is one line's");
      bytes += name.size() + value.size();
    }
  }
  require(bytes <= config.size(), "nothing is made up");

  const s3::SharedFiles files(credentials, config);
  for (const std::string_view name : {"default", "dev", ""}) {
    const s3::Profile profile = files.profile(name);
    if (!profile.exists()) require(profile.get("region").empty(), "no profile, no values");
    for (const std::string_view key : {"aws_access_key_id", "region", "role_arn", ""}) {
      (void)profile.get(key);
    }
  }
  return 0;
}
