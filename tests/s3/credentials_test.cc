// The chain of credentials, by a caller that answers from a table, and through a client.
#include "s3/credentials.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "s3/uri.h"
#include "support.h"

using namespace veneer;
using namespace veneer::testing;
using namespace veneer::s3;

namespace {

constexpr int64_t kNow = 1'800'000'000;

std::string json(const std::string& id, const std::string& expires = "2099-01-01T00:00:00Z") {
  return R"({"Version":1,"AccessKeyId":")" + id + R"(","SecretAccessKey":")" + kSecret +
         R"(","SessionToken":")" + kToken + R"(","Token":")" + kToken + R"(","Expiration":")" +
         expires + "\"}";
}

std::string sts(const std::string& id) {
  return "<R><Credentials><AccessKeyId>" + id + "</AccessKeyId><SecretAccessKey>" + kSecret +
         "</SecretAccessKey><SessionToken>" + kToken +
         "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></R>";
}

// Answers whose URL begins with a text; the calls that were made.
class Table final : public HttpCaller {
 public:
  Result<HttpReply> call(const HttpCall& call) override {
    calls.push_back(call);
    for (const auto& [prefix, reply] : answers) {
      if (call.url.starts_with(prefix)) return reply;
    }
    return Status::io("nobody there");
  }
  void answer(const std::string& prefix, int32_t status, const std::string& body) {
    answers.emplace_back(prefix, HttpReply{{status, {}}, body});
  }
  std::string header(size_t call, std::string_view name) const {
    for (const auto& [key, value] : calls[call].headers) {
      if (equals_ignoring_case(key, name)) return value;
    }
    return {};
  }
  std::vector<std::pair<std::string, HttpReply>> answers;
  std::vector<HttpCall> calls;
};

class TempFile {
 public:
  explicit TempFile(const std::string& text) {
    char name[] = "/tmp/veneer-s3-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    REQUIRE(write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    close(file);
    path = name;
  }
  ~TempFile() { unlink(path.c_str()); }
  std::string path;
};

CredentialSettings settings(Fields environment, const std::string& credentials = "",
                            const std::string& config = "") {
  CredentialSettings out;
  out.profile = "default";
  out.region = "eu-west-1";
  out.environment = Environment(std::move(environment));
  out.files = SharedFiles(credentials, config);
  return out;
}

std::string id_of(const CredentialSettings& from, Table* table) {
  auto found = find_credentials(from, kNow, table);
  if (!found) {
    check_no_secret(found.status().to_string());
    return "error: " + found.status().to_string();
  }
  return found->access_key_id;
}

const std::string kStatic = "[default]\naws_access_key_id=FILE\naws_secret_access_key=s\n";

}  // namespace

TEST_CASE("code, then environment, then files") {
  Table table;
  CredentialSettings from =
      settings({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}}, kStatic);
  CHECK(id_of(from, &table) == "ENV");
  from.profile_is_explicit = true;
  CHECK(id_of(from, &table) == "FILE");
  from.given.access_key_id = "CODE";
  from.given.secret_access_key = "s";
  CHECK(id_of(from, &table) == "CODE");
  // An id without its secret is none.
  CHECK(id_of(settings({{"AWS_ACCESS_KEY_ID", "ENV"}}, kStatic), &table) == "FILE");
  CHECK(table.calls.empty());
}

TEST_CASE("nothing anywhere") {
  Table table;
  const std::string none = id_of(settings({}), &table);
  CHECK(none.find("access_denied") != std::string::npos);
  CHECK(none.find("anonymous") != std::string::npos);
  CHECK(table.calls.size() == 1);  // the instance's service
  CHECK(table.calls[0].timeout_ms == 1000);
  CHECK(table.calls[0].direct);
  table.calls.clear();
  id_of(settings({{"AWS_EC2_METADATA_DISABLED", "true"}}), &table);
  CHECK(table.calls.empty());
  CredentialSettings named = settings({});
  named.profile = "nobody";
  named.profile_is_explicit = true;
  CHECK(id_of(named, &table).find("no profile 'nobody'") != std::string::npos);
}

TEST_CASE("web identity, of the environment and of a profile") {
  const TempFile token("the.web.token\n");
  Table table;
  table.answer("https://sts.eu-west-1.amazonaws.com/", 200, sts("WEB"));
  const Fields environment{{"AWS_WEB_IDENTITY_TOKEN_FILE", token.path},
                           {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                           {"AWS_ROLE_SESSION_NAME", "me"}};
  auto found = find_credentials(settings(environment), kNow, &table);
  REQUIRE(found.ok());
  CHECK(found->access_key_id == "WEB");
  CHECK(found->session_token == kToken);
  CHECK(found->expires.has_value());
  REQUIRE(table.calls.size() == 1);
  CHECK(table.calls[0].method == "POST");
  CHECK(table.calls[0].body ==
        "Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&"
        "RoleSessionName=me&"
        "Version=2011-06-15&WebIdentityToken=the.web.token");
  CHECK(table.header(0, "authorization").empty());

  const std::string config =
      "[default]\nrole_arn=arn:x\nweb_identity_token_file=" + token.path + "\n";
  CHECK(id_of(settings({}, "", config), &table) == "WEB");
  CHECK(id_of(settings({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/none"}, {"AWS_ROLE_ARN", "r"}}), &table)
            .find("/none") != std::string::npos);
  Table refusing;
  refusing.answer("https://sts", 403,
                  "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
                  "<RequestId>R9</RequestId></ErrorResponse>");
  const std::string refused = id_of(settings(environment), &refusing);
  CHECK(refused.find("STS answered 403 AccessDenied: no (request id R9)") != std::string::npos);
}

TEST_CASE("a role, assumed by another profile's keys, signed for STS") {
  Table table;
  table.answer("http://127.0.0.1:1/", 200, sts("ROLE"));
  const std::string config =
      "[default]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=base\nexternal_id=e\n"
      "[profile base]\naws_access_key_id=" +
      std::string(kKeyId) + "\naws_secret_access_key=" + kSecret + "\n";
  CHECK(id_of(settings({{"AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1/"}}, "", config), &table) ==
        "ROLE");
  REQUIRE(table.calls.size() == 1);
  SeenRequest seen{"POST", "/", "", {}, table.calls[0].body};
  for (const auto& [name, value] : table.calls[0].headers) seen.headers[to_lower(name)] = value;
  CHECK(check_signature(seen, {kKeyId, kSecret, "", "eu-west-1", "sts"}) == "");
  CHECK(seen.body.find("ExternalId=e") != std::string::npos);

  CHECK(id_of(settings({}, "",
                       "[default]\nrole_arn=a\nsource_profile=b\n[profile b]\nrole_arn=b\n"
                       "source_profile=default\n"),
              &table)
            .find("circle") != std::string::npos);
  CHECK(id_of(settings({}, "", "[default]\nrole_arn=a\n"), &table).find("without a source") !=
        std::string::npos);
  CHECK(
      id_of(settings({}, "", "[default]\nrole_arn=a\nmfa_serial=m\n"), &table).find("mfa_serial") !=
      std::string::npos);
  CHECK(id_of(settings({}, "", "[default]\nsso_session=a\n"), &table).find("single sign-on") !=
        std::string::npos);
}

TEST_CASE("containers: the token goes to allowed hosts only") {
  Table table;
  table.answer("http://169.254.170.2/v2/creds", 200, json("TASK"));
  table.answer("http://127.0.0.1:9/full", 200, json("FULL"));
  const TempFile token("Bearer t\n");
  auto found = find_credentials(settings({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/creds"}}),
                                kNow, &table);
  REQUIRE(found.ok());
  CHECK(found->access_key_id == "TASK");
  CHECK(found->session_token == kToken);
  CHECK(table.calls.back().direct);
  CHECK(id_of(settings({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/full"},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.path}}),
              &table) == "FULL");
  CHECK(table.header(table.calls.size() - 1, "authorization") == "Bearer t");
  const size_t calls = table.calls.size();
  CHECK(id_of(settings({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/x"},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "t"}}),
              &table)
            .find("local address") != std::string::npos);
  CHECK(table.calls.size() == calls);
  for (const char* allowed : {"https://any.example/x", "http://localhost:8/x", "http://[::1]/x",
                              "http://169.254.170.23/v1/credentials", "http://127.1.2.3/"}) {
    CHECK(is_allowed_container_host(allowed));
  }
  for (const char* refused : {"http://10.0.0.1/", "http://127.0.0.1.evil.example/",
                              "http://example/", "x", "http://169.254.169.254/"}) {
    CHECK_FALSE(is_allowed_container_host(refused));
  }
}

TEST_CASE("a relative URI goes on behind the container's host, and no further") {
  Table table;
  for (const char* relative : {"@evil.example/", ".evil.example/", "evil/", "/a b", "/a\nb"}) {
    CHECK(id_of(settings({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", relative},
                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "token-of-the-task"}}),
                &table)
              .find("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != std::string::npos);
  }
  CHECK(table.calls.empty());
}

TEST_CASE("a service that repeats what it was sent: no secret is in the message") {
  const auto refusal = [](const std::string& secret) {
    return "<Error><Code>Denied</Code><Message>'" + secret + "' is refused</Message></Error>";
  };
  const TempFile token(std::string(kToken) + "\n");
  Table table;
  table.answer("https://sts", 403, refusal(kToken));
  table.answer("http://169.254.170.2/", 400, refusal(kToken));
  table.answer("http://meta/latest/api/token", 200, kToken);
  table.answer("http://meta/", 500, refusal(kToken));
  const std::string role =
      "[default]\nrole_arn=r\nsource_profile=base\n[base]\naws_access_key_id=A\n"
      "aws_secret_access_key=s\naws_session_token=" +
      std::string(kToken) + "\n";
  const CredentialSettings from[] = {
      settings({{"AWS_WEB_IDENTITY_TOKEN_FILE", token.path}, {"AWS_ROLE_ARN", "r"}}),
      settings({}, role),
      settings({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/"},
                {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.path}}),
  };
  for (const CredentialSettings& one : from) {
    CHECK(id_of(one, &table).find("Denied: '***' is refused") != std::string::npos);
  }
  const auto found = instance_credentials(
      settings({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://meta"}}), &table);
  REQUIRE(found.has_value());
  CHECK(found->status().to_string().find("500 Denied: '***'") != std::string::npos);
}

TEST_CASE("nothing that is sent holds a line break") {
  Table table;
  CHECK(id_of(settings({{"AWS_ACCESS_KEY_ID", "A"},
                        {"AWS_SECRET_ACCESS_KEY", "s"},
                        {"AWS_SESSION_TOKEN", "t\r\nX-Other: v"}}),
              &table)
            .find("line break") != std::string::npos);
  CHECK(id_of(settings({},
                       "[default]\nrole_arn=r\nsource_profile=base\n[base]\n"
                       "aws_access_key_id=A\rB\naws_secret_access_key=s\n"),
              &table)
            .find("line break") != std::string::npos);
  CHECK(table.calls.empty());
  table.answer("http://169.254.170.2/", 200,
               R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"a\nb"})");
  CHECK(id_of(settings({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/"}}), &table)
            .find("line break") != std::string::npos);
  table.answer("http://meta/", 200, "token\r\nX-Other: v");
  const auto found = instance_credentials(
      settings({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://meta"}}), &table);
  REQUIRE(found.has_value());
  CHECK(found->status().to_string().find("line break") != std::string::npos);
}

TEST_CASE("STS: an expiration that is no time is no promise of keys for ever") {
  const TempFile token("the.web.token\n");
  const Fields environment{{"AWS_WEB_IDENTITY_TOKEN_FILE", token.path}, {"AWS_ROLE_ARN", "r"}};
  for (const char* expiration : {"never", "2026-13-01T00:00:00Z", " "}) {
    Table table;
    table.answer("https://sts", 200,
                 "<R><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><Expiration>" +
                     std::string(expiration) + "</Expiration></R>");
    CHECK(id_of(settings(environment), &table).find("no time") != std::string::npos);
  }
}

TEST_CASE("instance metadata, version 2") {
  Table table;
  table.answer("http://meta:1/latest/api/token", 200, "TOKEN2");
  table.answer("http://meta:1/latest/meta-data/iam/security-credentials/my%20role", 200,
               json("EC2"));
  table.answer("http://meta:1/latest/meta-data/iam/security-credentials/", 200, "my role\n");
  const Fields environment{{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://meta:1/"}};
  CHECK(id_of(settings(environment), &table) == "EC2");
  REQUIRE(table.calls.size() == 3);
  CHECK(table.calls[0].method == "PUT");
  CHECK(table.header(0, "X-aws-ec2-metadata-token-ttl-seconds") == "21600");
  CHECK(table.header(2, "X-aws-ec2-metadata-token") == "TOKEN2");
  for (const HttpCall& call : table.calls) CHECK(call.direct);
}

TEST_CASE("credential_process") {
  const auto run = [](const std::string& command) {
    auto found = process_credentials(command);
    if (!found) check_no_secret(found.status().to_string());
    return found ? found->access_key_id : "error: " + found.status().to_string();
  };
  const TempFile output(json("PROC"));
  CHECK(run("cat " + output.path) == "PROC");
  Table table;
  CHECK(id_of(settings({}, "", "[default]\ncredential_process = cat '" + output.path + "'\n"),
              &table) == "PROC");
  CHECK(run("cat " + output.path + "; exit 3").find("failed") != std::string::npos);
  CHECK(run("/no/such/program").find("failed") != std::string::npos);
  CHECK(run("echo '{\"Version\":2}'").find("Version") != std::string::npos);
  CHECK(run("echo nonsense").find("JSON") != std::string::npos);
  CHECK(run("yes").find("too much") != std::string::npos);
  CHECK(run("true").find("JSON") != std::string::npos);
}

TEST_CASE("credentials as JSON") {
  auto found = parse_json_credentials(json("A", "2013-05-24T00:00:00Z"), true);
  REQUIRE(found.ok());
  CHECK(found->expires == 1369353600);
  CHECK_FALSE(parse_json_credentials(json("A", "soon"), false).ok());
  CHECK_FALSE(parse_json_credentials(R"({"AccessKeyId":"A"})", false).ok());
  const Status status =
      parse_json_credentials(std::string("{\"SecretAccessKey\":\"") + kSecret + "\"", false)
          .status();
  check_no_secret(status.to_string());
}

TEST_CASE("a client asks once for all, renews before the end, and once when they have expired") {
  FaultServer server;
  KnownKeys keys{"TASK", kSecret, kToken, "us-east-1"};
  server.set_keys(keys);
  server.put("data", "a", some_bytes(1000));
  FaultServer container;
  std::atomic<int> asked{0};
  std::string expires = "2099-01-01T00:00:00Z";
  container.on_request([&](const Request& request) -> std::optional<Reply> {
    ++asked;
    if (request.header("authorization") != "container-token") return Reply{403, {}, "no"};
    Reply reply{200, {}, json("TASK", expires)};
    reply.stall_before = 0.1;
    return reply;
  });
  S3Options options = quick_options(server);
  options.credentials = {};
  const Fields environment{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url() + "/creds"},
                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"}};
  const auto read = [&](const S3Client& client) {
    auto got = read_range(**client.open("data", "a"), 0, 1000);
    if (!got) check_no_secret(got.status().to_string());
    return got ? (*got == some_bytes(1000) ? "ok" : "wrong bytes") : got.status().to_string();
  };
  SUBCASE("one flight for all") {
    const S3Client client = make(options, environment);
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] { right += read_range(**client.open("data", "a"), 0, 1000).ok(); });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(right == 6);
    CHECK(asked == 1);
    CHECK(client.counters().credential_requests == 1);
    CHECK(container.requests()[0].header("authorization") == "container-token");
  }
  SUBCASE("expired, says the server: once anew") {
    std::atomic<int> count{0};
    server.on_request([&](const Request&) -> std::optional<Reply> {
      if (count++ < 1) return FaultServer::error(400, "ExpiredToken", "expired");
      return std::nullopt;
    });
    const S3Client client = make(options, environment);
    CHECK(read(client) == "ok");
    CHECK(asked == 2);
    server.on_request([&](auto&) { return FaultServer::error(400, "ExpiredToken", "expired"); });
    CHECK(read(client).find("ExpiredToken") != std::string::npos);
    CHECK(asked == 3);
  }
  SUBCASE("those that expire soon are used, and renewed meanwhile") {
    const std::time_t soon = std::time(nullptr) + 120;
    std::tm parts{};
    gmtime_r(&soon, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    expires = text;
    const S3Client client = make(options, environment);
    for (int i = 0; i < 5; ++i) CHECK(read(client) == "ok");
    CHECK(asked <= 2);  // not for every request
  }
  SUBCASE("those that have expired are refused") {
    expires = "2001-01-01T00:00:00Z";
    const S3Client client = make(options, environment);
    CHECK(read(client).find("expired already") != std::string::npos);
  }
  SUBCASE("the service says no") {
    const S3Client client =
        make(options, {environment[0], {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong"}});
    const std::string text = read(client);
    CHECK(text.find("the container's service answered 403") != std::string::npos);
  }
  SUBCASE("a client that goes while it asks") {
    container.on_request([&](auto&) {
      Reply reply;
      reply.stall_before = 60;
      return reply;
    });
    const auto begin = std::chrono::steady_clock::now();
    {
      const S3Client client = make(options, environment);
      auto lister = client.list("data", "");
      std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        (*lister)->cancel();
      });
      std::vector<ObjectInfo> page;
      CHECK((*lister)->next(&page).status().code() == StatusCode::cancelled);
      canceller.join();
    }
    CHECK(seconds_since(begin) < 2);
  }
}
