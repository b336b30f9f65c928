// Page headers, which stand before their pages and do not say how long they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "veneer/metadata.h"
#include "veneer/status.h"

namespace veneer::format {

struct PageHeaderResult {
  Status status;
  /// The bytes end inside the header: try again with more of them. `status` is then ok.
  bool needs_more = false;
  size_t header_bytes = 0;
};

/// Reads the header at the front of `bytes`, which lie at `base_offset` in the file. Views in
/// `*header` are into `bytes`. `*header` is set only where the status is ok and nothing more is
/// needed.
PageHeaderResult read_page_header(std::span<const uint8_t> bytes, int64_t base_offset,
                                  PageHeader* header);

}  // namespace veneer::format
