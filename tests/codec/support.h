// What the codec tests share: padded buffers of exact size, so that the sanitizer sees the first
// byte beyond the padding that is touched; sample bodies; and the ways to be hostile.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.h"
#include "codec/codec.h"

namespace codec_test {

using veneer::Buffer;
using veneer::Codec;
using veneer::Status;
using veneer::StatusCode;
using Bytes = std::vector<uint8_t>;

inline Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

inline Bytes from_text(std::string_view text) { return Bytes(text.begin(), text.end()); }

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes part(const Bytes& bytes, size_t begin, size_t count) {
  const auto first = bytes.begin() + static_cast<ptrdiff_t>(begin);
  return Bytes(first, first + static_cast<ptrdiff_t>(count));
}

/// The 300 bytes that every golden body decompresses to.
inline Bytes golden_text() {
  std::string text;
  for (int k = 0; text.size() < 300; ++k) {
    text += "row " + std::to_string(k * k) + ": veneer reads parquet\n";
  }
  return from_text(text.substr(0, 300));
}

/// Page-like bodies of many shapes and sizes, the same in every run.
inline std::vector<Bytes> samples() {
  std::mt19937 random(11);
  std::vector<Bytes> all;
  for (const size_t size : {1, 2, 3, 15, 16, 17, 63, 64, 65, 300, 5000, 70000, 200000}) {
    Bytes noise(size), ints(size), text, runs, periods;
    for (size_t i = 0; i < size; ++i) {
      noise[i] = static_cast<uint8_t>(random());
      ints[i] = static_cast<uint8_t>(i % 4 == 0 ? random() % 200 : 0);
    }
    while (text.size() < size) {
      const std::string row = "row " + std::to_string(random() % 1000) + " of many words;";
      text.insert(text.end(), row.begin(), row.end());
    }
    while (runs.size() < size) runs.insert(runs.end(), 1 + random() % 999, uint8_t(random()));
    while (periods.size() < size) {
      Bytes period(1 + random() % 20);
      for (auto& b : period) b = static_cast<uint8_t>(random());
      for (size_t i = random() % 30; i > 0; --i)
        periods.insert(periods.end(), period.begin(), period.end());
    }
    for (Bytes* bytes : {&text, &runs, &periods}) bytes->resize(size);
    for (Bytes* bytes : {&noise, &ints, &text, &runs, &periods}) all.push_back(*bytes);
  }
  return all;
}

/// Runs `decode(in, out)` on buffers that end kPadding bytes after their spans.
template <class Decode>
Status decode_with(Decode decode, const Bytes& in, size_t size, Bytes* out) {
  const auto in_memory = std::make_unique<uint8_t[]>(in.size() + Buffer::kPadding);
  const auto out_memory = std::make_unique<uint8_t[]>(size + Buffer::kPadding);
  std::copy(in.begin(), in.end(), in_memory.get());
  Status status = decode(std::span<const uint8_t>(in_memory.get(), in.size()),
                         std::span<uint8_t>(out_memory.get(), size));
  out->assign(out_memory.get(), out_memory.get() + size);
  return status;
}

/// One Decompressor over a pool of its own.
struct Fixture {
  veneer::MemoryPool pool{veneer::default_allocator(), int64_t{1} << 30};
  veneer::codec::Decompressor decompressor{&pool};
  Bytes out;

  Status run(Codec codec, const Bytes& in, size_t size) {
    return decode_with([&](auto from, auto to) { return decompressor.decompress(codec, from, to); },
                       in, size, &out);
  }
  bool gives(Codec codec, const Bytes& in, const Bytes& want) {
    const Status status = run(codec, in, want.size());
    if (!status.ok()) MESSAGE(status.to_string());
    return status.ok() && out == want;
  }
  bool corrupt(Codec codec, const Bytes& in, size_t size) {
    return run(codec, in, size).code() == StatusCode::corrupt;
  }
};

/// True where the codec is there to be tested; says aloud where it is not.
inline bool testing(Codec codec) {
  if (veneer::codec::is_built(codec)) return true;
  MESSAGE(std::string(veneer::to_string(codec)) << " is left out of this build: skipped");
  Fixture f;
  CHECK(f.run(codec, {0}, 1).code() == StatusCode::codec_not_built);
  return false;
}

/// A good body, put through everything that a broken file may do to it.
inline void check_hostile(Codec codec, const Bytes& in, const Bytes& want) {
  Fixture f;
  CHECK(f.gives(codec, in, want));
  // Sizes that the body does not have.
  CHECK(f.corrupt(codec, in, want.size() + 1));
  CHECK(f.corrupt(codec, in, want.size() + 1000));
  CHECK(f.corrupt(codec, in, want.size() - 1));
  CHECK(f.corrupt(codec, in, want.size() / 2));
  CHECK(f.corrupt(codec, in, 0));
  // Cut at every length.
  bool refused = true;
  for (size_t size = 0; size < in.size(); ++size) {
    refused = refused && f.corrupt(codec, part(in, 0, size), want.size());
  }
  CHECK(refused);
  CHECK(f.corrupt(codec, in + Bytes{0xA5}, want.size()));
  CHECK(f.corrupt(codec, in + from_text("garbage at the end"), want.size()));
  // Mutations give a value or a status, and the next good body is read as before.
  std::mt19937 random(5);
  size_t outcomes = 0;
  for (int round = 0; round < 3000; ++round) {
    Bytes changed = in;
    for (size_t i = 1 + random() % 4; i > 0; --i) {
      uint8_t& byte = changed[random() % changed.size()];
      byte = random() % 2 == 0 ? static_cast<uint8_t>(random())
                               : static_cast<uint8_t>(byte ^ (1u << random() % 8));
    }
    if (random() % 4 == 0) changed.resize(random() % changed.size());
    const StatusCode code = f.run(codec, changed, want.size()).code();
    outcomes += code == StatusCode::ok || code == StatusCode::corrupt;
  }
  CHECK(outcomes == 3000);
  // Noise.
  outcomes = 0;
  for (int round = 0; round < 2000; ++round) {
    Bytes noise(random() % 200);
    for (auto& b : noise) b = static_cast<uint8_t>(random());
    const StatusCode code = f.run(codec, noise, random() % 500).code();
    outcomes += code == StatusCode::ok || code == StatusCode::corrupt;
  }
  CHECK(outcomes == 2000);
  CHECK(f.gives(codec, in, want));
}

}  // namespace codec_test
