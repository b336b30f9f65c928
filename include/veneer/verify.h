// Holds everything that a file says about itself against its data.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "veneer/file.h"
#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

/// What a finding is about.
enum class FindingKind : uint8_t {
  unreadable,       ///< a page or chunk does not decode; what follows in the chunk is not checked
  checksum,         ///< a page's CRC does not match
  counts,           ///< numbers of values, nulls, rows
  levels,           ///< repetition and definition levels contradict each other or the schema
  dictionary,       ///< a dictionary that claims to be sorted is not
  encodings,        ///< lists of encodings against the pages
  sizes,            ///< sizes of chunks and row groups against the pages
  statistics,       ///< min, max, null, NaN and distinct counts of a chunk or page
  size_statistics,  ///< histograms of levels, unencoded bytes
  page_index,       ///< offset index and column index
  bloom_filter,     ///< a value that the filter denies
  utf8,             ///< STRING, ENUM or JSON that is not UTF-8
  sorting,          ///< rows that are not in the order of the row group's sorting columns
  metadata,         ///< column metadata against the schema
  layout,           ///< chunks that overlap, or pages that are not where the metadata says
};

/// One thing that is wrong, or could not be verified.
struct Finding {
  FindingKind kind = FindingKind::unreadable;
  /// `corrupt` where the file is wrong; `unsupported`, `codec_not_built`, `over_limit` and the like
  /// where this reader could not tell.
  StatusCode code = StatusCode::corrupt;
  std::string message;
  int32_t row_group = -1;  ///< -1: of the file
  int32_t leaf = -1;       ///< -1: of the row group
  std::string column;      ///< dotted path of the leaf
  int64_t page = -1;       ///< ordinal in the chunk, dictionary page included; -1: of the chunk
  int64_t offset = -1;     ///< in the file, of the page or structure

  /// "KIND: what (column a.b, row group 0, page 3, offset 4711)".
  std::string to_string() const;
};

struct VerifyOptions {
  bool checksums = true;
  bool statistics = true;  ///< of chunks and pages, size statistics included
  bool page_index = true;
  bool bloom_filters = true;
  bool utf8 = true;
  bool sorting = true;
  /// Set it to true from any thread, and verify ends soon with `cancelled`. May be null.
  const std::atomic<bool>* cancel = nullptr;
  /// Called after each column chunk, on the caller's thread: how many of all have been checked.
  std::function<void(int64_t chunks_done, int64_t chunks_total)> progress = {};
};

/// Decodes every value of every page of every column chunk and calls `on_finding`, on the caller's
/// thread, for each thing that is wrong. Holds about one page at a time in memory.
///
/// The first page of a chunk that does not decode ends the check of that chunk; the next chunk is
/// gone on with. Statistics that readers must not trust anyway (see `trust_statistics`,
/// `effective_bounds`) are no findings, but for those of writers whose bugs few readers know of:
/// parquet-cpp-arrow and hyparquet. Ok says that verification came to its end, whatever it
/// found; other codes that it could not: `io`, `out_of_memory`, `access_denied`, `cancelled`;
/// `over_limit` where held_bytes does not allow what verification itself holds. Least and greatest
/// values of over 64 KiB are not held against statistics.
Status verify(const File& file, const VerifyOptions& options,
              const std::function<void(const Finding&)>& on_finding);

std::string_view to_string(FindingKind kind) noexcept;  // "checksum", "page_index", …

}  // namespace veneer
#pragma GCC visibility pop
