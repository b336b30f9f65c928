// One column chunk's metadata, decoded when it is asked for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "veneer/metadata.h"
#include "veneer/status.h"

namespace veneer::format {

/// Reads the struct `ColumnChunk` at the front of `bytes`, of the column `leaf`.
Result<ColumnChunk> read_column_chunk(std::span<const uint8_t> bytes, int64_t base_offset,
                                      const Leaf& leaf);

Result<std::vector<SortingColumn>> decode_sorting_columns(const ThriftBytes& raw);
Result<Statistics> decode_statistics(const ThriftBytes& raw);

}  // namespace veneer::format
