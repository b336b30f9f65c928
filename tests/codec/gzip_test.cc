#include "tests/codec/support.h"

#ifdef VENEER_TEST_ZLIB
#include <zlib.h>
#endif

using namespace codec_test;

namespace {
const char* const kGzip =
    "1f8b08000000000002032bca2f5730b052284bcd4b4d2d52284a4d4c295628482c2a2c4d2de12a02ca19e29133c1"
    "236789cf4c333c9246a678248df1e934c167a7193ec75ae0f3a5a1012c7c00780d35e02c010000";
const char* const kFirst100 =
    "1f8b08000000000002032bca2f5730b052284bcd4b4d2d52284a4d4c295628482c2a2c4d2de12a02ca19e29133c1"
    "236789240700a28ec4e564000000";
const char* const kLast200 =
    "1f8b08000000000002034b4c295628482c2a2c4d2de12aca2f573034b352284bcd4b4d2d52284a4d44933432c523"
    "698c4fa789251e4933133c92168678240d0d0ca0b200624ba9dfc8000000";
const char* const kZlib =
    "78da2bca2f5730b052284bcd4b4d2d52284a4d4c295628482c2a2c4d2de12a02ca19e29133c1236789cf4c333c92"
    "46a678248df1e934c167a7193ec75ae0f3a5a1012c7c00dfcb68b0";
const char* const kDeflate =
    "2bca2f5730b052284bcd4b4d2d52284a4d4c295628482c2a2c4d2de12a02ca19e29133c1236789cf4c333c9246a6"
    "78248df1e934c167a7193ec75ae0f3a5a1012c7c00";
const char* const kEmpty = "1f8b080000000000020303000000000000000000";
}  // namespace

TEST_CASE("GZIP: golden bodies in gzip, zlib and bare deflate framing") {
  if (!testing(Codec::gzip)) return;
  check_hostile(Codec::gzip, from_hex(kGzip), golden_text());
  check_hostile(Codec::gzip, from_hex(kZlib), golden_text());
  check_hostile(Codec::gzip, from_hex(kDeflate), golden_text());
}

TEST_CASE("GZIP: members one after another") {
  if (!testing(Codec::gzip)) return;
  Fixture f;
  const Bytes first = from_hex(kFirst100), last = from_hex(kLast200), empty = from_hex(kEmpty);
  CHECK(f.gives(Codec::gzip, first + last, golden_text()));
  CHECK(f.gives(Codec::gzip, empty + first + empty + last + empty, golden_text()));
  CHECK(f.gives(Codec::gzip, from_hex(kGzip) + from_hex(kGzip), golden_text() + golden_text()));
  CHECK(f.corrupt(Codec::gzip, first + last, 299));
  CHECK(f.corrupt(Codec::gzip, first + last, 301));
  CHECK(f.corrupt(Codec::gzip, first + Bytes{0} + last, 300));
  CHECK(f.corrupt(Codec::gzip, first + last + Bytes{0x1F, 0x8B}, 300));
}

TEST_CASE("GZIP: nothing, compressed") {
  if (!testing(Codec::gzip)) return;
  Fixture f;
  CHECK(f.run(Codec::gzip, from_hex(kEmpty), 0).ok());
  CHECK(f.run(Codec::gzip, from_hex("78da030000000001"), 0).ok());
  CHECK(f.run(Codec::gzip, from_hex("0300"), 0).ok());
  CHECK(
      f.decompressor.decompress(Codec::gzip, from_hex(kEmpty + std::string(200, '0')), {}).code() ==
      StatusCode::corrupt);
}

TEST_CASE("GZIP: a wrong checksum is found") {
  if (!testing(Codec::gzip)) return;
  Fixture f;
  Bytes gzip = from_hex(kGzip), zlib = from_hex(kZlib);
  gzip[gzip.size() - 8] ^= 1;
  zlib.back() ^= 1;
  CHECK(f.run(Codec::gzip, gzip, 300).message() == "GZIP page body: incorrect data check");
  CHECK(f.corrupt(Codec::gzip, zlib, 300));
}

TEST_CASE("GZIP: a bomb stops at the size that is expected") {
  if (!testing(Codec::gzip)) return;
#ifdef VENEER_TEST_ZLIB
  Fixture f;
  const Bytes zeros(1 << 20);
  Bytes bomb(compressBound(zeros.size()));
  uLongf size = bomb.size();
  REQUIRE(compress2(bomb.data(), &size, zeros.data(), zeros.size(), 9) == Z_OK);
  bomb.resize(size);
  CHECK(f.gives(Codec::gzip, bomb, zeros));
  CHECK(f.run(Codec::gzip, bomb, 100).message() ==
        "GZIP page body: has more than the 100 bytes that are expected once decompressed");
  CHECK(f.run(Codec::gzip, bomb, (1 << 20) + 5).message() ==
        "GZIP page body: has 1048576 bytes once decompressed, where 1048581 are expected");
  for (const Bytes& sample : samples()) {
    Bytes compressed(compressBound(sample.size()));
    uLongf length = compressed.size();
    REQUIRE(compress2(compressed.data(), &length, sample.data(), sample.size(), 6) == Z_OK);
    compressed.resize(length);
    CHECK(f.gives(Codec::gzip, compressed, sample));
  }
#endif
}
