#include "encoding/plain.h"

#include <bit>
#include <cstring>
#include <string>

#include "base/bits.h"
#include "base/checked.h"
#include "base/text.h"
#include "encoding/bit_unpack.h"
#include "encoding/errors.h"
#include "encoding/view.h"

namespace veneer::encoding {
namespace {

template <class T>
void swap_words(void* values, size_t bytes) noexcept {
  auto* p = static_cast<uint8_t*>(values);
  for (size_t i = 0; i + sizeof(T) <= bytes; i += sizeof(T)) {
    const T word = load_le<T>(p + i);
    std::memcpy(p + i, &word, sizeof(T));
  }
}

}  // namespace

void to_native(Words words, void* values, size_t bytes) noexcept {
  if constexpr (std::endian::native == std::endian::little) return;
  switch (words) {
    case Words::bytes: return;
    case Words::two: return swap_words<uint16_t>(values, bytes);
    case Words::four: return swap_words<uint32_t>(values, bytes);
    case Words::eight: return swap_words<uint64_t>(values, bytes);
  }
}

Status PlainFixedDecoder::init(std::span<const uint8_t> bytes, size_t width, Words words) {
  if (width % static_cast<size_t>(words) != 0) {
    return Status::invalid_argument("a value is not made of whole words");
  }
  bytes_ = bytes;
  position_ = 0;
  width_ = width;
  words_ = words;
  return {};
}

size_t PlainFixedDecoder::values_left() const noexcept {
  return width_ == 0 ? SIZE_MAX : (bytes_.size() - position_) / width_;
}

Status PlainFixedDecoder::decode(void* out, size_t n) {
  const uint8_t* from = data();
  if (Status s = skip(n); !s.ok()) return s;
  const size_t bytes = n * width_;
  if (bytes == 0) return {};
  std::memcpy(out, from, bytes);
  to_native(words_, out, bytes);
  return {};
}

Status PlainFixedDecoder::skip(size_t n) {
  if (const size_t left = values_left(); n > left) return ends_early("values", left, n);
  position_ += n * width_;
  return {};
}

Status PlainBooleanDecoder::init(std::span<const uint8_t> bytes) {
  bytes_ = bytes;
  bit_ = 0;
  return {};
}

Status PlainBooleanDecoder::check(size_t n) const {
  const uint64_t left = uint64_t{bytes_.size()} * 8 - bit_;
  return n <= left ? Status() : ends_early("booleans", left, n);
}

Status PlainBooleanDecoder::decode(uint8_t* out, size_t n) {
  if (Status s = check(n); !s.ok()) return s;
  unpack(bytes_.data(), bit_, 1, out, n);
  bit_ += n;
  return {};
}

Status PlainBooleanDecoder::skip(size_t n) {
  if (Status s = check(n); !s.ok()) return s;
  bit_ += n;
  return {};
}

Status PlainBinaryDecoder::init(std::span<const uint8_t> bytes) {
  bytes_ = bytes;
  position_ = 0;
  return {};
}

Status PlainBinaryDecoder::failure(size_t position, size_t done, size_t asked) const {
  const size_t left = bytes_.size() - position;
  if (left < 4) return ends_early("strings", done, asked);
  return corrupt_at(concat({"a string of ", load_le<uint32_t>(bytes_.data() + position),
                            " bytes has only ", left - 4}),
                    position);
}

// The next length is known only once the last one is: the loop is bound by that chain of a load and
// an addition, about 5 cycles, under which the branch-free making of the view hides.
Status PlainBinaryDecoder::decode(BinaryView* out, size_t n, uint32_t buffer_index,
                                  int64_t base_offset) {
  const uint8_t* const data = bytes_.data();
  const uint64_t size = bytes_.size();
  const auto base = static_cast<uint32_t>(base_offset + 4);
  uint64_t position = position_;
  if (n != 0 && size == 0) return failure(0, 0, n);
  for (size_t i = 0; i < n; ++i) {
    // With less than four bytes left the length is read from the padding and cannot fit.
    const uint8_t* p = data + static_cast<size_t>(position);
    // A memory map's bytes lie in no cache yet: uncompressed lineitem takes 7 hundredths less.
    __builtin_prefetch(p + 1024);
    const uint32_t length = load_le<uint32_t>(p);
    const uint64_t end = position + 4 + length;
    if (end > size) [[unlikely]]
      return failure(static_cast<size_t>(position), i, n);
    store_view(p + 4, length, buffer_index, base + static_cast<uint32_t>(position), out + i);
    position = end;
  }
  if (narrow<int64_t>(position) + base_offset > UINT32_MAX) return offset_overflow();
  position_ = static_cast<size_t>(position);
  return {};
}

Status PlainBinaryDecoder::skip(size_t n) {
  const uint64_t size = bytes_.size();
  for (size_t i = 0; i < n; ++i) {
    const size_t left = bytes_.size() - position_;
    if (left < 4) return failure(position_, i, n);
    const uint64_t end = position_ + 4 + uint64_t{load_le<uint32_t>(bytes_.data() + position_)};
    if (end > size) return failure(position_, i, n);
    position_ = static_cast<size_t>(end);
  }
  return {};
}

}  // namespace veneer::encoding
