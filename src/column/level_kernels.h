// What levels.cc reads out of levels of one byte, 64 at a time: the twins of its loops, which are
// their specification.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "column/levels.h"

namespace veneer::column {

/// Contracts as those of the functions of the same names in levels.h. No input is read past its
/// end.
struct LevelKernels {
  size_t (*find_row_end)(const uint8_t* repetition, size_t n, size_t rows, size_t* found) noexcept;
  /// Of at most kMostNested lists.
  bool (*levels_nest)(const uint8_t* repetition, const uint8_t* definition, size_t n,
                      std::span<const uint16_t> element_levels) noexcept;
  size_t (*validity_from_levels)(const uint8_t* repetition, const uint8_t* definition, size_t n,
                                 uint32_t most_repetition, uint32_t slot_level,
                                 uint32_t valid_level, uint8_t* bits, size_t* nulls) noexcept;
  size_t (*lists_from_levels)(const uint8_t* repetition, const uint8_t* definition, size_t n,
                              const ListLevels& list, int32_t* offsets, uint8_t* bits,
                              size_t* nulls, size_t* elements) noexcept;
  static constexpr size_t kMostNested = 8;
};

/// Null where this build has none. To be called only where cpu_features().avx2 holds.
const LevelKernels* avx2_level_kernels() noexcept;

}  // namespace veneer::column
