// The page index: one OffsetIndex and one ColumnIndex a column chunk.
#pragma once

#include <cstdint>

#include "base/memory.h"
#include "veneer/metadata.h"
#include "veneer/status.h"

namespace veneer::format {

// `bytes` is the whole struct, `base_offset` its place in the file. The result keeps the bytes;
// their pool must outlive it.

/// Offsets and sizes are not negative; first rows do not descend.
Result<OffsetIndex> parse_offset_index(Buffer bytes, int64_t base_offset);

/// The lists have one length; histograms have the leaf's.
Result<ColumnIndex> parse_column_index(Buffer bytes, int64_t base_offset, const Leaf& leaf);

}  // namespace veneer::format
