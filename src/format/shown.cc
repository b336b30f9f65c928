#include "format/shown.h"

#include <algorithm>

namespace veneer::format {
namespace {
constexpr size_t kLongestName = 100;
constexpr size_t kLongestPath = 32;
}  // namespace

std::string shown_name(std::string_view name) {
  size_t size = std::min(name.size(), kLongestName);
  // Not in the midst of a UTF-8 character.
  while (size < name.size() && size > 0 && (name[size] & 0xC0) == 0x80) --size;
  std::string text(name.substr(0, size));
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, '?');
  return size < name.size() ? text + "…" : text;
}

std::string shown_path(const Schema& schema, uint32_t element) {
  uint32_t way[kLongestPath];
  size_t steps = 0;
  uint32_t at = element;
  for (; at != 0 && at != kNoIndex && steps < kLongestPath; at = schema.element(at).parent) {
    way[steps++] = at;
  }
  std::string path(at != 0 && at != kNoIndex ? "…." : "");
  while (steps-- > 0) {
    path += shown_name(schema.element(way[steps]).name);
    if (steps != 0) path += '.';
  }
  return path;
}

}  // namespace veneer::format
