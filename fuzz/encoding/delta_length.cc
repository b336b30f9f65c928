// DELTA_LENGTH_BYTE_ARRAY: any bytes; and strings, back to themselves.
#include "encoding/delta_length.h"

#include "fuzz/encoding/decoding.h"
#include "fuzz/encoding/shapes.h"
#include "tests/encoding/views.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr size_t kMostValues = 100'000;
constexpr uint32_t kBuffer = 3;
constexpr uint32_t kOffset = 1000;

void any_bytes(Feed& feed) {
  Random random(feed.byte());
  // Views count in 32 bits: their end lies now within that, now beyond.
  const uint32_t offset = feed.flag() ? kOffset : UINT32_MAX - feed.byte();
  const Padded in(feed.rest());
  encoding::DeltaLengthDecoder whole;
  if (!whole.init(in).ok()) return;
  const size_t n = std::min(whole.value_count(), kMostValues);
  decode_twice<BinaryView>(
      random, n, [&]() -> Result<encoding::DeltaLengthDecoder> { return whole; },
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
  const reference::DeltaShape shape = delta_shape(feed);
  const std::vector<std::string> values = feed.strings();
  reference::DeltaShape safe = shape;
  safe.cut_padding = false;  // the strings follow the last miniblock
  const Padded in(reference::delta_length(values, safe));
  encoding::DeltaLengthDecoder decoder;
  require_ok(decoder.init(in), "what was encoded is taken");
  Room<BinaryView> out(values.size());
  require_ok(decoder.decode(out.data(), values.size(), kBuffer, kOffset), "it decodes");
  for (size_t i = 0; i < values.size(); ++i) {
    require(reference::text(out[i], in.data(), kBuffer, kOffset) == values[i],
            "to the same strings");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  feed.flag() ? round_trip(feed) : any_bytes(feed);
  return 0;
}
