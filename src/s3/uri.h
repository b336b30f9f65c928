// Percent-encoding (RFC 3986) and the parts of an http(s) URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "veneer/status.h"

namespace veneer::s3 {

/// Every byte but A-Z a-z 0-9 - . _ ~ as %XX; '/' too unless it is kept.
std::string percent_encode(std::string_view text, bool keep_slash);

/// The bytes that %XX stand for; false, with `out` unspecified, at a broken escape. With
/// `plus_is_space`, as in form fields.
[[nodiscard]] bool percent_decode(std::string_view text, bool plus_is_space, std::string* out);

/// An http or https URL taken apart; nothing is decoded or normalised.
struct Url {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< lower case, an IPv6 address in its brackets
  int32_t port = 0;    ///< 0 where the URL names none
  std::string path;    ///< begins with '/', or is empty
  std::string query;   ///< without '?'

  /// What the Host header holds: the port only where it is not the scheme's own.
  std::string authority() const;
  /// scheme://authority
  std::string origin() const;
  /// The same scheme, host and port: where a header for one may go to the other.
  bool same_origin(const Url& other) const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// Refuses other schemes, user names and passwords in the URL, control characters and spaces. The
/// fragment is dropped. Messages do not quote the URL: its query may be a signature.
Result<Url> parse_url(std::string_view text);

/// What `location` means in an answer to a request for `base` (RFC 3986, section 5.2, without
/// removal of dot segments).
Result<Url> resolve_location(const Url& base, std::string_view location);

/// ASCII, whatever the locale.
std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
std::string_view trim(std::string_view text) noexcept;

}  // namespace veneer::s3
