// Files that were cut or changed at random: a refusal or rows, never a crash (the sanitizers look
// on), and the same whatever the batch size.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "dremel.h"

namespace veneer::test {
namespace {

Bytes read_file(const std::filesystem::path& path) {
  Bytes bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  uint8_t block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof(block), file)) > 0;) {
    bytes.insert(bytes.end(), block, block + n);
  }
  std::fclose(file);
  return bytes;
}

// Reads all that can be read, within small bounds. Returns a hash of the rows.
uint64_t survive(const Bytes& bytes, int32_t batch_rows, Status* status) {
  // A copy of just that size: the sanitizer sees a read past its end.
  const Bytes copy(bytes);
  OpenOptions open;
  open.limits.page_bytes = 1 << 20;
  open.limits.held_bytes = 16 << 20;
  auto file = File::open(memory_input(copy), open);
  if (!file) {
    *status = file.status();
    CHECK(!status->message().empty());
    return 0;
  }
  uint64_t hash = 1;
  ReadOptions options{.row_count = 2000, .batch_rows = batch_rows};
  const ReadResult read = read_rows(*file, options);
  CHECK_MESSAGE(read.fault == "", read.fault);
  for (const Value& row : read.rows) {
    for (const char c : to_string(row)) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  }
  *status = read.status;
  if (!status->ok()) CHECK(!status->message().empty());
  return hash;
}

void pages_survive(const Bytes& bytes) {
  const Bytes copy(bytes);
  OpenOptions open;
  open.limits.page_bytes = 1 << 20;
  open.limits.held_bytes = 16 << 20;
  auto file = File::open(memory_input(copy), open);
  if (!file) return;
  const auto leaves = std::min<int32_t>(4, static_cast<int32_t>(file->schema().num_leaves()));
  for (int32_t group = 0; group < std::min(2, file->num_row_groups()); ++group) {
    for (int32_t leaf = 0; leaf < leaves; ++leaf) {
      const PageResult read = read_pages(*file, group, leaf, {.most_values = 100'000});
      CHECK_MESSAGE(read.fault == "", read.fault);
    }
  }
}

// A file with a bit of everything, small.
Bytes small_file(uint32_t seed) {
  RandomNested random(seed);
  std::vector<Node> nodes = {random.field("a", 0), random.field("b", 3), random.field("c", 4)};
  std::vector<Element> elements;
  for (const Node& node : nodes) elements.push_back(element_of(node));
  FileBuilder f(std::move(elements));
  Rows rows;
  for (int i = 0; i < 12; ++i) {
    Value row = Value::record({});
    for (const Node& node : nodes) row.items.push_back(random.value(node));
    rows.push_back(std::move(row));
  }
  add_chunks(f.row_group(12), f.leaves(), nodes, rows, &random);
  return f.finish();
}

TEST_CASE("cut at every byte, from either end") {
  const Bytes whole = small_file(5);
  for (size_t size = 0; size < whole.size(); ++size) {
    Status status;
    survive(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)), 100, &status);
    CHECK(!status.ok());
    survive(Bytes(whole.end() - static_cast<ptrdiff_t>(size), whole.end()), 100, &status);
    CHECK(!status.ok());
  }
}

TEST_CASE("a footer over chunks that were cut") {
  // The tail stays whole; bytes are taken out of the pages, so that all offsets lie.
  const Bytes whole = small_file(6);
  const Rows rows = read_rows(whole).rows;
  for (size_t at = 4; at < whole.size() - 12; at += 3) {
    Bytes cut(whole);
    cut.erase(cut.begin() + static_cast<ptrdiff_t>(at));
    Status status;
    survive(cut, 7, &status);
    pages_survive(cut);
  }
}

// What one seed does to a file: some bytes changed, set to extremes, swapped or doubled.
Bytes mutant(const Bytes& whole, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes out(whole);
  const uint32_t changes = 1 + random() % 4;
  for (uint32_t i = 0; i < changes; ++i) {
    // Half of the changes go to the footer and what stands before it.
    const size_t from = random() % 2 == 0 && out.size() > 600 ? out.size() - 600 : 0;
    const size_t at = from + random() % (out.size() - from);
    switch (random() % 5) {
      case 0: out[at] = static_cast<uint8_t>(random()); break;
      case 1: out[at] = static_cast<uint8_t>(out[at] ^ 1u << random() % 8); break;
      case 2: out[at] = random() % 2 == 0 ? 0xFF : 0; break;
      case 3: std::swap(out[at], out[random() % out.size()]); break;
      default: out[at] = static_cast<uint8_t>(out[at] + 1 - random() % 3); break;
    }
  }
  return out;
}

void check_mutants(const Bytes& whole, uint32_t count, uint32_t seed) {
  for (uint32_t i = 0; i < count; ++i) {
    const Bytes bytes = mutant(whole, seed + i);
    INFO("mutant ", seed + i);
    Status small, large;
    const uint64_t few = survive(bytes, 3, &small);
    const uint64_t many = survive(bytes, 1 << 16, &large);
    CHECK(small.ok() == large.ok());
    if (small.ok()) CHECK(few == many);
    pages_survive(bytes);
  }
}

TEST_CASE("mutants of files made by hand") {
  for (uint32_t seed = 1; seed <= 12; ++seed) check_mutants(small_file(seed), 120, seed * 1000);
}

TEST_CASE("mutants of fixtures") {
  uint32_t seed = 1'000'000;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(VENEER_TEST_DATA)) {
    if (entry.path().extension() != ".parquet" || entry.file_size() > 12'000) continue;
    INFO(entry.path().filename().string());
    check_mutants(read_file(entry.path()), 20, seed += 1000);
    ++files;
  }
  CHECK(files > 20);
}

}  // namespace
}  // namespace veneer::test
