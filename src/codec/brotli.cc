// BROTLI: one RFC 7932 stream. By libbrotlidec.
#include <brotli/decode.h>

#include "base/text.h"
#include "codec/internal.h"

namespace veneer::codec {
namespace {

void* brotli_allocate(void* pool, size_t bytes) {
  return pool_allocate(static_cast<MemoryPool*>(pool), bytes);
}
void brotli_free(void* pool, void* memory) { pool_free(static_cast<MemoryPool*>(pool), memory); }

bool is_memory_error(BrotliDecoderErrorCode error) noexcept {
  return error <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
         error >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

}  // namespace

Status decompress_brotli(MemoryPool* pool, std::span<const uint8_t> in, std::span<uint8_t> out) {
  // The library cannot reset a state; its first block is small, the rest follows the stream.
  BrotliDecoderState* state = BrotliDecoderCreateInstance(brotli_allocate, brotli_free, pool);
  if (state == nullptr) return no_context(Codec::brotli);
  const uint8_t* next_in = in.data();
  size_t in_left = in.size();
  uint8_t* next_out = out.data();
  // One byte of the padding tells a stream that is too long.
  size_t out_left = out.size() + 1;
  const BrotliDecoderResult result =
      BrotliDecoderDecompressStream(state, &in_left, &next_in, &out_left, &next_out, nullptr);
  const BrotliDecoderErrorCode error = BrotliDecoderGetErrorCode(state);
  BrotliDecoderDestroyInstance(state);
  if (result == BROTLI_DECODER_RESULT_ERROR) {
    if (is_memory_error(error)) return no_context(Codec::brotli);
    return damaged(Codec::brotli, BrotliDecoderErrorString(error));
  }
  if (out_left == 0) return too_long(Codec::brotli, out.size());
  if (result != BROTLI_DECODER_RESULT_SUCCESS) return damaged(Codec::brotli, "ends in mid-stream");
  if (in_left != 0) {
    return damaged(Codec::brotli, concat({in_left, " bytes follow the stream"}));
  }
  const size_t got = out.size() + 1 - out_left;
  return got == out.size() ? Status() : wrong_size(Codec::brotli, got, out.size());
}

}  // namespace veneer::codec
