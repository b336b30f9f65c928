#include "column/page_stream.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/checked.h"
#include "base/crc32.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "format/page_header.h"

namespace veneer::column {
namespace {

// Most headers take 20 to 60 bytes; those with statistics of long strings may take far more.
constexpr size_t kHeaderGuess = 512;

}  // namespace

void PageStream::open(ChunkSource* source, Codec codec) noexcept {
  source_ = source;
  codec_ = codec;
  position_ = page_position_ = 0;
  header_bytes_ = 0;
  checksum_ok_.reset();
  cached_ = nullptr;
  if (options_.fills_cache) options_.cache->clear();
}

bool PageStream::seek(int64_t offset, int64_t size) noexcept {
  const int64_t at = offset - source_->file_offset();
  if (at < 0 || size > source_->size() || at > source_->size() - size) return false;
  position_ = at;
  return true;
}

Result<bool> PageStream::next_header(PageHeader* header) {
  page_position_ = position_;
  const int64_t left = source_->size() - position_;
  if (left <= 0) return false;
  source_->passed(position_);
  cached_ = nullptr;
  if (options_.cache != nullptr && !options_.fills_cache) {
    cached_ = options_.cache->find(position_);
    if (cached_ != nullptr) {
      *header = cached_->header;
      header_bytes_ = cached_->header_bytes;
      checksum_ok_.reset();
      position_ += header_bytes_ + header->compressed_page_size;
      return true;
    }
  }
  const auto most =
      narrow<size_t>(std::clamp<int64_t>(options_.limits->page_header_bytes, 1, INT32_MAX));
  for (size_t want = std::min(kHeaderGuess, most);; want = std::min(want * 8, most)) {
    const size_t ask = narrow<size_t>(std::min<int64_t>(left, narrow<int64_t>(want)));
    VENEER_TRY(const std::span<const uint8_t> bytes, source_->peek(position_, ask));
    const bool all = narrow<int64_t>(ask) == left;
    format::PageHeaderResult read = format::read_page_header(
        bytes.first(all ? ask : std::min(bytes.size(), most)), page_offset(), header);
    if (read.status.ok() && !read.needs_more) {
      header_bytes_ = narrow<int32_t>(read.header_bytes);
      break;
    }
    if (!read.needs_more) return std::move(read.status);
    if (all) return Status::corrupt("page header runs past the column chunk", page_offset());
    if (want == most) {
      return over_limit("page header length", narrow<int64_t>(most) + 1, "page_header_bytes",
                        options_.limits->page_header_bytes, page_offset());
    }
  }
  const int64_t body_left = left - header_bytes_;
  if (header->compressed_page_size > body_left) {
    return Status::corrupt(
        concat({"page of ", header->compressed_page_size,
                " bytes runs past the column chunk, which has ", body_left, " left"}),
        page_offset());
  }
  VENEER_CHECK(check_sizes(*header));
  checksum_ok_.reset();
  position_ += header_bytes_ + header->compressed_page_size;
  return true;
}

Status PageStream::check_sizes(const PageHeader& header) const {
  const Limits& limits = *options_.limits;
  const int64_t stored = header.compressed_page_size;
  const int64_t size = header.uncompressed_page_size;
  if (header_bytes_ > limits.page_header_bytes) {
    return over_limit("page header length", header_bytes_, "page_header_bytes",
                      limits.page_header_bytes, page_offset());
  }
  if (stored > limits.compressed_page_bytes) {
    return over_limit("compressed_page_size", stored, "compressed_page_bytes",
                      limits.compressed_page_bytes, page_offset());
  }
  const bool dictionary = header.type == PageType::dictionary;
  // An uncompressed page has the bytes that are stored, whatever its header says.
  const int64_t real = codec_ == Codec::uncompressed ? stored : size;
  if (std::max(size, real) > limits.page_bytes) {
    return over_limit("uncompressed_page_size", std::max(size, real), "page_bytes",
                      limits.page_bytes, page_offset());
  }
  if (dictionary && std::max(size, real) > limits.dictionary_bytes) {
    return over_limit("dictionary page size", std::max(size, real), "dictionary_bytes",
                      limits.dictionary_bytes, page_offset());
  }
  const int64_t taken = int64_t{header_bytes_} + stored;
  const int64_t ratio = size / taken + (size % taken != 0 ? 1 : 0);
  if (codec_ != Codec::uncompressed && ratio > limits.decompression_ratio) {
    return over_limit("page with a ratio", ratio, "decompression_ratio", limits.decompression_ratio,
                      page_offset());
  }
  return {};
}

Status Decompressors::decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out) {
  const auto size = narrow<int64_t>(out.size());
  const int64_t done = done_.fetch_add(size, std::memory_order_relaxed);
  if (done > limit_ - size) {
    done_.fetch_sub(size, std::memory_order_relaxed);
    return over_limit("total of decompressed bytes", done + size, "decompressed_bytes", limit_);
  }
  return codecs_.decompress(codec, in, out);
}

Result<std::span<const uint8_t>> PageStream::stored_body(bool keep, SharedBuffer* owner,
                                                         size_t size) {
  const int64_t at = page_position_ + header_bytes_;
  if (keep) {
    // Views will point into these bytes: in place if they stay where they are, else into a buffer
    // of their own, filled without a detour.
    const std::span<const uint8_t> stable = source_->stable(at, size);
    if (stable.size() == size) return stable;
    VENEER_TRY(*owner, kept_.acquire(size));
    VENEER_CHECK(source_->read(at, {(*owner)->data(), size}));
    return (*owner)->bytes();
  }
  VENEER_TRY(const std::span<const uint8_t> bytes, source_->peek(at, size));
  return bytes.first(size);
}

Status PageStream::check_crc(const PageHeader& header, std::span<const uint8_t> stored,
                             bool report) {
  if (!options_.checksums || !header.crc.has_value()) return {};
  checksum_ok_ = crc32(stored) == static_cast<uint32_t>(*header.crc);
  if (!*checksum_ok_ && !report) {
    return Status::corrupt("page checksum does not match its bytes", page_offset());
  }
  return {};
}

Result<PageBody> PageStream::body(const PageHeader& header, bool keep, bool report_checksum) {
  if (cached_ != nullptr) return cached_->body;
  if (!options_.fills_cache || !options_.cache->wanted()) {
    return read_body(header, keep, report_checksum);
  }
  VENEER_TRY(PageBody made, read_body(header, true, report_checksum));
  PageCache::Page page{page_position_, header_bytes_, header, made};
  page.header.raw_statistics = ThriftBytes();
  options_.cache->add(std::move(page));
  return made;
}

Result<PageBody> PageStream::read_body(const PageHeader& header, bool keep, bool report_checksum) {
  PageBody result;
  const auto stored_size = narrow<size_t>(header.compressed_page_size);
  const bool v2 = header.type == PageType::data_v2;
  const bool compressed = codec_ != Codec::uncompressed &&
                          (!v2 || header.data_v2.is_compressed || options_.v2_always_compressed) &&
                          stored_size != 0;

  size_t level_bytes = 0;
  if (v2) {
    // Both lengths are not negative: the header's reader has seen to it.
    level_bytes = narrow<size_t>(header.data_v2.repetition_levels_byte_length) +
                  narrow<size_t>(header.data_v2.definition_levels_byte_length);
    if (level_bytes > stored_size ||
        (compressed && level_bytes > narrow<size_t>(header.uncompressed_page_size))) {
      return Status::corrupt(
          concat({"levels of ", narrow<int64_t>(level_bytes), " bytes are longer than their page"}),
          page_offset());
    }
  }

  SharedBuffer owner;
  VENEER_TRY(const std::span<const uint8_t> stored,
             stored_body(keep && !compressed, &owner, stored_size));
  VENEER_CHECK(check_crc(header, stored, report_checksum));

  if (!compressed) {
    result.whole = stored;
    result.levels = stored.first(level_bytes);
    result.values = stored.subspan(level_bytes);
    result.owner = std::move(owner);
    return result;
  }

  const auto size = narrow<size_t>(header.uncompressed_page_size);
  Buffer* out = &scratch_;
  if (keep) {
    VENEER_TRY(result.owner, kept_.acquire(size));
    out = &*result.owner;
  } else {
    VENEER_CHECK(scratch_.resize_discard(size));
  }
  if (level_bytes != 0) std::memcpy(out->data(), stored.data(), level_bytes);
  const std::span<const uint8_t> packed = stored.subspan(level_bytes);
  // A page of nulls alone may have no compressed part at all, or one that holds nothing: Hadoop's
  // framing of no bytes is a block of length 0, with or without a body.
  if (size != level_bytes) {
    Status status = options_.decompressors->decompress(
        codec_, packed, std::span<uint8_t>(out->data(), size).subspan(level_bytes));
    if (!status.ok()) return std::move(status).at(page_offset());
  }
  source_->passed(position_);
  result.whole = out->bytes();
  result.levels = out->bytes().first(level_bytes);
  result.values = out->bytes().subspan(level_bytes);
  return result;
}

}  // namespace veneer::column
