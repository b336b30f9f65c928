// Every kernel that this machine chooses against its scalar twin.
#include "encoding/kernels.h"

#include "base/bits.h"
#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;
using encoding::Kernels;

namespace {

template <class T>
using Unpack = void (*Kernels::*)(const uint8_t*, uint64_t, unsigned, T*, size_t);
using Expand = void (*Kernels::*)(const uint8_t*, const uint8_t*, size_t, size_t, uint8_t*);
using Merge = void (*Kernels::*)(const uint8_t*, size_t, size_t, uint8_t*);
using Mask = uint64_t (*Kernels::*)(const uint8_t*, size_t, uint8_t);

class Twins {
 public:
  explicit Twins(Feed& feed) : feed_(feed) {}

  template <class T>
  void unpack(Unpack<T> kernel, unsigned widest) {
    const unsigned width = static_cast<unsigned>(feed_.below(widest + 1));
    const uint64_t bit = feed_.below(64);
    const Bytes bytes = feed_.rest();
    if (bytes.size() * 8 < bit) return;
    const size_t n = width == 0 ? 100 : (bytes.size() * 8 - bit) / width;
    const Padded in(bytes);
    Room<T> a(n), b(n);
    (scalar_.*kernel)(in.data(), bit, width, a.data(), n);
    (vector_.*kernel)(in.data(), bit, width, b.data(), n);
    require(a.get() == b.get(), "unpack");
  }
  template <class T>
  void maximum(uint32_t (*Kernels::*kernel)(const T*, size_t)) {
    Room<T> in = room<T>();
    require((scalar_.*kernel)(in.data(), n_) == (vector_.*kernel)(in.data(), n_), "max");
  }
  template <class T>
  void sum(T (*Kernels::*kernel)(T*, size_t, T, T)) {
    const T last = static_cast<T>(feed_.u64());
    const T step = static_cast<T>(feed_.u64());
    Room<T> a = room<T>();
    Room<T> b = a;
    const T end = (scalar_.*kernel)(a.data(), n_, last, step);
    require(end == (vector_.*kernel)(b.data(), n_, last, step), "sum: the last");
    require(a.get() == b.get(), "sum");
  }
  void expand(Expand kernel, size_t width) {
    const size_t begin = feed_.below(70);
    const Bytes bitmap = feed_.bytes(feed_.byte());
    if (bitmap.size() * 8 < begin) return;
    const size_t n = bitmap.size() * 8 - begin;
    size_t used = 0;
    for (size_t i = 0; i < n; ++i) used += get_bit(bitmap.data(), begin + i);
    Bytes dense = feed_.bytes(used * width);
    dense.resize(used * width);
    const Padded in(dense), bits(bitmap);
    Room<uint8_t> a(n * width), b(n * width);
    (scalar_.*kernel)(in.data(), bits.data(), begin, n, a.data());
    (vector_.*kernel)(in.data(), bits.data(), begin, n, b.data());
    require(a.get() == b.get(), "expand");
  }
  void merge(Merge kernel, size_t width) {
    const size_t extra = feed_.below(16);
    const Bytes bytes = feed_.rest();
    const size_t stride = bytes.size() / width;
    const size_t n = stride - std::min(extra, stride);
    const Padded in(bytes);
    Room<uint8_t> a(n * width), b(n * width);
    (scalar_.*kernel)(in.data(), stride, n, a.data());
    (vector_.*kernel)(in.data(), stride, n, b.data());
    require(a.get() == b.get(), "merge");
  }
  void mask(Mask kernel) {
    const uint8_t value = feed_.byte();
    const Bytes levels = feed_.bytes(64);
    const Padded in(levels);
    require((scalar_.*kernel)(in.data(), levels.size(), value) ==
                (vector_.*kernel)(in.data(), levels.size(), value),
            "mask");
  }

 private:
  template <class T>
  Room<T> room() {
    const std::vector<T> values = feed_.values<T>();
    n_ = values.size();
    Room<T> out(n_);
    std::copy(values.begin(), values.end(), out.data());
    for (size_t i = 0; i < 64 / sizeof(T); ++i) out[n_ + i] = static_cast<T>(-1);
    return out;
  }

  Feed& feed_;
  size_t n_ = 0;
  const Kernels& scalar_ = encoding::scalar_kernels();
  const Kernels& vector_ = encoding::kernels();
};

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const size_t kernel = feed.below(17);
  Twins twins(feed);
  switch (kernel) {
    case 0: twins.unpack<uint8_t>(&Kernels::unpack_u8, 8); break;
    case 1: twins.unpack<uint16_t>(&Kernels::unpack_u16, 16); break;
    case 2: twins.unpack<uint32_t>(&Kernels::unpack_u32, 32); break;
    case 3: twins.unpack<uint64_t>(&Kernels::unpack_u64, 64); break;
    case 4: twins.maximum<uint8_t>(&Kernels::max_u8); break;
    case 5: twins.maximum<uint16_t>(&Kernels::max_u16); break;
    case 6: twins.maximum<uint32_t>(&Kernels::max_u32); break;
    case 7: twins.sum<uint32_t>(&Kernels::sum_u32); break;
    case 8: twins.sum<uint64_t>(&Kernels::sum_u64); break;
    case 9: twins.expand(&Kernels::expand_1, 1); break;
    case 10: twins.expand(&Kernels::expand_2, 2); break;
    case 11: twins.expand(&Kernels::expand_4, 4); break;
    case 12: twins.expand(&Kernels::expand_8, 8); break;
    case 13: twins.merge(&Kernels::merge_4, 4); break;
    case 14: twins.merge(&Kernels::merge_8, 8); break;
    case 15: twins.mask(&Kernels::equal_mask); break;
    default: twins.mask(&Kernels::at_least_mask); break;
  }
  return 0;
}
