#include "text.h"

#include <cstring>

#include "number.h"

namespace cli {

namespace {

constexpr uint64_t kOnes = 0x0101010101010101u;
constexpr uint64_t kHighs = 0x8080808080808080u;

uint64_t load8(const char* p) {
  uint64_t w;
  std::memcpy(&w, p, 8);
  return w;
}

/// Not zero where one of eight bytes is a control character, a quote, a backslash or not ASCII.
/// Borrows can only mark bytes behind one that is marked already.
uint64_t needs_care(uint64_t w) {
  uint64_t quote = (w ^ kOnes * '"') - kOnes;
  uint64_t backslash = (w ^ kOnes * '\\') - kOnes;
  return (w | (w - kOnes * 0x20) | quote | backslash) & kHighs;
}

/// What JSON writes for a byte: 0 as it is, 'u' \u00xx, else the letter after the backslash.
char escape_of(uint8_t c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return c < 0x20 ? 'u' : '\0';
  }
}

/// Length of the UTF-8 sequence at `s`, or 0: no overlong forms, surrogates or code points over
/// U+10FFFF (Unicode, table 3-7).
size_t sequence_length(const uint8_t* s, const uint8_t* end) {
  uint8_t a = s[0];
  size_t left = static_cast<size_t>(end - s);
  if (a < 0x80) return 1;
  auto tail = [](uint8_t c) { return (c & 0xc0) == 0x80; };
  if (a < 0xc2 || left < 2) return 0;
  if (a < 0xe0) return tail(s[1]) ? 2 : 0;
  if (a < 0xf0) {
    if (left < 3 || !tail(s[1]) || !tail(s[2])) return 0;
    if (a == 0xe0 && s[1] < 0xa0) return 0;
    if (a == 0xed && s[1] > 0x9f) return 0;
    return 3;
  }
  if (a > 0xf4 || left < 4 || !tail(s[1]) || !tail(s[2]) || !tail(s[3])) return 0;
  if (a == 0xf0 && s[1] < 0x90) return 0;
  if (a == 0xf4 && s[1] > 0x8f) return 0;
  return 4;
}

/// Valid UTF-8 with its escapes; no quotes around.
void write_escaped(Out& out, std::string_view text) {
  while (!text.empty()) {
    size_t n = text.size() < 4096 ? text.size() : 4096;
    char* p = out.need(6 * n);
    for (size_t i = 0; i < n; ++i) {
      uint8_t c = static_cast<uint8_t>(text[i]);
      char escape = c >= 0x60 ? '\0' : escape_of(c);
      if (escape == '\0') {
        *p++ = static_cast<char>(c);
      } else if (escape != 'u') {
        *p++ = '\\';
        *p++ = escape;
      } else {
        std::memcpy(p, "\\u00", 4);
        p[4] = kHexDigits[c >> 4];
        p[5] = kHexDigits[c & 15];
        p += 6;
      }
    }
    out.end_at(p);
    text.remove_prefix(n);
  }
}

void write_json_slow(Out& out, std::string_view text) {
  if (!is_utf8(text)) {
    out.append("{\"$hex\":\"");
    write_hex_text(out, text);
    out.append("\"}");
    return;
  }
  out.put('"');
  write_escaped(out, text);
  out.put('"');
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  const uint8_t* s = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* end = s + bytes.size();
  while (s < end) {
    if (end - s >= 8 && (load8(reinterpret_cast<const char*>(s)) & kHighs) == 0) {
      s += 8;
      continue;
    }
    size_t n = sequence_length(s, end);
    if (n == 0) return false;
    s += n;
  }
  return true;
}

void write_json_string(Out& out, std::string_view text) {
  // Copied while it is looked at; nearly all text is done after this.
  size_t n = text.size();
  const char* s = text.data();
  char* begin = out.need(n + 2);
  char* p = begin;
  *p++ = '"';
  uint64_t care = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t w = load8(s + i);
    std::memcpy(p + i, &w, 8);
    care |= needs_care(w);
  }
  if (i < n) {
    if (n >= 8) {
      uint64_t w = load8(s + n - 8);
      std::memcpy(p + n - 8, &w, 8);
      care |= needs_care(w);
    } else {
      uint64_t w = kOnes * 'x';
      std::memcpy(&w, s, n);
      std::memcpy(p, &w, 8);
      care |= needs_care(w);
    }
  }
  if (care != 0) {
    out.end_at(begin);
    write_json_slow(out, text);
    return;
  }
  p[n] = '"';
  out.end_at(p + n + 1);
}

void write_json_text(Out& out, std::string_view text) {
  if (is_utf8(text)) {
    write_json_string(out, text);
    return;
  }
  out.put('"');
  const uint8_t* s = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* end = s + text.size();
  while (s < end) {
    size_t n = sequence_length(s, end);
    if (n == 0)
      out.append("\xef\xbf\xbd");
    else
      write_escaped(out, {reinterpret_cast<const char*>(s), n});
    s += n == 0 ? 1 : n;
  }
  out.put('"');
}

void write_hex_text(Out& out, std::string_view bytes) {
  while (!bytes.empty()) {
    size_t n = bytes.size() < 4096 ? bytes.size() : 4096;
    char* p = out.need(2 * n);
    out.end_at(write_hex(p, bytes.data(), n));
    bytes.remove_prefix(n);
  }
}

void write_csv_text(Out& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out.append(text);
    return;
  }
  out.put('"');
  for (;;) {
    size_t quote = text.find('"');
    if (quote == std::string_view::npos) break;
    out.append(text.substr(0, quote + 1));
    out.put('"');
    text.remove_prefix(quote + 1);
  }
  out.append(text);
  out.put('"');
}

namespace {

uint32_t code_point(const uint8_t* s, size_t n) {
  switch (n) {
    case 1: return s[0];
    case 2: return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
    case 3: return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
    default:
      return (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
  }
}

struct Range {
  uint32_t first;
  uint32_t last;
};

bool within(uint32_t c, const Range* ranges, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (c >= ranges[i].first && c <= ranges[i].last) return true;
  }
  return false;
}

/// Marks that are drawn over the character before, and characters without any shape.
constexpr Range kZeroWidth[] = {
    {0x300, 0x36f},    {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
    {0x6d6, 0x6dc},    {0x93c, 0x93c},   {0x941, 0x948},   {0xe31, 0xe31},   {0xe34, 0xe3a},
    {0xe47, 0xe4e},    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e},
    {0x2060, 0x2064},  {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
    {0xe0100, 0xe01ef}};
/// East Asian Width W and F (Unicode, annex 11), by blocks, and emoji.
constexpr Range kDoubleWidth[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18cff}, {0x1b000, 0x1b2ff}, {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

size_t width_of(uint32_t c) {
  if (c < 0x300) return 1;
  if (within(c, kZeroWidth, sizeof kZeroWidth / sizeof kZeroWidth[0])) return 0;
  if (within(c, kDoubleWidth, sizeof kDoubleWidth / sizeof kDoubleWidth[0])) return 2;
  return 1;
}

}  // namespace

std::string count_of(int64_t n, std::string_view thing) {
  return std::to_string(n) + " " + std::string(thing) + (n == 1 ? "" : "s");
}

size_t display_width(std::string_view text) {
  const uint8_t* s = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* end = s + text.size();
  size_t width = 0;
  while (s < end) {
    size_t n = sequence_length(s, end);
    width += n <= 1 ? 1 : width_of(code_point(s, n));
    s += n == 0 ? 1 : n;
  }
  return width;
}

std::string visible(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  const uint8_t* s = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* end = s + bytes.size();
  while (s < end) {
    size_t n = sequence_length(s, end);
    uint32_t c = n == 0 ? *s : code_point(s, n);
    // C1 controls, and what turns the direction of the text that follows, are no less dangerous.
    bool control = n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
                   (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    if (!control) {
      text.append(reinterpret_cast<const char*>(s), n);
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\r') {
      text += "\\r";
    } else if (n <= 1) {
      text += "\\x";
      text += kHexDigits[*s >> 4];
      text += kHexDigits[*s & 15];
    } else {
      text += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) text += kHexDigits[c >> shift & 15];
    }
    s += n == 0 ? 1 : n;
  }
  return text;
}

std::string cut_to_width(std::string_view text, size_t width) {
  if (width == 0) return {};
  const uint8_t* begin = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* end = begin + text.size();
  const uint8_t* fits = begin;  // the longest beginning that leaves a column for the ellipsis
  size_t used = 0;
  for (const uint8_t* s = begin; s < end;) {
    size_t n = sequence_length(s, end);
    used += n <= 1 ? 1 : width_of(code_point(s, n));
    if (used > width) {
      std::string cut(text.substr(0, static_cast<size_t>(fits - begin)));
      cut += "\xe2\x80\xa6";
      return cut;
    }
    s += n == 0 ? 1 : n;
    if (used < width) fits = s;
  }
  return std::string(text);
}

}  // namespace cli
