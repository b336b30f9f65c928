// Errors as values. Nothing in veneer throws, prints or aborts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#pragma GCC visibility push(default)
namespace veneer {

/// What went wrong, and whose fault it is.
enum class StatusCode : uint8_t {
  ok,
  corrupt,           ///< the bytes break the format; no reader could give their meaning
  unsupported,       ///< the bytes may be fine, but this version of veneer cannot read them
  codec_not_built,   ///< the codec was left out of this build; the message names the build option
  over_limit,        ///< a bound of `Limits` was met; the message names the bound
  out_of_memory,     ///< the allocator returned null
  io,                ///< the operating system or the network failed
  not_found,         ///< no such file, object or column
  access_denied,     ///< the file or object may not be read
  cancelled,         ///< the caller asked to stop
  invalid_argument,  ///< the call was wrong, whatever the file holds
};

/// The code's name as printed in messages: "corrupt", "codec_not_built", …
std::string_view to_string(StatusCode code) noexcept;

/// The outcome of an operation: success, or a code, a message and the place where it happened.
///
/// Success costs one null pointer and no allocation. Copies share nothing and may be used from any
/// thread. A place has up to four parts, each optional: file, row group, column, byte offset.
/// What makes and keeps failures is declared cold, so that compilers keep it out of the way of the
/// rest.
class [[nodiscard]] Status {
 public:
  static constexpr int64_t kNoOffset = -1;

  Status() noexcept = default;
  [[gnu::cold]] Status(StatusCode code, std::string_view message, int64_t offset = kNoOffset);
  [[gnu::cold]] Status(const Status& other);
  Status& operator=(const Status& other);
  Status(Status&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Status& operator=(Status&& other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Status() {
    if (rep_ != nullptr) destroy();
  }

  [[gnu::cold]] static Status corrupt(std::string_view message, int64_t offset = kNoOffset);
  [[gnu::cold]] static Status unsupported(std::string_view message, int64_t offset = kNoOffset);
  [[gnu::cold]] static Status codec_not_built(std::string_view message);
  [[gnu::cold]] static Status over_limit(std::string_view message, int64_t offset = kNoOffset);
  [[gnu::cold]] static Status out_of_memory(std::string_view message);
  [[gnu::cold]] static Status io(std::string_view message, int64_t offset = kNoOffset);
  [[gnu::cold]] static Status not_found(std::string_view message);
  [[gnu::cold]] static Status access_denied(std::string_view message);
  [[gnu::cold]] static Status cancelled(std::string_view message);
  [[gnu::cold]] static Status invalid_argument(std::string_view message);

  bool ok() const noexcept { return rep_ == nullptr; }
  StatusCode code() const noexcept;
  /// What happened, without the place. Empty when ok.
  std::string_view message() const noexcept;
  /// The file's name as it was given to open; empty when not known.
  std::string_view file() const noexcept;
  /// Dotted path of the column; empty when not known.
  std::string_view column() const noexcept;
  /// Ordinal of the row group, or -1.
  int64_t row_group() const noexcept;
  /// Byte offset in the file, or -1. For bytes inside a compressed page it is the page's offset.
  int64_t offset() const noexcept;

  /// Adds a part of the place where it is still unknown; a place once set stays. No effect when ok.
  [[gnu::cold]] Status&& in_file(std::string_view file) &&;
  [[gnu::cold]] Status&& in_column(std::string_view column) &&;
  [[gnu::cold]] Status&& in_row_group(int64_t row_group) &&;
  [[gnu::cold]] Status&& at(int64_t offset) &&;

  /// "FILE: KIND: what (column a.b, row group 0, offset 4711)"; "ok" when ok.
  std::string to_string() const;

 private:
  struct Rep;
  [[gnu::cold]] void destroy() noexcept;
  Rep* rep_ = nullptr;
};

/// A value, or the status that says why there is none.
///
/// `if (!result) return result.status();` then `*result` and `result->member`. Reading the value of
/// a failed result is undefined, as with std::optional.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT: implicit by design
  Result(Status status) : status_(std::move(status)) {}  // NOLINT: implicit by design

  bool ok() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  const Status& status() const& noexcept { return status_; }
  Status status() && noexcept { return std::move(status_); }

  T& operator*() & noexcept { return *value_; }
  const T& operator*() const& noexcept { return *value_; }
  T&& operator*() && noexcept { return std::move(*value_); }
  T* operator->() noexcept { return &*value_; }
  const T* operator->() const noexcept { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace veneer
#pragma GCC visibility pop
