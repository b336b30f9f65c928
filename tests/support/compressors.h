// Each codec's format without any compression in it, so that tests need no codec library.
//
// The bytes are valid streams that every decoder of the codec must read: literals, stored or raw
// blocks only.
#pragma once

#include <veneer/types.h>

#include "support/bytes.h"

namespace veneer::test {

/// CRC-32 of gzip and of page headers, bit by bit.
uint32_t crc32(const Bytes& data);
/// XXH64 with seed 0, the hash of bloom filters.
uint64_t xxh64(const Bytes& data);

Bytes snappy_literals(const Bytes& data);
/// One gzip member (RFC 1952) of stored blocks.
Bytes gzip_stored(const Bytes& data);
/// RFC 7932: uncompressed meta-blocks.
Bytes brotli_stored(const Bytes& data);
/// One frame (RFC 8878) of raw blocks, with its content size.
Bytes zstd_raw(const Bytes& data);
/// An LZ4 block: one sequence of literals.
Bytes lz4_literals(const Bytes& data);
/// An LZO1X stream: one run of literals and the end marker.
Bytes lzo_literals(const Bytes& data);

/// Hadoop's block framing, as codecs LZ4 and LZO have it: for every `block` bytes of `data` their
/// number and that of their compressed bytes, both big-endian, then the compressed bytes.
Bytes hadoop_framed(const Bytes& data, Bytes (*compress)(const Bytes&), size_t block = SIZE_MAX);

/// `data` as a page body of `codec`: LZ4 and LZO with Hadoop's framing.
Bytes compress(Codec codec, const Bytes& data);

/// A split-block bloom filter of `bitset_bytes` (a multiple of 32) that holds the PLAIN bytes of
/// the given values (BYTE_ARRAY without its length), with its header before it.
Bytes bloom_filter(size_t bitset_bytes, const std::vector<Bytes>& values);

}  // namespace veneer::test
