// What is wrong is refused: with a code, with what it is, and with where it is.
#include <doctest/doctest.h>

#include "model.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;
constexpr Repetition kRepeated = Repetition::repeated;
constexpr PhysicalType kInt = PhysicalType::int32;

using Fill = std::function<void(ChunkBuilder&)>;

// A chunk of `rows` rows of one column "x".
Bytes file_of(Element element, int64_t rows, const Fill& fill) {
  FileBuilder f({std::move(element)});
  fill(f.row_group(rows).chunk(0));
  return f.finish();
}
Bytes ints(int64_t rows, const Fill& fill) { return file_of(leaf("x", kInt), rows, fill); }

// The message without the file's name; both ways of reading must refuse.
std::string refused(const Bytes& bytes, const OpenOptions& open = {}) {
  const ReadResult read = read_rows(bytes, {}, open);
  std::string error = read.status.to_string();
  if (error.starts_with("memory: ")) error.erase(0, 8);
  return error;
}
std::string page_error(const Bytes& bytes) {
  std::string error = read_pages(open_bytes(bytes), 0, 0).status.to_string();
  if (error.starts_with("memory: ")) error.erase(0, 8);
  return error;
}
bool has(const std::string& text, std::string_view part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE(text);
  return found;
}

TEST_CASE("what is no Parquet file") {
  const Bytes good = ints(1, [](ChunkBuilder& c) { c.data_v1({.values = plain<int32_t>({1})}); });
  CHECK(read_rows(good).status.ok());
  CHECK(refused({}) == "corrupt: not a Parquet file: it has only 0 bytes");
  CHECK(refused(to_bytes("PAR1")) == "corrupt: not a Parquet file: it has only 4 bytes");
  Bytes bad = good;
  bad.back() = 'E';
  CHECK(has(refused(bad), "unsupported: the footer is encrypted (PARE)"));
  bad.back() = '2';
  CHECK(has(refused(bad), "corrupt: not a Parquet file: it does not end in PAR1 (offset "));
  bad = good;
  bad[0] = 'Q';
  CHECK(refused(bad) == "corrupt: not a Parquet file: it does not begin with PAR1 (offset 0)");
  OpenOptions small;
  small.tail_bytes = 8;
  CHECK(refused(bad, small) ==
        "corrupt: not a Parquet file: it does not begin with PAR1 (offset 0)");
}

TEST_CASE("the footer's length lies") {
  const Bytes good = ints(1, [](ChunkBuilder& c) { c.data_v1({.values = plain<int32_t>({1})}); });
  const size_t at = good.size() - 8;
  const auto length = static_cast<uint32_t>(good[at] | good[at + 1] << 8);
  for (const uint32_t lie :
       {length - 1, length + 1, 0u, 1u, length * 2, 0x7FFFFFFFu, 0xFFFFFFFFu,
        static_cast<uint32_t>(good.size() - 12), static_cast<uint32_t>(good.size() - 11)}) {
    Bytes bad(good.begin(), good.end() - 8);
    append_le(bad, lie, 4);
    append(bad, "PAR1");
    for (const int64_t tail : {8, 65536}) {
      OpenOptions open;
      open.tail_bytes = tail;
      const ReadResult read = read_rows(bad, {}, open);
      INFO(lie);
      CHECK(read.status.code() == StatusCode::corrupt);
      CHECK(read.rows.empty());
    }
  }
}

TEST_CASE("page sizes lie") {
  auto with = [](int16_t field, int32_t value) {
    return ints(2, [&](ChunkBuilder& c) {
      c.data_v1({.num_values = 1, .values = plain<int32_t>({1})});
      c.data_v1({.num_values = 1, .values = plain<int32_t>({1}), .edit = [&](Thrift& header) {
                   header.set(field, Thrift::i32(value));
                 }});
    });
  };
  CHECK(has(refused(with(3, 1000)),
            "corrupt: page of 1000 bytes runs past the column chunk, which has 4 left (column x, "
            "row group 0, offset "));
  CHECK(has(refused(with(3, 3)), "corrupt: "));
  CHECK(has(refused(with(3, 5)), "corrupt: "));
  CHECK(has(refused(with(3, -1)), "corrupt: page header: compressed_page_size is negative"));
  CHECK(has(refused(with(2, -1)), "corrupt: page header: "));
  CHECK(has(page_error(with(3, 1000)), "corrupt: page of 1000 bytes runs past the column chunk"));
  // Compressed: the size once decompressed decides.
  for (const int32_t lie : {0, 3, 5, 1 << 20}) {
    const Bytes bad = ints(1, [&](ChunkBuilder& c) {
      c.codec(Codec::snappy).data_v1({.values = plain<int32_t>({1}), .edit = [&](Thrift& header) {
                                        header.set(2, Thrift::i32(lie));
                                      }});
    });
    INFO(lie);
    const ReadResult read = read_rows(bad);
    CHECK(read.status.code() == StatusCode::corrupt);
    CHECK(read.status.offset() == 4);
  }
}

TEST_CASE("num_values lies, in page and chunk, up and down") {
  auto page = [](int32_t claimed) {
    return ints(2, [&](ChunkBuilder& c) {
      c.data_v1({.values = plain<int32_t>({1, 2}),
                 .edit = [&](Thrift& header) { header.field(5).set(1, Thrift::i32(claimed)); }});
    });
  };
  CHECK(read_rows(page(2)).status.ok());
  CHECK(refused(page(3)) ==
        "corrupt: page claims 3 values, but its chunk has only 2 left (column x, "
        "row group 0, offset 4)");
  CHECK(has(page_error(page(3)), "corrupt: page claims 3 values"));
  CHECK(refused(page(1)) ==
        "corrupt: column chunk ends after 1 of 2 rows (column x, row group 0, "
        "offset 29)");
  CHECK(has(page_error(page(1)), "corrupt: column chunk ends with 1 of its values missing"));
  CHECK(has(refused(page(-1)), "corrupt: page header: "));
  auto chunk = [](Element element, int64_t claimed) {
    return file_of(std::move(element), 2, [&](ChunkBuilder& c) {
      c.data_v1({.rep = {0, 0}, .def = {1, 1}, .values = plain<int32_t>({1, 2})});
      c.edit_metadata([&](Thrift& m) { m.set(5, Thrift::i64(claimed)); });
    });
  };
  for (const int64_t lie : {int64_t{1}, int64_t{3}, int64_t{0}, int64_t{-5}, INT64_MAX}) {
    INFO(lie);
    for (const Repetition repetition : {Repetition::required, kOptional, kRepeated}) {
      INFO(to_string(repetition));
      const ReadResult read = read_rows(chunk(leaf("x", kInt, repetition), lie));
      // Without lists, too many are not asked for.
      const bool read_all = lie > 2 && repetition != kRepeated;
      CHECK(read.status.code() == (read_all ? StatusCode::ok : StatusCode::corrupt));
      CHECK(read.rows.size() == (read_all ? 2 : 0));
    }
  }
}

TEST_CASE("levels end early, or are no levels") {
  auto optional = [](DataPage page) {
    return file_of(leaf("x", kInt, kOptional), 3, [&](ChunkBuilder& c) { c.data_v1(page); });
  };
  const Bytes values = plain<int32_t>({1, 2, 3});
  auto levels = [&](Bytes def, Encoding encoding = Encoding::rle) {
    return optional(
        {.num_values = 3, .def_encoding = encoding, .def_bytes = def, .values = values});
  };
  CHECK(has(refused(levels(Hybrid(1).repeat(1, 2).with_length())), "corrupt: "));
  CHECK(has(refused(levels(bytes(9, 0, 0, 0))), "corrupt: "));
  CHECK(has(refused(optional({.num_values = 3, .def_bytes = bytes(100, 0, 0, 0), .values = {}})),
            "corrupt: levels of 100 bytes run past the page"));
  CHECK(has(refused(optional({.num_values = 3, .def_bytes = bytes(1, 0), .values = {}})),
            "corrupt: page ends before the length of its levels"));
  CHECK(has(refused(levels(Hybrid(1).repeat(3, 3).with_length())), "corrupt: "));
  CHECK(has(refused(levels({}, Encoding::plain)),
            "corrupt: levels are encoded as PLAIN, which levels cannot be"));
  CHECK(has(refused(optional({.num_values = 3,
                              .def_encoding = Encoding::bit_packed,
                              .def_bytes = Bytes(),
                              .values = {}})),
            "corrupt: levels run past the page"));
  // Three levels of maximum 2: a 3 fits the width, and is none.
  const Bytes above =
      file_of(group("g", kOptional, {leaf("x", kInt, kOptional)}), 3, [&](ChunkBuilder& c) {
        c.data_v1({.def = {2, 3, 2}, .values = values});
      });
  CHECK(has(refused(above), "corrupt: level 3 is above the maximum of 2 (column g.x, row group 0"));
  CHECK(has(page_error(above), "corrupt: level 3 is above the maximum of 2"));
  // V2: lengths of levels that are not there.
  for (const int16_t field : {int16_t{5}, int16_t{6}}) {
    for (const int32_t lie : {1000, -1, 0}) {
      const Bytes bad = file_of(leaf("x", kInt, kRepeated), 3, [&](ChunkBuilder& c) {
        c.data_v2({.rep = {0, 0, 0},
                   .def = {1, 1, 0},
                   .values = plain<int32_t>({1, 2}),
                   .edit = [&](Thrift& h) { h.field(8).set(field, Thrift::i32(lie)); }});
      });
      INFO(field, " ", lie);
      CHECK(read_rows(bad).status.code() == StatusCode::corrupt);
      CHECK(read_pages(open_bytes(bad), 0, 0).status.code() == StatusCode::corrupt);
    }
  }
}

TEST_CASE("values end early, in every encoding") {
  for (const PhysicalType type : kTypes) {
    for (const Encoding encoding : encodings_of(type)) {
      const auto values = some_values(type, 40, 8);
      const auto entries = distinct(values);
      const Bytes whole = encode(type, encoding, values, entries);
      for (const size_t cut : {size_t{1}, whole.size() / 2, whole.size()}) {
        const Bytes bad = file_of(leaf("x", type).length(5), 40, [&](ChunkBuilder& c) {
          c.dictionary(encode(type, Encoding::plain, entries),
                       static_cast<int32_t>(entries.size()));
          c.data_v1({.encoding = encoding,
                     .values = Bytes(whole.begin(), whole.end() - static_cast<ptrdiff_t>(cut))});
        });
        INFO(to_string(type), " ", to_string(encoding), " cut by ", cut);
        const ReadResult read = read_rows(bad);
        if (read.status.ok()) {
          // The last bytes may have been padding; then nothing is missing.
          std::vector<Value> got;
          for (const Value& row : read.rows) got.push_back(row.items[0]);
          std::vector<Value> expected;
          for (const std::string& value : values) expected.push_back(Value::leaf(value));
          CHECK(cut == 1);
          CHECK(got == expected);
        } else {
          CHECK(read.status.code() == StatusCode::corrupt);
          CHECK(read.status.column() == "x");
          CHECK(read.status.row_group() == 0);
          CHECK(read.status.offset() >= 4);
        }
      }
    }
  }
}

TEST_CASE("dictionaries: index past the end, none, two, behind data, too many entries") {
  const DataPage indices{.encoding = Encoding::rle_dictionary,
                         .values = dictionary_indices({0, 2}, 2)};
  const Bytes two = plain<int32_t>({1, 2});
  CHECK(has(refused(ints(2, [&](ChunkBuilder& c) { c.dictionary(two, 2).data_v1(indices); })),
            "corrupt: "));
  CHECK(has(refused(ints(2, [&](ChunkBuilder& c) { c.data_v1(indices); })), "corrupt: "));
  CHECK(has(refused(ints(2, [&](ChunkBuilder& c) { c.dictionary(two, 3).data_v1(indices); })),
            "corrupt: dictionary page of 8 bytes cannot hold 3 entries (column x, row group 0, "
            "offset 4)"));
  const Bytes second = ints(2, [&](ChunkBuilder& c) {
    c.dictionary(two, 2).dictionary(two, 2).data_v1(indices).edit_metadata(
        [](Thrift& m) { m.set(11, Thrift::i64(4)); });
  });
  CHECK(has(refused(second), "corrupt: second dictionary page in one column chunk"));
  CHECK(has(page_error(second), "corrupt: second dictionary page in one column chunk"));
  const Bytes behind = ints(2, [&](ChunkBuilder& c) {
    c.data_v1({.num_values = 1, .values = plain<int32_t>({1})});
    c.dictionary(two, 2);
    c.data_v1({.num_values = 1, .values = plain<int32_t>({1})});
    c.edit_metadata([](Thrift& m) { m.drop(11).set(9, Thrift::i64(4)); });
  });
  CHECK(has(refused(behind), "corrupt: dictionary page behind a data page"));
  CHECK(has(page_error(behind), "corrupt: dictionary page behind a data page"));
  CHECK(has(refused(ints(2,
                         [&](ChunkBuilder& c) {
                           c.dictionary(two, 2, Encoding::delta_binary_packed).data_v1(indices);
                         })),
            "unsupported: dictionary page encoded as DELTA_BINARY_PACKED"));
}

TEST_CASE("unknown page types, encodings and codecs are named") {
  const Bytes odd = ints(1, [](ChunkBuilder& c) {
    c.page(Thrift().set(1, Thrift::i32(9)).set(2, Thrift::i32(3)), bytes(1, 2, 3));
    c.data_v1({.values = plain<int32_t>({1})});
    c.edit_metadata([](Thrift& m) { m.set(9, Thrift::i64(4)); });
  });
  CHECK(refused(odd) == "unsupported: page of unknown type 9 (column x, row group 0, offset 4)");
  CHECK(has(page_error(odd), "unsupported: page of unknown type 9"));
  auto encoded = [](Encoding encoding) {
    return ints(1, [&](ChunkBuilder& c) {
      c.data_v1({.encoding = encoding, .values = plain<int32_t>({1})});
    });
  };
  CHECK(refused(encoded(static_cast<Encoding>(77))) ==
        "unsupported: INT32 values encoded as UNKNOWN (77) (column x, row group 0, offset 4)");
  CHECK(has(refused(encoded(Encoding::delta_byte_array)),
            "unsupported: INT32 values encoded as DELTA_BYTE_ARRAY (7)"));
  CHECK(has(refused(encoded(Encoding::rle)), "unsupported: INT32 values encoded as RLE (3)"));
  const Bytes codec = ints(1, [](ChunkBuilder& c) {
    c.data_v1({.values = plain<int32_t>({1})});
    c.edit_metadata([](Thrift& m) { m.set(4, Thrift::i32(99)); });
  });
  CHECK(read_rows(codec).status.code() == StatusCode::unsupported);
  CHECK(has(refused(codec), "99"));
}

TEST_CASE("rows: first level not 0, more or fewer than the row group has") {
  auto repeated = [](int64_t rows, Levels rep) {
    return file_of(leaf("x", kInt, kRepeated), rows, [&](ChunkBuilder& c) {
      std::vector<int32_t> values(rep.size(), 4);
      c.data_v1({.rep = rep, .def = Levels(rep.size(), 1), .values = plain(values)});
    });
  };
  CHECK(read_rows(repeated(2, {0, 0})).status.ok());
  CHECK(has(refused(repeated(2, {1, 0, 0})),
            "corrupt: the first repetition level of a column chunk is not 0"));
  CHECK(has(refused(repeated(1, {0, 0})),
            "corrupt: column chunk has more rows than the 1 of its row group"));
  CHECK(has(refused(repeated(3, {0, 0, 1})), "corrupt: column chunk ends after 2 of 3 rows"));
  CHECK(read_rows(repeated(0, {0, 0})).rows.empty());
  const Bytes flat = ints(3, [](ChunkBuilder& c) {
    c.data_v1({.num_values = 2, .values = plain<int32_t>({1, 2})});
  });
  CHECK(has(refused(flat), "corrupt: column chunk has 2 values in a row group of 3 rows"));
  // More values than rows, in the header too: what lies behind the last row is not asked for.
  const Bytes more = ints(2, [](ChunkBuilder& c) {
    c.data_v1({.num_values = 4, .values = plain<int32_t>({1, 2})});
  });
  CHECK(read_rows(more).rows == Rows{Value::record({i32(1)}), Value::record({i32(2)})});
  // A repetition without anything to repeat: the list before it is empty.
  const Bytes orphan = file_of(leaf("x", kInt, kRepeated), 1, [](ChunkBuilder& c) {
    c.data_v1({.rep = {0, 1}, .def = {0, 1}, .values = plain<int32_t>({1})});
  });
  CHECK(has(refused(orphan), "corrupt: levels continue a list that has no elements"));
}

TEST_CASE("the last page of a nested chunk is missing") {
  const Bytes bad = file_of(leaf("x", kInt, kRepeated), 1, [](ChunkBuilder& c) {
    c.data_v1({.rep = {0, 1}, .def = {1, 1}, .values = plain<int32_t>({1, 2})});
    c.edit_metadata([](Thrift& m) { m.set(5, Thrift::i64(4)); });
  });
  CHECK(has(refused(bad), "corrupt: column chunk ends with 2 of its values missing"));
  CHECK(has(page_error(bad), "corrupt: column chunk ends with 2 of its values missing"));
}

TEST_CASE("leaves of one structure or list that disagree") {
  auto pair = [](Element outer, Levels rep_a, Levels def_a, Levels rep_b, Levels def_b) {
    FileBuilder f({std::move(outer)});
    RowGroupBuilder& g = f.row_group(2);
    auto add = [&](size_t leaf, const Levels& rep, const Levels& def) {
      std::vector<int32_t> values(def.size(), 1);
      g.chunk(leaf).data_v1({.num_values = static_cast<int32_t>(def.size()),
                             .rep = rep,
                             .def = def,
                             .values = plain(values)});
    };
    add(0, rep_a, def_a);
    add(1, rep_b, def_b);
    return f.finish();
  };
  const auto structure = [] {
    return group("s", kOptional, {leaf("a", kInt), leaf("b", kInt, kOptional)});
  };
  CHECK(read_rows(pair(structure(), {}, {1, 0}, {}, {1, 0})).status.ok());
  CHECK(
      refused(pair(structure(), {}, {1, 0}, {}, {1, 1})) ==
      "corrupt: its levels disagree with those of s.a about the group that holds both (column s.b, "
      "row group 0)");
  const auto map = [] { return map_of("m", leaf("key", kInt), leaf("value", kInt)); };
  CHECK(read_rows(pair(map(), {0, 1, 0}, {2, 2, 0}, {0, 1, 0}, {2, 2, 0})).status.ok());
  CHECK(has(refused(pair(map(), {0, 1, 0}, {2, 2, 0}, {0, 0}, {2, 0})), "corrupt: its levels"));
  CHECK(
      has(refused(pair(map(), {0, 1, 0}, {2, 2, 0}, {0, 0, 1}, {2, 2, 2})), "corrupt: its levels"));
  CHECK(has(refused(pair(map(), {0, 0}, {0, 2}, {0, 0}, {1, 2})), "corrupt: its levels"));
}

TEST_CASE("chunks that lie about their place or type") {
  auto edited = [](Edit edit) {
    return ints(1, [&](ChunkBuilder& c) {
      c.data_v1({.values = plain<int32_t>({1})}).edit_metadata(edit);
    });
  };
  CHECK(has(refused(edited([](Thrift& m) { m.set(7, Thrift::i64(1 << 20)); })),
            "corrupt: column chunk of 1048576 bytes runs past the end of the file"));
  CHECK(has(refused(edited([](Thrift& m) { m.set(9, Thrift::i64(1 << 20)); })),
            "corrupt: column chunk of "));
  CHECK(has(refused(edited([](Thrift& m) { m.set(9, Thrift::i64(-4)); })), "corrupt: "));
  CHECK(has(refused(edited([](Thrift& m) { m.set(7, Thrift::i64(-4)); })), "corrupt: "));
  CHECK(has(refused(edited([](Thrift& m) { m.set(7, Thrift::i64(5)); })),
            "corrupt: page header runs past the column chunk (column x, row group 0, offset 4)"));
  CHECK(has(refused(edited([](Thrift& m) { m.set(7, Thrift::i64(0)); })), "corrupt: "));
  CHECK(
      has(refused(edited([](Thrift& m) { m.set(1, Thrift::i32(2)); })),
          "corrupt: column chunk of type INT64 for a column of type INT32 (column x, row group 0"));
  FileBuilder f({leaf("x", kInt)});
  f.row_group(1).chunk(0).data_v1({.values = plain<int32_t>({1})}).edit_chunk([](Thrift& c) {
    c.drop(3);
  });
  CHECK(has(refused(f.finish()), "meta_data is missing (column x, row group 0"));
}

}  // namespace
}  // namespace veneer::test
