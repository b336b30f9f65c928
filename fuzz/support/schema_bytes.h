// Schemas for the targets that want a leaf: small footers, parsed by the library.
#pragma once

#include "base/memory.h"
#include "format/footer.h"
#include "format/footer_writer.h"
#include "fuzz/support/feed.h"
#include "veneer/metadata.h"

namespace veneer::fuzz {

/// A file's metadata with a leaf of every physical type, each at another depth of lists.
inline FileMetadata sample_metadata(MemoryPool* pool) {
  std::vector<SchemaElement> elements(1);
  elements[0].name = "schema";
  elements[0].num_children = 8;
  for (int type = 0; type < 8; ++type) {
    SchemaElement leaf;
    leaf.name = "leaf";
    leaf.physical_type = static_cast<PhysicalType>(type);
    leaf.repetition = static_cast<Repetition>(type % 3);
    leaf.type_length = type == 7 ? 5 : 0;
    elements.push_back(leaf);
  }
  Buffer bytes(pool);
  require_ok(format::write_footer(elements, &bytes), "the sample schema is one");
  auto metadata = format::parse_footer(std::move(bytes), 0, Limits(), pool);
  require_ok(metadata.status(), "the sample footer is one");
  return *std::move(metadata);
}

inline Buffer buffer_of(std::span<const uint8_t> bytes, MemoryPool* pool) {
  Buffer buffer(pool);
  require_ok(buffer.resize(bytes.size()), "there is memory for an input");
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

}  // namespace veneer::fuzz
