#include "codec/internal.h"
#include "tests/codec/support.h"

#ifdef VENEER_TEST_SNAPPY
#include <snappy.h>
#endif

using namespace codec_test;

namespace {

const char* const kGolden =
    "ac026c726f7720303a2076656e65657220726561647320706172717565740a011c00316a1c0000346a1c0000396a"
    "1c000431366a1d000432356a1d0000336e3a0000346e740000366ead0000386ee600243130303a2076656e6565";

/// Writes elements one by one, as format_description.txt of google/snappy has them.
struct Writer {
  Bytes bytes;

  explicit Writer(uint32_t size) {
    for (; size >= 0x80; size >>= 7) bytes.push_back(static_cast<uint8_t>(size | 0x80));
    bytes.push_back(static_cast<uint8_t>(size));
  }
  void little(uint32_t value, size_t count) {
    for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
  }
  /// `extra`: bytes of the length behind the tag, 0 for lengths up to 60.
  void literal(const Bytes& what, size_t extra = 0) {
    const auto length = static_cast<uint32_t>(what.size() - 1);
    bytes.push_back(static_cast<uint8_t>((extra == 0 ? length : 59 + extra) << 2));
    little(length, extra);
    bytes = bytes + what;
  }
  void copy(int kind, uint32_t distance, uint32_t length) {
    if (kind == 1) {
      bytes.push_back(static_cast<uint8_t>(1 | (length - 4) << 2 | distance >> 8 << 5));
      little(distance, 1);
    } else {
      bytes.push_back(static_cast<uint8_t>(static_cast<uint32_t>(kind) | (length - 1) << 2));
      little(distance, kind == 2 ? 2 : 4);
    }
  }
};

/// The body decompressed beside a good one, before it and behind it: both are good, and then as
/// they are alone, or both are refused. True without kernels for pairs.
bool pairs_agree(const Bytes& in, const Bytes& want, bool good) {
  if (!veneer::codec::in_pairs(Codec::snappy)) return true;
  const Bytes other = from_hex(kGolden);
  const Bytes other_want = golden_text();
  bool agree = true;
  for (const bool behind : {false, true}) {
    Bytes out, other_out;
    bool both = false;
    const auto beside = [&](std::span<const uint8_t> from, std::span<uint8_t> to) {
      const auto pair = [&](std::span<const uint8_t> other_from, std::span<uint8_t> other_to) {
        const veneer::codec::BodyPair first{{from, other_from}, {to, other_to}};
        const veneer::codec::BodyPair second{{other_from, from}, {other_to, to}};
        both = veneer::codec::decompress_pair(Codec::snappy, behind ? second : first);
        return Status();
      };
      return decode_with(pair, other, other_want.size(), &other_out);
    };
    agree = agree && decode_with(beside, in, want.size(), &out).ok();
    agree = agree && both == good && (!good || (out == want && other_out == other_want));
  }
  return agree;
}

/// Both kernels give `want`.
bool both_give(Fixture& f, const Bytes& in, const Bytes& want) {
  Bytes out;
  const bool fast = f.gives(Codec::snappy, in, want);
  return decode_with(veneer::codec::decompress_snappy_portable, in, want.size(), &out).ok() &&
         fast && out == want && pairs_agree(in, want, true);
}

/// Both kernels agree on whether the body is good, and on what it gives; true where it is.
bool both_agree(Fixture& f, const Bytes& in, size_t size) {
  Bytes out;
  const Status fast = f.run(Codec::snappy, in, size);
  const Status portable = decode_with(veneer::codec::decompress_snappy_portable, in, size, &out);
  bool agree = fast.code() == portable.code() && (!fast.ok() || out == f.out) &&
               pairs_agree(in, out, fast.ok());
#ifdef VENEER_TEST_SNAPPY
  Bytes reference(size + 1);
  size_t says = 0;
  const auto* chars = reinterpret_cast<const char*>(in.data());
  const bool good =
      snappy::GetUncompressedLength(chars, in.size(), &says) && says == size &&
      snappy::RawUncompress(chars, in.size(), reinterpret_cast<char*>(reference.data()));
  reference.resize(size);
  agree = agree && good == fast.ok() && (!good || reference == f.out);
#endif
  CHECK(agree);
  return fast.ok();
}

}  // namespace

TEST_CASE("SNAPPY: golden body, hostile forms of it") {
  check_hostile(Codec::snappy, from_hex(kGolden), golden_text());
}

TEST_CASE("SNAPPY: every literal form and length") {
  Fixture f;
  Bytes text;
  for (size_t i = 0; i < 70000; ++i) text.push_back(static_cast<uint8_t>(i * i >> 3));
  bool good = true;
  for (size_t length = 1; length <= 300; ++length) {
    const Bytes want = part(text, 0, length);
    for (size_t extra = 0; extra <= 4; ++extra) {
      if (length > (extra == 0 ? 60 : extra == 1 ? 256 : 300)) continue;
      Writer w(static_cast<uint32_t>(length));
      w.literal(want, extra);
      good = good && both_give(f, w.bytes, want);
    }
  }
  CHECK(good);
  Writer w(70000);
  w.literal(text, 3);
  CHECK(both_give(f, w.bytes, text));
}

TEST_CASE("SNAPPY: every copy form, distance and length, overlapping or not") {
  Fixture f;
  Bytes start;
  for (size_t i = 0; i < 100; ++i) start.push_back(static_cast<uint8_t>(i * 37));
  bool good = true;
  for (uint32_t distance = 1; distance <= 100; ++distance) {
    for (uint32_t length = 1; length <= 64; ++length) {
      for (int kind = 1; kind <= 3; ++kind) {
        if (kind == 1 && (length < 4 || length > 11)) continue;
        for (bool last : {true, false}) {
          Bytes want = start;
          for (uint32_t i = 0; i < length; ++i) want.push_back(want[want.size() - distance]);
          if (!last) want = want + Bytes{7, 8, 9};
          Writer w(static_cast<uint32_t>(want.size()));
          w.literal(start, 1);
          w.copy(kind, distance, length);
          if (!last) w.literal({7, 8, 9});
          good = good && both_give(f, w.bytes, want);
        }
      }
    }
  }
  CHECK(good);
}

TEST_CASE("SNAPPY: far distances") {
  Fixture f;
  Bytes start(200000);
  for (size_t i = 0; i < start.size(); ++i) start[i] = static_cast<uint8_t>(i * i >> 7);
  for (uint32_t distance : {2047u, 2048u, 65535u, 65536u, 199999u, 200000u}) {
    Bytes want = start + part(start, start.size() - distance, 10);
    Writer w(static_cast<uint32_t>(want.size()));
    w.literal(start, 4);
    w.copy(distance < 2048 ? 1 : distance < 65536 ? 2 : 3, distance, 10);
    CHECK(both_give(f, w.bytes, want));
  }
}

TEST_CASE("SNAPPY: what may not be") {
  Fixture f;
  for (int kind = 1; kind <= 3; ++kind) {
    for (uint32_t distance : {0u, 5u, 6u, 255u, 2000u}) {
      Writer w(13);
      w.literal({1, 2, 3, 4});
      w.copy(kind, distance, 9);
      CHECK_FALSE(both_agree(f, w.bytes, 13));
    }
    Writer first(9);  // nothing to copy yet
    first.copy(kind, 1, 9);
    CHECK_FALSE(both_agree(f, first.bytes, 9));
    Writer beyond(6);  // a copy that runs past the stated size
    beyond.literal({1, 2, 3, 4});
    beyond.copy(kind, 2, 9);
    CHECK_FALSE(both_agree(f, beyond.bytes, 6));
  }
  Writer far(10);
  far.literal({1, 2, 3, 4});
  far.copy(3, 0xFFFFFFFF, 6);
  CHECK_FALSE(both_agree(f, far.bytes, 10));
  Writer long_literal(4);  // a literal of 2^32 bytes
  long_literal.bytes = long_literal.bytes + Bytes{0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4};
  CHECK_FALSE(both_agree(f, long_literal.bytes, 4));
  CHECK_FALSE(both_agree(f, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 4));  // a size without end
  CHECK(both_agree(f, {0x00}, 0));
  CHECK(f.run(Codec::snappy, from_hex(kGolden), 299).message() ==
        "SNAPPY page body: has 300 bytes once decompressed, where 299 are expected");
}

TEST_CASE("SNAPPY: random elements, good and bad, mean the same to both kernels") {
#ifndef VENEER_TEST_SNAPPY
  MESSAGE("libsnappy is not here to compare with: skipped");
#endif
  Fixture f;
  std::mt19937 random(17);
  size_t good = 0;
  for (int round = 0; round < 4000; ++round) {
    Bytes elements;
    uint32_t size = 0;
    Writer w(0);
    w.bytes.clear();
    for (size_t i = 1 + random() % 12; i > 0; --i) {
      const int kind = static_cast<int>(random() % 4);
      uint32_t length = 1 + random() % 64;
      if (kind == 0 || size == 0) {
        length = 1 + random() % 90;
        Bytes literal(length);
        for (auto& b : literal) b = static_cast<uint8_t>(random());
        w.literal(literal, length > 60 ? 1 + random() % 4 : random() % 5);
      } else {
        if (kind == 1) length = 4 + random() % 8;
        // Now and then a distance just out of reach.
        const uint32_t reach = std::min(size + (random() % 50 == 0 ? 1 : 0), 2047u);
        const uint32_t near = std::min(reach, 20u);
        w.copy(kind, 1 + random() % (random() % 2 == 0 ? reach : near), length);
      }
      size += length;
    }
    Bytes body = Writer(size).bytes + w.bytes;
    if (random() % 8 == 0) body[random() % body.size()] = static_cast<uint8_t>(random());
    if (random() % 16 == 0) body.resize(random() % body.size());
    good += both_agree(f, body, size);
  }
  CHECK(good > 2000);
  CHECK(good < 4000);
}

TEST_CASE("SNAPPY: two bodies together, of any lengths") {
  if (!veneer::codec::in_pairs(Codec::snappy)) {
    MESSAGE("this build or processor does not decompress in pairs: skipped");
    return;
  }
  for (const Bytes& sample : samples()) {
    Writer w(static_cast<uint32_t>(sample.size()));
    // Literals of many lengths; where a byte repeats the one before, a copy.
    for (size_t i = 0; i < sample.size();) {
      size_t repeats = 0;
      while (i != 0 && repeats < 64 && i + repeats < sample.size() &&
             sample[i + repeats] == sample[i - 1]) {
        ++repeats;
      }
      const size_t length = std::min<size_t>(1 + i % 90, sample.size() - i);
      if (repeats > 3) {
        w.copy(2, 1, static_cast<uint32_t>(repeats));
      } else {
        w.literal(part(sample, i, length), length > 60 ? 1 + i % 4 : 0);
      }
      i += repeats > 3 ? repeats : length;
    }
    CHECK(pairs_agree(w.bytes, sample, true));
    CHECK(pairs_agree(part(w.bytes, 0, w.bytes.size() - 1), sample, false));
  }
}

#ifdef VENEER_TEST_SNAPPY
TEST_CASE("SNAPPY: what libsnappy compresses") {
  Fixture f;
  for (const Bytes& sample : samples()) {
    std::string compressed;
    snappy::Compress(reinterpret_cast<const char*>(sample.data()), sample.size(), &compressed);
    CHECK(both_give(f, from_text(compressed), sample));
  }
}
#endif
