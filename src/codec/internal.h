// What the codecs' files share. Each codec has one file; those whose library was not found are not
// compiled, and codec.cc leaves out the calls to them by the VENEER_HAVE_… macros of meson.build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/memory.h"
#include "codec/codec.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::codec {

// Every decompress_… has the contract of Decompressor::decompress. Sizes are at most INT32_MAX, as
// page headers have them, and `in` is not empty. `*context` is null or what an earlier call of the
// same codec left there; free_…_context takes either.
Status decompress_snappy(std::span<const uint8_t> in, std::span<uint8_t> out);
// The twin that needs no vector instructions, whatever the processor has; for tests.
Status decompress_snappy_portable(std::span<const uint8_t> in, std::span<uint8_t> out);
// By vector instructions, where snappy_in_pairs(). Contract of codec::decompress_pair.
bool snappy_in_pairs() noexcept;
bool decompress_snappy_pair(const BodyPair& pair);
Status decompress_libsnappy(std::span<const uint8_t> in, std::span<uint8_t> out);
Status decompress_gzip(void** context, MemoryPool* pool, std::span<const uint8_t> in,
                       std::span<uint8_t> out);
// By libdeflate, twice as fast: true where `in` is whole gzip members that give `out` exactly. All
// else, damage included, is decompress_gzip's to read or to refuse; `out` then holds anything.
bool decompress_gzip_members(void** context, MemoryPool* pool, std::span<const uint8_t> in,
                             std::span<uint8_t> out);
Status decompress_zstd(void** context, MemoryPool* pool, std::span<const uint8_t> in,
                       std::span<uint8_t> out);
Status decompress_lz4_raw(std::span<const uint8_t> in, std::span<uint8_t> out);
Status decompress_lz4(MemoryPool* pool, std::span<const uint8_t> in, std::span<uint8_t> out);
Status decompress_brotli(MemoryPool* pool, std::span<const uint8_t> in, std::span<uint8_t> out);
Status decompress_lzo(std::span<const uint8_t> in, std::span<uint8_t> out);

void free_gzip_context(void* context) noexcept;
void free_libdeflate_context(void* context, MemoryPool* pool) noexcept;
void free_zstd_context(void* context, MemoryPool* pool) noexcept;

// "GZIP page body …": the messages of all codecs.
Status damaged(Codec codec, std::string_view what);
Status wrong_size(Codec codec, uint64_t got, size_t expected);
Status too_long(Codec codec, size_t expected);  // where the true size is not known
Status no_context(Codec codec);

// malloc and free over the pool, for libraries that take such functions. Null where the pool
// refuses.
void* pool_allocate(MemoryPool* pool, size_t bytes) noexcept;
void pool_free(MemoryPool* pool, void* memory) noexcept;

}  // namespace veneer::codec
