// DELTA_BINARY_PACKED: any bytes; and integers in blocks of any shape, back to themselves.
#include "encoding/delta.h"

#include "fuzz/encoding/decoding.h"
#include "fuzz/encoding/shapes.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

// A header may claim 2^31 values in a few bytes, all of them good.
constexpr size_t kMostValues = 100'000;

template <class T>
void any_bytes(Feed& feed) {
  Random random(feed.byte());
  const Padded in(feed.rest());
  encoding::DeltaDecoder<T> whole;
  if (!whole.init(in).ok()) return;
  const size_t n = std::min(whole.value_count(), kMostValues);
  const auto make = [&]() -> Result<encoding::DeltaDecoder<T>> { return whole; };
  const bool good = decode_twice<T>(random, n, make, [](auto& decoder, T* out, size_t count) {
    return decoder.decode(out, count);
  });
  size_t end = 0;
  if (n == kMostValues || !whole.find_end(&end).ok()) return;
  require(good, "a stream whose end is found decodes");
  require(end <= std::span<const uint8_t>(in).size(), "it ends within the bytes");
  require(whole.skip(n).ok() && !whole.skip(1).ok(), "there are as many values as the header says");
}

template <class T>
void round_trip(Feed& feed) {
  const reference::DeltaShape shape = delta_shape(feed);
  const std::vector<T> values = feed.values<T>();
  const Padded in(reference::delta(values, shape));
  encoding::DeltaDecoder<T> decoder;
  require_ok(decoder.init(in), "what was encoded is taken");
  require(decoder.value_count() == values.size(), "with its count");
  Room<T> out(values.size());
  require_ok(decoder.decode(out.data(), values.size()), "it decodes");
  require(out.get() == values, "to the same values");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  switch (feed.below(4)) {
    case 0: any_bytes<int32_t>(feed); break;
    case 1: any_bytes<int64_t>(feed); break;
    case 2: round_trip<int32_t>(feed); break;
    default: round_trip<int64_t>(feed); break;
  }
  return 0;
}
