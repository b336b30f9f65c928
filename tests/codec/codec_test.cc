#include "codec/codec.h"

#include "tests/codec/support.h"

using namespace codec_test;
namespace codec = veneer::codec;

namespace {
const Codec kCodecs[] = {Codec::snappy, Codec::gzip, Codec::lzo,    Codec::brotli,
                         Codec::lz4,    Codec::zstd, Codec::lz4_raw};
}

TEST_CASE("UNCOMPRESSED is always built and copies") {
  Fixture f;
  CHECK(codec::is_built(Codec::uncompressed));
  CHECK(f.gives(Codec::uncompressed, golden_text(), golden_text()));
  CHECK(f.corrupt(Codec::uncompressed, golden_text(), 299));
  const Status status = f.run(Codec::uncompressed, golden_text(), 301);
  CHECK(status.code() == StatusCode::corrupt);
  CHECK(status.message() ==
        "UNCOMPRESSED page body: has 300 bytes once decompressed, where 301 are expected");
}

TEST_CASE("a codec that is not built is refused by its option's name") {
  CHECK(codec::not_built(Codec::snappy).code() == StatusCode::codec_not_built);
  CHECK(codec::not_built(Codec::snappy).message() ==
        "SNAPPY pages need a build with -Dsnappy=enabled");
  CHECK(codec::not_built(Codec::gzip).message() == "GZIP pages need a build with -Dzlib=enabled");
  CHECK(codec::not_built(Codec::lzo).message() == "LZO pages need a build with -Dlzo=true");
  CHECK(codec::not_built(Codec::lz4_raw).message() ==
        "LZ4_RAW pages need a build with -Dlz4=enabled");
  for (Codec each : kCodecs) {
    Fixture f;
    const StatusCode code = f.run(each, {0xFF, 0xFF, 0xFF}, 7).code();
    CHECK(code == (codec::is_built(each) ? StatusCode::corrupt : StatusCode::codec_not_built));
    if (!codec::is_built(each)) {
      MESSAGE(std::string(veneer::to_string(each)) << " is left out of this build");
    }
  }
}

TEST_CASE("a codec number that the format does not list is unsupported, by its number") {
  Fixture f;
  for (int number : {8, 17, 255}) {
    const auto unlisted = static_cast<Codec>(number);
    CHECK_FALSE(codec::is_built(unlisted));
    const Status status = f.run(unlisted, {1, 2, 3}, 3);
    CHECK(status.code() == StatusCode::unsupported);
    CHECK(status.message() == "compression codec " + std::to_string(number) + " is not known");
  }
}

TEST_CASE("nothing in, nothing out; nothing in, something expected") {
  Fixture f;
  for (Codec each : kCodecs) {
    if (!codec::is_built(each)) continue;
    CHECK(f.run(each, {}, 0).ok());
    CHECK(f.corrupt(each, {}, 1));
    // Spans of no memory at all.
    CHECK(f.decompressor.decompress(each, {}, {}).ok());
    CHECK(f.decompressor.decompress(each, {}, std::span(f.out)).code() == StatusCode::corrupt);
  }
  CHECK(f.decompressor.decompress(Codec::uncompressed, {}, {}).ok());
}

TEST_CASE("a decompressor moves with its contexts, and gives back what it took from the pool") {
  veneer::MemoryPool pool(veneer::default_allocator(), int64_t{1} << 30);
  {
    codec::Decompressor first(&pool);
    const Bytes junk(100, 0x78);
    Bytes out;
    for (Codec each : kCodecs) {
      const auto run = [&](auto from, auto to) { return first.decompress(each, from, to); };
      CHECK_FALSE(decode_with(run, junk, 50, &out).ok());
    }
    codec::Decompressor second(std::move(first));
    codec::Decompressor third(&pool);
    third = std::move(second);
    for (Codec each : kCodecs) {
      const auto run = [&](auto from, auto to) { return third.decompress(each, from, to); };
      CHECK_FALSE(decode_with(run, junk, 50, &out).ok());
    }
  }
  CHECK(pool.held_bytes() == 0);
}

TEST_CASE("a pool without room gives a status") {
  veneer::MemoryPool pool(veneer::default_allocator(), 100);
  codec::Decompressor decompressor(&pool);
  Bytes out;
  for (Codec each : {Codec::gzip, Codec::brotli}) {
    if (!codec::is_built(each)) continue;
    const auto run = [&](auto from, auto to) { return decompressor.decompress(each, from, to); };
    CHECK(decode_with(run, from_hex("78da030000000001"), 0, &out).code() ==
          StatusCode::out_of_memory);
  }
  CHECK(pool.held_bytes() == 0);
}
