// Files composed from an input's choices by the tests' own builder.
#pragma once

#include "fuzz/support/feed.h"

namespace veneer::fuzz {

/// A file whose frame is right (magics, lengths, sizes, checksums, offsets, counts of levels)
/// unless a choice makes one of them wrong, and whose levels, dictionaries and encoded values are
/// the input's bytes: what no mutation of bytes alone would get to behind codecs and checksums.
/// `may_lie` is set where statistics or a bloom filter of the input's own choice were written.
Bytes build_file(Feed& feed, bool* may_lie = nullptr);

}  // namespace veneer::fuzz
