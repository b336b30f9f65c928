// Verifies one column chunk, page by page.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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

/// What the leaves of one row group say of the groups that they share: each leaf below a structure,
/// list or map must tell the same of it.
struct SharedLevels {
  struct Entry {
    uint64_t hash = 0;
    int32_t leaf = -1;  ///< that said so first; -1: none yet
  };
  std::vector<Entry> by_field;
};

/// Fails only where verification cannot go on.
Status verify_chunk(const File& file, const VerifyOptions& options, int32_t row_group, int32_t leaf,
                    SharedLevels* shared, ChunkClaims* claims, Report* report);

/// Are the rows in the order that the row group claims?
Status verify_sorting(const File& file, const VerifyOptions& options, int32_t row_group,
                      Report* report);

}  // namespace veneer::checks
