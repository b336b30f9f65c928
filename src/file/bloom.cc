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

// Where a filter's bitset lies, and what was read of the file on the way.
struct Bitset {
  Input* input = nullptr;
  int64_t offset = 0;
  int64_t size = 0;
  int64_t read_from = 0;
};

// `told` says whether to read at once what the metadata says that the filter has.
Result<Bitset> find_bitset(const File::Impl& file, const ColumnChunk& chunk, bool told_whole,
                           Buffer* bytes) {
  VENEER_CHECK(refuse_encrypted(chunk));
  Bitset found;
  VENEER_TRY(found.input, file.input_of(chunk));
  VENEER_TRY(const int64_t file_size, found.input->size());
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
  BloomFilterHeader header;
  size_t header_bytes = 0;
  for (int64_t size = std::min(available, told > 0 && told_whole ? told : kFirstRead);;) {
    VENEER_CHECK(read_at(found.input, offset, size, bytes));
    auto parsed = format::read_bloom_header(bytes->bytes(), offset, &header);
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
  found.size = static_cast<int64_t>(header.num_bytes);
  if (found.size > available - static_cast<int64_t>(header_bytes)) {
    return Status::corrupt(
        concat({"the bloom filter's ", found.size, " bytes run past the end of the file"}), offset);
  }
  found.offset = offset + static_cast<int64_t>(header_bytes);
  found.read_from = offset;
  return found;
}

Result<BloomFilter> read_filter(const std::shared_ptr<const File::Impl>& file,
                                const ColumnChunk& chunk) {
  auto storage = std::make_shared<Storage>(Storage{file, Buffer(&file->pool)});
  Buffer& bytes = storage->bytes;
  VENEER_TRY(const Bitset found, find_bitset(*file, chunk, true, &bytes));
  auto skipped = narrow<size_t>(found.offset - found.read_from);
  if (narrow<int64_t>(bytes.size() - skipped) < found.size) {
    VENEER_CHECK(read_at(found.input, found.offset, found.size, &bytes));
    skipped = 0;
  }
  const auto bitset = bytes.bytes().subspan(skipped, narrow<size_t>(found.size));
  return BloomFilter::over(bitset, std::move(storage));
}

}  // namespace

Result<bool> bloom_may_hold(const std::shared_ptr<const File::Impl>& file, const ColumnChunk& chunk,
                            std::span<const uint64_t> hashes) {
  // Of a local file only the blocks are read that the hashes lead to; a request for each would cost
  // more than the filter.
  constexpr size_t kMostBlocks = 32;
  if (hashes.size() > kMostBlocks || is_remote(*file->input)) {
    VENEER_TRY(const BloomFilter filter, read_filter(file, chunk));
    return std::any_of(hashes.begin(), hashes.end(),
                       [&](uint64_t hash) { return filter.check_hash(hash); });
  }
  Buffer bytes(&file->pool);
  VENEER_TRY(const Bitset found, find_bitset(*file, chunk, false, &bytes));
  const auto blocks = static_cast<uint64_t>(found.size) / BloomFilter::kBlockBytes;
  for (const uint64_t hash : hashes) {
    const uint64_t block = ((hash >> 32) * blocks) >> 32;
    const auto at = static_cast<int64_t>(block * BloomFilter::kBlockBytes);
    VENEER_CHECK(read_at(found.input, found.offset + at, BloomFilter::kBlockBytes, &bytes));
    // The only block of a filter of its own.
    VENEER_TRY(const BloomFilter one, BloomFilter::over(bytes.bytes(), nullptr));
    if (one.check_hash(hash)) return true;
  }
  return false;
}

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
