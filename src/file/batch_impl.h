// What a batch holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/pool_array.h"
#include "file/assembly.h"
#include "file/file_impl.h"
#include "file/projection.h"
#include "veneer/file.h"

namespace veneer {

struct Batch::Impl {
  explicit Impl(std::shared_ptr<const File::Impl> of)
      : file(std::move(of)), data(&file->pool), row_numbers(&file->pool), scratch(&file->pool) {}

  std::shared_ptr<const File::Impl> file;  // before data: the memory is its pool's
  std::shared_ptr<const Projection> projection;
  BatchData data;
  PoolArray<int64_t> row_numbers;
  size_t rows = 0;
  int64_t first_row = 0;
  int32_t row_group = 0;
  // Memory that a reader has left for the next one: batches where it had threads, and pages by
  // slot.
  std::vector<std::unique_ptr<Impl>> spares;
  PoolArray<Buffer> scratch;
};

}  // namespace veneer
