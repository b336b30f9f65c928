// Which fields a read gives, and how their columns lie in a batch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/memory.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer {

/// The projected part of the field tree. Nodes lie so that the top level comes first and children
/// are side by side: node i of the projection is column i of a batch.
struct Projection {
  struct Node {
    const Field* field = nullptr;
    uint32_t first_child = 0;
    uint32_t num_children = 0;
    uint32_t first_slot = 0;  ///< projected leaves below it: [first_slot, first_slot + num_slots)
    uint32_t num_slots = 0;
    /// Where an entry of this node exists: repetition level at most `most_repetition`, definition
    /// level at least `slot_level`. (Those of the nearest list above it; 0 and 0 at the top.)
    uint16_t most_repetition = 0;
    uint16_t slot_level = 0;
  };
  /// A projected leaf.
  struct Slot {
    uint32_t leaf = 0;
    bool top_level = false;
    bool keep_dictionary = false;
    std::vector<uint16_t> element_levels;  ///< see column::LeafReader::Options
    /// What this leaf shares with the one before it: the levels of their nearest common ancestor.
    /// 0 and 0 where that is the root, or never null and in no list.
    uint16_t shared_repetition = 0;
    uint16_t shared_definition = 0;
  };

  std::vector<Node> nodes;
  std::vector<Slot> slots;
  uint32_t num_top_level = 0;
  std::vector<uint32_t> node_of_field;  ///< by field; kNoIndex where it is not projected
  /// For nodes and slots.
  std::unique_ptr<ScopedCharge> charge;

  /// `columns` and `dictionary_columns` as in ReadOptions. not_found for a path that is not there;
  /// unsupported for a list without any leaf below it.
  static Result<Projection> make(const Schema& schema, std::span<const std::string> columns,
                                 std::span<const std::string> dictionary_columns, MemoryPool* pool);
};

}  // namespace veneer
