// Sets of values of one column, as intervals of keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace veneer::filter {

/// A place between keys: just before `key`, or just after it.
struct Cut {
  std::string key;
  bool after = false;
  /// True where a value of this key lies behind the cut.
  bool precedes(std::string_view value) const noexcept {
    const int order = std::string_view(key).compare(value);
    return order < 0 || (order == 0 && !after);
  }
  friend bool operator==(const Cut&, const Cut&) = default;
  friend bool operator<(const Cut& a, const Cut& b) noexcept {
    const int order = a.key.compare(b.key);
    return order < 0 || (order == 0 && !a.after && b.after);
  }
};

/// Any union of intervals of byte strings in the order of memcmp, open or closed, bounded or not:
/// membership of the least string of all, and the ascending cuts at which it changes.
class KeySet {
 public:
  /// Every key, or none.
  explicit KeySet(bool everything = false) noexcept : begins_inside_(everything) {}
  /// All keys before the cut.
  static KeySet before(Cut cut);
  static KeySet point(std::string key);
  /// The keys that begin with `prefix`.
  static KeySet prefix(std::string prefix);
  static KeySet complement(KeySet set) {
    set.begins_inside_ = !set.begins_inside_;
    return set;
  }
  static KeySet unite(const KeySet& a, const KeySet& b) { return merge(a, b, false); }
  static KeySet intersect(const KeySet& a, const KeySet& b) { return merge(a, b, true); }
  /// The union of many, in n log n.
  static KeySet unite(std::vector<KeySet> sets) { return reduce(std::move(sets), false); }
  static KeySet intersect(std::vector<KeySet> sets) { return reduce(std::move(sets), true); }

  bool is_nothing() const noexcept { return cuts_.empty() && !begins_inside_; }
  bool is_everything() const noexcept { return cuts_.empty() && begins_inside_; }
  bool begins_inside() const noexcept { return begins_inside_; }
  std::span<const Cut> cuts() const noexcept { return cuts_; }

  bool contains(std::string_view key) const noexcept;
  /// Whether any, or every, key of [low, high] is in it; a null pointer is no bound.
  bool overlaps(const std::string* low, const std::string* high) const noexcept;
  bool covers(const std::string* low, const std::string* high) const noexcept;
  /// The keys where it has just these few; false where it is not such a set.
  bool points(size_t most, std::vector<std::string_view>* out) const;

 private:
  static KeySet merge(const KeySet& a, const KeySet& b, bool both);
  static KeySet reduce(std::vector<KeySet> sets, bool both);
  /// Cuts that lie before a value of this key; all cuts, or none, for a null pointer.
  size_t cuts_before(std::string_view key) const noexcept;

  bool begins_inside_ = false;
  std::vector<Cut> cuts_;
};

}  // namespace veneer::filter
