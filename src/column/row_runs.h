// Some rows of a row group, in ascending order.
#pragma once

#include <cstdint>

namespace veneer::column {

/// Rows [begin, begin + count) of a row group.
struct RowRun {
  int64_t begin = 0;
  int64_t count = 0;
  int64_t end() const noexcept { return begin + count; }
};

}  // namespace veneer::column
