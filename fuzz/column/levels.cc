// Levels: any bytes as levels of any maximum, and the shapes read out of any levels held against
// loops so plain that they are the definition.
#include "column/levels.h"

#include "base/bits.h"
#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

template <class Level>
void decode(Feed& feed, uint32_t most) {
  const bool v2 = feed.flag();
  const auto encoding = static_cast<Encoding>(feed.below(5));
  const size_t n = feed.u16();
  const Padded in(feed.rest());
  std::span<const uint8_t> body = in;
  column::LevelDecoder decoder;
  const Status opened =
      v2 ? decoder.open_v2(most, body) : decoder.open_v1(encoding, most, n, &body);
  if (!opened.ok()) return;
  column::LevelDecoder twin = decoder;
  Room<Level> levels(n);
  const bool good = decoder.decode(levels.data(), n).ok();
  for (size_t i = 0; good && i < n; ++i)
    require(levels[i] <= most, "no level is above the maximum");
  if (most != 1) return;
  Room<uint8_t> bits(n / 8 + 1);
  size_t ones = 0;
  require(twin.decode_bitmap(bits.data(), 0, n, &ones).ok() == good, "bits and levels agree");
  if (!good) return;
  require(ones == column::count_at_least(levels.data(), n, 1), "ones are counted");
  for (size_t i = 0; i < n; ++i) require(get_bit(bits.data(), i) == (levels[i] != 0), "bits");
}

template <class Level>
class Shapes {
 public:
  Shapes(Feed& feed, size_t depth) : depth_(depth) {
    // Levels of lists within lists: the k-th one's elements exist from element_levels_[k] on.
    element_levels_.push_back(0);
    for (size_t k = 0; k < depth; ++k) {
      element_levels_.push_back(static_cast<uint16_t>(element_levels_.back() + 1 + feed.below(3)));
    }
    most_ = element_levels_.back() + static_cast<uint32_t>(feed.below(3));
    rows_ = feed.u16();
    slot_ = static_cast<uint32_t>(feed.below(most_ + 1));
    valid_ = slot_ + static_cast<uint32_t>(feed.below(most_ + 1 - slot_));
    own_ = 1 + static_cast<uint32_t>(feed.below(depth));
    while (!feed.empty()) {
      const uint8_t byte = feed.byte();
      repetition_.push_back(static_cast<Level>(byte % 16 % (depth + 1)));
      definition_.push_back(static_cast<Level>(byte / 16 % (most_ + 1)));
    }
  }

  void check() const {
    nesting();
    row_end();
    validity(repetition_.data());
    validity(nullptr);
    lists();
    ancestors();
  }

 private:
  size_t size() const { return repetition_.size(); }

  void nesting() const {
    bool expected = true;
    for (size_t i = 0; i < size(); ++i) {
      const uint16_t element = element_levels_[repetition_[i]];
      if (definition_[i] < element || (i != 0 && definition_[i - 1] < element)) expected = false;
    }
    require(column::levels_nest(repetition_.data(), definition_.data(), size(),
                                std::span<const uint16_t>(element_levels_)) == expected,
            "nesting");
  }
  void row_end() const {
    size_t end = 0, zeros = 0, found = 0;
    for (; end < size(); ++end) {
      if (repetition_[end] != 0) continue;
      if (zeros == rows_) break;
      ++zeros;
    }
    require(column::find_row_end(repetition_.data(), size(), rows_, &found) == end, "row end");
    require(found == zeros, "rows before it");
  }
  void validity(const Level* repetition) const {
    std::vector<bool> expected;
    for (size_t i = 0; i < size(); ++i) {
      if (repetition != nullptr && repetition[i] > own_) continue;
      if (definition_[i] >= slot_) expected.push_back(definition_[i] >= valid_);
    }
    Bytes bits(size() / 8 + 1 + 8);
    size_t nulls = 0;
    const size_t slots = column::validity_from_levels(repetition, definition_.data(), size(), own_,
                                                      slot_, valid_, bits.data(), &nulls);
    hold(bits, slots, nulls, expected);
  }
  void lists() const {
    const column::ListLevels list{own_, slot_, valid_, element_levels_[own_]};
    std::vector<bool> expected;
    std::vector<int32_t> starts;
    int32_t count = 0;
    for (size_t i = 0; i < size(); ++i) {
      if (repetition_[i] < own_ && definition_[i] >= slot_) {
        expected.push_back(definition_[i] >= valid_);
        starts.push_back(count);
      }
      if (repetition_[i] <= own_ && definition_[i] >= list.element) ++count;
    }
    starts.push_back(count);
    std::vector<int32_t> offsets(size() + 1);
    Bytes bits(size() / 8 + 1 + 8);
    size_t nulls = 0, elements = 0;
    const size_t lists =
        column::lists_from_levels(repetition_.data(), definition_.data(), size(), list,
                                  offsets.data(), bits.data(), &nulls, &elements);
    hold(bits, lists, nulls, expected);
    offsets.resize(lists + 1);
    require(elements == static_cast<size_t>(count) && offsets == starts, "offsets");
  }
  void ancestors() const {
    const column::LevelsView all{repetition_.data(), definition_.data(), size(),
                                 sizeof(Level) == 2};
    require(column::same_ancestors(all, all, own_, valid_), "a leaf agrees with itself");
    if (size() == 0) return;
    const column::LevelsView cut{repetition_.data(), definition_.data(), size() - 1,
                                 sizeof(Level) == 2};
    require(column::same_ancestors(all, cut, own_, valid_) == (repetition_.back() > own_),
            "an entry more is a difference, unless it repeats deeper");
  }
  static void hold(const Bytes& bits, size_t slots, size_t nulls,
                   const std::vector<bool>& expected) {
    require(slots == expected.size(), "slots");
    size_t expected_nulls = 0;
    for (size_t i = 0; i < slots; ++i) {
      require(get_bit(bits.data(), i) == expected[i], "validity");
      expected_nulls += !expected[i];
    }
    require(nulls == expected_nulls, "nulls are counted");
  }

  size_t depth_;
  std::vector<uint16_t> element_levels_;
  uint32_t most_ = 0, slot_ = 0, valid_ = 0, own_ = 0;
  size_t rows_ = 0;
  std::vector<Level> repetition_, definition_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const size_t mode = feed.below(4);
  if (mode == 0) {
    decode<uint8_t>(feed, feed.byte());
  } else if (mode == 1) {
    decode<uint16_t>(feed, feed.u16());
  } else if (mode == 2) {
    Shapes<uint8_t>(feed, 1 + feed.below(4)).check();
  } else {
    Shapes<uint16_t>(feed, 1 + feed.below(4)).check();
  }
  return 0;
}
