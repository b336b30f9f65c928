// ZSTD: RFC 8878 frames and skippable frames, one after another. By libzstd.
#include <zstd.h>
#include <zstd_errors.h>

#include "codec/internal.h"

namespace veneer::codec {

Status decompress_zstd(void** slot, std::span<const uint8_t> in, std::span<uint8_t> out) {
  if (*slot == nullptr) *slot = ZSTD_createDCtx();
  auto* context = static_cast<ZSTD_DCtx*>(*slot);
  if (context == nullptr) return no_context(Codec::zstd);
  // Room in the padding keeps the library on its wide copies up to the last byte. All frames are
  // decoded in one call, straight into `out`: no window is allocated, whatever the frame asks for.
  const size_t got =
      ZSTD_decompressDCtx(context, out.data(), out.size() + Buffer::kPadding, in.data(), in.size());
  if (ZSTD_isError(got)) {
    const ZSTD_ErrorCode error = ZSTD_getErrorCode(got);
    if (error == ZSTD_error_dstSize_tooSmall) return too_long(Codec::zstd, out.size());
    if (error == ZSTD_error_memory_allocation) return no_context(Codec::zstd);
    return damaged(Codec::zstd, ZSTD_getErrorString(error));
  }
  return got == out.size() ? Status() : wrong_size(Codec::zstd, got, out.size());
}

void free_zstd_context(void* context) noexcept { ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(context)); }

}  // namespace veneer::codec
