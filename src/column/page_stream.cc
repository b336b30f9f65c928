#include "column/page_stream.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

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
// The longest page that is decompressed before it is asked for: it is held meanwhile.
constexpr size_t kMostAhead = size_t{1} << 20;

}  // namespace

void PageStream::open(ChunkSource* source, Codec codec) noexcept {
  source_ = source;
  codec_ = codec;
  position_ = page_position_ = 0;
  header_bytes_ = 0;
  checksum_ok_.reset();
  cached_ = nullptr;
  ahead_ = Ahead();
  data_end_ = -1;
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
  VENEER_CHECK(check_sizes(*header, page_position_, header_bytes_));
  checksum_ok_.reset();
  position_ += header_bytes_ + header->compressed_page_size;
  return true;
}

Status PageStream::check_sizes(const PageHeader& header, int64_t page, int32_t header_bytes) const {
  const int64_t offset = source_->file_offset() + page;
  const Limits& limits = *options_.limits;
  const int64_t stored = header.compressed_page_size;
  const int64_t size = header.uncompressed_page_size;
  if (header_bytes > limits.page_header_bytes) {
    return over_limit("page header length", header_bytes, "page_header_bytes",
                      limits.page_header_bytes, offset);
  }
  if (stored > limits.compressed_page_bytes) {
    return over_limit("compressed_page_size", stored, "compressed_page_bytes",
                      limits.compressed_page_bytes, offset);
  }
  const bool dictionary = header.type == PageType::dictionary;
  // An uncompressed page has the bytes that are stored, whatever its header says.
  const int64_t real = codec_ == Codec::uncompressed ? stored : size;
  if (std::max(size, real) > limits.page_bytes) {
    return over_limit("uncompressed_page_size", std::max(size, real), "page_bytes",
                      limits.page_bytes, offset);
  }
  if (dictionary && std::max(size, real) > limits.dictionary_bytes) {
    return over_limit("dictionary page size", std::max(size, real), "dictionary_bytes",
                      limits.dictionary_bytes, offset);
  }
  const int64_t taken = int64_t{header_bytes} + stored;
  const int64_t ratio = size / taken + (size % taken != 0 ? 1 : 0);
  if (codec_ != Codec::uncompressed && ratio > limits.decompression_ratio) {
    return over_limit("page with a ratio", ratio, "decompression_ratio", limits.decompression_ratio,
                      offset);
  }
  return {};
}

bool Decompressors::charge(int64_t size) noexcept {
  if (done_.fetch_add(size, std::memory_order_relaxed) <= limit_ - size) return true;
  done_.fetch_sub(size, std::memory_order_relaxed);
  return false;
}

Status Decompressors::decompress(Codec codec, std::span<const uint8_t> in, std::span<uint8_t> out) {
  const auto size = narrow<int64_t>(out.size());
  if (!charge(size)) {
    return over_limit("total of decompressed bytes", done_.load(std::memory_order_relaxed) + size,
                      "decompressed_bytes", limit_);
  }
  return codecs_.decompress(codec, in, out);
}

bool Decompressors::decompress_pair(Codec codec, const codec::BodyPair& pair) {
  const auto size = narrow<int64_t>(pair.out[0].size() + pair.out[1].size());
  if (!charge(size)) return false;
  if (codec::decompress_pair(codec, pair)) return true;
  done_.fetch_sub(size, std::memory_order_relaxed);
  return false;
}

Result<std::span<const uint8_t>> PageStream::stored_body(const Stored& body, bool keep,
                                                         SharedBuffer* owner) {
  if (keep && !body.compressed) {
    // Views will point into these bytes: in place if they stay where they are, else into a buffer
    // of their own, filled without a detour.
    const std::span<const uint8_t> stable = source_->stable(body.begin, body.size);
    if (stable.size() == body.size) return stable;
    VENEER_TRY(*owner, kept_.acquire(body.size));
    VENEER_CHECK(source_->read(body.begin, {(*owner)->data(), body.size}));
    return (*owner)->bytes();
  }
  VENEER_TRY(const std::span<const uint8_t> bytes, source_->peek(body.begin, body.size));
  return bytes.first(body.size);
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

Result<PageStream::Stored> PageStream::stored(const PageHeader& header, int64_t page,
                                              int32_t header_bytes) const {
  const bool v2 = header.type == PageType::data_v2;
  Stored body;
  body.page = page;
  body.begin = page + header_bytes;
  body.size = narrow<size_t>(header.compressed_page_size);
  body.raw_size = narrow<size_t>(header.uncompressed_page_size);
  body.compressed = codec_ != Codec::uncompressed &&
                    (!v2 || header.data_v2.is_compressed || options_.v2_always_compressed) &&
                    body.size != 0;
  if (!v2) return body;
  // Both lengths are not negative: the header's reader has seen to it.
  body.level_bytes = narrow<size_t>(header.data_v2.repetition_levels_byte_length) +
                     narrow<size_t>(header.data_v2.definition_levels_byte_length);
  if (body.level_bytes > body.size || (body.compressed && body.level_bytes > body.raw_size)) {
    return Status::corrupt(concat({"levels of ", narrow<int64_t>(body.level_bytes),
                                   " bytes are longer than their page"}),
                           source_->file_offset() + page);
  }
  return body;
}

Result<PageBody> PageStream::read_body(const PageHeader& header, bool keep, bool report_checksum) {
  VENEER_TRY(const Stored body, stored(header, page_position_, header_bytes_));
  PageBody result;
  VENEER_TRY(result.whole, stored_body(body, keep, &result.owner));
  VENEER_CHECK(check_crc(header, result.whole, report_checksum));
  if (body.compressed) {
    VENEER_TRY(result.whole, decompress(body, result.whole, keep, &result.owner));
    source_->passed(position_);
  }
  if (header.type != PageType::dictionary) data_end_ = position_;
  result.levels = result.whole.first(body.level_bytes);
  result.values = result.whole.subspan(body.level_bytes);
  return result;
}

// The bytes that a body becomes, beginning with its levels.
Result<std::span<const uint8_t>> PageStream::decompress(const Stored& body,
                                                        std::span<const uint8_t> bytes, bool keep,
                                                        SharedBuffer* owner) {
  if (std::exchange(ahead_.page, -1) == body.page && ahead_.size == body.raw_size) {
    if (!ahead_.owner) {
      scratch_used_ ^= 1;
      if (!keep) return scratch_[scratch_used_].bytes();
    } else {
      const std::span<const uint8_t> whole = ahead_.owner->bytes();
      if (keep) *owner = std::move(ahead_.owner);
      return whole;
    }
  }
  ahead_ = Ahead();
  VENEER_TRY(const std::span<uint8_t> out, room(body, bytes, keep, scratch_used_, owner));
  // A page of nulls alone may have no compressed part at all, or one that holds nothing: Hadoop's
  // framing of no bytes is a block of length 0, with or without a body.
  if (body.raw_size == body.level_bytes || with_next(body, keep, out)) {
    return std::span<const uint8_t>(out);
  }
  Status status = options_.decompressors->decompress(codec_, bytes.subspan(body.level_bytes),
                                                     out.subspan(body.level_bytes));
  if (!status.ok()) return std::move(status).at(page_offset());
  return std::span<const uint8_t>(out);
}

// Where a body is decompressed, with its levels there.
Result<std::span<uint8_t>> PageStream::room(const Stored& body, std::span<const uint8_t> bytes,
                                            bool keep, size_t scratch, SharedBuffer* owner) {
  Buffer* out = &scratch_[scratch];
  if (keep) {
    VENEER_TRY(*owner, kept_.acquire(body.raw_size));
    out = &**owner;
  } else {
    VENEER_CHECK(out->resize_discard(body.raw_size));
  }
  if (body.level_bytes != 0) std::memcpy(out->data(), bytes.data(), body.level_bytes);
  return std::span<uint8_t>(out->data(), body.raw_size);
}

// Two pages decompressed together take less time than one after the other: of a chunk that is read
// page by page, the body goes to `out` and that of the next page to where it waits to be asked for.
// False where that is not possible, whatever the reason: the body is then decompressed alone, and
// what is wrong with the next page is said when its turn comes.
bool PageStream::with_next(const Stored& body, bool keep, std::span<uint8_t> out) {
  if (data_end_ != body.page || !codec::in_pairs(codec_)) return false;
  const Result<std::span<const uint8_t>> peeked = source_->peek(body.begin, body.size);
  if (!peeked) return false;
  const std::span<const uint8_t> here = peeked->first(body.size);
  // Only what is at hand: nothing is read for it.
  const std::span<const uint8_t> behind = peeked->subspan(body.size);
  PageHeader header;
  const format::PageHeaderResult read =
      format::read_page_header(behind, source_->file_offset() + position_, &header);
  if (!read.status.ok() || read.needs_more ||
      (header.type != PageType::data && header.type != PageType::data_v2)) {
    return false;
  }
  const auto header_bytes = narrow<int32_t>(read.header_bytes);
  const Result<Stored> next = stored(header, position_, header_bytes);
  if (!next || !next->compressed || next->size > behind.size() - read.header_bytes ||
      next->raw_size > kMostAhead || !check_sizes(header, position_, header_bytes).ok()) {
    return false;
  }
  const std::span<const uint8_t> there = behind.subspan(read.header_bytes, next->size);
  const Result<std::span<uint8_t>> ahead =
      room(*next, there, keep, scratch_used_ ^ 1, &ahead_.owner);
  if (!ahead) return false;
  const codec::BodyPair pair = {{here.subspan(body.level_bytes), there.subspan(next->level_bytes)},
                                {out.subspan(body.level_bytes), ahead->subspan(next->level_bytes)}};
  if (!options_.decompressors->decompress_pair(codec_, pair)) return false;
  ahead_.page = position_;
  ahead_.size = next->raw_size;
  return true;
}

}  // namespace veneer::column
