#include "support/encoders.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace veneer::test {

Bytes plain_boolean(const std::vector<bool>& values) {
  return bit_pack(std::vector<uint64_t>(values.begin(), values.end()), 1);
}

Bytes plain_int96(const std::vector<Int96>& values) {
  Bytes out;
  for (const Int96& value : values) {
    for (const uint32_t word : value.words) append_le(out, word, 4);
  }
  return out;
}

Bytes plain_byte_array(const Strings& values) {
  Bytes out;
  for (const std::string& value : values) {
    append_le(out, value.size(), 4);
    append(out, value);
  }
  return out;
}

Bytes plain_fixed(const Strings& values) {
  Bytes out;
  for (const std::string& value : values) append(out, value);
  return out;
}

int bit_width(uint64_t max) { return static_cast<int>(std::bit_width(max)); }

Bytes bit_pack(const std::vector<uint64_t>& values, int width) {
  Bytes out((values.size() * static_cast<size_t>(width) + 7) / 8);
  size_t at = 0;
  for (const uint64_t value : values) {
    for (int bit = 0; bit < width; bit++, at++) {
      if ((value >> bit & 1) != 0) out[at / 8] |= static_cast<uint8_t>(1u << at % 8);
    }
  }
  return out;
}

Hybrid& Hybrid::repeat(uint64_t value, uint64_t count) {
  append_varint(bytes_, count << 1);
  append_le(bytes_, value, (width_ + 7) / 8);
  return *this;
}

Hybrid& Hybrid::pack(std::vector<uint64_t> values, uint64_t padding) {
  while (values.size() % 8 != 0) values.push_back(padding);
  append_varint(bytes_, values.size() / 8 << 1 | 1);
  append(bytes_, bit_pack(values, width_));
  return *this;
}

Hybrid& Hybrid::values(const std::vector<uint64_t>& values) {
  const auto run_at = [&](size_t from) {
    size_t end = from;
    while (end < values.size() && values[end] == values[from]) end++;
    return end - from;
  };
  std::vector<uint64_t> pending;
  for (size_t i = 0; i < values.size();) {
    const size_t run = run_at(i);
    // Only a whole number of groups of 8 can be packed before a run: the groups are not padded.
    if (run >= 8 && pending.size() % 8 == 0) {
      if (!pending.empty()) pack(std::move(pending));
      pending.clear();
      repeat(values[i], run);
      i += run;
    } else {
      pending.push_back(values[i++]);
    }
  }
  if (!pending.empty()) pack(std::move(pending));
  return *this;
}

Bytes Hybrid::with_length() const {
  Bytes out;
  append_le(out, bytes_.size(), 4);
  append(out, bytes_);
  return out;
}

Bytes hybrid(const std::vector<uint64_t>& values, int width) {
  return Hybrid(width).values(values).bytes();
}

Bytes dictionary_indices(const std::vector<uint64_t>& indices, int width) {
  return concat({bytes(width), hybrid(indices, width)});
}

Bytes bit_packed_levels(const std::vector<uint64_t>& levels, int width) {
  Bytes out((levels.size() * static_cast<size_t>(width) + 7) / 8);
  size_t at = 0;
  for (const uint64_t level : levels) {
    for (int bit = width - 1; bit >= 0; bit--, at++) {
      if ((level >> bit & 1) != 0) out[at / 8] |= static_cast<uint8_t>(0x80u >> at % 8);
    }
  }
  return out;
}

namespace {

// U is the unsigned type of the values' width: differences wrap there, as Encodings.md asks.
template <class S>
Bytes delta_packed(const std::vector<S>& values, const DeltaOptions& options) {
  using U = std::make_unsigned_t<S>;
  Bytes out;
  append_varint(out, options.block_values);
  append_varint(out, options.miniblocks);
  append_varint(out, values.size());
  append_zigzag(out, values.empty() ? 0 : values[0]);
  std::vector<S> deltas;
  for (size_t i = 1; i < values.size(); i++) {
    deltas.push_back(
        static_cast<S>(static_cast<U>(static_cast<U>(values[i]) - static_cast<U>(values[i - 1]))));
  }
  const size_t mini = options.block_values / options.miniblocks;
  for (size_t start = 0; start < deltas.size(); start += options.block_values) {
    const size_t end = std::min<size_t>(deltas.size(), start + options.block_values);
    const S least = *std::min_element(deltas.begin() + static_cast<ptrdiff_t>(start),
                                      deltas.begin() + static_cast<ptrdiff_t>(end));
    append_zigzag(out, least);
    Bytes widths;
    Bytes bodies;
    for (size_t m = 0; m < options.miniblocks; m++) {
      const size_t from = start + m * mini;
      if (from >= end) {
        widths.push_back(options.unneeded_width);
        continue;
      }
      std::vector<uint64_t> packed(mini);  // the last miniblock with values is padded with zeros
      int width = options.min_width;
      for (size_t i = from; i < std::min(end, from + mini); i++) {
        const U above = static_cast<U>(static_cast<U>(deltas[i]) - static_cast<U>(least));
        packed[i - from] = above;
        width = std::max(width, bit_width(above));
      }
      widths.push_back(static_cast<uint8_t>(width));
      append(bodies, bit_pack(packed, width));
    }
    append(out, widths);
    append(out, bodies);
  }
  return out;
}

}  // namespace

Bytes delta_binary_packed(const std::vector<int64_t>& values, const DeltaOptions& options) {
  return delta_packed(values, options);
}

Bytes delta_binary_packed(const std::vector<int32_t>& values, const DeltaOptions& options) {
  return delta_packed(values, options);
}

Bytes delta_length_byte_array(const Strings& values, const DeltaOptions& options) {
  std::vector<int32_t> lengths;
  for (const std::string& value : values) lengths.push_back(static_cast<int32_t>(value.size()));
  return concat({delta_binary_packed(lengths, options), plain_fixed(values)});
}

Bytes delta_byte_array(const Strings& values, const DeltaOptions& options, size_t longest_prefix) {
  std::vector<int32_t> prefixes;
  Strings suffixes;
  std::string previous;
  for (const std::string& value : values) {
    size_t shared = 0;
    const size_t most = std::min({previous.size(), value.size(), longest_prefix});
    while (shared < most && previous[shared] == value[shared]) shared++;
    prefixes.push_back(static_cast<int32_t>(shared));
    suffixes.push_back(value.substr(shared));
    previous = value;
  }
  return concat(
      {delta_binary_packed(prefixes, options), delta_length_byte_array(suffixes, options)});
}

Bytes byte_stream_split(const Bytes& plain, size_t width) {
  Bytes out;
  for (size_t stream = 0; stream < width; stream++) {
    for (size_t i = stream; i < plain.size(); i += width) out.push_back(plain[i]);
  }
  return out;
}

namespace {

// AlpEncoding.md asks for the correctly rounded literals, never for pow().
constexpr double kTens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                            1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
constexpr double kTenths[] = {1e0,   1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,  1e-8, 1e-9,
                              1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18};
constexpr float kTensF[] = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f};
constexpr float kTenthsF[] = {1e0f,  1e-1f, 1e-2f, 1e-3f, 1e-4f, 1e-5f,
                              1e-6f, 1e-7f, 1e-8f, 1e-9f, 1e-10f};

template <class F>
F ten(int power) {
  if constexpr (sizeof(F) == 4)
    return power >= 0 ? kTensF[power] : kTenthsF[-power];
  else
    return power >= 0 ? kTens[power] : kTenths[-power];
}

template <class F, class S>
Bytes alp_vector(const F* values, size_t count, const AlpOptions& options) {
  using U = std::make_unsigned_t<S>;
  std::vector<S> encoded(count);
  std::vector<size_t> exceptions;
  bool have_first = false;
  S first = 0;
  for (size_t i = 0; i < count; i++) {
    // Two multiplications, each rounded to F: volatile keeps 32-bit builds from wider registers.
    volatile F scaled = values[i] * ten<F>(options.exponent);
    scaled = scaled * ten<F>(-options.factor);
    const F limit = static_cast<F>(sizeof(S) == 4 ? 0x1p31 : 0x1p63);
    bool exact = false;
    if (scaled > -limit && scaled < limit) {  // false for NaN
      encoded[i] = static_cast<S>(std::nearbyint(static_cast<F>(scaled)));
      volatile F back = static_cast<F>(encoded[i]) * ten<F>(options.factor);
      back = back * ten<F>(-options.exponent);
      const F result = back;
      exact = result == values[i] && std::signbit(result) == std::signbit(values[i]);
    }
    if (!exact) {
      exceptions.push_back(i);
    } else if (!have_first) {
      have_first = true;
      first = encoded[i];
    }
  }
  for (const size_t i : exceptions) encoded[i] = first;
  const S least = *std::min_element(encoded.begin(), encoded.end());
  std::vector<uint64_t> deltas;
  int width = options.min_width;
  for (const S value : encoded) {
    deltas.push_back(static_cast<U>(static_cast<U>(value) - static_cast<U>(least)));
    width = std::max(width, bit_width(deltas.back()));
  }
  Bytes out = bytes(options.exponent, options.factor);
  append_le(out, exceptions.size(), 2);
  append_le(out, static_cast<U>(least), sizeof(S));
  out.push_back(static_cast<uint8_t>(width));
  append(out, bit_pack(deltas, width));
  for (const size_t i : exceptions) append_le(out, i, 2);
  for (const size_t i : exceptions) append(out, plain(std::vector<F>{values[i]}));
  return out;
}

template <class F, class S>
Bytes alp_page(const std::vector<F>& values, const AlpOptions& options) {
  Bytes out = bytes(0, 0, options.log_vector_size);
  append_le(out, values.size(), 4);
  const size_t vector_size = size_t{1} << options.log_vector_size;
  std::vector<Bytes> vectors;
  for (size_t at = 0; at < values.size(); at += vector_size) {
    vectors.push_back(
        alp_vector<F, S>(values.data() + at, std::min(vector_size, values.size() - at), options));
  }
  size_t offset = vectors.size() * 4;
  for (const Bytes& vector : vectors) {
    append_le(out, offset, 4);
    offset += vector.size();
  }
  for (const Bytes& vector : vectors) append(out, vector);
  return out;
}

}  // namespace

Bytes alp(const std::vector<double>& values, const AlpOptions& options) {
  return alp_page<double, int64_t>(values, options);
}

Bytes alp(const std::vector<float>& values, const AlpOptions& options) {
  return alp_page<float, int32_t>(values, options);
}

}  // namespace veneer::test
