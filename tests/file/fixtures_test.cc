// Every fixture, and whatever PARQUET_TEST_DATA names: rows are the same in small batches and in
// large ones on two threads, through files and through maps.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "model.h"

namespace veneer::test {
namespace {

void mix(uint64_t* hash, std::span<const uint8_t> bytes) {
  for (const uint8_t byte : bytes) *hash = (*hash ^ byte) * 0x100000001B3;
  *hash = (*hash ^ bytes.size()) * 0x100000001B3;
}
void mix(uint64_t* hash, uint64_t value) { *hash = (*hash ^ value) * 0x100000001B3; }

// A hash of entry i that depends on its values and shape alone.
void mix(uint64_t* hash, const Column& column, size_t i) {
  if (column.is_null(i)) return mix(hash, 0xDEAD);
  if (column.field().kind == FieldKind::leaf) {
    if (column.value_kind() == ValueKind::boolean) return mix(hash, column.bits()[i] ? 3 : 2);
    if (column.value_kind() == ValueKind::binary) {
      const std::string_view bytes = column.bytes(i);
      return mix(hash, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    }
    return mix(hash, column.raw_values().subspan(i * column.value_width(), column.value_width()));
  }
  size_t begin = i;
  size_t end = i + 1;
  if (column.field().kind != FieldKind::structure) {
    begin = static_cast<size_t>(column.offsets()[i]);
    end = static_cast<size_t>(column.offsets()[i + 1]);
    mix(hash, end - begin);
  }
  for (size_t e = begin; e < end; ++e) {
    for (size_t c = 0; c < column.num_children(); ++c) mix(hash, column.child(c), e);
  }
}

// Of all rows, and how many; the status where the read failed.
struct Sum {
  uint64_t hash = 1;
  size_t rows = 0;
  std::string status;
};

Sum sum_of(const File& file, const ReadOptions& options) {
  Sum sum;
  BatchReader reader = file.read(options);
  Batch batch;
  while (reader.next(&batch)) {
    for (size_t c = 0; c < batch.num_columns(); ++c) {
      const std::string fault = fault_of(batch.column(c));
      if (!fault.empty()) return {0, 0, fault};
    }
    for (size_t i = 0; i < batch.num_rows(); ++i) {
      for (size_t c = 0; c < batch.num_columns(); ++c) mix(&sum.hash, batch.column(c), i);
    }
    sum.rows += batch.num_rows();
  }
  sum.status = reader.status().to_string();
  return sum;
}

void check_file(const std::string& path, bool must_open) {
  INFO(path);
  auto file = File::open(path);
  if (!file) {
    CHECK_MESSAGE(!must_open, file.status().to_string());
    return;
  }
  OpenOptions mapped;
  mapped.memory_map = true;
  auto map = File::open(path, mapped);
  REQUIRE(map.ok());
  const Sum large = sum_of(*map, {.batch_rows = 65536, .threads = 2});
  ReadOptions options{.batch_rows = 3};
  if (must_open) {
    CHECK(large.status == "ok");
    CHECK(large.rows == static_cast<size_t>(file->num_rows()));
  } else if (large.status != "ok") {
    CHECK(sum_of(*file, options).status != "ok");
    return;
  } else {
    options.batch_rows = 100;  // strangers' files may be large
  }
  const Sum small = sum_of(*file, options);
  CHECK(small.status == large.status);
  CHECK(small.hash == large.hash);
  CHECK(small.rows == large.rows);
}

void check_folder(const std::filesystem::path& folder, bool must_open) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".parquet") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  CHECK(!paths.empty());
  for (const std::string& path : paths) check_file(path, must_open);
}

TEST_CASE("fixtures read the same in every way") { check_folder(VENEER_TEST_DATA, true); }

TEST_CASE("PARQUET_TEST_DATA reads the same in every way, or is refused") {
  const char* folder = std::getenv("PARQUET_TEST_DATA");
  if (folder == nullptr || *folder == '\0') return;
  check_folder(folder, false);
}

}  // namespace
}  // namespace veneer::test
