// The deprecated BIT_PACKED levels: any bytes at any width; and values, packed and back.
#include "encoding/bit_packed_levels.h"
#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const bool round_trip = feed.flag();
  const unsigned width = static_cast<unsigned>(feed.below(33));
  if (round_trip) {
    std::vector<uint64_t> values;
    while (!feed.empty()) values.push_back(feed.u32() & reference::low_bits(width));
    const Padded in(reference::pack_msb_first(values, width));
    encoding::BitPackedDecoder decoder;
    require_ok(decoder.init(in, width), "a width is taken");
    Room<uint32_t> out(values.size());
    require_ok(decoder.decode(out.data(), values.size()), "what was packed unpacks");
    for (size_t i = 0; i < values.size(); ++i) {
      require(out[i] == values[i], "to the same values");
    }
    return 0;
  }
  Random random(feed.byte());
  const size_t n = feed.u16();
  const Padded in(feed.rest());
  decode_twice<uint32_t>(
      random, n,
      [&]() -> Result<encoding::BitPackedDecoder> {
        encoding::BitPackedDecoder decoder;
        if (Status s = decoder.init(in, width); !s.ok()) return s;
        return decoder;
      },
      [](auto& decoder, uint32_t* out, size_t count) { return decoder.decode(out, count); });
  return 0;
}
