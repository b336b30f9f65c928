// Which min and max may be relied on, and how they compare: the ordering rules of parquet.thrift's
// ColumnOrder.
#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bits.h"
#include "veneer/metadata.h"

namespace veneer {
namespace {

template <class T>
int three_way(T a, T b) noexcept {
  return a < b ? -1 : a > b ? 1 : 0;
}

bool is_float(const Leaf& leaf) noexcept {
  return leaf.physical_type == PhysicalType::float32 ||
         leaf.physical_type == PhysicalType::float64 || leaf.logical.is(LogicalKind::float16);
}

// The bits of a float of 2, 4 or 8 bytes, shifted up to 64 so that the sign is the top bit. All
// that matters here (order, sign, being NaN) can be told from them alike for each width.
struct FloatBits {
  uint64_t bits;
  uint64_t infinity;

  bool negative() const noexcept { return bits >> 63 != 0; }
  uint64_t magnitude() const noexcept { return bits << 1 >> 1; }
  bool is_nan() const noexcept { return magnitude() > infinity; }
  bool is_zero() const noexcept { return magnitude() == 0; }
  /// Ascends as IEEE 754 totalOrder does.
  int64_t total() const noexcept {
    return std::bit_cast<int64_t>(negative() ? bits ^ (~uint64_t{0} >> 1) : bits);
  }
};

FloatBits float_bits(std::string_view bytes) noexcept {
  switch (bytes.size()) {
    case 2: return {uint64_t{load_le<uint16_t>(bytes.data())} << 48, uint64_t{0x7C00} << 48};
    case 4: return {uint64_t{load_le<uint32_t>(bytes.data())} << 32, uint64_t{0x7F800000} << 32};
    default: return {load_le<uint64_t>(bytes.data()), 0x7FF0000000000000u};
  }
}

int compare_floating(std::string_view a, std::string_view b) noexcept {
  const FloatBits x = float_bits(a);
  const FloatBits y = float_bits(b);
  if (x.is_nan() || y.is_nan()) return three_way(x.is_nan(), y.is_nan());
  if (x.is_zero() && y.is_zero()) return 0;
  return three_way(x.total(), y.total());
}

int compare_bytes(std::string_view a, std::string_view b) noexcept {
  const size_t common = std::min(a.size(), b.size());
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  return order != 0 ? order : three_way(a.size(), b.size());
}

// Big-endian two's complement numbers; no bytes mean 0.
int compare_signed_bytes(std::string_view a, std::string_view b) noexcept {
  const auto negative = [](std::string_view v) {
    return !v.empty() && static_cast<int8_t>(v.front()) < 0;
  };
  if (negative(a) != negative(b)) return negative(a) ? -1 : 1;
  // Sign bytes that only widen the number do not count; then the longer one is farther from zero.
  const char fill = negative(a) ? '\xFF' : '\0';
  const auto strip = [fill](std::string_view v) {
    while (!v.empty() && v.front() == fill) v.remove_prefix(1);
    return v;
  };
  a = strip(a);
  b = strip(b);
  if (a.size() != b.size()) return (a.size() < b.size()) == (fill == '\0') ? -1 : 1;
  return compare_bytes(a, b);
}

int compare_int96(std::string_view a, std::string_view b) noexcept {
  const int days = three_way(load_le<int32_t>(a.data() + 8), load_le<int32_t>(b.data() + 8));
  return days != 0 ? days : three_way(load_le<int64_t>(a.data()), load_le<int64_t>(b.data()));
}

template <class T>
int compare_le(std::string_view a, std::string_view b) noexcept {
  return three_way(load_le<T>(a.data()), load_le<T>(b.data()));
}

// The order in which types without parameters of their own sort.
SortOrder type_order(const Leaf& leaf) noexcept {
  switch (leaf.logical.kind) {
    case LogicalKind::interval:
    case LogicalKind::unknown:
    case LogicalKind::variant:
    case LogicalKind::geometry:
    case LogicalKind::geography:
    case LogicalKind::file: return SortOrder::none;
    default: break;
  }
  switch (leaf.physical_type) {
    case PhysicalType::boolean: return SortOrder::boolean;
    case PhysicalType::int32:
    case PhysicalType::int64:
      return leaf.logical.is(LogicalKind::integer) && !leaf.logical.is_signed
                 ? SortOrder::unsigned_int
                 : SortOrder::signed_int;
    case PhysicalType::float32:
    case PhysicalType::float64: return SortOrder::floating;
    case PhysicalType::byte_array:
    case PhysicalType::fixed_len_byte_array:
      if (leaf.logical.is(LogicalKind::decimal)) return SortOrder::signed_bytes;
      return leaf.logical.is(LogicalKind::float16) ? SortOrder::floating : SortOrder::bytes;
    default: return SortOrder::none;  // INT96: only where its own order says so
  }
}

// The legacy min and max were made by signed comparison, whatever the type means: they hold for
// types whose order that is. For bytes the writers did not agree on what "signed" meant.
SortOrder legacy_order(const Leaf& leaf) noexcept {
  const SortOrder order = type_order(leaf);
  switch (order) {
    case SortOrder::boolean:
    case SortOrder::signed_int: return order;
    case SortOrder::floating:
      return leaf.logical.is(LogicalKind::float16) ? SortOrder::none : order;
    default: return SortOrder::none;
  }
}

int compare_in(SortOrder order, std::string_view a, std::string_view b) noexcept {
  switch (order) {
    case SortOrder::none: return 0;
    case SortOrder::boolean: return three_way(a[0] != 0, b[0] != 0);
    case SortOrder::signed_int:
      return a.size() == 4 ? compare_le<int32_t>(a, b) : compare_le<int64_t>(a, b);
    case SortOrder::unsigned_int:
      return a.size() == 4 ? compare_le<uint32_t>(a, b) : compare_le<uint64_t>(a, b);
    case SortOrder::floating: return compare_floating(a, b);
    case SortOrder::total_floating: return three_way(float_bits(a).total(), float_bits(b).total());
    case SortOrder::bytes: return compare_bytes(a, b);
    case SortOrder::signed_bytes: return compare_signed_bytes(a, b);
    case SortOrder::int96: return compare_int96(a, b);
  }
  return 0;
}

// Under TYPE_ORDER writers did not agree on NaN and on the order of the zeros.
void settle_floating(Bounds* bounds) noexcept {
  static constexpr char kMinusZero[] = {0, 0, 0, 0, 0, 0, 0, '\x80'};
  static constexpr char kPlusZero[8] = {};
  const auto drop_nan = [](std::optional<std::string_view>* bound) {
    if (bound->has_value() && float_bits(**bound).is_nan()) bound->reset();
  };
  drop_nan(&bounds->min);
  drop_nan(&bounds->max);
  if (bounds->min && float_bits(*bounds->min).is_zero()) {
    const size_t size = bounds->min->size();
    bounds->min = std::string_view(kMinusZero + 8 - size, size);
  }
  if (bounds->max && float_bits(*bounds->max).is_zero()) {
    bounds->max = std::string_view(kPlusZero, bounds->max->size());
  }
}

Bounds settle(Bounds bounds, SortOrder order, const Leaf& leaf) noexcept {
  if (order == SortOrder::none) return {};
  if (bounds.min && !is_bound(leaf, *bounds.min)) bounds.min.reset();
  if (bounds.max && !is_bound(leaf, *bounds.max)) bounds.max.reset();
  if (order == SortOrder::floating) settle_floating(&bounds);
  if (bounds.min && bounds.max && compare_in(order, *bounds.min, *bounds.max) > 0) return {};
  bounds.min_exact = bounds.min_exact && bounds.min.has_value();
  bounds.max_exact = bounds.max_exact && bounds.max.has_value();
  return bounds;
}

}  // namespace

SortOrder sort_order(const Leaf& leaf) noexcept {
  switch (leaf.column_order) {
    case ColumnOrder::undefined: return SortOrder::none;
    case ColumnOrder::type_defined: return type_order(leaf);
    case ColumnOrder::ieee754_total_order:
      return is_float(leaf) ? SortOrder::total_floating : SortOrder::none;
    case ColumnOrder::int96_timestamp:
      return leaf.physical_type == PhysicalType::int96 ? SortOrder::int96 : SortOrder::none;
  }
  return SortOrder::none;
}

bool is_bound(const Leaf& leaf, std::string_view bytes) noexcept {
  switch (leaf.physical_type) {
    case PhysicalType::boolean: return bytes.size() == 1;
    case PhysicalType::int32:
    case PhysicalType::float32: return bytes.size() == 4;
    case PhysicalType::int64:
    case PhysicalType::float64: return bytes.size() == 8;
    case PhysicalType::int96: return bytes.size() == 12;
    case PhysicalType::byte_array: return true;
    case PhysicalType::fixed_len_byte_array:
      // Bounds of long fixed-width bytes may be cut short, but for numbers.
      return bytes.size() == static_cast<size_t>(leaf.type_length) ||
             (type_order(leaf) == SortOrder::bytes &&
              bytes.size() < static_cast<size_t>(leaf.type_length));
  }
  return false;
}

int compare(const Leaf& leaf, std::string_view a, std::string_view b) noexcept {
  return compare_in(sort_order(leaf), a, b);
}

Bounds effective_bounds(const Statistics& statistics, const Leaf& leaf,
                        const WriterVersion& writer) noexcept {
  if (!trust_statistics(writer, leaf)) return {};
  if (sort_order(leaf) != SortOrder::none && (statistics.min_value || statistics.max_value)) {
    return settle(
        {statistics.min_value, statistics.max_value, statistics.is_min_value_exact.value_or(false),
         statistics.is_max_value_exact.value_or(false)},
        sort_order(leaf), leaf);
  }
  return settle({statistics.min, statistics.max, false, false}, legacy_order(leaf), leaf);
}

Bounds effective_bounds(std::string_view min_value, std::string_view max_value, const Leaf& leaf,
                        const WriterVersion& writer) noexcept {
  if (!trust_statistics(writer, leaf)) return {};
  return settle({min_value, max_value, false, false}, sort_order(leaf), leaf);
}

}  // namespace veneer
