// Which veneer this is, and what it was built with.
#pragma once

#include <string_view>

#include "veneer/types.h"

#pragma GCC visibility push(default)
namespace veneer {

/// "0.1.0", as the build names the project.
std::string_view version() noexcept;

/// True where pages of this codec can be read by this build; of an unknown number false.
bool codec_built(Codec codec) noexcept;

}  // namespace veneer
#pragma GCC visibility pop
