// With AVX2 1.2 cycles a value of 32 bits and 1.6 of 64; 2.4 in portable code.
#include "encoding/delta.h"

#include <algorithm>
#include <string>

#include "base/bits.h"
#include "base/cursor.h"
#include "base/macros.h"
#include "base/text.h"
#include "encoding/bit_unpack.h"
#include "encoding/errors.h"

namespace veneer::encoding {
namespace {

// A miniblock may be of any size: it is unpacked and summed in pieces that stay in L1.
constexpr size_t kValuesAtOnce = 1024;
constexpr std::string_view kDeltaValues = "delta-encoded values";

}  // namespace

template <class T>
Status DeltaDecoder<T>::init(std::span<const uint8_t> bytes) {
  *this = DeltaDecoder();
  kernels_ = &kernels();
  begin_ = next_ = bytes.data();
  end_ = bytes.data() + bytes.size();
  if (bytes.empty()) return {};
  ByteCursor cursor(bytes);
  uint64_t block, miniblocks, count;
  if (!cursor.read_varint(&block) || !cursor.read_varint(&miniblocks) ||
      !cursor.read_varint(&count)) {
    return corrupt_at("the header of delta-encoded values is cut", cursor.position());
  }
  if (count > INT32_MAX) return corrupt_at("more delta-encoded values than a page can hold", 0);
  if (block > INT32_MAX || miniblocks == 0 || miniblocks > block || block % miniblocks != 0 ||
      block / miniblocks % 8 != 0) {
    return corrupt_at(concat({"delta blocks of ", block, " values in ", miniblocks, " miniblocks"}),
                      0);
  }
  int64_t first = 0;
  if (!cursor.read_zigzag(&first) && count != 0) {
    return corrupt_at("the first of the delta-encoded values is cut", cursor.position());
  }
  next_ = cursor.data();
  count_ = left_ = static_cast<size_t>(count);
  values_each_ = static_cast<size_t>(block / miniblocks);
  miniblocks_ = index_ = static_cast<size_t>(miniblocks);
  last_ = static_cast<U>(first);
  first_ = count != 0;
  return {};
}

template <class T>
Status DeltaDecoder<T>::read_block_header() {
  ByteCursor cursor({next_, static_cast<size_t>(end_ - next_)});
  int64_t min_delta;
  std::span<const uint8_t> widths;
  if (!cursor.read_zigzag(&min_delta) || !cursor.read_bytes(miniblocks_, &widths)) {
    return corrupt_at("the header of a delta block is cut", static_cast<size_t>(next_ - begin_));
  }
  min_delta_ = static_cast<U>(min_delta);
  widths_ = widths.data();
  index_ = 0;
  next_ = cursor.data();
  return {};
}

// Called while there are values left and none of them in a miniblock, so that the next one is
// needed. On an error there is still none, so that a caller who goes on all the same stays within
// the bytes.
template <class T>
Status DeltaDecoder<T>::next_miniblock() {
  if (index_ == miniblocks_) VENEER_CHECK(read_block_header());
  const unsigned width = widths_[index_++];
  if (width > 64) return bad_value("the bit width of a delta miniblock", width, "more than 64");
  const size_t count = std::min(values_each_, left_);
  const auto remaining = static_cast<uint64_t>(end_ - next_);
  uint64_t size = uint64_t{values_each_} / 8 * width;
  if (size > remaining) {  // fine for the last one as long as its values are there
    if ((uint64_t{count} * width + 7) / 8 > remaining) {
      return ends_early(kDeltaValues, count_ - left_ + remaining * 8 / width, count_);
    }
    size = remaining;
  }
  packed_ = next_;
  packed_bit_ = 0;
  next_ += static_cast<size_t>(size);
  width_ = width;
  mini_left_ = count;
  return {};
}

template <class T>
void DeltaDecoder<T>::take(U* out, size_t n) {
  if constexpr (sizeof(U) == 4) {
    if (width_ <= 32) {
      unpack(*kernels_, packed_, packed_bit_, width_, out, n);
    } else {
      uint64_t wide[kValuesAtOnce + 8];
      unpack(*kernels_, packed_, packed_bit_, width_, wide, n);
      for (size_t i = 0; i < n; ++i) out[i] = static_cast<U>(wide[i]);
    }
    last_ = kernels_->sum_u32(out, n, last_, min_delta_);
  } else {
    unpack(*kernels_, packed_, packed_bit_, width_, out, n);
    last_ = kernels_->sum_u64(out, n, last_, min_delta_);
  }
  packed_bit_ += uint64_t{n} * width_;
  mini_left_ -= n;
  left_ -= n;
}

template <class T>
Status DeltaDecoder<T>::decode(T* out, size_t n) {
  if (n > left_) return ends_early(kDeltaValues, left_, n);
  // The same object may be looked at as the unsigned type that corresponds to T.
  U* to = reinterpret_cast<U*>(out);
  U* const end = to + n;
  if (first_ && n != 0) {
    *to++ = last_;
    first_ = false;
    --left_;
  }
  while (to != end) {
    if (mini_left_ == 0) VENEER_CHECK(next_miniblock());
    const size_t count = std::min({mini_left_, static_cast<size_t>(end - to), kValuesAtOnce});
    take(to, count);
    to += count;
  }
  return {};
}

template <class T>
Status DeltaDecoder<T>::skip(size_t n) {
  if (n > left_) return ends_early(kDeltaValues, left_, n);
  if (first_ && n != 0) {
    first_ = false;
    --left_;
    --n;
  }
  U scratch[kValuesAtOnce + 64 / sizeof(U)];
  while (n != 0) {
    if (mini_left_ == 0) VENEER_CHECK(next_miniblock());
    size_t count = std::min(mini_left_, n);
    if (width_ == 0) {
      last_ += static_cast<U>(count) * min_delta_;
      mini_left_ -= count;
      left_ -= count;
    } else {
      count = std::min(count, kValuesAtOnce);
      take(scratch, count);
    }
    n -= count;
  }
  return {};
}

template <class T>
Status DeltaDecoder<T>::find_end(size_t* bytes) const {
  DeltaDecoder walk = *this;
  if (walk.first_) {
    walk.first_ = false;
    --walk.left_;
  }
  walk.left_ -= walk.mini_left_;
  while (walk.left_ != 0) {
    VENEER_CHECK(walk.next_miniblock());
    walk.left_ -= walk.mini_left_;
  }
  *bytes = static_cast<size_t>(walk.next_ - begin_);
  return {};
}

template class DeltaDecoder<int32_t>;
template class DeltaDecoder<int64_t>;

}  // namespace veneer::encoding
