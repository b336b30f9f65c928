// Patterns of paths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "veneer/input.h"

namespace veneer::io {

/// True where one name of a path matches: `*` any bytes, `?` one, `[a-z]` and `[!a-z]` one of a
/// set. A wildcard takes no leading dot; a `[` without its `]` stands for itself.
bool match_name(std::string_view pattern, std::string_view name) noexcept;

/// True where a name of a path is a pattern.
bool has_wildcard(std::string_view name) noexcept;

/// A pattern of several names; `**` stands for any number of directories without a leading dot.
class Glob {
 public:
  explicit Glob(std::string_view pattern);

  /// What matches of the keys below this directory, which ends in '/' or is empty. `all` where the
  /// directory itself or one above it matches.
  Below below(std::string_view directory) const;
  bool matches(std::string_view key) const;

 private:
  std::vector<uint8_t> positions(std::string_view path, bool* matched_above) const;

  std::vector<std::string> names_;
};

}  // namespace veneer::io
