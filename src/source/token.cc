// Tokens of sources as text: "veneer-source-1:HANDOFF:SCAN:KEY,ROW,IDENTITY:…:CRC".
//
// Fields are percent-encoded but for characters that neither a shell nor this format uses, so that
// a token is one printable word. The checksum tells a token that was cut or mistyped, whose row
// would else be taken for another.
#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "base/crc32.h"
#include "base/macros.h"
#include "veneer/detail/source_run.h"

namespace veneer::internal {
namespace {

constexpr std::string_view kOfFile = "veneer-source-1";
constexpr std::string_view kOfPrefix = "veneer-prefix-1";
constexpr char kHex[] = "0123456789abcdef";

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '/' || c == '=' || c == '+';
}
void append_encoded(std::string* out, std::string_view text) {
  for (const char c : text) {
    if (is_plain(c)) {
      out->push_back(c);
      continue;
    }
    const auto byte = static_cast<uint8_t>(c);
    *out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
}
int hex_digit(char c) {
  const size_t at = std::string_view(kHex).find(c);
  return c == '\0' || at == std::string_view::npos ? -1 : static_cast<int>(at);
}
bool decode(std::string_view text, std::string* out) {
  out->clear();
  out->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) {
      out->push_back(text[i]);
      continue;
    }
    if (text[i] != '%' || text.size() - i < 3) return false;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out->push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return true;
}

std::string checksum(std::string_view text) {
  uint32_t crc = crc32({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  std::string digits(8, '0');
  for (size_t i = 8; i-- > 0; crc >>= 4) digits[i] = kHex[crc & 15];
  return digits;
}

// The part before `separator`, which is taken off `rest` with it; all where there is none.
std::string_view next_part(std::string_view* rest, char separator) {
  const std::string_view part = rest->substr(0, rest->find(separator));
  rest->remove_prefix(std::min(rest->size(), part.size() + 1));
  return part;
}

bool parse_object(std::string_view text, ObjectRow* object) {
  if (std::count(text.begin(), text.end(), ',') != 2) return false;
  if (!decode(next_part(&text, ','), &object->key)) return false;
  const std::string_view row = next_part(&text, ',');
  const char* end = row.data() + row.size();
  const auto [stop, error] = std::from_chars(row.data(), end, object->row);
  if (row.empty() || stop != end || error != std::errc() || object->row < 0) return false;
  return decode(text, &object->identity);
}

}  // namespace

std::string format_token(const SourceToken& token) {
  std::string text(token.of_prefix ? kOfPrefix : kOfFile);
  text += ':';
  append_encoded(&text, token.handoff);
  text += ':';
  append_encoded(&text, token.scan);
  for (const ObjectRow& object : token.objects) {
    text += ':';
    append_encoded(&text, object.key);
    text += ',';
    text += std::to_string(object.row);
    text += ',';
    append_encoded(&text, object.identity);
  }
  text += ':';
  return text + checksum(text);
}

Result<SourceToken> parse_token(std::string_view text, bool of_prefix) {
  const std::string_view kind = of_prefix ? kOfPrefix : kOfFile;
  const std::string_view other = of_prefix ? kOfFile : kOfPrefix;
  if (text.starts_with(other)) {
    return Status::invalid_argument(of_prefix ? "the token is of a Source, not a PrefixSource"
                                              : "the token is of a PrefixSource, not a Source");
  }
  const Status broken =
      Status::invalid_argument("not a token of this kind of source, or a broken one");
  const size_t last = text.rfind(':');
  if (!text.starts_with(kind) || last == std::string_view::npos) return broken;
  if (text.substr(last + 1) != checksum(text.substr(0, last + 1))) return broken;
  std::string_view rest = text.substr(0, last);
  if (std::count(rest.begin(), rest.end(), ':') < 2 || next_part(&rest, ':') != kind) return broken;

  SourceToken token;
  token.of_prefix = of_prefix;
  const std::string_view handoff = next_part(&rest, ':');
  const bool has_objects = rest.find(':') != std::string_view::npos;
  if (!decode(handoff, &token.handoff) || !decode(next_part(&rest, ':'), &token.scan)) {
    return broken;
  }
  for (bool more = has_objects; more;) {
    more = rest.find(':') != std::string_view::npos;
    token.objects.emplace_back();
    if (!parse_object(next_part(&rest, ':'), &token.objects.back())) return broken;
  }
  if (!of_prefix && (token.objects.size() != 1 || !token.scan.empty())) return broken;
  return token;
}

std::string Place::at(int64_t next_row) const {
  if (!in_batch) return format_token(token);
  SourceToken copy = token;
  copy.objects.front().row = next_row;
  return format_token(copy);
}

}  // namespace veneer::internal
