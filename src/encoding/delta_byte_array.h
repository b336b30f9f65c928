// DELTA_BYTE_ARRAY: each value is a prefix of the one before it and a suffix of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/memory.h"
#include "encoding/delta.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::encoding {

/// Encodings.md, "DELTASTRING", for BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY.
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. Values are put together in memory of the caller. The decoder itself holds one value,
/// charged to the pool. After an error it is spent. Move-only.
class DeltaByteArrayDecoder {
 public:
  /// May be called again for the next page; a previous value set before is forgotten.
  [[gnu::cold]] Status init(std::span<const uint8_t> bytes, MemoryPool* pool);
  /// The header's value count: a claim.
  size_t value_count() const noexcept { return prefixes_.value_count(); }

  /// parquet-mr before 1.8 let the first value of a page refer to the last one of the page before
  /// (PARQUET-246). A caller that knows such a writer hands it on, between init and the first
  /// value; for all others the first prefix must be empty.
  Status set_previous(std::span<const uint8_t> value);
  /// The last value given; valid until the next call.
  std::span<const uint8_t> previous() const noexcept { return last_.bytes(); }

  /// The bytes that the next n values take together. Consumes nothing. Values may share prefixes,
  /// so that the sum can be far above the size of the page: check it before taking memory for it.
  Status peek_bytes(size_t n, uint64_t* total) const;
  /// Puts the next n values together back to back in `arena`, which has room for what peek_bytes
  /// gave and 64 bytes more; bytes behind the last value are unspecified afterwards. Long views
  /// point into buffer `buffer_index`, in which `arena` lies at `arena_offset`; over_limit where
  /// that goes beyond 32 bits.
  Status decode(size_t n, uint8_t* arena, uint32_t buffer_index, uint32_t arena_offset,
                BinaryView* out);
  /// The next n values, each of which must have `width` bytes, back to back; out has room for 64
  /// bytes more.
  Status decode_fixed(uint8_t* out, size_t n, size_t width);
  Status skip(size_t n);

 private:
  struct Lengths;
  /// The next lengths, taken from `prefixes` and `suffixes`.
  static Status next_lengths(DeltaDecoder<int32_t>* prefixes, DeltaDecoder<int32_t>* suffixes,
                             size_t n, Lengths* lengths);
  Status keep(const uint8_t* value, size_t length);

  DeltaDecoder<int32_t> prefixes_;
  DeltaDecoder<int32_t> suffixes_;
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;  // of the next suffix
  Buffer last_;
};

}  // namespace veneer::encoding
