// Where the keys to sign with come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "s3/environment.h"
#include "s3/http_text.h"
#include "veneer/status.h"

namespace veneer::s3 {

/// Keys, overwritten when they are destroyed. There is no way to print them.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::optional<int64_t> expires;  ///< seconds since 1970; nullopt: never

  Credentials() = default;
  Credentials(const Credentials&) = default;
  Credentials(Credentials&&) = default;
  Credentials& operator=(const Credentials&) = default;
  Credentials& operator=(Credentials&&) = default;
  ~Credentials();

  bool empty() const noexcept { return access_key_id.empty(); }
};

/// One request to a service that gives credentials.
struct HttpCall {
  std::string method = "GET";
  std::string url;
  Fields headers;
  std::string body;
  int32_t timeout_ms = 5000;
  int32_t attempts = 3;
  bool direct = false;  ///< never through a proxy
};
struct HttpReply {
  ResponseHead head;
  std::string body;
};
/// Makes such requests; tests have their own. Called from one thread at a time; blocks.
class HttpCaller {
 public:
  virtual ~HttpCaller() = default;
  virtual Result<HttpReply> call(const HttpCall& call) = 0;
};

/// What the chain is told.
struct CredentialSettings {
  Credentials given;
  std::string profile;               ///< the one to use
  bool profile_is_explicit = false;  ///< named in code: the environment's keys are passed over
  std::string region;
  Environment environment;
  SharedFiles files;
};

/// Walks the chain: the first source that is configured gives the credentials or the error.
/// `access_denied` where none is. Blocks: files, processes and services are asked. What it gives
/// can stand in header fields; what it was given to send stands in no message.
Result<Credentials> find_credentials(const CredentialSettings& settings, int64_t now,
                                     HttpCaller* http);

// The links of the chain, for its own use and the tests'.

/// `invalid_argument` where the parts that are sent hold a line break, wherever they come from.
Status check_keys(const Credentials& keys);

/// AssumeRoleWithWebIdentity, by the token in a file.
struct WebIdentity {
  std::string_view token_file;
  std::string_view role_arn;
  std::string_view session_name;
};
Result<Credentials> assume_role_with_web_identity(const CredentialSettings& settings,
                                                  const WebIdentity& identity, HttpCaller* http);
/// AssumeRole, signed by the source's credentials.
struct RoleRequest {
  std::string_view role_arn;
  std::string_view session_name;
  std::string_view external_id;
  std::string_view duration_seconds;
};
Result<Credentials> assume_role(const CredentialSettings& settings, const RoleRequest& role,
                                const Credentials& source, int64_t now, HttpCaller* http);
/// The profile's own way; nullopt where the profile configures none.
std::optional<Result<Credentials>> profile_credentials(const CredentialSettings& settings,
                                                       std::string_view name, int64_t now,
                                                       HttpCaller* http, int depth = 0);
/// ECS, EKS and the like; nullopt where no variable tells of one.
std::optional<Result<Credentials>> container_credentials(const CredentialSettings& settings,
                                                         HttpCaller* http);
/// EC2's metadata service, version 2; nullopt where it is disabled.
std::optional<Result<Credentials>> instance_credentials(const CredentialSettings& settings,
                                                        HttpCaller* http);
/// What the command prints, at most 64 KiB of it, within a minute.
Result<Credentials> process_credentials(const std::string& command);
/// The JSON of credential_process ("Version": 1), containers and instances.
Result<Credentials> parse_json_credentials(std::string_view text, bool is_process);

/// True where a container's token may be sent there: https, loopback, and the link-local addresses
/// of ECS and EKS.
bool is_allowed_container_host(std::string_view url);

}  // namespace veneer::s3
