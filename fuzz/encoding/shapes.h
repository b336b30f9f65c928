// Shapes of DELTA_BINARY_PACKED blocks, for the encodings that are built on it.
#pragma once

#include "fuzz/support/feed.h"
#include "tests/encoding/reference.h"

namespace veneer::fuzz {

/// Miniblocks of any multiple of 8 values, up to eight of them a block, with or without what
/// writers may do besides.
inline reference::DeltaShape delta_shape(Feed& feed) {
  reference::DeltaShape shape;
  shape.miniblocks = 1 + feed.below(8);
  shape.block = shape.miniblocks * 8 * (1 + feed.below(16));
  shape.garbage_widths = feed.flag();
  shape.cut_padding = feed.flag();
  shape.extra_bits = static_cast<unsigned>(feed.below(4));
  return shape;
}

}  // namespace veneer::fuzz
