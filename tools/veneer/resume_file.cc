#include "resume_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace cli {

namespace {

constexpr std::string_view kHeader = "veneer-resume-1";
/// A scan's token is at most this long, and all else is short.
constexpr size_t kMostBytes = size_t{17} << 20;

veneer::Status wrong(std::string_view what) {
  return veneer::Status::corrupt("not a state of veneer scan --resume: " + std::string(what));
}

veneer::Status system_error(std::string_view what) {
  return veneer::Status::io(std::string(what) + ": " + std::strerror(errno));
}

/// The rest of the next line, which begins with `key` and a space.
bool take_line(std::string_view* text, std::string_view key, std::string_view* value) {
  size_t end = text->find('\n');
  if (end == std::string_view::npos || !text->starts_with(key)) return false;
  std::string_view line = text->substr(key.size(), end - key.size());
  if (!line.starts_with(' ')) return false;
  *value = line.substr(1);
  text->remove_prefix(end + 1);
  return true;
}

bool take_count(std::string_view* text, std::string_view key, int64_t* value) {
  std::string_view digits;
  if (!take_line(text, key, &digits)) return false;
  const char* end = digits.data() + digits.size();
  std::from_chars_result result = std::from_chars(digits.data(), end, *value);
  return result.ec == std::errc() && result.ptr == end && *value >= 0;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

std::string ResumeState::to_text() const {
  std::string text(kHeader);
  text += "\nformat " + format;
  text += "\nheader " + header;
  text += "\nrows " + std::to_string(rows);
  text += "\nbytes " + std::to_string(output_bytes);
  text += "\ntoken " + token;
  text += "\noutput " + output;
  text += '\n';
  return text;
}

veneer::Result<ResumeState> ResumeState::parse(std::string_view text) {
  ResumeState state;
  std::string_view format;
  std::string_view header;
  std::string_view token;
  if (!text.starts_with(kHeader) || !text.substr(kHeader.size()).starts_with('\n')) {
    return wrong("it begins otherwise");
  }
  text.remove_prefix(kHeader.size() + 1);
  if (!take_line(&text, "format", &format) || !take_line(&text, "header", &header) ||
      !take_count(&text, "rows", &state.rows) || !take_count(&text, "bytes", &state.output_bytes) ||
      !take_line(&text, "token", &token) || !text.starts_with("output ") || !text.ends_with('\n')) {
    return wrong("a line is missing or wrong");
  }
  // The name comes last, since it may hold any byte.
  state.output = text.substr(7, text.size() - 8);
  state.format = format;
  state.header = header;
  state.token = token;
  return state;
}

veneer::Result<std::optional<ResumeState>> load_resume_file(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::optional<ResumeState>();
  if (fd < 0) return system_error("cannot be opened");
  std::string text;
  char buffer[16384];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || text.size() > kMostBytes) break;
    text.append(buffer, static_cast<size_t>(n));
  }
  veneer::Status failed = n < 0 ? system_error("cannot be read") : veneer::Status();
  close(fd);
  if (!failed.ok()) return failed;
  if (text.size() > kMostBytes) return wrong("it is too long");
  veneer::Result<ResumeState> state = ResumeState::parse(text);
  if (!state) return state.status();
  return std::optional<ResumeState>(*std::move(state));
}

veneer::Status save_resume_file(const std::string& path, const ResumeState& state) {
  const std::string draft = path + ".new";
  int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return system_error("cannot be written");
  bool good = write_all(fd, state.to_text()) && fsync(fd) == 0;
  veneer::Status failed = good ? veneer::Status() : system_error("cannot be written");
  close(fd);
  if (failed.ok() && std::rename(draft.c_str(), path.c_str()) != 0) {
    failed = system_error("cannot be replaced");
  }
  return failed;
}

}  // namespace cli
