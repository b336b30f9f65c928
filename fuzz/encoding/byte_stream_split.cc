// BYTE_STREAM_SPLIT: any bytes at any width, held against the streams themselves.
#include "encoding/byte_stream_split.h"

#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  Random random(feed.byte());
  const size_t width = feed.below(40);
  const size_t claimed = feed.flag() ? feed.u16() : SIZE_MAX;
  const Bytes values = feed.rest();
  const size_t n = width == 0 ? 0 : values.size() / width;
  const Bytes whole(values.begin(), values.begin() + static_cast<ptrdiff_t>(n * width));
  const Padded in(width == 0 ? values : reference::byte_stream_split(whole, width));
  const size_t total = claimed == SIZE_MAX ? n : claimed;
  const auto make = [&]() -> Result<encoding::ByteStreamSplitDecoder> {
    encoding::ByteStreamSplitDecoder decoder;
    if (Status s = decoder.init(in, total, width, encoding::Words::bytes); !s.ok()) return s;
    return decoder;
  };
  const bool good = decode_twice<uint8_t>(
      random, total, make,
      [](auto& decoder, uint8_t* out, size_t count) { return decoder.decode(out, count); }, width);
  if (width == 0) return 0;
  require(good == (total == n), "the values are the bytes, exactly");
  if (!good) return 0;
  Room<uint8_t> out(n * width);
  require_ok((*make()).decode(out.data(), n), "again");
  require(out.get() == whole, "what was split comes back");
  return 0;
}
