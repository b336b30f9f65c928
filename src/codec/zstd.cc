// ZSTD: RFC 8878 frames and skippable frames, one after another. By libzstd.
#include <zstd.h>
#include <zstd_errors.h>

#include "base/macros.h"
#include "codec/internal.h"

namespace veneer::codec {
namespace {

// A context takes 96 KB in zstd 1.5 and 160 in 1.4; frames of versions before 0.8 need another.
constexpr size_t kZstdBytes = size_t{256} << 10;

Result<ZSTD_DCtx*> zstd_context(void** slot, MemoryPool* pool) {
  if (*slot == nullptr) {
    VENEER_CHECK(pool->charge(kZstdBytes));
    *slot = ZSTD_createDCtx();
    if (*slot == nullptr) {
      pool->discharge(kZstdBytes);
      return no_context(Codec::zstd);
    }
  }
  return static_cast<ZSTD_DCtx*>(*slot);
}

}  // namespace

Status decompress_zstd(void** slot, MemoryPool* pool, std::span<const uint8_t> in,
                       std::span<uint8_t> out) {
  VENEER_TRY(ZSTD_DCtx* const context, zstd_context(slot, pool));
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

void free_zstd_context(void* context, MemoryPool* pool) noexcept {
  if (context == nullptr) return;
  ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(context));
  pool->discharge(kZstdBytes);
}

}  // namespace veneer::codec
