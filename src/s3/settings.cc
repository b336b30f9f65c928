#include "s3/settings.h"

#include <algorithm>

#include "base/macros.h"
#include "base/text.h"
#include "s3/sha256.h"

namespace veneer::s3 {
namespace {

template <class T>
bool within(T value, T least, T most) {
  return value >= least && value <= most;
}

Status check_numbers(const S3Options& options) {
  const char* wrong = nullptr;
  if (!within(options.max_connections, 1, 4096)) wrong = "max_connections";
  if (!within(options.max_attempts, 1, 1000)) wrong = "max_attempts";
  if (!within<int64_t>(options.memory_budget, 0, int64_t{1} << 46)) wrong = "memory_budget";
  if (!within<int64_t>(options.coalesce_gap, 0, int64_t{1} << 40)) wrong = "coalesce_gap";
  if (!within<int64_t>(options.part_bytes, 4096, int64_t{1} << 30)) wrong = "part_bytes";
  if (!within<int64_t>(options.tail_bytes, 8, int64_t{64} << 20)) wrong = "tail_bytes";
  if (!within<int64_t>(options.whole_object_bytes, 0, int64_t{64} << 20)) {
    wrong = "whole_object_bytes";
  }
  if (!within(options.connect_timeout_seconds, 0.001, 1e6)) wrong = "connect_timeout_seconds";
  if (!within(options.stall_timeout_seconds, 0.001, 1e6)) wrong = "stall_timeout_seconds";
  if (!within(options.retry_budget_seconds, 0.0, 1e9)) wrong = "retry_budget_seconds";
  if (!within(options.retry_first_seconds, 0.0, 1e6)) wrong = "retry_first_seconds";
  if (!within(options.retry_longest_seconds, 0.0, 1e6)) wrong = "retry_longest_seconds";
  if (wrong == nullptr) return {};
  return Status::invalid_argument(concat({"S3Options: ", wrong, " is out of range"}));
}

std::string first_of(std::initializer_list<std::string_view> values) {
  for (const std::string_view value : values) {
    if (!value.empty()) return std::string(value);
  }
  return {};
}

// A region becomes part of a host name.
bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

Status take_credentials(S3Options* options, Credentials* given) {
  S3Credentials& from = options->credentials;
  given->access_key_id = from.access_key_id;
  given->secret_access_key = from.secret_access_key;
  given->session_token = from.session_token;
  wipe(&from.secret_access_key);
  wipe(&from.session_token);
  if (given->access_key_id.empty() != given->secret_access_key.empty()) {
    return Status::invalid_argument("S3Options: credentials want both key id and secret");
  }
  if (has_line_break(given->access_key_id) || has_line_break(given->session_token)) {
    return Status::invalid_argument("S3Options: credentials hold a line break");
  }
  return {};
}

}  // namespace

Result<Settings> Settings::resolve(S3Options options, Environment environment) {
  VENEER_CHECK(check_numbers(options));
  Settings settings;
  CredentialSettings& credentials = settings.credentials;
  VENEER_CHECK(take_credentials(&options, &credentials.given));
  credentials.files = SharedFiles::load(environment);
  credentials.profile_is_explicit = !options.profile.empty();
  credentials.profile = first_of({options.profile, environment.get("AWS_PROFILE"), "default"});
  const Profile profile = credentials.files.profile(credentials.profile);
  settings.region =
      first_of({options.region, environment.get("AWS_REGION"),
                environment.get("AWS_DEFAULT_REGION"), profile.get("region"), "us-east-1"});
  if (!is_region(settings.region)) return Status::invalid_argument("the region's name is broken");
  credentials.region = settings.region;
  std::string endpoint =
      first_of({options.endpoint, environment.get("AWS_ENDPOINT_URL_S3"),
                environment.get("AWS_ENDPOINT_URL"), profile.get("endpoint_url")});
  if (!endpoint.empty()) {
    if (endpoint.find("://") == std::string::npos) endpoint.insert(0, "https://");
    auto url = parse_url(endpoint);
    if (!url) return Status::invalid_argument(concat({"endpoint: ", url.status().message()}));
    if (!url->query.empty()) return Status::invalid_argument("endpoint: it has a query");
    while (url->path.ends_with('/')) url->path.pop_back();
    settings.endpoint = *std::move(url);
  }
  options.ca_bundle =
      first_of({options.ca_bundle, environment.get("AWS_CA_BUNDLE"), profile.get("ca_bundle")});
  credentials.environment = std::move(environment);
  settings.options = std::move(options);
  return settings;
}

Status check_bucket_name(std::string_view bucket) {
  const bool fine = bucket.size() >= 1 && bucket.size() <= 255 &&
                    std::all_of(bucket.begin(), bucket.end(),
                                [](char c) {
                                  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
                                }) &&
                    bucket != "." && bucket != "..";
  if (fine) return {};
  return Status::invalid_argument(concat({"not a bucket's name: '", printable(bucket, 100), "'"}));
}

BucketPlace place_of_bucket(const Settings& settings, std::string_view bucket,
                            std::string_view region) {
  BucketPlace place;
  bool path_style = settings.options.addressing == S3Addressing::path;
  if (settings.options.addressing == S3Addressing::automatic) {
    path_style = settings.endpoint.has_value() || bucket.find('.') != std::string_view::npos;
  }
  if (settings.endpoint.has_value()) {
    place.origin = *settings.endpoint;
    place.path_prefix = place.origin.path;
    place.origin.path.clear();
  } else {
    place.origin.scheme = "https";
    place.origin.host = concat({"s3.", region, ".amazonaws.com"});
    if (region.starts_with("cn-")) place.origin.host += ".cn";
  }
  if (path_style) {
    place.path_prefix += concat({"/", percent_encode(bucket, false)});
  } else {
    place.origin.host.insert(0, concat({bucket, "."}));
  }
  return place;
}

}  // namespace veneer::s3
