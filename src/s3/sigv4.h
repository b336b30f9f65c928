// AWS Signature Version 4, by request headers:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace veneer::s3 {

/// SHA-256 of no bytes: the body of every GET.
inline constexpr std::string_view kEmptyBodyHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

using Fields = std::vector<std::pair<std::string, std::string>>;

/// What is signed. Names and values are not yet encoded.
struct SignedRequest {
  std::string method = "GET";
  std::string path;  ///< percent-encoded, exactly as it is sent; S3 does not normalise it
  Fields query;      ///< decoded names and values, in any order
  Fields headers;    ///< all that are signed, Host among them, in any case and order
  std::string_view body_hash = kEmptyBodyHash;  ///< hex SHA-256 of the body
};

/// Who signs, for what, when.
struct SigningScope {
  std::string_view access_key_id;
  std::string_view secret_access_key;
  std::string_view region;
  std::string_view service;
  std::string_view timestamp;  ///< "20130524T000000Z"
};

/// The query as it is signed and sent: each name and value encoded once, sorted by its encoded
/// bytes, joined by '&'.
std::string canonical_query(const Fields& query);

/// "host;x-amz-date": the headers' names in lower case, sorted, each once.
std::string signed_header_names(const Fields& headers);

std::string canonical_request(const SignedRequest& request);
std::string string_to_sign(const SigningScope& scope, std::string_view canonical);
/// 64 hex digits.
std::string signature(const SigningScope& scope, std::string_view to_sign);
/// The value of the Authorization header.
std::string authorization(const SignedRequest& request, const SigningScope& scope);

/// Seconds since 1970 as "20130524T000000Z".
std::string amz_timestamp(int64_t seconds);

}  // namespace veneer::s3
