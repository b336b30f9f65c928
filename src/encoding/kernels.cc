#include "encoding/kernels.h"

#include "base/cpu.h"

namespace veneer::encoding {

const Kernels& kernels() noexcept {
  static const Kernels& chosen =
      cpu_features().avx2 && avx2_kernels() != nullptr ? *avx2_kernels() : scalar_kernels();
  return chosen;
}

}  // namespace veneer::encoding
