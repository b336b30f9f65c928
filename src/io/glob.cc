#include "io/glob.h"

namespace veneer::io {
namespace {

// Takes the set at the start of `pattern` ("[a-z]…"); npos where its end is missing.
size_t match_set(std::string_view pattern, char c, bool* in_set) noexcept {
  size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  const auto byte = static_cast<unsigned char>(c);
  bool found = false;
  for (const size_t first = i; i < pattern.size() && (pattern[i] != ']' || i == first); ++i) {
    const auto low = static_cast<unsigned char>(pattern[i]);
    auto high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = static_cast<unsigned char>(pattern[i + 2]);
      i += 2;
    }
    found = found || (low <= byte && byte <= high);
  }
  if (i >= pattern.size()) return std::string_view::npos;
  *in_set = found != negated;
  return i + 1;
}

// Bytes of the pattern that match `c`; 0 where they do not.
size_t match_one(std::string_view pattern, char c) noexcept {
  if (pattern.empty()) return 0;
  if (pattern[0] == '?') return 1;
  if (pattern[0] == '[') {
    bool in_set = false;
    const size_t end = match_set(pattern, c, &in_set);
    if (end != std::string_view::npos) return in_set ? end : 0;
  }
  return pattern[0] == c ? 1 : 0;
}

}  // namespace

bool has_wildcard(std::string_view name) noexcept {
  return name.find_first_of("*?[") != std::string_view::npos;
}

bool match_name(std::string_view pattern, std::string_view name) noexcept {
  if (!name.empty() && name[0] == '.' && !pattern.empty() && pattern[0] != '.') return false;
  // Only the last star needs to be tried again: what an earlier one takes more, it can give up.
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;
  size_t star_n = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_n = n;
      continue;
    }
    const size_t taken = match_one(pattern.substr(p), name[n]);
    if (taken != 0) {
      p += taken;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_n;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Glob::Glob(std::string_view pattern) {
  while (!pattern.empty()) {
    const size_t slash = pattern.find('/');
    const std::string_view name = pattern.substr(0, slash);
    if (!name.empty()) names_.emplace_back(name);
    pattern = slash == std::string_view::npos ? std::string_view() : pattern.substr(slash + 1);
  }
}

// Which names of the pattern may come next once all names of `path` are taken; the position behind
// the last one says that the path matches.
std::vector<uint8_t> Glob::positions(std::string_view path, bool* matched_above) const {
  const size_t end = names_.size();
  std::vector<uint8_t> now(end + 1);
  auto enter = [&](std::vector<uint8_t>& set, size_t i) {
    set[i] = true;
    while (i < end && names_[i] == "**") set[++i] = true;
  };
  enter(now, 0);
  *matched_above = false;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    std::vector<uint8_t> next(end + 1);
    for (size_t i = 0; i < end; ++i) {
      if (!now[i]) continue;
      if (names_[i] == "**") {
        if (name.empty() || name[0] != '.') enter(next, i);
      } else if (match_name(names_[i], name)) {
        enter(next, i + 1);
      }
    }
    now = std::move(next);
    if (now[end] && !path.empty()) *matched_above = true;
  }
  return now;
}

Below Glob::below(std::string_view directory) const {
  bool above = false;
  const std::vector<uint8_t> now = positions(directory, &above);
  // "**" at the end takes files, not the directory that it starts from.
  if (above || (now.back() && !directory.empty())) return Below::all;
  for (const bool possible : now) {
    if (possible) return Below::some;
  }
  return Below::none;
}

bool Glob::matches(std::string_view key) const {
  bool above = false;
  const std::vector<uint8_t> now = positions(key, &above);
  return above || now.back();
}

}  // namespace veneer::io
