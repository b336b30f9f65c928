// The command line: options and files of one subcommand.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct OptionSpec {
  std::string_view name;      ///< without the dashes
  char letter = '\0';         ///< for -n; none where 0
  std::string_view argument;  ///< what the help calls it; empty for a flag
  std::string_view help;
  std::string_view choices = {};  ///< "jsonl|csv|table"; empty where anything goes
};

/// What was given. Later options win over earlier ones.
class Options {
 public:
  /// False, with `error` set, for wrong use. `-NUM` counts as `-n NUM` where there is an -n.
  bool parse(std::span<const OptionSpec* const> specs, std::span<const char* const> arguments);
  const std::string& error() const { return error_; }

  bool has(std::string_view name) const { return value(name).has_value(); }
  std::optional<std::string_view> value(std::string_view name) const;
  /// A count of at least `least`; `fallback` where the option is not there. False, with `error`
  /// set, where it is no such number.
  bool count(std::string_view name, int64_t fallback, int64_t least, int64_t* out);
  /// The parts of all values of a comma-separated option. A backslash keeps the comma behind it.
  std::vector<std::string> list(std::string_view name) const;

  const std::vector<std::string>& operands() const { return operands_; }

 private:
  struct Given {
    const OptionSpec* spec;
    std::string value;
  };
  bool take(const OptionSpec& spec, std::string_view value);

  std::vector<Given> given_;
  std::vector<std::string> operands_;
  std::string error_;
};

/// The candidate that `word` was probably meant to be; empty where none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace cli
