// How a bound member finds its column and takes its values: what RowReader is made of. Not for
// callers; see rows.h.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "veneer/file.h"

#pragma GCC visibility push(default)
namespace veneer {

template <class T>
struct Binding;
template <class Struct, class Member>
struct FieldBinding;

namespace internal {

/// What a plan gathers: the columns to read, and all that does not fit.
struct RowPlan {
  const Schema* schema = nullptr;
  bool nulls_as_default = false;
  Int96As int96 = Int96As::stored;
  std::vector<std::string> columns;
  bool all_columns = false;
  std::string mismatches;

  /// Always false, for `return plan->mismatch(…)`.
  bool mismatch(const std::string& path, const std::string& has, const std::string& wants) {
    if (!mismatches.empty()) mismatches += "; ";
    mismatches += path + ": the file has " + has + ", the struct wants " + wants;
    return false;
  }
  bool mismatch(const Field& field, const std::string& wants) {
    return mismatch(schema->element_path(field.element), describe(field), wants);
  }
  void need(const Field& leaf) {
    std::string path = schema->element_path(leaf.element);
    // Names with dots, and duplicates, may leave a field without a path of its own.
    const Field* found = schema->find(path);
    if (found == nullptr || found->num_leaves != 1 || found->first_leaf != leaf.first_leaf) {
      all_columns = true;
    }
    if (std::find(columns.begin(), columns.end(), path) == columns.end()) {
      columns.push_back(std::move(path));
    }
  }
  std::string describe(const Field& field) const {
    std::string text = field.nullable ? "optional " : "required ";
    if (field.kind != FieldKind::leaf) return text.append(to_string(field.kind));
    const Leaf& leaf = schema->leaf(field.first_leaf);
    text.append(to_string(leaf.physical_type));
    if (leaf.physical_type == PhysicalType::fixed_len_byte_array) {
      text += "(" + std::to_string(leaf.type_length) + ")";
    }
    if (!leaf.logical.is(LogicalKind::none)) text += " " + to_string(leaf.logical);
    return text;
  }
};

/// A value that its member cannot hold.
struct RowProblem {
  StatusCode code = StatusCode::ok;
  const Field* field = nullptr;
  std::string what;

  /// Always false, for `return problem->set(…)`.
  bool set(StatusCode c, const Field* f, std::string text) {
    code = c;
    field = f;
    what = std::move(text);
    return false;
  }
};

// A cursor stands for one member. `plan` checks its field once a file, `attach` finds its column
// once a batch, `read` fills the member from entry `i`, which is not null.

/// The part that cursors of leaves share.
class LeafCursor {
 public:
  void attach(const Column& column) noexcept {
    source_ = column.value_kind();
    width_ = column.value_width();
    switch (source_) {
      case ValueKind::boolean: values_ = column.bits().data(); break;
      case ValueKind::int32:
      case ValueKind::float32: values_ = column.values<int32_t>().data(); break;
      case ValueKind::int64:
      case ValueKind::float64: values_ = column.values<int64_t>().data(); break;
      case ValueKind::int96: values_ = column.values<Int96>().data(); break;
      case ValueKind::int128: values_ = column.values<Int128>().data(); break;
      case ValueKind::int256: values_ = column.values<Int256>().data(); break;
      case ValueKind::fixed_bytes:
        values_ = column.size() == 0 ? nullptr : column.bytes(0).data();
        break;
      case ValueKind::binary:
        values_ = column.views().data();
        buffers_ = column.buffers().data();
        break;
      case ValueKind::none: break;
    }
  }

 protected:
  /// Sets field_ and leaf_, and asks for the column; false where the field is no leaf.
  bool plan_leaf(RowPlan* plan, const Field& field) {
    field_ = &field;
    if (field.kind != FieldKind::leaf) return false;
    leaf_ = &plan->schema->leaf(field.first_leaf);
    is_unsigned_ = leaf_->logical.is(LogicalKind::integer) && !leaf_->logical.is_signed;
    plan->need(field);
    return true;
  }
  static bool reads_as(const RowPlan& plan, const Field& field, CppType type) {
    return check_type(*plan.schema, field, type).ok();
  }
  template <class T>
  T value(size_t i) const noexcept {
    return static_cast<const T*>(values_)[i];
  }
  std::string_view bytes(size_t i) const noexcept {
    if (source_ == ValueKind::fixed_bytes) {
      return {static_cast<const char*>(values_) + i * width_, width_};
    }
    const BinaryView& view = static_cast<const BinaryView*>(values_)[i];
    if (view.is_inline()) return {view.inlined, view.length};
    const void* buffer = buffers_[view.ref.buffer].data();
    return {static_cast<const char*>(buffer) + view.ref.offset, view.length};
  }
  /// An INT32 or INT64 value, unsigned ones included (as the same bits).
  int64_t integer(size_t i) const noexcept {
    if (source_ == ValueKind::int64) return value<int64_t>(i);
    return is_unsigned_ ? int64_t{value<uint32_t>(i)} : int64_t{value<int32_t>(i)};
  }

  const Field* field_ = nullptr;
  const Leaf* leaf_ = nullptr;
  bool is_unsigned_ = false;
  ValueKind source_ = ValueKind::none;
  size_t width_ = 0;
  const void* values_ = nullptr;
  const std::span<const uint8_t>* buffers_ = nullptr;
};

class BoolCursor : public LeafCursor {
 public:
  static std::string name() { return "bool"; }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && reads_as(*plan, field, CppType::boolean)) ||
           plan->mismatch(field, name());
  }
  bool read(size_t i, bool* out, RowProblem*) const noexcept {
    *out = (value<uint8_t>(i >> 3) >> (i & 7) & 1) != 0;
    return true;
  }
};

template <class T>
class IntegerCursor : public LeafCursor {
  static constexpr int kBits = 8 * sizeof(T);

 public:
  static std::string name() {
    return (std::is_signed_v<T> ? "int" : "uint") + std::to_string(kBits) + "_t";
  }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && fits(*plan, field)) || plan->mismatch(field, name());
  }
  bool read(size_t i, T* out, RowProblem* problem) const {
    const int64_t number = integer(i);
    if constexpr (sizeof(T) == 8) {
      *out = static_cast<T>(number);  // the plan has made sure of the sign
    } else {
      if (!std::in_range<T>(number)) [[unlikely]] {
        return problem->set(
            StatusCode::corrupt, field_,
            std::to_string(number) + " is out of the range of " + to_string(leaf_->logical));
      }
      *out = static_cast<T>(number);
    }
    return true;
  }

 private:
  bool fits(const RowPlan& plan, const Field& field) const {
    if (leaf_->physical_type == PhysicalType::int96) {
      return plan.int96 != Int96As::stored && std::is_signed_v<T> && kBits == 64;
    }
    int bits = 0;
    if (reads_as(plan, field, CppType::int32) || reads_as(plan, field, CppType::uint32)) bits = 32;
    if (reads_as(plan, field, CppType::int64) || reads_as(plan, field, CppType::uint64)) bits = 64;
    if (bits == 0) return false;
    if (leaf_->logical.is(LogicalKind::integer)) {
      bits = static_cast<unsigned char>(leaf_->logical.bit_width);
    }
    if (!is_unsigned_) return std::is_signed_v<T> && bits <= kBits;
    return std::is_signed_v<T> ? bits < kBits : bits <= kBits;
  }
};

template <class T>
class FloatCursor : public LeafCursor {
 public:
  static std::string name() { return sizeof(T) == 4 ? "float" : "double"; }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) &&
            (reads_as(*plan, field, CppType::float32) || is_half() ||
             (sizeof(T) == 8 && reads_as(*plan, field, CppType::float64)))) ||
           plan->mismatch(field, name());
  }
  bool read(size_t i, T* out, RowProblem*) const noexcept {
    if (source_ == ValueKind::float32) {
      *out = value<float>(i);
    } else if (source_ == ValueKind::float64) {
      if constexpr (sizeof(T) == 8) *out = value<double>(i);
    } else {
      *out = from_half(bytes(i));
    }
    return true;
  }

 private:
  bool is_half() const noexcept { return leaf_->logical.is(LogicalKind::float16); }
  // Every FLOAT16 is a FLOAT: the exponent's bias grows by 112, and subnormals become normal.
  static float from_half(std::string_view stored) noexcept {
    const uint32_t half = static_cast<uint8_t>(stored[0]) |
                          static_cast<uint32_t>(static_cast<uint8_t>(stored[1])) << 8;
    const uint32_t sign = (half & 0x8000) << 16;
    const uint32_t magnitude = half & 0x7FFF;
    if (magnitude < 0x0400) {
      const float small = static_cast<float>(magnitude) * 0x1p-24f;
      return sign != 0 ? -small : small;
    }
    const uint32_t bias = magnitude >= 0x7C00 ? 224u << 23 : 112u << 23;
    return std::bit_cast<float>(sign | ((magnitude << 13) + bias));
  }
};

class Int96Cursor : public LeafCursor {
 public:
  static std::string name() { return "veneer::Int96"; }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && reads_as(*plan, field, CppType::int96) &&
            plan->int96 == Int96As::stored) ||
           plan->mismatch(field, name());
  }
  bool read(size_t i, Int96* out, RowProblem*) const noexcept {
    *out = value<Int96>(i);
    return true;
  }
};

/// Int128 and Int256, from decimals of that width or less.
template <class T>
class DecimalCursor : public LeafCursor {
 public:
  static std::string name() { return sizeof(T) == 16 ? "veneer::Int128" : "veneer::Int256"; }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && leaf_->logical.is(LogicalKind::decimal) &&
            !reads_as(*plan, field, CppType::text) &&
            (sizeof(T) == 32 || !reads_as(*plan, field, CppType::int256))) ||
           plan->mismatch(field, name());
  }
  bool read(size_t i, T* out, RowProblem*) const noexcept {
    if (source_ == ValueKind::int256) {
      if constexpr (sizeof(T) == 32) *out = value<Int256>(i);
      return true;
    }
    Int128 narrow;
    if (source_ == ValueKind::int128) {
      narrow = value<Int128>(i);
    } else {
      const int64_t number = integer(i);
      narrow = {static_cast<uint64_t>(number), number < 0 ? -1 : 0};
    }
    if constexpr (sizeof(T) == 16) {
      *out = narrow;
    } else {
      const uint64_t sign = narrow.high < 0 ? ~uint64_t{0} : 0;
      *out = {{narrow.low, static_cast<uint64_t>(narrow.high), sign, sign}};
    }
    return true;
  }
};

template <class T>
class TextCursor : public LeafCursor {
 public:
  static std::string name() {
    return std::same_as<T, std::string> ? "std::string" : "std::string_view";
  }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && reads_as(*plan, field, CppType::text)) ||
           plan->mismatch(field, name());
  }
  bool read(size_t i, T* out, RowProblem*) const {
    *out = bytes(i);
    return true;
  }
};

template <class T>
class FixedCursor : public LeafCursor {
  static constexpr size_t kSize = std::tuple_size_v<T>;

 public:
  static std::string name() { return "std::array<uint8_t, " + std::to_string(kSize) + ">"; }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && reads_as(*plan, field, CppType::text) &&
            leaf_->physical_type == PhysicalType::fixed_len_byte_array &&
            static_cast<size_t>(leaf_->type_length) == kSize) ||
           plan->mismatch(field, name());
  }
  bool read(size_t i, T* out, RowProblem*) const noexcept {
    const std::string_view stored = bytes(i);
    std::copy(stored.begin(), stored.end(), out->begin());
    return true;
  }
};

/// Counts of one unit of time as counts of another, exactly.
class TimeScale {
 public:
  /// A unit of `from_num / from_den` seconds to one of `to_num / to_den` seconds.
  constexpr TimeScale(int64_t from_num, int64_t from_den, int64_t to_num, int64_t to_den) noexcept
      : times_(from_num * to_den), over_(from_den * to_num) {
    const int64_t common = std::gcd(times_, over_);
    times_ /= common;
    over_ /= common;
  }
  bool convert(int64_t count, int64_t* out) const noexcept {
    if (times_ != 1 && __builtin_mul_overflow(count, times_, &count)) return false;
    if (over_ != 1 && count % over_ != 0) return false;
    *out = over_ == 1 ? count : count / over_;
    return true;
  }

 private:
  int64_t times_;
  int64_t over_;
};

/// std::chrono::time_point and duration.
template <class T>
class TimeCursor : public LeafCursor {
  static constexpr bool kIsPoint = requires { typename T::clock; };
  using Period = typename T::period;
  static constexpr int64_t kDay = 86'400;
  static_assert(std::integral<typename T::rep>, "times are read into whole numbers of a unit");

 public:
  static std::string name() {
    return std::string(kIsPoint ? "std::chrono::time_point of " : "std::chrono::duration of ") +
           std::to_string(Period::num) + "/" + std::to_string(Period::den) + " s";
  }
  bool plan(RowPlan* plan, const Field& field) {
    return (plan_leaf(plan, field) && choose(*plan)) || plan->mismatch(field, name());
  }
  bool read(size_t i, T* out, RowProblem* problem) const {
    int64_t count = 0;
    bool held;
    if (source_ == ValueKind::int96) {
      const Int96 stored = value<Int96>(i);
      const TimeScale days(kDay, 1, Period::num, Period::den);
      int64_t whole = 0;
      held = days.convert(int64_t{stored.julian_day()} - 2'440'588, &whole) &&
             scale_.convert(stored.nanos_of_day(), &count) &&
             !__builtin_add_overflow(count, whole, &count);
    } else {
      held = scale_.convert(integer(i), &count);
    }
    if (!held || !std::in_range<typename T::rep>(count)) [[unlikely]] {
      return problem->set(StatusCode::invalid_argument, field_,
                          "the time has no exact value as " + name());
    }
    const auto rep = static_cast<typename T::rep>(count);
    if constexpr (kIsPoint) {
      *out = T(typename T::duration(rep));
    } else {
      *out = T(rep);
    }
    return true;
  }

 private:
  static constexpr TimeScale per_second(int64_t ticks) noexcept {
    return TimeScale(1, ticks, Period::num, Period::den);
  }
  static constexpr TimeScale of(TimeUnit unit) noexcept {
    return per_second(unit == TimeUnit::millis   ? 1'000
                      : unit == TimeUnit::micros ? 1'000'000
                                                 : 1'000'000'000);
  }
  bool choose(const RowPlan& plan) noexcept {
    const LogicalType& logical = leaf_->logical;
    const bool under_a_day = Period::num / Period::den < kDay;
    if constexpr (kIsPoint) {
      if (leaf_->physical_type == PhysicalType::int96) {
        scale_ = of(plan.int96 == Int96As::micros ? TimeUnit::micros : TimeUnit::nanos);
        return under_a_day;
      }
      if (logical.is(LogicalKind::date)) {
        scale_ = TimeScale(kDay, 1, Period::num, Period::den);
        return true;
      }
      scale_ = of(logical.unit);
      return logical.is(LogicalKind::timestamp) && under_a_day;
    } else {
      scale_ = of(logical.unit);
      return logical.is(LogicalKind::time);
    }
  }

  TimeScale scale_{1, 1, 1, 1};
};

// What a member's type is.
template <class T>
struct Unwrapped {
  using type = T;
  static constexpr bool is_optional = false;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  static_assert(!Unwrapped<T>::is_optional, "a field is null or not: one std::optional will do");
  using type = T;
  static constexpr bool is_optional = true;
};
template <class T>
inline constexpr bool kIsVector = false;
template <class T, class A>
inline constexpr bool kIsVector<std::vector<T, A>> = true;
template <class T>
inline constexpr bool kIsPairs = false;
template <class K, class V, class A>
inline constexpr bool kIsPairs<std::vector<std::pair<K, V>, A>> = true;
template <class T>
inline constexpr bool kIsByteArray = false;
template <size_t N>
inline constexpr bool kIsByteArray<std::array<uint8_t, N>> = true;
template <class T>
inline constexpr bool kIsCharacter =
    std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;
template <class T>
concept TimePoint = std::same_as<T, std::chrono::sys_time<typename T::duration>> ||
    std::same_as<T, std::chrono::local_time<typename T::duration>>;
template <class T>
concept Duration = std::same_as<T, std::chrono::duration<typename T::rep, typename T::period>>;
template <class T>
concept MapLike = kIsPairs<T> || requires {
  typename T::key_type;
  typename T::mapped_type;
};
template <class T>
concept BoundStruct = requires {
  Binding<T>::fields;
};

template <class T>
class ListCursor;
template <class T>
class MapCursor;
template <class T>
class StructCursor;

template <class T>
constexpr auto cursor_type() {
  if constexpr (std::same_as<T, bool>) {
    return std::type_identity<BoolCursor>();
  } else if constexpr (std::integral<T> && !kIsCharacter<T>) {
    return std::type_identity<IntegerCursor<T>>();
  } else if constexpr (std::same_as<T, float> || std::same_as<T, double>) {
    return std::type_identity<FloatCursor<T>>();
  } else if constexpr (std::same_as<T, Int96>) {
    return std::type_identity<Int96Cursor>();
  } else if constexpr (std::same_as<T, Int128> || std::same_as<T, Int256>) {
    return std::type_identity<DecimalCursor<T>>();
  } else if constexpr (std::same_as<T, std::string_view> || std::same_as<T, std::string>) {
    return std::type_identity<TextCursor<T>>();
  } else if constexpr (kIsByteArray<T>) {
    return std::type_identity<FixedCursor<T>>();
  } else if constexpr (TimePoint<T> || Duration<T>) {
    return std::type_identity<TimeCursor<T>>();
  } else if constexpr (MapLike<T>) {
    return std::type_identity<MapCursor<T>>();
  } else if constexpr (kIsVector<T>) {
    return std::type_identity<ListCursor<T>>();
  } else {
    static_assert(BoundStruct<T>, "no field reads as this type; see veneer::Binding");
    return std::type_identity<StructCursor<T>>();
  }
}

/// A member: its cursor, and its nulls.
template <class T>
class Slot {
  static constexpr bool kOptional = Unwrapped<T>::is_optional;
  using Cursor = typename decltype(cursor_type<typename Unwrapped<T>::type>())::type;

 public:
  static std::string name() {
    return kOptional ? "std::optional<" + Cursor::name() + ">" : Cursor::name();
  }
  bool plan(RowPlan* plan, const Field& field) {
    if (!cursor_.plan(plan, field)) return false;
    if (kOptional || !field.nullable || plan->nulls_as_default) return true;
    return plan->mismatch(field, "one that is never null (a std::optional would take it)");
  }
  void attach(const Column& column) noexcept {
    validity_ = column.validity().data();
    cursor_.attach(column);
  }
  bool read(size_t i, T* out, RowProblem* problem) const {
    if (validity_ != nullptr && (validity_[i >> 3] >> (i & 7) & 1) == 0) {
      if constexpr (kOptional) {
        out->reset();
      } else {
        *out = T();
      }
      return true;
    }
    if constexpr (kOptional) {
      if (!out->has_value()) out->emplace();
      return cursor_.read(i, &**out, problem);
    } else {
      return cursor_.read(i, out, problem);
    }
  }

 private:
  Cursor cursor_;
  const uint8_t* validity_ = nullptr;
};

template <class T>
class ListCursor {
  using Element = typename T::value_type;

 public:
  static std::string name() { return "std::vector<" + Slot<Element>::name() + ">"; }
  bool plan(RowPlan* plan, const Field& field) {
    // A map that has no values is a list of its keys.
    const bool list = field.kind == FieldKind::list || field.kind == FieldKind::map;
    if (!list || field.num_children != 1) return plan->mismatch(field, name());
    return element_.plan(plan, plan->schema->children(field)[0]);
  }
  void attach(const Column& column) noexcept {
    offsets_ = column.offsets().data();
    element_.attach(column.child(0));
  }
  bool read(size_t i, T* out, RowProblem* problem) const {
    const auto begin = static_cast<size_t>(offsets_[i]);
    const auto size = static_cast<size_t>(offsets_[i + 1]) - begin;
    out->resize(size);
    for (size_t k = 0; k < size; ++k) {
      if constexpr (std::same_as<Element, bool>) {  // a vector of them has no addresses
        bool value = false;
        if (!element_.read(begin + k, &value, problem)) return false;
        (*out)[k] = value;
      } else {
        if (!element_.read(begin + k, &(*out)[k], problem)) return false;
      }
    }
    return true;
  }

 private:
  Slot<Element> element_;
  const int32_t* offsets_ = nullptr;
};

template <class T>
struct MapTypes {
  using Key = typename T::key_type;
  using Value = typename T::mapped_type;
};
template <class K, class V, class A>
struct MapTypes<std::vector<std::pair<K, V>, A>> {
  using Key = K;
  using Value = V;
};

template <class T>
class MapCursor {
  using Key = typename MapTypes<T>::Key;
  using Value = typename MapTypes<T>::Value;

 public:
  static std::string name() {
    return "a map of " + Slot<Key>::name() + " to " + Slot<Value>::name();
  }
  bool plan(RowPlan* plan, const Field& field) {
    if (field.kind != FieldKind::map || field.num_children != 2) {
      return plan->mismatch(field, name());
    }
    const auto children = plan->schema->children(field);
    const bool key = key_.plan(plan, children[0]);
    return value_.plan(plan, children[1]) && key;
  }
  void attach(const Column& column) noexcept {
    offsets_ = column.offsets().data();
    key_.attach(column.child(0));
    value_.attach(column.child(1));
  }
  bool read(size_t i, T* out, RowProblem* problem) const {
    const auto begin = static_cast<size_t>(offsets_[i]);
    const auto end = static_cast<size_t>(offsets_[i + 1]);
    if constexpr (kIsPairs<T>) {
      out->resize(end - begin);
      for (size_t k = begin; k < end; ++k) {
        auto& pair = (*out)[k - begin];
        if (!key_.read(k, &pair.first, problem) || !value_.read(k, &pair.second, problem)) {
          return false;
        }
      }
    } else {
      out->clear();
      for (size_t k = begin; k < end; ++k) {
        Key key{};
        Value value{};
        if (!key_.read(k, &key, problem) || !value_.read(k, &value, problem)) return false;
        // LogicalTypes.md: of equal keys the last one holds.
        if constexpr (requires { out->insert_or_assign(std::move(key), std::move(value)); }) {
          out->insert_or_assign(std::move(key), std::move(value));
        } else {
          out->emplace(std::move(key), std::move(value));
        }
      }
    }
    return true;
  }

 private:
  Slot<Key> key_;
  Slot<Value> value_;
  const int32_t* offsets_ = nullptr;
};

template <class... Structs, class... Members>
std::tuple<Slot<Members>...> slots_of(const std::tuple<FieldBinding<Structs, Members>...>&);

/// A bound struct; at the top, a row.
template <class T>
class StructCursor {
  static constexpr const auto& kFields = Binding<T>::fields;
  using Fields = std::remove_cvref_t<decltype(Binding<T>::fields)>;
  static constexpr size_t kSize = std::tuple_size_v<Fields>;
  static_assert(kSize > 0, "a struct needs a bound member");

 public:
  static std::string name() { return "a struct"; }
  bool plan(RowPlan* plan, const Field& field) {
    if (field.kind != FieldKind::structure) return plan->mismatch(field, name());
    return for_each([&](auto index, auto& slot) {
      const std::string_view name = std::get<index>(kFields).name;
      const Field* child = plan->schema->child(field, name);
      bool nullable_above = false;
      if (child == nullptr && &field == &plan->schema->root()) {
        child = find_inside(*plan, name, &nullable_above);
      }
      found_[index] = child;
      if (child == nullptr) {
        const std::string above = plan->schema->element_path(field.element);
        return plan->mismatch((above.empty() ? "" : above + ".") + std::string(name),
                              "no such field", slot.name());
      }
      if (!slot.plan(plan, *child)) return false;
      using Member =
          std::remove_cvref_t<decltype(std::declval<T>().*std::get<index>(kFields).member)>;
      if (Unwrapped<Member>::is_optional || !nullable_above || child->nullable ||
          plan->nulls_as_default) {
        return true;
      }
      return plan->mismatch(*child, "one that is never null, and a struct above it may be");
    });
  }
  void attach(const Column& column) noexcept {
    for_each([&](auto index, auto& slot) {
      for (size_t i = 0; i < column.num_children(); ++i) {
        if (&column.child(i).field() == found_[index]) slot.attach(column.child(i));
      }
      return true;
    });
  }
  /// Rows. False where the batch lacks a column of the plan.
  template <class AnyBatch>
  bool attach(const AnyBatch& batch) noexcept {
    return for_each([&](auto index, auto& slot) {
      const Column* column = batch.find(*found_[index]);
      if (column != nullptr) slot.attach(*column);
      return column != nullptr;
    });
  }
  bool read(size_t i, T* out, RowProblem* problem) const {
    return read_members(i, out, problem, std::make_index_sequence<kSize>());
  }

 private:
  /// A dotted path that leads through structures only.
  static const Field* find_inside(const RowPlan& plan, std::string_view path, bool* nullable) {
    const Field* found = plan.schema->find(path);
    if (found == nullptr) return nullptr;
    for (const Field* up = plan.schema->parent(*found); up != nullptr;
         up = plan.schema->parent(*up)) {
      if (up->kind != FieldKind::structure) return nullptr;
      *nullable = *nullable || up->nullable;
    }
    return found;
  }
  /// Calls `f` for every member, whatever it says; true where it was true of all.
  template <class F>
  bool for_each(F&& f) {
    bool all = true;
    [&]<size_t... I>(std::index_sequence<I...>) {
      ((all = f(std::integral_constant<size_t, I>(), std::get<I>(slots_)) && all), ...);
    }
    (std::make_index_sequence<kSize>());
    return all;
  }
  template <size_t... I>
  bool read_members(size_t i, T* out, RowProblem* problem, std::index_sequence<I...>) const {
    return (std::get<I>(slots_).read(i, &(out->*std::get<I>(kFields).member), problem) && ...);
  }

  decltype(slots_of(std::declval<const Fields&>())) slots_;
  std::array<const Field*, kSize> found_{};
};

}  // namespace internal

}  // namespace veneer
#pragma GCC visibility pop
