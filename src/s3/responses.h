// The XML bodies that S3 and STS answer with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "s3/credentials.h"
#include "veneer/status.h"

namespace veneer::s3 {

struct ListedObject {
  std::string key;
  int64_t size = 0;
  std::string etag;
};

/// One page of ListObjectsV2.
struct ListPage {
  std::vector<ListedObject> objects;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_token;
};

/// Keys and prefixes are decoded where the page says that they are URL-encoded.
Result<ListPage> parse_list_page(std::string_view body);

/// <Error> of S3, or <ErrorResponse><Error> of STS. All parts are empty where the body is
/// something else (an HTML page of a proxy, nothing).
struct ErrorBody {
  std::string code;
  std::string message;
  std::string request_id;
  std::string region;
  std::string key;
};
ErrorBody parse_error_body(std::string_view body);

/// <Credentials> of AssumeRoleResponse and AssumeRoleWithWebIdentityResponse.
Result<Credentials> parse_sts_credentials(std::string_view body);

}  // namespace veneer::s3
