#include "file/made_schema.h"

#include "base/macros.h"
#include "format/footer.h"
#include "format/footer_writer.h"

namespace veneer {

Result<FileMetadata> make_metadata(std::span<const SchemaElement> elements, MemoryPool* pool) {
  Buffer footer(pool);
  VENEER_CHECK(format::write_footer(elements, &footer));
  // The elements were within a file's limits, or are the caller's own; lists in their standard form
  // may be deeper than they were in the file.
  Limits limits;
  limits.schema_depth = INT32_MAX;
  limits.schema_elements = INT32_MAX;
  limits.empty_groups = INT32_MAX;
  return format::parse_footer(std::move(footer), 0, limits, pool);
}

Status append_schema_bytes(std::span<const SchemaElement> elements, Buffer* out) {
  return format::write_schema(elements, out);
}

}  // namespace veneer
