// Two stages: indices are unpacked into a scratch that stays in L1, in the narrowest type that
// holds them; their maximum is checked once; then the elements are gathered. Unpacking is so cheap
// (0.1 to 0.3 cycles) next to the gather (1 to 3) that fusing the two would not pay.
#include "encoding/dictionary.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/text.h"
#include "encoding/bit_unpack.h"
#include "encoding/errors.h"

namespace veneer::encoding {
namespace {

constexpr size_t kScratch = 2048;
constexpr std::string_view kWhat = "dictionary indices";

[[gnu::cold]] Status bad_index(uint32_t index, size_t size) {
  return bad_value("a dictionary index", index,
                   concat({"but the dictionary has ", size, " entries"}));
}

// Width 0 stands for a width known at run time only.
template <size_t Width>
inline void copy_element(const uint8_t* from, uint8_t* to, size_t width) noexcept {
  if constexpr (Width != 0) {
    std::memcpy(to, from, Width);
  } else {
    std::memcpy(to, from, width);
  }
}

template <size_t Width>
void repeat(const uint8_t* element, size_t n, uint8_t* out, size_t width) noexcept {
  if constexpr (Width == 1) {
    std::memset(out, *element, n);
  } else {
    uint8_t copy[Width == 0 ? 1 : Width];  // so that the compiler knows that out does not change it
    if constexpr (Width != 0) {
      std::memcpy(copy, element, Width);
      element = copy;
    }
    for (size_t i = 0; i < n; ++i) copy_element<Width>(element, out + i * width, width);
  }
}

}  // namespace

Status DictionaryIndexDecoder::init(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return rle_.init(bytes, 0);
  if (bytes[0] > 32) {
    return bad_value("the bit width of dictionary indices", bytes[0], "more than 32");
  }
  return rle_.init(bytes.subspan(1), bytes[0]);
}

template <size_t Width, class Index>
Status DictionaryIndexDecoder::gather(uint8_t* out, size_t n, const uint8_t* dictionary,
                                      size_t size, size_t width) {
  const Kernels& table = kernels();
  if constexpr (Width != 0) width = Width;
  Index scratch[kScratch + 64 / sizeof(Index)];
  for (size_t done = 0; done < n;) {
    if (!rle_.load()) return rle_.failure(kWhat, done, n);
    uint8_t* to = out + done * width;
    if (rle_.repeated() && rle_.run_left() >= RleDecoder::kLongRun) {
      const auto count = static_cast<size_t>(std::min<uint64_t>(rle_.run_left(), n - done));
      const uint32_t index = rle_.repeated_value();
      if (index >= size) return bad_index(index, size);
      repeat<Width>(dictionary + index * width, count, to, width);
      rle_.consume(count);
      done += count;
      continue;
    }
    const size_t count = rle_.decode_short_runs(scratch, std::min(kScratch, n - done));
    const uint32_t most = maximum(table, scratch, count);
    if (most >= size) return bad_index(most, size);
    for (size_t i = 0; i < count; ++i) {
      copy_element<Width>(dictionary + size_t{scratch[i]} * width, to + i * width, width);
    }
    done += count;
  }
  return {};
}

template <size_t Width>
Status DictionaryIndexDecoder::dispatch(uint8_t* out, size_t n, const uint8_t* dictionary,
                                        size_t size, size_t width) {
  if (bit_width() <= 8) return gather<Width, uint8_t>(out, n, dictionary, size, width);
  if (bit_width() <= 16) return gather<Width, uint16_t>(out, n, dictionary, size, width);
  return gather<Width, uint32_t>(out, n, dictionary, size, width);
}

Status DictionaryIndexDecoder::decode_bytes(void* out, size_t n, const void* dictionary,
                                            size_t dictionary_size, size_t width) {
  auto* to = static_cast<uint8_t*>(out);
  const auto* from = static_cast<const uint8_t*>(dictionary);
  switch (width) {
    case 0: {  // values of no bytes: only the indices are worth a look
      uint32_t scratch[256 + 16];
      for (size_t done = 0; done < n; done += std::min<size_t>(256, n - done)) {
        Status s = decode_indices(scratch, std::min<size_t>(256, n - done), dictionary_size);
        if (!s.ok()) return s;
      }
      return {};
    }
    case 1: return dispatch<1>(to, n, from, dictionary_size, width);
    case 2: return dispatch<2>(to, n, from, dictionary_size, width);
    case 4: return dispatch<4>(to, n, from, dictionary_size, width);
    case 8: return dispatch<8>(to, n, from, dictionary_size, width);
    case 12: return dispatch<12>(to, n, from, dictionary_size, width);
    case 16: return dispatch<16>(to, n, from, dictionary_size, width);
    case 32: return dispatch<32>(to, n, from, dictionary_size, width);
    default: return dispatch<0>(to, n, from, dictionary_size, width);
  }
}

Status DictionaryIndexDecoder::decode_indices(uint32_t* out, size_t n, size_t dictionary_size) {
  const Kernels& table = kernels();
  for (size_t done = 0; done < n;) {
    if (!rle_.load()) return rle_.failure(kWhat, done, n);
    uint32_t* to = out + done;
    size_t count;
    uint32_t most;
    if (rle_.repeated() && rle_.run_left() >= RleDecoder::kLongRun) {
      count = static_cast<size_t>(std::min<uint64_t>(rle_.run_left(), n - done));
      most = rle_.repeated_value();
      std::fill_n(to, count, most);
      rle_.consume(count);
    } else {
      count = rle_.decode_short_runs(to, std::min(kScratch, n - done));
      most = table.max_u32(to, count);
    }
    if (most >= dictionary_size) return bad_index(most, dictionary_size);
    done += count;
  }
  return {};
}

}  // namespace veneer::encoding
