#include "base/cpu.h"

#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#ifdef VENEER_TEST_DISPATCH
#include <cstdlib>
#include <string_view>
#endif

namespace veneer {
namespace {

#if defined(__x86_64__) && defined(__GNUC__)

// Which registers the operating system saves. Intel's manual, volume 1, section 13.3.
__attribute__((target("xsave"))) uint64_t saved_registers() noexcept { return _xgetbv(0); }

// By the instruction itself: the compiler's __builtin_cpu_supports brings 5 KB of tables of every
// processor with it. Bits: Intel's manual, volume 2, CPUID.
CpuFeatures detect() noexcept {
  CpuFeatures found;
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return found;
  const auto all = [](uint32_t bits, uint32_t wanted) { return (bits & wanted) == wanted; };
  found.pclmul = all(ecx, bit_PCLMUL | bit_SSE4_1);
  if (!all(ecx, bit_OSXSAVE | bit_AVX | bit_POPCNT)) return found;
  constexpr uint64_t kYmm = 0x06;  // XMM and the upper halves of YMM
  constexpr uint64_t kZmm = 0xE6;  // and masks, ZMM, and the registers above 15
  const uint64_t saved = saved_registers();
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return found;
  found.avx2 = (saved & kYmm) == kYmm && all(ebx, bit_AVX2 | bit_BMI | bit_BMI2);
  found.avx512 = found.avx2 && (saved & kZmm) == kZmm &&
                 all(ebx, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL) &&
                 all(ecx, bit_AVX512VBMI | bit_AVX512VBMI2);
  return found;
}

#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__ARM_BIG_ENDIAN)

// Every AArch64 has NEON. CRC-32 is an option of Armv8.0, of which the operating system tells.
CpuFeatures detect() noexcept {
  CpuFeatures found;
  found.neon = true;
#ifdef __linux__
  found.crc32 = (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#endif
#ifdef __ARM_FEATURE_CRC32
  found.crc32 = true;  // the build asks for it
#endif
  return found;
}

#else
CpuFeatures detect() noexcept { return {}; }
#endif

CpuFeatures chosen() noexcept {
  CpuFeatures found = detect();
#ifdef VENEER_TEST_DISPATCH
  if (const char* forced = std::getenv("VENEER_CPU"); forced != nullptr) {
    const std::string_view name = forced;
    if (name == "scalar") found = CpuFeatures();
    if (name == "avx2") found.avx512 = false;
  }
#endif
  return found;
}

}  // namespace

const CpuFeatures& cpu_features() noexcept {
  static const CpuFeatures features = chosen();
  return features;
}

}  // namespace veneer
