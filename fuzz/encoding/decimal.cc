// DECIMAL bytes to integers: many of one width against one by one, and both against plain
// arithmetic on bytes.
#include "encoding/decimal.h"

#include <cstring>

#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

// Two's complement of `to` little-endian bytes; false where the value does not fit.
bool expected(std::span<const uint8_t> big_endian, size_t to, Bytes* out) {
  const uint8_t sign = !big_endian.empty() && big_endian[0] >= 0x80 ? 0xFF : 0;
  out->assign(to, sign);
  const size_t n = big_endian.size();
  bool fits = true;
  for (size_t k = 0; k < n; ++k) {
    const uint8_t byte = big_endian[n - 1 - k];
    if (k < to) {
      (*out)[k] = byte;
    } else {
      fits = fits && byte == sign;
    }
  }
  return fits && (n <= to || ((*out)[to - 1] >= 0x80) == (sign != 0));
}

template <class T>
void fixed(const Bytes& bytes, size_t width) {
  const size_t n = width == 0 ? 5 : bytes.size() / width;
  const Padded in(bytes);
  Room<T> out(n);
  bool all_fit = true;
  for (size_t i = 0; i < n; ++i) {
    Bytes one;
    all_fit = expected({bytes.data() + i * width, width}, sizeof(T), &one) && all_fit;
  }
  const bool good = encoding::fixed_decimals(in.data(), width, n, out.data());
  require(good == all_fit, "what does not fit is refused");
  for (size_t i = 0; good && i < n; ++i) {
    Bytes one;
    expected({bytes.data() + i * width, width}, sizeof(T), &one);
    require(std::memcmp(out.data() + i, one.data(), sizeof(T)) == 0, "a decimal is its bytes");
  }
}

template <class T>
void single(const Bytes& bytes) {
  T value;
  Bytes one;
  const bool good = encoding::decimal_from_bytes(bytes, &value);
  require(good == expected(bytes, sizeof(T), &one), "what does not fit is refused");
  if (good) require(std::memcmp(&value, one.data(), sizeof(T)) == 0, "a decimal is its bytes");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const size_t mode = feed.below(5);
  const size_t width = feed.below(40);
  const Bytes bytes = feed.rest();
  switch (mode) {
    case 0: fixed<int32_t>(bytes, width); break;
    case 1: fixed<int64_t>(bytes, width); break;
    case 2: fixed<Int128>(bytes, width); break;
    case 3: fixed<Int256>(bytes, width); break;
    default:
      single<Int128>(bytes);
      single<Int256>(bytes);
      break;
  }
  return 0;
}
