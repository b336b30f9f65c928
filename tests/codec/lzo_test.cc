#include "tests/codec/lzo_encoder.h"
#include "tests/codec/support.h"

using namespace codec_test;

namespace {

// By two levels of the LZO library's own compressor.
const char* const kLevel1 =
    "000a726f7720303a2076656e65657220726561647320706172717565740a6d0331396d0034396d0039396e003136"
    "3972003235397100333ae500343acd01363ab102383294030f7565740a726f77203130303a2076656e6565110000";
const char* const kLevel999 =
    "2d726f7720303a2076656e65657220726561647320706172717565740a6d0331396d0034396d00393a4d01363972"
    "003235397100333ae500343acd01363ab102383a96033130fc23110000";

Bytes big(size_t value) {
  return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}
Bytes sized(const Bytes& block) { return big(block.size()) + block; }

Bytes noise(std::mt19937& random, size_t size) {
  Bytes bytes(size);
  for (auto& b : bytes) b = static_cast<uint8_t>(random());
  return bytes;
}

bool round_trips(Fixture& f, const LzoWriter& w) {
  return f.gives(Codec::lzo, w.finish(), w.raw()) &&
         f.gives(Codec::lzo, big(w.raw().size()) + sized(w.finish()), w.raw());
}

}  // namespace

TEST_CASE("LZO: golden bodies, bare and in Hadoop's framing") {
  if (!testing(Codec::lzo)) return;
  check_hostile(Codec::lzo, from_hex(kLevel1), golden_text());
  check_hostile(Codec::lzo, from_hex(kLevel999), golden_text());
  check_hostile(Codec::lzo, big(300) + sized(from_hex(kLevel1)), golden_text());
}

TEST_CASE("LZO: Hadoop chunks and blocks, one and several") {
  if (!testing(Codec::lzo)) return;
  Fixture f;
  std::mt19937 random(2);
  const Bytes text = golden_text();
  const Bytes first = sized(lzo_compress(part(text, 0, 100), random));
  const Bytes last = sized(lzo_compress(part(text, 100, 200), random));
  CHECK(f.gives(Codec::lzo, big(300) + first + last, text));
  CHECK(f.gives(Codec::lzo, big(100) + first + big(200) + last, text));
  CHECK(f.gives(Codec::lzo, big(100) + first + big(0) + big(200) + last, text));
  CHECK(f.run(Codec::lzo, big(0), 0).ok());
  CHECK(f.run(Codec::lzo, {0x11, 0, 0}, 0).ok());
  CHECK(f.corrupt(Codec::lzo, big(300) + first, 300));
  CHECK(f.corrupt(Codec::lzo, big(100) + first, 300));
  CHECK(f.corrupt(Codec::lzo, big(50) + first, 100));
  CHECK(f.corrupt(Codec::lzo, big(0xFFFFFFFF) + first, 100));
  CHECK(f.corrupt(Codec::lzo, big(100) + big(0xFFFFFFFF) + first, 100));
}

TEST_CASE("LZO: literal runs of every length in both forms") {
  if (!testing(Codec::lzo)) return;
  Fixture f;
  std::mt19937 random(3);
  bool good = true;
  for (size_t size = 1; size <= 600; ++size) {
    if (size <= 238) {
      LzoWriter w;
      w.first_literals(noise(random, size));
      good = good && round_trips(f, w);
    }
    if (size >= 4) {
      LzoWriter w;
      w.long_literals(noise(random, size));
      good = good && round_trips(f, w);
    }
  }
  CHECK(good);
}

TEST_CASE("LZO: matches of every form over their distances and lengths") {
  if (!testing(Codec::lzo)) return;
  Fixture f;
  std::mt19937 random(4);
  const Bytes start = noise(random, 50000);
  bool good = true;
  for (size_t along = 0; along <= 3; ++along) {
    const Bytes literals = noise(random, along);
    for (size_t distance : {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 1023, 1024, 2047, 2048}) {
      LzoWriter w;
      w.long_literals(part(start, 0, 3000));
      for (size_t count = 3; count <= 8; ++count) w.match_short(distance, count, literals);
      if (along > 0 && distance <= 1024) w.match2(distance, literals);
      good = good && round_trips(f, w);
    }
    for (size_t distance : {1, 2, 5, 8, 12, 2049, 16383, 16384}) {
      LzoWriter w;
      w.long_literals(part(start, 0, 16384));
      for (size_t count : {3, 9, 33, 34, 287, 288, 289, 1000}) {
        w.match_near(distance, count, literals);
      }
      good = good && round_trips(f, w);
    }
    for (size_t distance : {16385, 16386, 20000, 32767, 32768, 32769, 49151}) {
      LzoWriter w;
      w.long_literals(start);
      for (size_t count : {3, 8, 9, 10, 263, 264, 265, 1000})
        w.match_far(distance, count, literals);
      good = good && round_trips(f, w);
    }
    for (size_t distance : {2049, 2050, 2051, 2052, 2053, 3071, 3072}) {
      LzoWriter w;
      w.long_literals(part(start, 0, 4000));
      w.match3(distance, literals);
      good = good && round_trips(f, w);
    }
  }
  CHECK(good);
}

TEST_CASE("LZO: whole bodies") {
  if (!testing(Codec::lzo)) return;
  Fixture f;
  std::mt19937 random(5);
  for (const Bytes& sample : samples()) {
    CHECK(f.gives(Codec::lzo, lzo_compress(sample, random), sample));
  }
}

TEST_CASE("LZO: what may not be") {
  if (!testing(Codec::lzo)) return;
  Fixture f;
  const Bytes end = {0x11, 0, 0};
  const Bytes four = {21, 1, 2, 3, 4};
  CHECK(f.gives(Codec::lzo, four + end, {1, 2, 3, 4}));
  CHECK(f.corrupt(Codec::lzo, four, 4));                               // no end
  CHECK(f.gives(Codec::lzo, four + Bytes{0x12, 0, 0}, {1, 2, 3, 4}));  // an end of another length
  CHECK(f.corrupt(Codec::lzo, four + Bytes{0x19, 0, 0}, 4));           // a copy from 32768 back
  CHECK(f.corrupt(Codec::lzo, four + Bytes{0x80, 0} + end, 4));        // five bytes too many
  CHECK(f.gives(Codec::lzo, four + Bytes{0x80, 0} + end, {1, 2, 3, 4, 4, 4, 4, 4, 4}));
  CHECK(f.corrupt(Codec::lzo, four + Bytes{0x90, 0} + end, 9));  // from before the first byte
  CHECK(f.corrupt(Codec::lzo, four + Bytes{0x00, 0} + end, 7));  // 2049 back
  CHECK(f.corrupt(Codec::lzo, Bytes{0x10, 0, 0, 0, 0}, 100));    // zeros that never end
  CHECK(f.corrupt(Codec::lzo, Bytes(100000), 100));
  CHECK(f.run(Codec::lzo, four + end, 9).message() ==
        "LZO page body: has 4 bytes once decompressed, where 9 are expected");
}
