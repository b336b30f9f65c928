// Where findings go, and the place that they have.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/text.h"
#include "veneer/verify.h"

namespace veneer::checks {

class Report {
 public:
  explicit Report(const std::function<void(const Finding&)>& to) : to_(to) {}

  void in_row_group(int32_t row_group) {
    place_ = Finding();
    place_.row_group = row_group;
  }
  void in_column(int32_t leaf, std::string path) {
    place_.leaf = leaf;
    place_.column = std::move(path);
    place_.page = place_.offset = -1;
  }
  /// -1 and -1: of the chunk again.
  void in_page(int64_t page, int64_t offset) {
    place_.page = page;
    place_.offset = offset;
  }

  void operator()(FindingKind kind, std::string message) { add(kind, std::move(message)); }
  void at(int64_t offset, FindingKind kind, std::string message) {
    const int64_t page_offset = std::exchange(place_.offset, offset);
    add(kind, std::move(message));
    place_.offset = page_offset;
  }
  /// A failure, with the offset that it knows.
  void failure(FindingKind kind, const Status& status) {
    const int64_t page_offset = place_.offset;
    if (status.offset() >= 0) place_.offset = status.offset();
    place_.code = status.code();
    add(kind, std::string(status.message()));
    place_.code = StatusCode::corrupt;
    place_.offset = page_offset;
  }

 private:
  void add(FindingKind kind, std::string message) {
    place_.kind = kind;
    place_.message = std::move(message);
    to_(place_);
  }

  const std::function<void(const Finding&)>& to_;
  Finding place_;
};

/// True for failures that end verification: they are about the machine, not the file.
inline bool is_fatal(const Status& status) noexcept {
  switch (status.code()) {
    case StatusCode::io:
    case StatusCode::out_of_memory:
    case StatusCode::access_denied:
    case StatusCode::cancelled: return true;
    default: return false;
  }
}

/// "… is 7, the data have 8".
inline std::string differs(const std::string& what, int64_t told, int64_t found) {
  return concat({what, " is ", told, ", the data have ", found});
}

}  // namespace veneer::checks
