// SNAPPY by libsnappy, for those who have it anyway. Its C functions throw nothing.
#include <snappy-c.h>

#include "codec/internal.h"

namespace veneer::codec {

Status decompress_libsnappy(std::span<const uint8_t> in, std::span<uint8_t> out) {
  const auto* from = reinterpret_cast<const char*>(in.data());
  size_t size = 0;
  if (snappy_uncompressed_length(from, in.size(), &size) != SNAPPY_OK) {
    return damaged(Codec::snappy, "the size in front is no 32-bit number");
  }
  if (size != out.size()) return wrong_size(Codec::snappy, size, out.size());
  if (snappy_uncompress(from, in.size(), reinterpret_cast<char*>(out.data()), &size) != SNAPPY_OK) {
    return damaged(Codec::snappy, "not a Snappy stream");
  }
  return {};
}

}  // namespace veneer::codec
