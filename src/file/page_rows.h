// Where the pages of a column chunk begin, counted in rows.
#pragma once

#include <cstdint>

#include "column/page_stream.h"
#include "file/chunk_input.h"

namespace veneer {

/// Of leaves without lists, by their pages' headers alone.
class PageRows {
 public:
  PageRows(MemoryPool* pool, const Limits* limits) noexcept
      : source_(pool), pages_({.pool = pool, .limits = limits}) {}

  void open(Input* input, int64_t input_size, int64_t begin, int64_t size, Codec codec) noexcept;
  /// The first row from `row` on that a page begins with, in ascending calls; INT64_MAX where there
  /// is none, or where headers are broken, which is for the leaf's reader to tell.
  int64_t next(int64_t row);

 private:
  ChunkInput source_;
  column::PageStream pages_;
  int64_t at_ = 0;
};

}  // namespace veneer
