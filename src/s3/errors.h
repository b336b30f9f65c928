// What an answer that is not the wanted one means, and what can be done about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "s3/http_text.h"
#include "s3/responses.h"
#include "veneer/status.h"

namespace veneer::s3 {

/// What may help.
enum class Cure : uint8_t {
  none,
  wait,          ///< another attempt, later
  slow_down,     ///< another attempt, later, and all others later too
  set_clock,     ///< by the answer's Date field
  other_region,  ///< the one that the answer names
  follow,        ///< the answer's Location
  new_credentials,
};

/// Something went wrong with one attempt.
struct Failure {
  Status status;
  Cure cure = Cure::none;
  int32_t most_attempts = 1'000'000;  ///< fewer than usual where another attempt hardly helps
};

/// What an error answer says.
struct ServerError {
  ErrorBody body;
  Cure cure = Cure::none;
  std::string region;  ///< the bucket's, where the answer tells
};
ServerError read_error(const ResponseHead& head, std::string_view body);

/// The error as a status: "403 AccessDenied: Access Denied (request id …)".
Status to_status(const ResponseHead& head, const ServerError& error);

/// An object that is not the one it was.
Status object_changed(std::string_view before, std::string_view now);

}  // namespace veneer::s3
