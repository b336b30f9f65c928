// Addresses of objects; in all builds.
#include <array>

#include "veneer/s3.h"

namespace veneer {
namespace {

constexpr std::array<std::string_view, 3> kS3Schemes{"s3://", "s3a://", "s3n://"};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_scheme(std::string_view text, std::string_view scheme) noexcept {
  if (text.size() < scheme.size()) return false;
  for (size_t i = 0; i < scheme.size(); ++i) {
    if (lower(text[i]) != scheme[i]) return false;
  }
  return true;
}

}  // namespace

Result<S3Url> parse_s3_url(std::string_view url) {
  for (const std::string_view scheme : kS3Schemes) {
    if (!has_scheme(url, scheme)) continue;
    url.remove_prefix(scheme.size());
    const size_t slash = url.find('/');
    S3Url parts;
    parts.bucket = url.substr(0, slash);
    if (slash != std::string_view::npos) parts.key = url.substr(slash + 1);
    if (parts.bucket.empty()) return Status::invalid_argument("the s3:// URL names no bucket");
    return parts;
  }
  return Status::invalid_argument("not an s3:// URL");
}

bool is_remote_url(std::string_view text) noexcept {
  for (const std::string_view scheme : kS3Schemes) {
    if (has_scheme(text, scheme)) return true;
  }
  return has_scheme(text, "http://") || has_scheme(text, "https://");
}

}  // namespace veneer
