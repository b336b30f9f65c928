#include "base/cpu.h"

#ifdef VENEER_TEST_DISPATCH
#include <cstdlib>
#include <string_view>
#endif

namespace veneer {
namespace {

CpuFeatures detect() noexcept {
  CpuFeatures found;
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  found.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  found.avx512 = found.avx2 && __builtin_cpu_supports("avx512f") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                 __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi");
  found.pclmul = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
#ifdef VENEER_TEST_DISPATCH
  if (const char* forced = std::getenv("VENEER_CPU"); forced != nullptr) {
    const std::string_view name = forced;
    if (name == "scalar") found = CpuFeatures();
    if (name == "avx2") found.avx512 = false;
  }
#endif
#endif
  return found;
}

}  // namespace

const CpuFeatures& cpu_features() noexcept {
  static const CpuFeatures features = detect();
  return features;
}

}  // namespace veneer
