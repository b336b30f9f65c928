#include "encoding/delta_length.h"

#include <algorithm>

#include "base/checked.h"
#include "base/macros.h"
#include "encoding/errors.h"
#include "encoding/kernels.h"
#include "encoding/view.h"

namespace veneer::encoding {
namespace {

constexpr size_t kLengthsAtOnce = 256;

}  // namespace

Status DeltaLengthDecoder::init(std::span<const uint8_t> bytes) {
  bytes_ = bytes;
  VENEER_CHECK(lengths_.init(bytes));
  return lengths_.find_end(&position_);
}

// The next n lengths, of which none is negative and all together fit the bytes that are left.
Status DeltaLengthDecoder::next_lengths(int32_t* lengths, size_t n, uint32_t* longest) {
  VENEER_CHECK(lengths_.decode(lengths, n));
  // The same object may be looked at as the unsigned type that corresponds to its own.
  const uint32_t most = kernels().max_u32(reinterpret_cast<const uint32_t*>(lengths), n);
  *longest = most;
  const size_t left = bytes_.size() - position_;
  if (most <= INT32_MAX && uint64_t{most} * n <= left) return {};
  uint64_t total = 0;
  for (size_t i = 0; i < n; ++i) total += static_cast<uint32_t>(lengths[i]);
  if (total <= left && most <= INT32_MAX) return {};
  for (size_t i = 0; i < n; ++i) {
    if (lengths[i] < 0) return bad_value("a string's length", lengths[i], "below zero");
  }
  return corrupt_at("strings run past the end of the page", position_);
}

// Blocks in which every value is short enough to be held inline are worth a loop of their own:
// 22 against 38 ms on lineitem's strings.
Status DeltaLengthDecoder::decode(BinaryView* out, size_t n, uint32_t buffer_index,
                                  int64_t base_offset) {
  int32_t lengths[kLengthsAtOnce + 16];
  for (size_t done = 0; done < n;) {
    const size_t count = std::min(kLengthsAtOnce, n - done);
    uint32_t longest;
    VENEER_CHECK(next_lengths(lengths, count, &longest));
    const uint8_t* p = bytes_.data() + position_;
    BinaryView* to = out + done;
    if (longest <= BinaryView::kInlineBytes) {
      for (size_t i = 0; i < count; ++i) {
        const auto length = static_cast<uint32_t>(lengths[i]);
        store_inline_view(p, length, to + i);
        p += length;
      }
    } else {
      auto offset = static_cast<uint32_t>(base_offset + narrow<int64_t>(position_));
      for (size_t i = 0; i < count; ++i) {
        const auto length = static_cast<uint32_t>(lengths[i]);
        store_view(p, length, buffer_index, offset, to + i);
        p += length;
        offset += length;
      }
    }
    position_ = static_cast<size_t>(p - bytes_.data());
    done += count;
  }
  return narrow<int64_t>(position_) + base_offset > UINT32_MAX ? offset_overflow() : Status();
}

Status DeltaLengthDecoder::skip(size_t n) {
  int32_t lengths[kLengthsAtOnce + 16];
  while (n != 0) {
    const size_t count = std::min(kLengthsAtOnce, n);
    uint32_t longest;
    VENEER_CHECK(next_lengths(lengths, count, &longest));
    for (size_t i = 0; i < count; ++i) position_ += static_cast<uint32_t>(lengths[i]);
    n -= count;
  }
  return {};
}

}  // namespace veneer::encoding
