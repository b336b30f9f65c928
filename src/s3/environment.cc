#include "s3/environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "s3/uri.h"

namespace veneer::s3 {
namespace {

constexpr std::array kVariables{
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CA_BUNDLE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "HOME",
};

std::string expand_home(std::string_view path, std::string_view home) {
  if (path == "~" || path.starts_with("~/")) return concat({home, path.substr(1)});
  return std::string(path);
}

std::string_view find(const Fields& fields, std::string_view name) noexcept {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

Environment Environment::of_process() {
  Environment environment;
  for (const char* name : kVariables) {
    if (const char* value = std::getenv(name); value != nullptr) environment.set(name, value);
  }
  return environment;
}

std::string_view Environment::get(std::string_view name) const noexcept {
  return find(variables_, name);
}

Result<std::string> read_small_file(const std::string& path) {
  constexpr size_t kMost = size_t{1} << 20;
  int file;
  do {
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (file < 0 && errno == EINTR);
  if (file < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Status::not_found("no such file").in_file(path);
    return Status::io("cannot open").in_file(path);
  }
  std::string text;
  std::array<char, 4096> part;
  ssize_t got;
  while ((got = ::read(file, part.data(), part.size())) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || text.size() > kMost) break;
    text.append(part.data(), static_cast<size_t>(got));
  }
  ::close(file);
  if (got < 0) return Status::io("cannot read").in_file(path);
  if (text.size() > kMost) return Status::over_limit("longer than 1 MiB").in_file(path);
  return text;
}

std::vector<IniSection> parse_ini(std::string_view text) {
  std::vector<IniSection> sections;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    line = trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const std::string_view name = trim(line.substr(1, line.find(']') - 1));
      sections.push_back({std::string(name), {}});
      continue;
    }
    const size_t equals = line.find('=');
    const bool has_name = equals != std::string_view::npos && equals != 0;
    if (indented || !has_name || sections.empty()) continue;
    std::string_view value = line.substr(equals + 1);
    // A comment behind a value begins with a blank: '#' and ';' occur within values.
    for (const std::string_view mark : {" #", " ;", "\t#", "\t;"}) {
      value = value.substr(0, value.find(mark));
    }
    sections.back().values.emplace_back(to_lower(trim(line.substr(0, equals))), trim(value));
  }
  return sections;
}

std::string_view Profile::get(std::string_view name) const noexcept { return find(values_, name); }

SharedFiles SharedFiles::load(const Environment& environment) {
  const std::string_view home = environment.get("HOME");
  const auto text_of = [&](std::string_view variable, std::string_view fallback) -> std::string {
    const std::string_view given = environment.get(variable);
    if (given.empty() && home.empty()) return {};
    auto text = read_small_file(expand_home(given.empty() ? fallback : given, home));
    return text ? *std::move(text) : std::string();
  };
  return {text_of("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
          text_of("AWS_CONFIG_FILE", "~/.aws/config")};
}

Profile SharedFiles::profile(std::string_view name) const {
  Profile profile;
  const auto add = [&](const std::vector<IniSection>& sections, std::string_view wanted) {
    for (const IniSection& section : sections) {
      if (section.name != wanted) continue;
      profile.exists_ = true;
      profile.values_.insert(profile.values_.end(), section.values.begin(), section.values.end());
    }
  };
  add(credentials_, name);
  add(config_, concat({"profile ", name}));
  if (name == "default") add(config_, name);
  return profile;
}

}  // namespace veneer::s3
