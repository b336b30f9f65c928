// The pages of one column chunk: for those who build engines, inspect files or verify them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "veneer/column.h"
#include "veneer/metadata.h"
#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

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

}  // namespace veneer
#pragma GCC visibility pop
