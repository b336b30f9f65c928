// The environment variables and small files that AWS's tools are configured by.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "s3/sigv4.h"
#include "veneer/status.h"

namespace veneer::s3 {

/// A copy of the variables that matter, taken once: later changes are not seen, and getenv is not
/// called while other threads run setenv. Tests make their own.
class Environment {
 public:
  Environment() = default;
  explicit Environment(Fields variables) : variables_(std::move(variables)) {}
  static Environment of_process();

  /// Empty where the variable is unset or empty, which AWS's tools do not tell apart.
  std::string_view get(std::string_view name) const noexcept;
  void set(std::string name, std::string value) {
    variables_.emplace_back(std::move(name), std::move(value));
  }

 private:
  Fields variables_;
};

/// The whole of a small file, at most 1 MiB.
Result<std::string> read_small_file(const std::string& path);

/// A section of a shared configuration file: "default", "profile dev", …
struct IniSection {
  std::string name;
  Fields values;
};
/// Sections and their top-level values; indented (nested) lines and comments are left out.
std::vector<IniSection> parse_ini(std::string_view text);

/// One profile: the values of the credentials file and of the config file together, the first ones
/// first.
class Profile {
 public:
  /// Empty where there is none.
  std::string_view get(std::string_view name) const noexcept;
  bool exists() const noexcept { return exists_; }

 private:
  friend class SharedFiles;
  Fields values_;
  bool exists_ = false;
};

/// The shared config and credentials files; missing files are empty ones.
class SharedFiles {
 public:
  SharedFiles() = default;
  SharedFiles(std::string_view credentials, std::string_view config)
      : credentials_(parse_ini(credentials)), config_(parse_ini(config)) {}
  /// From AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE, else below ~/.aws.
  static SharedFiles load(const Environment& environment);

  Profile profile(std::string_view name) const;

 private:
  std::vector<IniSection> credentials_;
  std::vector<IniSection> config_;
};

}  // namespace veneer::s3
