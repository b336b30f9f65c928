// Opening a file, and reading batches of its columns, or the pages of one column chunk.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/bloom_filter.h"
#include "veneer/column.h"
#include "veneer/filter.h"
#include "veneer/input.h"
#include "veneer/memory.h"
#include "veneer/metadata.h"
#include "veneer/schema.h"
#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

/// Opens the file that a column chunk's `file_path` names, relative to the file that names it.
using FileResolver = std::function<Result<std::shared_ptr<Input>>(std::string_view file_path)>;

struct OpenOptions {
  Limits limits = {};
  /// Null means default_allocator(). Must outlive the file, its readers and their batches.
  Allocator* allocator = nullptr;
  /// Map the file into memory instead of reading it (see map_input); only for `File::open(path)`.
  bool memory_map = false;
  /// Bytes that are read from the end at first: a footer that fits costs one read.
  int64_t tail_bytes = 64 << 10;
  /// Where column chunks in other files are opened; without it such a chunk is refused when read.
  FileResolver resolver = {};
};

/// What a progress callback is told.
struct Progress {
  int64_t rows_done = 0;
  int64_t rows_total = 0;
};

struct ReadOptions {
  /// Dotted paths of what to read, in the order wanted: "fare", "driver.name", "tags". A path of a
  /// group takes all below it. Empty means every column.
  std::vector<std::string> columns = {};
  /// Row groups [first, first + count); a negative count means to the last.
  int32_t first_row_group = 0;
  int32_t row_group_count = -1;
  /// Rows [first, first + count) among those row groups; a negative count means to the end.
  int64_t first_row = 0;
  int64_t row_count = -1;
  /// Only rows of those for which it is true. Its columns need not be among `columns`. It is
  /// checked against the schema before anything is read; what can be left out of reading, by
  /// statistics, dictionaries, bloom filters and the page index, is.
  Filter filter = {};
  /// Among the rows that the filter keeps: leave out the first `offset`, then give at most `limit`;
  /// negative is no limit. Reading stops with the last one.
  int64_t offset = 0;
  int64_t limit = -1;
  /// False: the filter looks at every value, whatever the file says of them elsewhere.
  bool trust_statistics = true;
  /// Batches then know the ordinal in the file of each of their rows: Batch::row_numbers.
  bool row_numbers = false;
  /// Most rows of a batch. Fewer come where rows are wide (see batch_bytes) and at the end of each
  /// row group: a batch never spans two.
  int32_t batch_rows = 64 << 10;
  /// About how many bytes of decoded values a batch may hold. Below this and batch_rows, batches
  /// are as small as the processor's caches like them, but not under 2 Ki rows.
  int64_t batch_bytes = 64 << 20;
  /// Threads that decode, the caller's own included. 1 makes none; 0 means one a processor. Builds
  /// without threads treat all as 1. With more than one, the next batches are read and decoded
  /// while the caller uses one: about twice as many as there are threads are held at once.
  int32_t threads = 1;
  /// Verify the CRC of each page that has one.
  bool checksums = true;
  /// Paths of leaves that stay dictionary-encoded where the file has them so.
  std::vector<std::string> dictionary_columns = {};
  Int96As int96 = Int96As::stored;
  /// Set it to true from any thread, and the read ends soon with `cancelled`. May be null; must
  /// outlive the reader.
  const std::atomic<bool>* cancel = nullptr;
  /// Called after each batch, on the thread that called `next`.
  std::function<void(const Progress&)> progress = {};
};

/// What a filter spared a read, and by which evidence. Of what was met so far.
struct FilterStats {
  int64_t row_groups = 0;                ///< looked at
  int64_t row_groups_by_statistics = 0;  ///< dropped: bounds and null counts of the row group
  int64_t row_groups_by_dictionary = 0;  ///< dropped: no entry of the dictionary matches
  int64_t row_groups_by_bloom_filter = 0;
  int64_t row_groups_by_page_index = 0;  ///< dropped: none of their pages can match
  int64_t row_groups_whole = 0;          ///< kept whole: metadata proves that every row matches
  int64_t pages = 0;          ///< of the filter's columns, in row groups with an offset index
  int64_t pages_dropped = 0;  ///< of those, by their bounds and null counts
  int64_t rows = 0;
  int64_t rows_by_row_group = 0;  ///< dropped with their row group
  int64_t rows_by_page = 0;       ///< dropped with their page
  int64_t rows_proven = 0;        ///< kept without a look at them
  int64_t rows_tested = 0;        ///< whose values were looked at
  int64_t rows_kept = 0;
  double plan_seconds = 0;    ///< statistics, indexes, bloom filters, dictionaries
  double filter_seconds = 0;  ///< reading and testing the filter's columns
  double read_seconds = 0;    ///< reading the columns that were asked for

  FilterStats& operator+=(const FilterStats& other) noexcept;
};

/// How much of each page is decoded.
enum class PageDetail : uint8_t {
  header,  ///< the header alone; bodies are skipped
  body,    ///< also checks the CRC and decompresses
  values,  ///< also decodes levels and values
};

struct PageOptions {
  PageDetail detail = PageDetail::values;
  /// Verify the CRC of each page that has one.
  bool checksums = true;
  /// Most values decoded of one page at once. A page may legitimately hold 2^31 values in a few
  /// bytes; what is over this bound is `over_limit`.
  int64_t most_values = int64_t{1} << 26;
};

/// One page. Valid until the reader's next `next`.
struct Page {
  PageHeader header;
  int64_t offset = 0;  ///< of the header, in the file
  int32_t header_bytes = 0;
  std::optional<bool> checksum_ok;  ///< empty where the page has none or it was not verified
  /// The decompressed body (levels included, in a V2 page too); empty at PageDetail::header.
  std::span<const uint8_t> body;
  /// One level an entry; empty where the maximum level is 0.
  std::span<const uint16_t> repetition_levels;
  std::span<const uint16_t> definition_levels;
  /// The values that are there (nulls take no place); for a dictionary page its entries, for a
  /// dictionary-encoded data page the values that its indices stand for. Null below
  /// PageDetail::values and for index pages.
  const Column* values = nullptr;
};

/// Walks the pages of one column chunk in file order: dictionary, data and index pages alike. Not
/// for several threads at once.
class PageReader {
 public:
  PageReader(PageReader&&) noexcept;
  PageReader& operator=(PageReader&&) noexcept;
  ~PageReader();

  /// False at the end of the chunk and on failure; then `status` tells which.
  bool next(Page* page);
  const Status& status() const noexcept;

 private:
  friend class File;
  struct Impl;
  explicit PageReader(std::unique_ptr<Impl> impl) noexcept;
  explicit PageReader(Status refused) noexcept;
  std::unique_ptr<Impl> impl_;  // null where the call itself was wrong
  Status refused_;
};

/// Rows of a few columns, decoded. Owns its memory, which the next `next` into the same batch uses
/// again. It may outlive its reader and file. One thread at a time may fill it; any may read it.
class Batch {
 public:
  Batch() noexcept;
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  ~Batch();

  size_t num_rows() const noexcept;
  /// Top-level columns, in the order of ReadOptions::columns (of the schema where that is empty).
  size_t num_columns() const noexcept;
  const Column& column(size_t i) const noexcept;
  /// A column by the field that Schema::field made; the field must be one that was read.
  template <class T>
  TypedColumn<T> operator[](const TypedField<T>& field) const noexcept {
    return TypedColumn<T>(find(field.field()));
  }
  /// The column of `field` at any depth of structures, or null where it was not read.
  const Column* find(const Field& field) const noexcept;
  /// Ordinal in the file of the first row, and the row group it is in.
  int64_t first_row() const noexcept;
  int32_t row_group() const noexcept;
  /// Ordinal in the file of each row; empty without ReadOptions::row_numbers.
  std::span<const int64_t> row_numbers() const noexcept;
  /// Ordinal in the file of row i. Of a read with a filter it wants ReadOptions::row_numbers.
  int64_t row_number(size_t i) const noexcept {
    const std::span<const int64_t> numbers = row_numbers();
    return i < numbers.size() ? numbers[i] : first_row() + static_cast<int64_t>(i);
  }

 private:
  friend class BatchReader;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Hands out the rows of a read, batch by batch. Not for several threads at once; several readers
/// of one file may run in parallel.
class BatchReader {
 public:
  BatchReader(BatchReader&&) noexcept;
  BatchReader& operator=(BatchReader&&) noexcept;
  ~BatchReader();

  /// Fills the next batch, of at least one row. False at the end and on failure: then `status`
  /// tells which, and the batch is empty. After a failure it stays false.
  bool next(Batch* batch);
  /// The next batch begins with row `row` of those that the read gives, 0 being the first and
  /// total_rows() the end; forward or back, also from the end. What lies between is passed over
  /// without being decompressed. invalid_argument for other rows, and where there is a filter;
  /// after a failure that one.
  Status seek(int64_t row);
  const Status& status() const noexcept;
  /// Rows that the whole read gives, from metadata; with a filter, those that it looks at.
  int64_t total_rows() const noexcept;
  /// All zero without a filter.
  FilterStats filter_stats() const noexcept;
  /// The fields read, in the order of the batches' columns.
  std::span<const Field* const> fields() const noexcept;

 private:
  friend class File;
  struct Impl;
  explicit BatchReader(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

/// An open Parquet file: its footer, parsed, and its input. A handle: copies share one open file.
/// All members are const and may be called from several threads at once.
class File {
 public:
  /// Opens a file of the local file system.
  static Result<File> open(const std::string& path, OpenOptions options = {});
  /// Opens any input; it is kept as long as the file and its readers.
  static Result<File> open(std::shared_ptr<Input> input, OpenOptions options = {});

  std::string_view name() const noexcept;
  /// Bytes of the whole file.
  int64_t size() const noexcept;
  const Schema& schema() const noexcept;
  const FileMetadata& metadata() const noexcept;
  /// The sum of the row groups' rows, which is what a read gives.
  int64_t num_rows() const noexcept;
  int32_t num_row_groups() const noexcept;

  /// A column chunk's metadata, decoded from the footer by each call.
  Result<ColumnChunk> column_chunk(int32_t row_group, int32_t leaf) const;
  /// The page index of a chunk; empty optional where the file has none.
  Result<std::optional<OffsetIndex>> offset_index(int32_t row_group, int32_t leaf) const;
  Result<std::optional<ColumnIndex>> column_index(int32_t row_group, int32_t leaf) const;
  /// The bloom filter of a chunk, read by each call; empty optional where the file has none.
  Result<std::optional<BloomFilter>> bloom_filter(int32_t row_group, int32_t leaf) const;

  /// How many rows a filter keeps: from metadata alone where that tells, else by reading the
  /// filter's columns. Of the options those that say which rows and how to read count.
  Result<int64_t> count(const Filter& filter, ReadOptions options = {},
                        FilterStats* stats = nullptr) const;
  /// Starts a read. A wrong option shows in the reader's status, at the latest in the first `next`.
  BatchReader read(ReadOptions options = {}) const;
  /// The pages of one column chunk, one after the other.
  PageReader pages(int32_t row_group, int32_t leaf, PageOptions options = {}) const;

  /// Bytes now held, and the most held at once, by this file and all its readers.
  int64_t held_bytes() const noexcept;
  int64_t peak_bytes() const noexcept;

  /// What the library's own code works with; not for callers.
  struct Impl;
  const std::shared_ptr<const Impl>& impl() const noexcept { return impl_; }

 private:
  explicit File(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace veneer
#pragma GCC visibility pop
