// The framing that Hadoop's block codecs put around LZ4 and LZO blocks, and parquet-mr with them:
// chunks of [raw size, then blocks of (compressed size, bytes) until they have given that many],
// every size a big-endian 32-bit number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bits.h"

namespace veneer::codec {

/// Decodes framed `in` into all of `out`; false where it is not framed so, exactly. `block(from,
/// to)` decodes one bare block and gives the bytes written, at most to.size(), or a negative
/// number; it may write up to Buffer::kPadding bytes more behind them.
template <class Block>
bool decode_hadoop(std::span<const uint8_t> in, std::span<uint8_t> out, Block block) {
  while (!in.empty()) {
    if (in.size() < 4) return false;
    size_t raw = load_be<uint32_t>(in.data());
    if (raw > out.size()) return false;
    in = in.subspan(4);
    while (raw > 0) {
      if (in.size() < 4) return false;
      const size_t compressed = load_be<uint32_t>(in.data());
      if (compressed == 0 || compressed > in.size() - 4) return false;
      const ptrdiff_t got = block(in.subspan(4, compressed), out.first(raw));
      if (got < 0 || static_cast<size_t>(got) > raw) return false;
      in = in.subspan(4 + compressed);
      out = out.subspan(static_cast<size_t>(got));
      raw -= static_cast<size_t>(got);
    }
  }
  return out.empty();
}

}  // namespace veneer::codec
