#include "base/over_limit.h"

#include "base/text.h"

namespace veneer {

Status over_limit(std::string_view what, int64_t value, std::string_view name, int64_t limit,
                  int64_t offset) {
  return Status::over_limit(
      concat({what, " of ", value, " is over the limit ", name, " of ", limit}), offset);
}

}  // namespace veneer
