#include "io/system_error.h"

#include <cerrno>

#include "base/text.h"

namespace veneer::io {

Status system_error(std::string_view what, const std::string& path, int error) {
  // strerror_r has two signatures; the numbers that matter are few, and their words are ours.
  const char* why = nullptr;
  switch (error) {
    case ENOENT: why = "no such file"; break;
    case ENOTDIR: why = "a part of the path is not a directory"; break;
    case EACCES:
    case EPERM: why = "permission denied"; break;
    case EISDIR: why = "is a directory"; break;
    case EMFILE:
    case ENFILE: why = "too many open files"; break;
    case EIO: why = "input/output error"; break;
    default: break;
  }
  std::string message(what);
  message += ": ";
  message += why != nullptr ? why : concat({"system error ", error});
  StatusCode code = StatusCode::io;
  if (error == ENOENT || error == ENOTDIR) code = StatusCode::not_found;
  if (error == EACCES || error == EPERM) code = StatusCode::access_denied;
  return Status(code, message).in_file(path);
}

}  // namespace veneer::io
