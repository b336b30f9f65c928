// Verifies one column chunk, page by page.
#pragma once

#include <cstdint>
#include <optional>

#include "base/pool_array.h"
#include "file/verify_report.h"
#include "veneer/verify.h"

namespace veneer::checks {

/// Where a chunk lies and what it claims, for checks of the row group and the file.
struct ChunkClaims {
  bool known = false;
  bool in_this_file = true;
  int64_t begin = 0;
  int64_t size = 0;
  int64_t total_compressed_size = 0;
  int64_t total_uncompressed_size = 0;
};

/// What the check of one chunk leaves for those of the next.
struct Shared {
  /// What the leaves of one row group say of the groups that they share: each leaf below a
  /// structure, list or map must tell the same of it.
  struct Entry {
    uint64_t hash = 0;
    int32_t row_group = -1;  ///< that this was said in
    int32_t leaf = -1;       ///< that said so first
  };
  explicit Shared(MemoryPool* pool) noexcept : by_field(pool) {}

  PoolArray<Entry> by_field;
  /// Bytes of the chunks, and of the page indexes and bloom filters, read so far: where chunks
  /// share them, a small file would be read for ever.
  int64_t chunk_bytes = 0;
  int64_t index_bytes = 0;
};

/// Fails only where verification cannot go on.
Status verify_chunk(const File& file, const VerifyOptions& options, int32_t row_group, int32_t leaf,
                    Shared* shared, ChunkClaims* claims, Report* report);

/// Are the rows in the order that the row group claims?
Status verify_sorting(const File& file, const VerifyOptions& options, int32_t row_group,
                      Report* report);

}  // namespace veneer::checks
