// What the processor can do, found out once at run time.
#pragma once

namespace veneer {

/// Instruction sets that kernels are chosen by. All false where the build has no such kernels.
struct CpuFeatures {
  bool avx2 = false;    ///< with BMI1, BMI2 and POPCNT
  bool avx512 = false;  ///< F, BW, DQ, VL, VBMI and VBMI2, with avx2
  bool pclmul = false;  ///< carry-less multiplication and SSE4.1
  bool neon = false;    ///< AArch64's, little-endian
  bool crc32 = false;   ///< AArch64's instructions for CRC-32
};

/// The features of this machine. In builds with VENEER_TEST_DISPATCH the environment variable
/// VENEER_CPU (scalar, avx2, native) lowers them. Safe from any thread.
const CpuFeatures& cpu_features() noexcept;

}  // namespace veneer
