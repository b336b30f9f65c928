#include "veneer/status.h"

#include <new>

#include "base/text.h"

namespace veneer {

struct Status::Rep {
  StatusCode code;
  std::string message;
  std::string file;
  std::string column;
  int64_t row_group = -1;
  int64_t offset = kNoOffset;
};

std::string_view to_string(StatusCode code) noexcept {
  switch (code) {
    case StatusCode::ok: return "ok";
    case StatusCode::corrupt: return "corrupt";
    case StatusCode::unsupported: return "unsupported";
    case StatusCode::codec_not_built: return "codec_not_built";
    case StatusCode::over_limit: return "over_limit";
    case StatusCode::out_of_memory: return "out_of_memory";
    case StatusCode::io: return "io";
    case StatusCode::not_found: return "not_found";
    case StatusCode::access_denied: return "access_denied";
    case StatusCode::cancelled: return "cancelled";
    case StatusCode::invalid_argument: return "invalid_argument";
  }
  return "unknown";
}

Status::Status(StatusCode code, std::string_view message, int64_t offset)
    : rep_(code == StatusCode::ok ? nullptr
                                  : new Rep{code, std::string(message), {}, {}, -1, offset}) {}

Status::Status(const Status& other)
    : rep_(other.rep_ == nullptr ? nullptr : new Rep(*other.rep_)) {}

Status& Status::operator=(const Status& other) {
  if (this != &other) {
    Status copy(other);
    std::swap(rep_, copy.rep_);
  }
  return *this;
}

void Status::destroy() noexcept { delete rep_; }

Status Status::corrupt(std::string_view message, int64_t offset) {
  return Status(StatusCode::corrupt, message, offset);
}
Status Status::unsupported(std::string_view message, int64_t offset) {
  return Status(StatusCode::unsupported, message, offset);
}
Status Status::codec_not_built(std::string_view message) {
  return Status(StatusCode::codec_not_built, message);
}
Status Status::over_limit(std::string_view message, int64_t offset) {
  return Status(StatusCode::over_limit, message, offset);
}
Status Status::out_of_memory(std::string_view message) {
  return Status(StatusCode::out_of_memory, message);
}
Status Status::io(std::string_view message, int64_t offset) {
  return Status(StatusCode::io, message, offset);
}
Status Status::not_found(std::string_view message) {
  return Status(StatusCode::not_found, message);
}
Status Status::access_denied(std::string_view message) {
  return Status(StatusCode::access_denied, message);
}
Status Status::cancelled(std::string_view message) {
  return Status(StatusCode::cancelled, message);
}
Status Status::invalid_argument(std::string_view message) {
  return Status(StatusCode::invalid_argument, message);
}

StatusCode Status::code() const noexcept { return rep_ == nullptr ? StatusCode::ok : rep_->code; }
std::string_view Status::message() const noexcept {
  return rep_ == nullptr ? std::string_view() : rep_->message;
}
std::string_view Status::file() const noexcept {
  return rep_ == nullptr ? std::string_view() : rep_->file;
}
std::string_view Status::column() const noexcept {
  return rep_ == nullptr ? std::string_view() : rep_->column;
}
int64_t Status::row_group() const noexcept { return rep_ == nullptr ? -1 : rep_->row_group; }
int64_t Status::offset() const noexcept { return rep_ == nullptr ? kNoOffset : rep_->offset; }

Status&& Status::in_file(std::string_view file) && {
  if (rep_ != nullptr && rep_->file.empty()) rep_->file = file;
  return std::move(*this);
}
Status&& Status::in_column(std::string_view column) && {
  if (rep_ != nullptr && rep_->column.empty()) rep_->column = column;
  return std::move(*this);
}
Status&& Status::in_row_group(int64_t row_group) && {
  if (rep_ != nullptr && rep_->row_group < 0) rep_->row_group = row_group;
  return std::move(*this);
}
Status&& Status::at(int64_t offset) && {
  if (rep_ != nullptr && rep_->offset == kNoOffset) rep_->offset = offset;
  return std::move(*this);
}

std::string Status::to_string() const {
  if (rep_ == nullptr) return "ok";
  std::string text = concat({rep_->file, rep_->file.empty() ? "" : ": ",
                             veneer::to_string(rep_->code), ": ", rep_->message});
  const char* before = " (";
  auto add = [&](const char* what, TextPart value) {
    text.append(concat({before, what, value}));
    before = ", ";
  };
  if (!rep_->column.empty()) add("column ", rep_->column);
  if (rep_->row_group >= 0) add("row group ", rep_->row_group);
  if (rep_->offset != kNoOffset) add("offset ", rep_->offset);
  if (*before == ',') text.push_back(')');
  return text;
}

}  // namespace veneer
