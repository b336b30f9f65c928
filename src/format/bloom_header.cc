#include "format/bloom_header.h"

#include <optional>

#include "format/structs.h"
#include "thrift/reader.h"

namespace veneer::format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

// A union whose only known member is an empty struct of id 1.
bool read_only_member(Reader& reader) {
  bool known = false;
  FieldHeader field;
  while (reader.next_field(&field)) {
    known = field.key() == key(1, Type::structure);
    reader.skip(field.type);
  }
  return known;
}

struct Parts {
  std::optional<int32_t> num_bytes;
  std::optional<bool> algorithm, hash, compression;

  void read(Reader& reader) {
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): num_bytes = reader.i32(); break;
        case key(2, Type::structure): algorithm = read_only_member(reader); break;
        case key(3, Type::structure): hash = read_only_member(reader); break;
        case key(4, Type::structure): compression = read_only_member(reader); break;
        default: reader.skip(field.type);
      }
    }
  }

  Status finish(int64_t offset, BloomFilterHeader* out) const {
    if (!num_bytes) return missing("bloom filter header: numBytes", offset);
    if (!algorithm) return missing("bloom filter header: algorithm", offset);
    if (!hash) return missing("bloom filter header: hash", offset);
    if (!compression) return missing("bloom filter header: compression", offset);
    if (!*algorithm) return Status::unsupported("bloom filter algorithm is not known", offset);
    if (!*hash) return Status::unsupported("bloom filter hash is not known", offset);
    if (!*compression) return Status::unsupported("bloom filter compression is not known", offset);
    // BloomFilter.md: whole blocks of 256 bits.
    if (*num_bytes <= 0 || *num_bytes % 32 != 0) {
      return Status::corrupt("bloom filter header: numBytes is not a number of blocks", offset);
    }
    out->num_bytes = *num_bytes;
    return {};
  }
};

}  // namespace

BloomHeaderResult read_bloom_header(std::span<const uint8_t> bytes, int64_t base_offset,
                                    BloomFilterHeader* header) {
  BloomHeaderResult result;
  Reader reader(bytes);
  Parts parts;
  parts.read(reader);
  if (!reader.ok()) {
    result.needs_more = reader.cut();
    if (!result.needs_more) result.status = reader.status(base_offset);
    return result;
  }
  result.status = parts.finish(base_offset, header);
  if (result.status.ok()) result.header_bytes = reader.position();
  return result;
}

}  // namespace veneer::format
