// Directories, globs and lists of the local file system (POSIX).
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "io/glob.h"
#include "io/system_error.h"
#include "veneer/input.h"

namespace veneer {
namespace {

using io::system_error;

constexpr size_t kPageObjects = 1000;
// A scan may hold a thousand open files, a process often no more descriptors than that: inputs
// beyond this many open their file anew for each read.
constexpr int kMostDescriptors = 128;

// An object that was rewritten has another time, one that was replaced another inode.
std::string tag_of(const struct stat& info) {
#ifdef __APPLE__
  const struct timespec& time = info.st_mtimespec;
#else
  const struct timespec& time = info.st_mtim;
#endif
  return concat({static_cast<int64_t>(time.tv_sec), ".", static_cast<int64_t>(time.tv_nsec), "-",
                 static_cast<uint64_t>(info.st_ino)});
}

// What the inputs of one lister share, and outlives the lister for them.
struct Shared {
  std::atomic<bool> cancelled{false};
  std::atomic<int> descriptors{0};
};

// A listed file, whose bytes are those that were listed or none.
class ListedFile final : public Input {
 public:
  ListedFile(std::string path, int64_t size, std::string tag, std::shared_ptr<Shared> shared)
      : path_(std::move(path)), size_(size), tag_(std::move(tag)), shared_(std::move(shared)) {}
  ~ListedFile() override {
    if (kept_ < 0) return;
    ::close(kept_);
    shared_->descriptors.fetch_sub(1, std::memory_order_relaxed);
  }

  Status open() {
    VENEER_TRY(const int descriptor, open_descriptor());
    Status same = check_same(descriptor);
    if (same.ok() &&
        shared_->descriptors.fetch_add(1, std::memory_order_relaxed) < kMostDescriptors) {
      kept_ = descriptor;
      return {};
    }
    if (same.ok()) shared_->descriptors.fetch_sub(1, std::memory_order_relaxed);
    ::close(descriptor);
    return same;
  }

  std::string_view name() const noexcept override { return path_; }
  Result<int64_t> size() override { return size_; }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    if (offset < 0 || offset > size_ || narrow<int64_t>(out.size()) > size_ - offset) {
      return Status::io("read past the end", offset);
    }
    if (shared_->cancelled.load(std::memory_order_relaxed)) {
      return Status::cancelled("the read was cancelled");
    }
    if (out.empty()) return {};
    if (kept_ >= 0) return read_from(kept_, offset, out);
    VENEER_TRY(const int descriptor, open_descriptor());
    Status status = read_from(descriptor, offset, out);
    ::close(descriptor);
    return status;
  }

 private:
  Result<int> open_descriptor() const {
    int descriptor;
    do {
      descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) return system_error("cannot open", path_, errno);
    return descriptor;
  }
  Status check_same(int descriptor) const {
    struct stat info;
    if (::fstat(descriptor, &info) != 0) return system_error("cannot stat", path_, errno);
    if (info.st_size == size_ && (tag_.empty() || tag_of(info) == tag_)) return {};
    return Status::io("the file has changed since it was listed").in_file(path_);
  }
  // Looks at the file once it has been read, so that a change before is not missed.
  Status read_from(int descriptor, int64_t offset, std::span<uint8_t> out) const {
    constexpr size_t kMost = size_t{1} << 30;
    const int64_t begin = offset;
    while (!out.empty()) {
      const ssize_t got =
          ::pread(descriptor, out.data(), std::min(out.size(), kMost), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error("cannot read", path_, errno).at(offset);
      if (got == 0) break;
      out = out.subspan(narrow<size_t>(got));
      offset += got;
    }
    VENEER_CHECK(check_same(descriptor));
    if (!out.empty()) return Status::io("the file became shorter while it was read", begin);
    return {};
  }

  std::string path_;
  int64_t size_;
  std::string tag_;
  std::shared_ptr<Shared> shared_;
  int kept_ = -1;
};

Result<std::shared_ptr<Input>> open_listed(std::string path, const ObjectInfo& object,
                                           const std::shared_ptr<Shared>& shared) {
  auto input = std::make_shared<ListedFile>(std::move(path), object.size, object.tag, shared);
  VENEER_CHECK(input->open());
  return std::shared_ptr<Input>(std::move(input));
}

std::string joined(const std::string& directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  std::string path = directory;
  if (path.back() != '/') path += '/';
  path += name;
  return path;
}

class DirectoryLister final : public Lister {
 public:
  // Lists below `root` ("" is the working directory), of it only what `glob` takes.
  DirectoryLister(std::string root, std::optional<io::Glob> glob, std::string name, bool named)
      : root_(std::move(root)), glob_(std::move(glob)), name_(std::move(name)), named_(named) {}

  std::string_view name() const noexcept override { return name_; }
  bool names_given() const noexcept override { return named_; }
  void narrow(std::function<Below(std::string_view)> filter) override { filter_.swap(filter); }
  int64_t directories_pruned() const noexcept override { return directories_pruned_; }
  void cancel() noexcept override { shared_->cancelled.store(true, std::memory_order_relaxed); }

  Result<bool> next(std::vector<ObjectInfo>* page) override {
    if (!started_) {
      started_ = true;
      VENEER_CHECK(enter(""));
    }
    for (size_t added = 0; !stack_.empty();) {
      if (shared_->cancelled.load(std::memory_order_relaxed)) {
        return Status::cancelled("the listing was cancelled").in_file(name_);
      }
      Directory& top = stack_.back();
      if (top.next == top.names.size()) {
        stack_.pop_back();
        continue;
      }
      const std::string key = top.prefix + top.names[top.next++];
      if (key.back() == '/') {
        if (wants(key)) VENEER_CHECK(enter(key));
        continue;
      }
      if (glob_.has_value() && !glob_->matches(key)) continue;
      VENEER_TRY(const bool is_file, add(key, page));
      if (is_file && ++added == kPageObjects) return true;
    }
    return false;
  }

  Result<std::shared_ptr<Input>> open(const ObjectInfo& object) override {
    return open_listed(joined(root_, object.key), object, shared_);
  }

 private:
  struct Directory {
    std::string prefix;
    dev_t device = 0;
    ino_t inode = 0;
    std::vector<std::string> names;  // sorted; directories end in '/'
    size_t next = 0;
  };

  bool wants(std::string_view directory) {
    if (glob_.has_value() && glob_->below(directory) == Below::none) return false;
    if (!filter_ || filter_(directory) != Below::none) return true;
    ++directories_pruned_;
    return false;
  }

  // Files that vanish between listing and looking, and broken links, are not there.
  Result<bool> add(const std::string& key, std::vector<ObjectInfo>* page) {
    const std::string path = joined(root_, key);
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) {
      if (errno == ENOENT || errno == ELOOP) return false;
      return system_error("cannot stat", path, errno);
    }
    if (!S_ISREG(info.st_mode)) return false;
    page->push_back({key, static_cast<int64_t>(info.st_size), tag_of(info)});
    return true;
  }

  Status enter(const std::string& prefix) {
    const std::string path = prefix.empty() ? root_.empty() ? "." : root_ : joined(root_, prefix);
    DIR* stream = ::opendir(path.c_str());
    if (stream == nullptr) {
      if (errno == ENOENT && !prefix.empty()) return {};
      return system_error("cannot list", path, errno);
    }
    Status status = read(stream, path, prefix);
    ::closedir(stream);
    return status;
  }

  Status read(DIR* stream, const std::string& path, const std::string& prefix) {
    Directory directory;
    directory.prefix = prefix;
    struct stat info;
    if (::fstat(::dirfd(stream), &info) != 0) return system_error("cannot stat", path, errno);
    directory.device = info.st_dev;
    directory.inode = info.st_ino;
    for (const Directory& above : stack_) {
      if (above.device == info.st_dev && above.inode == info.st_ino) return {};
    }
    while (true) {
      errno = 0;
      const struct dirent* entry = ::readdir(stream);
      if (entry == nullptr) {
        if (errno != 0) return system_error("cannot list", path, errno);
        break;
      }
      std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      bool is_directory = entry->d_type == DT_DIR;
      if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) {
        is_directory =
            ::fstatat(::dirfd(stream), entry->d_name, &info, 0) == 0 && S_ISDIR(info.st_mode);
      }
      // With its '/' a directory's name sorts as its keys do.
      if (is_directory) name += '/';
      directory.names.push_back(std::move(name));
    }
    std::sort(directory.names.begin(), directory.names.end());
    stack_.push_back(std::move(directory));
    return {};
  }

  std::string root_;
  std::optional<io::Glob> glob_;
  std::string name_;
  bool named_;
  std::function<Below(std::string_view)> filter_;
  int64_t directories_pruned_ = 0;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  bool started_ = false;
  std::vector<Directory> stack_;
};

// Files by name: each with its key.
class FileLister final : public Lister {
 public:
  struct Entry {
    std::string key;
    std::string path;
  };
  FileLister(std::vector<Entry> files, std::string name)
      : files_(std::move(files)), name_(std::move(name)) {}

  std::string_view name() const noexcept override { return name_; }
  bool names_given() const noexcept override { return true; }
  void cancel() noexcept override { shared_->cancelled.store(true, std::memory_order_relaxed); }

  Result<bool> next(std::vector<ObjectInfo>* page) override {
    for (size_t added = 0; next_ < files_.size() && added < kPageObjects; ++added) {
      if (shared_->cancelled.load(std::memory_order_relaxed)) {
        return Status::cancelled("the listing was cancelled").in_file(name_);
      }
      const Entry& file = files_[next_++];
      struct stat info;
      if (::stat(file.path.c_str(), &info) != 0) {
        return system_error("cannot stat", file.path, errno);
      }
      if (S_ISDIR(info.st_mode)) return Status::io("is a directory").in_file(file.path);
      if (!S_ISREG(info.st_mode)) return Status::io("is not a regular file").in_file(file.path);
      page->push_back({file.key, static_cast<int64_t>(info.st_size), tag_of(info)});
    }
    return next_ < files_.size();
  }

  Result<std::shared_ptr<Input>> open(const ObjectInfo& object) override {
    // A single file's key is its name without the directories.
    const bool alone = files_.size() == 1 && object.key == files_.front().key;
    return open_listed(alone ? files_.front().path : object.key, object, shared_);
  }

 private:
  std::vector<Entry> files_;
  std::string name_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<Lister>> list_directory(const std::string& path) {
  if (path.empty()) return Status::invalid_argument("an empty path names no directory");
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return system_error("cannot list", path, errno);
  if (!S_ISDIR(info.st_mode)) {
    const size_t slash = path.rfind('/');
    std::string key = slash == std::string::npos ? path : path.substr(slash + 1);
    std::vector<FileLister::Entry> files;
    files.push_back({std::move(key), path});
    return std::unique_ptr<Lister>(std::make_unique<FileLister>(std::move(files), path));
  }
  std::string root = path;
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  std::string name = joined(root, "");  // with one '/' at its end
  return std::unique_ptr<Lister>(std::make_unique<DirectoryLister>(
      std::move(root), std::optional<io::Glob>(), std::move(name), false));
}

Result<std::unique_ptr<Lister>> list_glob(const std::string& pattern) {
  struct stat info;
  if (!io::has_wildcard(pattern) || ::lstat(pattern.c_str(), &info) == 0) {
    return list_directory(pattern);
  }
  const size_t wildcard = pattern.find_first_of("*?[");
  const size_t slash = pattern.rfind('/', wildcard);
  std::string root = slash == std::string::npos ? "" : slash == 0 ? "/" : pattern.substr(0, slash);
  const std::string rest = slash == std::string::npos ? pattern : pattern.substr(slash + 1);
  if (!root.empty() && ::stat(root.c_str(), &info) != 0) {
    return system_error("cannot list", root, errno);
  }
  // "*.parq" says itself which names are meant, "*" does not.
  const size_t last = rest.find_last_of("*?]");
  const bool named = last != std::string::npos && rest.find('.', last) != std::string::npos &&
                     rest.find('/', last) == std::string::npos;
  return std::unique_ptr<Lister>(
      std::make_unique<DirectoryLister>(std::move(root), io::Glob(rest), pattern, named));
}

Result<std::unique_ptr<Lister>> list_files(std::vector<std::string> paths) {
  std::vector<std::string> sorted = paths;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    return Status::invalid_argument("the file is listed twice").in_file(*twice);
  }
  std::vector<FileLister::Entry> files;
  files.reserve(paths.size());
  std::string name = paths.size() == 1 ? paths.front() : concat({paths.size(), " files"});
  for (const std::string& path : paths) files.push_back({path, path});
  return std::unique_ptr<Lister>(std::make_unique<FileLister>(std::move(files), std::move(name)));
}

}  // namespace veneer
