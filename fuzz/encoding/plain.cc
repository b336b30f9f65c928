// PLAIN: fixed widths, booleans and strings of any bytes; and values, back to themselves.
#include "encoding/plain.h"

#include "fuzz/encoding/decoding.h"
#include "tests/encoding/views.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr uint32_t kBuffer = 1;

void fixed(Feed& feed) {
  Random random(feed.byte());
  const auto words = static_cast<encoding::Words>(1 << feed.below(4));
  const size_t width = static_cast<size_t>(words) * feed.below(9);
  const size_t n = feed.u16();
  const Bytes bytes = feed.rest();
  const Padded in(bytes);
  if (width > 16 && n > 10'000) return;  // values of no bytes aside, there are never so many
  const bool good = decode_twice<uint8_t>(
      random, n,
      [&]() -> Result<encoding::PlainFixedDecoder> {
        encoding::PlainFixedDecoder decoder;
        if (Status s = decoder.init(in, width, words); !s.ok()) return s;
        return decoder;
      },
      [](auto& decoder, uint8_t* out, size_t count) { return decoder.decode(out, count); }, width);
  require(good == (n * width <= bytes.size()), "there are as many values as there are bytes");
}

void booleans(Feed& feed) {
  Random random(feed.byte());
  const size_t n = feed.u16();
  const Bytes bytes = feed.rest();
  const Padded in(bytes);
  const auto make = [&]() -> Result<encoding::PlainBooleanDecoder> {
    encoding::PlainBooleanDecoder decoder;
    if (Status s = decoder.init(in); !s.ok()) return s;
    return decoder;
  };
  const bool good = decode_twice<uint8_t>(
      random, n, make,
      [](auto& decoder, uint8_t* out, size_t count) { return decoder.decode(out, count); });
  require(good == (n <= bytes.size() * 8), "there are as many booleans as there are bits");
  if (!good) return;
  Room<uint8_t> out(n);
  require_ok((*make()).decode(out.data(), n), "again");
  for (size_t i = 0; i < n; ++i) {
    require(out[i] == (bytes[i / 8] >> (i % 8) & 1), "a boolean is its bit");
  }
}

void strings(Feed& feed) {
  Random random(feed.byte());
  const uint32_t offset = feed.flag() ? 0 : UINT32_MAX - feed.byte();
  const size_t n = feed.u16();
  const Padded in(feed.rest());
  decode_twice<BinaryView>(
      random, n,
      [&]() -> Result<encoding::PlainBinaryDecoder> {
        encoding::PlainBinaryDecoder decoder;
        if (Status s = decoder.init(in); !s.ok()) return s;
        return decoder;
      },
      [&](auto& decoder, BinaryView* out, size_t count) {
        Status status = decoder.decode(out, count, kBuffer, offset);
        for (size_t i = 0; status.ok() && i < count; ++i) {
          require(reference::text(out[i], in.data(), kBuffer, offset).size() == out[i].length,
                  "views lie within the bytes");
        }
        return status;
      });
}

void round_trip(Feed& feed) {
  const std::vector<std::string> values = feed.strings();
  const Padded in(reference::plain(values));
  encoding::PlainBinaryDecoder decoder;
  require_ok(decoder.init(in), "what was encoded is taken");
  Room<BinaryView> out(values.size());
  require_ok(decoder.decode(out.data(), values.size(), kBuffer, 0), "it decodes");
  for (size_t i = 0; i < values.size(); ++i) {
    require(reference::text(out[i], in.data(), kBuffer, 0) == values[i], "to the same strings");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  switch (feed.below(4)) {
    case 0: fixed(feed); break;
    case 1: booleans(feed); break;
    case 2: strings(feed); break;
    default: round_trip(feed); break;
  }
  return 0;
}
