#include "support/compressors.h"

#include <algorithm>
#include <bit>

#include "support/thrift_tree.h"

namespace veneer::test {

uint32_t crc32(const Bytes& data) {
  uint32_t crc = 0xFFFFFFFF;
  for (const uint8_t byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

namespace {

uint64_t read_le(const uint8_t* at, int width) {
  uint64_t out = 0;
  for (int i = 0; i < width; i++) out |= uint64_t{at[i]} << (8 * i);
  return out;
}

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5;

uint64_t xxh_round(uint64_t lane, uint64_t input) {
  return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

// Calls `emit(piece, is_last)` for every `most` bytes; once with nothing when `data` is empty.
template <class Emit>
void pieces(const Bytes& data, size_t most, Emit emit) {
  size_t at = 0;
  do {
    const size_t n = std::min(most, data.size() - at);
    const auto from = data.begin() + static_cast<ptrdiff_t>(at);
    at += n;
    emit(Bytes(from, from + static_cast<ptrdiff_t>(n)), at == data.size());
  } while (at < data.size());
}

}  // namespace

uint64_t xxh64(const Bytes& data) {
  const uint8_t* at = data.data();
  const uint8_t* end = at + data.size();
  uint64_t hash = kPrime5;
  if (data.size() >= 32) {
    uint64_t lanes[4] = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
    for (; end - at >= 32; at += 32) {
      for (int i = 0; i < 4; i++) lanes[i] = xxh_round(lanes[i], read_le(at + 8 * i, 8));
    }
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
           std::rotl(lanes[3], 18);
    for (const uint64_t lane : lanes) hash = (hash ^ xxh_round(0, lane)) * kPrime1 + kPrime4;
  }
  hash += data.size();
  for (; end - at >= 8; at += 8) {
    hash = std::rotl(hash ^ xxh_round(0, read_le(at, 8)), 27) * kPrime1 + kPrime4;
  }
  if (end - at >= 4) {
    hash = std::rotl(hash ^ read_le(at, 4) * kPrime1, 23) * kPrime2 + kPrime3;
    at += 4;
  }
  for (; at < end; at++) hash = std::rotl(hash ^ *at * kPrime5, 11) * kPrime1;
  hash = (hash ^ hash >> 33) * kPrime2;
  hash = (hash ^ hash >> 29) * kPrime3;
  return hash ^ hash >> 32;
}

Bytes snappy_literals(const Bytes& data) {
  Bytes out;
  append_varint(out, data.size());
  if (data.empty()) return out;
  pieces(data, 0x10000, [&](const Bytes& piece, bool) {
    if (piece.size() <= 60) {
      out.push_back(static_cast<uint8_t>((piece.size() - 1) << 2));
    } else {
      out.push_back(61 << 2);  // two bytes of length follow
      append_le(out, piece.size() - 1, 2);
    }
    append(out, piece);
  });
  return out;
}

Bytes gzip_stored(const Bytes& data) {
  Bytes out = bytes(0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF);
  pieces(data, 0xFFFF, [&](const Bytes& piece, bool is_last) {
    out.push_back(is_last ? 1 : 0);
    append_le(out, piece.size(), 2);
    append_le(out, ~piece.size(), 2);
    append(out, piece);
  });
  append_le(out, crc32(data), 4);
  append_le(out, data.size(), 4);
  return out;
}

Bytes brotli_stored(const Bytes& data) {
  // WBITS is one 0 bit (a window of 64 KiB), and lies in the first byte with what comes after it.
  Bytes out;
  if (data.empty()) return bytes(0x06);  // 0, then ISLAST, ISLASTEMPTY
  bool at_start = true;
  pieces(data, 0x10000, [&](const Bytes& piece, bool) {
    // ISLAST 0; MNIBBLES 0: four nibbles; MLEN - 1; ISUNCOMPRESSED 1; zeros up to the byte's end.
    const uint64_t head = uint64_t{piece.size() - 1} << 3 | uint64_t{1} << 19;
    append_le(out, at_start ? head << 1 : head, 3);
    append(out, piece);
    at_start = false;
  });
  out.push_back(0x03);  // ISLAST, ISLASTEMPTY
  return out;
}

Bytes zstd_raw(const Bytes& data) {
  Bytes out = bytes(0x28, 0xB5, 0x2F, 0xFD, 0xA0);  // single segment, content size in 4 bytes
  append_le(out, data.size(), 4);
  pieces(data, 0x20000, [&](const Bytes& piece, bool is_last) {
    append_le(out, piece.size() << 3 | (is_last ? 1 : 0), 3);
    append(out, piece);
  });
  return out;
}

Bytes lz4_literals(const Bytes& data) {
  Bytes out;
  if (data.size() < 15) {
    out.push_back(static_cast<uint8_t>(data.size() << 4));
  } else {
    out.push_back(0xF0);
    size_t rest = data.size() - 15;
    for (; rest >= 255; rest -= 255) out.push_back(255);
    out.push_back(static_cast<uint8_t>(rest));
  }
  append(out, data);
  return out;
}

Bytes lzo_literals(const Bytes& data) {
  Bytes out;
  if (data.size() > 238) {
    out.push_back(0);
    size_t rest = data.size() - 18;  // 3 + 15 + 255 a zero byte + the last byte, which is not 0
    for (; rest > 255; rest -= 255) out.push_back(0);
    out.push_back(static_cast<uint8_t>(rest));
  } else if (!data.empty()) {
    out.push_back(static_cast<uint8_t>(17 + data.size()));
  }
  append(out, data);
  append(out, bytes(0x11, 0, 0));
  return out;
}

Bytes hadoop_framed(const Bytes& data, Bytes (*compress)(const Bytes&), size_t block) {
  Bytes out;
  pieces(data, block, [&](const Bytes& piece, bool) {
    const Bytes packed = compress(piece);
    append_be(out, piece.size(), 4);
    append_be(out, packed.size(), 4);
    append(out, packed);
  });
  return out;
}

Bytes compress(Codec codec, const Bytes& data) {
  switch (codec) {
    case Codec::uncompressed: return data;
    case Codec::snappy: return snappy_literals(data);
    case Codec::gzip: return gzip_stored(data);
    case Codec::lzo: return hadoop_framed(data, lzo_literals);
    case Codec::brotli: return brotli_stored(data);
    case Codec::lz4: return hadoop_framed(data, lz4_literals);
    case Codec::zstd: return zstd_raw(data);
    case Codec::lz4_raw: return lz4_literals(data);
  }
  return data;
}

Bytes bloom_filter(size_t bitset_bytes, const std::vector<Bytes>& values) {
  constexpr uint32_t kSalt[8] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                                 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};
  std::vector<uint32_t> words(bitset_bytes / 4);
  const uint64_t blocks = bitset_bytes / 32;
  for (const Bytes& value : values) {
    const uint64_t hash = xxh64(value);
    const size_t block = static_cast<size_t>((hash >> 32) * blocks >> 32);
    for (size_t i = 0; i < 8; i++) {
      words[block * 8 + i] |= 1u << (static_cast<uint32_t>(hash) * kSalt[i] >> 27);
    }
  }
  const Thrift first_member = Thrift::structure(1, Thrift());
  Bytes out = Thrift()
                  .set(1, Thrift::i32(static_cast<int32_t>(bitset_bytes)))
                  .set(2, first_member)
                  .set(3, first_member)
                  .set(4, first_member)
                  .bytes();
  for (const uint32_t word : words) append_le(out, word, 4);
  return out;
}

}  // namespace veneer::test
