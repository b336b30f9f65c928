// What the head of an answer to a request for a range says about the bytes that follow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "s3/errors.h"
#include "s3/http_text.h"

namespace veneer::s3 {

/// A range that was asked for.
struct RangeWant {
  bool suffix = false;  ///< the last `count` bytes, wherever they begin
  int64_t first = 0;
  int64_t count = 0;
  int64_t size = -1;  ///< of the whole object, where it is known

  /// "bytes=-65536", "bytes=0-99"
  std::string header() const;
};

/// What comes.
struct RangeAnswer {
  int64_t size = -1;   ///< of the whole object; -1 where the server does not say
  int64_t first = 0;   ///< offset of the first wanted byte that comes
  int64_t count = 0;   ///< wanted bytes that come; fewer than asked for where the server chose so
  int64_t skip = 0;    ///< unwanted bytes before them: the server sends all
  bool whole = false;  ///< the server sends all
};

/// For answers of status 200, 206 and 416.
Failure read_range_head(const RangeWant& want, const ResponseHead& head, RangeAnswer* answer);

/// An entity tag without its quotes; "W/" stays in front of weak ones.
std::string plain_etag(std::string_view etag);
/// Weak tags cannot be used with If-Match (RFC 9110, section 13.1.1).
bool is_strong_etag(std::string_view plain) noexcept;
/// Equal, be they weak or strong.
bool same_etag(std::string_view a, std::string_view b) noexcept;

}  // namespace veneer::s3
