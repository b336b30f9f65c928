// What the metadata tells of a leaf column over all row groups.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "veneer/file.h"

namespace cli {

/// How many chunks have something.
struct Share {
  int64_t with = 0;
  int64_t of = 0;
  void add(bool has) {
    ++of;
    with += has ? 1 : 0;
  }
  /// "yes", "no", or "part" where only some chunks have it.
  std::string_view text() const { return with == 0 ? "no" : with == of ? "yes" : "part"; }
};

struct LeafSummary {
  uint32_t leaf = 0;
  std::string path;
  std::set<veneer::Encoding> encodings;
  std::set<veneer::Codec> codecs;
  /// Sums over the chunks, of what they claim: nothing in a read rests on all of these, so a file
  /// may claim what cannot be. Absent where a chunk claims less than 0, or all together more than
  /// int64 holds.
  std::optional<int64_t> compressed = 0;
  std::optional<int64_t> raw = 0;
  std::optional<int64_t> values = 0;
  /// Absent where a chunk does not tell, too.
  std::optional<int64_t> nulls = 0;
  /// Absent unless there is one chunk, and it tells: distinct counts of chunks do not add up.
  std::optional<int64_t> distinct;
  /// Bounds that can be relied on, PLAIN-encoded; absent where a chunk with values has none.
  std::optional<std::string> min;
  std::optional<std::string> max;
  Share column_index;
  Share offset_index;
  Share bloom_filter;
  bool encrypted = false;
};

veneer::Result<LeafSummary> summarize(const veneer::File& file, uint32_t leaf);

/// Adds a claim to a sum; absent ones, and those that cannot be, leave none.
void add_to(std::optional<int64_t>* sum, std::optional<int64_t> more);

/// Where both are known and something was compressed.
std::optional<double> ratio_of(std::optional<int64_t> raw, std::optional<int64_t> compressed);

/// The names, joined by ", ".
std::string join(const std::set<veneer::Encoding>& encodings);
std::string join(const std::set<veneer::Codec>& codecs);

}  // namespace cli
