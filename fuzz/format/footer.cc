// The footer: any bytes to a schema, and every struct of it that is decoded only when asked for.
#include "format/footer.h"

#include "fuzz/support/schema_bytes.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr int64_t kHeld = int64_t{64} << 20;

void read_chunk(const ColumnChunk& chunk, const Leaf& leaf, const FileMetadata& metadata) {
  if (auto statistics = chunk.statistics()) {
    const Bounds bounds = effective_bounds(*statistics, leaf, metadata.writer());
    if (bounds.min && bounds.max && sort_order(leaf) != SortOrder::none) {
      require(is_bound(leaf, *bounds.min) && is_bound(leaf, *bounds.max), "bounds fit their type");
      require(compare(leaf, *bounds.min, *bounds.max) <= 0, "bounds are in order");
    }
  }
  (void)chunk.size_statistics();
  (void)chunk.geospatial_statistics();
  (void)chunk.encodings();
  (void)chunk.encoding_stats();
  (void)chunk.path_in_schema();
  (void)chunk.key_values();
  int64_t begin = 0, bytes = 0;
  constexpr int64_t kFileSize = 1 << 20;
  if (chunk_range(chunk, metadata.writer(), kFileSize, &begin, &bytes).ok()) {
    require(begin >= 0 && bytes >= 0 && begin <= kFileSize - bytes, "a chunk lies in its file");
  }
}

void read_schema(const Schema& schema) {
  const auto fields = schema.all_fields();
  require(!fields.empty() && !schema.elements().empty(), "there is a root");
  for (const Field& field : fields) {
    require(size_t{field.first_child} + field.num_children <= fields.size(), "children are fields");
    require(size_t{field.first_leaf} + field.num_leaves <= schema.num_leaves(),
            "leaves are leaves");
    require(field.leaf < static_cast<int32_t>(schema.num_leaves()), "a leaf is a leaf");
    for (const Field& child : schema.children(field)) {
      require(schema.parent(child) == &field, "a child's parent is its parent");
    }
  }
  for (const Leaf& leaf : schema.leaves()) {
    require(schema.field_of(leaf).leaf == static_cast<int32_t>(leaf.index), "a leaf has its field");
    (void)to_string(leaf.logical);
  }
  // Paths grow with the depth, and text with the square of it: of wide or deep ones only a part.
  for (uint32_t i = 0; i < std::min(schema.num_leaves(), 20u); ++i) {
    require(schema.find(schema.leaf_path(i)) != nullptr, "a leaf is found by its path");
  }
  if (schema.elements().size() < 500) require(!schema.to_text().empty(), "a schema is text");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryPool pool(default_allocator(), kHeld);
  {
    auto parsed = format::parse_footer(buffer_of({data, size}, &pool), 4, Limits(), &pool);
    if (!parsed) {
      require(!parsed.status().message().empty(), "a refusal says why");
      return 0;
    }
    const FileMetadata& metadata = *parsed;
    read_schema(metadata.schema());
    for (const KeyValue& pair : metadata.key_values()) (void)metadata.key_value(pair.key);
    // Of all that the bytes can hold; a footer of many row groups is the same again and again.
    for (uint32_t group = 0; group < std::min(metadata.num_row_groups(), 20u); ++group) {
      (void)metadata.sorting_columns(group);
      for (uint32_t leaf = 0; leaf < std::min(metadata.schema().num_leaves(), 50u); ++leaf) {
        auto chunk = metadata.column_chunk(group, leaf);
        if (chunk) read_chunk(*chunk, metadata.schema().leaf(leaf), metadata);
      }
    }
  }
  require(pool.held_bytes() == 0, "all memory is given back");
  return 0;
}
