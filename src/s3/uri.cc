#include "s3/uri.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"
#include "base/text.h"

namespace veneer::s3 {
namespace {

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int32_t default_port(std::string_view scheme) noexcept { return scheme == "https" ? 443 : 80; }

bool is_host_character(char c) noexcept {
  return is_unreserved(c) || c == '[' || c == ']' || c == ':' || c == '%';
}

// "host", "host:80", "[::1]:80".
Status parse_authority(std::string_view text, Url* url) {
  if (text.find('@') != std::string_view::npos) {
    return Status::invalid_argument("a URL may not hold a user name or password");
  }
  size_t colon = std::string_view::npos;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos)
      return Status::invalid_argument("the URL's host is broken");
    if (close + 1 < text.size()) colon = close + 1;
  } else {
    colon = text.find(':');
  }
  const std::string_view host = text.substr(0, colon);
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character) ||
      (!host.starts_with('[') && host.find_first_of("[]%") != std::string_view::npos)) {
    return Status::invalid_argument("the URL's host is empty or broken");
  }
  url->host = to_lower(host);
  if (colon == std::string_view::npos) return {};
  const std::string_view digits = text.substr(colon + 1);
  if (text[colon] != ':' || digits.size() > 5) {
    return Status::invalid_argument("the URL's port is not a number up to 65535");
  }
  int32_t port = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return Status::invalid_argument("the URL's port is not a number");
    port = port * 10 + (c - '0');
  }
  if (port > 65535 || (port == 0 && !digits.empty())) {
    return Status::invalid_argument("the URL's port is not a number up to 65535");
  }
  url->port = port;
  return {};
}

}  // namespace

std::string percent_encode(std::string_view text, bool keep_slash) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

bool percent_decode(std::string_view text, bool plus_is_space, std::string* out) {
  out->clear();
  out->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      *out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      *out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return true;
}

std::string Url::authority() const {
  if (port == 0 || port == default_port(scheme)) return host;
  return concat({host, ":", port});
}

std::string Url::origin() const { return concat({scheme, "://", authority()}); }

bool Url::same_origin(const Url& other) const {
  return scheme == other.scheme && authority() == other.authority();
}

Result<Url> parse_url(std::string_view text) {
  for (const char c : text) {
    // Bytes over 127 are sent as they are, as browsers and curl do.
    if (static_cast<uint8_t>(c) <= 0x20 || c == 0x7F) {
      return Status::invalid_argument("the URL holds a space or a control character");
    }
  }
  text = text.substr(0, text.find('#'));
  Url url;
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos)
    return Status::invalid_argument("the URL has no scheme");
  url.scheme = to_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return Status::invalid_argument("the URL is neither http:// nor https://");
  }
  text.remove_prefix(scheme_end + 3);
  const size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  VENEER_CHECK(parse_authority(text.substr(0, authority_end), &url));
  text.remove_prefix(authority_end);
  const size_t question = text.find('?');
  url.path = text.substr(0, question);
  if (question != std::string_view::npos) url.query = text.substr(question + 1);
  return url;
}

Result<Url> resolve_location(const Url& base, std::string_view location) {
  if (location.starts_with("//")) return parse_url(concat({base.scheme, ":", location}));
  const size_t scheme_end = location.find("://");
  if (scheme_end != std::string_view::npos && scheme_end < location.find_first_of("/?#")) {
    return parse_url(location);
  }
  std::string path;
  if (!location.starts_with('/')) path = base.path.substr(0, base.path.rfind('/') + 1);
  if (path.empty() && !location.starts_with('/')) path = "/";
  return parse_url(concat({base.origin(), path, location}));
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace veneer::s3
