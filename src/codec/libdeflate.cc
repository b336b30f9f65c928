// GZIP pages as most writers make them, by libdeflate: it wants whole members and the size of what
// they hold, which a page has, and takes half of zlib's time.
#include <libdeflate.h>

#include "codec/internal.h"

namespace veneer::codec {
namespace {

// A context takes 11 KB in libdeflate 1.14.
constexpr size_t kLibdeflateBytes = size_t{32} << 10;

libdeflate_decompressor* libdeflate_context(void** slot, MemoryPool* pool) noexcept {
  if (*slot == nullptr && pool->charge(kLibdeflateBytes).ok()) {
    *slot = libdeflate_alloc_decompressor();
    if (*slot == nullptr) pool->discharge(kLibdeflateBytes);
  }
  return static_cast<libdeflate_decompressor*>(*slot);
}

}  // namespace

bool decompress_gzip_members(void** slot, MemoryPool* pool, std::span<const uint8_t> in,
                             std::span<uint8_t> out) {
  libdeflate_decompressor* const context = libdeflate_context(slot, pool);
  if (context == nullptr) return false;
  while (!in.empty()) {
    size_t took = 0;
    size_t gave = 0;
    if (libdeflate_gzip_decompress_ex(context, in.data(), in.size(), out.data(), out.size(), &took,
                                      &gave) != LIBDEFLATE_SUCCESS) {
      return false;
    }
    in = in.subspan(took);
    out = out.subspan(gave);
  }
  return out.empty();
}

void free_libdeflate_context(void* context, MemoryPool* pool) noexcept {
  if (context == nullptr) return;
  libdeflate_free_decompressor(static_cast<libdeflate_decompressor*>(context));
  pool->discharge(kLibdeflateBytes);
}

}  // namespace veneer::codec
