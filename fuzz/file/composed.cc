// Files composed from the input's choices (built_file.h), in all read modes and verified.
#include "fuzz/file/built_file.h"
#include "fuzz/file/read_modes.h"
#include "veneer/verify.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const uint32_t ways = two_ways(feed.byte());
  const Bytes bytes = build_file(feed);
  auto viewed = open_bytes(bytes, true);
  auto read = open_bytes(bytes, false);
  require(viewed.ok() == read.ok(), "how the bytes come is no matter");
  if (!viewed) return 0;
  read_metadata(*read);
  read_every_way(*viewed, *read, ways);
  (void)verify(*read, {}, [](const Finding&) {});
  return 0;
}
