// Buffers that batches hold for a while, and that are used again once they do not.
#pragma once

#include <cstddef>

#include "base/memory.h"
#include "base/pool_array.h"
#include "veneer/status.h"

namespace veneer::column {

/// What a reader hands to one batch after the other: as many buffers as are held at once, so that
/// the next batch needs no new ones. Not thread-safe; those that it hands out may be let go on any
/// thread.
class KeptBuffers {
 public:
  explicit KeptBuffers(MemoryPool* pool) noexcept : pool_(pool), buffers_(pool) {}
  /// A buffer of `size` bytes of any contents that nobody else holds.
  Result<SharedBuffer> acquire(size_t size);

 private:
  MemoryPool* pool_;
  PoolArray<SharedBuffer> buffers_;
};

}  // namespace veneer::column
