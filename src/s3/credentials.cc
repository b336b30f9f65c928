#include "s3/credentials.h"

#include "base/macros.h"
#include "base/text.h"
#include "s3/json.h"
#include "s3/sha256.h"
#include "s3/uri.h"

namespace veneer::s3 {
namespace {

constexpr int kDeepestRoleChain = 8;

Credentials keys(std::string_view id, std::string_view secret, std::string_view token) {
  Credentials found;
  found.access_key_id = id;
  found.secret_access_key = secret;
  found.session_token = token;
  return found;
}

std::optional<Result<Credentials>> environment_credentials(const Environment& environment) {
  const std::string_view id = environment.get("AWS_ACCESS_KEY_ID");
  const std::string_view secret = environment.get("AWS_SECRET_ACCESS_KEY");
  if (id.empty() || secret.empty()) return std::nullopt;
  return keys(id, secret, environment.get("AWS_SESSION_TOKEN"));
}

std::optional<Result<Credentials>> web_identity_credentials(const CredentialSettings& settings,
                                                            HttpCaller* http) {
  const Environment& environment = settings.environment;
  WebIdentity identity;
  identity.token_file = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
  identity.role_arn = environment.get("AWS_ROLE_ARN");
  identity.session_name = environment.get("AWS_ROLE_SESSION_NAME");
  if (identity.token_file.empty() || identity.role_arn.empty()) return std::nullopt;
  return assume_role_with_web_identity(settings, identity, http);
}

Status no_credentials(const CredentialSettings& settings) {
  return Status::access_denied(concat(
      {"no credentials: none in the options, the environment or the profile '",
       printable(settings.profile, 100),
       "', and no web identity, container or instance gives any; public buckets want anonymous"}));
}

// credential_source of a profile with a role.
std::optional<Result<Credentials>> named_source(const CredentialSettings& settings,
                                                std::string_view source, HttpCaller* http) {
  if (source == "Environment") return environment_credentials(settings.environment);
  if (source == "EcsContainer") return container_credentials(settings, http);
  if (source == "Ec2InstanceMetadata") return instance_credentials(settings, http);
  return std::nullopt;
}

Result<Credentials> profile_role(const CredentialSettings& settings, std::string_view name,
                                 const Profile& profile, int64_t now, HttpCaller* http, int depth) {
  const std::string of_profile = concat({" (profile '", printable(name, 100), "')"});
  if (depth >= kDeepestRoleChain) {
    return Status::invalid_argument(concat({"source_profile goes round in a circle", of_profile}));
  }
  if (!profile.get("mfa_serial").empty()) {
    return Status::unsupported(
        concat({"a role that asks for a second factor (mfa_serial)", of_profile}));
  }
  RoleRequest role;
  role.role_arn = profile.get("role_arn");
  role.session_name = profile.get("role_session_name");
  role.external_id = profile.get("external_id");
  role.duration_seconds = profile.get("duration_seconds");
  const std::string_view source_name = profile.get("source_profile");
  std::optional<Result<Credentials>> source;
  if (source_name.empty()) {
    source = named_source(settings, profile.get("credential_source"), http);
  } else if (source_name == name) {
    // A profile may be its own source: its static keys then assume its role.
    source = keys(profile.get("aws_access_key_id"), profile.get("aws_secret_access_key"),
                  profile.get("aws_session_token"));
  } else {
    source = profile_credentials(settings, source_name, now, http, depth + 1);
  }
  if (!source) {
    return Status::invalid_argument(
        concat({"role_arn without a source of credentials to assume it with", of_profile}));
  }
  VENEER_TRY(const Credentials from, *std::move(source));
  VENEER_CHECK(check_keys(from));
  if (from.empty())
    return Status::invalid_argument(concat({"source_profile has no keys", of_profile}));
  return assume_role(settings, role, from, now, http);
}

Result<Credentials> walk_chain(const CredentialSettings& settings, int64_t now, HttpCaller* http) {
  if (!settings.given.empty()) return settings.given;
  if (!settings.profile_is_explicit) {
    if (auto found = environment_credentials(settings.environment)) return *std::move(found);
  }
  if (auto found = profile_credentials(settings, settings.profile, now, http)) {
    return *std::move(found);
  }
  if (settings.profile_is_explicit && !settings.files.profile(settings.profile).exists()) {
    return Status::access_denied(concat(
        {"no profile '", printable(settings.profile, 100), "' in the shared configuration files"}));
  }
  if (auto found = web_identity_credentials(settings, http)) return *std::move(found);
  if (auto found = container_credentials(settings, http)) return *std::move(found);
  if (auto found = instance_credentials(settings, http)) {
    if (found->ok()) return *std::move(found);
  }
  return no_credentials(settings);
}

}  // namespace

Credentials::~Credentials() {
  wipe(&secret_access_key);
  wipe(&session_token);
}

Result<Credentials> find_credentials(const CredentialSettings& settings, int64_t now,
                                     HttpCaller* http) {
  VENEER_TRY(Credentials found, walk_chain(settings, now, http));
  VENEER_CHECK(check_keys(found));
  return found;
}

Status check_keys(const Credentials& keys) {
  if (!has_line_break(keys.access_key_id) && !has_line_break(keys.session_token)) return {};
  return Status::invalid_argument("credentials whose key id or token holds a line break");
}

std::optional<Result<Credentials>> profile_credentials(const CredentialSettings& settings,
                                                       std::string_view name, int64_t now,
                                                       HttpCaller* http, int depth) {
  const Profile profile = settings.files.profile(name);
  if (!profile.get("role_arn").empty()) {
    WebIdentity identity;
    identity.token_file = profile.get("web_identity_token_file");
    identity.role_arn = profile.get("role_arn");
    identity.session_name = profile.get("role_session_name");
    if (!identity.token_file.empty()) {
      return assume_role_with_web_identity(settings, identity, http);
    }
    return profile_role(settings, name, profile, now, http, depth);
  }
  const std::string_view id = profile.get("aws_access_key_id");
  const std::string_view secret = profile.get("aws_secret_access_key");
  if (!id.empty() && !secret.empty()) return keys(id, secret, profile.get("aws_session_token"));
  const std::string_view process = profile.get("credential_process");
  if (!process.empty()) return process_credentials(std::string(process));
  if (!profile.get("sso_session").empty() || !profile.get("sso_start_url").empty()) {
    return Status::unsupported(concat(
        {"single sign-on in profile '", printable(name, 100),
         "'; a credential_process of \"aws configure export-credentials\" can stand in for it"}));
  }
  return std::nullopt;
}

Result<Credentials> parse_json_credentials(std::string_view text, bool is_process) {
  // The text is not quoted: it is, or should be, secret.
  const auto members = parse_json_object(text);
  if (!members) return Status::io("credentials that are not a JSON object");
  if (is_process && member(*members, "Version") != "1") {
    return Status::unsupported("credential_process: the output's \"Version\" is not 1");
  }
  std::string_view token = member(*members, "SessionToken");
  if (token.empty()) token = member(*members, "Token");
  Credentials found =
      keys(member(*members, "AccessKeyId"), member(*members, "SecretAccessKey"), token);
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    return Status::io("credentials without AccessKeyId or SecretAccessKey");
  }
  const std::string_view expires = member(*members, "Expiration");
  if (!expires.empty()) {
    found.expires = parse_iso_time(expires);
    if (!found.expires) return Status::io("credentials whose Expiration is no time");
  }
  return found;
}

}  // namespace veneer::s3
