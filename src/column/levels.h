// Repetition and definition levels: decoding them from a page, and reading shapes out of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoding/bit_packed_levels.h"
#include "encoding/rle.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::column {

/// Decodes one kind of level of one page. Levels above the maximum are `corrupt`.
class LevelDecoder {
 public:
  /// A data page V1: takes the levels' bytes (and their length prefix) off the front of `body`.
  /// `values` is the number of levels of the page; see BitPackedDecoder for `lsb_first`.
  Status open_v1(Encoding encoding, uint32_t max_level, size_t values,
                 std::span<const uint8_t>* body, bool lsb_first = false);
  /// A data page V2: RLE without a prefix, all of `bytes`.
  Status open_v2(uint32_t max_level, std::span<const uint8_t> bytes);

  /// The next `n` levels; Level is uint8_t or uint16_t and holds the maximum.
  template <class Level>
  Status decode(Level* out, size_t n);
  /// The next `n` levels of maximum 1 as bits [begin, begin + n); adds the ones to *ones.
  Status decode_bitmap(uint8_t* bits, size_t begin, size_t n, size_t* ones);

 private:
  uint32_t max_level_ = 0;
  bool packed_ = false;
  encoding::RleDecoder rle_;
  encoding::BitPackedDecoder bit_packed_;
};

/// How many of `n` levels are at least `least`.
template <class Level>
size_t count_at_least(const Level* levels, size_t n, uint32_t least) noexcept;

/// Where, among `n` repetition levels, the row after the next `rows` begins: the index of the
/// (rows + 1)-th zero, or n. Sets *found to the zeros before that index.
template <class Level>
size_t find_row_end(const Level* repetition, size_t n, size_t rows, size_t* found) noexcept;

/// True where every entry that repeats at level k has an element of the k-th list, and continues a
/// list that had one: the rule without which lists would gain or lose elements. `element_levels[k]`
/// is the definition level from which an element of the k-th list exists (0 for k = 0).
template <class Level>
bool levels_nest(const Level* repetition, const Level* definition, size_t n,
                 std::span<const uint16_t> element_levels) noexcept;

/// Compacts to slots: for each entry whose repetition level is at most `most_repetition` and whose
/// definition level is at least `slot_level`, one validity bit: definition level >= `valid_level`.
/// `repetition` may be null where there are no lists. Returns the slots; *nulls counts the zero
/// bits. `bits` has room for one bit an entry and 8 bytes more.
template <class Level>
size_t validity_from_levels(const Level* repetition, const Level* definition, size_t n,
                            uint32_t most_repetition, uint32_t slot_level, uint32_t valid_level,
                            uint8_t* bits, size_t* nulls) noexcept;

/// The shape of a list or map from the levels of one leaf below it.
struct ListLevels {
  uint32_t repetition;      ///< its own repetition level, at least 1
  uint32_t parent_element;  ///< a slot exists from this definition level on
  uint32_t valid;           ///< the list is not null from here on
  uint32_t element;         ///< an element exists from here on
};
/// Writes size + 1 offsets and a validity bit a list. `offsets` has room for n + 1 entries, `bits`
/// for n bits and 8 bytes more. Returns the number of lists; *elements gets the last offset.
template <class Level>
size_t lists_from_levels(const Level* repetition, const Level* definition, size_t n,
                         const ListLevels& list, int32_t* offsets, uint8_t* bits, size_t* nulls,
                         size_t* elements) noexcept;

/// True where two leaves tell the same of their nearest common ancestor: over the entries that
/// repeat at most at `repetition`, equal repetition levels and equal definition levels, those from
/// `definition` on being alike. The level arrays may be of either width.
struct LevelsView {
  const void* repetition = nullptr;  ///< null where the leaf has no lists
  const void* definition = nullptr;  ///< null where the leaf is required all the way
  size_t size = 0;
  bool wide = false;
};
bool same_ancestors(const LevelsView& a, const LevelsView& b, uint32_t repetition,
                    uint32_t definition) noexcept;

}  // namespace veneer::column
