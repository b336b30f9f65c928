// Puts the leaves of a batch together: offsets and validity of lists and structures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/memory.h"
#include "column/leaf_data.h"
#include "column/leaf_reader.h"
#include "file/projection.h"
#include "veneer/column.h"
#include "veneer/status.h"

namespace veneer {

/// The memory of a batch, used again by each next one.
struct BatchData {
  struct Node {
    explicit Node(MemoryPool* pool) noexcept : offsets(pool), validity(pool) {}
    Buffer offsets;
    Buffer validity;
  };
  std::vector<column::LeafData> leaves;  // by slot
  std::vector<Node> nodes;               // by node of the projection
  std::vector<Column> columns;           // by node
  std::vector<Column> dictionaries;      // by slot

  /// Fits it to a projection; keeps what memory it has.
  void fit(const Projection& projection, MemoryPool* pool);
};

/// Sets the columns below top-level column `top` from the leaves, which hold `rows` rows.
/// Leaves that tell different things of a common ancestor are `corrupt`.
Status assemble(const Projection& projection, const Schema& schema,
                const std::vector<column::LeafReader>& readers, uint32_t top, size_t rows,
                BatchData* batch);

}  // namespace veneer
