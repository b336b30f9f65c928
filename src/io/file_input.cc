// Files by pread and by mmap (POSIX).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/checked.h"
#include "io/system_error.h"
#include "veneer/input.h"

namespace veneer {
namespace {

using io::system_error;

struct OpenFile {
  int descriptor = -1;
  int64_t size = 0;
};

Result<OpenFile> open_regular(const std::string& path) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return system_error("cannot open", path, errno);
  struct stat info;
  if (::fstat(descriptor, &info) != 0) {
    const int error = errno;
    ::close(descriptor);
    return system_error("cannot stat", path, error);
  }
  if (S_ISDIR(info.st_mode)) {
    ::close(descriptor);
    return Status::io("is a directory").in_file(path);
  }
  if (!S_ISREG(info.st_mode) && !S_ISBLK(info.st_mode)) {
    ::close(descriptor);
    return Status::io("is not a regular file: Parquet is read from its end").in_file(path);
  }
  return OpenFile{descriptor, info.st_size};
}

class FileInput final : public Input {
 public:
  FileInput(std::string path, OpenFile file) : path_(std::move(path)), file_(file) {}
  ~FileInput() override { ::close(file_.descriptor); }

  std::string_view name() const noexcept override { return path_; }
  Result<int64_t> size() override { return file_.size; }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    if (offset < 0 || offset > file_.size || narrow<int64_t>(out.size()) > file_.size - offset) {
      return Status::io("read past the end", offset);
    }
    // Linux moves at most 0x7ffff000 bytes in one call.
    constexpr size_t kMost = size_t{1} << 30;
    while (!out.empty()) {
      const ssize_t got = ::pread(file_.descriptor, out.data(), std::min(out.size(), kMost),
                                  static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error("cannot read", path_, errno).at(offset);
      if (got == 0) return Status::io("the file became shorter while it was read", offset);
      out = out.subspan(narrow<size_t>(got));
      offset += got;
    }
    return {};
  }

 private:
  std::string path_;
  OpenFile file_;
};

class MappedInput final : public Input {
 public:
  MappedInput(std::string path, const uint8_t* bytes, size_t size)
      : path_(std::move(path)), bytes_(bytes, size) {}
  ~MappedInput() override {
    if (!bytes_.empty()) ::munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
  }

  std::string_view name() const noexcept override { return path_; }
  Result<int64_t> size() override { return narrow<int64_t>(bytes_.size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    const std::span<const uint8_t> from = view(offset, narrow<int64_t>(out.size()));
    if (from.size() != out.size()) return Status::io("read past the end", offset);
    if (!out.empty()) std::memcpy(out.data(), from.data(), out.size());
    return {};
  }
  std::span<const uint8_t> view(int64_t offset, int64_t size) override {
    const auto total = narrow<int64_t>(bytes_.size());
    if (offset < 0 || size < 0 || offset > total || size > total - offset) return {};
    return bytes_.subspan(narrow<size_t>(offset), narrow<size_t>(size));
  }
  // What is no whole page is refused by the system, and stays.
  void wont_need(ByteRange range) override {
    const std::span<const uint8_t> bytes = view(range.offset, range.size);
    ::madvise(const_cast<uint8_t*>(bytes.data()), bytes.size(), MADV_DONTNEED);
  }

 private:
  std::string path_;
  std::span<const uint8_t> bytes_;
};

}  // namespace

Result<std::shared_ptr<Input>> open_input(const std::string& path) {
  auto file = open_regular(path);
  if (!file) return std::move(file).status();
  return std::shared_ptr<Input>(std::make_shared<FileInput>(path, *file));
}

Result<std::shared_ptr<Input>> map_input(const std::string& path) {
  auto file = open_regular(path);
  if (!file) return std::move(file).status();
  if (file->size == 0) {
    ::close(file->descriptor);
    return std::shared_ptr<Input>(std::make_shared<MappedInput>(path, nullptr, 0));
  }
  if (!fits<size_t>(file->size)) {
    ::close(file->descriptor);
    return Status::io("too large to map on this machine").in_file(path);
  }
  const auto bytes = narrow<size_t>(file->size);
  void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file->descriptor, 0);
  const int error = errno;
  ::close(file->descriptor);
  if (mapped == MAP_FAILED) return system_error("cannot map", path, error);
  return std::shared_ptr<Input>(
      std::make_shared<MappedInput>(path, static_cast<const uint8_t*>(mapped), bytes));
}

}  // namespace veneer
