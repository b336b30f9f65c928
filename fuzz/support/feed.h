// What a fuzz target reads its input by, and how it says that a promise was broken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/status.h"

/// What libFuzzer calls, and main.cc where there is no libFuzzer: defined once by each target.
/// Returns 0; gives up the process where a promise does not hold.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace veneer::fuzz {

using Bytes = std::vector<uint8_t>;

/// Ends the process, as a crash that the fuzzer keeps the input of, unless `holds`.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}
inline void require_ok(const Status& status, const char* promise) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.to_string().c_str());
  require(false, promise);
}

/// Takes choices off the front of an input, and leaves the rest to be read as whatever the target
/// reads. Behind the end everything is 0, so that every input is a whole one.
class Feed {
 public:
  Feed(const uint8_t* data, size_t size) : rest_(data, size) {}

  uint8_t byte() {
    if (rest_.empty()) return 0;
    const uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    return first;
  }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  uint64_t u64() { return number(8); }
  /// Little-endian, of `width` bytes.
  uint64_t number(int width) {
    uint64_t value = 0;
    for (int i = 0; i < width; ++i) value |= uint64_t{byte()} << (8 * i);
    return value;
  }
  bool flag() { return (byte() & 1) != 0; }
  /// One of 0 … n - 1; n is at most 256.
  size_t below(size_t n) { return byte() % n; }

  bool empty() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }
  /// At most `n` bytes.
  Bytes bytes(size_t n) {
    n = std::min(n, rest_.size());
    Bytes taken(rest_.begin(), rest_.begin() + static_cast<ptrdiff_t>(n));
    rest_ = rest_.subspan(n);
    return taken;
  }
  std::string text(size_t n) {
    const Bytes taken = bytes(n);
    return std::string(taken.begin(), taken.end());
  }
  Bytes rest() { return bytes(rest_.size()); }
  /// All that is left, as elements of T.
  template <class T>
  std::vector<T> values() {
    std::vector<T> out(rest_.size() / sizeof(T));
    if (!out.empty())
      std::memcpy(static_cast<void*>(out.data()), rest_.data(), out.size() * sizeof(T));
    rest_ = {};
    return out;
  }
  /// All that is left as strings, each with one byte of length before it.
  std::vector<std::string> strings() {
    std::vector<std::string> out;
    while (!empty()) {
      const size_t length = byte();
      out.push_back(text(length));
    }
    return out;
  }

 private:
  std::span<const uint8_t> rest_;
};

/// The input as text, for the targets that read text.
inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace veneer::fuzz
