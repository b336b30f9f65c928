// GZIP: RFC 1952 members one after another, as the format says; also zlib (RFC 1950) and bare
// deflate (RFC 1951) streams, which some writers put under this codec's name. By zlib.
#define ZLIB_CONST
#include <zlib.h>

#include <new>

#include "base/text.h"
#include "codec/internal.h"

namespace veneer::codec {
namespace {

// Window bits as inflateReset2 takes them.
constexpr int kGzipOrZlib = 15 + 32;
constexpr int kBareDeflate = -15;

// Lives at one address: zlib's own state points back at the stream.
struct GzipContext {
  MemoryPool* pool;
  z_stream stream;
};

void* zlib_allocate(void* pool, unsigned items, unsigned size) {
  const uint64_t bytes = uint64_t{items} * size;
  return bytes > SIZE_MAX
             ? nullptr
             : pool_allocate(static_cast<MemoryPool*>(pool), static_cast<size_t>(bytes));
}
void zlib_free(void* pool, void* memory) { pool_free(static_cast<MemoryPool*>(pool), memory); }

Result<GzipContext*> gzip_context(void** slot, MemoryPool* pool) {
  if (*slot != nullptr) return static_cast<GzipContext*>(*slot);
  void* memory = pool_allocate(pool, sizeof(GzipContext));
  if (memory == nullptr) return no_context(Codec::gzip);
  auto* context = new (memory) GzipContext{pool, {}};
  context->stream.zalloc = zlib_allocate;
  context->stream.zfree = zlib_free;
  context->stream.opaque = pool;
  if (inflateInit2(&context->stream, kGzipOrZlib) != Z_OK) {
    pool_free(pool, memory);
    return no_context(Codec::gzip);
  }
  *slot = context;
  return context;
}

bool is_gzip(const uint8_t* in, size_t size) noexcept {
  return size >= 2 && in[0] == 0x1F && in[1] == 0x8B;
}
bool is_zlib(const uint8_t* in, size_t size) noexcept {
  return size >= 2 && (in[0] & 0x0F) == 8 && in[0] >> 4 <= 7 && (in[0] << 8 | in[1]) % 31 == 0;
}

Status inflate_all(z_stream& z, int window_bits, std::span<const uint8_t> in,
                   std::span<uint8_t> out) {
  z.next_in = in.data();
  z.avail_in = static_cast<unsigned>(in.size());
  z.next_out = out.data();
  // One byte into the padding tells a stream that is too long from one that ends here.
  z.avail_out = static_cast<unsigned>(out.size()) + 1;
  do {
    if (inflateReset2(&z, window_bits) != Z_OK) return no_context(Codec::gzip);
    const int outcome = inflate(&z, Z_FINISH);
    if (z.avail_out == 0) return too_long(Codec::gzip, out.size());
    if (outcome == Z_MEM_ERROR) return no_context(Codec::gzip);
    if (outcome == Z_BUF_ERROR) return damaged(Codec::gzip, "ends in mid-stream");
    if (outcome != Z_STREAM_END) {
      return damaged(Codec::gzip, z.msg != nullptr ? z.msg : "not a deflate stream");
    }
  } while (window_bits == kGzipOrZlib &&
           (is_gzip(z.next_in, z.avail_in) || is_zlib(z.next_in, z.avail_in)));
  if (z.avail_in != 0) {
    return damaged(Codec::gzip, concat({z.avail_in, " bytes follow the stream"}));
  }
  const size_t got = out.size() + 1 - z.avail_out;
  return got == out.size() ? Status() : wrong_size(Codec::gzip, got, out.size());
}

}  // namespace

Status decompress_gzip(void** slot, MemoryPool* pool, std::span<const uint8_t> in,
                       std::span<uint8_t> out) {
  auto context = gzip_context(slot, pool);
  if (!context) return std::move(context).status();
  z_stream& z = (*context)->stream;

  if (is_gzip(in.data(), in.size())) return inflate_all(z, kGzipOrZlib, in, out);
  if (!is_zlib(in.data(), in.size())) return inflate_all(z, kBareDeflate, in, out);
  // Bare deflate may begin like zlib; zlib's own checksum settles it.
  Status status = inflate_all(z, kGzipOrZlib, in, out);
  if (status.code() == StatusCode::corrupt && inflate_all(z, kBareDeflate, in, out).ok()) return {};
  return status;
}

void free_gzip_context(void* slot) noexcept {
  if (slot == nullptr) return;
  auto* context = static_cast<GzipContext*>(slot);
  inflateEnd(&context->stream);
  pool_free(context->pool, context);
}

}  // namespace veneer::codec
