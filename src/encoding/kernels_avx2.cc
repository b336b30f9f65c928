#include "encoding/kernels.h"

namespace veneer::encoding {
const Kernels* avx2_kernels() noexcept { return nullptr; }
}  // namespace veneer::encoding
