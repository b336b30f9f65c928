#include "filter/key_set.h"

#include <algorithm>
#include <utility>

namespace veneer::filter {

KeySet KeySet::before(Cut cut) {
  KeySet made(true);
  made.cuts_.push_back(std::move(cut));
  return made;
}

KeySet KeySet::point(std::string key) {
  KeySet made;
  made.cuts_.push_back({key, false});
  made.cuts_.push_back({std::move(key), true});
  return made;
}

KeySet KeySet::prefix(std::string prefix) {
  if (prefix.empty()) return KeySet(true);
  KeySet made;
  made.cuts_.push_back({prefix, false});
  // The least string behind all that begin so; there is none behind those of 0xFF alone.
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    made.cuts_.push_back({std::move(prefix), false});
  }
  return made;
}

KeySet KeySet::merge(const KeySet& a, const KeySet& b, bool both) {
  bool in_a = a.begins_inside_;
  bool in_b = b.begins_inside_;
  const auto inside = [&] { return both ? in_a && in_b : in_a || in_b; };
  KeySet made(inside());
  bool was = made.begins_inside_;
  size_t i = 0;
  size_t j = 0;
  while (i < a.cuts_.size() || j < b.cuts_.size()) {
    const bool from_a = j == b.cuts_.size() || (i < a.cuts_.size() && !(b.cuts_[j] < a.cuts_[i]));
    const Cut& cut = from_a ? a.cuts_[i] : b.cuts_[j];
    if (j < b.cuts_.size() && b.cuts_[j] == cut) {
      in_b = !in_b;
      ++j;
    }
    if (from_a) {
      in_a = !in_a;
      ++i;
    }
    if (inside() == was) continue;
    was = !was;
    made.cuts_.push_back(cut);
  }
  return made;
}

// Pairs first, then pairs of pairs.
KeySet KeySet::reduce(std::vector<KeySet> sets, bool both) {
  if (sets.empty()) return KeySet(both);
  for (size_t n = sets.size(); n > 1; n = (n + 1) / 2) {
    for (size_t i = 0; i < n / 2; ++i) sets[i] = merge(sets[2 * i], sets[2 * i + 1], both);
    if (n % 2 != 0) sets[n / 2] = std::move(sets[n - 1]);
  }
  return std::move(sets[0]);
}

size_t KeySet::cuts_before(std::string_view key) const noexcept {
  const auto found = std::partition_point(cuts_.begin(), cuts_.end(),
                                          [key](const Cut& cut) { return cut.precedes(key); });
  return static_cast<size_t>(found - cuts_.begin());
}

bool KeySet::contains(std::string_view key) const noexcept {
  return begins_inside_ != (cuts_before(key) % 2 != 0);
}

bool KeySet::overlaps(const std::string* low, const std::string* high) const noexcept {
  const size_t from = low == nullptr ? 0 : cuts_before(*low);
  const size_t to = high == nullptr ? cuts_.size() : cuts_before(*high);
  return begins_inside_ != (from % 2 != 0) || from < to;
}

bool KeySet::covers(const std::string* low, const std::string* high) const noexcept {
  const size_t from = low == nullptr ? 0 : cuts_before(*low);
  const size_t to = high == nullptr ? cuts_.size() : cuts_before(*high);
  return begins_inside_ != (from % 2 != 0) && from >= to;
}

bool KeySet::points(size_t most, std::vector<std::string_view>* out) const {
  if (begins_inside_ || cuts_.size() % 2 != 0 || cuts_.size() / 2 > most) return false;
  out->clear();
  for (size_t i = 0; i < cuts_.size(); i += 2) {
    if (cuts_[i].after || !cuts_[i + 1].after || cuts_[i].key != cuts_[i + 1].key) return false;
    out->push_back(cuts_[i].key);
  }
  return true;
}

}  // namespace veneer::filter
