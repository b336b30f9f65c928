// Globs: any pattern over any path, held against the plainest matcher of one name; and what is said
// of directories against what is said of the keys below. The input is the pattern, a zero byte, and
// the path.
#include "io/glob.h"

#include "fuzz/support/feed.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2000) return 0;
  const std::string_view input = text_of(data, size);
  const std::string_view pattern = input.substr(0, input.find('\0'));
  const std::string_view path = input.substr(std::min(input.size(), pattern.size() + 1));

  const io::Glob glob(pattern);
  const bool matched = glob.matches(path);
  // Each directory above a key that matches wants looking into; below one that has nothing to say
  // any more, nothing matches, and below one that has all, everything.
  for (size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const Below below = glob.below(path.substr(0, slash + 1));
    if (below == Below::none) require(!matched, "nothing matches below a directory with none");
    // Hidden names and empty ones are the listing's to leave out, not the pattern's.
    if (below == Below::all) require(matched || path.back() == '/', "all matches below all");
  }
  // A name without wildcards matches itself only.
  if (!io::has_wildcard(pattern) && pattern.find('/') == std::string_view::npos &&
      path.find('/') == std::string_view::npos && !pattern.empty()) {
    require(io::match_name(pattern, path) == (pattern == path), "a plain name is itself");
  }
  require(io::match_name("*", path) == (path.empty() || path[0] != '.'), "a star takes all");
  return 0;
}
