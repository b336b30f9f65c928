// Puts the leaves of a batch together: offsets and validity of lists and structures.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/memory.h"
#include "base/pool_array.h"
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
    size_t size = 0;  ///< entries of the node's parent, or elements of its parent's lists
  };
  explicit BatchData(MemoryPool* pool) noexcept
      : leaves(pool), nodes(pool), columns(pool), dictionaries(pool) {}

  PoolArray<column::LeafData> leaves;  // by slot
  PoolArray<Node> nodes;               // by node of the projection
  PoolArray<Column> columns;           // by node
  PoolArray<Column> dictionaries;      // by slot

  /// Makes room for a projection, of which it then is.
  Status fit(const Projection& projection, MemoryPool* pool);
  /// Takes over the large buffers of another read's batch, as far as both have leaves and nodes.
  void take_memory(BatchData* other) noexcept;
};

/// Sets the columns from the leaves, which hold `rows` rows. Leaves that tell different things of a
/// common ancestor are `corrupt`; a list of over `list_length` elements is `over_limit`.
Status assemble(const Projection& projection, const Schema& schema,
                const PoolArray<column::LeafReader>& readers, size_t rows, int64_t list_length,
                BatchData* batch);

}  // namespace veneer
