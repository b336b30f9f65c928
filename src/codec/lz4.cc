// LZ4_RAW: one bare block. LZ4, deprecated: the format leaves its framing undocumented, and writers
// disagree. parquet-mr frames as Hadoop does, old parquet-cpp wrote bare blocks, and older ones LZ4
// frames. By liblz4.
#include <lz4.h>
#include <lz4frame.h>

#include <algorithm>

#include "base/macros.h"
#include "base/text.h"
#include "codec/hadoop.h"
#include "codec/internal.h"

namespace veneer::codec {
namespace {

constexpr uint32_t kFrameMagic = 0x184D2204;

// What liblz4 gives; may run into the padding behind `to`, and then gives more than to.size().
int decode_block(std::span<const uint8_t> from, std::span<uint8_t> to) noexcept {
  const size_t room = std::min(to.size() + Buffer::kPadding, size_t{INT32_MAX});
  return LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()),
                             reinterpret_cast<char*>(to.data()), static_cast<int>(from.size()),
                             static_cast<int>(room));
}

Status decompress_bare(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out) {
  const int got = decode_block(in, out);
  if (got < 0) {
    return damaged(codec, concat({"is broken, or has more than the ", out.size(),
                                  " bytes that are expected once decompressed"}));
  }
  const auto size = static_cast<size_t>(got);
  return size == out.size() ? Status() : wrong_size(codec, size, out.size());
}

// Of two blocks, by the largest size that a frame's header may ask for, and what links them. So
// much is not kept from page to page: frames are rare.
constexpr size_t kFrameContextBytes = (size_t{8} << 20) + (size_t{256} << 10);

struct FrameContext {
  ~FrameContext() { LZ4F_freeDecompressionContext(frames); }
  LZ4F_dctx* frames = nullptr;
};

Status decompress_frames(MemoryPool* pool, std::span<const uint8_t> in, std::span<uint8_t> out) {
  ScopedCharge charge(pool);
  VENEER_CHECK(charge.add(kFrameContextBytes));
  FrameContext context;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&context.frames, LZ4F_VERSION))) {
    return no_context(Codec::lz4);
  }
  LZ4F_decompressOptions_t options{};
  options.stableDst = 1;
  // One byte of the padding tells frames that are too long.
  const size_t room = out.size() + 1;
  size_t read = 0;
  size_t written = 0;
  size_t expects = 1;
  while (read < in.size()) {
    size_t took = in.size() - read;
    size_t gave = room - written;
    expects = LZ4F_decompress(context.frames, out.data() + written, &gave, in.data() + read, &took,
                              &options);
    if (LZ4F_isError(expects)) return damaged(Codec::lz4, LZ4F_getErrorName(expects));
    read += took;
    written += gave;
    if (written == room) return too_long(Codec::lz4, out.size());
    if (took == 0 && gave == 0) return damaged(Codec::lz4, "the frame does not go on");
  }
  if (expects != 0) return damaged(Codec::lz4, "ends in mid-frame");
  return written == out.size() ? Status() : wrong_size(Codec::lz4, written, out.size());
}

}  // namespace

Status decompress_lz4_raw(std::span<const uint8_t> in, std::span<uint8_t> out) {
  return decompress_bare(Codec::lz4_raw, in, out);
}

Status decompress_lz4(MemoryPool* pool, std::span<const uint8_t> in, std::span<uint8_t> out) {
  if (decode_hadoop(in, out,
                    [](auto from, auto to) { return ptrdiff_t{decode_block(from, to)}; })) {
    return {};
  }
  if (in.size() >= 4 && load_le<uint32_t>(in.data()) == kFrameMagic) {
    Status status = decompress_frames(pool, in, out);
    if (status.code() == StatusCode::corrupt && decompress_bare(Codec::lz4, in, out).ok())
      return {};
    return status;
  }
  return decompress_bare(Codec::lz4, in, out);
}

}  // namespace veneer::codec
