#include <random>

#include "footer_bytes.h"

using namespace veneer;
using namespace veneer::test;

namespace {

void write_statistics(ThriftWriter& w) {
  w.binary(1, "max").binary(2, "min").i64(3, 4).i64(4, 5).binary(5, "max_value");
  w.binary(6, "min_value").boolean(7, true).boolean(8, false).i64(9, 6);
}

// Every field of ColumnMetaData.
void write_meta_data(ThriftWriter& w) {
  w.i32(1, kInt64).list_of_i32(2, {0, 3, 8, 77}).list_of_binary(3, {"g", "x"}).i32(4, 6);
  w.i64(5, 1000).i64(6, 8000).i64(7, 4000);
  w.list_of_structs(8, 2, [](ThriftWriter& s, size_t i) {
    s.binary(1, i == 0 ? "k0" : "k1");
    if (i == 0) s.binary(2, "v0");
  });
  w.i64(9, 500).i64(10, 600).i64(11, 400).structure(12, write_statistics);
  w.list_of_structs(13, 2, [](ThriftWriter& s, size_t i) {
    s.i32(1, i == 0 ? 2 : 0).i32(2, i == 0 ? 0 : 8).i32(3, static_cast<int32_t>(i) + 1);
  });
  w.i64(14, 7000).i32(15, 70);
  w.structure(16, [](ThriftWriter& s) {
    s.i64(1, 123).list_of_i64(2, {1, 2}).list_of_i64(3, {3, 4, 5});
  });
  w.structure(17, [](ThriftWriter& s) {
    s.structure(1, [](ThriftWriter& b) {
      for (int i = 1; i <= 8; ++i) b.float64(i, i * 1.5);
    });
    s.list_of_i32(2, {1, 1003});
  });
}

void write_chunk(ThriftWriter& w) {
  w.binary(1, "other.parquet").i64(2, 3).structure(3, write_meta_data);
  w.i64(4, 9000).i32(5, 90).i64(6, 9100).i32(7, 91);
}

void write_row_group(ThriftWriter& w, int64_t rows,
                     const std::function<void(ThriftWriter&)>& chunk) {
  w.list_of_structs(1, 1, [&](ThriftWriter& s, size_t) { chunk(s); });
  w.i64(2, 8000).i64(3, rows);
  w.list_of_structs(
      4, 1, [](ThriftWriter& s, size_t) { s.i32(1, 0).boolean(2, true).boolean(3, false); });
  w.i64(5, 400).i64(6, 4000).i16(7, 1);
}

void write_schema(ThriftWriter& w) {
  w.list_of_structs(2, 3, [](ThriftWriter& s, size_t i) {
    write_element(s, i == 0   ? group("root", -1, 1)
                     : i == 1 ? group("g", kOptional, 1)
                              : leaf("x", kOptional, kInt64));
  });
}

// Every field of FileMetaData; `junk` writes between them.
std::string whole_footer(const std::function<void(ThriftWriter&)>& chunk = write_chunk) {
  ThriftWriter w;
  w.i32(1, 2);
  write_schema(w);
  w.i64(3, 30);
  w.list_of_structs(
      4, 2, [&](ThriftWriter& s, size_t i) { write_row_group(s, i == 0 ? 10 : 20, chunk); });
  w.list_of_structs(5, 3, [](ThriftWriter& s, size_t i) {
    s.binary(1, i == 2 ? "b" : "a");
    if (i != 2) s.binary(2, i == 0 ? "first" : "second");
  });
  w.binary(6, "parquet-mr version 1.12.3 (build abc)");
  w.list_of_structs(7, 1, [](ThriftWriter& s, size_t) { s.structure(1); });
  w.structure(8, [](ThriftWriter& s) {
    s.structure(2, [](ThriftWriter& t) { t.binary(1, "aad").binary(2, "id").boolean(3, true); });
  });
  w.binary(9, "key");
  return w.finish();
}

FileMetadata good(std::string_view footer) {
  auto parsed = parse(footer);
  REQUIRE_MESSAGE(parsed.ok(), parsed.status().to_string());
  return *std::move(parsed);
}

std::string fault(std::string_view footer) { return parse(footer).status().to_string(); }

}  // namespace

TEST_CASE("every field of the footer") {
  const std::string bytes = whole_footer();
  const FileMetadata file = good(bytes);
  CHECK(file.version() == 2);
  CHECK(file.num_rows() == 30);
  CHECK(file.total_rows() == 30);
  CHECK(file.created_by() == "parquet-mr version 1.12.3 (build abc)");
  CHECK(file.writer().application == "parquet-mr");
  CHECK(file.key_values().size() == 3);
  CHECK(file.key_value("a") == "first");
  CHECK_FALSE(file.key_value("b").has_value());
  CHECK_FALSE(file.key_value("c").has_value());
  CHECK(file.schema().leaf(0).column_order == ColumnOrder::type_defined);
  REQUIRE(file.encryption().has_value());
  CHECK(file.encryption()->kind == EncryptionAlgorithm::Kind::aes_gcm_ctr_v1);
  CHECK(file.encryption()->aad_prefix == "aad");
  CHECK(file.encryption()->aad_file_unique == "id");
  CHECK(file.encryption()->supply_aad_prefix);
  CHECK(file.footer_signing_key_metadata() == "key");
  CHECK(file.footer_offset() == kFooterOffset);
  CHECK(file.footer_bytes().size() == bytes.size());

  REQUIRE(file.num_row_groups() == 2);
  const RowGroupInfo& group = file.row_group(1);
  CHECK(group.num_rows == 20);
  CHECK(group.total_byte_size == 8000);
  CHECK(group.file_offset == 400);
  CHECK(group.total_compressed_size == 4000);
  CHECK(group.ordinal == 1);
  const auto sorting = file.sorting_columns(1);
  REQUIRE(sorting.ok());
  REQUIRE(sorting->size() == 1);
  CHECK(sorting->front().column == 0);
  CHECK(sorting->front().descending);
  CHECK_FALSE(sorting->front().nulls_first);
}

TEST_CASE("every field of a column chunk") {
  const FileMetadata file = good(whole_footer());
  const auto chunk = file.column_chunk(1, 0);
  REQUIRE(chunk.ok());
  CHECK(chunk->file_path == "other.parquet");
  CHECK(chunk->file_offset == 3);
  CHECK(chunk->has_metadata);
  CHECK(chunk->physical_type == PhysicalType::int64);
  CHECK(chunk->codec == Codec::zstd);
  CHECK(chunk->num_values == 1000);
  CHECK(chunk->total_uncompressed_size == 8000);
  CHECK(chunk->total_compressed_size == 4000);
  CHECK(chunk->data_page_offset == 500);
  CHECK(chunk->index_page_offset == 600);
  CHECK(chunk->dictionary_page_offset == 400);
  CHECK(chunk->bloom_filter_offset == 7000);
  CHECK(chunk->bloom_filter_length == 70);
  CHECK(chunk->offset_index_offset == 9000);
  CHECK(chunk->offset_index_length == 90);
  CHECK(chunk->column_index_offset == 9100);
  CHECK(chunk->column_index_length == 91);
  CHECK(chunk->encryption == ColumnEncryption::none);

  const auto encodings = chunk->encodings();
  REQUIRE(encodings.ok());
  CHECK(*encodings == std::vector<Encoding>{Encoding::plain, Encoding::rle,
                                            Encoding::rle_dictionary, Encoding{77}});
  const auto path = chunk->path_in_schema();
  REQUIRE(path.ok());
  CHECK(*path == std::vector<std::string_view>{"g", "x"});
  const auto pairs = chunk->key_values();
  REQUIRE(pairs.ok());
  REQUIRE(pairs->size() == 2);
  CHECK(pairs->at(0).value == "v0");
  CHECK_FALSE(pairs->at(1).value.has_value());
  const auto pages = chunk->encoding_stats();
  REQUIRE(pages.ok());
  REQUIRE(pages->size() == 2);
  CHECK(pages->at(0).page_type == PageType::dictionary);
  CHECK(pages->at(1).encoding == Encoding::rle_dictionary);
  CHECK(pages->at(1).count == 2);

  REQUIRE(chunk->has_statistics());
  const auto statistics = chunk->statistics();
  REQUIRE(statistics.ok());
  CHECK(statistics->max == "max");
  CHECK(statistics->min == "min");
  CHECK(statistics->null_count == 4);
  CHECK(statistics->distinct_count == 5);
  CHECK(statistics->max_value == "max_value");
  CHECK(statistics->min_value == "min_value");
  CHECK(statistics->is_max_value_exact == true);
  CHECK(statistics->is_min_value_exact == false);
  CHECK(statistics->nan_count == 6);

  const auto sizes = chunk->size_statistics();
  REQUIRE(sizes.ok());
  CHECK(sizes->unencoded_byte_array_data_bytes == 123);
  CHECK(sizes->repetition_level_histogram == std::vector<int64_t>{1, 2});
  CHECK(sizes->definition_level_histogram == std::vector<int64_t>{3, 4, 5});

  const auto geo = chunk->geospatial_statistics();
  REQUIRE(geo.ok());
  REQUIRE(geo->bbox.has_value());
  CHECK(geo->bbox->xmin == 1.5);
  CHECK(geo->bbox->ymax == 6);
  CHECK(geo->bbox->zmin == 7.5);
  CHECK(geo->bbox->mmax == 12);
  CHECK(geo->geospatial_types == std::vector<int32_t>{1, 1003});
}

TEST_CASE("a chunk with the least that it must have") {
  const FileMetadata file = good(whole_footer([](ThriftWriter& w) {
    w.structure(3, [](ThriftWriter& m) {
      m.i32(1, kInt64).i32(4, 0).i64(5, 0).i64(6, 0).i64(7, 0).i64(9, 4);
    });
  }));
  const auto chunk = file.column_chunk(0, 0);
  REQUIRE(chunk.ok());
  CHECK_FALSE(chunk->has_statistics());
  CHECK_FALSE(chunk->statistics()->min_value.has_value());
  CHECK(chunk->encodings()->empty());
  CHECK(chunk->key_values()->empty());
  CHECK_FALSE(chunk->geospatial_statistics()->bbox.has_value());
  CHECK_FALSE(chunk->file_path.has_value());
}

TEST_CASE("faults of a chunk name the field and the place") {
  for (const int left_out : {1, 4, 5, 6, 7, 9}) {
    const FileMetadata file = good(whole_footer([&](ThriftWriter& w) {
      w.structure(3, [&](ThriftWriter& m) {
        for (const int id : {1, 4}) {
          if (id != left_out) m.i32(id, id == 1 ? kInt64 : 0);
        }
        for (const int id : {5, 6, 7, 9}) {
          if (id != left_out) m.i64(id, 4);
        }
      });
    }));
    const std::string_view names[] = {"",
                                      "type",
                                      "",
                                      "",
                                      "codec",
                                      "num_values",
                                      "total_uncompressed_size",
                                      "total_compressed_size",
                                      "",
                                      "data_page_offset"};
    const auto chunk = file.column_chunk(1, 0);
    REQUIRE_FALSE(chunk.ok());
    CHECK(chunk.status().code() == StatusCode::corrupt);
    CHECK(chunk.status().message() == std::string(names[left_out]) + " is missing");
    CHECK(chunk.status().row_group() == 1);
    CHECK(chunk.status().column() == "g.x");
    CHECK(chunk.status().offset() > kFooterOffset);
  }
  const auto message = [](int type, int64_t values, int64_t size) {
    const FileMetadata file = good(whole_footer([&](ThriftWriter& w) {
      w.structure(3, [&](ThriftWriter& m) {
        m.i32(1, type).i32(4, 0).i64(5, values).i64(6, 0).i64(7, size).i64(9, 4);
      });
    }));
    return std::string(file.column_chunk(0, 0).status().message());
  };
  CHECK(message(kInt64, -1, 0) == "num_values is negative");
  CHECK(message(kInt64, 1, -5) == "total_compressed_size is negative");
  CHECK(message(kInt32, 1, 5) == "column chunk of type INT32 for a column of type INT64");
  const FileMetadata empty = good(whole_footer([](ThriftWriter&) {}));
  CHECK(empty.column_chunk(0, 0).status().message() == "meta_data is missing");
}

TEST_CASE("encrypted chunks are told apart") {
  const auto chunk_of = [](const std::function<void(ThriftWriter&)>& write) {
    return *good(whole_footer(write)).column_chunk(0, 0);
  };
  CHECK(chunk_of([](ThriftWriter& w) {
          w.structure(3, write_meta_data).structure(8, [](ThriftWriter& c) { c.structure(1); });
        }).encryption == ColumnEncryption::footer_key);
  static const FileMetadata file = good(whole_footer([](ThriftWriter& w) {
    w.structure(8, [](ThriftWriter& c) {
      c.structure(2, [](ThriftWriter& k) { k.list_of_binary(1, {"g", "x"}).binary(2, "meta"); });
    });
    w.binary(9, "secret");
  }));
  const auto chunk = file.column_chunk(0, 0);
  REQUIRE(chunk.ok());
  CHECK_FALSE(chunk->has_metadata);
  CHECK(chunk->encryption == ColumnEncryption::column_key);
  CHECK(chunk->encryption_key_metadata == "meta");
  CHECK(chunk->encrypted_column_metadata == "secret");
  CHECK(chunk_of([](ThriftWriter& w) {
          w.structure(8, [](ThriftWriter& c) { c.structure(9); });
        }).encryption == ColumnEncryption::unknown);
}

TEST_CASE("unknown fields, the extension field and wrong wire types are passed over") {
  const auto junk = [](ThriftWriter& w, int id) {
    w.structure(id, [](ThriftWriter& s) { s.list_of_binary(1, {"junk"}).i64(50, 1); });
    w.binary(32767, std::string(1000, '\x19'));
  };
  ThriftWriter w;
  junk(w, 100);
  w.i32(1, 2).binary(1, "no version");
  write_schema(w);
  w.i32(2, 5);
  junk(w, 101);
  w.i64(3, 30).i32(3, 5);
  w.list_of_structs(4, 1, [&](ThriftWriter& s, size_t) {
    junk(s, 99);
    write_row_group(s, 10, [&](ThriftWriter& c) {
      junk(c, 50);
      c.structure(3, [&](ThriftWriter& m) {
        write_meta_data(m);
        m.i64(1, 3).binary(5, "no number").i32(12, 4);
        junk(m, 60);
      });
      c.i32(1, 1);
    });
    s.i32(3, 99);
  });
  const FileMetadata file = good(w.finish());
  CHECK(file.version() == 2);
  CHECK(file.num_rows() == 30);
  CHECK(file.total_rows() == 10);
  const auto chunk = file.column_chunk(0, 0);
  REQUIRE(chunk.ok());
  CHECK(chunk->num_values == 1000);
  CHECK(chunk->statistics()->null_count == 4);
}

TEST_CASE("fields in any order, and the last of duplicates") {
  ThriftWriter w;
  w.list_of_structs(7, 1, [](ThriftWriter& s, size_t) { s.structure(2); });
  w.list_of_structs(4, 1, [](ThriftWriter& s, size_t) { write_row_group(s, 10, write_chunk); });
  w.i64(3, 1).i64(3, 10);
  // A schema of no columns, which its successor replaces.
  w.list_of_structs(2, 1, [](ThriftWriter& s, size_t) { s.binary(4, "gone"); });
  write_schema(w);
  w.i32(1, 1);
  const FileMetadata file = good(w.finish());
  CHECK(file.num_rows() == 10);
  REQUIRE(file.num_row_groups() == 1);
  CHECK(file.column_chunk(0, 0)->num_values == 1000);
  CHECK(file.schema().leaf(0).column_order == ColumnOrder::ieee754_total_order);

  // Row groups before the schema whose chunks are at the same place as after it.
  ThriftWriter two;
  two.i32(1, 1);
  write_schema(two);
  two.i64(3, 10);
  two.list_of_structs(4, 1, [](ThriftWriter& s, size_t) { write_row_group(s, 10, write_chunk); });
  write_schema(two);
  CHECK(good(two.finish()).column_chunk(0, 0)->num_values == 1000);
}

TEST_CASE("footers that break the format") {
  const auto footer = [](const std::function<void(ThriftWriter&)>& row_groups, int64_t rows = 0,
                         int left_out = 0) {
    ThriftWriter w;
    if (left_out != 1) w.i32(1, 1);
    write_schema(w);
    if (left_out != 3) w.i64(3, rows);
    if (left_out != 4) row_groups(w);
    return fault(w.finish());
  };
  const auto none = [](ThriftWriter& w) { w.list(4, ThriftWriter::kStruct, 0); };
  CHECK(footer(none) == "ok");
  CHECK(footer(none, 0, 1) == "corrupt: version is missing (offset 1000)");
  CHECK(footer(none, 0, 3) == "corrupt: num_rows is missing (offset 1000)");
  CHECK(footer(none, 0, 4) == "corrupt: row_groups is missing (offset 1000)");
  CHECK(footer(none, -1) == "corrupt: num_rows is negative (offset 1000)");
  const auto groups = [&](const std::function<void(ThriftWriter&)>& group) {
    return footer([&](ThriftWriter& w) {
      w.list_of_structs(4, 1, [&](ThriftWriter& s, size_t) { group(s); });
    });
  };
  CHECK(groups([](ThriftWriter& s) {
          write_row_group(s, -1, write_chunk);
        }).find("corrupt: num_rows is negative (row group 0") == 0);
  CHECK(groups([](ThriftWriter& s) {
          s.i64(2, 0).i64(3, 0);
        }).find("corrupt: columns is missing (row group 0") == 0);
  CHECK(groups([](ThriftWriter& s) {
          s.list(1, ThriftWriter::kStruct, 0).i64(2, 0).i64(3, 0);
        }).find("corrupt: row group has 0 column chunks for 1 columns (row group 0") == 0);
  CHECK(groups([](ThriftWriter& s) {
          s.list_of_i32(1, {4}).i64(2, 0).i64(3, 0);
        }).find("corrupt: columns is not a list of structs") == 0);
  CHECK(groups([](ThriftWriter& s) {
          s.list_of_structs(1, 2, [](ThriftWriter& c, size_t) { write_chunk(c); });
        }).find("corrupt: row group has 2 column chunks for 1 columns") == 0);
  CHECK(footer([](ThriftWriter& w) {
          w.list_of_i32(4, {1});
        }).find("corrupt: row_groups is not a list of structs") == 0);
  CHECK(footer([](ThriftWriter& w) {
          w.list(4, ThriftWriter::kStruct, 100'000);
        }).find("corrupt: list is longer than the bytes that are left") == 0);
  const auto too_many = [](ThriftWriter& w) {
    w.list_of_structs(4, 2,
                      [](ThriftWriter& s, size_t) { write_row_group(s, INT64_MAX, write_chunk); });
  };
  CHECK(footer(too_many).find("corrupt: row groups have over 2^63 rows") == 0);
  CHECK(fault("") == "corrupt: bytes end within a Thrift struct (offset 1000)");

  Limits limits;
  limits.row_groups = 1;
  CHECK(parse(whole_footer(), limits)
            .status()
            .to_string()
            .find("over_limit: list of row groups of 2 is over the limit row_groups of 1") == 0);
  limits = {};
  limits.footer_bytes = 10;
  CHECK(parse(whole_footer(), limits).status().code() == StatusCode::over_limit);
}

TEST_CASE("column orders that do not match the leaves say nothing") {
  ThriftWriter w;
  w.i32(1, 1);
  write_schema(w);
  w.i64(3, 0).list(4, ThriftWriter::kStruct, 0);
  w.list_of_structs(7, 2, [](ThriftWriter& s, size_t) { s.structure(1); });
  CHECK(good(w.finish()).schema().leaf(0).column_order == ColumnOrder::undefined);
}

TEST_CASE("bytes behind the footer's struct, such as a signature, are left alone") {
  CHECK(parse(whole_footer() + std::string(28, '\xEE')).ok());
}

TEST_CASE("memory that the allocator does not give is a status") {
  MemoryPool small(default_allocator(), 2000);
  Buffer footer(&small);
  const std::string bytes = whole_footer();
  REQUIRE(footer.append(bytes.data(), bytes.size()).ok());
  const auto parsed = format::parse_footer(std::move(footer), 0, Limits{}, &small);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.status().code() == StatusCode::over_limit);
}

TEST_CASE("a footer cut at any byte is corrupt") {
  const std::string bytes = whole_footer();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK(parse(bytes.substr(0, size)).status().code() == StatusCode::corrupt);
  }
}

TEST_CASE("changed bytes give values or a status") {
  const std::string good_bytes = whole_footer();
  std::minstd_rand random(3);
  int opened = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = good_bytes;
    for (int change = 0; change < 2; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random() >> 8);
    }
    const auto file = parse(bytes);
    if (!file.ok()) {
      CHECK(file.status().code() != StatusCode::ok);
      continue;
    }
    ++opened;
    size_t total = file->schema().to_text().size();
    for (uint32_t group = 0; group < file->num_row_groups(); ++group) {
      if (const auto sorting = file->sorting_columns(group)) total += sorting->size();
      for (uint32_t i = 0; i < file->schema().num_leaves(); ++i) {
        const auto chunk = file->column_chunk(group, i);
        if (!chunk) continue;
        if (const auto s = chunk->statistics()) {
          total += effective_bounds(*s, file->schema().leaf(i), file->writer()).min.has_value();
        }
        if (const auto s = chunk->size_statistics()) total += s->definition_level_histogram.size();
        if (const auto s = chunk->geospatial_statistics()) total += s->geospatial_types.size();
        if (const auto s = chunk->encodings()) total += s->size();
        if (const auto s = chunk->encoding_stats()) total += s->size();
        if (const auto s = chunk->path_in_schema()) total += s->size();
        if (const auto s = chunk->key_values()) total += s->size();
        int64_t begin, size;
        if (chunk_range(*chunk, file->writer(), 100'000, &begin, &size).ok()) {
          CHECK(begin >= 0);
          CHECK(size <= 100'000 - begin);
        }
      }
    }
    CHECK(total > 0);
  }
  CHECK(opened > 100);
}

TEST_CASE("where a chunk's pages lie") {
  ColumnChunk chunk;
  chunk.total_compressed_size = 50;
  chunk.data_page_offset = 100;
  const WriterVersion now = WriterVersion::parse("parquet-mr version 1.2.9");
  const WriterVersion old = WriterVersion::parse("parquet-mr version 1.2.8");
  int64_t begin = -1, size = -1;
  CHECK(chunk_range(chunk, now, 150, &begin, &size).ok());
  CHECK(begin == 100);
  CHECK(size == 50);
  CHECK(chunk_range(chunk, now, 149, &begin, &size).to_string() ==
        "corrupt: column chunk of 50 bytes runs past the end of the file, which has 149 (offset "
        "100)");
  chunk.dictionary_page_offset = 0;  // parquet-mr's way to say that it is not known
  CHECK(chunk_range(chunk, now, 150, &begin, &size).ok());
  CHECK(begin == 100);
  chunk.dictionary_page_offset = 80;
  CHECK(chunk_range(chunk, now, 150, &begin, &size).ok());
  CHECK(begin == 80);
  CHECK(size == 50);
  chunk.dictionary_page_offset = 120;
  CHECK(chunk_range(chunk, now, 150, &begin, &size).ok());
  CHECK(begin == 100);
  // PARQUET-816
  CHECK(chunk_range(chunk, old, 1000, &begin, &size).ok());
  CHECK(size == 150);
  CHECK(chunk_range(chunk, old, 170, &begin, &size).ok());
  CHECK(size == 70);
  for (const int64_t offset : {int64_t{-1}, INT64_MIN, INT64_MAX}) {
    chunk.data_page_offset = offset;
    chunk.dictionary_page_offset.reset();
    CHECK_FALSE(chunk_range(chunk, now, 1000, &begin, &size).ok());
  }
  chunk.total_compressed_size = INT64_MAX;
  chunk.data_page_offset = 5;
  CHECK_FALSE(chunk_range(chunk, now, 1000, &begin, &size).ok());
  chunk.total_compressed_size = 0;
  chunk.data_page_offset = -3;
  CHECK(chunk_range(chunk, now, 1000, &begin, &size).ok());
  CHECK(begin == 0);
  CHECK(size == 0);
}
