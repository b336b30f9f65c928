#include "s3/prefetch_plan.h"

#include <algorithm>

#include "io/ranges.h"

namespace veneer::s3 {
namespace {

// Wanted bytes of sorted, disjoint ranges within [begin, end).
int64_t wanted_within(std::span<const ByteRange> ranges, int64_t begin, int64_t end) {
  int64_t wanted = 0;
  for (const ByteRange& range : ranges) {
    const int64_t from = std::max(begin, range.offset);
    const int64_t to = std::min(end, range.offset + range.size);
    wanted += std::max<int64_t>(0, to - from);
  }
  return wanted;
}

// Sorted, within [0, size), overlapping and touching ones joined.
std::vector<ByteRange> tidy(std::vector<ByteRange> ranges, int64_t size) {
  std::erase_if(ranges, [size](const ByteRange& r) {
    return r.offset < 0 || r.size <= 0 || r.offset >= size;
  });
  for (ByteRange& range : ranges) range.size = std::min(range.size, size - range.offset);
  io::sort_by_offset(ranges);
  std::vector<ByteRange> joined;
  for (const ByteRange& range : ranges) {
    if (!joined.empty() && range.offset <= joined.back().offset + joined.back().size) {
      const int64_t end =
          std::max(joined.back().offset + joined.back().size, range.offset + range.size);
      joined.back().size = end - joined.back().offset;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

}  // namespace

std::vector<PlannedPart> plan_parts(std::vector<ByteRange> ranges, int64_t gap, int64_t part_bytes,
                                    int64_t size) {
  const std::vector<ByteRange> wanted = tidy(std::move(ranges), size);
  std::vector<PlannedPart> parts;
  for (size_t first = 0; first < wanted.size();) {
    size_t last = first;
    const auto end_of = [&](size_t i) { return wanted[i].offset + wanted[i].size; };
    while (last + 1 < wanted.size() && wanted[last + 1].offset - end_of(last) <= gap) ++last;
    const int64_t begin = wanted[first].offset;
    const int64_t length = end_of(last) - begin;
    int64_t pieces = 1;
    if (length - part_bytes > part_bytes) {
      pieces = length / part_bytes + (length % part_bytes != 0 ? 1 : 0);
    }
    const std::span<const ByteRange> together(wanted.data() + first, last + 1 - first);
    for (int64_t i = 0; i < pieces; ++i) {
      // By quotient and remainder: a product of two sizes could pass 64 bits.
      const auto cut = [&](int64_t k) {
        return begin + length / pieces * k + std::min(length % pieces, k);
      };
      PlannedPart part{cut(i), cut(i + 1), 0};
      part.wanted = wanted_within(together, part.begin, part.end);
      if (part.wanted > 0) parts.push_back(part);
    }
    first = last + 1;
  }
  return parts;
}

void subtract(ByteRange range, std::span<const ByteRange> taken, std::vector<ByteRange>* rest) {
  int64_t at = range.offset;
  const int64_t end = range.offset + range.size;
  for (const ByteRange& one : taken) {
    const int64_t one_end = one.offset + one.size;
    if (one_end <= at || one.offset >= end) continue;
    if (one.offset > at) rest->push_back({at, one.offset - at});
    at = std::max(at, one_end);
  }
  if (at < end) rest->push_back({at, end - at});
}

}  // namespace veneer::s3
