// What HTTP and AWS write as text: header fields, Content-Range, dates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "s3/sigv4.h"

namespace veneer::s3 {

/// Status line and header fields of an answer. Names are in lower case.
struct ResponseHead {
  int32_t status = 0;
  Fields fields;

  /// The value of the first field of this (lower-case) name; empty where there is none.
  std::string_view field(std::string_view name) const noexcept;
  /// Content-Length; -1 where it is absent or no number.
  int64_t content_length() const noexcept;
};

/// Takes one header line: "Name: value", with or without its end of line. False where it is none.
bool add_header_line(std::string_view line, ResponseHead* head);

/// "bytes 0-99/1000": first and last byte and size; "bytes */1000": only a size; size -1 for '*'.
struct ContentRange {
  int64_t first = -1;
  int64_t last = -1;
  int64_t size = -1;
};
std::optional<ContentRange> parse_content_range(std::string_view text) noexcept;

/// A number of decimal digits only, of at most 18; nullopt else.
std::optional<int64_t> parse_digits(std::string_view text) noexcept;

/// A point in time, in UTC, by the Gregorian calendar.
struct CivilTime {
  int64_t year = 1970;
  int32_t month = 1, day = 1, hour = 0, minute = 0, second = 0;
};
CivilTime civil_time(int64_t seconds) noexcept;
int64_t seconds_since_1970(const CivilTime& time) noexcept;

/// "Fri, 24 May 2013 00:00:00 GMT" (RFC 9110's IMF-fixdate) in seconds since 1970.
std::optional<int64_t> parse_http_date(std::string_view text) noexcept;

/// "2026-05-08T14:00:00Z", with or without a fraction, with Z or +00:00-like offset, in seconds
/// since 1970: how AWS says when credentials expire.
std::optional<int64_t> parse_iso_time(std::string_view text) noexcept;

/// Text of a server as it may stand in a message: control characters become '?', the rest is cut
/// at `most` bytes.
std::string printable(std::string_view text, size_t most);

/// Writes "***" wherever the text holds the secret; true where it does. What is shorter than eight
/// bytes is no secret.
bool hide_secret(std::string* text, std::string_view secret);

/// A line break or a zero byte: a header field that held one would end there and begin another.
bool has_line_break(std::string_view text) noexcept;

}  // namespace veneer::s3
