// The sentence of every bound that is met.
#pragma once

#include <cstdint>
#include <string_view>

#include "veneer/memory.h"
#include "veneer/status.h"

namespace veneer {

/// over_limit: "`what` of `value` is over the limit `name` of `limit`".
[[gnu::cold]] Status over_limit(std::string_view what, int64_t value, std::string_view name,
                                int64_t limit, int64_t offset = Status::kNoOffset);

}  // namespace veneer
