#include "codec/codec.h"

#include <cstring>
#include <new>

#include "base/text.h"
#include "codec/internal.h"

namespace veneer::codec {

bool is_built(Codec codec) noexcept {
  switch (codec) {
    case Codec::uncompressed:
#if defined(VENEER_HAVE_SNAPPY) || defined(VENEER_HAVE_LIBSNAPPY)
    case Codec::snappy:
#endif
#ifdef VENEER_HAVE_ZLIB
    case Codec::gzip:
#endif
#ifdef VENEER_HAVE_LZO
    case Codec::lzo:
#endif
#ifdef VENEER_HAVE_BROTLI
    case Codec::brotli:
#endif
#ifdef VENEER_HAVE_LZ4
    case Codec::lz4:
    case Codec::lz4_raw:
#endif
#ifdef VENEER_HAVE_ZSTD
    case Codec::zstd:
#endif
      return true;
    default: return false;
  }
}

Status not_built(Codec codec) {
  const char* option = nullptr;
  switch (codec) {
    case Codec::uncompressed: break;
    case Codec::snappy: option = "snappy=enabled"; break;
    case Codec::gzip: option = "zlib=enabled"; break;
    case Codec::lzo: option = "lzo=true"; break;
    case Codec::brotli: option = "brotli=enabled"; break;
    case Codec::lz4:
    case Codec::lz4_raw: option = "lz4=enabled"; break;
    case Codec::zstd: option = "zstd=enabled"; break;
  }
  if (option == nullptr) {
    return Status::unsupported(
        concat({"compression codec ", static_cast<int>(codec), " is not known"}));
  }
  return Status::codec_not_built(concat({to_string(codec), " pages need a build with -D", option}));
}

#if defined(VENEER_HAVE_SNAPPY) && !defined(VENEER_HAVE_LIBSNAPPY)
bool in_pairs(Codec codec) noexcept { return codec == Codec::snappy && snappy_in_pairs(); }
bool decompress_pair(Codec, const BodyPair& pair) { return decompress_snappy_pair(pair); }
#else
bool in_pairs(Codec) noexcept { return false; }
bool decompress_pair(Codec, const BodyPair&) { return false; }
#endif

Decompressor::~Decompressor() {
#ifdef VENEER_HAVE_ZLIB
  free_gzip_context(zlib_);
#endif
#ifdef VENEER_HAVE_LIBDEFLATE
  free_libdeflate_context(libdeflate_, pool_);
#endif
#ifdef VENEER_HAVE_ZSTD
  free_zstd_context(zstd_, pool_);
#endif
}

Status Decompressor::decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out) {
  if (!is_built(codec)) return not_built(codec);
  if (in.size() > INT32_MAX || out.size() > INT32_MAX) {
    return Status::invalid_argument("a page body has more than 2^31 - 1 bytes");
  }
  uint8_t nowhere[Buffer::kPadding];
  if (out.data() == nullptr) out = {nowhere, 0};
  if (in.empty()) return out.empty() ? Status() : wrong_size(codec, 0, out.size());
  switch (codec) {
    case Codec::uncompressed:
      if (in.size() != out.size()) return wrong_size(codec, in.size(), out.size());
      std::memcpy(out.data(), in.data(), in.size());
      return {};
#if defined(VENEER_HAVE_LIBSNAPPY)
    case Codec::snappy: return decompress_libsnappy(in, out);
#elif defined(VENEER_HAVE_SNAPPY)
    case Codec::snappy: return decompress_snappy(in, out);
#endif
#ifdef VENEER_HAVE_ZLIB
    case Codec::gzip:
#ifdef VENEER_HAVE_LIBDEFLATE
      if (decompress_gzip_members(&libdeflate_, pool_, in, out)) return {};
#endif
      return decompress_gzip(&zlib_, pool_, in, out);
#endif
#ifdef VENEER_HAVE_LZO
    case Codec::lzo: return decompress_lzo(in, out);
#endif
#ifdef VENEER_HAVE_BROTLI
    case Codec::brotli: return decompress_brotli(pool_, in, out);
#endif
#ifdef VENEER_HAVE_LZ4
    case Codec::lz4: return decompress_lz4(pool_, in, out);
    case Codec::lz4_raw: return decompress_lz4_raw(in, out);
#endif
#ifdef VENEER_HAVE_ZSTD
    case Codec::zstd: return decompress_zstd(&zstd_, pool_, in, out);
#endif
    default: return not_built(codec);
  }
}

Status Decompressors::decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out) {
  Decompressor own(pool_);
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      own = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  Status status = own.decompress(codec, in, out);
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(own));
  return status;
}

Status damaged(Codec codec, std::string_view what) {
  return Status::corrupt(concat({to_string(codec), " page body: ", what}));
}

Status wrong_size(Codec codec, uint64_t got, size_t expected) {
  return damaged(
      codec, concat({"has ", got, " bytes once decompressed, where ", expected, " are expected"}));
}

Status too_long(Codec codec, size_t expected) {
  return damaged(codec, concat({"has more than the ", expected,
                                " bytes that are expected once decompressed"}));
}

Status no_context(Codec codec) {
  return Status::out_of_memory(concat({"no memory to decompress ", to_string(codec)}));
}

namespace {
// In front of each block, so that pool_free knows what to give back; keeps 16-byte alignment.
struct alignas(16) BlockHead {
  size_t bytes;
};
}  // namespace

void* pool_allocate(MemoryPool* pool, size_t bytes) noexcept {
  if (bytes > SIZE_MAX - sizeof(BlockHead)) return nullptr;
  Result<void*> memory = pool->allocate(bytes + sizeof(BlockHead));
  if (!memory) return nullptr;
  auto* head = new (*memory) BlockHead{bytes + sizeof(BlockHead)};
  return head + 1;
}

void pool_free(MemoryPool* pool, void* memory) noexcept {
  if (memory == nullptr) return;
  BlockHead* head = static_cast<BlockHead*>(memory) - 1;
  pool->deallocate(head, head->bytes);
}

}  // namespace veneer::codec
