#include "encoding/kernels.h"

#include "base/cpu.h"

namespace veneer::encoding {
namespace {

const Kernels& choose() noexcept {
  const CpuFeatures& cpu = cpu_features();
  if (cpu.avx512 && avx512_kernels() != nullptr) return *avx512_kernels();
  if (cpu.avx2 && avx2_kernels() != nullptr) return *avx2_kernels();
  if (cpu.neon && neon_kernels() != nullptr) return *neon_kernels();
  return scalar_kernels();
}

}  // namespace

const Kernels& kernels() noexcept {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace veneer::encoding
