// Dictionary indices: any bytes over a dictionary of any size, values and indices alike; and
// indices, back to themselves.
#include "encoding/dictionary.h"

#include <array>

#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr std::array<size_t, 8> kWidths = {1, 2, 4, 8, 12, 16, 5, 33};

Result<encoding::DictionaryIndexDecoder> decoder_of(const Padded& in) {
  encoding::DictionaryIndexDecoder decoder;
  if (Status s = decoder.init(in); !s.ok()) return s;
  return decoder;
}

void any_bytes(Feed& feed) {
  Random random(feed.byte());
  const size_t width = kWidths[feed.below(kWidths.size())];
  const size_t entries = feed.u16() % 2000;
  const size_t n = feed.u16();
  Bytes dictionary(entries * width);
  for (size_t i = 0; i < dictionary.size(); ++i) dictionary[i] = static_cast<uint8_t>(i * 37 + 1);
  const Padded entry_bytes(dictionary);
  const Padded in(feed.rest());
  const auto make = [&] { return decoder_of(in); };
  const bool good =
      decode_twice<uint32_t>(random, n, make, [&](auto& decoder, uint32_t* out, size_t count) {
        return decoder.decode_indices(out, count, entries);
      });
  const bool values = decode_twice<uint8_t>(
      random, n, make,
      [&](auto& decoder, uint8_t* out, size_t count) {
        return decoder.decode_bytes(out, count, entry_bytes.data(), entries, width);
      },
      width);
  require(good == values, "indices and values are refused alike");
  if (!good) return;

  Room<uint32_t> indices(n);
  Room<uint8_t> out(n * width);
  require_ok((*make()).decode_indices(indices.data(), n, entries), "again");
  require_ok((*make()).decode_bytes(out.data(), n, entry_bytes.data(), entries, width), "again");
  for (size_t i = 0; i < n; ++i) {
    require(indices[i] < entries, "an index is one of the dictionary");
    require(std::memcmp(out.data() + i * width, dictionary.data() + indices[i] * width, width) == 0,
            "a value is what its index stands for");
  }
}

void round_trip(Feed& feed) {
  const unsigned width = static_cast<unsigned>(feed.below(17));
  std::vector<uint32_t> indices;
  while (!feed.empty() && indices.size() < 20000) {
    const size_t count = feed.byte() % 40;
    const auto value = static_cast<uint32_t>(feed.u16() & reference::low_bits(width));
    indices.insert(indices.end(), count, value);
  }
  Bytes page = {static_cast<uint8_t>(width)};
  reference::append(&page, reference::rle(indices, width));
  const Padded in(page);
  auto decoder = decoder_of(in);
  require_ok(decoder.status(), "what was encoded is taken");
  Room<uint32_t> out(indices.size());
  require_ok(decoder->decode_indices(out.data(), indices.size(), 65536), "it decodes");
  require(out.get() == indices, "to the same indices");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  feed.flag() ? round_trip(feed) : any_bytes(feed);
  return 0;
}
