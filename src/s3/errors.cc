#include "s3/errors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace veneer::s3 {
namespace {

template <size_t n>
bool is_one_of(std::string_view code, const std::array<std::string_view, n>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

constexpr std::array<std::string_view, 7> kSlowDown{
    "SlowDown",          "SlowDownRead",        "SlowDownWrite",
    "Throttling",        "ThrottlingException", "RequestLimitExceeded",
    "ServiceUnavailable"};
constexpr std::array<std::string_view, 4> kPassing{"InternalError", "RequestTimeout", "BadDigest",
                                                   "IncompleteBody"};
constexpr std::array<std::string_view, 3> kExpired{"ExpiredToken", "ExpiredTokenException",
                                                   "TokenRefreshRequired"};
// XAdminUserNotFound, with status 404, is versitygw's word for InvalidAccessKeyId.
constexpr std::array<std::string_view, 7> kDenied{
    "InvalidAccessKeyId",  "InvalidToken",       "SignatureDoesNotMatch",
    "AccessDenied",        "XAdminUserNotFound", "AuthorizationHeaderMalformed",
    "RequestTimeTooSkewed"};
constexpr std::array<std::string_view, 4> kMissing{"NoSuchKey", "NoSuchBucket", "NoSuchUpload",
                                                   "NoSuchVersion"};

Cure cure_of(int32_t status, std::string_view code) {
  if (is_one_of(code, kSlowDown)) return Cure::slow_down;
  if (is_one_of(code, kPassing)) return Cure::wait;
  if (is_one_of(code, kExpired)) return Cure::new_credentials;
  if (code == "RequestTimeTooSkewed") return Cure::set_clock;
  switch (status) {
    case 429:
    case 503: return Cure::slow_down;
    case 408:
    case 500:
    case 502:
    case 504: return Cure::wait;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308: return Cure::follow;
    default: return Cure::none;
  }
}

StatusCode code_of(int32_t status, std::string_view code) {
  if (is_one_of(code, kDenied) || is_one_of(code, kExpired)) return StatusCode::access_denied;
  if (is_one_of(code, kMissing)) return StatusCode::not_found;
  switch (status) {
    case 401:
    case 403:
    case 407: return StatusCode::access_denied;
    case 404:
    case 410: return StatusCode::not_found;
    default: return StatusCode::io;
  }
}

}  // namespace

ServerError read_error(const ResponseHead& head, std::string_view body) {
  ServerError error;
  error.body = parse_error_body(body);
  if (error.body.request_id.empty()) error.body.request_id = head.field("x-amz-request-id");
  error.cure = cure_of(head.status, error.body.code);
  error.region = head.field("x-amz-bucket-region");
  if (error.region.empty()) error.region = error.body.region;
  const bool redirected = head.status == 301 || head.status == 307 || head.status == 400 ||
                          error.body.code == "AuthorizationHeaderMalformed" ||
                          error.body.code == "PermanentRedirect";
  if (redirected && !error.region.empty() && error.cure != Cure::wait &&
      error.cure != Cure::slow_down && error.cure != Cure::new_credentials) {
    error.cure = Cure::other_region;
  }
  return error;
}

Status to_status(const ResponseHead& head, const ServerError& error) {
  if (head.status == 412) {
    return Status::io(concat(
        {"the object has changed since it was listed or opened (412 ",
         error.body.code.empty() ? "Precondition Failed" : printable(error.body.code, 100), ")"}));
  }
  std::string text = concat({"the server answered ", head.status});
  if (!error.body.code.empty()) text += concat({" ", printable(error.body.code, 100)});
  if (!error.body.message.empty()) text += concat({": ", printable(error.body.message, 300)});
  if (!error.body.key.empty()) text += concat({", key ", printable(error.body.key, 200)});
  if (!error.body.request_id.empty()) {
    text += concat({" (request id ", printable(error.body.request_id, 100), ")"});
  }
  return {code_of(head.status, error.body.code), text};
}

Status object_changed(std::string_view before, std::string_view now) {
  return Status::io(concat({"the object has changed since it was listed or opened (",
                            printable(before, 100), ", now ", printable(now, 100), ")"}));
}

}  // namespace veneer::s3
