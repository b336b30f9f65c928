// Cut and changed bytes: values or a status, and nothing that the sanitizers mind.
#include <doctest/doctest.h>

#include "encoding/alp.h"
#include "encoding/delta_byte_array.h"
#include "encoding/delta_length.h"
#include "encoding/dictionary.h"
#include "encoding/plain.h"
#include "encoding/rle.h"
#include "reference.h"

using namespace veneer;
using namespace veneer::encoding;
using namespace reference;

namespace {

constexpr size_t kAsk = 300;

// Each decodes what is there and says whether all was well.
bool try_rle(std::span<const uint8_t> in) {
  bool ok = false;
  for (unsigned width : {0u, 1u, 3u, 9u, 32u}) {
    RleDecoder decoder;
    Room<uint32_t> out(kAsk);
    if (!decoder.init(in, width).ok()) return false;
    ok |= decoder.decode(out.data(), kAsk).ok();
    Bytes bits(kAsk / 8 + 2);
    size_t set = 0;
    if (decoder.init(in, 1).ok()) ok |= decoder.decode_bitmap(bits.data(), 3, kAsk, &set).ok();
  }
  return ok;
}

bool try_dictionary(std::span<const uint8_t> in) {
  DictionaryIndexDecoder decoder;
  if (!decoder.init(in).ok()) return false;
  const std::vector<uint64_t> dictionary(100, 7);
  Room<uint64_t> out(kAsk);
  bool ok = decoder.decode(out.data(), kAsk, dictionary.data(), dictionary.size()).ok();
  if (ok) {
    for (size_t i = 0; i < kAsk; ++i) ok &= out[i] == 7;
  }
  return ok;
}

template <class T>
bool try_delta(std::span<const uint8_t> in) {
  DeltaDecoder<T> decoder;
  if (!decoder.init(in).ok()) return false;
  size_t end = 0;
  bool ok = decoder.find_end(&end).ok();
  if (ok) CHECK(end <= in.size());
  Room<T> out(kAsk);
  ok &= decoder.skip(std::min<size_t>(50, decoder.values_left())).ok();
  return ok & decoder.decode(out.data(), std::min(kAsk, decoder.values_left())).ok();
}

bool try_plain(std::span<const uint8_t> in) {
  PlainBinaryDecoder decoder;
  Room<BinaryView> out(kAsk);
  if (!decoder.init(in).ok()) return false;
  const bool ok = decoder.decode(out.data(), kAsk, 0, 0).ok();
  if (!ok) return false;
  for (size_t i = 0; i < kAsk; ++i) {
    if (!out[i].is_inline()) CHECK(uint64_t{out[i].ref.offset} + out[i].length <= in.size());
  }
  return true;
}

bool try_delta_length(std::span<const uint8_t> in) {
  DeltaLengthDecoder decoder;
  Room<BinaryView> out(kAsk);
  if (!decoder.init(in).ok()) return false;
  if (!decoder.decode(out.data(), kAsk, 0, 0).ok()) return false;
  for (size_t i = 0; i < kAsk; ++i) {
    if (!out[i].is_inline()) CHECK(uint64_t{out[i].ref.offset} + out[i].length <= in.size());
  }
  return true;
}

bool try_delta_byte_array(std::span<const uint8_t> in) {
  MemoryPool pool(default_allocator(), 1 << 20);
  DeltaByteArrayDecoder decoder;
  uint64_t total = 0;
  if (!decoder.init(in, &pool).ok()) return false;
  if (!decoder.peek_bytes(kAsk, &total).ok() || total > (1 << 24)) return false;
  Room<uint8_t> arena(static_cast<size_t>(total));
  Room<BinaryView> out(kAsk);
  const bool ok = decoder.decode(kAsk, arena.data(), 0, 0, out.data()).ok();
  CHECK(ok);  // peek_bytes has looked at all that can go wrong
  if (decoder.init(in, &pool).ok()) CHECK(decoder.skip(kAsk).ok());
  return ok;
}

template <class T>
bool try_alp(std::span<const uint8_t> in) {
  MemoryPool pool(default_allocator(), 1 << 20);
  AlpDecoder<T> decoder;
  if (!decoder.init(in, &pool).ok()) return false;
  Room<T> out(kAsk);
  const size_t n = std::min(kAsk, decoder.values_left());
  return decoder.decode(out.data(), n / 2).ok() && decoder.decode(out.data(), n - n / 2).ok();
}

void attack(const Bytes& good, bool (*attempt)(std::span<const uint8_t>)) {
  Random random(good.size());
  size_t survivors = 0;
  const size_t step = 1 + good.size() / 2000;
  for (size_t cut = 0; cut <= good.size(); cut += step) {
    const Padded in(Bytes(good.begin(), good.begin() + cut));
    survivors += attempt(in);
  }
  for (int round = 0; round < 4000; ++round) {
    Bytes bad = good;
    const size_t changes = 1 + random() % 4;
    for (size_t i = 0; i < changes; ++i) {
      // The headers at the start are where it hurts.
      const size_t at =
          random() % (random() % 2 == 0 ? std::min<size_t>(bad.size(), 24) : bad.size());
      bad[at] = static_cast<uint8_t>(random() % 3 == 0 ? 0xFF : random());
    }
    const Padded in(bad);
    survivors += attempt(in);
  }
  const Padded in(good);
  CHECK((attempt(in) || survivors > 0));
}

}  // namespace

TEST_CASE("cut and changed bytes") {
  Random random(31);
  const auto values = strings(random, kAsk, 100);
  std::vector<int64_t> numbers(kAsk);
  for (auto& v : numbers) v = static_cast<int64_t>(random() >> random() % 64);
  std::vector<int32_t> small(kAsk);
  for (auto& v : small) v = static_cast<int32_t>(random() % 1000);
  std::vector<double> doubles(kAsk);
  for (auto& v : doubles) v = static_cast<double>(random() % 100000) * 1e-2;
  std::vector<float> floats(kAsk);
  for (auto& v : floats) v = static_cast<float>(random() % 1000) * 1e-2f;
  Bytes indices = {6};
  append(&indices, rle(runs(random, kAsk, 6), 6));

  attack(rle(runs(random, kAsk, 1), 1), try_rle);
  attack(rle(runs(random, kAsk, 9), 9), try_rle);
  attack(indices, try_dictionary);
  attack(delta(numbers), try_delta<int64_t>);
  attack(delta(small), try_delta<int32_t>);
  attack(delta(small, {8, 1}), try_delta<int32_t>);
  attack(plain(values), try_plain);
  attack(delta_length(values), try_delta_length);
  attack(delta_byte_array(values), try_delta_byte_array);
  attack(alp(doubles, 3, 4, 2), try_alp<double>);
  attack(alp(doubles, 10, 4, 2), try_alp<double>);
  attack(alp(floats, 5, 4, 2), try_alp<float>);
}

TEST_CASE("bytes of no meaning") {
  Random random(32);
  size_t fine = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes(random() % 60);
    for (auto& b : bytes) b = static_cast<uint8_t>(random() >> random() % 64);
    const Padded in(bytes);
    fine += try_rle(in) + try_dictionary(in) + try_delta<int32_t>(in) + try_delta<int64_t>(in) +
            try_plain(in) + try_delta_length(in) + try_delta_byte_array(in) + try_alp<float>(in) +
            try_alp<double>(in);
  }
  CHECK(fine > 0);
}
