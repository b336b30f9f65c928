#include "column/levels.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "base/bit_sink.h"
#include "base/bits.h"
#include "base/checked.h"
#include "base/cpu.h"
#include "base/macros.h"
#include "base/text.h"
#include "column/level_kernels.h"

namespace veneer::column {
namespace {

// The twins for levels of one byte, or null.
const LevelKernels* byte_kernels() noexcept {
  return cpu_features().avx2 ? avx2_level_kernels() : nullptr;
}

}  // namespace

Status LevelDecoder::open_v1(Encoding encoding, uint32_t max_level, size_t values,
                             std::span<const uint8_t>* body, bool lsb_first) {
  max_level_ = max_level;
  const auto width = static_cast<unsigned>(bit_width(max_level));
  if (encoding == Encoding::bit_packed) {
    // Without a length: as many bytes as the levels take (Encodings.md, BIT_PACKED).
    packed_ = true;
    size_t bits;
    if (!checked_mul(values, size_t{width}, &bits) || bytes_for_bits(bits) > body->size()) {
      return Status::corrupt("levels run past the page");
    }
    const size_t bytes = bytes_for_bits(bits);
    VENEER_CHECK(bit_packed_.init(body->first(bytes), width, lsb_first));
    *body = body->subspan(bytes);
    return {};
  }
  if (encoding != Encoding::rle) {
    return Status::corrupt(
        concat({"levels are encoded as ", to_string(encoding), ", which levels cannot be"}));
  }
  packed_ = false;
  if (body->size() < 4) return Status::corrupt("page ends before the length of its levels");
  const auto length = load_le<uint32_t>(body->data());
  if (length > body->size() - 4) {
    return Status::corrupt(concat({"levels of ", length, " bytes run past the page"}));
  }
  VENEER_CHECK(rle_.init(body->subspan(4, length), width));
  *body = body->subspan(4 + size_t{length});
  return {};
}

Status LevelDecoder::open_v2(uint32_t max_level, std::span<const uint8_t> bytes) {
  max_level_ = max_level;
  packed_ = false;
  return rle_.init(bytes, static_cast<unsigned>(bit_width(max_level)));
}

template <class Level>
Status LevelDecoder::decode(Level* out, size_t n) {
  if (packed_) {
    VENEER_CHECK(bit_packed_.decode(out, n));
  } else {
    VENEER_CHECK(rle_.decode(out, n));
  }
  // A maximum of 2^k - 1 fills its width; any other leaves room for levels that do not exist.
  if ((max_level_ & (max_level_ + 1)) != 0) {
    Level largest = 0;
    for (size_t i = 0; i < n; ++i) largest = std::max(largest, out[i]);
    if (largest > max_level_) {
      return Status::corrupt(concat({"level ", largest, " is above the maximum of ", max_level_}));
    }
  }
  return {};
}

Status LevelDecoder::decode_bitmap(uint8_t* bits, size_t begin, size_t n, size_t* ones) {
  if (!packed_) return rle_.decode_bitmap(bits, begin, n, ones);
  uint8_t block[512 + 64];
  while (n != 0) {
    const size_t now = std::min<size_t>(n, 512);
    VENEER_CHECK(bit_packed_.decode(block, now));
    for (size_t i = 0; i < now; ++i) {
      set_bit_to(bits, begin + i, block[i] != 0);
      *ones += block[i];
    }
    begin += now;
    n -= now;
  }
  return {};
}

template <class Level>
size_t count_at_least(const Level* levels, size_t n, uint32_t least) noexcept {
  // Narrow partial sums, so that the compiler keeps whole vectors of Level.
  size_t total = 0;
  const auto bound = static_cast<Level>(least);
  for (size_t i = 0; i < n;) {
    const size_t end = std::min(n, i + 255);
    Level partial = 0;
    for (; i < end; ++i) partial = static_cast<Level>(partial + (levels[i] >= bound ? 1 : 0));
    total += partial;
  }
  return total;
}

template <class Level>
size_t find_row_end(const Level* repetition, size_t n, size_t rows, size_t* found) noexcept {
  if constexpr (sizeof(Level) == 1) {
    if (const LevelKernels* k = byte_kernels()) return k->find_row_end(repetition, n, rows, found);
  }
  size_t zeros = 0;
  for (size_t i = 0; i < n; ++i) {
    if (repetition[i] == 0) {
      if (zeros == rows) {
        *found = zeros;
        return i;
      }
      ++zeros;
    }
  }
  *found = zeros;
  return n;
}

template <class Level>
bool levels_nest(const Level* repetition, const Level* definition, size_t n,
                 std::span<const uint16_t> element_levels) noexcept {
  if constexpr (sizeof(Level) == 1) {
    const LevelKernels* k = byte_kernels();
    if (k != nullptr && element_levels.size() <= LevelKernels::kMostNested + 1) {
      return k->levels_nest(repetition, definition, n, element_levels);
    }
  }
  bool good = true;
  if (n != 0) good = definition[0] >= element_levels[repetition[0]];
  if (element_levels.size() == 2) {  // one list: no table look-up, and the loop vectorises
    const auto element = static_cast<Level>(element_levels[1]);
    unsigned bad = 0;
    for (size_t i = 1; i < n; ++i) {
      const Level least = std::min(definition[i], definition[i - 1]);
      bad |= static_cast<unsigned>(repetition[i] != 0) & static_cast<unsigned>(least < element);
    }
    return good && bad == 0;
  }
  for (size_t i = 1; i < n; ++i) {
    const uint16_t element = element_levels[repetition[i]];
    good &= definition[i] >= element && definition[i - 1] >= element;
  }
  return good;
}

template <class Level>
size_t validity_from_levels(const Level* repetition, const Level* definition, size_t n,
                            uint32_t most_repetition, uint32_t slot_level, uint32_t valid_level,
                            uint8_t* bits, size_t* nulls) noexcept {
  if constexpr (sizeof(Level) == 1) {
    if (const LevelKernels* k = byte_kernels()) {
      return k->validity_from_levels(repetition, definition, n, most_repetition, slot_level,
                                     valid_level, bits, nulls);
    }
  }
  BitSink writer(bits, 0);
  size_t slots = 0;
  size_t valid = 0;
  const auto slot = static_cast<Level>(slot_level);
  const auto least = static_cast<Level>(valid_level);
  if (repetition == nullptr) {
    for (size_t i = 0; i < n; ++i) {
      const bool here = definition[i] >= slot;
      const bool good = here & (definition[i] >= least);
      writer.put(good, here);
      slots += here;
      valid += good;
    }
  } else {
    const auto most = static_cast<Level>(most_repetition);
    for (size_t i = 0; i < n; ++i) {
      const bool here = (repetition[i] <= most) & (definition[i] >= slot);
      const bool good = here & (definition[i] >= least);
      writer.put(good, here);
      slots += here;
      valid += good;
    }
  }
  writer.finish();
  *nulls = slots - valid;
  return slots;
}

template <class Level>
size_t lists_from_levels(const Level* repetition, const Level* definition, size_t n,
                         const ListLevels& list, int32_t* offsets, uint8_t* bits, size_t* nulls,
                         size_t* elements) noexcept {
  if constexpr (sizeof(Level) == 1) {
    if (const LevelKernels* k = byte_kernels()) {
      return k->lists_from_levels(repetition, definition, n, list, offsets, bits, nulls, elements);
    }
  }
  BitSink writer(bits, 0);
  size_t lists = 0;
  size_t valid = 0;
  uint32_t count = 0;
  const auto own = static_cast<Level>(list.repetition);
  const auto slot = static_cast<Level>(list.parent_element);
  const auto least = static_cast<Level>(list.valid);
  const auto element = static_cast<Level>(list.element);
  for (size_t i = 0; i < n; ++i) {
    const bool begins = (repetition[i] < own) & (definition[i] >= slot);
    const bool good = begins & (definition[i] >= least);
    offsets[lists] = static_cast<int32_t>(count);
    writer.put(good, begins);
    lists += begins;
    valid += good;
    count += (repetition[i] <= own) & (definition[i] >= element);
  }
  offsets[lists] = static_cast<int32_t>(count);
  writer.finish();
  *nulls = lists - valid;
  *elements = count;
  return lists;
}

namespace {

// Leaves of one group mostly have the same lists, and then the same entries: one look tells. False
// where that look does not tell.
bool same_entries(const uint8_t* ra, const uint8_t* da, const uint8_t* rb, const uint8_t* db,
                  size_t n, uint32_t definition) noexcept {
  const auto most = static_cast<uint8_t>(definition);
  uint8_t differ = 0;
  for (size_t i = 0; i < n; ++i) {
    differ |= static_cast<uint8_t>(ra[i] ^ rb[i]);
    differ |= static_cast<uint8_t>(std::min(da[i], most) ^ std::min(db[i], most));
  }
  return differ == 0;
}

// Levels of either width; those that are not there are all `absent`.
uint32_t level_at(const void* levels, bool wide, size_t i, uint32_t absent) noexcept {
  if (levels == nullptr) return absent;
  return wide ? static_cast<const uint16_t*>(levels)[i] : static_cast<const uint8_t*>(levels)[i];
}

}  // namespace

bool same_ancestors(const LevelsView& a, const LevelsView& b, uint32_t repetition,
                    uint32_t definition) noexcept {
  const bool all_there = a.repetition != nullptr && a.definition != nullptr &&
                         b.repetition != nullptr && b.definition != nullptr;
  if (all_there && a.size == b.size && !a.wide && !b.wide &&
      same_entries(static_cast<const uint8_t*>(a.repetition),
                   static_cast<const uint8_t*>(a.definition),
                   static_cast<const uint8_t*>(b.repetition),
                   static_cast<const uint8_t*>(b.definition), a.size, definition)) {
    return true;
  }
  // The next entry that begins something in one of the ancestors; -1 at the end.
  const auto next = [repetition](const LevelsView& of, size_t* i) -> int64_t {
    for (; *i < of.size; ++*i) {
      const uint32_t level = level_at(of.repetition, of.wide, *i, 0);
      if (level <= repetition) return level;
    }
    return -1;
  };
  const auto defined = [definition](const LevelsView& of, size_t i) {
    return std::min(level_at(of.definition, of.wide, i, definition), definition);
  };
  for (size_t i = 0, j = 0;; ++i, ++j) {
    const int64_t left = next(a, &i);
    if (left != next(b, &j)) return false;
    if (left < 0) return true;
    if (defined(a, i) != defined(b, j)) return false;
  }
}

#define VENEER_INSTANTIATE(Level)                                                              \
  template Status LevelDecoder::decode(Level*, size_t);                                        \
  template size_t count_at_least(const Level*, size_t, uint32_t) noexcept;                     \
  template size_t find_row_end(const Level*, size_t, size_t, size_t*) noexcept;                \
  template bool levels_nest(const Level*, const Level*, size_t,                                \
                            std::span<const uint16_t>) noexcept;                               \
  template size_t validity_from_levels(const Level*, const Level*, size_t, uint32_t, uint32_t, \
                                       uint32_t, uint8_t*, size_t*) noexcept;                  \
  template size_t lists_from_levels(const Level*, const Level*, size_t, const ListLevels&,     \
                                    int32_t*, uint8_t*, size_t*, size_t*) noexcept;
VENEER_INSTANTIATE(uint8_t)
VENEER_INSTANTIATE(uint16_t)
#undef VENEER_INSTANTIATE

}  // namespace veneer::column
