#include "tests/codec/support.h"

#ifdef VENEER_TEST_LZ4
#include <lz4.h>
#include <lz4frame.h>
#endif

using namespace codec_test;

namespace {
const char* const kBlock =
    "f00d726f7720303a2076656e65657220726561647320706172717565740a1c001f311c00081f341c00081f391c00"
    "082f31361d00082f32351d00081f333a00091f347400091f36ad00091f38e60009a03130303a2076656e6565";
const char* const kBlock100 =
    "f00d726f7720303a2076656e65657220726561647320706172717565740a1c001f311c00081f341c0008c0393a20"
    "76656e656572207265";
const char* const kBlock200 =
    "fc0e61647320706172717565740a726f772031363a2076656e6565722072651d002f32351d00081f333a00092f34"
    "393a00082f36341d00082f38311d0008a03130303a2076656e6565";
const char* const kFrame =
    "04224d186440a759000000f00d726f7720303a2076656e65657220726561647320706172717565740a1c001f311c"
    "00081f341c00081f395400091f361d00082f32351d00081f333a00091f347400091f36ad00091f38e60009a03130"
    "303a2076656e65650000000017aef9a8";
const char* const kFrame100 =
    "04224d186440a737000000f00d726f7720303a2076656e65657220726561647320706172717565740a1c001f311c"
    "00081f341c0008c0393a2076656e656572207265000000009f94c0f6";
const char* const kFrame200 =
    "04224d186440a749000000fc0e61647320706172717565740a726f772031363a2076656e6565722072651d002f32"
    "351d00081f333a00092f34391d00082f36341d00082f38311d0008a03130303a2076656e6565000000001c796576";

Bytes big(size_t value) {
  return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}
Bytes sized(const Bytes& block) { return big(block.size()) + block; }
}  // namespace

TEST_CASE("LZ4_RAW: golden block, hostile forms of it") {
  if (!testing(Codec::lz4_raw)) return;
  check_hostile(Codec::lz4_raw, from_hex(kBlock), golden_text());
  Fixture f;
  CHECK(f.run(Codec::lz4_raw, {0}, 0).ok());
  CHECK(f.run(Codec::lz4_raw, from_hex(kBlock), 310).message() ==
        "LZ4_RAW page body: has 300 bytes once decompressed, where 310 are expected");
  // Neither framing belongs to this codec.
  CHECK(f.corrupt(Codec::lz4_raw, big(300) + sized(from_hex(kBlock)), 300));
  CHECK(f.corrupt(Codec::lz4_raw, from_hex(kFrame), 300));
}

TEST_CASE("LZ4: golden bodies in Hadoop's framing, in frames and bare") {
  if (!testing(Codec::lz4)) return;
  check_hostile(Codec::lz4, big(300) + sized(from_hex(kBlock)), golden_text());
  check_hostile(Codec::lz4, from_hex(kBlock), golden_text());
  check_hostile(Codec::lz4, from_hex(kFrame), golden_text());
}

TEST_CASE("LZ4: Hadoop chunks and blocks, one and several") {
  if (!testing(Codec::lz4)) return;
  Fixture f;
  const Bytes first = sized(from_hex(kBlock100)), last = sized(from_hex(kBlock200));
  CHECK(f.gives(Codec::lz4, big(300) + first + last, golden_text()));
  CHECK(f.gives(Codec::lz4, big(100) + first + big(200) + last, golden_text()));
  CHECK(f.gives(Codec::lz4, big(100) + first + big(0) + big(200) + last, golden_text()));
  CHECK(f.run(Codec::lz4, big(0), 0).ok());
  CHECK(f.corrupt(Codec::lz4, big(300) + first, 300));
  CHECK(f.corrupt(Codec::lz4, big(100) + first, 300));
  CHECK(f.corrupt(Codec::lz4, big(50) + first, 100));
  CHECK(f.corrupt(Codec::lz4, big(0xFFFFFFFF) + first, 100));
  CHECK(f.corrupt(Codec::lz4, big(100) + big(0xFFFFFFFF) + first, 100));
  CHECK(f.corrupt(Codec::lz4, big(100) + big(0) + first, 100));
}

TEST_CASE("LZ4: frames one after another, with a skippable one between") {
  if (!testing(Codec::lz4)) return;
  Fixture f;
  const Bytes first = from_hex(kFrame100), last = from_hex(kFrame200);
  CHECK(f.gives(Codec::lz4, first + last, golden_text()));
  CHECK(f.gives(Codec::lz4, first + from_hex("502a4d1803000000aabbcc") + last, golden_text()));
  CHECK(f.corrupt(Codec::lz4, first + last, 299));
  CHECK(f.corrupt(Codec::lz4, first + last, 301));
  CHECK(f.corrupt(Codec::lz4, first, 300));
}

#ifdef VENEER_TEST_LZ4
TEST_CASE("LZ4: what liblz4 compresses, in every framing") {
  if (!testing(Codec::lz4)) return;
  Fixture f;
  for (const Bytes& sample : samples()) {
    const int size = static_cast<int>(sample.size());
    Bytes block(static_cast<size_t>(LZ4_compressBound(size)));
    block.resize(static_cast<size_t>(LZ4_compress_default(
        reinterpret_cast<const char*>(sample.data()), reinterpret_cast<char*>(block.data()), size,
        static_cast<int>(block.size()))));
    Bytes frame(LZ4F_compressFrameBound(sample.size(), nullptr));
    frame.resize(
        LZ4F_compressFrame(frame.data(), frame.size(), sample.data(), sample.size(), nullptr));
    CHECK(f.gives(Codec::lz4_raw, block, sample));
    CHECK(f.gives(Codec::lz4, block, sample));
    CHECK(f.gives(Codec::lz4, frame, sample));
    CHECK(f.gives(Codec::lz4, big(sample.size()) + sized(block), sample));
  }
}
#endif
