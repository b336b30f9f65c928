#include "io/open_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace veneer::io {

size_t open_files_limit() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  return static_cast<size_t>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
}

}  // namespace veneer::io
