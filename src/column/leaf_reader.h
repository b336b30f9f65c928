// Reads one leaf column of a row group, some rows at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/memory.h"
#include "column/chunk_source.h"
#include "column/leaf_data.h"
#include "column/levels.h"
#include "column/page_stream.h"
#include "column/row_runs.h"
#include "column/value_decoder.h"
#include "veneer/metadata.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer::column {

/// Not thread-safe; one a projected leaf, reused from row group to row group.
class LeafReader {
 public:
  struct Options {
    const Leaf* leaf = nullptr;
    /// Definition level from which an element of the k-th enclosing list exists; [0] is 0.
    std::span<const uint16_t> element_levels;  ///< must outlive the reader
    /// The leaf is its own top-level field: nothing but its validity is read from its levels.
    bool top_level = false;
    bool keep_dictionary = false;
    bool carry_prefix = false;  ///< see ValueDecoder
    Int96As int96 = Int96As::stored;
    PageStream::Options pages;
  };

  explicit LeafReader(const Options& options);
  LeafReader(const LeafReader&) = delete;
  ~LeafReader();

  /// Starts on the chunk of a row group of `rows` rows. The source must outlive its reading.
  Status open_chunk(ChunkSource* source, Codec codec, int64_t num_values, int64_t rows);
  /// Where the data pages lie, so that `skip` can go straight to one; for the chunk just opened.
  /// The pages' first rows ascend from 0; they must outlive the chunk's reading.
  void use_offset_index(std::span<const PageLocation> pages) noexcept;

  /// Reads exactly the next `rows` rows into `out`, which is cleared first.
  Status read(size_t rows, LeafData* out);
  /// Reads just these rows, which ascend and lie behind those read before.
  Status read_runs(std::span<const RowRun> runs, LeafData* out);
  /// Passes over rows; whole pages without decompressing them where the leaf has no lists, and
  /// without reading them where there is an offset index.
  Status skip(int64_t rows);
  /// The chunk's dictionary, which is empty where it has none; read now if need be.
  Result<const Dictionary*> dictionary();

  /// Memory for pages, which a reader may leave to another between chunks.
  static constexpr size_t kScratch = PageStream::kScratch;
  std::span<Buffer, kScratch> scratch() noexcept { return pages_.scratch(); }

  /// Bytes of one value in LeafData, and its kind, after Int96As.
  const ValueLayout& layout() const noexcept { return layout_; }
  ValueKind kind() const noexcept { return kind_; }
  size_t width() const noexcept { return width_; }
  const Leaf& leaf() const noexcept { return *options_.leaf; }

 private:
  // Pages: leaf_pages.cc.
  Encoding page_encoding() const noexcept {  // of the page whose header was read
    return header_.type == PageType::data_v2 ? header_.data_v2.encoding : header_.data.encoding;
  }
  Result<bool> next_data_page(bool data = true);
  Status open_page();
  Status load_dictionary(const PageHeader& header);
  Status need_page();
  Status jump(int64_t target, int64_t* rows);
  Status find_dictionary();
  void read_ahead_to(int64_t row) noexcept;
  Status check_page();

  // Rows without lists, and with.
  Status make_room(size_t rows, LeafData* out);
  Status append(size_t rows, LeafData* out);
  Status read_flat(size_t rows, LeafData* out);
  // `read` for levels as they are held: in a byte, or two where they pass 255.
  template <class Read>
  auto by_level(Read read) {
    return wide_levels_ ? read(uint16_t{}) : read(uint8_t{});
  }
  size_t level_bytes() const noexcept { return wide_levels_ ? 2 : 1; }
  Status read_flat_levels(size_t rows, LeafData* out);
  Status read_nested(size_t rows, LeafData* out, bool keep);
  Status refill_block();
  Status decode_values(size_t n, LeafData* out);
  Status decode_spread(size_t begin, size_t n, size_t all_present, size_t expected, LeafData* out);
  Status finish(LeafData* out);
  Status convert_int96(LeafData* out);
  Status materialise(LeafData* out);

  Options options_;
  ValueLayout layout_;
  ValueKind kind_;
  size_t width_;
  uint32_t max_repetition_;
  uint32_t max_definition_;
  bool wide_levels_;
  bool bitmap_;  // validity goes straight into a bitmap
  bool spread_;  // and values, where there are nulls, straight to their slots

  PageStream pages_;
  ValueDecoder values_;
  LevelDecoder repetition_;
  LevelDecoder definition_;
  Dictionary dictionary_;

  // The chunk.
  int64_t chunk_values_ = 0;  // levels that the chunk has
  int64_t chunk_rows_ = 0;
  int64_t rows_done_ = 0;
  int64_t values_seen_ = 0;  // levels of the pages met so far
  bool data_seen_ = false;
  bool first_level_ = true;
  bool jumped_ = false;  // not all values before this place were seen
  std::span<const PageLocation> pages_index_;
  int64_t page_rows_ = -1;  // that an offset index promises of the next page; -1: it was not asked

  // The page.
  PageHeader header_;
  bool page_open_ = false;
  int64_t page_left_ = 0;  // levels of the page not yet decoded

  // Nested: a block of levels, decoded but not yet taken.
  Buffer repetition_block_;
  Buffer definition_block_;
  size_t block_begin_ = 0;
  size_t block_end_ = 0;
  LeafData skipped_;
};

}  // namespace veneer::column
