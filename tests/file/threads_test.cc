// What may be shared between threads is: one file, its schema, its metadata; each reader has one
// thread at a time, and may have workers of its own. ThreadSanitizer looks on.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model.h"

namespace veneer::test {
namespace {

constexpr Repetition kOptional = Repetition::optional;

Bytes make(Rows* expected) {
  FileBuilder f({leaf("n", PhysicalType::int64), leaf("s", PhysicalType::byte_array, kOptional),
                 list_of("l", leaf("element", PhysicalType::int32))});
  for (int group = 0; group < 3; ++group) {
    constexpr int kRows = 300;
    RowGroupBuilder& g = f.row_group(kRows);
    std::vector<int64_t> numbers;
    std::vector<uint64_t> indices;
    Levels def, rep, list_def;
    std::vector<int32_t> elements;
    for (int i = 0; i < kRows; ++i) {
      numbers.push_back(group * 1000 + i);
      def.push_back(i % 5 != 0 ? 1 : 0);
      if (i % 5 != 0) indices.push_back(static_cast<uint64_t>(i) % 2);
      Value list = Value::list({});
      for (int e = 0; e < i % 3; ++e) {
        rep.push_back(e == 0 ? 0 : 1);
        list_def.push_back(2);
        elements.push_back(i + e);
        list.items.push_back(i32(i + e));
      }
      if (i % 3 == 0) {
        rep.push_back(0);
        list_def.push_back(1);
      }
      expected->push_back(Value::record(
          {i64(numbers.back()),
           i % 5 == 0 ? Value::null() : text(i % 2 == 0 ? "even" : "odd, and longer than inline"),
           std::move(list)}));
    }
    g.chunk(0)
        .codec(Codec::snappy)
        .data_v1(
            {.encoding = Encoding::delta_binary_packed, .values = delta_binary_packed(numbers)});
    g.chunk(1)
        .codec(Codec::snappy)
        .dictionary(plain_byte_array({"even", "odd, and longer than inline"}), 2)
        .data_v2({.def = def,
                  .encoding = Encoding::rle_dictionary,
                  .values = dictionary_indices(indices, 1)});
    g.chunk(2).data_v1({.num_values = static_cast<int32_t>(rep.size()),
                        .rep = rep,
                        .def = list_def,
                        .values = plain(elements)});
  }
  return f.finish();
}

TEST_CASE("readers of one file in parallel, each with workers of its own") {
  Rows expected;
  const Bytes bytes = make(&expected);
  const File file = open_bytes(bytes);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        const ReadResult read = read_rows(file, {.batch_rows = 37 + t, .threads = 1 + t});
        if (read.status.ok() && read.fault.empty() && read.rows == expected) ++right;
        for (int32_t leaf = 0; leaf < 3; ++leaf) {
          if (read_pages(file, round % 3, leaf).status.ok()) ++right;
          if (file.column_chunk(round % 3, leaf).ok()) ++right;
        }
        if (file.schema().find("l.element") != nullptr) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 4 * 5 * 8);
}

TEST_CASE("a batch that one thread filled is read by many") {
  Rows expected;
  const Bytes bytes = make(&expected);
  const File file = open_bytes(bytes);
  BatchReader reader = file.read({.threads = 2});
  Batch batch;
  REQUIRE(reader.next(&batch));
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < batch.num_rows(); ++i) {
        if (value_of(batch.column(1), i) == expected[i].items[1]) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 900);
}

TEST_CASE("cancelled by another thread") {
  Rows expected;
  const Bytes bytes = make(&expected);
  const File file = open_bytes(bytes);
  std::atomic<bool> cancel{false};
  std::atomic<int> batches{0};
  ReadOptions options{.batch_rows = 1, .threads = 2};
  options.cancel = &cancel;
  options.progress = [&](const Progress&) { ++batches; };
  std::thread other([&] {
    while (batches == 0) std::this_thread::yield();
    cancel = true;
  });
  const ReadResult read = read_rows(file, options);
  other.join();
  CHECK((read.status.ok() || read.status.code() == StatusCode::cancelled));
  CHECK(read.rows ==
        Rows(expected.begin(), expected.begin() + static_cast<ptrdiff_t>(read.rows.size())));
}

// Three columns of which one takes almost all of the time, so that stretches of rows are read in
// parallel: pages of 40 rows, but of 100 in the first column. Corrupt in page `corrupt` of the
// long one.
Bytes make_long(int groups, int corrupt, Rows* expected) {
  FileBuilder f({leaf("n", PhysicalType::int64), leaf("s", PhysicalType::byte_array, kOptional),
                 leaf("b", PhysicalType::boolean)});
  constexpr int kRows = 1000;
  for (int group = 0; group < groups; ++group) {
    RowGroupBuilder& g = f.row_group(kRows);
    ChunkBuilder& first = g.chunk(0);
    ChunkBuilder& second = g.chunk(1).codec(Codec::snappy);
    std::vector<int64_t> numbers;
    std::vector<bool> odd;
    Levels def;
    std::vector<std::string> texts;
    for (int i = 0; i < kRows; ++i) {
      numbers.push_back(group * kRows + i);
      odd.push_back(i % 2 != 0);
      def.push_back(i % 7 != 0 ? 1 : 0);
      if (i % 7 != 0) texts.push_back(std::string(100, 'x') + std::to_string(numbers.back()));
      expected->push_back(
          Value::record({i64(numbers.back()), i % 7 != 0 ? text(texts.back()) : Value::null(),
                         Value::of(static_cast<uint8_t>(i % 2))}));
      if ((i + 1) % 100 == 0) {
        first.data_v1({.num_values = 100, .values = plain(std::exchange(numbers, {}))});
      }
      if ((i + 1) % 40 != 0) continue;
      DataPage page{.def = std::exchange(def, {}), .values = plain_byte_array(texts)};
      texts.clear();
      page.crc = true;
      if (group * kRows / 40 + i / 40 == corrupt) {
        page.edit = [](Thrift& header) { header.set(4, Thrift::i32(1)); };
      }
      i / 40 % 2 == 0 ? second.data_v1(std::move(page)) : second.data_v2(std::move(page));
    }
    g.chunk(2).data_v1({.values = plain_boolean(odd)});
  }
  return f.finish();
}

TEST_CASE("batches read ahead are those of one thread") {
  Rows expected;
  const Bytes bytes = make_long(3, -1, &expected);
  const File file = open_bytes(bytes);
  for (const int32_t batch_rows : {1, 33, 40, 250, 5000}) {
    for (const int32_t threads : {1, 2, 3, 8}) {
      for (const int64_t first : {0, 55, 1990}) {
        INFO(batch_rows << " rows, " << threads << " threads, from " << first);
        const ReadOptions options{
            .first_row = first, .row_count = 951, .batch_rows = batch_rows, .threads = threads};
        const ReadResult read = read_rows(file, options);
        CHECK_MESSAGE(read.status.ok(), read.status.to_string());
        CHECK(read.fault == "");
        CHECK(read.rows == Rows(expected.begin() + first, expected.begin() + first + 951));
      }
    }
  }
}

TEST_CASE("a failure comes at its batch, however far others have read") {
  for (const int corrupt : {0, 1, 24, 25, 40, 74}) {
    Rows expected;
    const Bytes bytes = make_long(3, corrupt, &expected);
    const File file = open_bytes(bytes);
    const ReadResult one = read_rows(file, {.batch_rows = 20});
    CHECK(one.status.code() == StatusCode::corrupt);
    for (const int32_t threads : {2, 5}) {
      const ReadResult read = read_rows(file, {.batch_rows = 20, .threads = threads});
      INFO(corrupt << ", " << threads << " threads");
      CHECK(read.status.to_string() == one.status.to_string());
      CHECK(read.rows == one.rows);
    }
  }
}

TEST_CASE("rows that a filter finds while others are decoded are those of one thread") {
  Rows expected;
  const Bytes bytes = make_long(3, -1, &expected);
  const File file = open_bytes(bytes);
  for (const char* where : {"b = true", "n >= 700 and n < 2300 and b = false",
                            "n in (3, 1500, 2999)", "s is null", "n < 0", "n >= 0"}) {
    const auto filter = Filter::parse(where);
    REQUIRE(filter.ok());
    for (const int32_t batch_rows : {7, 40, 5000}) {
      ReadOptions options{.batch_rows = batch_rows};
      options.filter = *filter;
      for (const int64_t offset : {0, 150}) {
        options.offset = offset;
        options.limit = offset == 0 ? -1 : 333;
        options.threads = 1;
        const ReadResult one = read_rows(file, options);
        CHECK_MESSAGE(one.status.ok(), one.status.to_string());
        for (const int32_t threads : {2, 3, 8}) {
          INFO(where << ", " << batch_rows << " rows, " << threads << " threads, from " << offset);
          options.threads = threads;
          const ReadResult read = read_rows(file, options);
          CHECK_MESSAGE(read.status.ok(), read.status.to_string());
          CHECK(read.fault == "");
          CHECK(read.rows == one.rows);
        }
      }
    }
  }
}

TEST_CASE("a failure behind a filter comes at its batch too") {
  for (const int corrupt : {0, 1, 24, 25, 40, 74}) {
    Rows expected;
    const Bytes bytes = make_long(3, corrupt, &expected);
    const File file = open_bytes(bytes);
    for (const char* where : {"b = true", "s is not null"}) {  // decoded; and in the filter itself
      ReadOptions options{.batch_rows = 20};
      options.filter = *Filter::parse(where);
      const ReadResult one = read_rows(file, options);
      CHECK(one.status.code() == StatusCode::corrupt);
      for (const int32_t threads : {2, 5}) {
        INFO(corrupt << ", " << threads << " threads, " << where);
        options.threads = threads;
        const ReadResult read = read_rows(file, options);
        CHECK(read.status.to_string() == one.status.to_string());
        CHECK(read.rows == one.rows);
      }
    }
  }
}

TEST_CASE("threads over 2^63 - 1 rows that a file only claims") {
  FileBuilder f({leaf("x", PhysicalType::int32)});
  const auto values = [](Thrift& metadata) { metadata.set(5, Thrift::i64(INT64_MAX)); };
  f.row_group(INT64_MAX)
      .chunk(0)
      .data_v1({.num_values = 3, .values = plain<int32_t>({1, 2, 3})})
      .edit_metadata(values);
  const Bytes bytes = f.finish();
  const ReadResult one = read_rows(bytes, {.batch_rows = 2});
  CHECK(one.status.code() == StatusCode::corrupt);
  const ReadResult read = read_rows(bytes, {.batch_rows = 2, .threads = 3});
  CHECK(read.status.to_string() == one.status.to_string());
  // Threads cut batches at pages, and so come to the last row that is there.
  CHECK(one.rows == Rows{Value::record({i32(1)}), Value::record({i32(2)})});
  CHECK(read.rows ==
        Rows{Value::record({i32(1)}), Value::record({i32(2)}), Value::record({i32(3)})});
}

TEST_CASE("a reader is given up while its threads read ahead") {
  Rows expected;
  const Bytes bytes = make_long(2, -1, &expected);
  std::vector<Batch> kept(8);
  {
    const File file = open_bytes(bytes);
    for (size_t batches = 0; batches < 8; ++batches) {
      BatchReader reader = file.read({.batch_rows = 30, .threads = 3});
      for (size_t i = 0; i <= batches; ++i) REQUIRE(reader.next(&kept[batches]));
    }
  }
  // Batches outlive reader and file.
  for (Batch& batch : kept) {
    const auto row = static_cast<size_t>(batch.first_row());
    CHECK(value_of(batch.column(1), 1) == expected[row + 1].items[1]);
  }
}

TEST_CASE("a batch takes a reader's memory along to the next file, and works for any reader") {
  Rows expected, others;
  const Bytes bytes = make_long(1, -1, &expected);
  const Bytes other = make(&others);
  Batch batch, second;
  for (int round = 0; round < 4; ++round) {
    const File file = open_bytes(round % 2 == 0 ? bytes : other);
    BatchReader reader = file.read({.batch_rows = 100, .threads = 1 + round});
    const Rows& rows = round % 2 == 0 ? expected : others;
    size_t at = 0;
    for (bool more = true; more;) {
      more = reader.next(&batch);
      for (size_t i = 0; i < batch.num_rows(); ++i) {
        CHECK(value_of(batch.column(1), i) == rows[at++].items[1]);
      }
      std::swap(batch, second);
    }
    CHECK(reader.status().ok());
    CHECK(at == rows.size());
  }
}

TEST_CASE("reading ahead leaves the limit to the next batch") {
  Rows expected;
  const Bytes bytes = make_long(2, -1, &expected);
  OpenOptions open;
  for (open.limits.held_bytes = 400'000;; open.limits.held_bytes += 20'000) {
    const File file = open_bytes(bytes, open);
    if (!read_rows(file, {.batch_rows = 100}).status.ok()) continue;
    open.limits.held_bytes *= 4;  // lanes have readers of their own
    const ReadResult read = read_rows(open_bytes(bytes, open), {.batch_rows = 100, .threads = 2});
    CHECK_MESSAGE(read.status.ok(), read.status.to_string());
    break;
  }
}

TEST_CASE("a resolver is asked once for each file, whoever asks first") {
  Rows expected;
  const Bytes bytes = make(&expected);
  FileBuilder f({leaf("x", PhysicalType::int32), leaf("y", PhysicalType::int32)});
  RowGroupBuilder& g = f.row_group(1);
  for (size_t i = 0; i < 2; ++i) {
    g.chunk(i).data_v1({.values = plain<int32_t>({5})}).edit_chunk([](Thrift& c) {
      c.set(1, Thrift::binary("other"));
    });
  }
  const Bytes summary = f.finish();
  std::atomic<int> opened{0};
  OpenOptions open;
  open.resolver = [&](std::string_view) -> Result<std::shared_ptr<Input>> {
    ++opened;
    return memory_input(summary);
  };
  const File file = open_bytes(summary, open);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const ReadResult read = read_rows(file, {.threads = 2});
      if (read.status.ok() && read.rows == Rows{Value::record({i32(5), i32(5)})}) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 4);
  CHECK(opened == 1);
}

}  // namespace
}  // namespace veneer::test
