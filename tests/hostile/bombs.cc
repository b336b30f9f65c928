#include "bombs.h"

#include <cstring>

namespace veneer::test {
namespace {

Bytes text(std::string_view value) { return Bytes(value.begin(), value.end()); }

void append(Bytes* to, const Bytes& what) { to->insert(to->end(), what.begin(), what.end()); }

Thrift element(std::string_view name, int32_t children) {
  Thrift out;
  if (children == 0) out.set(1, Thrift::i32(1));
  out.set(3, Thrift::i32(1)).set(4, Thrift::binary(name));
  if (children != 0) out.set(5, Thrift::i32(children));
  return out;
}

Thrift footer_of(std::vector<Thrift> elements) {
  Thrift out;
  out.set(1, Thrift::i32(1)).set(2, Thrift::list(Thrift::Kind::structure, std::move(elements)));
  out.set(3, Thrift::i64(0)).set(4, Thrift::list(Thrift::Kind::structure, {}));
  return out;
}

// One INT32 column of `rows` rows that `set` fills.
Bytes one_column(int64_t rows, const std::function<void(ChunkBuilder&)>& set,
                 Element field = leaf("x", PhysicalType::int32)) {
  FileBuilder f({std::move(field)});
  set(f.row_group(rows).chunk(0));
  return f.finish();
}

Edit claim(int16_t part, int16_t field, int32_t value) {
  return [=](Thrift& header) { header.field(part).set(field, Thrift::i32(value)); };
}
Edit sizes(int32_t uncompressed) {
  return [=](Thrift& header) { header.set(2, Thrift::i32(uncompressed)); };
}
Edit num_values(int64_t count) {
  return [=](Thrift& metadata) { metadata.set(5, Thrift::i64(count)); };
}

constexpr int32_t kMany = INT32_MAX;
constexpr Repetition kOptional = Repetition::optional;

// A page whose body claims `kMany` bytes once decompressed.
Bytes claimed_size(Codec codec) {
  return one_column(4, [=](ChunkBuilder& chunk) {
    chunk.codec(codec).data_v1({.values = plain<int32_t>({1, 2, 3, 4}), .edit = sizes(kMany)});
  });
}

// The same, with the size in the body's own header claimed too.
Bytes snappy_of_4_gib() {
  return one_column(4, [](ChunkBuilder& chunk) {
    chunk
        .codec(Codec::snappy,
               [](const Bytes&) { return Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 1}; })
        .data_v1({.values = plain<int32_t>({1, 2, 3, 4}), .edit = sizes(kMany)});
  });
}

// RFC 8878: blocks that repeat one byte 128 Ki times, 4 bytes each.
Bytes zstd_repeats(size_t blocks) {
  Bytes out = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58};
  for (size_t i = 0; i < blocks; ++i) {
    const uint32_t head = (128u << 10) << 3 | 1u << 1 | (i + 1 == blocks ? 1 : 0);
    append(&out, Bytes{static_cast<uint8_t>(head), static_cast<uint8_t>(head >> 8),
                       static_cast<uint8_t>(head >> 16), 7});
  }
  return out;
}

// A block of LZ4 whose one match repeats a byte: 255 a byte.
Bytes lz4_repeats(size_t size) {
  Bytes out = {0x1F, 7, 1, 0};
  size_t left = size - 1 - 4 - 15 - 5;
  for (; left >= 255; left -= 255) out.push_back(255);
  out.push_back(static_cast<uint8_t>(left));
  append(&out, Bytes{0x50, 7, 7, 7, 7, 7});
  return out;
}

Bytes bomb_page(Codec codec, const Bytes& body, int32_t size) {
  return one_column(1, [&](ChunkBuilder& chunk) {
    chunk.codec(codec, [&](const Bytes&) { return body; })
        .data_v1({.values = plain<int32_t>({1}), .edit = sizes(size)});
  });
}

// Each value of a DELTA_BYTE_ARRAY page repeats the one before.
Bytes delta_prefixes() {
  constexpr size_t kValues = 200'000;
  return one_column(
      kValues,
      [](ChunkBuilder& chunk) {
        std::vector<int32_t> prefix(kValues, 4096);
        std::vector<int32_t> suffix(kValues, 0);
        prefix[0] = 0;
        suffix[0] = 4096;
        Bytes body = delta_binary_packed(prefix);
        append(&body, delta_binary_packed(suffix));
        append(&body, Bytes(4096, 'x'));
        chunk.data_v1({.encoding = Encoding::delta_byte_array, .values = body});
      },
      leaf("x", PhysicalType::byte_array));
}

// One list of `kMany` elements: a run of repetition levels.
Bytes long_list() {
  FileBuilder f({list_of("l", leaf("element", PhysicalType::int32, kOptional))});
  Bytes rep = Hybrid(1).repeat(0, 1).repeat(1, kMany - 1).with_length();
  f.row_group(1)
      .chunk(0)
      .data_v1({.num_values = 1,
                .rep_bytes = rep,
                .def_bytes = Hybrid(2).repeat(2, kMany).with_length(),
                .edit = claim(5, 1, kMany)})
      .edit_metadata(num_values(kMany));
  return f.finish();
}

Bytes many_empty_groups() {
  std::vector<Thrift> elements = {element("root", 5000)};
  for (int i = 0; i < 5000; ++i) {
    Thrift group;
    group.set(3, Thrift::i32(1)).set(4, Thrift::binary("g")).set(5, Thrift::i32(0));
    elements.push_back(std::move(group));
  }
  Thrift footer = footer_of(std::move(elements));
  std::vector<Thrift> groups;
  for (int i = 0; i < 5000; ++i) {
    Thrift group;
    group.set(1, Thrift::list(Thrift::Kind::structure, {})).set(2, Thrift::i64(0));
    group.set(3, Thrift::i64(1));
    groups.push_back(std::move(group));
  }
  footer.set(4, Thrift::list(Thrift::Kind::structure, std::move(groups)));
  return file_of_footer(footer.bytes());
}

Bytes rows_without_columns() {
  Thrift footer = footer_of({element("root", 0)});
  footer.field(2).elements()[0].drop(1);
  Thrift group;
  group.set(1, Thrift::list(Thrift::Kind::structure, {})).set(2, Thrift::i64(0));
  group.set(3, Thrift::i64(int64_t{1} << 62));
  footer.set(4, Thrift::list(Thrift::Kind::structure, {group}));
  return file_of_footer(footer.bytes());
}

Bytes empty_row_groups() {
  FileBuilder f({leaf("x", PhysicalType::int32)});
  for (int i = 0; i < 100; ++i) f.row_group(0).chunk(0);
  return f.finish();
}

// Pages of no values, which a reader must not take for progress, nor for an end.
Bytes empty_pages() {
  return one_column(2, [](ChunkBuilder& chunk) {
    for (int i = 0; i < 1000; ++i) chunk.data_v1({.num_values = 0, .values = {}});
    chunk.data_v1({.values = plain<int32_t>({1, 2})});
  });
}

Bytes with_pages(const std::function<void(ChunkBuilder&)>& set) { return one_column(4, set); }

}  // namespace

Bytes file_of_footer(const Bytes& footer) {
  Bytes file = text("PAR1");
  append(&file, footer);
  append_le(file, footer.size(), 4);
  append(&file, text("PAR1"));
  return file;
}

Bytes deep_schema(uint32_t depth) {
  std::vector<Thrift> elements;
  for (uint32_t i = 0; i < depth; ++i) elements.push_back(element("g", 1));
  elements.push_back(element("x", 0));
  return file_of_footer(footer_of(std::move(elements)).bytes());
}

Bytes wide_schema(uint32_t columns, bool one_name) {
  std::vector<Thrift> elements = {element("root", static_cast<int32_t>(columns))};
  elements.reserve(columns + size_t{1});
  for (uint32_t i = 0; i < columns; ++i) {
    elements.push_back(element(one_name ? "x" : "c" + std::to_string(i), 0));
  }
  return file_of_footer(footer_of(std::move(elements)).bytes());
}

Bytes overlapping_chunks(int groups, size_t values) {
  FileBuilder f({leaf("x", PhysicalType::int32)});
  const auto rows = static_cast<int64_t>(values);
  Bytes sample;
  for (int i = 0; i < groups; ++i) {
    ChunkBuilder& chunk = f.row_group(rows).chunk(0);
    if (i == 0) chunk.data_v1({.values = plain(std::vector<int32_t>(values, 7))});
    const auto size = static_cast<int64_t>(values * 4 + 20);
    if (i != 0) {
      chunk.edit_metadata([=](Thrift& m) {
        m.set(5, Thrift::i64(rows)).set(6, Thrift::i64(size)).set(7, Thrift::i64(size));
        m.set(9, Thrift::i64(4));
      });
    }
  }
  return f.finish();
}

const std::vector<Bomb>& bombs() {
  static const std::vector<Bomb> all = {
      {"footer of 4 GiB in 300 bytes",
       [] {
         Bytes file = text("PAR1");
         file.resize(300 - 8);
         append(&file, Bytes{0xFF, 0xFF, 0xFF, 0xFF});
         append(&file, text("PAR1"));
         return file;
       }},
      {"schema list of 2^31 elements",
       [] {
         // field 1: 1; field 2: a list of structs whose count takes five bytes
         return file_of_footer({0x15, 2, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x48, 1, 'r'});
       }},
      {"row group list of 2^31 elements",
       [] {
         Bytes footer = footer_of({element("root", 1), element("x", 0)}).bytes();
         // The last field is the empty list of row groups, then the stop.
         footer.resize(footer.size() - 2);
         append(&footer, Bytes{0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0});
         return file_of_footer(footer);
       }},
      {"schema 40,000 levels deep", [] { return deep_schema(40'000); }},
      {"schema whose group is its own child",
       [] {
         return file_of_footer(footer_of({element("root", 1), element("a", 1)}).bytes());
       }},
      {"negative and huge numbers of children",
       [] {
         return file_of_footer(footer_of({element("root", -1), element("a", kMany)}).bytes());
       }},
      {"a million columns", [] { return wide_schema(1'000'000, false); }, true},
      {"a million columns of one name", [] { return wide_schema(1'000'000, true); }, true},
      {"groups without columns, in every row group", many_empty_groups},
      {"2^62 rows of no column", rows_without_columns, true},
      {"row groups of zero rows", empty_row_groups, true},
      {"pages of no values", empty_pages, true},
      {"chunks that overlap", [] { return overlapping_chunks(500, 5000); }},
      {"SNAPPY of 4 GiB", snappy_of_4_gib},
      {"GZIP claims 2 GiB", [] { return claimed_size(Codec::gzip); }},
      {"SNAPPY claims 2 GiB", [] { return claimed_size(Codec::snappy); }},
      {"LZO claims 2 GiB", [] { return claimed_size(Codec::lzo); }},
      {"BROTLI claims 2 GiB", [] { return claimed_size(Codec::brotli); }},
      {"LZ4 claims 2 GiB", [] { return claimed_size(Codec::lz4); }},
      {"ZSTD claims 2 GiB", [] { return claimed_size(Codec::zstd); }},
      {"LZ4_RAW claims 2 GiB", [] { return claimed_size(Codec::lz4_raw); }},
      {"ZSTD that is 2 GiB", [] { return bomb_page(Codec::zstd, zstd_repeats(16383), kMany); }},
      {"ZSTD that is 40 MB for one value",
       [] { return bomb_page(Codec::zstd, zstd_repeats(300), 300 << 17); }, true},
      {"LZ4_RAW that is 16 MB for one value",
       [] { return bomb_page(Codec::lz4_raw, lz4_repeats(1 << 24), 1 << 24); }, true},
      {"uncompressed page claims 2 GiB",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.data_v1({.values = plain<int32_t>({1, 2, 3, 4}), .edit = [](Thrift& h) {
                            h.set(2, Thrift::i32(kMany)).set(3, Thrift::i32(kMany));
                          }});
         });
       }},
      {"page of more values than its chunk",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.data_v1({.values = plain<int32_t>({1, 2, 3, 4}), .edit = claim(5, 1, kMany)});
         });
       }},
      {"chunk of 2^62 values",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.data_v1({.values = plain<int32_t>({1, 2, 3, 4})})
               .edit_metadata(num_values(int64_t{1} << 62));
         });
       },
       true},
      {"2^31 nulls in 5 bytes",
       [] {
         return one_column(
             kMany,
             [](ChunkBuilder& chunk) {
               chunk
                   .data_v1({.num_values = 1,
                             .def_bytes = Hybrid(1).repeat(0, kMany).with_length(),
                             .edit = claim(5, 1, kMany)})
                   .edit_metadata(num_values(kMany));
             },
             leaf("x", PhysicalType::int32, kOptional));
       },
       true},
      {"a list of 2^31 elements", long_list},
      {"level lengths that wrap",
       [] {
         return one_column(
             4,
             [](ChunkBuilder& chunk) {
               chunk.data_v1({.def_bytes = Bytes{0xFF, 0xFF, 0xFF, 0xFF, 8, 1},
                              .values = plain<int32_t>({1, 2, 3, 4})});
             },
             leaf("x", PhysicalType::int32, kOptional));
       }},
      {"V2 level lengths that wrap",
       [] {
         return one_column(
             4,
             [](ChunkBuilder& chunk) {
               chunk.data_v2({.def = {1, 1, 1, 1},
                              .values = plain<int32_t>({1, 2, 3, 4}),
                              .edit = [](Thrift& h) {
                                h.field(8).set(5, Thrift::i32(kMany)).set(6, Thrift::i32(kMany));
                              }});
             },
             leaf("x", PhysicalType::int32, kOptional));
       }},
      {"V2 page whose values are cut",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.data_v2({.num_values = 4, .values = plain<int32_t>({1, 2, 3})});
         });
       }},
      {"V2 page that claims more bytes than it has",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.codec(Codec::snappy)
               .data_v2({.values = plain<int32_t>({1, 2, 3}), .edit = [](Thrift& h) {
                           h.set(2, Thrift::i32(16));
                           h.field(8).set(1, Thrift::i32(4)).set(3, Thrift::i32(4));
                         }});
         });
       }},
      {"decimal of a precision wider than its width",
       [] {
         return one_column(
             2,
             [](ChunkBuilder& chunk) {
               chunk.data_v1({.values = plain_fixed({"\x01", "\x02"})});
             },
             leaf("d", PhysicalType::fixed_len_byte_array).length(1).decimal(76, 0));
       },
       true},
      {"decimal of 2^31 digits behind the point",
       [] {
         return one_column(
             1, [](ChunkBuilder& chunk) { chunk.data_v1({.values = plain<int32_t>({7})}); },
             leaf("d", PhysicalType::int32).decimal(kMany, kMany));
       },
       true},
      {"decimal whose bytes are wider than its precision",
       [] {
         return one_column(
             1,
             [](ChunkBuilder& chunk) {
               chunk.data_v1({.values = plain_byte_array({std::string(100, '\x7F')})});
             },
             leaf("d", PhysicalType::byte_array).decimal(9, 0));
       }},
      {"dictionary of 2^31 entries in 4 bytes",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.dictionary(plain<int32_t>({1}), kMany)
               .data_v1({.encoding = Encoding::rle_dictionary,
                         .values = dictionary_indices({0, 0, 0, 0}, 1)});
         });
       }},
      {"dictionary of 2^31 strings of no bytes",
       [] {
         return one_column(
             4,
             [](ChunkBuilder& chunk) {
               chunk.dictionary(plain_byte_array({"", "", ""}), kMany)
                   .data_v1({.encoding = Encoding::rle_dictionary,
                             .values = dictionary_indices({0, 1, 2, 0}, 2)});
             },
             leaf("s", PhysicalType::byte_array));
       }},
      {"dictionary of 2^31 values of no width",
       [] {
         return one_column(
             4,
             [](ChunkBuilder& chunk) {
               chunk.dictionary({}, kMany).data_v1({.encoding = Encoding::rle_dictionary,
                                                    .values = dictionary_indices({0, 1, 2, 0}, 2)});
             },
             leaf("f", PhysicalType::fixed_len_byte_array).length(0));
       },
       true},
      {"dictionary index past the end",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.dictionary(plain<int32_t>({1, 2, 3}), 3)
               .data_v1({.encoding = Encoding::rle_dictionary,
                         .values = dictionary_indices({0, 1, 3, 0}, 2)});
         });
       }},
      {"runs of nothing",
       [] {
         Bytes runs(10'000, 0);
         runs[0] = 2;
         return with_pages([runs](ChunkBuilder& chunk) {
           chunk.dictionary(plain<int32_t>({1, 2, 3}), 3)
               .data_v1({.encoding = Encoding::rle_dictionary, .values = runs});
         });
       }},
      {"bit width of 255",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.dictionary(plain<int32_t>({1}), 1)
               .data_v1({.encoding = Encoding::rle_dictionary, .values = {255, 8, 0, 0, 0, 0}});
         });
       }},
      {"delta block of 2^31 values",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.data_v1({.encoding = Encoding::delta_binary_packed,
                          .values = {0x80, 0x80, 0x80, 0x80, 0x08, 1, 4, 2, 0, 0}});
         });
       }},
      {"delta block without miniblocks",
       [] {
         return with_pages([](ChunkBuilder& chunk) {
           chunk.data_v1({.encoding = Encoding::delta_binary_packed, .values = {0, 0, 4, 2, 0, 0}});
         });
       }},
      {"strings that repeat the one before", delta_prefixes, true},
      {"string of 4 GiB",
       [] {
         return one_column(
             1,
             [](ChunkBuilder& chunk) {
               chunk.data_v1({.values = {0xFF, 0xFF, 0xFF, 0xFF, 'x'}});
             },
             leaf("s", PhysicalType::byte_array));
       }},
      {"values of 2 GiB each",
       [] {
         return one_column(
             1, [](ChunkBuilder& chunk) { chunk.data_v1({.values = {1}}); },
             leaf("f", PhysicalType::fixed_len_byte_array).length(kMany));
       }},
  };
  return all;
}

}  // namespace veneer::test
