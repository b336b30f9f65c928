// Finding fields by name and path, and paths of elements.
#include "veneer/schema.h"

#include <bit>
#include <vector>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "format/schema_builder.h"

namespace veneer {
namespace {

// Children of groups up to this size are compared one by one; larger groups are in the name table.
constexpr uint32_t kLinearChildren = 16;
// A name is within so many places of where its hash points, or not in the table at all. Bounds what
// names that were made to collide can cost.
constexpr uint32_t kMaxProbes = 64;

uint64_t mix(uint64_t a) noexcept {
  a ^= a >> 32;
  a *= 0x9E3779B97F4A7C15u;
  return a ^ a >> 29;
}

size_t hash(uint32_t parent, std::string_view name) noexcept {
  uint64_t state = mix(parent ^ uint64_t{name.size()} << 32);
  const char* p = name.data();
  size_t left = name.size();
  for (; left >= 8; left -= 8, p += 8) state = mix(state ^ load_le<uint64_t>(p));
  uint64_t tail = 0;
  for (size_t i = 0; i < left; ++i) tail = tail << 8 | static_cast<uint8_t>(p[i]);
  return static_cast<size_t>(mix(state ^ tail));
}

const Field* find_linear(std::span<const Field> fields, std::string_view name) noexcept {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace

namespace format {

Status build_name_table(Schema::Parts* parts, Arena* arena) {
  const std::span<const Field> fields = parts->fields;
  size_t named = 0;
  for (const Field& field : fields) {
    if (field.num_children > kLinearChildren) named += field.num_children;
  }
  if (named == 0) return {};
  VENEER_TRY(const std::span<uint32_t> table, arena->make<uint32_t>(std::bit_ceil(named * 2)));
  for (uint32_t& slot : table) slot = kNoIndex;
  const size_t mask = table.size() - 1;
  for (uint32_t p = 0; p < fields.size(); ++p) {
    const Field& parent = fields[p];
    if (parent.num_children <= kLinearChildren) continue;
    for (uint32_t c = parent.first_child; c < parent.first_child + parent.num_children; ++c) {
      size_t at = hash(p, fields[c].name);
      bool placed = false;
      for (uint32_t probe = 0; probe < kMaxProbes && !placed; ++probe, ++at) {
        uint32_t& slot = table[at & mask];
        if (slot == kNoIndex) {
          slot = c;
          placed = true;
        } else {
          // Of duplicates the first one stays.
          placed = fields[slot].parent == p && fields[slot].name == fields[c].name;
        }
      }
      if (!placed) parts->names_complete = false;
    }
  }
  parts->names = table;
  return {};
}

}  // namespace format

const Field* Schema::child(const Field& parent, std::string_view name) const noexcept {
  if (parent.num_children <= kLinearChildren) return find_linear(children(parent), name);
  const uint32_t index = index_of(parent);
  const size_t mask = parts_.names.size() - 1;
  size_t at = hash(index, name);
  for (uint32_t probe = 0; probe < kMaxProbes; ++probe, ++at) {
    const uint32_t slot = parts_.names[at & mask];
    if (slot == kNoIndex) return nullptr;
    const Field& field = parts_.fields[slot];
    if (field.parent == index && field.name == name) return &field;
  }
  return parts_.names_complete ? nullptr : find_linear(children(parent), name);
}

namespace {

// A path as text, where any dot may be part of a name, or as steps that are given.
class Path {
 public:
  struct Step {
    std::string_view name;
    size_t next;
  };

  explicit Path(std::string_view text) noexcept : text_(text), end_(text.size() + 1) {}
  explicit Path(std::span<const std::string_view> steps) noexcept
      : steps_(steps), split_(true), end_(steps.size()) {}

  size_t end() const noexcept { return end_; }

  /// The names that may come next, the one to try first in front.
  void steps(size_t at, std::vector<Step>* out) const {
    out->clear();
    if (at == end_) return;
    if (split_) {
      out->push_back({steps_[at], at + 1});
      return;
    }
    out->push_back({text_.substr(at), end_});
    for (size_t dot = text_.find('.', at); dot != text_.npos; dot = text_.find('.', dot + 1)) {
      out->push_back({text_.substr(at, dot - at), dot + 1});
    }
  }

 private:
  std::string_view text_;
  std::span<const std::string_view> steps_;
  bool split_ = false;
  size_t end_;
};

// Depth-first search with a stack of its own, since the schema's depth is the file's choice.
class Finder {
 public:
  Finder(const Schema& schema, const Path& path) noexcept : schema_(schema), path_(path) {}

  // Of siblings of one name the first is meant, unless the path leads on below another.
  const Field* find() {
    const Field* found = search();
    if (found == nullptr) {
      every_ = true;
      found = search();
    }
    return found;
  }

 private:
  const Field* search() {
    todo_.clear();
    todo_.push_back({&schema_.root(), 0, false});
    for (int tries = 0; !todo_.empty() && tries < kMaxTries; ++tries) {
      const State state = todo_.back();
      todo_.pop_back();
      if (state.at == path_.end()) return state.field;
      path_.steps(state.at, &steps_);
      found_.clear();
      expand(state);
      todo_.insert(todo_.end(), found_.rbegin(), found_.rend());
    }
    return nullptr;
  }

  // A path can be read in many ways where names repeat and hold dots; nobody means the thousandth.
  static constexpr int kMaxTries = 10'000;

  struct State {
    const Field* field;
    size_t at;     // what of the path is still to be matched below `field`
    bool wrapped;  // a list's or map's repeated group has been named
  };

  void expand(const State& state) {
    const Field& field = *state.field;
    switch (field.kind) {
      case FieldKind::leaf: return;
      case FieldKind::structure: named_children(field); return;
      case FieldKind::map:
        if (!state.wrapped) wrapper(field);
        named_children(field);
        return;
      case FieldKind::list: {
        const Field& element = schema_.children(field).front();
        if (!state.wrapped && field.element != element.element) wrapper(field);
        for (const Path::Step& step : steps_) {
          if (step.name == element.name) found_.push_back({&element, step.next, false});
        }
        found_.push_back({&element, state.at, false});
        return;
      }
    }
  }

  void named_children(const Field& field) {
    for (const Path::Step& step : steps_) {
      const Field* child = schema_.child(field, step.name);
      if (child == nullptr) continue;
      found_.push_back({child, step.next, false});
      if (!every_) continue;
      for (const Field& other : schema_.children(field)) {
        if (&other > child && other.name == step.name) {
          found_.push_back({&other, step.next, false});
        }
      }
    }
  }

  void wrapper(const Field& field) {
    const SchemaElement& repeated = schema_.element(schema_.element_of(field).first_child);
    for (const Path::Step& step : steps_) {
      // The end of a path must name a field: of a two-level list, the element.
      const bool is_element =
          schema_.children(field).front().element == schema_.element_of(field).first_child;
      if (step.name == repeated.name && !is_element) {
        found_.push_back({&field, step.next, true});
      }
    }
  }

  const Schema& schema_;
  const Path& path_;
  bool every_ = false;
  std::vector<State> todo_;
  std::vector<State> found_;
  std::vector<Path::Step> steps_;
};

}  // namespace

const Field* Schema::find(std::string_view path) const { return Finder(*this, Path(path)).find(); }

const Field* Schema::find(std::span<const std::string_view> path) const {
  return Finder(*this, Path(path)).find();
}

std::string Schema::element_path(uint32_t i) const {
  std::vector<std::string_view> names;
  for (; i != 0 && i != kNoIndex; i = parts_.elements[i].parent) {
    names.push_back(parts_.elements[i].name);
  }
  std::string path;
  for (size_t n = names.size(); n-- > 0;) {
    path.append(names[n]);
    if (n != 0) path += '.';
  }
  return path;
}

std::string Schema::leaf_path(uint32_t i) const { return element_path(leaf(i).element); }

}  // namespace veneer
