// What one leaf of a batch decodes to. Reused from batch to batch: clearing keeps the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/memory.h"
#include "base/pool_array.h"
#include "veneer/column.h"

namespace veneer::column {

/// The decoded entries of a dictionary page, shared by all batches that point into it.
struct Dictionary {
  size_t size = 0;
  SharedBuffer values;             ///< size × value width; BinaryViews for binary
  std::span<const uint8_t> bytes;  ///< what the views point into (buffer 0), for binary
  SharedBuffer bytes_owner;        ///< keeps `bytes` where they are not stable
  explicit operator bool() const noexcept { return static_cast<bool>(values); }
};

struct LeafData {
  explicit LeafData(MemoryPool* pool) noexcept
      : dense(pool),
        spread(pool),
        validity(pool),
        repetition_levels(pool),
        definition_levels(pool),
        buffers(pool),
        owners(pool) {}

  // Filled by LeafReader::read.
  Buffer dense;              ///< the non-null values, one after the other
  Buffer spread;             ///< the values with their nulls, where there are any
  Buffer validity;           ///< one bit a slot; meaningful where null_count != 0
  Buffer repetition_levels;  ///< uint8_t or uint16_t (wide_levels) each; empty for flat leaves
  Buffer definition_levels;
  bool wide_levels = false;
  bool has_levels = false;     ///< false where validity was decoded without going through levels
  size_t levels = 0;           ///< entries of the level arrays
  size_t slots = 0;            ///< entries of the leaf: values and nulls, without empty lists
  size_t null_count = 0;       ///< of the slots
  size_t spread_slots = 0;     ///< slots that spread already has; dense then holds none of them
  bool is_dictionary = false;  ///< dense and spread hold int32_t indices into `dictionary`
  Dictionary dictionary;
  int64_t dictionary_buffer = -1;  ///< among the buffers; below zero: no view points into it
  /// What views point into, and who keeps it alive (empty where it is stable).
  PoolArray<std::span<const uint8_t>> buffers;
  PoolArray<SharedBuffer> owners;

  /// slots × value width (bits for booleans), nulls zero.
  const Buffer& values() const noexcept { return null_count != 0 || packed ? spread : dense; }
  bool packed = false;  ///< booleans: spread holds them as bits

  /// Empties it for the next batch; buffers are kept, references to pages are let go.
  void clear() noexcept {
    dense.clear();
    spread.clear();
    validity.clear();
    repetition_levels.clear();
    definition_levels.clear();
    has_levels = is_dictionary = packed = false;
    levels = slots = null_count = spread_slots = 0;
    dictionary = Dictionary();
    dictionary_buffer = -1;
    buffers.clear();
    owners.clear();
  }

  /// The new buffer's index, for views.
  Result<uint32_t> add_buffer(std::span<const uint8_t> bytes, SharedBuffer owner) {
    if (Status s = buffers.push_back(bytes); !s.ok()) return s;
    if (Status s = owners.push_back(std::move(owner)); !s.ok()) {
      buffers.truncate(buffers.size() - 1);
      return s;
    }
    return static_cast<uint32_t>(buffers.size() - 1);
  }
};

}  // namespace veneer::column
