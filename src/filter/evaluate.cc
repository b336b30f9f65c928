// A block of values becomes 64-bit numbers, which one kernel compares, whatever their type was:
// about a nanosecond a value at one or two bounds.
#include "filter/evaluate.h"

#include <algorithm>
#include <cstring>

#include "base/bits.h"

namespace veneer::filter {
namespace {

constexpr size_t kBlock = 1024;
constexpr uint64_t kSign = uint64_t{1} << 63;

template <class T, class Convert>
void convert(const void* from, size_t n, int64_t* out, Convert to_number) {
  const auto* values = static_cast<const T*>(from);
  for (size_t i = 0; i < n; ++i) out[i] = to_number(values[i]);
}

void load_numbers(NumberForm form, const Values& values, size_t begin, size_t n, int64_t* out) {
  const auto* from = static_cast<const uint8_t*>(values.data) + begin * values.width;
  switch (form) {
    case NumberForm::boolean:
      for (size_t i = 0; i < n; ++i) {
        out[i] = get_bit(static_cast<const uint8_t*>(values.data), begin + i) ? 1 : 0;
      }
      break;
    case NumberForm::int32:
      convert<int32_t>(from, n, out, [](int32_t v) { return int64_t{v}; });
      break;
    case NumberForm::uint32:
      convert<uint32_t>(from, n, out, [](uint32_t v) { return int64_t{v}; });
      break;
    case NumberForm::int64: std::memcpy(out, from, n * sizeof(int64_t)); break;
    case NumberForm::uint64:
      convert<uint64_t>(from, n, out, [](uint64_t v) { return static_cast<int64_t>(v ^ kSign); });
      break;
    case NumberForm::float16:
      convert<uint16_t>(from, n, out, [](uint16_t v) { return number_of_float(v, 2); });
      break;
    case NumberForm::float32:
      convert<uint32_t>(from, n, out, [](uint32_t v) { return number_of_float(v, 4); });
      break;
    case NumberForm::float64:
      convert<uint64_t>(from, n, out, [](uint64_t v) { return number_of_double(v); });
      break;
  }
}

// One byte a value, 0 or 1, packed eight at a time.
void pack(const uint8_t* flags, size_t n, uint8_t* bits) {
  for (size_t i = 0; i < n; i += 8) {
    const uint64_t eight = load_le<uint64_t>(flags + i);
    bits[i / 8] = static_cast<uint8_t>(eight * 0x0102040810204080 >> 56);
  }
}

std::string_view text_of(const BinaryView& view,
                         std::span<const std::span<const uint8_t>> buffers) noexcept {
  if (view.is_inline()) return {view.inlined, view.length};
  const void* at = buffers[view.ref.buffer].data() + view.ref.offset;
  return {static_cast<const char*>(at), view.length};
}

// Which views are this text: the length and the first four bytes, side by side in a view, tell most
// of them apart.
void equal_views(const Values& values, size_t begin, size_t n, std::string_view text,
                 uint8_t* flags) noexcept {
  const auto* views = static_cast<const BinaryView*>(values.data) + begin;
  struct Front {
    uint32_t length;
    char prefix[4];
  };
  Front front = {static_cast<uint32_t>(text.size()), {}};
  const size_t shown = std::min(text.size(), sizeof(front.prefix));
  std::memcpy(front.prefix, text.data(), shown);
  uint64_t wanted;
  std::memcpy(&wanted, &front, sizeof(wanted));
  // Of a shorter text the view's other bytes may be anything.
  uint64_t mask = ~uint64_t{0};
  if (shown < sizeof(front.prefix)) {
    Front care = {UINT32_MAX, {}};
    std::memset(care.prefix, 0xFF, shown);
    std::memcpy(&mask, &care, sizeof(mask));
  }
  for (size_t i = 0; i < n; ++i) {
    uint64_t word;
    std::memcpy(&word, &views[i], sizeof(word));
    flags[i] = (word & mask) == wanted ? 1 : 0;
  }
  if (text.size() <= sizeof(front.prefix)) return;
  for (size_t i = 0; i < n; ++i) {
    if (flags[i] != 0) flags[i] = text_of(views[i], values.buffers) == text ? 1 : 0;
  }
}

}  // namespace

void apply_nulls(const uint8_t* validity, size_t n, bool keep, uint8_t* bits) noexcept {
  if (validity == nullptr) return;
  const size_t bytes = bytes_for_bits(n);
  for (size_t i = 0; i < bytes; ++i) {
    bits[i] = static_cast<uint8_t>((bits[i] & validity[i]) | (keep ? ~validity[i] : 0));
  }
}

Evaluator::Evaluator(const Term& term, const KeyType& type, const Leaf& leaf)
    : term_(term), type_(type), int96_(leaf.physical_type == PhysicalType::int96) {
  if (type_.kind() != KeyKind::number) return;
  for (const Cut& cut : term.set.cuts()) {
    const int64_t number = number_of_key(cut.key);
    // Nothing lies behind the greatest number.
    if (cut.after && number == INT64_MAX) break;
    const int64_t threshold = cut.after ? number + 1 : number;
    // Just behind 5 and just before 6 are one place.
    if (!thresholds_.empty() && thresholds_.back() == threshold) {
      thresholds_.pop_back();
    } else {
      thresholds_.push_back(threshold);
    }
  }
}

void Evaluator::evaluate(const Values& values, uint8_t* bits) {
  const size_t n = values.size;
  const KeySet& set = term_.set;
  if (!term_.has_pattern && set.cuts().empty()) {
    std::memset(bits, set.begins_inside() ? 0xFF : 0, bytes_for_bits(n));
  } else if (type_.kind() == KeyKind::number) {
    numbers(values, bits);
  } else if (type_.kind() == KeyKind::wide) {
    wide(values, bits);
  } else {
    bytes(values, bits);
  }
  apply_nulls(values.validity, n, term_.nulls, bits);
}

void Evaluator::numbers(const Values& values, uint8_t* bits) {
  scratch_.resize(kBlock);
  const bool inside = term_.set.begins_inside();
  uint8_t flags[kBlock + 8];
  for (size_t begin = 0; begin < values.size; begin += kBlock) {
    const size_t n = std::min(kBlock, values.size - begin);
    const int64_t* numbers = scratch_.data();
    load_numbers(type_.form(), values, begin, n, scratch_.data());
    if (thresholds_.size() <= 2) {
      // At most one interval: [low, high], or all but it.
      const int64_t low = thresholds_.empty() ? INT64_MIN : thresholds_[0];
      const int64_t high = thresholds_.size() < 2 ? INT64_MAX : thresholds_[1] - 1;
      const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
      const uint8_t flip = thresholds_.empty() == inside ? 0 : 1;
      for (size_t i = 0; i < n; ++i) {
        const uint64_t at = static_cast<uint64_t>(numbers[i]) - static_cast<uint64_t>(low);
        flags[i] = static_cast<uint8_t>((at <= width ? 1 : 0) ^ flip);
      }
    } else {
      for (size_t i = 0; i < n; ++i) {
        // Halving without branches: which way it goes is anybody's guess.
        const int64_t* first = thresholds_.data();
        size_t count = thresholds_.size();
        while (count > 1) {
          const size_t half = count / 2;
          first = first[half] <= numbers[i] ? first + half : first;
          count -= half;
        }
        const size_t before =
            static_cast<size_t>(first - thresholds_.data()) + (*first <= numbers[i] ? 1 : 0);
        flags[i] = static_cast<uint8_t>((before & 1) ^ (inside ? 1 : 0));
      }
    }
    std::memset(flags + n, 0, 8);
    pack(flags, n, bits + begin / 8);
  }
}

void Evaluator::wide(const Values& values, uint8_t* bits) const {
  const auto* from = static_cast<const uint8_t*>(values.data);
  for (size_t i = 0; i < values.size; ++i) {
    WideNumber number;
    const uint8_t* value = from + i * values.width;
    if (int96_) {
      Int96 stored;
      std::memcpy(&stored, value, sizeof(stored));
      number = wide_of_int96(stored);
    } else {
      // Int128 and Int256: least significant word first.
      uint64_t words[4];
      const size_t count = values.width / 8;
      std::memcpy(words, value, values.width);
      for (size_t w = count; w < 4; ++w) words[w] = words[count - 1] >> 63 != 0 ? ~uint64_t{0} : 0;
      for (size_t w = 0; w < 4; ++w) number.words[3 - w] = words[w];
    }
    char key[32];
    key_of_wide(number, key);
    set_bit_to(bits, i, term_.set.contains({key, sizeof(key)}));
  }
}

bool Evaluator::keeps(std::string_view value) const noexcept {
  if (!term_.set.contains(value)) return false;
  return !term_.has_pattern || is_like(value, term_.pattern) != term_.pattern_negated;
}

void Evaluator::bytes(const Values& values, uint8_t* bits) const {
  uint8_t flags[kBlock + 8];
  std::vector<std::string_view> points;
  const bool one = !term_.has_pattern && values.views && term_.set.points(1, &points);
  for (size_t begin = 0; begin < values.size; begin += kBlock) {
    const size_t n = std::min(kBlock, values.size - begin);
    if (one) {
      equal_views(values, begin, n, points[0], flags);
    } else if (values.views) {
      const auto* views = static_cast<const BinaryView*>(values.data) + begin;
      for (size_t i = 0; i < n; ++i) flags[i] = keeps(text_of(views[i], values.buffers)) ? 1 : 0;
    } else {
      const auto* from = static_cast<const char*>(values.data) + begin * values.width;
      for (size_t i = 0; i < n; ++i) {
        flags[i] = keeps({from + i * values.width, values.width}) ? 1 : 0;
      }
    }
    std::memset(flags + n, 0, 8);
    pack(flags, n, bits + begin / 8);
  }
}

}  // namespace veneer::filter
