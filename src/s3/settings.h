// S3Options with the environment and the profile taken in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "s3/credentials.h"
#include "s3/uri.h"
#include "veneer/s3.h"

namespace veneer::s3 {

struct Settings {
  S3Options options;  ///< checked; its credentials are moved to `credentials`
  std::string region;
  std::optional<Url> endpoint;  ///< nullopt: AWS's own
  CredentialSettings credentials;

  static Result<Settings> resolve(S3Options options, Environment environment);
};

/// Where a bucket is, and the path that its keys are behind.
struct BucketPlace {
  Url origin;
  std::string path_prefix;  ///< "" or "/bucket", percent-encoded, with the endpoint's own path
};
BucketPlace place_of_bucket(const Settings& settings, std::string_view bucket,
                            std::string_view region);

/// Refuses what cannot be a bucket and would change the URL's meaning.
Status check_bucket_name(std::string_view bucket);

}  // namespace veneer::s3
