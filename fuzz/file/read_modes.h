// One file read in every way that the library has, each held against the others.
#pragma once

#include "fuzz/support/feed.h"
#include "veneer/file.h"

namespace veneer::fuzz {

/// What a file may take: far more than its bytes can hold legitimately, far less than a machine
/// has.
Limits fuzz_limits();

/// Opens the bytes: as memory that can be viewed, or so that everything is read.
Result<File> open_bytes(std::span<const uint8_t> bytes, bool viewed);

/// Everything that an open file says of itself: footer, indexes, bloom filters.
void read_metadata(const File& file);

/// All columns in one go; then in small batches, without a view, dictionary-preserving, by rows,
/// column by column: whatever is read whole must give the same values in each way.
void read_every_way(const File& viewed, const File& read);

/// Every page of every chunk, at every detail.
void read_pages(const File& file);

}  // namespace veneer::fuzz
