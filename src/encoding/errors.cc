#include "encoding/errors.h"

#include <string>

#include "base/text.h"

namespace veneer::encoding {

Status ends_early(std::string_view what, uint64_t done, uint64_t asked) {
  return Status::corrupt(concat({what, " end after ", done, " of ", asked}));
}

Status corrupt_at(std::string_view message, size_t position) {
  return Status::corrupt(concat({message, " (byte ", position, " of the encoded values)"}));
}

Status bad_value(std::string_view what, int64_t value, std::string_view problem) {
  return Status::corrupt(concat({what, " is ", value, ", ", problem}));
}

Status offset_overflow() {
  return Status::over_limit("strings lie beyond the 4 GiB that a view's offset reaches");
}

}  // namespace veneer::encoding
