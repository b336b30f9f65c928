// Seeds of targets that read bytes: choices as the target takes them, then what an encoder wrote.
#include <veneer/types.h>

#include <initializer_list>

#include "fuzz/file/built_file.h"
#include "fuzz/seeds.h"
#include "tests/encoding/reference.h"
#include "tests/support/compressors.h"

namespace veneer::fuzz {
namespace {

Bytes joined(Bytes choices, const Bytes& rest) {
  choices.insert(choices.end(), rest.begin(), rest.end());
  return choices;
}

constexpr size_t kValues = 300;
constexpr uint8_t kLow = kValues & 255;
constexpr uint8_t kHigh = kValues >> 8;

void encodings(SeedWriter& seeds) {
  reference::Random random(1);
  for (unsigned width : {0u, 1u, 3u, 8u, 9u, 16u, 20u, 32u}) {
    const auto values = reference::runs(random, kValues, width);
    const Bytes stream = reference::rle(values, width);
    const auto w = static_cast<uint8_t>(width);
    seeds.add("rle", joined({2, w, 7, kLow, kHigh}, stream));
    seeds.add("rle", joined({0, w}, stream));
    seeds.add("dictionary", joined({0, 7, 2, 0xD0, 7, kLow, kHigh, w}, stream));
    seeds.add("dictionary", joined({1, w}, stream));
    const std::vector<uint64_t> wide(values.begin(), values.end());
    seeds.add("bit_packed", joined({0, w, 7, kLow, kHigh}, reference::pack_msb_first(wide, width)));
    for (uint8_t kernel = 0; kernel < 17; ++kernel) {
      seeds.add("kernels", joined({kernel, w, 3, 100}, stream));
    }
    if (width <= 8) {
      seeds.add(
          "levels",
          joined({0, static_cast<uint8_t>(reference::low_bits(width)), 1, 0, kLow, kHigh}, stream));
    }
  }
  seeds.add("rle",
            joined({1, 1, 5, kLow, kHigh}, reference::rle(reference::runs(random, kValues, 1), 1)));
  for (const uint8_t mode : std::initializer_list<uint8_t>{2, 3}) {
    for (const uint8_t depth : std::initializer_list<uint8_t>{0, 1, 3}) {
      seeds.add("levels", joined({mode, depth, 1, 1, 0, 0, 9, 0, 1, 1, 0},
                                 Bytes{0xF0, 0xF1, 0x20, 0xF2, 0x31, 0x00, 0xF0, 0xF3}));
    }
  }
  std::vector<int32_t> narrow;
  std::vector<int64_t> wide;
  for (size_t i = 0; i < kValues; ++i) {
    wide.push_back(static_cast<int64_t>(random() >> (random() % 64)));
    narrow.push_back(static_cast<int32_t>(wide.back()));
  }
  seeds.add("delta", joined({0, 7}, reference::delta(narrow)));
  seeds.add("delta", joined({1, 7}, reference::delta(wide)));
  seeds.add("delta", joined({1, 7}, reference::delta(wide, {.block = 64, .miniblocks = 8})));
  Bytes raw;
  for (int64_t value : wide) reference::append_le(&raw, value);
  for (const uint8_t mode : std::initializer_list<uint8_t>{2, 3})
    seeds.add("delta", joined({mode, 3, 3, 1, 0, 2}, raw));

  const auto strings = reference::strings(random, 60, 40);
  Bytes listed;
  for (const std::string& s : strings) {
    listed.push_back(static_cast<uint8_t>(s.size()));
    listed.insert(listed.end(), s.begin(), s.end());
  }
  seeds.add("plain", joined({2, 7, 1, 60, 0}, reference::plain(strings)));
  seeds.add("plain", joined({3}, listed));
  for (const uint8_t mode : std::initializer_list<uint8_t>{0, 1})
    seeds.add("plain", joined({mode, 7, 2, 1, 40, 0}, raw));
  seeds.add("delta_length", joined({0, 7, 1}, reference::delta_length(strings)));
  seeds.add("delta_length", joined({1, 3, 3, 0, 0, 0}, listed));
  seeds.add("delta_byte_array", joined({0, 7, 0}, reference::delta_byte_array(strings)));
  seeds.add("delta_byte_array", joined({2, 3, 3, 0, 0, 0}, listed));
  const std::vector<std::string> fixed(20, "sixteen bytes it");
  seeds.add("delta_byte_array", joined({1, 7, 16}, reference::delta_byte_array(fixed)));
  for (const uint8_t width : std::initializer_list<uint8_t>{1, 2, 4, 5, 8, 16}) {
    seeds.add("byte_stream_split", joined({7, width, 0}, raw));
    for (uint8_t mode = 0; mode < 5; ++mode) seeds.add("decimal", joined({mode, width}, raw));
  }
  std::vector<double> doubles;
  std::vector<float> floats;
  for (size_t i = 0; i < kValues; ++i) {
    doubles.push_back(static_cast<double>(random() % 100'000) / 100);
    floats.push_back(static_cast<float>(random() % 1000) / 10);
  }
  seeds.add("alp", joined({0, 7}, reference::alp(floats, 5, 3, 2)));
  seeds.add("alp", joined({1, 7}, reference::alp(doubles, 7, 4, 2)));
  for (const uint8_t mode : std::initializer_list<uint8_t>{2, 3})
    seeds.add("alp", joined({mode, 4, 2, 5}, raw));
  seeds.add("bloom_filter",
            joined(joined({4, 1, 2, 3, 4}, Bytes(12)), test::bloom_filter(64, {{1, 2, 3, 4}})));
}

void codecs(SeedWriter& seeds) {
  const Bytes text = [] {
    Bytes bytes;
    for (int i = 0; i < 600; ++i)
      bytes.push_back(static_cast<uint8_t>("abcabcdeabc"[i % 11] + i / 99));
    return bytes;
  }();
  const std::pair<const char*, Codec> all[] = {
      {"codec_snappy", Codec::snappy},  {"codec_gzip", Codec::gzip}, {"codec_lzo", Codec::lzo},
      {"codec_brotli", Codec::brotli},  {"codec_lz4", Codec::lz4},   {"codec_zstd", Codec::zstd},
      {"codec_lz4_raw", Codec::lz4_raw}};
  for (const auto& [target, codec] : all) {
    const Bytes body = test::compress(codec, text);
    seeds.add(target, joined({1, 600 & 255, 600 >> 8}, body));
    seeds.add(target, joined({0, 0, 0}, text));
  }
  // Matches of LZO1X, near, short and far, and of Snappy.
  seeds.add("codec_lzo", Bytes{1,  30,  0,   0,   0,   0,    30,   0,    0,    0,    11,
                               21, 'a', 'b', 'c', 'd', 0x2A, 0x0C, 0x00, 0x11, 0x00, 0x00});
  seeds.add("codec_snappy",
            Bytes{1, 40, 0, 40, 0x0C, 'a', 'b', 'c', 'd', 0x1D, 0x04, 0x5A, 0x04, 0x00, 0x00});
}

// A file of one leaf of each type and annotation, and a condition on it: noise hardly ever hits
// upon a literal that fits a column. The order of the bytes is that of filtered.cc and
// built_file.cc.
void typed_filters(SeedWriter& seeds) {
  constexpr uint8_t kConverted = 22, kLogical = 18, kNotes = kConverted + kLogical + 3;
  // Statistics of the chunk, a bloom filter, of pages, an index of pages, and a dictionary with
  // each.
  constexpr uint8_t kEvidence[] = {8, 16, 32, 64 | 4, 0};
  reference::Random random(3);
  for (uint8_t type = 0; type < 8; ++type) {
    for (uint8_t note = 0; note < kNotes; ++note) {
      const auto turn = static_cast<uint8_t>(type * kNotes + note);
      // One condition: its operator, whether it is negated, has a half; text and a number.
      Bytes seed = {0, 0, 0, static_cast<uint8_t>(turn % 9), static_cast<uint8_t>(turn & 5)};
      seed.insert(seed.end(), {2, 1, 2, note, 0});
      // Offset, limit, rows a batch; the fixed length; one leaf, required or optional.
      seed.insert(seed.end(), {0, 0, 255, 100});
      seed.insert(seed.end(),
                  {static_cast<uint8_t>(note % 8), 0, 5, static_cast<uint8_t>(turn & 1)});
      seed.push_back(type);
      if (note < kConverted) {
        seed.insert(seed.end(), {1, note});
      } else if (note < kConverted + kLogical) {
        seed.insert(seed.end(), {2, static_cast<uint8_t>(note - kConverted)});
      } else if (note + 1 < kNotes) {
        seed.insert(seed.end(), {0, note, 2});
      } else {
        seed.push_back(3);
      }
      // A row group of 20 rows that says nothing of an order; values that can be decoded.
      const auto evidence = static_cast<uint8_t>(kEvidence[turn % 5] | (turn / 5 & 1));
      seed.insert(seed.end(), {0, 20, 0, 0, evidence, 0});
      for (int i = 0; i < 200; ++i) seed.push_back(static_cast<uint8_t>(random()));
      seeds.add("filtered", seed);
      // A scan of one to three such files, the others of another type or otherwise different.
      constexpr size_t kChoices = 14;
      Bytes scan = {turn, static_cast<uint8_t>(note % 8), 40, static_cast<uint8_t>(turn % 3)};
      for (int i = turn % 3; i > 0; --i) {
        scan.insert(scan.end(),
                    {static_cast<uint8_t>(i + 3), 0, static_cast<uint8_t>(1 + turn % 3)});
      }
      scan.insert(scan.end(), seed.begin() + kChoices, seed.end());
      seeds.add("scan", scan);
    }
  }
}

}  // namespace

void seed_bytes(SeedWriter& seeds) {
  typed_filters(seeds);
  encodings(seeds);
  codecs(seeds);
  // Choices of composed files mean something in any order: noise of several kinds will do.
  reference::Random random(2);
  for (int i = 0; i < 60; ++i) {
    Bytes choices(200 + random() % 1500);
    for (auto& byte : choices) {
      byte = static_cast<uint8_t>(i % 3 == 0 ? random() : random() & random() & 0x3F);
    }
    seeds.add("composed", choices);
    seeds.add("rows", choices);
    seeds.add("filtered", choices);
    Feed feed(choices.data(), choices.size());
    const Bytes file = build_file(feed);
    if (file.size() > size_t{4} << 10) continue;
    seeds.add("file", file);
    seeds.add("verify", file);
  }
}

}  // namespace veneer::fuzz
