// Sorting by the C library: std::sort brings 700 bytes of code for each type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <type_traits>

namespace veneer {

/// Ascending by the int64_t that each record begins with; equal ones in any order.
template <class Record>
void sort_by_first_member(std::span<Record> records) noexcept {
  static_assert(std::is_trivially_copyable_v<Record> && std::is_standard_layout_v<Record>);
  if (records.size() < 2) return;
  std::qsort(records.data(), records.size(), sizeof(Record), [](const void* a, const void* b) {
    int64_t left, right;
    std::memcpy(&left, a, sizeof(left));
    std::memcpy(&right, b, sizeof(right));
    return static_cast<int>(left > right) - static_cast<int>(left < right);
  });
}

}  // namespace veneer
