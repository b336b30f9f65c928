#include "base/memory.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <vector>

using namespace veneer;

namespace {

class FailingAllocator final : public Allocator {
 public:
  void* allocate(size_t, size_t) noexcept override { return nullptr; }
  void deallocate(void*, size_t, size_t) noexcept override {}
};

}  // namespace

TEST_CASE("buffers keep their bytes, and give all memory back") {
  MemoryPool pool(default_allocator(), 1 << 20);
  {
    Buffer buffer(&pool);
    REQUIRE(buffer.append("abc", 3).ok());
    REQUIRE(buffer.resize(5000).ok());
    CHECK(std::memcmp(buffer.data(), "abc", 3) == 0);
    CHECK(pool.held_bytes() >= 5000);
    Buffer moved = std::move(buffer);
    CHECK(moved.size() == 5000);
  }
  CHECK(pool.held_bytes() == 0);
  CHECK(pool.peak_bytes() >= 5000);
}

TEST_CASE(
    "a buffer's memory goes over to another pool, with its charge, unless that pool is small") {
  MemoryPool first(default_allocator(), 1 << 20), second(default_allocator(), 1 << 20);
  MemoryPool small(default_allocator(), 20'000);
  FailingAllocator none;
  MemoryPool foreign(&none, 1 << 20);
  for (MemoryPool* pool : {&second, &small, &foreign}) {
    Buffer from(&first), to(pool);
    REQUIRE(from.resize(10'000).ok());
    const int64_t charged = first.held_bytes();
    to.take_memory(&from);
    const bool goes = pool == &second;
    CHECK(first.held_bytes() == 0);
    CHECK(pool->held_bytes() == (goes ? charged : 0));
    CHECK(to.size() == 0);
    CHECK(to.capacity() == (goes ? 10'000 : 0));
    CHECK(from.data() == nullptr);
  }
  CHECK(second.held_bytes() == 0);
}

TEST_CASE("the limit is met before memory is taken") {
  MemoryPool pool(default_allocator(), 1000);
  Buffer buffer(&pool);
  Status status = buffer.resize(100'000);
  CHECK(status.code() == StatusCode::over_limit);
  CHECK(status.message().find("held_bytes") != std::string_view::npos);
  CHECK(pool.held_bytes() == 0);
  CHECK(buffer.resize(500).ok());
}

TEST_CASE("an allocator that has nothing gives a status") {
  FailingAllocator none;
  MemoryPool pool(&none, 1 << 20);
  Buffer buffer(&pool);
  CHECK(buffer.resize(10).code() == StatusCode::out_of_memory);
  Arena arena(&pool);
  CHECK(arena.make<int>(3).status().code() == StatusCode::out_of_memory);
  CHECK(pool.held_bytes() == 0);
}

TEST_CASE("arena arrays are zeroed and do not move") {
  MemoryPool pool(default_allocator(), 1 << 24);
  {
    Arena arena(&pool);
    auto first = arena.make<int64_t>(10);
    REQUIRE(first.ok());
    int64_t* where = first->data();
    for (int i = 0; i < 100; ++i) REQUIRE(arena.make<int64_t>(5000).ok());
    CHECK(first->data() == where);
    CHECK((*first)[9] == 0);
    CHECK(arena.make<int64_t>(SIZE_MAX / 4).status().code() == StatusCode::over_limit);
  }
  CHECK(pool.held_bytes() == 0);
}

TEST_CASE("blocks that were let go are handed out again, each to one at a time") {
  struct Held {
    unsigned char* bytes;
    size_t size;
  };
  const std::unique_ptr<Allocator> heap = keeping_allocator();
  std::vector<Held> held;
  uint32_t random = 1;
  for (int step = 0; step < 4000; ++step) {
    random = random * 1664525 + 1013904223;
    if (held.size() < 40 && (random >> 16) % 5 < 3) {
      const size_t size = (random >> 8) % 23 == 0 ? size_t{5} << 20 : 1 + (random >> 8) % 300'000;
      auto* bytes = static_cast<unsigned char*>(heap->allocate(size, 64));
      REQUIRE(bytes != nullptr);
      CHECK(reinterpret_cast<uintptr_t>(bytes) % 64 == 0);
      // Who else held the block would overwrite its ends.
      std::memset(bytes, 0xAB, std::min<size_t>(size, 16));
      bytes[size - 1] = static_cast<unsigned char>(size);
      held.push_back({bytes, size});
    } else if (!held.empty()) {
      std::swap(held[(random >> 8) % held.size()], held.back());
      const Held& last = held.back();
      CHECK(last.bytes[last.size - 1] == static_cast<unsigned char>(last.size));
      if (last.size > 1) CHECK(last.bytes[0] == 0xAB);
      heap->deallocate(last.bytes, last.size, 64);
      held.pop_back();
    }
  }
  for (const Held& last : held) heap->deallocate(last.bytes, last.size, 64);

  void* block = heap->allocate(100'000, 64);
  heap->deallocate(block, 100'000, 64);
  CHECK(heap->allocate(99'000, 64) == block);
  heap->deallocate(block, 99'000, 64);
}

TEST_CASE("a shared buffer lives as long as its last copy") {
  MemoryPool pool(default_allocator(), 1 << 20);
  {
    Buffer buffer(&pool);
    REQUIRE(buffer.resize(100).ok());
    auto shared = SharedBuffer::make(std::move(buffer));
    REQUIRE(shared.ok());
    CHECK(shared->unique());
    {
      SharedBuffer copy = *shared;
      CHECK_FALSE(shared->unique());
      CHECK(copy->size() == 100);
    }
    CHECK(shared->unique());
  }
  CHECK(pool.held_bytes() == 0);
}
