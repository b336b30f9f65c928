// How many files a process may have open.
#pragma once

#include <cstddef>

namespace veneer::io {

/// The limit of file descriptors that is in force now (RLIMIT_NOFILE).
size_t open_files_limit() noexcept;

}  // namespace veneer::io
