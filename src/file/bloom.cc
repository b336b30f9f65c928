// Reads the bloom filter of a column chunk: header, then bitset.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/text.h"
#include "file/file_impl.h"
#include "format/bloom_header.h"
#include "format/shown.h"
#include "veneer/bloom_filter.h"
#include "veneer/file.h"

namespace veneer {
namespace {

// A header of known fields takes about 15 bytes; what unknown ones may add is bounded.
constexpr int64_t kFirstRead = 256;
constexpr int64_t kLongestHeader = 64 << 10;

// The bytes of a filter, and the file whose memory pool they are charged to.
struct Storage {
  std::shared_ptr<const File::Impl> file;
  Buffer bytes;
};

Status read_at(Input* input, int64_t offset, int64_t size, Buffer* out) {
  VENEER_CHECK(out->resize_discard(narrow<size_t>(size)));
  return input->read(offset, {out->data(), out->size()});
}

Result<BloomFilter> read_filter(const std::shared_ptr<const File::Impl>& file,
                                const ColumnChunk& chunk) {
  VENEER_CHECK(refuse_encrypted(chunk));
  VENEER_TRY(Input* const input, file->input_of(chunk));
  VENEER_TRY(const int64_t file_size, input->size());
  const int64_t offset = *chunk.bloom_filter_offset;
  if (offset <= 0 || offset >= file_size) {
    return Status::corrupt("the bloom filter lies outside of the file", offset);
  }
  const int64_t available = file_size - offset;
  // The length came with format 2.10; older files have none. It saves the second read, and is not
  // needed otherwise: the header tells the bitset's size.
  const int64_t told = chunk.bloom_filter_length.value_or(0);
  if (told > available) {
    return Status::corrupt(
        concat({"the bloom filter of ", told, " bytes runs past the end of the file"}), offset);
  }
  auto storage = std::make_shared<Storage>(Storage{file, Buffer(&file->pool)});
  Buffer& bytes = storage->bytes;
  BloomFilterHeader header;
  size_t header_bytes = 0;
  for (int64_t size = std::min(available, told > 0 ? told : kFirstRead);;) {
    VENEER_CHECK(read_at(input, offset, size, &bytes));
    auto parsed = format::read_bloom_header(bytes.bytes(), offset, &header);
    VENEER_CHECK(parsed.status);
    if (!parsed.needs_more) {
      header_bytes = parsed.header_bytes;
      break;
    }
    if (size >= std::min(available, kLongestHeader)) {
      return Status::corrupt("the bloom filter's header does not end", offset);
    }
    size = std::min(available, std::max(size * 4, kFirstRead));
  }
  const auto bitset_bytes = static_cast<int64_t>(header.num_bytes);
  if (bitset_bytes > available - static_cast<int64_t>(header_bytes)) {
    return Status::corrupt(
        concat({"the bloom filter's ", bitset_bytes, " bytes run past the end of the file"}),
        offset);
  }
  if (bytes.size() - header_bytes < narrow<size_t>(bitset_bytes)) {
    VENEER_CHECK(read_at(input, offset + static_cast<int64_t>(header_bytes), bitset_bytes, &bytes));
    header_bytes = 0;
  }
  const auto bitset = bytes.bytes().subspan(header_bytes, narrow<size_t>(bitset_bytes));
  return BloomFilter::over(bitset, std::move(storage));
}

}  // namespace

Result<std::optional<BloomFilter>> File::bloom_filter(int32_t row_group, int32_t leaf) const {
  VENEER_TRY(const ColumnChunk chunk, column_chunk(row_group, leaf));
  if (!chunk.bloom_filter_offset.has_value()) return std::optional<BloomFilter>();
  auto filter = read_filter(impl_, chunk);
  if (!filter) {
    return impl_->named(std::move(filter)
                            .status()
                            .in_column(format::shown_leaf(schema(), narrow<uint32_t>(leaf)))
                            .in_row_group(row_group));
  }
  return std::optional<BloomFilter>(*std::move(filter));
}

}  // namespace veneer
