// The kernels of other instruction sets against the portable ones.
#include "encoding/kernels.h"

#include <doctest/doctest.h>

#include "base/cpu.h"
#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

template <class T, class Unpack>
void same_unpack(Random& random, Unpack scalar, Unpack other, unsigned widest) {
  for (unsigned width = 0; width <= widest; ++width) {
    for (int round = 0; round < 60; ++round) {
      const size_t n = random() % 200;
      const uint64_t bit = random() % 30;
      Bytes bytes(static_cast<size_t>((bit + n * width + 7) / 8));
      for (auto& b : bytes) b = static_cast<uint8_t>(random());
      const Padded in(bytes);
      Room<T> a(n), b(n);
      scalar(in.data(), bit, width, a.data(), n);
      other(in.data(), bit, width, b.data(), n);
      CHECK(a.get() == b.get());
    }
  }
}

template <class T, class Maximum>
void same_maximum(Random& random, Maximum scalar, Maximum other) {
  for (size_t n = 0; n < 200; ++n) {
    std::vector<T> values(n);
    for (auto& v : values) v = static_cast<T>(random());
    if (n % 3 == 0) {
      for (auto& v : values) v = static_cast<T>(v & 3);
    }
    Bytes bytes(n * sizeof(T));
    if (n != 0) std::memcpy(bytes.data(), values.data(), bytes.size());
    Room<T> in(n);
    std::copy(values.begin(), values.end(), in.data());
    for (size_t i = 0; i < 64 / sizeof(T); ++i) in[n + i] = static_cast<T>(-1);
    CHECK(scalar(in.data(), n) == other(in.data(), n));
  }
}

template <class T, class Sum>
void same_sum(Random& random, Sum scalar, Sum other) {
  for (size_t n = 0; n < 200; ++n) {
    Room<T> a(n), b(n);
    for (size_t i = 0; i < n; ++i) a[i] = b[i] = static_cast<T>(random());
    const auto last = static_cast<T>(random()), step = static_cast<T>(random());
    CHECK(scalar(a.data(), n, last, step) == other(b.data(), n, last, step));
    CHECK(a.get() == b.get());
  }
}

template <class Expand>
void same_expand(Random& random, Expand scalar, Expand other, size_t width) {
  for (int round = 0; round < 300; ++round) {
    const size_t n = random() % 300, begin = random() % 10;
    Bytes bitmap((begin + n + 7) / 8), dense(n * width);
    const bool sparse = random() % 3 == 0;
    for (auto& b : bitmap) {
      b = static_cast<uint8_t>(sparse ? random() & random() & random() : random());
      if (random() % 5 == 0) b = 0xFF;
    }
    for (auto& b : dense) b = static_cast<uint8_t>(random());
    size_t used = 0;
    for (size_t i = 0; i < n; ++i) used += get_bit(bitmap.data(), begin + i);
    dense.resize(used * width);
    const Padded in(dense), bits(bitmap);
    Room<uint8_t> a(n * width), b(n * width);
    scalar(in.data(), bits.data(), begin, n, a.data());
    other(in.data(), bits.data(), begin, n, b.data());
    CHECK(a.get() == b.get());
  }
}

template <class Merge>
void same_merge(Random& random, Merge scalar, Merge other, size_t width) {
  for (size_t n = 0; n < 150; ++n) {
    const size_t stride = n + random() % 10;
    Bytes bytes(stride * width);
    for (auto& b : bytes) b = static_cast<uint8_t>(random());
    const Padded in(bytes);
    Room<uint8_t> a(n * width), b(n * width);
    scalar(in.data(), stride, n, a.data());
    other(in.data(), stride, n, b.data());
    CHECK(a.get() == b.get());
  }
}

template <class Mask>
void same_mask(Random& random, Mask scalar, Mask other) {
  for (size_t n = 0; n <= 64; ++n) {
    for (int round = 0; round < 20; ++round) {
      Bytes levels(n);
      for (auto& l : levels) l = static_cast<uint8_t>(round % 2 == 0 ? random() : random() % 4);
      const auto value = static_cast<uint8_t>(round % 2 == 0 ? random() : random() % 4);
      const Padded in(levels);
      CHECK(scalar(in.data(), n, value) == other(in.data(), n, value));
    }
  }
}

}  // namespace

TEST_CASE("the table in use is one of those that this machine can run") {
  const CpuFeatures& cpu = cpu_features();
  const Kernels* best = &scalar_kernels();
  if (cpu.avx2) best = avx2_kernels();
  if (cpu.avx512) best = avx512_kernels();
  if (cpu.neon) best = neon_kernels();
  CHECK(&kernels() == best);
#if defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
  CHECK(neon_kernels() != nullptr);
#endif
}

TEST_CASE("the kernels that this machine can run equal the portable ones") {
  const CpuFeatures& cpu = cpu_features();
  const Kernels& a = scalar_kernels();
  for (const Kernels* of :
       {cpu.avx2 ? avx2_kernels() : nullptr, cpu.avx512 ? avx512_kernels() : nullptr,
        cpu.neon ? neon_kernels() : nullptr}) {
    if (of == nullptr) continue;
    const Kernels& b = *of;
    Random random(21);
    same_unpack<uint8_t>(random, a.unpack_u8, b.unpack_u8, 8);
    same_unpack<uint16_t>(random, a.unpack_u16, b.unpack_u16, 16);
    same_unpack<uint32_t>(random, a.unpack_u32, b.unpack_u32, 32);
    same_unpack<uint64_t>(random, a.unpack_u64, b.unpack_u64, 64);
    same_maximum<uint8_t>(random, a.max_u8, b.max_u8);
    same_maximum<uint16_t>(random, a.max_u16, b.max_u16);
    same_maximum<uint32_t>(random, a.max_u32, b.max_u32);
    same_sum<uint32_t>(random, a.sum_u32, b.sum_u32);
    same_sum<uint64_t>(random, a.sum_u64, b.sum_u64);
    same_expand(random, a.expand_1, b.expand_1, 1);
    same_expand(random, a.expand_2, b.expand_2, 2);
    same_expand(random, a.expand_4, b.expand_4, 4);
    same_expand(random, a.expand_8, b.expand_8, 8);
    same_merge(random, a.merge_4, b.merge_4, 4);
    same_merge(random, a.merge_8, b.merge_8, 8);
    same_mask(random, a.equal_mask, b.equal_mask);
    same_mask(random, a.at_least_mask, b.at_least_mask);
  }
}
