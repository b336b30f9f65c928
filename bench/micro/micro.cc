// micro [NAME…]
//
// Each kernel against its scalar twin and against memcpy, as GB of output per second: the best of
// many short runs over data that stays in the first-level cache. With names, only kernels whose
// name contains one of them. Cycles per value are GB/s and the clock, divided; docs/performance.md
// has both for one machine.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "column/level_kernels.h"
#include "column/levels.h"
#include "encoding/decimal.h"
#include "encoding/kernels.h"

namespace {

using veneer::encoding::Kernels;
namespace column = veneer::column;

constexpr size_t kValues = 1024;
constexpr size_t kPadding = 64;

// Output that the compiler must believe to be read.
void keep(const void* p) { asm volatile("" : : "r"(p) : "memory"); }

// Seconds of one call, the least of many batches of calls.
template <class Call>
double seconds(Call call) {
  using Clock = std::chrono::steady_clock;
  constexpr int kCalls = 200;
  double best = 1;
  for (int round = 0; round < 60; ++round) {
    const auto begin = Clock::now();
    for (int i = 0; i < kCalls; ++i) call();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count() / kCalls);
  }
  return best;
}

class Table {
 public:
  explicit Table(std::vector<std::string> only) : only_(std::move(only)) {
    std::printf("%-24s %8s %8s %8s %7s   GB/s of output, and ns per value\n", "kernel", "scalar",
                "vector", "memcpy", "ns");
  }
  /// `scalar` and `vector` each make `values` values, `bytes` bytes in all; `vector` may be null.
  template <class Scalar, class Vector>
  void row(std::string_view name, size_t values, size_t bytes, Scalar scalar, Vector vector) {
    const auto wanted = [&](const std::string& part) {
      return name.find(part) != std::string_view::npos;
    };
    if (!only_.empty() && std::none_of(only_.begin(), only_.end(), wanted)) return;
    std::vector<uint8_t> from(bytes + kPadding), to(bytes + kPadding);
    const double copied = seconds([&] {
      std::memcpy(to.data(), from.data(), bytes);
      keep(to.data());
    });
    const double slow = seconds(scalar);
    const double fast = seconds(vector);
    const auto rate = [bytes](double s) { return static_cast<double>(bytes) / s * 1e-9; };
    std::printf("%-24.*s %8.2f %8.2f %8.2f %7.3f\n", static_cast<int>(name.size()), name.data(),
                rate(slow), rate(fast), rate(copied), fast / static_cast<double>(values) * 1e9);
  }

 private:
  std::vector<std::string> only_;
};

struct Data {
  std::vector<uint8_t> bytes = std::vector<uint8_t>(kValues * 16 + kPadding);
  std::vector<uint8_t> bitmap = std::vector<uint8_t>(kValues / 8 + kPadding);
  std::vector<uint8_t> repetition = std::vector<uint8_t>(kValues + kPadding);
  std::vector<uint8_t> definition = std::vector<uint8_t>(kValues + kPadding);
  std::vector<uint8_t> out = std::vector<uint8_t>(kValues * 32 + kPadding);

  Data() {
    std::mt19937_64 random(1);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
    for (uint8_t& b : bitmap) b = static_cast<uint8_t>(random());
    for (size_t i = 0; i < kValues; ++i) {  // lists of four elements, a tenth of them null
      repetition[i] = random() % 4 != 0;
      definition[i] = static_cast<uint8_t>(random() % 10 == 0 ? 2 : 3);
    }
  }
  template <class T>
  T* as() {
    return static_cast<T*>(static_cast<void*>(out.data()));
  }
  template <class T>
  const T* in() const {
    return static_cast<const T*>(static_cast<const void*>(bytes.data()));
  }
};

template <class T>
void unpack(Table& table, Data& d, std::string_view name, const Kernels& scalar,
            const Kernels& vector,
            void (*Kernels::*kernel)(const uint8_t*, uint64_t, unsigned, T*, size_t),
            unsigned width) {
  const auto run = [&d, kernel, width](const Kernels& k) {
    return [&d, &k, kernel, width] {
      (k.*kernel)(d.bytes.data(), 0, width, d.as<T>(), kValues);
      keep(d.out.data());
    };
  };
  table.row(name, kValues, kValues * sizeof(T), run(scalar), run(vector));
}

void encodings(Table& table, Data& d, const Kernels& s, const Kernels& v) {
  unpack(table, d, "unpack 5 bits to u8", s, v, &Kernels::unpack_u8, 5);
  unpack(table, d, "unpack 11 bits to u16", s, v, &Kernels::unpack_u16, 11);
  unpack(table, d, "unpack 18 bits to u32", s, v, &Kernels::unpack_u32, 18);
  unpack(table, d, "unpack 40 bits to u64", s, v, &Kernels::unpack_u64, 40);

  const auto maximum = [&](std::string_view name, auto kernel, const auto* in) {
    const auto run = [=](const Kernels& k) {
      return [=, &k] {
        const uint32_t most = (k.*kernel)(in, kValues);
        keep(&most);
      };
    };
    table.row(name, kValues, kValues * sizeof(*in), run(s), run(v));
  };
  maximum("maximum of u8", &Kernels::max_u8, d.in<uint8_t>());
  maximum("maximum of u16", &Kernels::max_u16, d.in<uint16_t>());
  maximum("maximum of u32", &Kernels::max_u32, d.in<uint32_t>());

  const auto sum = [&](std::string_view name, auto kernel, auto* values) {
    const auto run = [=](const Kernels& k) {
      return [=, &k] {
        (k.*kernel)(values, kValues, 7, 3);
        keep(values);
      };
    };
    table.row(name, kValues, kValues * sizeof(*values), run(s), run(v));
  };
  sum("sum of 32 bits", &Kernels::sum_u32, d.as<uint32_t>());
  sum("sum of 64 bits", &Kernels::sum_u64, d.as<uint64_t>());

  const auto expand = [&](std::string_view name, auto kernel, size_t width) {
    const auto run = [&d, kernel](const Kernels& k) {
      return [&d, &k, kernel] {
        (k.*kernel)(d.bytes.data(), d.bitmap.data(), 0, kValues, d.out.data());
        keep(d.out.data());
      };
    };
    table.row(name, kValues, kValues * width, run(s), run(v));
  };
  expand("expand 1 byte", &Kernels::expand_1, 1);
  expand("expand 2 bytes", &Kernels::expand_2, 2);
  expand("expand 4 bytes", &Kernels::expand_4, 4);
  expand("expand 8 bytes", &Kernels::expand_8, 8);

  const auto merge = [&](std::string_view name, auto kernel, size_t width) {
    const auto run = [&d, kernel](const Kernels& k) {
      return [&d, &k, kernel] {
        (k.*kernel)(d.bytes.data(), kValues, kValues, d.out.data());
        keep(d.out.data());
      };
    };
    table.row(name, kValues, kValues * width, run(s), run(v));
  };
  merge("merge 4 byte streams", &Kernels::merge_4, 4);
  merge("merge 8 byte streams", &Kernels::merge_8, 8);

  const auto decimals = [&]<class T>(std::string_view name, size_t width, T* out) {
    const auto run = [&d, width, out] {
      const bool fit = veneer::encoding::fixed_decimals(d.bytes.data(), width, kValues, out);
      keep(&fit);
    };
    table.row(name, kValues, kValues * sizeof(T), run, run);
  };
  decimals("decimal 7 to 8 bytes", 7, d.as<int64_t>());
  decimals("decimal 16 bytes", 16, d.as<veneer::Int128>());
}

// Levels; bytes of output are those of the bitmap and the offsets.
void levels(Table& table, Data& d, const column::LevelKernels* vector) {
  const uint8_t* r = d.repetition.data();
  const uint8_t* f = d.definition.data();
  size_t nulls = 0, elements = 0;
  const auto row = [&](std::string_view name, size_t bytes, auto scalar, auto fast) {
    if (vector == nullptr) {
      table.row(name, kValues, bytes, scalar, scalar);
    } else {
      table.row(name, kValues, bytes, scalar, fast);
    }
  };
  const column::ListLevels list{.repetition = 1, .parent_element = 0, .valid = 1, .element = 2};
  // The portable loops are reached through levels of two bytes, which have no twin.
  std::vector<uint16_t> wide_r(r, r + kValues), wide_f(f, f + kValues);
  row(
      "levels to validity", kValues / 8,
      [&] {
        column::validity_from_levels(wide_r.data(), wide_f.data(), kValues, 1, 2, 3, d.out.data(),
                                     &nulls);
        keep(d.out.data());
      },
      [&] {
        vector->validity_from_levels(r, f, kValues, 1, 2, 3, d.out.data(), &nulls);
        keep(d.out.data());
      });
  std::vector<int32_t> offsets(kValues + 1);
  row(
      "levels to lists", kValues / 8 + kValues / 4 * 4,
      [&] {
        column::lists_from_levels(wide_r.data(), wide_f.data(), kValues, list, offsets.data(),
                                  d.out.data(), &nulls, &elements);
        keep(offsets.data());
      },
      [&] {
        vector->lists_from_levels(r, f, kValues, list, offsets.data(), d.out.data(), &nulls,
                                  &elements);
        keep(offsets.data());
      });
  row(
      "end of rows", kValues,
      [&] {
        const size_t end = column::find_row_end(wide_r.data(), kValues, kValues, &nulls);
        keep(&end);
      },
      [&] {
        const size_t end = vector->find_row_end(r, kValues, kValues, &nulls);
        keep(&end);
      });
  const std::array<uint16_t, 2> element_levels = {0, 2};
  row(
      "nesting", kValues,
      [&] {
        const bool good = column::levels_nest(wide_r.data(), wide_f.data(), kValues,
                                              std::span<const uint16_t>(element_levels));
        keep(&good);
      },
      [&] {
        const bool good = vector->levels_nest(r, f, kValues, element_levels);
        keep(&good);
      });
}

}  // namespace

int main(int argc, char** argv) {
  Table table({argv + 1, argv + argc});
  Data data;
  encodings(table, data, veneer::encoding::scalar_kernels(), veneer::encoding::kernels());
  levels(table, data, veneer::cpu_features().avx2 ? column::avx2_level_kernels() : nullptr);
  return 0;
}
