// Schemas that no file has.
#pragma once

#include <span>
#include <string>

#include "base/memory.h"
#include "veneer/metadata.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer {

/// Metadata of no rows over a schema list in depth-first order, the root first. Of the elements,
/// what the footer holds is used (see format::write_footer); places in the tree follow from
/// num_children. `pool` must outlive the result.
Result<FileMetadata> make_metadata(std::span<const SchemaElement> elements, MemoryPool* pool);

/// Appends what tells one schema from another: the footer's own bytes of all elements.
Status append_schema_bytes(std::span<const SchemaElement> elements, Buffer* out);

}  // namespace veneer
