// verify over a file of any bytes, twice: what it finds does not depend on how the bytes come.
#include "veneer/verify.h"

#include "fuzz/file/read_modes.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

std::vector<std::string> findings(const File& file) {
  std::vector<std::string> found;
  const Status status = verify(file, {}, [&](const Finding& finding) {
    require(!finding.message.empty(), "a finding says what is wrong");
    if (found.size() < 1000) found.push_back(finding.to_string());
  });
  require(status.ok() || status.code() == StatusCode::io ||
              status.code() == StatusCode::out_of_memory ||
              status.code() == StatusCode::access_denied,
          "whatever a file holds, verify comes to its end");
  return found;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto viewed = open_bytes({data, size}, true);
  if (!viewed) return 0;
  // A page of 2^31 equal values is legitimate, but not to be waited for here.
  if (viewed->num_rows() > 100'000) return 0;
  const std::vector<std::string> found = findings(*viewed);
  auto read = open_bytes({data, size}, false);
  require_ok(read.status(), "how the bytes come is no matter");
  std::vector<std::string> again = findings(*read);
  require(found.size() == again.size(), "the same findings");
  return 0;
}
