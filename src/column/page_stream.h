// Splits a column chunk into pages: headers, checksums, decompressed bodies.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "base/memory.h"
#include "codec/codec.h"
#include "column/chunk_source.h"
#include "column/kept_buffers.h"
#include "column/page_cache.h"
#include "veneer/memory.h"
#include "veneer/metadata.h"
#include "veneer/status.h"
#include "veneer/types.h"

namespace veneer::column {

/// What the streams of one read share: the codecs' contexts, and how much they have decompressed.
/// Safe to use from several threads.
class Decompressors {
 public:
  Decompressors(MemoryPool* pool, int64_t limit) noexcept : codecs_(pool), limit_(limit) {}
  /// As codec::Decompressor::decompress; over_limit once all outputs together pass
  /// Limits::decompressed_bytes.
  Status decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out);
  /// As codec::decompress_pair; false past that limit too.
  bool decompress_pair(Codec codec, const codec::BodyPair& pair);

 private:
  bool charge(int64_t size) noexcept;

  codec::Decompressors codecs_;
  const int64_t limit_;
  std::atomic<int64_t> done_{0};
};

/// Not thread-safe; one a chunk that is being read, reused for the next chunk.
class PageStream {
 public:
  struct Options {
    MemoryPool* pool = nullptr;
    const Limits* limits = nullptr;          ///< must outlive the stream, as the next must
    Decompressors* decompressors = nullptr;  ///< of the whole read
    bool checksums = true;
    /// The writer sets is_compressed to false in V2 pages that it compresses.
    bool v2_always_compressed = false;
    bool levels_lsb_first = false;  ///< the writer's BIT_PACKED levels
    /// Of the chunk, which another stream reads too; null where none does. One of the two fills it
    /// with the bodies that it is asked for, the other takes from it what is there.
    PageCache* cache = nullptr;
    bool fills_cache = false;
  };

  explicit PageStream(const Options& options) noexcept
      : options_(options),
        scratch_{Buffer(options.pool), Buffer(options.pool)},
        kept_(options.pool) {}

  bool levels_lsb_first() const noexcept { return options_.levels_lsb_first; }

  /// Starts on a chunk; the source must outlive its reading.
  void open(ChunkSource* source, Codec codec) noexcept;

  /// Reads the next header. False at the end of the chunk's bytes.
  Result<bool> next_header(PageHeader* header);
  /// Goes to the page at `offset` in the file, of `size` bytes with its header; false where that is
  /// not within the chunk.
  bool seek(int64_t offset, int64_t size) noexcept;
  /// Up to `offset` in the file no more is read ahead than up to there.
  void read_until(int64_t offset) noexcept { source_->read_until(offset - source_->file_offset()); }
  /// Where the next header stands, in the file.
  int64_t next_offset() const noexcept { return source_->file_offset() + position_; }
  /// Goes back to the page whose header was read last.
  void back() noexcept { position_ = page_position_; }
  /// Of the page whose header was read last.
  int64_t page_offset() const noexcept { return source_->file_offset() + page_position_; }
  int32_t header_bytes() const noexcept { return header_bytes_; }
  std::optional<bool> checksum_ok() const noexcept { return checksum_ok_; }

  /// The body of that page. With `keep`, its bytes outlive the next page (by owner, or because they
  /// are stable); without, they are valid until the next call. A page whose body is not asked for
  /// is passed over without being read. A checksum that does not match is `corrupt`, unless
  /// `report_checksum` (then see checksum_ok).
  Result<PageBody> body(const PageHeader& header, bool keep, bool report_checksum = false);
  /// Where bodies are decompressed that nobody keeps: the last one, and the one ahead of it.
  static constexpr size_t kScratch = 2;
  std::span<Buffer, kScratch> scratch() noexcept { return scratch_; }

 private:
  // Where a body lies, and what of it there is to decompress.
  struct Stored {
    int64_t page = 0;   // position of the header, in the chunk
    int64_t begin = 0;  // of the body
    size_t size = 0;
    size_t level_bytes = 0;  // of a V2 page, in front and never compressed
    size_t raw_size = 0;
    bool compressed = false;
  };
  // The body behind the one asked for, where they were decompressed together.
  struct Ahead {
    int64_t page = -1;  // position of the header, in the chunk; -1: none
    size_t size = 0;
    SharedBuffer owner;  // empty: in the other scratch buffer
  };
  Result<PageBody> read_body(const PageHeader& header, bool keep, bool report_checksum);
  Result<Stored> stored(const PageHeader& header, int64_t page, int32_t header_bytes) const;
  Result<std::span<const uint8_t>> stored_body(const Stored& body, bool keep, SharedBuffer* owner);
  Result<std::span<const uint8_t>> decompress(const Stored& body, std::span<const uint8_t> bytes,
                                              bool keep, SharedBuffer* owner);
  Result<std::span<uint8_t>> room(const Stored& body, std::span<const uint8_t> bytes, bool keep,
                                  size_t scratch, SharedBuffer* owner);
  bool with_next(const Stored& body, bool keep, std::span<uint8_t> out);
  Status check_sizes(const PageHeader& header, int64_t page, int32_t header_bytes) const;
  Status check_crc(const PageHeader& header, std::span<const uint8_t> stored, bool report);

  Options options_;
  ChunkSource* source_ = nullptr;
  Codec codec_ = Codec::uncompressed;
  int64_t position_ = 0;       // of the next header, in the chunk
  int64_t page_position_ = 0;  // of the last header read
  int32_t header_bytes_ = 0;
  std::optional<bool> checksum_ok_;
  const PageCache::Page* cached_ = nullptr;  // the page whose header was read last
  std::array<Buffer, kScratch> scratch_;     // decompressed bodies that nobody keeps
  size_t scratch_used_ = 0;                  // the one with the last body
  KeptBuffers kept_;                         // bodies handed out
  Ahead ahead_;
  int64_t data_end_ = -1;  // of the last data page whose body was asked for
};

}  // namespace veneer::column
