// Which fields of two groups are the same.
#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "scan/unite.h"

namespace veneer::scan {
namespace {

// Pairs what is equal in two ordered lists of indices, the k-th of equal ones with the k-th, and
// takes the pairs out of both lists.
template <class Less>
void pair_equal(std::vector<uint32_t>* ours, std::vector<uint32_t>* theirs, Less less,
                std::vector<uint32_t>* out) {
  std::vector<uint32_t> left_ours, left_theirs;
  size_t i = 0;
  size_t j = 0;
  while (i < ours->size() && j < theirs->size()) {
    const int order = less((*ours)[i], (*theirs)[j]);
    if (order == 0) {
      (*out)[(*theirs)[j++]] = (*ours)[i++];
    } else if (order < 0) {
      left_ours.push_back((*ours)[i++]);
    } else {
      left_theirs.push_back((*theirs)[j++]);
    }
  }
  left_ours.insert(left_ours.end(), ours->begin() + narrow<ptrdiff_t>(i), ours->end());
  left_theirs.insert(left_theirs.end(), theirs->begin() + narrow<ptrdiff_t>(j), theirs->end());
  *ours = std::move(left_ours);
  *theirs = std::move(left_theirs);
}

class Matcher {
 public:
  Matcher(std::span<const FieldKey> ours, std::span<const FieldKey> theirs)
      : ours_(ours), theirs_(theirs), out_(theirs.size(), kNoIndex) {}

  std::vector<uint32_t> by_name() {
    std::vector<uint32_t> a = all(ours_);
    std::vector<uint32_t> b = all(theirs_);
    pair_names(&a, &b);
    return std::move(out_);
  }

  std::vector<uint32_t> by_id() {
    std::vector<uint32_t> a_with, a_without, b_with, b_without;
    split(ours_, &a_with, &a_without);
    split(theirs_, &b_with, &b_without);
    pair_ids(&a_with, &b_with);
    // By name only where one of the two has no id: other ids are other fields.
    pair_names(&a_without, &b_without);
    pair_names(&a_without, &b_with);
    pair_names(&a_with, &b_without);
    return std::move(out_);
  }

 private:
  static std::vector<uint32_t> all(std::span<const FieldKey> keys) {
    std::vector<uint32_t> indices(keys.size());
    std::iota(indices.begin(), indices.end(), 0u);
    return indices;
  }
  static void split(std::span<const FieldKey> keys, std::vector<uint32_t>* with,
                    std::vector<uint32_t>* without) {
    for (uint32_t i = 0; i < keys.size(); ++i)
      (keys[i].id.has_value() ? with : without)->push_back(i);
  }
  void pair_names(std::vector<uint32_t>* a, std::vector<uint32_t>* b) {
    const auto sort = [](std::vector<uint32_t>* indices, std::span<const FieldKey> keys) {
      std::sort(indices->begin(), indices->end(), [&](uint32_t x, uint32_t y) {
        const int order = keys[x].name.compare(keys[y].name);
        return order != 0 ? order < 0 : x < y;
      });
    };
    sort(a, ours_);
    sort(b, theirs_);
    pair_equal(
        a, b, [&](uint32_t x, uint32_t y) { return ours_[x].name.compare(theirs_[y].name); },
        &out_);
  }
  void pair_ids(std::vector<uint32_t>* a, std::vector<uint32_t>* b) {
    const auto sort = [](std::vector<uint32_t>* indices, std::span<const FieldKey> keys) {
      std::sort(indices->begin(), indices->end(), [&](uint32_t x, uint32_t y) {
        return *keys[x].id != *keys[y].id ? *keys[x].id < *keys[y].id : x < y;
      });
    };
    sort(a, ours_);
    sort(b, theirs_);
    pair_equal(
        a, b,
        [&](uint32_t x, uint32_t y) {
          return *ours_[x].id < *theirs_[y].id ? -1 : *ours_[x].id > *theirs_[y].id ? 1 : 0;
        },
        &out_);
  }

  std::span<const FieldKey> ours_;
  std::span<const FieldKey> theirs_;
  std::vector<uint32_t> out_;
};

}  // namespace

std::vector<FieldKey> keys_of(const Schema& schema, const Field& parent) {
  std::vector<FieldKey> keys;
  keys.reserve(parent.num_children);
  for (const Field& child : schema.children(parent)) {
    keys.push_back({child.name, schema.element_of(child).field_id});
  }
  return keys;
}

std::vector<uint32_t> match_fields(std::span<const FieldKey> ours, std::span<const FieldKey> theirs,
                                   bool by_field_id) {
  // The usual case needs no sorting.
  const bool alike = ours.size() == theirs.size() &&
                     std::equal(ours.begin(), ours.end(), theirs.begin(),
                                [&](const FieldKey& a, const FieldKey& b) {
                                  return a.name == b.name && (!by_field_id || a.id == b.id);
                                });
  if (alike) {
    std::vector<uint32_t> same(theirs.size());
    std::iota(same.begin(), same.end(), 0u);
    return same;
  }
  Matcher matcher(ours, theirs);
  return by_field_id ? matcher.by_id() : matcher.by_name();
}

}  // namespace veneer::scan
