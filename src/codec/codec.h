// Compressed page bodies to raw ones: Compression.md of the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/memory.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::codec {

/// Whether this build can decompress `codec`. UNCOMPRESSED always; unlisted numbers never.
bool is_built(Codec codec) noexcept;

/// The refusal of a page in a codec that was left out of the build: `codec_not_built`, naming the
/// build option; `unsupported`, naming the number, for one that the format does not list.
Status not_built(Codec codec);

/// Two page bodies, and where they go; each as Decompressor::decompress has it.
struct BodyPair {
  std::span<const uint8_t> in[2];
  std::span<uint8_t> out[2];
};

/// Whether two bodies of this codec are decompressed faster together than one after the other, on
/// this processor: SNAPPY, by the own decoder with AVX2.
bool in_pairs(Codec codec) noexcept;
/// Decompresses both; for codecs that are in_pairs. False where either is damaged: both outputs
/// then hold anything, and Decompressor::decompress tells what is wrong with which.
bool decompress_pair(Codec codec, const BodyPair& pair);

/// Decompresses page bodies, and keeps the libraries' contexts from one page to the next. Contexts
/// are made at first use. Move-only; one per thread. A moved-from object may be used again.
class Decompressor {
 public:
  /// Contexts of zlib and brotli come from `pool`, which must outlive this object; those of zstd,
  /// lz4 and libdeflate come from the heap, and are charged to it.
  explicit Decompressor(MemoryPool* pool) noexcept : pool_(pool) {}
  Decompressor(Decompressor&& other) noexcept
      : pool_(other.pool_),
        zlib_(std::exchange(other.zlib_, nullptr)),
        libdeflate_(std::exchange(other.libdeflate_, nullptr)),
        zstd_(std::exchange(other.zstd_, nullptr)) {}
  Decompressor& operator=(Decompressor&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(zlib_, other.zlib_);
    std::swap(libdeflate_, other.libdeflate_);
    std::swap(zstd_, other.zstd_);
    return *this;
  }
  ~Decompressor();

  /// Decompresses all of `in` into exactly out.size() bytes. `in` has Buffer::kPadding readable
  /// bytes behind its end and `out` as many writable ones, whose contents do not matter and are
  /// not kept. The two do not overlap.
  ///
  /// Nothing in and nothing out is well-formed in every codec: pages without values are written
  /// so. `corrupt` where the bytes break the codec's format, where any are left over, or where
  /// they give fewer or more bytes than out.size(); `out` then holds anything at all.
  Status decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out);

 private:
  MemoryPool* pool_;
  void* zlib_ = nullptr;
  void* libdeflate_ = nullptr;
  void* zstd_ = nullptr;
};

/// Decompressors for the columns of one read, which take turns: as many contexts are made as are at
/// work at once, instead of one a column. Safe to use from several threads.
class Decompressors {
 public:
  explicit Decompressors(MemoryPool* pool) noexcept : pool_(pool) {}
  /// As Decompressor::decompress.
  Status decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out);

 private:
  MemoryPool* pool_;
  std::mutex mutex_;
  std::vector<Decompressor> idle_;
};

}  // namespace veneer::codec
