// Resume tokens: where the rows that a scan has handed out end, as one line of text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/status.h"

namespace veneer::scan {

/// FNV-1a, 64 bits: not against malice, only to notice what differs.
uint64_t hash_text(std::string_view text, uint64_t seed = 14695981039346656037u) noexcept;

/// An object of which some rows are still to be handed out although later ones are done.
struct OpenObject {
  std::string key;
  std::string tag;
  int64_t size = 0;
  int64_t rows = 0;  ///< handed out, of those that the scan (or its part) gives of this object

  friend bool operator==(const OpenObject&, const OpenObject&) = default;
};

/// Up to which object of the listing all are done or among the open ones.
struct Watermark {
  std::string key;
  /// True where all keys up to this one came in byte order.
  bool sorted = true;
  /// Objects up to this one, and the sum of their keys' hashes.
  uint64_t objects = 0;
  uint64_t hash = 0;

  friend bool operator==(const Watermark&, const Watermark&) = default;
};

/// A part of a scan, and the listing that it is a part of.
struct Part {
  int32_t split = 0;
  int32_t split_count = 1;
  uint64_t objects = 0;
  uint64_t bytes = 0;
  uint64_t hash = 0;

  friend bool operator==(const Part&, const Part&) = default;
};

struct Token {
  /// Of location, columns and filter.
  uint64_t fingerprint = 0;
  std::optional<Watermark> watermark;
  std::vector<OpenObject> open;
  std::optional<Part> part;

  /// "veneer-scan-1 f=… w=… o=… c=…": fields with a letter each, keys and tags percent-encoded, and
  /// a checksum, so that a text cut short is noticed.
  std::string to_text() const;
  /// invalid_argument for all that to_text does not make.
  static Result<Token> parse(std::string_view text);

  friend bool operator==(const Token&, const Token&) = default;
};

}  // namespace veneer::scan
