// Each file that made some reader crash, hang or take what it should not: here it takes little time
// and memory, and gives its values or says what is wrong.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>
#include <string>

#include "bombs.h"
#include "veneer/veneer.h"

namespace veneer::test {
namespace {

// Counts what is held.
class Counting final : public Allocator {
 public:
  void* allocate(size_t bytes, size_t alignment) noexcept override {
    const int64_t now = held += static_cast<int64_t>(bytes);
    if (now > peak) peak = now;
    return default_allocator()->allocate(bytes, alignment);
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    held -= static_cast<int64_t>(bytes);
    default_allocator()->deallocate(memory, bytes, alignment);
  }
  std::atomic<int64_t> held{0};
  int64_t peak = 0;
};

// The first 100,000 rows, all pages' values and verification. The first failure of the rows.
Status use(const Bytes& bytes, const OpenOptions& options) {
  auto file = File::open(memory_input(bytes), options);
  if (!file) return file.status();
  BatchReader reader = file->read({.row_count = 100'000});
  Batch batch;
  int64_t rows = 0;
  while (reader.next(&batch)) rows += static_cast<int64_t>(batch.num_rows());
  if (reader.status().ok()) CHECK(rows == reader.total_rows());
  const int32_t leaves = std::min(3, static_cast<int32_t>(file->schema().num_leaves()));
  for (int32_t leaf = 0; leaf < leaves && file->num_row_groups() > 0; ++leaf) {
    PageReader pages = file->pages(0, leaf, {.most_values = 1 << 20});
    Page page;
    while (pages.next(&page)) {
    }
  }
  (void)verify(*file, {}, [](const Finding& finding) { CHECK(!finding.message.empty()); });
  return reader.status();
}

// What is not linear in the file takes hours here, and ends by the test's timeout.
TEST_CASE("every attack: values or a refusal, and no more than the budget") {
  for (const Bomb& bomb : bombs()) {
    INFO(std::string(bomb.name));
    const Bytes bytes = bomb.make();
    Counting allocator;
    OpenOptions options;
    options.allocator = &allocator;
    options.limits.held_bytes = int64_t{64} << 20;
    const Status status = use(bytes, options);
    INFO(status.to_string());
    // What is large and right may be too much for this budget, and for nothing else.
    const bool too_large = status.message().find("held_bytes") != std::string::npos;
    CHECK((status.ok() || (bomb.legitimate && too_large)) == bomb.legitimate);
    if (!status.ok()) CHECK(status.message() != "");
    CHECK(allocator.held == 0);
    CHECK(allocator.peak <= options.limits.held_bytes);
  }
}

TEST_CASE("every attack under the default limits") {
  for (const Bomb& bomb : bombs()) {
    INFO(std::string(bomb.name));
    Counting allocator;
    OpenOptions options;
    options.allocator = &allocator;
    auto file = File::open(memory_input(bomb.make()), options);
    // What a footer claims takes no memory that the footer's bytes do not bear out.
    if (!file) CHECK(allocator.peak < (int64_t{64} << 20));
  }
}

}  // namespace
}  // namespace veneer::test
