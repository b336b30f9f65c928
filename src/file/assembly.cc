#include "file/assembly.h"

#include <algorithm>
#include <string>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "column/column_builder.h"
#include "column/levels.h"
#include "format/shown.h"

namespace veneer {

using column::LeafData;

Status BatchData::fit(const Projection& projection, MemoryPool* pool) {
  const size_t slots = projection.slots.size();
  const size_t all = projection.nodes.size();
  if (leaves.size() == slots && nodes.size() == all) return {};
  VENEER_CHECK(leaves.reserve(slots));
  VENEER_CHECK(dictionaries.reserve(slots));
  VENEER_CHECK(nodes.reserve(all));
  VENEER_CHECK(columns.reserve(all));
  while (leaves.size() < slots) leaves.emplace_back(pool);
  while (dictionaries.size() < slots) dictionaries.emplace_back();
  while (nodes.size() < all) nodes.emplace_back(pool);
  while (columns.size() < all) columns.emplace_back();
  return {};
}

void BatchData::take_memory(BatchData* other) noexcept {
  for (size_t i = 0; i < std::min(leaves.size(), other->leaves.size()); ++i) {
    LeafData& from = other->leaves[i];
    from.clear();
    leaves[i].dense.take_memory(&from.dense);
    leaves[i].spread.take_memory(&from.spread);
    leaves[i].validity.take_memory(&from.validity);
    leaves[i].repetition_levels.take_memory(&from.repetition_levels);
    leaves[i].definition_levels.take_memory(&from.definition_levels);
  }
  for (size_t i = 0; i < std::min(nodes.size(), other->nodes.size()); ++i) {
    nodes[i].offsets.take_memory(&other->nodes[i].offsets);
    nodes[i].validity.take_memory(&other->nodes[i].validity);
  }
}

namespace {

column::LevelsView view_of(const LeafData& leaf, bool lists) {
  column::LevelsView view;
  if (leaf.has_levels) {
    view.definition = leaf.definition_levels.data();
    if (lists) view.repetition = leaf.repetition_levels.data();
  }
  view.size = leaf.has_levels ? leaf.levels : leaf.slots;
  view.wide = leaf.wide_levels;
  return view;
}

class Assembler {
 public:
  Assembler(const Projection& projection, const Schema& schema,
            const PoolArray<column::LeafReader>& readers, int64_t list_length, BatchData* batch)
      : projection_(projection),
        schema_(schema),
        readers_(readers),
        list_length_(list_length),
        batch_(batch) {}

  Status check_shared() const {
    for (uint32_t slot = 1; slot < projection_.slots.size(); ++slot) {
      const Projection::Slot& own = projection_.slots[slot];
      if (own.shared_repetition == 0 && own.shared_definition == 0) continue;
      const LeafData& a = batch_->leaves[slot - 1];
      const LeafData& b = batch_->leaves[slot];
      const bool a_lists = projection_.slots[slot - 1].element_levels.size() > 1;
      const bool b_lists = own.element_levels.size() > 1;
      if (!same_ancestors(view_of(a, a_lists), view_of(b, b_lists), own.shared_repetition,
                          own.shared_definition)) {
        return Status::corrupt(
                   concat({"its levels disagree with those of ",
                           format::shown_leaf(schema_, projection_.slots[slot - 1].leaf),
                           " about the group that holds both"}))
            .in_column(format::shown_leaf(schema_, own.leaf));
      }
    }
    return {};
  }

  // Parents come before their children, so that no stack is needed, however deep the schema is.
  Status build(size_t rows) {
    for (uint32_t i = 0; i < projection_.num_top_level; ++i) batch_->nodes[i].size = rows;
    for (uint32_t at = 0; at < projection_.nodes.size(); ++at) VENEER_CHECK(build_node(at));
    return {};
  }

 private:
  Status build_node(uint32_t at) {
    const Projection::Node& node = projection_.nodes[at];
    Column* column = &batch_->columns[at];
    const Field& field = *node.field;
    if (field.kind == FieldKind::leaf) {
      build_leaf(node, column);
      return {};
    }
    ColumnBuilder::begin(column, &field, nullptr);
    ColumnBuilder::children(column, batch_->columns.data() + node.first_child, node.num_children);
    size_t child_size = batch_->nodes[at].size;
    if (field.kind == FieldKind::structure) {
      VENEER_CHECK(build_structure(node, at, child_size, column));
      child_size = column->size();
    } else {
      VENEER_CHECK(build_list(node, at, column, &child_size));
    }
    for (uint32_t i = 0; i < node.num_children; ++i) {
      batch_->nodes[node.first_child + i].size = child_size;
    }
    return {};
  }

  void build_leaf(const Projection::Node& node, Column* column) {
    LeafData& data = batch_->leaves[node.first_slot];
    const column::LeafReader& reader = readers_[node.first_slot];
    ColumnBuilder::begin(column, node.field, &reader.leaf());
    ColumnBuilder::shape(column, data.slots, data.null_count, data.validity.data());
    ColumnBuilder::values(column, reader.kind(), reader.width(), data.values().data());
    ColumnBuilder::buffers(column, data.buffers);
    if (!data.is_dictionary) return;
    Column* entries = &batch_->dictionaries[node.first_slot];
    ColumnBuilder::begin(entries, node.field, &reader.leaf());
    ColumnBuilder::shape(entries, data.dictionary.size, 0, nullptr);
    ColumnBuilder::values(entries, reader.layout().kind, reader.layout().width,
                          data.dictionary.values ? data.dictionary.values->data() : nullptr);
    ColumnBuilder::buffers(entries, data.buffers);
    ColumnBuilder::dictionary(column, entries);
  }

  Status build_structure(const Projection::Node& node, uint32_t at, size_t parent_size,
                         Column* column) {
    const Field& field = *node.field;
    // A group without leaves leaves no trace in the file, its nulls included.
    if (node.num_slots == 0 || field.definition_level <= node.slot_level) {
      ColumnBuilder::shape(column, parent_size, 0, nullptr);
      return {};
    }
    const LeafData& leaf = batch_->leaves[node.first_slot];
    const bool lists = projection_.slots[node.first_slot].element_levels.size() > 1;
    Buffer& validity = batch_->nodes[at].validity;
    VENEER_CHECK(validity.resize_discard(bytes_for_bits(leaf.levels) + 16));
    size_t nulls = 0;
    auto derive = [&]<class Level>(Level) {
      return column::validity_from_levels(lists ? leaf.repetition_levels.as<Level>() : nullptr,
                                          leaf.definition_levels.as<Level>(), leaf.levels,
                                          node.most_repetition, node.slot_level,
                                          field.definition_level, validity.data(), &nulls);
    };
    const size_t size = leaf.wide_levels ? derive(uint16_t{}) : derive(uint8_t{});
    ColumnBuilder::shape(column, size, nulls, validity.data());
    return {};
  }

  Status build_list(const Projection::Node& node, uint32_t at, Column* column, size_t* elements) {
    const Field& field = *node.field;
    const LeafData& leaf = batch_->leaves[node.first_slot];
    BatchData::Node& memory = batch_->nodes[at];
    if (leaf.levels > static_cast<size_t>(INT32_MAX) - 1) {
      return Status::unsupported("more than 2^31 - 1 list elements in one batch; read fewer rows")
          .in_column(format::shown_path(schema_, field.element));
    }
    VENEER_CHECK(memory.offsets.resize_discard((leaf.levels + 1) * sizeof(int32_t)));
    VENEER_CHECK(memory.validity.resize_discard(bytes_for_bits(leaf.levels) + 16));
    const column::ListLevels list{.repetition = field.repetition_level,
                                  .parent_element = node.slot_level,
                                  .valid = field.definition_level,
                                  .element = field.element_definition_level};
    size_t nulls = 0;
    auto derive = [&]<class Level>(Level) {
      return column::lists_from_levels(
          leaf.repetition_levels.as<Level>(), leaf.definition_levels.as<Level>(), leaf.levels, list,
          memory.offsets.as<int32_t>(), memory.validity.data(), &nulls, elements);
    };
    const size_t size = leaf.wide_levels ? derive(uint16_t{}) : derive(uint8_t{});
    ColumnBuilder::shape(column, size, nulls, memory.validity.data());
    ColumnBuilder::offsets(column, memory.offsets.as<int32_t>());
    return check_lengths(field, memory.offsets.as<int32_t>(), size, leaf.levels);
  }

  Status check_lengths(const Field& field, const int32_t* offsets, size_t size, size_t levels) {
    if (narrow<int64_t>(levels) <= list_length_) return {};
    for (size_t i = 0; i < size; ++i) {
      const int32_t length = offsets[i + 1] - offsets[i];
      if (length <= list_length_) continue;
      return over_limit("list length", length, "list_length", list_length_)
          .in_column(format::shown_path(schema_, field.element));
    }
    return {};
  }

  const Projection& projection_;
  const Schema& schema_;
  const PoolArray<column::LeafReader>& readers_;
  int64_t list_length_;
  BatchData* batch_;
};

}  // namespace

Status assemble(const Projection& projection, const Schema& schema,
                const PoolArray<column::LeafReader>& readers, size_t rows, int64_t list_length,
                BatchData* batch) {
  Assembler assembler(projection, schema, readers, list_length, batch);
  VENEER_CHECK(assembler.check_shared());
  return assembler.build(rows);
}

}  // namespace veneer
