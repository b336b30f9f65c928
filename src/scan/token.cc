#include "scan/token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <span>

#include "base/checked.h"
#include "base/crc32.h"
#include "base/macros.h"
#include "base/text.h"

namespace veneer::scan {
namespace {

constexpr std::string_view kMagic = "veneer-scan-1";
// A thousand open objects with the longest keys that stores allow take 3 MB.
constexpr size_t kMostBytes = size_t{16} << 20;
constexpr size_t kMostFields = 6;

uint32_t checksum(std::string_view text) {
  return crc32({static_cast<const uint8_t*>(static_cast<const void*>(text.data())), text.size()});
}

template <class T>
void append_number(std::string* out, T value, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value, base).ptr;
  out->append(digits, end);
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '/' || c == '=';
}

void append_text(std::string* out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain(c)) {
      *out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    *out += '%';
    *out += kHex[byte >> 4];
    *out += kHex[byte & 15];
  }
}

template <class T>
bool read_number(std::string_view text, T* out, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out, base);
  return error == std::errc() && end == text.data() + text.size() && text.front() != '-';
}

bool read_text(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) {
      *out += text[i];
      continue;
    }
    uint8_t byte = 0;
    if (text[i] != '%' || text.size() - i < 3 || !read_number(text.substr(i + 1, 2), &byte, 16)) {
      return false;
    }
    *out += static_cast<char>(byte);
    i += 2;
  }
  return true;
}

// Cuts the text before the next separator off the front of `rest`.
std::string_view cut(std::string_view* rest, char separator) {
  const size_t end = rest->find(separator);
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return part;
}

// A field's parts, which are separated by commas; how many there are.
size_t parts_of(std::string_view field, std::span<std::string_view> out) {
  size_t count = 0;
  for (bool more = true; more; ++count) {
    more = field.find(',') != std::string_view::npos;
    const std::string_view part = cut(&field, ',');
    if (count < out.size()) out[count] = part;
  }
  return count;
}

Status wrong(std::string_view what) {
  return Status::invalid_argument(concat({"the resume token ", what}));
}

bool read_watermark(std::string_view text, Watermark* out) {
  std::array<std::string_view, kMostFields> parts;
  return parts_of(text, parts) == 4 && read_text(parts[0], &out->key) &&
         (parts[1] == "s" || parts[1] == "u") && (out->sorted = parts[1] == "s", true) &&
         read_number(parts[2], &out->objects) && read_number(parts[3], &out->hash, 16) &&
         out->objects > 0;
}

bool read_open(std::string_view text, OpenObject* out) {
  std::array<std::string_view, kMostFields> parts;
  return parts_of(text, parts) == 4 && read_text(parts[0], &out->key) &&
         read_text(parts[1], &out->tag) && read_number(parts[2], &out->size) &&
         read_number(parts[3], &out->rows);
}

bool read_part(std::string_view text, Part* out) {
  std::array<std::string_view, kMostFields> parts;
  return parts_of(text, parts) == 5 && read_number(parts[0], &out->split) &&
         read_number(parts[1], &out->split_count) && read_number(parts[2], &out->objects) &&
         read_number(parts[3], &out->bytes) && read_number(parts[4], &out->hash, 16) &&
         out->split_count >= 1 && out->split < out->split_count;
}

}  // namespace

uint64_t hash_text(std::string_view text, uint64_t seed) noexcept {
  constexpr uint64_t kPrime = 1099511628211u;
  uint64_t hash = seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  // The length keeps "a","bc" and "ab","c" apart when hashes are chained.
  return (hash ^ text.size()) * kPrime;
}

std::string Token::to_text() const {
  std::string out(kMagic);
  out += " f=";
  append_number(&out, fingerprint, 16);
  if (part.has_value()) {
    out += " p=";
    append_number(&out, part->split);
    out += ',';
    append_number(&out, part->split_count);
    out += ',';
    append_number(&out, part->objects);
    out += ',';
    append_number(&out, part->bytes);
    out += ',';
    append_number(&out, part->hash, 16);
  }
  if (watermark.has_value()) {
    out += " w=";
    append_text(&out, watermark->key);
    out += watermark->sorted ? ",s," : ",u,";
    append_number(&out, watermark->objects);
    out += ',';
    append_number(&out, watermark->hash, 16);
  }
  for (const OpenObject& object : open) {
    out += " o=";
    append_text(&out, object.key);
    out += ',';
    append_text(&out, object.tag);
    out += ',';
    append_number(&out, object.size);
    out += ',';
    append_number(&out, object.rows);
  }
  const uint32_t sum = checksum(out);
  out += " c=";
  append_number(&out, sum, 16);
  return out;
}

Result<Token> Token::parse(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  if (text.size() > kMostBytes) return wrong("is too long");
  std::string_view rest = text;
  if (cut(&rest, ' ') != kMagic) return wrong("is none of this version");
  const size_t sum_at = text.rfind(" c=");
  uint32_t sum = 0;
  if (sum_at == std::string_view::npos || !read_number(text.substr(sum_at + 3), &sum, 16) ||
      sum != checksum(text.substr(0, sum_at))) {
    return wrong("is damaged: its checksum does not match");
  }
  rest = text.substr(kMagic.size(), sum_at - kMagic.size());
  Token token;
  bool has_fingerprint = false;
  std::set<std::string, std::less<>> keys;
  for (cut(&rest, ' '); !rest.empty();) {
    const std::string_view field = cut(&rest, ' ');
    const std::string_view value = field.substr(std::min<size_t>(2, field.size()));
    bool good = false;
    if (field.starts_with("f=") && !has_fingerprint) {
      good = has_fingerprint = read_number(value, &token.fingerprint, 16);
    } else if (field.starts_with("w=") && !token.watermark.has_value()) {
      good = read_watermark(value, &token.watermark.emplace());
    } else if (field.starts_with("p=") && !token.part.has_value()) {
      good = read_part(value, &token.part.emplace());
    } else if (field.starts_with("o=")) {
      good =
          read_open(value, &token.open.emplace_back()) && keys.insert(token.open.back().key).second;
    }
    if (!good) return wrong("has a wrong field");
  }
  if (!has_fingerprint || (!token.open.empty() && !token.watermark.has_value())) {
    return wrong("lacks a field");
  }
  return token;
}

}  // namespace veneer::scan
