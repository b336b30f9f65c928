// SHA-256 (FIPS 180-4) and HMAC (RFC 2104), which request signatures are made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace veneer::s3 {

using Digest = std::array<uint8_t, 32>;

/// A digest taken over several pieces.
class Sha256 {
 public:
  void update(std::string_view bytes) noexcept;
  /// The digest of all pieces; the object is spent.
  Digest finish() noexcept;

 private:
  void compress(const uint8_t* block) noexcept;

  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> block_{};
  size_t filled_ = 0;
  uint64_t total_ = 0;
};

Digest sha256(std::string_view bytes) noexcept;
Digest hmac_sha256(std::string_view key, std::string_view message) noexcept;

/// Lower-case hexadecimal digits.
std::string hex(const Digest& digest);

/// The digest's bytes as they are, for use as the next key.
inline std::string_view bytes_of(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Overwrites memory that held a secret, in a way that the compiler keeps.
void wipe(void* memory, size_t size) noexcept;
void wipe(std::string* text) noexcept;

}  // namespace veneer::s3
