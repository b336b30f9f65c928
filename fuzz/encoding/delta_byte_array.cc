// DELTA_BYTE_ARRAY: any bytes, as strings and as values of one width; and strings, back to
// themselves.
#include "encoding/delta_byte_array.h"

#include <memory>

#include "fuzz/encoding/decoding.h"
#include "fuzz/encoding/shapes.h"
#include "tests/encoding/views.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

// Shared prefixes make long values of few bytes; a caller looks at the sum before it takes memory.
constexpr size_t kMostValues = 20'000;
constexpr uint64_t kMostBytes = uint64_t{1} << 22;
constexpr uint32_t kBuffer = 7;
constexpr uint32_t kOffset = 64;

using Decoder = encoding::DeltaByteArrayDecoder;

Status read_strings(Decoder* decoder, size_t n, std::vector<std::string>* out) {
  uint64_t total = 0;
  if (Status s = decoder->peek_bytes(n, &total); !s.ok()) return s;
  if (total > kMostBytes) return Status::over_limit("too much for one input");
  Room<uint8_t> arena(static_cast<size_t>(total));
  Room<BinaryView> views(n);
  if (Status s = decoder->decode(n, arena.data(), kBuffer, kOffset, views.data()); !s.ok())
    return s;
  uint64_t seen = 0;
  for (size_t i = 0; i < n; ++i) {
    out->push_back(reference::text(views[i], arena.data(), kBuffer, kOffset));
    require(out->back().size() == views[i].length, "views lie within the arena");
    seen += views[i].length;
  }
  require(seen == total, "peek_bytes told the sum");
  return {};
}

void strings(Feed& feed, MemoryPool* pool) {
  Random random(feed.byte());
  const std::string previous = feed.text(feed.below(20));
  const Bytes before(previous.begin(), previous.end());
  const Padded in(feed.rest());
  Decoder first;
  if (!first.init(in, pool).ok() || !first.set_previous(before).ok()) return;
  const size_t n = std::min(first.value_count(), kMostValues);
  std::vector<std::string> whole;
  const bool good = read_strings(&first, n, &whole).ok();

  Decoder second;
  require(second.init(in, pool).ok() && second.set_previous(before).ok(), "init gives the same");
  bool failed = false;
  reference::in_pieces(
      random, n,
      [&](size_t begin, size_t count) {
        if (failed) return;
        std::vector<std::string> part;
        failed = !read_strings(&second, count, &part).ok();
        require(!failed || !good, "what decodes at once decodes in pieces");
        if (failed || !good) return;
        require(std::equal(part.begin(), part.end(), whole.begin() + static_cast<ptrdiff_t>(begin)),
                "pieces give the same strings");
      },
      [&](size_t count) {
        if (failed) return;
        failed = !second.skip(count).ok();
        require(!failed || !good, "what decodes can be skipped");
      });
}

void fixed(Feed& feed, MemoryPool* pool) {
  Random random(feed.byte());
  const size_t width = feed.below(20);
  const Padded in(feed.rest());
  Decoder probe;
  if (!probe.init(in, pool).ok()) return;
  decode_twice<uint8_t>(
      random, std::min(probe.value_count(), kMostValues),
      [&]() -> Result<Decoder> {
        Decoder decoder;
        if (Status s = decoder.init(in, pool); !s.ok()) return s;
        return decoder;
      },
      [&](auto& decoder, uint8_t* out, size_t n) { return decoder.decode_fixed(out, n, width); },
      width);
}

void round_trip(Feed& feed, MemoryPool* pool) {
  reference::DeltaShape shape = delta_shape(feed);
  shape.cut_padding = false;  // something follows each run of lengths
  const std::vector<std::string> values = feed.strings();
  const Padded in(reference::delta_byte_array(values, {}, shape));
  Decoder decoder;
  require_ok(decoder.init(in, pool), "what was encoded is taken");
  require(decoder.value_count() == values.size(), "with its count");
  std::vector<std::string> out;
  if (values.size() > kMostValues) return;
  require_ok(read_strings(&decoder, values.size(), &out), "it decodes");
  require(out == values, "to the same strings");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryPool pool(default_allocator(), int64_t{64} << 20);
  Feed feed(data, size);
  switch (feed.below(3)) {
    case 0: strings(feed, &pool); break;
    case 1: fixed(feed, &pool); break;
    default: round_trip(feed, &pool); break;
  }
  require(pool.held_bytes() == 0, "all memory is given back");
  return 0;
}
