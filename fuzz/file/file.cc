// A whole file of any bytes, in all read modes. The mutator (file_mutator.cc) keeps magics, footer
// lengths, page sizes and checksums right, so that what lies behind them is reached.
#include "base/crc32.h"
#include "fuzz/file/read_modes.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto viewed = open_bytes({data, size}, true);
  auto read = open_bytes({data, size}, false);
  require(viewed.ok() == read.ok(), "how the bytes come is no matter");
  if (!viewed) return 0;
  read_metadata(*read);
  read_every_way(*viewed, *read, two_ways(crc32({data, size})));
  return 0;
}
