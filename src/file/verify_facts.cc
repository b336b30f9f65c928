#include "file/verify_facts.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

#include "base/bits.h"
#include "base/text.h"
#include "column/levels.h"
#include "veneer/metadata.h"

namespace veneer::checks {
namespace {

// Copies of longer values would be memory that no budget knows of.
constexpr size_t kLongestBound = size_t{64} << 10;

std::vector<int64_t> histogram(std::span<const uint16_t> levels, uint16_t max_level) {
  std::vector<int64_t> counts(size_t{max_level} + 1, 0);
  if (max_level == 1) {
    const size_t ones = column::count_at_least(levels.data(), levels.size(), 1);
    counts[1] = static_cast<int64_t>(ones);
    counts[0] = static_cast<int64_t>(levels.size() - ones);
    return counts;
  }
  for (const uint16_t level : levels) ++counts[level];
  return counts;
}

template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof(T), '\0');
  store_le(bytes.data(), value);
  return bytes;
}

template <class T>
void integer_bounds(const Column& values, Facts* facts) {
  const std::span<const T> all = values.values<T>();
  T least = all[0];
  T greatest = all[0];
  for (const T value : all) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  facts->min = little_endian(least);
  facts->max = little_endian(greatest);
}

void boolean_bounds(const Column& values, Facts* facts) {
  const size_t ones = count_bits(values.bits().data(), 0, values.size());
  facts->min = std::string(1, ones == values.size() ? '\1' : '\0');
  facts->max = std::string(1, ones > 0 ? '\1' : '\0');
}

// Floats by the order of their bits, which is IEEE 754 totalOrder; for TYPE_ORDER it differs only
// in that it tells the zeros apart. `load` gives the bits of value i.
template <class Bits, class Load>
void float_bounds(size_t size, Bits infinity, bool nan_counts, const Load& load, Facts* facts) {
  using Signed = std::make_signed_t<Bits>;
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  const auto key = [](Bits bits) {
    return static_cast<Signed>((bits & ~kMagnitude) != 0 ? bits ^ kMagnitude : bits);
  };
  struct Range {
    Signed least = std::numeric_limits<Signed>::max();
    Signed greatest = std::numeric_limits<Signed>::min();
  } numbers, nans;
  size_t nan_count = 0;
  for (size_t i = 0; i < size; ++i) {
    const Bits bits = load(i);
    const Signed k = key(bits);
    const bool is_nan = (bits & kMagnitude) > infinity;
    Range& range = is_nan ? nans : numbers;
    range.least = std::min(range.least, k);
    range.greatest = std::max(range.greatest, k);
    nan_count += is_nan;
  }
  facts->nans = static_cast<int64_t>(nan_count);
  facts->bounds_are_nan = nan_count == size;
  if (facts->bounds_are_nan && !nan_counts) return;
  const Range& range = facts->bounds_are_nan ? nans : numbers;
  const auto bits_of = [&](Signed k) {
    return static_cast<Bits>(k < 0 ? k ^ static_cast<Signed>(kMagnitude) : k);
  };
  facts->min = little_endian(bits_of(range.least));
  facts->max = little_endian(bits_of(range.greatest));
}

bool before(const Int96& a, const Int96& b) noexcept {
  if (a.julian_day() != b.julian_day()) return a.julian_day() < b.julian_day();
  return a.nanos_of_day() < b.nanos_of_day();
}
bool before(const Int128& a, const Int128& b) noexcept {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}
bool before(const Int256& a, const Int256& b) noexcept {
  const auto top = [](const Int256& v) { return static_cast<int64_t>(v.words[3]); };
  if (top(a) != top(b)) return top(a) < top(b);
  for (size_t i = 3; i-- > 0;) {
    if (a.words[i] != b.words[i]) return a.words[i] < b.words[i];
  }
  return false;
}
template <class T>
bool before(T a, T b) noexcept requires(std::is_arithmetic_v<T>) {
  return a < b;
}

// Which entries are least and greatest, for kinds whose PLAIN bytes take some making.
template <class T>
std::pair<size_t, size_t> extremes(const Column& values) {
  const std::span<const T> all = values.values<T>();
  size_t least = 0;
  size_t greatest = 0;
  for (size_t i = 1; i < all.size(); ++i) {
    if (before(all[i], all[least])) least = i;
    if (before(all[greatest], all[i])) greatest = i;
  }
  return {least, greatest};
}
std::pair<size_t, size_t> byte_extremes(const Leaf& leaf, bool plain_order, const Column& values) {
  size_t least = 0;
  size_t greatest = 0;
  std::string_view low = values.bytes(0);
  std::string_view high = low;
  const auto order = [&](std::string_view a, std::string_view b) {
    return plain_order ? a.compare(b) : compare(leaf, a, b);
  };
  for (size_t i = 1; i < values.size(); ++i) {
    const std::string_view value = values.bytes(i);
    if (order(value, low) < 0) {
      low = value;
      least = i;
    } else if (order(value, high) > 0) {
      high = value;
      greatest = i;
    }
  }
  return {least, greatest};
}

int64_t total_bytes(const Column& values) noexcept {
  int64_t total = 0;
  for (const BinaryView& view : values.views()) total += view.length;
  return total;
}

// Big-endian two's complement of `words` (least significant first), sign-extended to `size` bytes.
void store_big_endian(std::span<const uint64_t> words, char* out, size_t size) noexcept {
  const uint8_t fill = static_cast<int64_t>(words.back()) < 0 ? 0xFF : 0;
  for (size_t i = 0; i < size; ++i) {
    const uint8_t byte =
        i / 8 < words.size() ? static_cast<uint8_t>(words[i / 8] >> (8 * (i % 8))) : fill;
    out[size - 1 - i] = static_cast<char>(byte);
  }
}

}  // namespace

Analysis::Analysis(const Schema& schema, const Leaf& leaf, const WriterVersion& writer)
    : leaf_(leaf) {
  if (leaf_.column_order == ColumnOrder::undefined) leaf_.column_order = ColumnOrder::type_defined;
  order_ = sort_order(leaf_);
  for (const Field* up = schema.parent(schema.field_of(leaf)); up != nullptr;
       up = schema.parent(*up)) {
    if (up->kind != FieldKind::list && up->kind != FieldKind::map) continue;
    element_level_ = up->element_definition_level;
    break;
  }
  knows_bytes_ =
      leaf.physical_type == PhysicalType::byte_array && !leaf.logical.is(LogicalKind::decimal);
  // Arrow C++ counts only the suffixes of DELTA_BYTE_ARRAY.
  knows_delta_bytes_ = writer.application != "parquet-cpp-arrow";
}

Facts Analysis::of(const Page& page) const {
  Facts facts;
  const bool v2 = page.header.type == PageType::data_v2;
  facts.entries = v2 ? page.header.data_v2.num_values : page.header.data.num_values;
  facts.present = static_cast<int64_t>(page.values->size());
  facts.rows = facts.entries;
  if (leaf_.max_repetition_level > 0) {
    facts.repetition_histogram = histogram(page.repetition_levels, leaf_.max_repetition_level);
    facts.rows = facts.repetition_histogram[0];
  } else {
    facts.repetition_histogram.assign(1, facts.entries);
  }
  if (leaf_.max_definition_level > 0) {
    facts.definition_histogram = histogram(page.definition_levels, leaf_.max_definition_level);
  } else {
    facts.definition_histogram.assign(1, facts.entries);
  }
  for (size_t d = element_level_; d < leaf_.max_definition_level; ++d) {
    facts.element_nulls += facts.definition_histogram[d];
  }
  const Encoding encoding = v2 ? page.header.data_v2.encoding : page.header.data.encoding;
  if (knows_bytes_ && (knows_delta_bytes_ || encoding != Encoding::delta_byte_array)) {
    facts.binary_bytes = total_bytes(*page.values);
  }
  if (page.values->size() > 0) find_bounds(*page.values, &facts);
  return facts;
}

void Analysis::find_bounds(const Column& values, Facts* facts) const {
  std::pair<size_t, size_t> at;
  switch (order_) {
    case SortOrder::none: return;
    case SortOrder::boolean: boolean_bounds(values, facts); return;
    case SortOrder::signed_int:
      values.value_width() == 4 ? integer_bounds<int32_t>(values, facts)
                                : integer_bounds<int64_t>(values, facts);
      return;
    case SortOrder::unsigned_int:
      values.value_width() == 4 ? integer_bounds<uint32_t>(values, facts)
                                : integer_bounds<uint64_t>(values, facts);
      return;
    case SortOrder::floating:
    case SortOrder::total_floating: {
      const bool total = order_ == SortOrder::total_floating;
      if (values.value_kind() == ValueKind::float32) {
        const auto* data = values.values<uint32_t>().data();
        float_bounds<uint32_t>(
            values.size(), 0x7F800000, total, [data](size_t i) { return data[i]; }, facts);
      } else if (values.value_kind() == ValueKind::float64) {
        const auto* data = values.values<uint64_t>().data();
        float_bounds<uint64_t>(
            values.size(), 0x7FF0000000000000, total, [data](size_t i) { return data[i]; }, facts);
      } else {
        float_bounds<uint16_t>(
            values.size(), 0x7C00, total,
            [&](size_t i) { return load_le<uint16_t>(values.bytes(i).data()); }, facts);
      }
      return;
    }
    case SortOrder::int96: at = extremes<Int96>(values); break;
    case SortOrder::bytes:
    case SortOrder::signed_bytes:
      switch (values.value_kind()) {
        case ValueKind::int32: at = extremes<int32_t>(values); break;
        case ValueKind::int64: at = extremes<int64_t>(values); break;
        case ValueKind::int128: at = extremes<Int128>(values); break;
        case ValueKind::int256: at = extremes<Int256>(values); break;
        default: at = byte_extremes(leaf_, order_ == SortOrder::bytes, values);
      }
      break;
  }
  PlainScratch scratch[2];
  const std::string_view min = plain_bytes(leaf_, values, at.first, &scratch[0]);
  const std::string_view max = plain_bytes(leaf_, values, at.second, &scratch[1]);
  facts->bounds_known = std::max(min.size(), max.size()) <= kLongestBound;
  if (!facts->bounds_known) return;
  facts->min = std::string(min);
  facts->max = std::string(max);
}

void Analysis::add(Facts&& page, Facts* chunk) const {
  if (chunk->entries == 0) {
    chunk->binary_bytes = page.binary_bytes;
  } else if (chunk->binary_bytes && page.binary_bytes) {
    *chunk->binary_bytes += *page.binary_bytes;
  } else {
    chunk->binary_bytes.reset();
  }
  chunk->entries += page.entries;
  chunk->rows += page.rows;
  chunk->present += page.present;
  chunk->nans += page.nans;
  chunk->element_nulls += page.element_nulls;
  const auto sum = [](const std::vector<int64_t>& from, std::vector<int64_t>* to) {
    to->resize(from.size(), 0);
    for (size_t i = 0; i < from.size(); ++i) (*to)[i] += from[i];
  };
  sum(page.repetition_histogram, &chunk->repetition_histogram);
  sum(page.definition_histogram, &chunk->definition_histogram);
  chunk->bounds_known = chunk->bounds_known && page.bounds_known;
  if (!page.min) return;
  // A page of nothing but NaN counts only as long as there is no number.
  if (!chunk->min || (chunk->bounds_are_nan && !page.bounds_are_nan)) {
    chunk->min = std::move(page.min);
    chunk->max = std::move(page.max);
    chunk->bounds_are_nan = page.bounds_are_nan;
    return;
  }
  if (page.bounds_are_nan && !chunk->bounds_are_nan) return;
  if (compare(leaf_, *page.min, *chunk->min) < 0) chunk->min = std::move(page.min);
  if (compare(leaf_, *page.max, *chunk->max) > 0) chunk->max = std::move(page.max);
}

std::string Analysis::show(std::string_view plain) const {
  const bool is_signed = order_ != SortOrder::unsigned_int;
  char text[40];
  std::to_chars_result end{text, {}};
  if (!is_bound(leaf_, plain)) {
    // falls through to hexadecimal
  } else if (leaf_.physical_type == PhysicalType::int32) {
    const auto bits = load_le<uint32_t>(plain.data());
    end = std::to_chars(text, text + sizeof(text),
                        is_signed ? int64_t{static_cast<int32_t>(bits)} : int64_t{bits});
  } else if (leaf_.physical_type == PhysicalType::int64) {
    const auto bits = load_le<uint64_t>(plain.data());
    end = is_signed ? std::to_chars(text, text + sizeof(text), static_cast<int64_t>(bits))
                    : std::to_chars(text, text + sizeof(text), bits);
  } else if (leaf_.physical_type == PhysicalType::float32) {
    end = std::to_chars(text, text + sizeof(text),
                        std::bit_cast<float>(load_le<uint32_t>(plain.data())));
  } else if (leaf_.physical_type == PhysicalType::float64) {
    end = std::to_chars(text, text + sizeof(text),
                        std::bit_cast<double>(load_le<uint64_t>(plain.data())));
  } else if (leaf_.physical_type == PhysicalType::boolean) {
    return plain[0] != 0 ? "true" : "false";
  }
  if (end.ptr != text) return std::string(text, end.ptr);

  constexpr size_t kMost = 24;
  const std::string_view part = plain.substr(0, kMost);
  const char* more = plain.size() > kMost ? "…" : "";
  const bool printable = std::all_of(part.begin(), part.end(),
                                     [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
  if (leaf_.physical_type == PhysicalType::byte_array && order_ == SortOrder::bytes && printable) {
    return concat({"\"", part, "\"", more});
  }
  std::string hex = "0x";
  for (const char c : part) {
    hex += "0123456789abcdef"[static_cast<uint8_t>(c) >> 4];
    hex += "0123456789abcdef"[static_cast<uint8_t>(c) & 15];
  }
  return hex + more;
}

std::string_view plain_bytes(const Leaf& leaf, const Column& values, size_t i,
                             PlainScratch* scratch) noexcept {
  char* out = scratch->bytes;
  const bool numbers_as_bytes = leaf.physical_type == PhysicalType::byte_array ||
                                leaf.physical_type == PhysicalType::fixed_len_byte_array;
  uint64_t words[4] = {};
  size_t count = 1;
  switch (values.value_kind()) {
    case ValueKind::none: return {};
    case ValueKind::boolean: out[0] = values.bits()[i] ? '\1' : '\0'; return {out, 1};
    case ValueKind::float32: store_le(out, values.values<uint32_t>()[i]); return {out, 4};
    case ValueKind::float64: store_le(out, values.values<uint64_t>()[i]); return {out, 8};
    case ValueKind::int96: {
      const Int96& value = values.values<Int96>()[i];
      for (size_t w = 0; w < 3; ++w) store_le(out + 4 * w, value.words[w]);
      return {out, 12};
    }
    case ValueKind::fixed_bytes:
    case ValueKind::binary: return values.bytes(i);
    case ValueKind::int32:
      if (!numbers_as_bytes) {
        store_le(out, values.values<int32_t>()[i]);
        return {out, 4};
      }
      words[0] = static_cast<uint64_t>(int64_t{values.values<int32_t>()[i]});
      break;
    case ValueKind::int64:
      if (!numbers_as_bytes) {
        store_le(out, values.values<int64_t>()[i]);
        return {out, 8};
      }
      words[0] = static_cast<uint64_t>(values.values<int64_t>()[i]);
      break;
    case ValueKind::int128: {
      const Int128& value = values.values<Int128>()[i];
      words[0] = value.low;
      words[1] = static_cast<uint64_t>(value.high);
      count = 2;
      break;
    }
    case ValueKind::int256:
      std::copy_n(values.values<Int256>()[i].words.begin(), 4, words);
      count = 4;
      break;
  }
  const size_t size = leaf.physical_type == PhysicalType::fixed_len_byte_array
                          ? std::min(sizeof(scratch->bytes), static_cast<size_t>(leaf.type_length))
                          : values.value_width();
  store_big_endian({words, count}, out, size);
  return {out, size};
}

bool is_utf8(std::string_view text) noexcept {
  const auto* next = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = next + text.size();
  while (next != end) {
    while (end - next >= 8 && (load_le<uint64_t>(next) & 0x8080808080808080) == 0) next += 8;
    if (next == end) break;
    const uint8_t lead = *next++;
    if (lead < 0x80) continue;
    // The range of the second byte rules out overlong forms, surrogates and what is past U+10FFFF.
    int more = 0;
    uint8_t low = 0x80;
    uint8_t high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    if (end - next < more || *next < low || *next > high) return false;
    for (int k = 1; k < more; ++k) {
      if ((next[k] & 0xC0) != 0x80) return false;
    }
    next += more;
  }
  return true;
}

}  // namespace veneer::checks
