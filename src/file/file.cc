#include "veneer/file.h"

#include <algorithm>
#include <cstring>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "file/file_impl.h"
#include "format/footer.h"
#include "format/page_index.h"
#include "format/shown.h"

namespace veneer {
namespace {

constexpr int64_t kMagicBytes = 4;
constexpr int64_t kTrailerBytes = 8;  // length of the footer, magic
constexpr int64_t kSmallestFile = kMagicBytes + kTrailerBytes;
constexpr int64_t kLargestTail = int64_t{64} << 20;

bool is_magic(const uint8_t* bytes, const char* magic) {
  return std::memcmp(bytes, magic, kMagicBytes) == 0;
}

// The footer's bytes and where they begin.
struct FooterBytes {
  Buffer bytes;
  int64_t offset = 0;
  int64_t file_size = 0;
};

Result<FooterBytes> read_footer(Input* input, const OpenOptions& options, MemoryPool* pool) {
  const int64_t tail_bytes = std::clamp(options.tail_bytes, kTrailerBytes, kLargestTail);
  Buffer tail(pool);
  VENEER_CHECK(tail.resize(narrow<size_t>(tail_bytes)));
  VENEER_TRY(const int64_t size, input->read_tail({tail.data(), tail.size()}));
  if (size < kSmallestFile) {
    return Status::corrupt(concat({"not a Parquet file: it has only ", size, " bytes"}));
  }
  const uint8_t* end = tail.data() + tail.size();
  if (is_magic(end - kMagicBytes, "PARE")) {
    return Status::unsupported("the footer is encrypted (PARE), and decryption is not supported",
                               size - kMagicBytes);
  }
  if (!is_magic(end - kMagicBytes, "PAR1")) {
    return Status::corrupt("not a Parquet file: it does not end in PAR1", size - kMagicBytes);
  }
  const int64_t length = load_le<uint32_t>(end - kTrailerBytes);
  if (length > size - kSmallestFile) {
    return Status::corrupt(
        concat({"the footer of ", length, " bytes is longer than the file of ", size}),
        size - kTrailerBytes);
  }
  if (length > options.limits.footer_bytes) {
    return over_limit("footer length", length, "footer_bytes", options.limits.footer_bytes,
                      size - kTrailerBytes);
  }
  if (size <= tail_bytes) {
    if (!is_magic(end - size, "PAR1")) {
      return Status::corrupt("not a Parquet file: it does not begin with PAR1", 0);
    }
  } else if (!is_remote(*input)) {  // a request for four bytes is not worth it
    uint8_t head[kMagicBytes];
    VENEER_CHECK(input->read(0, head));
    if (!is_magic(head, "PAR1")) {
      return Status::corrupt("not a Parquet file: it does not begin with PAR1", 0);
    }
  }
  FooterBytes footer;
  footer.offset = size - kTrailerBytes - length;
  footer.file_size = size;
  footer.bytes = Buffer(pool);
  VENEER_CHECK(footer.bytes.resize(narrow<size_t>(length)));
  if (length + kTrailerBytes <= tail_bytes) {
    if (length != 0) {
      std::memcpy(footer.bytes.data(), end - kTrailerBytes - length, footer.bytes.size());
    }
  } else {
    VENEER_CHECK(input->read(footer.offset, {footer.bytes.data(), footer.bytes.size()}));
  }
  return footer;
}

// A struct of the page index, by the offset and length that a chunk gives.
Result<Buffer> read_struct(const File::Impl& file, std::optional<int64_t> offset,
                           std::optional<int32_t> length, std::string_view what) {
  if (!length.has_value() || *length <= 0 || *offset <= 0 || *offset > file.size - *length) {
    return Status::corrupt(
        concat({what, " of ", length.value_or(0), " bytes lies outside of the file"}),
        offset.value_or(0));
  }
  Buffer bytes(&file.pool);
  VENEER_CHECK(bytes.resize(narrow<size_t>(*length)));
  VENEER_CHECK(file.input->read(*offset, {bytes.data(), bytes.size()}));
  return bytes;
}

}  // namespace

File::File(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

Result<File> File::open(const std::string& path, OpenOptions options) {
  auto input = options.memory_map ? map_input(path) : open_input(path);
  if (!input) return std::move(input).status();
  return open(*std::move(input), std::move(options));
}

Result<File> File::open(std::shared_ptr<Input> input, OpenOptions options) {
  if (input == nullptr) return Status::invalid_argument("no input to open");
  auto impl = std::make_shared<Impl>(std::move(input), std::move(options));
  auto footer = read_footer(impl->input.get(), impl->options, &impl->pool);
  if (!footer) return impl->named(std::move(footer).status());
  impl->size = footer->file_size;
  auto metadata = format::parse_footer(std::move(footer->bytes), footer->offset,
                                       impl->options.limits, &impl->pool);
  if (!metadata) return impl->named(std::move(metadata).status());
  impl->metadata.emplace(*std::move(metadata));
  return File(std::move(impl));
}

std::string_view File::name() const noexcept { return impl_->input->name(); }
int64_t File::size() const noexcept { return impl_->size; }
const Schema& File::schema() const noexcept { return impl_->metadata->schema(); }
const FileMetadata& File::metadata() const noexcept { return *impl_->metadata; }
int64_t File::num_rows() const noexcept { return impl_->metadata->total_rows(); }
int32_t File::num_row_groups() const noexcept {
  return narrow<int32_t>(impl_->metadata->num_row_groups());
}
int64_t File::held_bytes() const noexcept { return impl_->pool.held_bytes(); }
int64_t File::peak_bytes() const noexcept { return impl_->pool.peak_bytes(); }

namespace {

Status check_indexes(const File& file, int32_t row_group, int32_t leaf) {
  if (row_group < 0 || row_group >= file.num_row_groups()) {
    return Status::invalid_argument(concat({"no row group ", row_group}));
  }
  if (leaf < 0 || leaf >= narrow<int32_t>(file.schema().num_leaves())) {
    return Status::invalid_argument(concat({"no leaf column ", leaf}));
  }
  return {};
}

// The place that a failure in one chunk has.
Status placed(const File::Impl& file, Status status, int32_t row_group, int32_t leaf) {
  if (status.ok()) return status;
  return file.named(
      std::move(status)
          .in_column(format::shown_leaf(file.metadata->schema(), narrow<uint32_t>(leaf)))
          .in_row_group(row_group));
}

}  // namespace

Result<ColumnChunk> File::column_chunk(int32_t row_group, int32_t leaf) const {
  VENEER_CHECK(check_indexes(*this, row_group, leaf));
  auto chunk = impl_->metadata->column_chunk(narrow<uint32_t>(row_group), narrow<uint32_t>(leaf));
  if (!chunk) return placed(*impl_, std::move(chunk).status(), row_group, leaf);
  return chunk;
}

Result<OffsetIndex> read_offset_index(const File::Impl& file, const ColumnChunk& chunk) {
  VENEER_CHECK(refuse_encrypted(chunk));
  VENEER_TRY(Buffer bytes, read_struct(file, chunk.offset_index_offset, chunk.offset_index_length,
                                       "offset index"));
  return format::parse_offset_index(std::move(bytes), *chunk.offset_index_offset);
}

Result<ColumnIndex> read_column_index(const File::Impl& file, const ColumnChunk& chunk,
                                      const Leaf& leaf) {
  VENEER_CHECK(refuse_encrypted(chunk));
  VENEER_TRY(Buffer bytes, read_struct(file, chunk.column_index_offset, chunk.column_index_length,
                                       "column index"));
  return format::parse_column_index(std::move(bytes), *chunk.column_index_offset, leaf);
}

Result<std::optional<OffsetIndex>> File::offset_index(int32_t row_group, int32_t leaf) const {
  VENEER_TRY(const ColumnChunk chunk, column_chunk(row_group, leaf));
  if (!chunk.offset_index_offset.has_value()) return std::optional<OffsetIndex>();
  auto index = read_offset_index(*impl_, chunk);
  if (!index) return placed(*impl_, std::move(index).status(), row_group, leaf);
  return std::optional<OffsetIndex>(*std::move(index));
}

Result<std::optional<ColumnIndex>> File::column_index(int32_t row_group, int32_t leaf) const {
  VENEER_TRY(const ColumnChunk chunk, column_chunk(row_group, leaf));
  if (!chunk.column_index_offset.has_value()) return std::optional<ColumnIndex>();
  auto index = read_column_index(*impl_, chunk, schema().leaf(narrow<uint32_t>(leaf)));
  if (!index) return placed(*impl_, std::move(index).status(), row_group, leaf);
  return std::optional<ColumnIndex>(*std::move(index));
}

Status refuse_encrypted(const ColumnChunk& chunk) {
  if (chunk.encryption == ColumnEncryption::none) return {};
  return Status::unsupported("the column is encrypted, and decryption is not supported");
}

column::PageStream::Options File::Impl::page_options(column::Decompressors* decompressors,
                                                     bool checksums) const {
  const WriterVersion& writer = metadata->writer();
  return {.pool = &pool,
          .limits = &options.limits,
          .decompressors = decompressors,
          .checksums = checksums,
          .v2_always_compressed = v2_pages_always_compressed(writer),
          .levels_lsb_first = bit_packed_levels_lsb_first(writer)};
}

bool File::Impl::carries_prefix() const noexcept {
  return metadata->writer().is_before("parquet-mr", 1, 8, 0);
}

Result<Input*> File::Impl::input_of(const ColumnChunk& chunk) const {
  // Writers of ordinary files leave file_path unset; some set it to the empty string.
  if (!chunk.file_path.has_value() || chunk.file_path->empty()) return input.get();
  const std::string_view path = *chunk.file_path;
  if (!options.resolver) {
    return Status::unsupported(concat(
        {"the column chunk is in another file, ", path, ", and OpenOptions::resolver is not set"}));
  }
  std::lock_guard lock(mutex_);
  auto known = others_.find(path);
  if (known == others_.end()) {
    VENEER_TRY(std::shared_ptr<Input> opened, options.resolver(path));
    if (opened == nullptr) return Status::not_found(concat({"no file ", path}));
    known = others_.emplace(std::string(path), std::move(opened)).first;
  }
  return known->second.get();
}

namespace {

Result<ChunkPlace> locate(const File::Impl& file, uint32_t row_group, uint32_t leaf) {
  ChunkPlace place;
  VENEER_TRY(place.chunk, file.metadata->column_chunk(row_group, leaf));
  const ColumnChunk& chunk = place.chunk;
  VENEER_CHECK(refuse_encrypted(chunk));
  if (!chunk.has_metadata) return Status::corrupt("the column chunk has no metadata");
  if (chunk.physical_type != file.metadata->schema().leaf(leaf).physical_type) {
    return Status::corrupt(concat({"the column chunk is of type ", to_string(chunk.physical_type),
                                   ", the schema says ",
                                   to_string(file.metadata->schema().leaf(leaf).physical_type)}));
  }
  VENEER_TRY(place.input, file.input_of(chunk));
  int64_t size = file.size;
  if (place.input != file.input.get()) {
    VENEER_TRY(size, place.input->size());
  }
  VENEER_CHECK(chunk_range(chunk, file.metadata->writer(), size, &place.begin, &place.size));
  return place;
}

}  // namespace

Result<ChunkPlace> locate_chunk(const File::Impl& file, uint32_t row_group, uint32_t leaf) {
  auto place = locate(file, row_group, leaf);
  if (!place) {
    return placed(file, std::move(place).status(), narrow<int32_t>(row_group),
                  narrow<int32_t>(leaf));
  }
  return place;
}

}  // namespace veneer
