// A second implementation of SHA-256, HMAC and the checking side of Signature Version 4, for the
// test server. It shares no code with src/s3, so that an error there cannot hide itself.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace veneer::testing {

std::string sha256_hex(std::string_view text);

/// What of a request a server sees.
struct SeenRequest {
  std::string method;
  std::string raw_path;                        ///< as it came
  std::string raw_query;                       ///< as it came, without '?'
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

struct KnownKeys {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::string region;
  std::string service = "s3";
};

/// Empty where the signature is right; else an S3 error code: AccessDenied (none),
/// InvalidAccessKeyId, AuthorizationHeaderMalformed (region), InvalidToken, SignatureDoesNotMatch.
std::string check_signature(const SeenRequest& request, const KnownKeys& keys);

std::string url_decode(std::string_view text);

}  // namespace veneer::testing
