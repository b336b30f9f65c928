// The header that stands before a bloom filter's bitset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "veneer/metadata.h"
#include "veneer/status.h"

namespace veneer::format {

struct BloomHeaderResult {
  Status status;
  /// The bytes end inside the header: try again with more of them. `status` is then ok.
  bool needs_more = false;
  size_t header_bytes = 0;
};

/// Reads the header at the front of `bytes`. An algorithm, hash or compression that veneer does not
/// know is `unsupported`.
BloomHeaderResult read_bloom_header(std::span<const uint8_t> bytes, int64_t base_offset,
                                    BloomFilterHeader* header);

}  // namespace veneer::format
