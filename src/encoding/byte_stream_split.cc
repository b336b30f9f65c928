#include "encoding/byte_stream_split.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/checked.h"
#include "base/text.h"
#include "encoding/errors.h"
#include "encoding/kernels.h"

namespace veneer::encoding {
namespace {

// Values of other widths, such as decimals and UUIDs: eight streams at a time make words, then
// four, then single bytes. A block's output stays in L1 meanwhile.
void merge(const Kernels& table, const uint8_t* streams, size_t stride, size_t n, size_t width,
           uint8_t* out) {
  constexpr size_t kBlock = 128;
  uint8_t words[kBlock * 8 + 64];
  for (size_t begin = 0; begin < n; begin += kBlock) {
    const size_t count = std::min(kBlock, n - begin);
    const uint8_t* from = streams + begin;
    uint8_t* to = out + begin * width;
    size_t k = 0;
    for (; k + 8 <= width; k += 8) {
      table.merge_8(from + k * stride, stride, count, words);
      for (size_t i = 0; i < count; ++i) std::memcpy(to + i * width + k, words + 8 * i, 8);
    }
    for (; k + 4 <= width; k += 4) {
      table.merge_4(from + k * stride, stride, count, words);
      for (size_t i = 0; i < count; ++i) std::memcpy(to + i * width + k, words + 4 * i, 4);
    }
    for (; k < width; ++k) {
      for (size_t i = 0; i < count; ++i) to[i * width + k] = from[k * stride + i];
    }
  }
}

void merge_2(const uint8_t* streams, size_t stride, size_t n, uint8_t* out) {
  for (size_t i = 0; i < n; ++i) {
    out[2 * i] = streams[i];
    out[2 * i + 1] = streams[stride + i];
  }
}

}  // namespace

Status ByteStreamSplitDecoder::init(std::span<const uint8_t> bytes, size_t total, size_t width,
                                    Words words) {
  size_t size;
  if (!checked_mul(total, width, &size) || size != bytes.size()) {
    return Status::corrupt(
        concat({bytes.size(), " bytes of byte streams for ", total, " values of ", width}));
  }
  if (width % static_cast<size_t>(words) != 0) {
    return Status::invalid_argument("a value is not made of whole words");
  }
  bytes_ = bytes;
  total_ = total;
  position_ = 0;
  width_ = width;
  words_ = words;
  return {};
}

Status ByteStreamSplitDecoder::decode(void* out, size_t n) {
  if (n > values_left()) return ends_early("values", values_left(), n);
  if (n == 0 || width_ == 0) return skip(n);
  const uint8_t* streams = bytes_.data() + position_;
  auto* to = static_cast<uint8_t*>(out);
  switch (width_) {
    case 2: merge_2(streams, total_, n, to); break;
    case 4: kernels().merge_4(streams, total_, n, to); break;
    case 8: kernels().merge_8(streams, total_, n, to); break;
    default: merge(kernels(), streams, total_, n, width_, to); break;
  }
  to_native(words_, out, n * width_);
  position_ += n;
  return {};
}

Status ByteStreamSplitDecoder::skip(size_t n) {
  if (n > values_left()) return ends_early("values", values_left(), n);
  position_ += n;
  return {};
}

}  // namespace veneer::encoding
