// Which requests fetch a set of ranges.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "veneer/input.h"

namespace veneer::s3 {

/// One request: bytes [begin, end), `wanted` of which were asked for; the others are gaps.
struct PlannedPart {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t wanted = 0;
};

/// Ranges whose gap is at most `gap` go together; what is then over twice `part_bytes` is cut into
/// equal parts of about `part_bytes`. Ranges outside of [0, size) are cut off or left out; they may
/// be unsorted and overlap. The parts are in ascending order.
std::vector<PlannedPart> plan_parts(std::vector<ByteRange> ranges, int64_t gap, int64_t part_bytes,
                                    int64_t size);

/// What of `range` lies in none of `taken` (sorted, not overlapping).
void subtract(ByteRange range, std::span<const ByteRange> taken, std::vector<ByteRange>* rest);

}  // namespace veneer::s3
