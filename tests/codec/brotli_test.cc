#include "tests/codec/support.h"

#ifdef VENEER_TEST_BROTLI
#include <brotli/encode.h>
#endif

using namespace codec_test;

namespace {
const char* const kWhole =
    "132b0100c4d686dd923e4450f4466b06aa031738e1006498724cc3908e070f597a8806f3d8f8a08aa75dd5907e6c"
    "cc66ebea713a652ab4ac9c487dd4c1ada557a7c173664a1f01";
}

TEST_CASE("BROTLI: golden body, hostile forms of it") {
  if (!testing(Codec::brotli)) return;
  check_hostile(Codec::brotli, from_hex(kWhole), golden_text());
  Fixture f;
  CHECK(f.run(Codec::brotli, {0x06}, 0).ok());  // the shortest empty stream
  CHECK(f.run(Codec::brotli, from_hex(kWhole), 310).message() ==
        "BROTLI page body: has 300 bytes once decompressed, where 310 are expected");
  CHECK(f.run(Codec::brotli, from_hex(kWhole), 200).message() ==
        "BROTLI page body: has more than the 200 bytes that are expected once decompressed");
  // The format wants one stream, and all of the input used.
  CHECK(f.corrupt(Codec::brotli, from_hex(kWhole) + from_hex(kWhole), 600));
  CHECK(f.pool.held_bytes() == 0);
}

#ifdef VENEER_TEST_BROTLI
TEST_CASE("BROTLI: what libbrotlienc compresses") {
  if (!testing(Codec::brotli)) return;
  Fixture f;
  for (const Bytes& sample : samples()) {
    for (int quality : {1, 6}) {
      Bytes compressed(BrotliEncoderMaxCompressedSize(sample.size()));
      size_t size = compressed.size();
      REQUIRE(BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE,
                                    sample.size(), sample.data(), &size,
                                    compressed.data()) == BROTLI_TRUE);
      compressed.resize(size);
      CHECK(f.gives(Codec::brotli, compressed, sample));
    }
  }
}
#endif
