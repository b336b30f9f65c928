// The chain of credentials, from profiles of any text and answers of any kind: STS, containers and
// the instance's metadata, played by the input. No process is started.
//
// The input is a way to be configured, then the answers, each behind a zero byte: one character for
// its status, and a body. "$T" in a body is the secret that came with the request, as of services
// that repeat what they refuse.
#include "s3/credentials.h"

#include "fuzz/support/feed.h"
#include "fuzz/support/unnamed_file.h"
#include "s3/json.h"
#include "s3/uri.h"
#include "s3/xml.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr int64_t kNow = 1'800'000'000;
// From the year 0 to the end of 9999, and the longest offset of a zone on either side.
constexpr int64_t kEarliest = -62'167'219'200 - 400'000;
constexpr int64_t kLatest = 253'402'300'800 + 400'000;

constexpr std::string_view kSecret = "SECRET+key/that=must-not-appear";
constexpr std::string_view kSession = "SESSION.token.of.the.source";
constexpr std::string_view kWebToken = "WEB.token.of.a.file";
constexpr std::string_view kContainerToken = "Bearer of.the.container";

constexpr std::string_view kSignature = "AWS4-HMAC";
constexpr std::string_view kWordOfFiles = "web_identity_token_file";

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// Answers in the order that they stand in, and nothing behind the last.
class Services final : public s3::HttpCaller {
 public:
  explicit Services(std::string_view answers) : rest_(answers) {}

  Result<s3::HttpReply> call(const s3::HttpCall& call) override {
    require(++calls_ <= 16, "no chain asks for ever");
    sent_.clear();
    check(call);
    if (rest_.empty()) return Status::io("nobody there");
    static constexpr int32_t kStatus[] = {200, 200, 200, 403, 404, 500, 0, 301};
    const int32_t status = kStatus[static_cast<uint8_t>(rest_[0]) % std::size(kStatus)];
    const std::string_view body = rest_.substr(1, rest_.find('\0', 1) - 1);
    rest_.remove_prefix(std::min(rest_.size(), body.size() + 2));
    s3::HttpReply reply;
    reply.head.status = status;
    for (size_t i = 0; i < body.size(); ++i) {
      if (body.substr(i, 2) == "$T") {
        reply.body += sent_;
        ++i;
      } else {
        reply.body += body[i];
      }
    }
    last_ = reply.body;
    // What the metadata service gives for a token is the next secret.
    if (call.method == "PUT" && status == 200) given_ = reply.body;
    return reply;
  }

  const std::string& last() const { return last_; }
  const std::string& given() const { return given_; }

 private:
  void check(const s3::HttpCall& call) {
    require(is_one_line(call.url) && call.url.find(' ') == std::string::npos, "a URL is one");
    for (const auto& [name, value] : call.headers) {
      require(is_one_line(name) && is_one_line(value), "a header field is one line");
      if (value == kContainerToken) {
        require(s3::is_allowed_container_host(call.url), "the token goes to allowed hosts only");
      }
      if (value == kContainerToken || value == kSession || name == "X-aws-ec2-metadata-token") {
        sent_ = value;
      }
      require(value.find(kSecret) == std::string::npos, "the key is sent nowhere");
    }
    if (call.body.find(kWebToken) != std::string::npos) sent_ = kWebToken;
    require(call.attempts >= 1 && call.timeout_ms > 0, "a call ends");
  }

  std::string_view rest_;
  int calls_ = 0;
  std::string sent_;
  std::string last_;
  std::string given_;
};

// What an answer says of the time until which its credentials are good.
std::string expiration_of(const std::string& body) {
  if (const auto members = s3::parse_json_object(body)) {
    return std::string(s3::member(*members, "Expiration"));
  }
  std::string text;
  s3::XmlReader xml(body);
  while (true) {
    const auto event = xml.next();
    if (event == s3::XmlReader::Event::done || event == s3::XmlReader::Event::malformed)
      return text;
    if (event == s3::XmlReader::Event::start && xml.name() == "Expiration") {
      if (!xml.element_text(&text)) return {};
    }
  }
}

void require_hidden(const Status& status, const Services& services) {
  const std::string text = status.to_string();
  require(is_one_line(text), "a message is one line");
  for (const std::string_view secret : {kSecret, kSession, kWebToken, kContainerToken}) {
    require(text.find(secret) == std::string::npos, "no secret is in a message");
  }
  require(text.find(kSignature) == std::string::npos, "no signature is in a message");
  const std::string_view given = services.given();
  const std::string_view session = given.substr(0, given.find_first_of(" \t\r\n"));
  // A token of few letters may stand in any text.
  if (session.size() > 24) {
    require(text.find(session) == std::string::npos, "no given token is in a message");
  }
}

// The i-th of the ways to be configured; the profile's text comes from the input.
s3::CredentialSettings configure(uint8_t way, const std::string& profile,
                                 const std::string& token) {
  s3::Fields environment;
  const auto set = [&](const char* name, std::string_view value) {
    environment.emplace_back(name, value);
  };
  switch (way % 8) {
    case 0: set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/creds"); break;
    case 1: set("AWS_CONTAINER_CREDENTIALS_FULL_URI", profile); break;
    case 2: set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", profile); break;
    case 3:
      set("AWS_WEB_IDENTITY_TOKEN_FILE", token);
      set("AWS_ROLE_ARN", profile);
      break;
    case 4: set("AWS_ACCESS_KEY_ID", profile); break;
    case 5: set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1/sts"); break;
    default: break;
  }
  if (way % 8 <= 2) set("AWS_CONTAINER_AUTHORIZATION_TOKEN", kContainerToken);
  if (way % 8 == 4) set("AWS_SECRET_ACCESS_KEY", kSecret);
  s3::CredentialSettings settings;
  settings.profile = (way & 0x40) != 0 ? "other" : "default";
  settings.profile_is_explicit = (way & 0x80) != 0;
  settings.region = (way & 0x20) != 0 ? "cn-north-1" : "eu-west-1";
  settings.environment = s3::Environment(std::move(environment));
  // The source of roles comes last: of several values of a name the first counts.
  std::string files = way % 8 >= 5 ? profile : std::string();
  files += "\n[source]\naws_access_key_id=AKID\naws_secret_access_key=";
  files += kSecret;
  files += "\naws_session_token=";
  files += kSession;
  files += "\n[web]\nrole_arn=arn\nweb_identity_token_file=" + token + "\n";
  settings.files = s3::SharedFiles(files, "");
  return settings;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static UnnamedFile token;
  static const bool written = [] {
    token.write({reinterpret_cast<const uint8_t*>(kWebToken.data()), kWebToken.size()});
    return true;
  }();
  require(written && size < 65536, "inputs are small");

  Feed feed(data, size);
  const uint8_t way = feed.byte();
  const std::string text = feed.text(feed.left());
  const std::string profile = text.substr(0, text.find('\0'));
  const s3::CredentialSettings settings = configure(way, profile, token.path());
  // A command of the input's would be run, and a file that it names might be a terminal. Secrets
  // that the input itself holds are none.
  for (const std::string_view word : {std::string_view("credential_process"), kWordOfFiles, kSecret,
                                      kSession, kWebToken, kContainerToken, kSignature}) {
    if (s3::to_lower(text).find(s3::to_lower(word)) != std::string::npos) return 0;
  }

  Services services(std::string_view(text).substr(std::min(text.size(), profile.size() + 1)));
  // The chain passes over what the instance's service says of a failure.
  const bool is_instance = way % 8 == 7;
  const auto found = is_instance ? *s3::instance_credentials(settings, &services)
                                 : s3::find_credentials(settings, kNow, &services);
  if (!found) {
    require_hidden(found.status(), services);
    return 0;
  }
  require(!found->access_key_id.empty() && !found->secret_access_key.empty(),
          "keys are both there");
  require(is_instance || s3::check_keys(*found).ok(), "what is sent can stand in a header");
  if (found->expires) {
    require(*found->expires >= kEarliest && *found->expires < kLatest, "an expiry is a time");
  } else {
    require(expiration_of(services.last()).empty(), "an expiry that is told is kept or refused");
  }
  return 0;
}
