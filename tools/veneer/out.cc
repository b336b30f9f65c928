#include "out.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <new>

namespace cli {

namespace {
constexpr size_t kDescriptorBytes = 256 << 10;
constexpr size_t kMemoryBytes = 1 << 10;
}  // namespace

Out::Out(int fd) : fd_(fd) { grow(fd < 0 ? kMemoryBytes : kDescriptorBytes); }

Out::~Out() { std::free(begin_); }

void Out::grow(size_t capacity) {
  size_t used = static_cast<size_t>(p_ - begin_);
  char* bigger = static_cast<char*>(std::realloc(begin_, capacity + kSlack));
  if (bigger == nullptr) {
    // The command, unlike the library, may end here: there is nothing to say it with.
    static const char kMessage[] = "veneer: out of memory\n";
    ssize_t ignored = write(2, kMessage, sizeof kMessage - 1);
    (void)ignored;
    _exit(1);
  }
  begin_ = bigger;
  p_ = begin_ + used;
  end_ = begin_ + capacity;
}

void Out::make_room(size_t n) {
  if (fd_ >= 0) flush();
  size_t used = static_cast<size_t>(p_ - begin_);
  size_t capacity = static_cast<size_t>(end_ - begin_);
  if (capacity - used >= n) return;
  size_t twice = capacity * 2;
  grow(used + n > twice ? used + n : twice);
}

bool Out::flush() {
  if (fd_ < 0) return true;
  const char* from = begin_;
  while (error_ == 0 && from < p_) {
    ssize_t n = write(fd_, from, static_cast<size_t>(p_ - from));
    if (n >= 0)
      from += n;
    else if (errno != EINTR)
      error_ = errno;
  }
  p_ = begin_;
  return error_ == 0;
}

}  // namespace cli
