// Pages that two readers of one chunk need: a filter's, and that of the rows which it keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>

#include "base/memory.h"
#include "veneer/metadata.h"

namespace veneer::column {

/// A page's decompressed body, and who keeps it alive.
struct PageBody {
  std::span<const uint8_t> levels;  ///< V2: the levels, which are never compressed; else empty
  std::span<const uint8_t> values;  ///< V1: levels and values; V2: values; dictionary: entries
  std::span<const uint8_t> whole;   ///< all of it in one piece, where asked for
  SharedBuffer owner;  ///< empty where the bytes are stable, or live in the stream's scratch
};

/// The last pages that the first reader decompressed, up to some bytes: the second one, which comes
/// after it, then neither fetches nor decompresses them again. One thread at a time.
class PageCache {
 public:
  struct Page {
    int64_t position = 0;  ///< of the header, in the chunk
    int32_t header_bytes = 0;
    PageHeader header;  ///< without its statistics, whose bytes do not stay
    PageBody body;
  };

  /// Nothing is kept before someone says that it is wanted.
  void want() noexcept { wanted_ = true; }
  bool wanted() const noexcept { return wanted_; }

  void clear() noexcept {
    pages_.clear();
    bytes_ = 0;
  }
  void add(Page page) {
    bytes_ += page.body.whole.size();
    pages_.push_back(std::move(page));
    while (bytes_ > kMostBytes && pages_.size() > 1) {
      bytes_ -= pages_.front().body.whole.size();
      pages_.pop_front();
    }
  }
  /// Null where it is not there. Valid until the next `add` and `clear`.
  const Page* find(int64_t position) const noexcept {
    for (const Page& page : pages_) {
      if (page.position == position) return &page;
    }
    return nullptr;
  }

 private:
  static constexpr size_t kMostBytes = size_t{16} << 20;
  std::deque<Page> pages_;
  size_t bytes_ = 0;
  bool wanted_ = false;
};

}  // namespace veneer::column
