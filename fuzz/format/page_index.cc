// Offset indexes and column indexes of leaves of every type: any bytes. The first byte is the leaf.
#include "format/page_index.h"

#include "fuzz/support/schema_bytes.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void offsets(std::span<const uint8_t> bytes, MemoryPool* pool) {
  auto index = format::parse_offset_index(buffer_of(bytes, pool), 100);
  if (!index) return;
  int64_t row = 0;
  for (const PageLocation& page : index->page_locations) {
    require(page.offset >= 0 && page.compressed_page_size >= 0, "places are not negative");
    require(page.first_row_index >= row, "first rows do not descend");
    row = page.first_row_index;
  }
  const size_t sizes = index->unencoded_byte_array_data_bytes.size();
  require(sizes == 0 || sizes == index->page_locations.size(), "one a page");
}

void bounds(std::span<const uint8_t> bytes, const Leaf& leaf, const WriterVersion& writer,
            MemoryPool* pool) {
  auto index = format::parse_column_index(buffer_of(bytes, pool), 100, leaf);
  if (!index) return;
  const size_t pages = index->null_pages.size();
  const auto one_a_page = [&](size_t n, size_t each) {
    require(n == 0 || n == pages * each, "lists have one length");
  };
  require(index->min_values.size() == pages && index->max_values.size() == pages,
          "bounds have one a page");
  one_a_page(index->null_counts.size(), 1);
  one_a_page(index->nan_counts.size(), 1);
  one_a_page(index->repetition_level_histograms.size(), leaf.max_repetition_level + size_t{1});
  one_a_page(index->definition_level_histograms.size(), leaf.max_definition_level + size_t{1});
  for (size_t i = 0; i < pages; ++i) {
    if (index->null_pages[i]) continue;
    const Bounds found = effective_bounds(index->min_values[i], index->max_values[i], leaf, writer);
    if (found.min && found.max) {
      require(compare(leaf, *found.min, *found.max) <= 0, "bounds are in order");
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  MemoryPool pool(default_allocator(), int64_t{64} << 20);
  {
    const FileMetadata metadata = sample_metadata(&pool);
    const std::span<const uint8_t> bytes(data + 1, size - 1);
    offsets(bytes, &pool);
    bounds(bytes, metadata.schema().leaf(data[0] % 8u), metadata.writer(), &pool);
  }
  require(pool.held_bytes() == 0, "all memory is given back");
  return 0;
}
