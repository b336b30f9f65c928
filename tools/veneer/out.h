// A large output buffer: to a file descriptor, or growing in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cli {

/// Bytes on their way out. Formatting asks for room once a value, writes through the pointer it
/// gets, and tells where it ended; the descriptor sees writes of a quarter of a megabyte.
///
/// After a failed write everything is dropped and `error` says why.
class Out {
 public:
  /// Room that always remains behind what `need` promised, so that copies may run over in blocks.
  static constexpr size_t kSlack = 32;

  /// A negative descriptor keeps all in memory.
  explicit Out(int fd = -1);
  ~Out();
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  /// Room for `n` bytes and the slack.
  char* need(size_t n) {
    if (static_cast<size_t>(end_ - p_) < n) make_room(n);
    return p_;
  }
  void end_at(char* p) { p_ = p; }

  void put(char c) {
    *need(1) = c;
    ++p_;
  }
  void append(std::string_view s) {
    if (s.empty()) return;
    std::memcpy(need(s.size()), s.data(), s.size());
    p_ += s.size();
  }
  void fill(char c, size_t n) {
    if (n == 0) return;
    std::memset(need(n), c, n);
    p_ += n;
  }

  /// In memory: what was written since the last clear.
  std::string_view text() const { return {begin_, static_cast<size_t>(p_ - begin_)}; }
  void clear() { p_ = begin_; }

  /// Hands all to the descriptor; false once a write has failed.
  bool flush();
  /// errno of the write that failed, or 0.
  int error() const { return error_; }

 private:
  void make_room(size_t n);
  void grow(size_t capacity);

  int fd_;
  int error_ = 0;
  char* begin_ = nullptr;
  char* p_ = nullptr;
  char* end_ = nullptr;  ///< kSlack bytes before the real end
};

/// Copies `n` bytes by blocks of 16: `from` must be readable, and `to` writable, up to the next
/// multiple of 16. For keys and other short texts that were padded beforehand.
inline char* copy_padded(char* to, const char* from, size_t n) {
  size_t i = 0;
  do {
    std::memcpy(to + i, from + i, 16);
    i += 16;
  } while (i < n);
  return to + n;
}

}  // namespace cli
