#include "base/crc32.h"

#include <doctest/doctest.h>

#include <random>
#include <string_view>
#include <vector>

using namespace veneer;

namespace {
std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
}  // namespace

TEST_CASE("crc32 has the published check values") {
  CHECK(crc32({}) == 0);
  CHECK(crc32({}, 0x12345678) == 0x12345678);
  CHECK(crc32(bytes_of("123456789")) == 0xCBF43926);
  CHECK(internal::crc32_scalar(bytes_of("123456789"), 0) == 0xCBF43926);
  CHECK(crc32(bytes_of("The quick brown fox jumps over the lazy dog")) == 0x414FA339);
  // From zlib's crc32().
  std::vector<uint8_t> counting(1000);
  for (size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<uint8_t>(i * 7 + i / 256);
  CHECK(crc32(counting) == 0x668F073D);
  CHECK(crc32(std::span(counting).subspan(3, 200)) == 0xFD57E97B);
  CHECK(crc32(std::vector<uint8_t>(4096)) == 0xC71C0011);
  CHECK(crc32(std::vector<uint8_t>(32, 0xFF)) == 0xFF6CAB0B);
}

TEST_CASE("the fast kernel agrees with the scalar one at every length and alignment") {
  std::mt19937 random(3);
  std::vector<uint8_t> bytes(400);
  for (auto& b : bytes) b = static_cast<uint8_t>(random());
  bool same = true;
  for (size_t start = 0; start < 64; ++start) {
    for (size_t size = 0; size <= 300; ++size) {
      const auto part = std::span<const uint8_t>(bytes).subspan(start, size);
      const auto seed = static_cast<uint32_t>(random());
      same = same && crc32(part, seed) == internal::crc32_scalar(part, seed);
      same = same && crc32(part) == internal::crc32_scalar(part, 0);
    }
  }
  CHECK(same);
}

TEST_CASE("crc32 of parts chains to the checksum of the whole") {
  std::mt19937 random(4);
  std::vector<uint8_t> bytes(1500);
  for (auto& b : bytes) b = static_cast<uint8_t>(random());
  const uint32_t whole = crc32(bytes);
  bool same = true;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::span<const uint8_t> all = bytes;
    same = same && crc32(all.subspan(cut), crc32(all.first(cut))) == whole;
  }
  CHECK(same);
}
