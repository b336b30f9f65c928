// The services that give temporary credentials: STS, containers, EC2's instance metadata.
#include <algorithm>

#include "base/macros.h"
#include "base/text.h"
#include "s3/credentials.h"
#include "s3/responses.h"
#include "s3/sha256.h"
#include "s3/uri.h"

namespace veneer::s3 {
namespace {

constexpr std::string_view kContainerHost = "http://169.254.170.2";
constexpr std::string_view kInstanceHost = "http://169.254.169.254";

std::string sts_url(const CredentialSettings& settings) {
  for (const char* name : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
    const std::string_view given = settings.environment.get(name);
    if (!given.empty()) return std::string(given);
  }
  const bool china = settings.region.starts_with("cn-");
  return concat({"https://sts.", settings.region, ".amazonaws.com", china ? ".cn" : "", "/"});
}

std::string session_name_or_default(std::string_view name) {
  return name.empty() ? "veneer" : std::string(name);
}

// An answer that is not 200, as an error that quotes the server's code and text only, without the
// secret that the server was told: some repeat what they refuse.
Status service_failure(std::string_view service, const HttpReply& reply, std::string_view secret) {
  ErrorBody error = parse_error_body(reply.body);
  for (std::string* part : {&error.code, &error.message, &error.request_id}) {
    hide_secret(part, secret);
  }
  std::string text(service);
  text += concat({" answered ", reply.head.status});
  if (!error.code.empty()) text += concat({" ", printable(error.code, 100)});
  if (!error.message.empty()) text += concat({": ", printable(error.message, 300)});
  if (!error.request_id.empty())
    text += concat({" (request id ", printable(error.request_id, 100), ")"});
  return reply.head.status >= 500 ? Status::io(text) : Status::access_denied(text);
}

Result<Credentials> call_sts(const HttpCall& call, std::string_view secret, HttpCaller* http) {
  VENEER_TRY(HttpReply reply, http->call(call));
  if (reply.head.status != 200) return service_failure("STS", reply, secret);
  auto found = parse_sts_credentials(reply.body);
  wipe(&reply.body);
  return found;
}

// Form fields; canonical_query encodes as forms want, but for the blank, which %20 is too.
HttpCall sts_call(const CredentialSettings& settings, const Fields& fields) {
  HttpCall call;
  call.method = "POST";
  call.url = sts_url(settings);
  call.body = canonical_query(fields);
  call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return call;
}

Result<std::string> token_of_file(std::string_view path) {
  auto text = read_small_file(std::string(path));
  if (!text) return std::move(text).status();
  return std::string(trim(*text));
}

}  // namespace

Result<Credentials> assume_role_with_web_identity(const CredentialSettings& settings,
                                                  const WebIdentity& identity, HttpCaller* http) {
  VENEER_TRY(const std::string token, token_of_file(identity.token_file));
  return call_sts(
      sts_call(settings, {{"Action", "AssumeRoleWithWebIdentity"},
                          {"Version", "2011-06-15"},
                          {"RoleArn", std::string(identity.role_arn)},
                          {"RoleSessionName", session_name_or_default(identity.session_name)},
                          {"WebIdentityToken", token}}),
      token, http);
}

Result<Credentials> assume_role(const CredentialSettings& settings, const RoleRequest& role,
                                const Credentials& source, int64_t now, HttpCaller* http) {
  Fields fields{{"Action", "AssumeRole"},
                {"Version", "2011-06-15"},
                {"RoleArn", std::string(role.role_arn)},
                {"RoleSessionName", session_name_or_default(role.session_name)}};
  if (!role.external_id.empty()) fields.emplace_back("ExternalId", role.external_id);
  if (!role.duration_seconds.empty()) fields.emplace_back("DurationSeconds", role.duration_seconds);
  HttpCall call = sts_call(settings, fields);
  VENEER_TRY(const Url url, parse_url(call.url));
  const std::string timestamp = amz_timestamp(now);
  const std::string body_hash = hex(sha256(call.body));
  SignedRequest request;
  request.method = "POST";
  request.path = url.path.empty() ? "/" : url.path;
  request.headers = call.headers;
  request.headers.emplace_back("Host", url.authority());
  request.headers.emplace_back("X-Amz-Date", timestamp);
  if (!source.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", source.session_token);
  }
  request.body_hash = body_hash;
  const SigningScope scope{source.access_key_id, source.secret_access_key, settings.region, "sts",
                           timestamp};
  call.headers = request.headers;
  call.headers.emplace_back("Authorization", authorization(request, scope));
  return call_sts(call, source.session_token, http);
}

bool is_allowed_container_host(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return false;
  if (url->scheme == "https") return true;
  const std::string_view host = url->host;
  // ECS, and EKS's agent by IPv4 and IPv6.
  if (host == "169.254.170.2" || host == "169.254.170.23" || host == "[fd00:ec2::23]") return true;
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && std::all_of(host.begin(), host.end(), [](char c) {
           return c == '.' || (c >= '0' && c <= '9');
         });
}

std::optional<Result<Credentials>> container_credentials(const CredentialSettings& settings,
                                                         HttpCaller* http) {
  const Environment& environment = settings.environment;
  HttpCall call;
  call.direct = true;
  call.timeout_ms = 2000;
  const std::string_view relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string_view full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) return std::nullopt;
  call.url = relative.empty() ? std::string(full) : concat({kContainerHost, relative});
  // A relative one that does not begin with a slash would go on with the host's name.
  if (!is_allowed_container_host(call.url)) {
    return Status::access_denied(
        concat({"AWS_CONTAINER_CREDENTIALS_", relative.empty() ? "FULL" : "RELATIVE",
                "_URI: neither https nor a local address"}));
  }
  std::string token(environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
  const std::string_view file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file.empty()) {
    auto text = token_of_file(file);
    if (!text) return std::move(text).status();
    token = *std::move(text);
  }
  if (has_line_break(token)) {
    return Status::invalid_argument("the container's authorization token holds a line break");
  }
  if (!token.empty()) call.headers.emplace_back("Authorization", token);
  auto reply = http->call(call);
  if (!reply) return std::move(reply).status();
  if (reply->head.status != 200) return service_failure("the container's service", *reply, token);
  auto found = parse_json_credentials(reply->body, false);
  wipe(&reply->body);
  return found;
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
std::optional<Result<Credentials>> instance_credentials(const CredentialSettings& settings,
                                                        HttpCaller* http) {
  const Environment& environment = settings.environment;
  if (equals_ignoring_case(environment.get("AWS_EC2_METADATA_DISABLED"), "true")) {
    return std::nullopt;
  }
  std::string base(environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
  if (base.empty()) base = kInstanceHost;
  while (base.ends_with('/')) base.pop_back();
  HttpCall call;
  call.direct = true;
  call.timeout_ms = 1000;
  call.attempts = 1;  // where there is no such service, nobody wants to wait
  call.method = "PUT";
  call.url = concat({base, "/latest/api/token"});
  call.headers.emplace_back("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  auto token = http->call(call);
  if (!token) return std::move(token).status();
  if (token->head.status != 200) return service_failure("instance metadata", *token, {});
  const std::string session(trim(token->body));
  if (has_line_break(session)) {
    return Status::io("instance metadata gave a token that holds a line break");
  }

  call.method = "GET";
  call.attempts = 3;
  call.headers = {{"X-aws-ec2-metadata-token", session}};
  call.url = concat({base, "/latest/meta-data/iam/security-credentials/"});
  auto roles = http->call(call);
  if (!roles) return std::move(roles).status();
  if (roles->head.status != 200) {
    return service_failure("instance metadata", *roles, session);
  }
  const std::string role(trim(std::string_view(roles->body).substr(0, roles->body.find('\n'))));
  call.url += percent_encode(role, false);
  auto reply = http->call(call);
  if (!reply) return std::move(reply).status();
  if (reply->head.status != 200) {
    return service_failure("instance metadata", *reply, session);
  }
  auto found = parse_json_credentials(reply->body, false);
  wipe(&reply->body);
  return found;
}

}  // namespace veneer::s3
