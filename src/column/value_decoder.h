// The values of one data page: chooses the encoding once a page, then decodes in bulk.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/memory.h"
#include "column/kept_buffers.h"
#include "column/leaf_data.h"
#include "encoding/alp.h"
#include "encoding/byte_stream_split.h"
#include "encoding/delta.h"
#include "encoding/delta_byte_array.h"
#include "encoding/delta_length.h"
#include "encoding/dictionary.h"
#include "encoding/plain.h"
#include "encoding/rle.h"
#include "veneer/column.h"
#include "veneer/schema.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::column {

/// How a leaf's values lie in memory; made once a leaf.
struct ValueLayout {
  PhysicalType type = PhysicalType::int32;
  ValueKind kind = ValueKind::int32;
  size_t width = 4;            ///< of one decoded value; 1 for booleans until they are packed
  size_t stored_width = 4;     ///< PLAIN bytes of one value; 0 for BYTE_ARRAY and BOOLEAN
  bool decimal_bytes = false;  ///< big-endian bytes that become integers of `width` bytes

  static ValueLayout of(const Leaf& leaf) noexcept;
  bool is_binary() const noexcept { return kind == ValueKind::binary; }
};

/// Whether views made from a page of this encoding point into the page's own bytes.
bool views_point_into_page(const ValueLayout& layout, Encoding encoding) noexcept;
bool is_dictionary_encoding(Encoding encoding) noexcept;

class ValueDecoder {
 public:
  /// `carry_prefix`: the first value of a DELTA_BYTE_ARRAY page may begin with the last value of
  /// the page before (PARQUET-246: parquet-mr before 1.8).
  /// A string of over `longest_string` bytes is over_limit.
  ValueDecoder(const ValueLayout& layout, MemoryPool* pool, bool carry_prefix,
               int64_t longest_string) noexcept;

  /// Starts on the values of a page. `owner` keeps `bytes` alive where views will point into them.
  /// `dictionary` is the chunk's, or empty; it must outlive the page.
  Status open(Encoding encoding, std::span<const uint8_t> bytes, SharedBuffer owner,
              const Dictionary* dictionary);
  /// A chunk begins: forgets what DELTA_BYTE_ARRAY carries from page to page.
  void begin_chunk() noexcept {
    if (carry_prefix_) delta_bytes_ = encoding::DeltaByteArrayDecoder();
  }
  /// A batch begins: its buffers are not those of the last one.
  void begin_batch() noexcept { buffer_index_ = -1; }
  bool is_dictionary_encoded() const noexcept { return is_dictionary_encoding(encoding_); }

  /// Whether values may be asked for in small numbers: DELTA_BYTE_ARRAY makes a buffer for each.
  bool in_blocks() const noexcept { return encoding_ != Encoding::delta_byte_array; }

  /// Whether values are given as the page has them, so that they need no decoding.
  bool in_place() const noexcept {
    return encoding_ == Encoding::plain && !layout_.decimal_bytes &&
           layout_.stored_width == layout_.width && std::endian::native == std::endian::little;
  }
  /// The next `n` values in the page, at any alignment; readable for 64 bytes behind their end.
  Result<const uint8_t*> take(size_t n) {
    const uint8_t* values = plain_fixed_.data();
    if (Status s = plain_fixed_.skip(n); !s.ok()) return s;
    return values;
  }

  /// Appends the next `n` values to out->dense. Where out->is_dictionary they are indices.
  Status decode(size_t n, LeafData* out);
  Status skip(size_t n);

 private:
  Status open_boolean_rle(std::span<const uint8_t> bytes);
  Status open_delta_byte_array(std::span<const uint8_t> bytes);
  Status decode_entries(size_t n, LeafData* data, void* out);
  Status decode_stored(size_t n, uint8_t* out);
  Status decode_views(size_t n, LeafData* data, BinaryView* out);
  Status make_views(size_t n, LeafData* data, BinaryView* out);
  Status decode_decimals(size_t n, LeafData* data, uint8_t* out);
  Status unsupported() const;
  template <class Decoder>
  Status views_into_page(Decoder* decoder, size_t n, LeafData* data, BinaryView* out);

  ValueLayout layout_;
  MemoryPool* pool_;
  bool carry_prefix_;
  int64_t longest_string_;
  Encoding encoding_ = Encoding::plain;
  std::span<const uint8_t> bytes_;
  SharedBuffer owner_;
  const Dictionary* dictionary_ = nullptr;
  int64_t buffer_index_ = -1;  // of the part of the page that the batch's views point into
  size_t buffer_begin_ = 0;    // where in the page it begins
  Buffer scratch_;             // what is converted before it is given: decimals' bytes or views
  KeptBuffers joined_;         // values of DELTA_BYTE_ARRAY, put together
  Buffer previous_;            // carries the last value of one DELTA_BYTE_ARRAY page to the next

  encoding::PlainFixedDecoder plain_fixed_;
  encoding::PlainBooleanDecoder plain_boolean_;
  encoding::PlainBinaryDecoder plain_binary_;
  encoding::RleDecoder rle_;
  encoding::DictionaryIndexDecoder indices_;
  encoding::DeltaDecoder<int32_t> delta32_;
  encoding::DeltaDecoder<int64_t> delta64_;
  encoding::DeltaLengthDecoder delta_length_;
  encoding::DeltaByteArrayDecoder delta_bytes_;
  encoding::ByteStreamSplitDecoder streams_;
  encoding::AlpDecoder<float> alp32_;
  encoding::AlpDecoder<double> alp64_;
};

/// Decodes a dictionary page's `n` PLAIN entries.
Status decode_dictionary(const ValueLayout& layout, MemoryPool* pool,
                         std::span<const uint8_t> bytes, SharedBuffer owner, size_t n,
                         int64_t longest_string, Dictionary* out);

/// Booleans are decoded one byte each; Arrow wants bits. Packs the first `n` values (of spread
/// where there are nulls, else of dense) into data->spread; nothing for other kinds.
Status pack_booleans(const ValueLayout& layout, size_t n, LeafData* data);

}  // namespace veneer::column
