// The RLE hybrid: any bytes at any width; and what an encoder made of values, back to them.
#include "encoding/rle.h"

#include "base/bits.h"
#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

template <class T>
void any_bytes(Feed& feed, unsigned width) {
  Random random(feed.byte());
  const size_t n = feed.u16();
  const Padded in(feed.rest());
  decode_twice<T>(
      random, n,
      [&]() -> Result<encoding::RleDecoder> {
        encoding::RleDecoder decoder;
        if (Status s = decoder.init(in, width); !s.ok()) return s;
        return decoder;
      },
      [](auto& decoder, T* out, size_t count) { return decoder.decode(out, count); });
}

// Bits, at any offset, against bytes.
void bitmap(Feed& feed) {
  const size_t begin = feed.below(64);
  const size_t n = feed.u16();
  const Padded in(feed.rest());
  encoding::RleDecoder decoder;
  require_ok(decoder.init(in, 1), "one bit is a width");
  encoding::RleDecoder twin = decoder;
  Room<uint8_t> bytes(n);
  Room<uint8_t> bits((begin + n + 7) / 8);
  size_t ones = 0;
  const bool good = decoder.decode(bytes.data(), n).ok();
  require(twin.decode_bitmap(bits.data(), begin, n, &ones).ok() == good, "bits and bytes agree");
  if (!good) return;
  size_t expected = 0;
  for (size_t i = 0; i < n; ++i) {
    expected += bytes[i];
    require(get_bit(bits.data(), begin + i) == (bytes[i] != 0), "a bit is its byte");
  }
  require(ones == expected, "ones are counted");
}

// Input as runs: a length and a value each.
void round_trip(Feed& feed, unsigned width) {
  std::vector<uint32_t> values;
  while (!feed.empty() && values.size() < 20000) {
    const size_t count = feed.byte();
    values.insert(values.end(), count % 32 == 31 ? count * 8 : count % 32,
                  static_cast<uint32_t>(feed.u32() & reference::low_bits(width)));
  }
  const Padded in(reference::rle(values, width));
  encoding::RleDecoder decoder;
  require_ok(decoder.init(in, width), "a width is taken");
  Room<uint32_t> out(values.size());
  require_ok(decoder.decode(out.data(), values.size()), "what was encoded decodes");
  require(out.get() == values, "to the same values");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const size_t mode = feed.below(4);
  const unsigned width = static_cast<unsigned>(feed.below(34));
  if (mode == 0) {
    round_trip(feed, std::min(width, 32u));
  } else if (mode == 1) {
    bitmap(feed);
  } else if (width <= 8) {
    any_bytes<uint8_t>(feed, width);
  } else if (width <= 16) {
    any_bytes<uint16_t>(feed, width);
  } else {
    any_bytes<uint32_t>(feed, width);
  }
  return 0;
}
