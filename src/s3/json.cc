#include "s3/json.h"

#include "base/text.h"
#include "s3/uri.h"

namespace veneer::s3 {
namespace {

constexpr int kDeepestValue = 32;

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) noexcept : rest_(text) {}

  void skip_space() noexcept {
    while (!rest_.empty() &&
           (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r' || rest_[0] == '\n')) {
      rest_.remove_prefix(1);
    }
  }
  bool take(char c) noexcept {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at(char c) noexcept {
    skip_space();
    return rest_.starts_with(c);
  }
  bool at_end() noexcept {
    skip_space();
    return rest_.empty();
  }

  bool string(std::string* out) {
    out->clear();
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        *out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }

  // A number or a word; their spelling is not checked further.
  bool word(std::string* out) {
    skip_space();
    const size_t end = rest_.find_first_of(",]} \t\r\n\"");
    *out = rest_.substr(0, end);
    rest_.remove_prefix(out->size());
    return !out->empty();
  }

  bool skip_value(int depth) {
    std::string ignored;
    if (depth > kDeepestValue) return false;
    if (at('"')) return string(&ignored);
    if (take('[')) {
      if (take(']')) return true;
      do {
        if (!skip_value(depth + 1)) return false;
      } while (take(','));
      return take(']');
    }
    if (take('{')) {
      if (take('}')) return true;
      do {
        if (!string(&ignored) || !take(':') || !skip_value(depth + 1)) return false;
      } while (take(','));
      return take('}');
    }
    return word(&ignored);
  }

 private:
  bool escape(std::string* out) {
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    switch (c) {
      case '"':
      case '\\':
      case '/': *out += c; return true;
      case 'b': *out += '\b'; return true;
      case 'f': *out += '\f'; return true;
      case 'n': *out += '\n'; return true;
      case 'r': *out += '\r'; return true;
      case 't': *out += '\t'; return true;
      case 'u': return unicode(out);
      default: return false;
    }
  }
  // Only ASCII comes escaped so in what is read here ("\u003d" for '='); the rest is refused.
  bool unicode(std::string* out) {
    if (rest_.size() < 4 || !rest_.starts_with("00")) return false;
    std::string byte;
    if (!percent_decode(concat({"%", rest_.substr(2, 2)}), false, &byte)) return false;
    if (static_cast<unsigned char>(byte[0]) > 0x7F) return false;
    *out += byte;
    rest_.remove_prefix(4);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<JsonMembers> parse_json_object(std::string_view text) {
  JsonCursor json(text);
  JsonMembers members;
  if (!json.take('{')) return std::nullopt;
  if (json.take('}')) return json.at_end() ? std::optional(members) : std::nullopt;
  do {
    std::string name;
    std::string value;
    if (!json.string(&name) || !json.take(':')) return std::nullopt;
    if (json.at('{') || json.at('[')) {
      if (!json.skip_value(0)) return std::nullopt;
      continue;
    }
    if (!(json.at('"') ? json.string(&value) : json.word(&value))) return std::nullopt;
    members.emplace_back(std::move(name), std::move(value));
  } while (json.take(','));
  if (!json.take('}') || !json.at_end()) return std::nullopt;
  return members;
}

std::string_view member(const JsonMembers& members, std::string_view name) noexcept {
  for (const auto& [key, value] : members) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace veneer::s3
