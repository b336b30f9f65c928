// ALP: any bytes; and floating-point numbers of any bits, back to the same bits.
#include "encoding/alp.h"

#include "fuzz/encoding/decoding.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr size_t kMostValues = 100'000;

template <class T>
Result<encoding::AlpDecoder<T>> decoder_of(const Padded& in, MemoryPool* pool) {
  encoding::AlpDecoder<T> decoder;
  if (Status s = decoder.init(in, pool); !s.ok()) return s;
  return decoder;
}

template <class T>
void any_bytes(Feed& feed, MemoryPool* pool) {
  Random random(feed.byte());
  const Padded in(feed.rest());
  const auto make = [&] { return decoder_of<T>(in, pool); };
  auto probe = make();
  if (!probe) return;
  decode_twice<T>(random, std::min(probe->value_count(), kMostValues), make,
                  [](auto& decoder, T* out, size_t count) { return decoder.decode(out, count); });
}

template <class T>
void round_trip(Feed& feed, MemoryPool* pool) {
  const unsigned exponent = static_cast<unsigned>(feed.below(sizeof(T) == 4 ? 11 : 19));
  const unsigned factor = static_cast<unsigned>(feed.below(exponent + 1));
  const unsigned log_size = 3 + static_cast<unsigned>(feed.below(13));
  // Small decimals and raw bits by turns: both what ALP is for and its exceptions.
  std::vector<T> values;
  while (!feed.empty() && values.size() < 20000) {
    if (feed.flag()) {
      T value;
      const uint64_t bits = feed.number(sizeof(T));
      std::memcpy(&value, &bits, sizeof(T));
      values.push_back(value);
    } else {
      const volatile T up = static_cast<T>(static_cast<int16_t>(feed.u16())) *
                            reference::decimal_power<T>(static_cast<int>(factor));
      values.push_back(up * reference::decimal_power<T>(-static_cast<int>(exponent)));
    }
  }
  const Padded in(reference::alp(values, log_size, exponent, factor));
  auto decoder = decoder_of<T>(in, pool);
  require_ok(decoder.status(), "what was encoded is taken");
  require(decoder->value_count() == values.size(), "with its count");
  Room<T> out(values.size());
  require_ok(decoder->decode(out.data(), values.size()), "it decodes");
  require(same_bits(out.get(), values), "to the same bits");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryPool pool(default_allocator(), int64_t{64} << 20);
  Feed feed(data, size);
  switch (feed.below(4)) {
    case 0: any_bytes<float>(feed, &pool); break;
    case 1: any_bytes<double>(feed, &pool); break;
    case 2: round_trip<float>(feed, &pool); break;
    default: round_trip<double>(feed, &pool); break;
  }
  require(pool.held_bytes() == 0, "all memory is given back");
  return 0;
}
