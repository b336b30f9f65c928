// What a batch of a scan holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/memory.h"
#include "scan/convert.h"
#include "scan/unite.h"
#include "veneer/scan.h"

namespace veneer::scan {

/// What the batches of one object share.
struct ObjectContext {
  std::string key;
  std::vector<PartitionValue> values;
};

/// Members are in the order in which they rely on each other.
struct BatchState {
  std::shared_ptr<MemoryPool> pool;
  std::shared_ptr<const TargetSchema> target;
  std::shared_ptr<const ObjectContext> object;
  Batch batch;
  MappedColumns columns;
  size_t rows = 0;
  int64_t first_row = 0;
  std::span<const int64_t> row_numbers;  // of `batch`; empty where its rows follow one another
  int32_t row_group = 0;

  int64_t row_number(size_t i) const noexcept {
    return row_numbers.empty() ? first_row + static_cast<int64_t>(i) : row_numbers[i];
  }
};

}  // namespace veneer::scan
