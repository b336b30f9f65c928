// Errors of the operating system as statuses.
#pragma once

#include <string>
#include <string_view>

#include "veneer/status.h"

namespace veneer::io {

/// "WHAT: why", in the file `path`; not_found, access_denied or io by the value of errno.
Status system_error(std::string_view what, const std::string& path, int error);

}  // namespace veneer::io
