// Every allocation of a set of reads fails once: each failure is said, nothing leaks, and what was
// open can be used on.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "mutate.h"
#include "veneer/veneer.h"

namespace veneer::test {
namespace {

// Fails one allocation.
class Failing final : public Allocator {
 public:
  void* allocate(size_t bytes, size_t alignment) noexcept override {
    if (calls++ == which) return nullptr;
    ++held;
    return default_allocator()->allocate(bytes, alignment);
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    --held;
    default_allocator()->deallocate(memory, bytes, alignment);
  }
  int64_t calls = 0;
  int64_t which = -1;
  int64_t held = 0;
};

bool is_memory(const Status& status) {
  return status.code() == StatusCode::out_of_memory || status.code() == StatusCode::over_limit;
}

int64_t rows_of(const File& file, bool dictionary, Status* status) {
  ReadOptions options{.batch_rows = 50};
  for (uint32_t i = 0; dictionary && i < file.schema().num_leaves(); ++i) {
    options.dictionary_columns.push_back(file.schema().leaf_path(i));
  }
  BatchReader reader = file.read(std::move(options));
  Batch batch;
  int64_t rows = 0;
  while (reader.next(&batch)) rows += static_cast<int64_t>(batch.num_rows());
  *status = reader.status();
  return rows;
}

// Batches, with dictionaries and without, pages, verification: false where one of them failed.
bool use(const File& file, int64_t rows) {
  bool good = true;
  const auto check = [&good](const Status& status) {
    if (status.ok()) return;
    good = false;
    CHECK_MESSAGE(is_memory(status), status.to_string());
  };
  for (const bool dictionary : {false, true}) {
    Status status;
    const int64_t read = rows_of(file, dictionary, &status);
    check(status);
    CHECK((read == rows || !status.ok()));
  }
  for (uint32_t leaf = 0; leaf < file.schema().num_leaves(); ++leaf) {
    PageReader pages = file.pages(0, static_cast<int32_t>(leaf));
    Page page;
    while (pages.next(&page)) {
    }
    check(pages.status());
  }
  check(verify(file, {}, [&](const Finding& finding) {
    good = false;
    CHECK_MESSAGE(
        (finding.code == StatusCode::out_of_memory || finding.code == StatusCode::over_limit),
        finding.to_string());
  }));
  return good;
}

TEST_CASE("every allocation may fail, in every way to read") {
  static constexpr const char* kFiles[] = {
      "duckdb_v2.parquet",        "fastparquet_codec_lz4.parquet",
      "polars_types.parquet",     "pyarrow_codec_brotli_v1.parquet",
      "pyarrow_bloom.parquet",    "pyarrow_codec_gzip_v2.parquet",
      "pyarrow_nested.parquet",   "pyarrow_codec_zstd_v2.parquet",
      "pyarrow_decimals.parquet", "pyarrow_delta_byte_array_v1.parquet",
      "pyarrow_int96.parquet",    "pyarrow_dictionary_fallback_v1.parquet",
  };
  size_t seen = 0;
  for (const Fixture& fixture : fixtures_of(VENEER_TEST_DATA)) {
    if (std::find(std::begin(kFiles), std::end(kFiles), fixture.name) == std::end(kFiles)) continue;
    INFO(fixture.name);
    ++seen;
    // Its Snappy pages are decompressed ahead where there is memory, and else one by one.
    const bool ahead = fixture.name == "pyarrow_dictionary_fallback_v1.parquet";
    for (int64_t which = 0;; ++which) {
      Failing allocator;
      allocator.which = which;
      OpenOptions options;
      options.allocator = &allocator;
      options.tail_bytes = 1024;
      {
        auto file = File::open(memory_input(fixture.bytes), options);
        if (!file) {
          CHECK(file.status().code() == StatusCode::out_of_memory);
        } else {
          const int64_t rows = file->num_rows();
          const bool good = use(*file, rows);
          if (allocator.calls <= which) {
            CHECK(good);
            CHECK(which > 50);
            which = -2;
          } else {
            CHECK((!good || ahead));
            Status status;  // the same file, used on
            CHECK(rows_of(*file, false, &status) == rows);
            CHECK(status.ok());
          }
        }
      }
      CHECK(allocator.held == 0);
      if (which == -2) break;
    }
  }
  CHECK(seen == std::size(kFiles));
}

}  // namespace
}  // namespace veneer::test
