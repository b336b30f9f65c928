#include "file/projection.h"

#include <algorithm>
#include <numeric>

#include "base/macros.h"
#include "base/text.h"
#include "format/shown.h"

namespace veneer {
namespace {

class Builder {
 public:
  Builder(const Schema& schema, Projection* out)
      : schema_(schema), out_(out), chosen_(schema.all_fields().size(), kNot) {}

  Status choose(std::string_view path) {
    const Field* field = schema_.find(path);
    if (field == nullptr) return Status::not_found(concat({"no column ", path}));
    choose_below(*field);
    choose_above(*field);
    return {};
  }
  void choose_all() {
    std::fill(chosen_.begin(), chosen_.end(), kWhole);
    for (const Field& field : schema_.fields()) top_.push_back(&field);
  }

  Status build() {
    VENEER_CHECK(reserve());
    out_->num_top_level = static_cast<uint32_t>(top_.size());
    for (const Field* field : top_) out_->nodes.push_back(node_of(*field));
    // Breadth first: the children of each node are appended side by side.
    for (size_t i = 0; i < out_->nodes.size(); ++i) {
      const Field& field = *out_->nodes[i].field;
      out_->nodes[i].first_child = static_cast<uint32_t>(out_->nodes.size());
      for (const Field& child : schema_.children(field)) {
        if (chosen_[schema_.index_of(child)] == kNot) continue;
        Projection::Node node = node_of(child);
        const bool list = field.kind == FieldKind::list || field.kind == FieldKind::map;
        node.most_repetition = list ? field.repetition_level : out_->nodes[i].most_repetition;
        node.slot_level = list ? field.element_definition_level : out_->nodes[i].slot_level;
        out_->nodes.push_back(node);
        ++out_->nodes[i].num_children;
      }
    }
    out_->node_of_field.assign(schema_.all_fields().size(), kNoIndex);
    for (uint32_t i = 0; i < out_->nodes.size(); ++i) {
      out_->node_of_field[schema_.index_of(*out_->nodes[i].field)] = i;
    }
    for (uint32_t i = 0; i < out_->num_top_level; ++i) VENEER_CHECK(number_slots(i));
    return {};
  }

 private:
  // Charges for nodes and slots before they are made.
  Status reserve() {
    size_t nodes = 0;
    size_t slots = 0;
    size_t bytes = 0;
    for (const Field& field : schema_.all_fields()) {
      if (chosen_[schema_.index_of(field)] == 0) continue;
      ++nodes;
      if (field.kind != FieldKind::leaf) continue;
      ++slots;
      // What the heap takes for an array of so many levels.
      bytes += 32 + sizeof(uint16_t) * field.repetition_level;
    }
    bytes += schema_.all_fields().size() * sizeof(uint32_t);
    bytes += nodes * sizeof(Projection::Node) + slots * sizeof(Projection::Slot);
    VENEER_CHECK(out_->charge->add(bytes));
    out_->nodes.reserve(nodes);
    out_->slots.reserve(slots);
    return {};
  }

  static Projection::Node node_of(const Field& field) {
    Projection::Node node;
    node.field = &field;
    return node;
  }

  /// How much of a field was asked for.
  enum Chosen : uint8_t { kNot, kInPart, kWhole };

  void choose_below(const Field& field) {
    std::vector<const Field*> open{&field};
    while (!open.empty()) {
      const Field* next = open.back();
      open.pop_back();
      Chosen& chosen = chosen_[schema_.index_of(*next)];
      // Wholly chosen before, and all below it: many paths that overlap cost no more than one.
      if (chosen == kWhole) continue;
      if (chosen == kNot) note_top(*next);
      chosen = kWhole;
      for (const Field& child : schema_.children(*next)) open.push_back(&child);
    }
  }
  void choose_above(const Field& field) {
    const Field* below = &field;
    for (const Field* up = schema_.parent(field); up != nullptr && up != &schema_.root();
         up = schema_.parent(*up)) {
      Chosen& chosen = chosen_[schema_.index_of(*up)];
      if (chosen == kNot) {
        note_top(*up);
        chosen = kInPart;
      }
      // A map keeps its keys, or it would be none.
      if (up->kind == FieldKind::map && below != &schema_.children(*up).front()) {
        choose_below(schema_.children(*up).front());
      }
      below = up;
    }
  }
  /// Top-level fields stand in the order in which they were first asked for.
  void note_top(const Field& field) {
    if (schema_.parent(field) == &schema_.root()) top_.push_back(&field);
  }

  // Depth first, so that the leaves below each node are neighbours.
  Status number_slots(uint32_t top) {
    struct Open {
      uint32_t node;
      uint32_t next_child;
    };
    std::vector<Open> path{{top, 0}};
    out_->nodes[top].first_slot = static_cast<uint32_t>(out_->slots.size());
    while (!path.empty()) {
      Open& open = path.back();
      Projection::Node& node = out_->nodes[open.node];
      if (node.field->kind == FieldKind::leaf) add_slot(*node.field, path.size() == 1);
      if (open.next_child < node.num_children) {
        const uint32_t child = node.first_child + open.next_child++;
        out_->nodes[child].first_slot = static_cast<uint32_t>(out_->slots.size());
        path.push_back({child, 0});
        continue;
      }
      node.num_slots = static_cast<uint32_t>(out_->slots.size()) - node.first_slot;
      const bool list = node.field->kind == FieldKind::list || node.field->kind == FieldKind::map;
      if (list && node.num_slots == 0) {
        return Status::unsupported(
            concat({"the list ", format::shown_path(schema_, node.field->element),
                    " has no leaf column, so its lengths are nowhere"}));
      }
      path.pop_back();
    }
    return {};
  }

  void add_slot(const Field& field, bool top_level) {
    Projection::Slot slot;
    slot.leaf = static_cast<uint32_t>(field.leaf);
    slot.top_level = top_level;
    const Leaf& leaf = schema_.leaf(slot.leaf);
    slot.element_levels.assign(leaf.max_repetition_level + 1u, 0);
    for (const Field* up = schema_.parent(field); up != nullptr; up = schema_.parent(*up)) {
      if (up->kind == FieldKind::list || up->kind == FieldKind::map) {
        slot.element_levels[up->repetition_level] = up->element_definition_level;
      }
    }
    if (!out_->slots.empty()) share(schema_.leaf(out_->slots.back().leaf), leaf, &slot);
    out_->slots.push_back(std::move(slot));
  }

  void share(const Leaf& a, const Leaf& b, Projection::Slot* slot) {
    // Up from both to the nearest common field: a field's index is greater than its parent's, so
    // that the one with the greater index is never above the other.
    const Field* common = &schema_.field_of(b);
    const Field* other = &schema_.field_of(a);
    while (common != other && common != nullptr && other != nullptr) {
      const bool first = schema_.index_of(*common) > schema_.index_of(*other);
      (first ? common : other) = schema_.parent(first ? *common : *other);
    }
    if (common == nullptr) return;
    const bool list = common->kind == FieldKind::list || common->kind == FieldKind::map;
    slot->shared_repetition = common->repetition_level;
    slot->shared_definition = list ? common->element_definition_level : common->definition_level;
  }

  const Schema& schema_;
  Projection* out_;
  std::vector<Chosen> chosen_;  // by field
  std::vector<const Field*> top_;
};

// Marks the leaves that keep their dictionaries.
Status keep_dictionaries(const Schema& schema, std::span<const std::string> paths,
                         std::span<Projection::Slot> slots) {
  if (paths.empty()) return {};
  // Where ranges of leaves begin and end, so that each path costs the same however many leaves it
  // has: a leaf is in as many ranges as have begun and not ended.
  std::vector<int64_t> begun(schema.num_leaves() + size_t{1}, 0);
  for (const std::string& path : paths) {
    const Field* field = schema.find(path);
    if (field == nullptr) return Status::not_found(concat({"no column ", path}));
    ++begun[field->first_leaf];
    --begun[field->first_leaf + field->num_leaves];
  }
  std::partial_sum(begun.begin(), begun.end(), begun.begin());
  for (Projection::Slot& slot : slots) slot.keep_dictionary = begun[slot.leaf] > 0;
  return {};
}

}  // namespace

Result<Projection> Projection::make(const Schema& schema, std::span<const std::string> columns,
                                    std::span<const std::string> dictionary_columns,
                                    MemoryPool* pool) {
  Projection projection;
  projection.charge = std::make_unique<ScopedCharge>(pool);
  Builder builder(schema, &projection);
  if (columns.empty()) builder.choose_all();
  for (const std::string& path : columns) VENEER_CHECK(builder.choose(path));
  VENEER_CHECK(builder.build());
  VENEER_CHECK(keep_dictionaries(schema, dictionary_columns, projection.slots));
  return projection;
}

}  // namespace veneer
