// What an open file is made of.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "base/memory.h"
#include "column/page_stream.h"
#include "veneer/file.h"

namespace veneer {

struct File::Impl {
  Impl(std::shared_ptr<Input> source, OpenOptions with)
      : input(std::move(source)),
        options(std::move(with)),
        pool(options.allocator != nullptr ? options.allocator : default_allocator(),
             options.limits.held_bytes) {}

  /// The input that holds a chunk's data: this file's, or what the resolver opens for `file_path`.
  Result<Input*> input_of(const ColumnChunk& chunk) const;
  /// How pages of this file are read, as its writer wants it.
  column::PageStream::Options page_options(column::Decompressors* decompressors,
                                           bool checksums) const;
  /// Whether a page's DELTA_BYTE_ARRAY values may go on from the page before: see ValueDecoder.
  bool carries_prefix() const noexcept;
  /// Adds this file's name to a failure.
  Status named(Status status) const { return std::move(status).in_file(input->name()); }

  std::shared_ptr<Input> input;
  OpenOptions options;
  mutable MemoryPool pool;  // before whatever takes memory from it
  std::optional<FileMetadata> metadata;
  int64_t size = 0;

 private:
  mutable std::mutex mutex_;  // guards others_
  mutable std::map<std::string, std::shared_ptr<Input>, std::less<>> others_;
};

/// True for inputs of which a request costs far more than a few bytes: then what will be read is
/// said beforehand.
inline bool is_remote(const Input& input) noexcept {
  return input.preferred_read_bytes() >= int64_t{1} << 20;
}

/// `unsupported` for a chunk whose pages, page index and bloom filter are encrypted.
Status refuse_encrypted(const ColumnChunk& chunk);

/// The page index of a chunk that has one, without the failure's place.
Result<OffsetIndex> read_offset_index(const File::Impl& file, const ColumnChunk& chunk);
Result<ColumnIndex> read_column_index(const File::Impl& file, const ColumnChunk& chunk,
                                      const Leaf& leaf);
/// False where none of the values of these hashes is in a chunk that has a bloom filter.
Result<bool> bloom_may_hold(const std::shared_ptr<const File::Impl>& file, const ColumnChunk& chunk,
                            std::span<const uint64_t> hashes);

/// Where the pages of a chunk lie, and in which input.
struct ChunkPlace {
  ColumnChunk chunk;
  Input* input = nullptr;
  int64_t begin = 0;
  int64_t size = 0;
};
/// Finds a chunk and refuses what cannot be read: encrypted, without metadata, of another type than
/// the schema's, outside of its file. Failures name column and row group.
Result<ChunkPlace> locate_chunk(const File::Impl& file, uint32_t row_group, uint32_t leaf);

}  // namespace veneer
