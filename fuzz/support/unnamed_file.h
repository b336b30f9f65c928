// A file that has a path but no name in any directory, and so is gone with the process however that
// ends. Its path leads through the process's own descriptors.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

#include "fuzz/support/feed.h"

namespace veneer::fuzz {

class UnnamedFile {
 public:
  UnnamedFile() : file_(std::tmpfile()) { require(file_ != nullptr, "there is room for a file"); }
  ~UnnamedFile() { std::fclose(file_); }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  /// Makes these bytes all that the file holds.
  void write(std::span<const uint8_t> bytes) {
    const int descriptor = fileno(file_);
    bool good = ::ftruncate(descriptor, 0) == 0;
    off_t at = 0;
    while (good && !bytes.empty()) {
      const ssize_t put = ::pwrite(descriptor, bytes.data(), bytes.size(), at);
      good = put > 0;
      if (!good) break;
      at += put;
      bytes = bytes.subspan(static_cast<size_t>(put));
    }
    // Some systems open the descriptor's own position by its path.
    require(good && ::lseek(descriptor, 0, SEEK_SET) == 0, "the file can be written");
  }
  std::string path() const { return "/dev/fd/" + std::to_string(fileno(file_)); }

 private:
  std::FILE* file_;
};

}  // namespace veneer::fuzz
