// Once a read has got going it takes no memory, neither from the file's allocator nor from the
// heap: every operator new of this program is counted.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "model.h"

namespace {

std::atomic<int64_t> allocations{0};

void* counted(size_t bytes, size_t alignment) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void* checked(void* memory) {
  if (memory == nullptr) std::abort();
  return memory;
}

constexpr size_t kAligned = alignof(std::max_align_t);

}  // namespace

void* operator new(size_t n) { return checked(counted(n, kAligned)); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return counted(n, kAligned); }
void* operator new(size_t n, std::align_val_t a) { return checked(counted(n, size_t(a))); }
void* operator new(size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return counted(n, size_t(a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { std::free(p); }

namespace veneer::test {
namespace {

constexpr size_t kPages = 24;
constexpr size_t kPageRows = 50;
constexpr int32_t kBatchRows = 75;  // batches begin within pages, and end there

struct Shape {
  PhysicalType type;
  Encoding encoding;
  bool v2;
  Codec codec;
  bool decimal = false;
  bool nested = false;
};

std::string name_of(const Shape& s) {
  std::string name(to_string(s.type));
  name += " ";
  name += to_string(s.encoding);
  name += s.v2 ? " V2 " : " V1 ";
  name += to_string(s.codec);
  return name + (s.decimal ? " decimal" : "") + (s.nested ? " in lists" : "");
}

// One row group of optional values, every fifth of them null; or of lists of three, one empty.
Bytes file_of(const Shape& s) {
  const size_t width = 5;
  const size_t each = s.nested ? 3 : 1;
  Element values = leaf("x", s.type, Repetition::optional).length(static_cast<int32_t>(width));
  if (s.decimal) values = std::move(values).decimal(10, 2);
  FileBuilder f({s.nested ? list_of("l", values) : values});
  ChunkBuilder& chunk = f.row_group(kPages * kPageRows).chunk(0);
  if (s.codec != Codec::uncompressed) chunk.codec(s.codec);
  std::vector<std::string> all = some_values(s.type, kPageRows * each, 7, width);
  if (s.decimal) {
    for (std::string& value : all) value.resize(width);
  }
  const std::vector<std::string> dictionary = distinct(all);
  if (s.encoding == Encoding::rle_dictionary || s.encoding == Encoding::plain_dictionary) {
    chunk.dictionary(encode(s.type, Encoding::plain, dictionary),
                     static_cast<int32_t>(dictionary.size()));
  }
  for (size_t p = 0; p < kPages; ++p) {
    DataPage page;
    std::vector<std::string> present;
    for (size_t row = 0; row < kPageRows; ++row) {
      if (s.nested && row % 7 == 0) {
        page.rep.push_back(0);
        page.def.push_back(1);
        continue;
      }
      for (size_t i = 0; i < each; ++i) {
        const bool null = (row + i) % 5 == 0;
        const uint64_t most = s.nested ? 3 : 1;
        page.def.push_back(null ? most - 1 : most);
        if (s.nested) page.rep.push_back(i == 0 ? 0 : 1);
        if (!null) present.push_back(all[row * each + i]);
      }
    }
    page.encoding = s.encoding;
    page.crc = true;
    page.values = encode(s.type, s.encoding, present, dictionary);
    s.v2 ? chunk.data_v2(std::move(page)) : chunk.data_v1(std::move(page));
  }
  return f.finish();
}

void check(const Shape& s, const ReadOptions& options = {}) {
  INFO(name_of(s));
  if (!codec_built(s.codec)) return;
  const Bytes bytes = file_of(s);
  const File file = open_bytes(bytes);
  ReadOptions with = options;
  with.batch_rows = kBatchRows;
  BatchReader reader = file.read(std::move(with));
  Batch batch;
  size_t batches = 0;
  int64_t before = 0;
  int64_t late = 0;
  while (true) {
    before = allocations.load();
    const bool more = reader.next(&batch);
    // Buffers have grown to what the pages and batches of this file need after two of each kind.
    if (batches >= 6) late += allocations.load() - before;
    if (!more) break;
    ++batches;
  }
  CHECK_MESSAGE(reader.status().ok(), reader.status().to_string());
  CHECK(batches == kPages * kPageRows / kBatchRows);
  CHECK(late == 0);
}

TEST_CASE("no encoding takes memory in the steady state") {
  for (const PhysicalType type : kTypes) {
    for (const Encoding encoding : encodings_of(type)) {
      for (const bool v2 : {false, true}) {
        for (const bool nested : {false, true}) {
          for (const Codec codec : {Codec::uncompressed, Codec::snappy}) {
            const Shape shape{type, encoding, v2, codec, false, nested};
            check(shape);
            check(shape, {.dictionary_columns = {nested ? "l" : "x"}});
          }
        }
      }
    }
  }
}

TEST_CASE("no codec takes memory in the steady state") {
  for (const Codec codec : kCodecs) {
    // Its library cannot reset a state, so that each page makes one.
    if (codec == Codec::brotli) continue;
    check({PhysicalType::byte_array, Encoding::plain, true, codec});
    check({PhysicalType::int64, Encoding::plain, false, codec});
  }
}

TEST_CASE("decimals of bytes take no memory in the steady state") {
  for (const PhysicalType type : {PhysicalType::byte_array, PhysicalType::fixed_len_byte_array}) {
    for (const Encoding encoding : encodings_of(type)) {
      check({type, encoding, false, Codec::snappy, true});
    }
  }
}

}  // namespace
}  // namespace veneer::test
