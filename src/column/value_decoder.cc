#include "column/value_decoder.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/bits.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "encoding/decimal.h"
#include "encoding/view.h"

namespace veneer::column {
namespace {

using encoding::Words;

// Values converted at once: small enough for the first-level cache.
constexpr size_t kDecimalsAtOnce = 1024;
// One piece of memory for DELTA_BYTE_ARRAY's strings; views reach 32 bits far.
constexpr uint64_t kArenaMost = uint64_t{1} << 30;

Words words_of(PhysicalType type) noexcept {
  switch (type) {
    case PhysicalType::int64:
    case PhysicalType::float64: return Words::eight;
    case PhysicalType::fixed_len_byte_array:
    case PhysicalType::byte_array:
    case PhysicalType::boolean: return Words::bytes;
    default: return Words::four;
  }
}

// The kind and width of the integers that a decimal's bytes become.
void decimal_layout(const Leaf& leaf, ValueLayout* layout) noexcept {
  const bool fixed = leaf.physical_type == PhysicalType::fixed_len_byte_array;
  const int32_t precision = leaf.logical.precision;
  // A fixed width holds what it holds, whatever the precision says; a BYTE_ARRAY is as wide as its
  // precision needs: 10^38 - 1 takes 128 bits, 10^76 - 1 takes 256.
  const int32_t width = fixed ? leaf.type_length
                              : (precision <= 38   ? 16
                                 : precision <= 76 ? 32
                                                   : 33);
  if (width > 32 || width == 0) return;
  layout->decimal_bytes = true;
  layout->kind = width <= 4    ? ValueKind::int32
                 : width <= 8  ? ValueKind::int64
                 : width <= 16 ? ValueKind::int128
                               : ValueKind::int256;
  layout->width = width <= 4 ? 4 : width <= 8 ? 8 : width <= 16 ? 16 : 32;
}

bool decimals_from_fixed(const ValueLayout& layout, const uint8_t* in, size_t n,
                         uint8_t* out) noexcept {
  void* to = out;
  switch (layout.kind) {
    case ValueKind::int32:
      return encoding::fixed_decimals(in, layout.stored_width, n, static_cast<int32_t*>(to));
    case ValueKind::int64:
      return encoding::fixed_decimals(in, layout.stored_width, n, static_cast<int64_t*>(to));
    case ValueKind::int128:
      return encoding::fixed_decimals(in, layout.stored_width, n, static_cast<Int128*>(to));
    default: return encoding::fixed_decimals(in, layout.stored_width, n, static_cast<Int256*>(to));
  }
}

template <class T>
bool decimals_from_views(std::span<const BinaryView> views,
                         std::span<const std::span<const uint8_t>> buffers, T* out) noexcept {
  for (size_t i = 0; i < views.size(); ++i) {
    const BinaryView& view = views[i];
    const void* bytes = view.is_inline() ? static_cast<const void*>(view.inlined)
                                         : buffers[view.ref.buffer].data() + view.ref.offset;
    if (!encoding::decimal_from_bytes({static_cast<const uint8_t*>(bytes), view.length}, out + i)) {
      return false;
    }
  }
  return true;
}

Status too_wide(const ValueLayout& layout) {
  return Status::corrupt(
      concat({"a decimal is wider than the ", layout.width, " bytes that its precision needs"}));
}

Status convert_views(const ValueLayout& layout, std::span<const BinaryView> views,
                     std::span<const std::span<const uint8_t>> buffers, uint8_t* out) {
  void* to = out;
  const bool fit = layout.kind == ValueKind::int128
                       ? decimals_from_views(views, buffers, static_cast<Int128*>(to))
                       : decimals_from_views(views, buffers, static_cast<Int256*>(to));
  return fit ? Status() : too_wide(layout);
}

// Whether RLE runs of booleans fill these bytes to the last one. No writer makes runs of nothing.
bool are_boolean_runs(std::span<const uint8_t> bytes) noexcept {
  ByteCursor cursor(bytes);
  while (cursor.remaining() != 0) {
    uint64_t header;
    if (!cursor.read_varint(&header) || header < 2) return false;
    const uint64_t body = (header & 1) == 0 ? 1 : header >> 1;
    if (body > cursor.remaining() || ((header & 1) == 0 && *cursor.data() > 1)) return false;
    if (!cursor.skip(static_cast<size_t>(body))) return false;
  }
  return true;
}

}  // namespace

ValueLayout ValueLayout::of(const Leaf& leaf) noexcept {
  ValueLayout layout;
  layout.type = leaf.physical_type;
  auto fixed = [&layout](ValueKind value_kind, size_t bytes) {
    layout.kind = value_kind;
    layout.width = layout.stored_width = bytes;
  };
  const bool decimal = leaf.logical.is(LogicalKind::decimal);
  switch (leaf.physical_type) {
    case PhysicalType::boolean:
      fixed(ValueKind::boolean, 1);
      layout.stored_width = 0;
      break;
    case PhysicalType::int32: fixed(ValueKind::int32, 4); break;
    case PhysicalType::int64: fixed(ValueKind::int64, 8); break;
    case PhysicalType::int96: fixed(ValueKind::int96, 12); break;
    case PhysicalType::float32: fixed(ValueKind::float32, 4); break;
    case PhysicalType::float64: fixed(ValueKind::float64, 8); break;
    case PhysicalType::byte_array:
      fixed(ValueKind::binary, sizeof(BinaryView));
      layout.stored_width = 0;
      if (decimal) decimal_layout(leaf, &layout);
      break;
    case PhysicalType::fixed_len_byte_array:
      fixed(ValueKind::fixed_bytes, narrow<size_t>(leaf.type_length));
      if (decimal) decimal_layout(leaf, &layout);
      break;
  }
  return layout;
}

bool is_dictionary_encoding(Encoding encoding) noexcept {
  return encoding == Encoding::rle_dictionary || encoding == Encoding::plain_dictionary;
}

bool views_point_into_page(const ValueLayout& layout, Encoding encoding) noexcept {
  return layout.is_binary() &&
         (encoding == Encoding::plain || encoding == Encoding::delta_length_byte_array);
}

ValueDecoder::ValueDecoder(const ValueLayout& layout, MemoryPool* pool, bool carry_prefix,
                           int64_t longest_string) noexcept
    : layout_(layout),
      pool_(pool),
      carry_prefix_(carry_prefix),
      longest_string_(longest_string),
      scratch_(pool),
      joined_(pool),
      previous_(pool) {}

Status ValueDecoder::unsupported() const {
  return Status::unsupported(
      concat({to_string(layout_.type), " values encoded as ", to_string(encoding_), " (",
              static_cast<int>(encoding_), ")"}));
}

Status ValueDecoder::open(Encoding encoding, std::span<const uint8_t> bytes, SharedBuffer owner,
                          const Dictionary* dictionary) {
  encoding_ = encoding;
  bytes_ = bytes;
  owner_ = std::move(owner);
  dictionary_ = dictionary;
  buffer_index_ = -1;
  const PhysicalType type = layout_.type;
  const bool variable = type == PhysicalType::byte_array;
  const bool fixed_bytes = type == PhysicalType::fixed_len_byte_array;
  switch (encoding) {
    case Encoding::plain:
      if (type == PhysicalType::boolean) return plain_boolean_.init(bytes);
      if (variable) return plain_binary_.init(bytes);
      return plain_fixed_.init(bytes, layout_.stored_width, words_of(type));
    case Encoding::plain_dictionary:
    case Encoding::rle_dictionary:
      // Without a dictionary any index is refused as it is met: none is below 0 entries. A page of
      // nulls alone has no indices, and may come without.
      return indices_.init(bytes);
    case Encoding::rle:
      if (type == PhysicalType::boolean) return open_boolean_rle(bytes);
      return unsupported();
    case Encoding::delta_binary_packed:
      if (type == PhysicalType::int32) return delta32_.init(bytes);
      if (type == PhysicalType::int64) return delta64_.init(bytes);
      return unsupported();
    case Encoding::delta_length_byte_array:
      return variable ? delta_length_.init(bytes) : unsupported();
    case Encoding::delta_byte_array:
      return variable || fixed_bytes ? open_delta_byte_array(bytes) : unsupported();
    case Encoding::byte_stream_split: {
      const size_t width = layout_.stored_width;
      if (width == 0 || type == PhysicalType::int96) return unsupported();
      if (bytes.size() % width != 0) {
        return Status::corrupt(concat(
            {"byte stream split of ", bytes.size(), " bytes is no multiple of the width ", width}));
      }
      return streams_.init(bytes, bytes.size() / width, width, words_of(type));
    }
    case Encoding::alp:
      if (type == PhysicalType::float32) return alp32_.init(bytes, pool_);
      if (type == PhysicalType::float64) return alp64_.init(bytes, pool_);
      return unsupported();
    default: return unsupported();
  }
}

// Encodings.md wants a four-byte length before RLE booleans, in pages V1 and V2 alike; some writers
// leave it out. A length that fits the page tells, then runs that do; what is neither is refused,
// as it would otherwise give wrong values.
Status ValueDecoder::open_boolean_rle(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return rle_.init(bytes, 1);
  const size_t after = bytes.size() < 4 ? 0 : bytes.size() - 4;
  const size_t length = bytes.size() < 4 ? SIZE_MAX : load_le<uint32_t>(bytes.data());
  if (length == after) return rle_.init(bytes.subspan(4), 1);
  if (are_boolean_runs(bytes)) return rle_.init(bytes, 1);
  if (length < after) return rle_.init(bytes.subspan(4, length), 1);
  return Status::corrupt("booleans are neither runs nor runs after their length");
}

Status ValueDecoder::open_delta_byte_array(std::span<const uint8_t> bytes) {
  if (carry_prefix_) {
    const std::span<const uint8_t> last = delta_bytes_.previous();
    previous_.clear();
    VENEER_CHECK(previous_.append(last.data(), last.size()));
  }
  VENEER_CHECK(delta_bytes_.init(bytes, pool_));
  return carry_prefix_ && !previous_.empty() ? delta_bytes_.set_previous(previous_.bytes())
                                             : Status();
}

// A batch's buffer is what its views reach of the page, and no more: who copies a batch whole, or
// looks at all its bytes, would otherwise do so with the page for each of the batches in it.
template <class Decoder>
Status ValueDecoder::views_into_page(Decoder* decoder, size_t n, LeafData* data, BinaryView* out) {
  if (buffer_index_ < 0) {
    buffer_begin_ = decoder->position();
    VENEER_TRY(buffer_index_, data->add_buffer({}, owner_));
  }
  VENEER_CHECK(
      decoder->decode(out, n, narrow<uint32_t>(buffer_index_), -narrow<int64_t>(buffer_begin_)));
  data->buffers[narrow<size_t>(buffer_index_)] =
      bytes_.subspan(buffer_begin_, decoder->position() - buffer_begin_);
  return {};
}

Status ValueDecoder::decode(size_t n, LeafData* out) {
  const size_t width = out->is_dictionary ? sizeof(int32_t) : layout_.width;
  const size_t filled = out->dense.size();
  size_t bytes;
  if (!checked_mul(n, width, &bytes) || !checked_add(bytes, filled, &bytes)) {
    return Status::over_limit("values of a batch overflow");
  }
  VENEER_CHECK(out->dense.resize(bytes));
  uint8_t* to = out->dense.data() + filled;
  if (is_dictionary_encoded()) return decode_entries(n, out, to);
  if (layout_.is_binary()) {
    return decode_views(n, out, static_cast<BinaryView*>(static_cast<void*>(to)));
  }
  if (layout_.decimal_bytes) return decode_decimals(n, out, to);
  return decode_stored(n, to);
}

Status ValueDecoder::decode_entries(size_t n, LeafData* data, void* out) {
  const Dictionary& dictionary = *dictionary_;
  if (layout_.is_binary() && dictionary && data->dictionary_buffer < 0) {
    VENEER_TRY(data->dictionary_buffer, data->add_buffer(dictionary.bytes, dictionary.bytes_owner));
  }
  if (data->is_dictionary) {
    return indices_.decode_indices(static_cast<uint32_t*>(out), n, dictionary.size);
  }
  VENEER_CHECK(indices_.decode_bytes(out, n, dictionary ? dictionary.values->data() : nullptr,
                                     dictionary.size, layout_.width));
  if (data->dictionary_buffer <= 0) return {};
  // The dictionary's own views point into buffer 0, which is another one where the batch began with
  // a page that is not dictionary-encoded.
  auto* views = static_cast<BinaryView*>(out);
  for (size_t i = 0; i < n; ++i) {
    if (!views[i].is_inline()) views[i].ref.buffer = narrow<uint32_t>(data->dictionary_buffer);
  }
  return {};
}

// Values as they are stored, but for the byte order of words.
Status ValueDecoder::decode_stored(size_t n, uint8_t* out) {
  void* to = out;
  switch (encoding_) {
    case Encoding::plain:
      if (layout_.type == PhysicalType::boolean) return plain_boolean_.decode(out, n);
      return plain_fixed_.decode(out, n);
    case Encoding::rle: return rle_.decode(out, n);
    case Encoding::delta_binary_packed:
      if (layout_.type == PhysicalType::int32) return delta32_.decode(static_cast<int32_t*>(to), n);
      return delta64_.decode(static_cast<int64_t*>(to), n);
    case Encoding::delta_byte_array: return delta_bytes_.decode_fixed(out, n, layout_.stored_width);
    case Encoding::byte_stream_split: return streams_.decode(out, n);
    case Encoding::alp:
      if (layout_.type == PhysicalType::float32) return alp32_.decode(static_cast<float*>(to), n);
      return alp64_.decode(static_cast<double*>(to), n);
    default: return unsupported();
  }
}

Status ValueDecoder::decode_views(size_t n, LeafData* data, BinaryView* out) {
  VENEER_CHECK(make_views(n, data, out));
  // No string is longer than the page that holds its bytes, and the value before.
  if (narrow<int64_t>(bytes_.size() + previous_.size()) <= longest_string_) return {};
  for (size_t i = 0; i < n; ++i) {
    if (out[i].length > longest_string_) {
      return over_limit("string length", out[i].length, "string_bytes", longest_string_);
    }
  }
  return {};
}

Status ValueDecoder::make_views(size_t n, LeafData* data, BinaryView* out) {
  if (encoding_ == Encoding::plain) return views_into_page(&plain_binary_, n, data, out);
  if (encoding_ == Encoding::delta_length_byte_array) {
    return views_into_page(&delta_length_, n, data, out);
  }
  // DELTA_BYTE_ARRAY: values are put together in memory of the batch. Halve the run until its
  // strings fit one piece.
  while (n != 0) {
    size_t now = n;
    uint64_t total = 0;
    VENEER_CHECK(delta_bytes_.peek_bytes(now, &total));
    while (total > kArenaMost && now > 1) {
      now /= 2;
      VENEER_CHECK(delta_bytes_.peek_bytes(now, &total));
    }
    if (total > UINT32_MAX) return Status::over_limit("a string of 4 GiB or more");
    VENEER_TRY(SharedBuffer owner, joined_.acquire(narrow<size_t>(total)));
    VENEER_TRY(const uint32_t index, data->add_buffer(owner->bytes(), owner));
    VENEER_CHECK(delta_bytes_.decode(now, owner->data(), index, 0, out));
    out += now;
    n -= now;
  }
  return {};
}

Status ValueDecoder::decode_decimals(size_t n, LeafData* data, uint8_t* out) {
  const bool variable = layout_.type == PhysicalType::byte_array;
  const size_t each = variable ? sizeof(BinaryView) : layout_.stored_width;
  while (n != 0) {
    const size_t now = std::min(n, kDecimalsAtOnce);
    VENEER_CHECK(scratch_.resize_discard(now * each));
    if (variable) {
      // The views are used up at once, so that their bytes need no keeping. DELTA_BYTE_ARRAY adds
      // a buffer to the batch; it is let go again.
      const size_t buffers = data->buffers.size();
      VENEER_CHECK(decode_views(now, data, scratch_.as<BinaryView>()));
      VENEER_CHECK(convert_views(layout_, {scratch_.as<BinaryView>(), now}, data->buffers, out));
      data->buffers.truncate(buffers);
      data->owners.truncate(buffers);
      buffer_index_ = -1;
    } else {
      VENEER_CHECK(decode_stored(now, scratch_.data()));
      if (!decimals_from_fixed(layout_, scratch_.data(), now, out)) return too_wide(layout_);
    }
    out += now * layout_.width;
    n -= now;
  }
  return {};
}

Status ValueDecoder::skip(size_t n) {
  if (n == 0) return {};
  switch (encoding_) {
    case Encoding::plain:
      if (layout_.type == PhysicalType::boolean) return plain_boolean_.skip(n);
      if (layout_.type == PhysicalType::byte_array) return plain_binary_.skip(n);
      return plain_fixed_.skip(n);
    case Encoding::plain_dictionary:
    case Encoding::rle_dictionary: return indices_.skip(n);
    case Encoding::rle: return rle_.skip(n);
    case Encoding::delta_binary_packed:
      return layout_.type == PhysicalType::int32 ? delta32_.skip(n) : delta64_.skip(n);
    case Encoding::delta_length_byte_array: return delta_length_.skip(n);
    case Encoding::delta_byte_array: return delta_bytes_.skip(n);
    case Encoding::byte_stream_split: return streams_.skip(n);
    case Encoding::alp:
      return layout_.type == PhysicalType::float32 ? alp32_.skip(n) : alp64_.skip(n);
    default: return unsupported();
  }
}

Status decode_dictionary(const ValueLayout& layout, MemoryPool* pool,
                         std::span<const uint8_t> bytes, SharedBuffer owner, size_t n,
                         int64_t longest_string, Dictionary* out) {
  // The least that n entries take, before memory is taken for them.
  const size_t each = layout.type == PhysicalType::byte_array ? 4 : layout.stored_width;
  const size_t most = layout.type == PhysicalType::boolean ? bytes.size() * 8
                      : each == 0                          ? n
                                                           : bytes.size() / each;
  if (n > most) {
    return Status::corrupt(
        concat({"dictionary page of ", bytes.size(), " bytes cannot hold ", n, " entries"}));
  }
  LeafData data(pool);
  ValueDecoder decoder(layout, pool, false, longest_string);
  const Dictionary none;
  VENEER_CHECK(decoder.open(Encoding::plain, bytes, owner, &none));
  VENEER_CHECK(decoder.decode(n, &data));
  out->size = n;
  VENEER_TRY(out->values, SharedBuffer::make(std::move(data.dense)));
  if (layout.is_binary()) {
    out->bytes = bytes;
    out->bytes_owner = std::move(owner);
  }
  return {};
}

Status pack_booleans(const ValueLayout& layout, size_t n, LeafData* data) {
  if (layout.kind != ValueKind::boolean) return {};
  // In place where there are nulls: byte j of the result is written after values 8 j to 8 j + 7
  // were read.
  if (data->null_count == 0) VENEER_CHECK(data->spread.resize_discard(bytes_for_bits(n)));
  const uint8_t* from = data->null_count != 0 ? data->spread.data() : data->dense.data();
  uint8_t* to = data->spread.data();
  // Each product puts the low bits of eight bytes side by side in its highest byte. Both buffers
  // are padded, so that the last eight may go past the end; bits behind the last value are 0.
  constexpr uint64_t kLowBits = 0x0101010101010101;
  constexpr uint64_t kGather = 0x0102040810204080;
  for (size_t i = 0; i < n; i += 8) {
    uint64_t eight = load_le<uint64_t>(from + i) & kLowBits;
    if (n - i < 8) eight &= ~uint64_t{0} >> (64 - 8 * (n - i));
    to[i / 8] = static_cast<uint8_t>(eight * kGather >> 56);
  }
  data->packed = true;
  return {};
}

}  // namespace veneer::column
