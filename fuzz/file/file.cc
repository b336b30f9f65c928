// A whole file of any bytes, in all read modes. The mutator (file_mutator.cc) keeps magics, footer
// lengths, page sizes and checksums right, so that what lies behind them is reached.
#include "base/crc32.h"
#include "fuzz/file/read_modes.h"
#include "fuzz/support/unnamed_file.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto viewed = open_bytes({data, size}, true);
  auto read = open_bytes({data, size}, false);
  require(viewed.ok() == read.ok(), "how the bytes come is no matter");
  // Half of the inputs come as a file with a path: a quarter mapped, a quarter by reads.
  const uint32_t choice = crc32({data, size});
  static UnnamedFile unnamed;
  if ((choice >> 30 & 1) != 0) {
    unnamed.write({data, size});
    OpenOptions options;
    options.limits = fuzz_limits();
    options.memory_map = choice >> 31 != 0;
    read = File::open(unnamed.path(), options);
    require(viewed.ok() == read.ok(), "how the bytes come is no matter");
  }
  if (!viewed) return 0;
  read_metadata(*read);
  read_every_way(*viewed, *read, two_ways(choice));
  return 0;
}
