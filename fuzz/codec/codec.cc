// One codec's wrapper (VENEER_FUZZ_CODEC is its number): any bytes to any size, twice by one set of
// contexts; and bytes in its format, back to themselves. Snappy's two twins must agree, and so must
// pairs of bodies with bodies alone.
#include "codec/codec.h"

#include <memory>

#include "codec/internal.h"
#include "fuzz/support/feed.h"
#include "tests/support/compressors.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr auto kCodec = static_cast<Codec>(VENEER_FUZZ_CODEC);

// A body and its room, each with the padding that the contract asks for and not a byte more.
struct Page {
  Page(const Bytes& body, size_t out_size)
      : from(new uint8_t[body.size() + Buffer::kPadding]),
        to(new uint8_t[out_size + Buffer::kPadding]),
        in({from.get(), body.size()}),
        out({to.get(), out_size}) {
    std::copy(body.begin(), body.end(), from.get());
    std::fill_n(from.get() + body.size(), Buffer::kPadding, uint8_t{0xA5});
  }
  Bytes result() const { return Bytes(out.begin(), out.end()); }

  std::unique_ptr<uint8_t[]> from, to;
  std::span<const uint8_t> in;
  std::span<uint8_t> out;
};

// Two together: as alone, whichever comes first.
void beside_another(const Page& alone, const Bytes& body, bool good) {
  const Bytes other = test::compress(kCodec, body);
  for (const bool behind : {false, true}) {
    Page page(body, alone.out.size()), good_page(other, body.size());
    const Page& first = behind ? good_page : page;
    const Page& second = behind ? page : good_page;
    require(
        codec::decompress_pair(kCodec, {{first.in, second.in}, {first.out, second.out}}) == good,
        "a pair is good where both are");
    if (!good) continue;
    require(page.result() == alone.result(), "what is beside it changes nothing");
    require(good_page.result() == body, "nor does it change that");
  }
}

void any_bytes(codec::Decompressor& decompressor, const Bytes& body, size_t size) {
  Page first(body, size), second(body, size);
  const bool good = decompressor.decompress(kCodec, first.in, first.out).ok();
  require(decompressor.decompress(kCodec, second.in, second.out).ok() == good,
          "a page leaves nothing behind");
  if (good) require(first.result() == second.result(), "and gives the same again");
  if (body.empty()) return;
  if (codec::in_pairs(kCodec)) beside_another(first, body, good);
#if VENEER_FUZZ_CODEC == 1
  Page portable(body, size);
  require(codec::decompress_snappy_portable(portable.in, portable.out).ok() == good,
          "the twins refuse alike");
  if (good) require(first.result() == portable.result(), "the twins give the same");
#endif
}

void round_trip(codec::Decompressor& decompressor, const Bytes& raw) {
  if (raw.empty()) return;  // Hadoop's framing has no block of nothing
  const Bytes body = test::compress(kCodec, raw);
  Page page(body, raw.size());
  require_ok(decompressor.decompress(kCodec, page.in, page.out), "what was framed is read");
  require(page.result() == raw, "to the same bytes");
  Page longer(body, raw.size() + 1);
  require(!decompressor.decompress(kCodec, longer.in, longer.out).ok(), "a short body is refused");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (!codec::is_built(kCodec)) return 0;
  MemoryPool pool(default_allocator(), int64_t{64} << 20);
  {
    codec::Decompressor decompressor(&pool);
    Feed feed(data, size);
    const size_t mode = feed.below(4);
    const size_t out_size = feed.u16();
    const Bytes bytes = feed.rest();
    if (mode == 0) {
      round_trip(decompressor, bytes);
    } else {
      any_bytes(decompressor, bytes, out_size);
    }
  }
  require(pool.held_bytes() == 0, "all memory is given back");
  return 0;
}
