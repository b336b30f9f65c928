// A stack of 256 KB is enough for any file.
#include <doctest/doctest.h>
#include <pthread.h>

#include <functional>
#include <string>

#include "bombs.h"
#include "mutate.h"
#include "veneer/veneer.h"

namespace veneer::test {
namespace {

// Sanitizers put redzones into every frame.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStackBytes = size_t{1} << 20;
#else
constexpr size_t kStackBytes = size_t{256} << 10;
#endif

void* call(void* task) {
  (*static_cast<std::function<void()>*>(task))();
  return nullptr;
}

void on_small_stack(std::function<void()> task) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, kStackBytes) == 0);
  pthread_t thread;
  REQUIRE(pthread_create(&thread, &attributes, call, &task) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

void use(const Bytes& bytes, const OpenOptions& options) {
  auto file = File::open(memory_input(bytes), options);
  if (!file) return;
  (void)file->schema().to_text();
  BatchReader reader = file->read({.row_count = 10'000});
  Batch batch;
  while (reader.next(&batch)) {
  }
  (void)verify(*file, {}, [](const Finding&) {});
}

// A row in lists within lists, as deep as the default limits allow.
Bytes deep_lists() {
  Element element = leaf("x", PhysicalType::int32, Repetition::repeated);
  for (int i = 0; i < 200; ++i) element = group("g", Repetition::repeated, {std::move(element)});
  FileBuilder f({std::move(element)});
  f.row_group(1).chunk(0).data_v1(
      {.rep = {0, 100, 201}, .def = {201, 201, 201}, .values = plain<int32_t>({1, 2, 3})});
  return f.finish();
}

TEST_CASE("256 KB of stack: attacks, fixtures, the deepest schemas") {
  OpenOptions options;
  options.limits.held_bytes = int64_t{64} << 20;
  for (const Bomb& bomb : bombs()) {
    const Bytes bytes = bomb.make();
    on_small_stack([&] { use(bytes, options); });
  }
  for (const Fixture& fixture : fixtures_of(VENEER_TEST_DATA)) {
    on_small_stack([&] { use(fixture.bytes, options); });
  }
  const Bytes lists = deep_lists();
  on_small_stack([&] { use(lists, options); });
  options.limits.schema_depth = INT32_MAX;
  const Bytes deep = deep_schema(32'000);
  on_small_stack([&] { use(deep, options); });
}

}  // namespace
}  // namespace veneer::test
