#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "command.h"
#include "remote.h"
#include "text.h"
#include "where.h"

namespace cli {

namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && value[0] != '\0';
}

size_t terminal_width(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  long width = columns == nullptr ? 0 : std::strtol(columns, nullptr, 10);
  return width > 0 && width < 100000 ? static_cast<size_t>(width) : 80;
}

}  // namespace

int64_t now_in_millis() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

Run::Run(std::string_view command, Options* options, Out* out)
    : command_(command),
      options_(options),
      out_(out),
      home_(out),
      out_is_terminal_(isatty(1) == 1),
      error_is_terminal_(isatty(2) == 1) {
  std::string_view when = options->value("color").value_or("auto");
  const char* term = std::getenv("TERM");
  bool wanted = !is_set("NO_COLOR") && !(term != nullptr && std::strcmp(term, "dumb") == 0);
  color_ = when == "always" || (when == "auto" && out_is_terminal_ && wanted);
  error_color_ = when == "always" || (when == "auto" && error_is_terminal_ && wanted);
  if (out_is_terminal_) width_ = terminal_width(1);
}

size_t Run::error_width() { return terminal_width(2) - 1; }

void Run::redirect(Out* out) {
  out_ = out == nullptr ? home_ : out;
  out_is_terminal_ = out == nullptr && isatty(1) == 1;
  width_ = out_is_terminal_ ? terminal_width(1) : 0;
  if (out != nullptr) color_ = false;
}

void Run::print(std::string_view text) {
  end_progress();
  // What was delivered stands before what was not, where both go to one terminal.
  out_->flush();
  std::string line;
  if (error_color_) line += "\x1b[31m";
  line += "veneer: ";
  if (error_color_) line += "\x1b[0m";
  line += visible(text);
  line += '\n';
  const char* p = line.data();
  size_t left = line.size();
  while (left > 0) {
    ssize_t n = write(2, p, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    p += n;
    left -= static_cast<size_t>(n);
  }
}

void Run::fail(const veneer::Status& status, std::string_view file) {
  if (status.ok()) return;
  if (exit_status_ == kDelivered) exit_status_ = kBadData;
  veneer::Status named = status;
  print((std::move(named).in_file(file)).to_string());
}

void Run::fail(std::string_view file, std::string_view kind, std::string_view what) {
  if (exit_status_ == kDelivered) exit_status_ = kBadData;
  std::string text(file);
  text += ": ";
  text += kind;
  text += ": ";
  text += what;
  print(text);
}

void Run::wrong_use(std::string_view what) {
  exit_status_ = kWrongUse;
  std::string text(command_);
  text += ": ";
  text += what;
  print(text);
}

void Run::note(std::string_view what) { print(what); }

void Run::progress(std::string_view what, int64_t done, int64_t total) {
  if (!error_is_terminal_ || total <= 0) return;
  int64_t now = now_in_millis();
  if (progress_at_ == 0) progress_at_ = now + 400;  // short jobs show nothing
  if (now < progress_at_) return;
  progress_at_ = now + 100;
  progress_shown_ = true;
  std::string line = "\r\x1b[K" + visible(what) + " " +
                     std::to_string(static_cast<int>(100.0 * static_cast<double>(done) /
                                                     static_cast<double>(total))) +
                     " %";
  ssize_t ignored = write(2, line.data(), line.size());
  (void)ignored;
}

void Run::end_progress() {
  if (!progress_shown_) return;
  progress_shown_ = false;
  ssize_t ignored = write(2, "\r\x1b[K", 4);
  (void)ignored;
}

namespace {

/// Standard input, read to its end and kept.
class StandardInput : public veneer::Input {
 public:
  explicit StandardInput(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string_view name() const noexcept override { return "standard input"; }
  veneer::Result<int64_t> size() override { return static_cast<int64_t>(bytes_.size()); }
  veneer::Status read(int64_t offset, std::span<uint8_t> out) override {
    std::span<const uint8_t> from = view(offset, static_cast<int64_t>(out.size()));
    if (from.size() != out.size()) return veneer::Status::io("read behind the end", offset);
    if (!out.empty()) std::memcpy(out.data(), from.data(), out.size());
    return {};
  }
  std::span<const uint8_t> view(int64_t offset, int64_t size) override {
    int64_t all = static_cast<int64_t>(bytes_.size());
    if (offset < 0 || size < 0 || offset > all || size > all - offset) return {};
    return {reinterpret_cast<const uint8_t*>(bytes_.data()) + offset, static_cast<size_t>(size)};
  }

 private:
  std::string bytes_;
};

veneer::Result<veneer::File> open_standard_input() {
  std::string bytes;
  size_t used = 0;
  for (;;) {
    if (bytes.size() - used < 65536) bytes.resize(bytes.size() * 2 + 65536);
    ssize_t n = read(0, bytes.data() + used, bytes.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return veneer::Status::io(std::strerror(errno)).in_file("standard input");
    }
    if (n == 0) break;
    used += static_cast<size_t>(n);
  }
  bytes.resize(used);
  return veneer::File::open(std::make_shared<StandardInput>(std::move(bytes)));
}

/// Column chunks in other files are opened beside the file that names them, never elsewhere.
veneer::FileResolver resolver_beside(const std::string& path) {
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  return [folder](std::string_view name) -> veneer::Result<std::shared_ptr<veneer::Input>> {
    if (!is_inside_folder(name)) return outside_of_folder(name);
    return veneer::open_input(folder + std::string(name));
  };
}

}  // namespace

bool is_inside_folder(std::string_view path) {
  bool inside = !path.empty() && path[0] != '/' && path.find('\0') == std::string_view::npos;
  for (size_t i = 0; i < path.size() && inside;) {
    size_t end = std::min(path.find('/', i), path.size());
    inside = path.substr(i, end - i) != "..";
    i = end + 1;
  }
  return inside;
}

veneer::Status outside_of_folder(std::string_view path) {
  return veneer::Status::access_denied("column data in '" + std::string(path) +
                                       "', which is outside of the file's folder");
}

namespace {

veneer::Result<veneer::File> open_local_file(Run* run, const std::string& path,
                                             veneer::OpenOptions options) {
  veneer::Result<std::shared_ptr<veneer::Input>> input = veneer::open_input(path);
  if (!input) return input.status();
  if (run->reads != nullptr) input = counted(*std::move(input), run->reads);
  return veneer::File::open(*std::move(input), std::move(options));
}

}  // namespace

std::optional<veneer::File> open_file(Run* run, const std::string& path) {
  veneer::OpenOptions options;
  options.resolver = resolver_beside(path);
  veneer::Result<veneer::File> file = path == "-" ? open_standard_input()
                                      : veneer::is_remote_url(path)
                                          ? open_remote_file(run, path)
                                          : open_local_file(run, path, std::move(options));
  if (!file && file.status().code() == veneer::StatusCode::invalid_argument) {
    veneer::Status named = file.status();
    run->wrong_use(std::move(named).in_file(shown_name(path)).to_string());
    return std::nullopt;
  }
  if (!file) {
    run->fail(file.status(), shown_name(path));
    return std::nullopt;
  }
  return *std::move(file);
}

bool check_columns(Run* run, const veneer::File& file, std::span<const std::string> paths) {
  const veneer::Schema& schema = file.schema();
  bool all = true;
  for (const std::string& path : paths) {
    if (schema.find(path) != nullptr) continue;
    all = false;
    std::string what = "no column '" + path + "' in " + std::string(file.name());
    std::vector<std::string> candidates;
    if (schema.elements().size() <= 20000) {
      for (const veneer::Field& field : schema.fields()) candidates.emplace_back(field.name);
      for (uint32_t i = 0; i < schema.num_leaves(); ++i) candidates.push_back(schema.leaf_path(i));
    }
    std::string guess = nearest(path, candidates);
    if (!guess.empty()) what += "; did you mean '" + guess + "'?";
    run->wrong_use(what);
  }
  return all;
}

bool select_leaves(Run* run, const veneer::File& file, std::span<const std::string> paths,
                   std::vector<uint32_t>* leaves) {
  leaves->clear();
  if (!check_columns(run, file, paths)) return false;
  const veneer::Schema& schema = file.schema();
  std::vector<bool> chosen(schema.num_leaves(), paths.empty());
  for (const std::string& path : paths) {
    const veneer::Field& field = *schema.find(path);
    for (uint32_t i = 0; i < field.num_leaves; ++i) chosen[field.first_leaf + i] = true;
  }
  for (uint32_t i = 0; i < schema.num_leaves(); ++i) {
    if (chosen[i]) leaves->push_back(i);
  }
  return true;
}

}  // namespace cli
