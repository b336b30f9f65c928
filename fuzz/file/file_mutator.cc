// The mutator of targets whose input is a whole file: changes footer, page headers and decompressed
// page bodies apart from one another, and puts right what stands in the way of reading on: magic,
// footer length, page sizes, checksums, offsets of what moved.
#include <algorithm>
#include <array>

#include "base/bits.h"
#include "codec/codec.h"
#include "fuzz/support/thrift_value.h"
#include "tests/support/compressors.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace veneer::fuzz {
namespace {

// Numbers of parquet.thrift's fields: FileMetaData and RowGroup, ColumnChunk, ColumnMetaData, then
// PageHeader and DataPageHeaderV2.
constexpr int16_t kRowGroups = 4, kColumns = 1;
constexpr int16_t kMetaData = 3, kOffsetIndex = 4, kColumnIndex = 6;
constexpr int16_t kCodec = 4, kTotalCompressed = 7, kDataPage = 9, kIndexPage = 10;
constexpr int16_t kDictionary = 11, kBloomFilter = 14;
constexpr int16_t kUncompressedSize = 2, kCompressedSize = 3, kCrc = 4, kHeaderV2 = 8;
constexpr int16_t kDefinitionBytes = 5, kRepetitionBytes = 6;

int64_t integer(ThriftValue* parent, int16_t id) {
  ThriftValue* value = parent == nullptr ? nullptr : parent->field(id);
  // Sums of a few must not overflow, whatever earlier mutations have left there.
  constexpr int64_t kFar = int64_t{1} << 40;
  return value == nullptr ? 0 : std::clamp(value->integer, -kFar, kFar);
}
void set_integer(ThriftValue* parent, int16_t id, int64_t number) {
  if (ThriftValue* value = parent->field(id)) value->integer = number;
}

struct Page {
  ThriftValue header;
  Bytes body;
};

class FileMutator {
 public:
  FileMutator(Bytes file, std::minstd_rand& random) : file_(std::move(file)), random_(random) {}

  // Nothing where the file has no footer to go by.
  std::optional<Bytes> mutated() {
    if (!split()) return std::nullopt;
    if (random_() % 3 == 0 || !change_pages()) {
      for (size_t n = 1 + random_() % 3; n > 0; --n) mutate(&footer_, random_);
    }
    const Bytes footer = footer_.write();
    Bytes out = std::move(body_);
    out.insert(out.end(), footer.begin(), footer.end());
    std::array<uint8_t, 4> length;
    store_le(length.data(), static_cast<uint32_t>(footer.size()));
    out.insert(out.end(), length.begin(), length.end());
    for (const char c : {'P', 'A', 'R', '1'}) out.push_back(static_cast<uint8_t>(c));
    return out;
  }

 private:
  bool split() {
    if (file_.size() < 12) return false;
    const auto length = load_le<uint32_t>(file_.data() + file_.size() - 8);
    if (length > file_.size() - 12) return false;
    const size_t begin = file_.size() - 8 - length;
    size_t used = 0;
    auto footer = ThriftValue::parse({file_.data() + begin, length}, &used);
    if (!footer) return false;
    footer_ = *std::move(footer);
    body_.assign(file_.begin(), file_.begin() + static_cast<ptrdiff_t>(begin));
    return true;
  }

  ThriftValue* random_item(ThriftValue* parent, int16_t id) {
    ThriftValue* list = parent == nullptr ? nullptr : parent->field(id);
    return list == nullptr || list->items.empty() ? nullptr
                                                  : &list->items[random_() % list->items.size()];
  }

  bool change_pages() {
    ThriftValue* chunk = random_item(random_item(&footer_, kRowGroups), kColumns);
    ThriftValue* metadata = chunk == nullptr ? nullptr : chunk->field(kMetaData);
    if (metadata == nullptr) return false;
    int64_t start = integer(metadata, kDataPage);
    if (const int64_t first = integer(metadata, kDictionary); first > 0)
      start = std::min(start, first);
    const int64_t size = integer(metadata, kTotalCompressed);
    const auto end = static_cast<int64_t>(body_.size());
    if (start < 4 || size <= 0 || start > end || size > end - start) return false;

    std::vector<Page> pages = read_pages(static_cast<size_t>(start), static_cast<size_t>(size));
    if (pages.empty()) return false;
    const size_t at = random_() % pages.size();
    switch (random_() % 8) {
      case 0: pages.erase(pages.begin() + static_cast<ptrdiff_t>(at)); break;
      case 1: pages.insert(pages.begin() + static_cast<ptrdiff_t>(at), Page(pages[at])); break;
      case 2:
      case 3: mutate(&pages[at].header, random_); break;
      default: change_body(&pages[at], static_cast<Codec>(integer(metadata, kCodec))); break;
    }
    Bytes written;
    for (const Page& page : pages) {
      const Bytes header = page.header.write();
      written.insert(written.end(), header.begin(), header.end());
      written.insert(written.end(), page.body.begin(), page.body.end());
    }
    replace(start, size, written);
    set_integer(metadata, kTotalCompressed, static_cast<int64_t>(written.size()));
    return true;
  }

  std::vector<Page> read_pages(size_t at, size_t size) const {
    std::vector<Page> pages;
    const size_t end = at + size;
    while (at < end) {
      size_t used = 0;
      auto header = ThriftValue::parse({body_.data() + at, end - at}, &used);
      if (!header) break;
      const int64_t body = integer(&*header, kCompressedSize);
      if (body < 0 || static_cast<uint64_t>(body) > end - at - used) break;
      const auto begin = body_.begin() + static_cast<ptrdiff_t>(at + used);
      pages.push_back({*std::move(header), Bytes(begin, begin + static_cast<ptrdiff_t>(body))});
      at += used + static_cast<size_t>(body);
    }
    return pages;
  }

  // Mutates what the page holds, and frames it again; a body that does not decompress is changed
  // as it is.
  void change_body(Page* page, Codec codec) {
    ThriftValue* v2 = page->header.field(kHeaderV2);
    const auto levels = static_cast<size_t>(
        std::clamp<int64_t>(integer(v2, kDefinitionBytes) + integer(v2, kRepetitionBytes), 0,
                            static_cast<int64_t>(page->body.size())));
    const int64_t raw_size =
        integer(&page->header, kUncompressedSize) - static_cast<int64_t>(levels);
    Bytes raw(page->body.begin() + static_cast<ptrdiff_t>(levels), page->body.end());
    bool framed = false;
    if (codec != Codec::uncompressed && codec::is_built(codec) && raw_size >= 0 &&
        raw_size < 1 << 20) {
      MemoryPool pool(default_allocator(), int64_t{64} << 20);
      codec::Decompressor decompressor(&pool);
      Bytes in = raw, out(static_cast<size_t>(raw_size) + Buffer::kPadding);
      in.resize(raw.size() + Buffer::kPadding);
      framed = decompressor
                   .decompress(codec, {in.data(), raw.size()},
                               {out.data(), static_cast<size_t>(raw_size)})
                   .ok();
      if (framed) raw.assign(out.begin(), out.begin() + static_cast<ptrdiff_t>(raw_size));
    }
    Bytes front(page->body.begin(), page->body.begin() + static_cast<ptrdiff_t>(levels));
    if (levels != 0 && random_() % 2 == 0) {
      mutate_bytes(&front, levels);
      front.resize(levels);
    } else {
      mutate_bytes(&raw, raw.size() + 16);
    }
    set_integer(&page->header, kUncompressedSize, static_cast<int64_t>(levels + raw.size()));
    if (framed) raw = test::compress(codec, raw);
    page->body = std::move(front);
    page->body.insert(page->body.end(), raw.begin(), raw.end());
    set_integer(&page->header, kCompressedSize, static_cast<int64_t>(page->body.size()));
    set_integer(&page->header, kCrc, static_cast<int32_t>(test::crc32(page->body)));
  }

  // Puts `bytes` in place of `size` bytes from `start` on, and moves what the footer says lies
  // behind them.
  void replace(int64_t start, int64_t size, const Bytes& bytes) {
    const auto from = body_.begin() + static_cast<ptrdiff_t>(start);
    Bytes moved(body_.begin(), from);
    moved.insert(moved.end(), bytes.begin(), bytes.end());
    moved.insert(moved.end(), from + static_cast<ptrdiff_t>(size), body_.end());
    body_ = std::move(moved);
    const int64_t by = static_cast<int64_t>(bytes.size()) - size;
    ThriftValue* groups = footer_.field(kRowGroups);
    for (ThriftValue& group : groups->items) {
      ThriftValue* chunks = group.field(kColumns);
      if (chunks == nullptr) continue;
      for (ThriftValue& chunk : chunks->items) {
        const auto move = [&](ThriftValue* parent, int16_t id) {
          const int64_t offset = integer(parent, id);
          if (offset < start + size || offset > INT32_MAX) return;
          set_integer(parent, id, offset + by);
        };
        for (const int16_t id : {kOffsetIndex, kColumnIndex}) move(&chunk, id);
        ThriftValue* metadata = chunk.field(kMetaData);
        for (const int16_t id : {kDataPage, kIndexPage, kDictionary, kBloomFilter})
          move(metadata, id);
      }
    }
  }

  Bytes file_;
  std::minstd_rand& random_;
  Bytes body_;
  ThriftValue footer_;
};

}  // namespace
}  // namespace veneer::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace veneer::fuzz;
  std::minstd_rand random(seed);
  random.discard(3);
  if (random() % 5 != 0) {
    if (auto file = FileMutator(Bytes(data, data + size), random).mutated();
        file && file->size() <= max_size) {
      std::copy(file->begin(), file->end(), data);
      return file->size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
