#include "tests/codec/support.h"

#ifdef VENEER_TEST_ZSTD
#include <zstd.h>
#endif

using namespace codec_test;

namespace {
const char* const kWhole =
    "28b52ffd046825020092830c11a0edf02f377c4a556195dd5a1ef8b30903ffba54b4cb6c4639a308120a9fc13a59"
    "03f8e83a357d2abdb5ff75a96875b20e092490630f1818c738184046916f4f5c3024a1";
const char* const kFirst100 =
    "28b52ffd00687501003402726f7720303a2076656e65657220726561647320706172717565740a726f7720313439"
    "0300c01010de7c389f";
const char* const kLast200 =
    "28b52ffd046805020012430b11a0edf02f377c4a55614dad16ebf8b30903ffba5414c2ae217c088f22dedaffba54"
    "c4ab9335808fae53d3a7520620b03307210e718885b8100710e9049b0cdc09";
const char* const kEmpty = "28b52ffd240001000099e9d851";
const char* const kSkippable = "532a4d1805000000aabbccddee";
}  // namespace

TEST_CASE("ZSTD: golden body, hostile forms of it") {
  if (!testing(Codec::zstd)) return;
  check_hostile(Codec::zstd, from_hex(kWhole), golden_text());
}

TEST_CASE("ZSTD: frames one after another, with skippable and empty ones between") {
  if (!testing(Codec::zstd)) return;
  Fixture f;
  const Bytes first = from_hex(kFirst100), last = from_hex(kLast200), empty = from_hex(kEmpty),
              skip = from_hex(kSkippable);
  CHECK(f.gives(Codec::zstd, first + last, golden_text()));
  CHECK(f.gives(Codec::zstd, skip + first + skip + empty + last + skip, golden_text()));
  CHECK(f.run(Codec::zstd, empty, 0).ok());
  CHECK(f.run(Codec::zstd, skip, 0).ok());
  CHECK(f.corrupt(Codec::zstd, first + Bytes{0} + last, 300));
  CHECK(f.run(Codec::zstd, first + last, 310).message() ==
        "ZSTD page body: has 300 bytes once decompressed, where 310 are expected");
  CHECK(f.run(Codec::zstd, first + last, 200).message() ==
        "ZSTD page body: has more than the 200 bytes that are expected once decompressed");
}

#ifdef VENEER_TEST_ZSTD
TEST_CASE("ZSTD: what libzstd compresses") {
  if (!testing(Codec::zstd)) return;
  Fixture f;
  for (const Bytes& sample : samples()) {
    for (int level : {1, 9}) {
      Bytes compressed(ZSTD_compressBound(sample.size()));
      compressed.resize(
          ZSTD_compress(compressed.data(), compressed.size(), sample.data(), sample.size(), level));
      CHECK(f.gives(Codec::zstd, compressed, sample));
    }
  }
}
#endif
