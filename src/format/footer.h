// The footer's bytes to a FileMetadata.
#pragma once

#include <cstdint>

#include "base/memory.h"
#include "veneer/memory.h"
#include "veneer/metadata.h"
#include "veneer/status.h"

namespace veneer::format {

/// `footer` is the FileMetaData struct (bytes behind it, such as a signature, are left alone);
/// `base_offset` is where it begins in the file, for messages. `pool` must outlive the result.
Result<FileMetadata> parse_footer(Buffer footer, int64_t base_offset, const Limits& limits,
                                  MemoryPool* pool);

}  // namespace veneer::format
