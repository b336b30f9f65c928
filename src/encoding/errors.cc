#include "encoding/errors.h"

#include <string>

namespace veneer::encoding {

Status ends_early(std::string_view what, uint64_t done, uint64_t asked) {
  return Status::corrupt(std::string(what) + " end after " + std::to_string(done) + " of " +
                         std::to_string(asked));
}

Status corrupt_at(std::string_view message, size_t position) {
  return Status::corrupt(std::string(message) + " (byte " + std::to_string(position) +
                         " of the encoded values)");
}

Status bad_value(std::string_view what, int64_t value, std::string_view problem) {
  return Status::corrupt(std::string(what) + " is " + std::to_string(value) + ", " +
                         std::string(problem));
}

Status offset_overflow() {
  return Status::over_limit("strings lie beyond the 4 GiB that a view's offset reaches");
}

}  // namespace veneer::encoding
