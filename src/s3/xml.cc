#include "s3/xml.h"

#include <algorithm>

#include "s3/uri.h"

namespace veneer::s3 {
namespace {

constexpr size_t kDeepest = 64;

std::string_view local_name(std::string_view qualified) noexcept {
  const size_t colon = qualified.rfind(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

void append_utf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    *out += static_cast<char>(code);
  } else if (code < 0x800) {
    *out += static_cast<char>(0xC0 | code >> 6);
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out += static_cast<char>(0xE0 | code >> 12);
    *out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | code >> 18);
    *out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    *out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// "#38", "#x26". Numbers that XML 1.0 forbids, such as &#x1;, are taken: keys hold such bytes, and
// servers do write them so.
bool append_number(std::string_view reference, std::string* out) {
  reference.remove_prefix(1);
  uint32_t base = 10;
  if (reference.starts_with('x') || reference.starts_with('X')) {
    base = 16;
    reference.remove_prefix(1);
  }
  if (reference.empty() || reference.size() > 8) return false;
  uint32_t code = 0;
  for (const char c : reference) {
    uint32_t digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<uint32_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') digit = static_cast<uint32_t>(c - 'A' + 10);
    if (digit >= base) return false;
    code = code * base + digit;
    if (code > 0x10FFFF) return false;
  }
  if (code >= 0xD800 && code < 0xE000) return false;
  append_utf8(code, out);
  return true;
}

bool append_entity(std::string_view name, std::string* out) {
  if (name.starts_with('#')) return append_number(name, out);
  char c = 0;
  if (name == "amp") c = '&';
  if (name == "lt") c = '<';
  if (name == "gt") c = '>';
  if (name == "quot") c = '"';
  if (name == "apos") c = '\'';
  if (c == 0) return false;
  *out += c;
  return true;
}

}  // namespace

XmlReader::Event XmlReader::fail() noexcept {
  failed_ = true;
  return Event::malformed;
}

bool XmlReader::skip_past(std::string_view end) noexcept {
  const size_t at = rest_.find(end);
  if (at == std::string_view::npos) return false;
  rest_.remove_prefix(at + end.size());
  return true;
}

bool XmlReader::append_decoded(std::string_view raw) {
  while (!raw.empty()) {
    const size_t ampersand = std::min(raw.find('&'), raw.size());
    text_ += raw.substr(0, ampersand);
    raw.remove_prefix(ampersand);
    if (raw.empty()) break;
    const size_t semicolon = raw.find(';');
    if (semicolon == std::string_view::npos || semicolon > 12 ||
        !append_entity(raw.substr(1, semicolon - 1), &text_)) {
      return false;
    }
    raw.remove_prefix(semicolon + 1);
  }
  return true;
}

// At '<' of a start, end or empty-element tag.
XmlReader::Event XmlReader::read_tag() {
  // A '>' may stand in an attribute's value.
  size_t end = 1;
  char quote = 0;
  while (end < rest_.size() && (quote != 0 || rest_[end] != '>')) {
    const char c = rest_[end++];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '<') {
      return fail();
    }
  }
  if (end >= rest_.size()) return fail();
  std::string_view inside = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  if (inside.starts_with('/')) {
    inside = trim(inside.substr(1));
    if (open_.empty() || open_.back() != inside) return fail();
    open_.pop_back();
    name_ = local_name(inside);
    return Event::end;
  }
  const bool empty = inside.ends_with('/');
  if (empty) inside.remove_suffix(1);
  const std::string_view qualified = inside.substr(0, inside.find_first_of(" \t\r\n"));
  if (qualified.empty() || open_.size() >= kDeepest || (open_.empty() && seen_root_)) return fail();
  seen_root_ = true;
  open_.push_back(qualified);
  name_ = local_name(qualified);
  close_pending_ = empty;
  return Event::start;
}

XmlReader::Event XmlReader::next() {
  if (failed_) return Event::malformed;
  if (close_pending_) {
    close_pending_ = false;
    open_.pop_back();
    return Event::end;
  }
  while (!rest_.empty()) {
    if (rest_.front() != '<') {
      const std::string_view raw = rest_.substr(0, rest_.find('<'));
      rest_.remove_prefix(raw.size());
      if (open_.empty()) {
        // White space around the root, and the byte order mark that some servers begin with.
        if (!trim(raw).empty() && (seen_root_ || trim(raw) != "\xEF\xBB\xBF")) return fail();
        continue;
      }
      text_.clear();
      return append_decoded(raw) ? Event::text : fail();
    }
    if (rest_.starts_with("<![CDATA[")) {
      if (open_.empty()) return fail();
      rest_.remove_prefix(9);
      const size_t end = rest_.find("]]>");
      if (end == std::string_view::npos) return fail();
      text_ = rest_.substr(0, end);
      rest_.remove_prefix(end + 3);
      return Event::text;
    }
    if (rest_.starts_with("<!--")) {
      if (!skip_past("-->")) return fail();
    } else if (rest_.starts_with("<?")) {
      if (!skip_past("?>")) return fail();
    } else if (rest_.starts_with("<!")) {
      return fail();
    } else {
      return read_tag();
    }
  }
  return open_.empty() && seen_root_ ? Event::done : fail();
}

bool XmlReader::element_text(std::string* out) {
  out->clear();
  const size_t depth = open_.size();
  while (true) {
    switch (next()) {
      case Event::text:
        if (open_.size() == depth) *out += text_;
        break;
      case Event::end:
        if (open_.size() < depth) return true;
        break;
      case Event::start: break;
      case Event::done:
      case Event::malformed: return false;
    }
  }
}

bool XmlReader::skip_element() {
  const size_t depth = open_.size();
  while (true) {
    const Event event = next();
    if (event == Event::end && open_.size() < depth) return true;
    if (event == Event::done || event == Event::malformed) return false;
  }
}

}  // namespace veneer::s3
