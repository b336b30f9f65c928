#include "options.h"

#include <algorithm>
#include <charconv>

namespace cli {

namespace {

bool is_choice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    size_t bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == value) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

/// Levenshtein's distance, with letter case worth nothing.
size_t distance(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > 200) return {};
  size_t best = word.size() / 3 + 2;
  std::string found;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > 200) continue;
    size_t d = distance(word, candidate);
    if (d < best) {
      best = d;
      found = candidate;
    }
  }
  return found;
}

bool Options::take(const OptionSpec& spec, std::string_view value) {
  if (!spec.choices.empty() && !is_choice(spec.choices, value)) {
    error_ = "--" + std::string(spec.name) + " is one of ";
    for (char c : spec.choices) {
      if (c == '|')
        error_ += ", ";
      else
        error_ += c;
    }
    error_ += ", not '" + std::string(value) + "'";
    return false;
  }
  given_.push_back({&spec, std::string(value)});
  return true;
}

bool Options::parse(std::span<const OptionSpec* const> specs,
                    std::span<const char* const> arguments) {
  bool only_operands = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (only_operands || argument.size() < 2 || argument[0] != '-') {
      operands_.emplace_back(argument);
      continue;
    }
    if (argument == "--") {
      only_operands = true;
      continue;
    }
    const OptionSpec* spec = nullptr;
    std::optional<std::string_view> value;
    std::string shown;
    if (argument[1] == '-') {
      std::string_view name = argument.substr(2);
      size_t equals = name.find('=');
      if (equals != std::string_view::npos) {
        value = name.substr(equals + 1);
        name = name.substr(0, equals);
      }
      shown = "--" + std::string(name);
      for (const OptionSpec* s : specs) {
        if (s->name == name) spec = s;
      }
    } else {
      char letter = argument[1];
      shown = std::string(argument.substr(0, 2));
      bool number = letter >= '0' && letter <= '9';
      for (const OptionSpec* s : specs) {
        if (s->letter != '\0' && s->letter == (number ? 'n' : letter)) spec = s;
      }
      if (number)
        value = argument.substr(1);
      else if (argument.size() > 2)
        value = argument.substr(2);
    }
    if (spec == nullptr) {
      error_ = "unknown option '" + shown + "'";
      std::vector<std::string> names;
      for (const OptionSpec* s : specs) names.push_back("--" + std::string(s->name));
      std::string guess = nearest(shown, names);
      if (!guess.empty() && shown.size() > 2) error_ += "; did you mean '" + guess + "'?";
      return false;
    }
    if (spec->argument.empty()) {
      if (value.has_value()) {
        error_ = "option '" + shown + "' takes no value";
        return false;
      }
    } else if (!value.has_value()) {
      if (i + 1 == arguments.size()) {
        error_ = "option '" + shown + "' wants a value";
        return false;
      }
      value = arguments[++i];
    }
    if (!take(*spec, value.value_or(""))) return false;
  }
  return true;
}

std::optional<std::string_view> Options::value(std::string_view name) const {
  for (size_t i = given_.size(); i-- > 0;) {
    if (given_[i].spec->name == name) return given_[i].value;
  }
  return std::nullopt;
}

bool Options::count(std::string_view name, int64_t fallback, int64_t least, int64_t* out) {
  std::optional<std::string_view> text = value(name);
  *out = fallback;
  if (!text.has_value()) return true;
  const char* end = text->data() + text->size();
  std::from_chars_result result = std::from_chars(text->data(), end, *out);
  if (result.ec == std::errc() && result.ptr == end && !text->empty() && *out >= least) return true;
  error_ = "--" + std::string(name) + " wants a number of at least " + std::to_string(least) +
           ", not '" + std::string(*text) + "'";
  return false;
}

std::vector<std::string> Options::list(std::string_view name) const {
  std::vector<std::string> parts;
  for (const Given& given : given_) {
    if (given.spec->name != name) continue;
    std::string part;
    for (size_t i = 0; i < given.value.size(); ++i) {
      char c = given.value[i];
      if (c == ',') {
        parts.push_back(std::move(part));
        part.clear();
        continue;
      }
      bool escape = c == '\\' && i + 1 < given.value.size() &&
                    (given.value[i + 1] == ',' || given.value[i + 1] == '\\');
      part += escape ? given.value[++i] : c;
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace cli
