// RLE_DICTIONARY and PLAIN_DICTIONARY data pages: indices into the chunk's dictionary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "encoding/rle.h"
#include "veneer/status.h"

namespace veneer::encoding {

/// Encodings.md, "DICTIONARY": one byte of bit width, then the RLE hybrid. Empty bytes are a page
/// without values.
///
/// The bytes are not copied: they must outlive the decoder and be readable for 64 bytes behind
/// their end. Outputs have room for 64 bytes behind the last value. No memory is taken. An index
/// that the dictionary does not have is corrupt. After an error the decoder is spent.
class DictionaryIndexDecoder {
 public:
  Status init(std::span<const uint8_t> bytes);

  /// The dictionary's elements of the next n indices. T is trivially copyable.
  template <class T>
  Status decode(T* out, size_t n, const T* dictionary, size_t dictionary_size) {
    static_assert(std::is_trivially_copyable_v<T>);
    return decode_bytes(out, n, dictionary, dictionary_size, sizeof(T));
  }
  /// The same for elements of any number of bytes.
  Status decode_bytes(void* out, size_t n, const void* dictionary, size_t dictionary_size,
                      size_t width);
  /// The next n indices, each below dictionary_size.
  Status decode_indices(uint32_t* out, size_t n, size_t dictionary_size);
  /// Indices that are skipped are not checked.
  Status skip(size_t n) { return rle_.skip(n); }

  unsigned bit_width() const noexcept { return rle_.bit_width(); }

 private:
  template <class Index>
  Status decode_elements(uint8_t* out, size_t n, const uint8_t* dictionary, size_t size,
                         size_t width);

  RleDecoder rle_;
};

}  // namespace veneer::encoding
