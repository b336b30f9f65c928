// Page headers and bloom filter headers, which stand before what they describe and do not say how
// long they are: any bytes, and every front part of them.
#include "format/page_header.h"

#include "format/bloom_header.h"
#include "fuzz/support/feed.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void page(std::span<const uint8_t> bytes) {
  PageHeader header;
  const auto result = format::read_page_header(bytes, 100, &header);
  if (!result.status.ok() || result.needs_more) return;
  require(result.header_bytes <= bytes.size(), "a header lies within the bytes");
  require(header.compressed_page_size >= 0 && header.uncompressed_page_size >= 0,
          "sizes are not negative");
  require(header.data.num_values >= 0 && header.data_v2.num_values >= 0 &&
              header.dictionary.num_values >= 0,
          "counts are not negative");
  require(header.data_v2.num_nulls <= header.data_v2.num_values, "nulls are values");
  if (header.has_statistics()) (void)header.statistics();
  // A part of it wants more, and nothing else.
  for (size_t cut = 0; cut < result.header_bytes; ++cut) {
    PageHeader part;
    const auto again = format::read_page_header(bytes.first(cut), 100, &part);
    require(again.status.ok() && again.needs_more, "a part of a header wants more");
  }
}

void bloom(std::span<const uint8_t> bytes) {
  BloomFilterHeader header;
  const auto result = format::read_bloom_header(bytes, 100, &header);
  if (!result.status.ok() || result.needs_more) return;
  require(result.header_bytes <= bytes.size(), "a header lies within the bytes");
  require(header.num_bytes > 0 && header.num_bytes % 32 == 0, "a bitset has whole blocks");
  for (size_t cut = 0; cut < result.header_bytes; ++cut) {
    BloomFilterHeader part;
    const auto again = format::read_bloom_header(bytes.first(cut), 100, &part);
    require(again.status.ok() && again.needs_more, "a part of a header wants more");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  page({data, size});
  bloom({data, size});
  return 0;
}
