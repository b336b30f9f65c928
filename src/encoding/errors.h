// The sentences of this room's errors. Cold: nothing here is on a decoder's fast path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "veneer/status.h"

namespace veneer::encoding {

/// corrupt: "`what` end after `done` of `asked`".
[[gnu::cold]] Status ends_early(std::string_view what, uint64_t done, uint64_t asked);

/// corrupt: "`message` (byte `position` of the encoded values)".
[[gnu::cold]] Status corrupt_at(std::string_view message, size_t position);

/// corrupt: "`what` is `value`, `problem`".
[[gnu::cold]] Status bad_value(std::string_view what, int64_t value, std::string_view problem);

/// over_limit: views count bytes in 32 bits.
[[gnu::cold]] Status offset_overflow();

}  // namespace veneer::encoding
