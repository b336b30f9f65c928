// Schemas and footers to bytes.
#pragma once

#include <span>

#include "base/memory.h"
#include "thrift/writer.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer::format {

/// The member of the union LogicalType; nothing for none and for INTERVAL, which only ConvertedType
/// has.
void write_logical_type(thrift::Writer& writer, const LogicalType& type);

/// The fields of SchemaElement: name, repetition (of all but the root), type, type_length,
/// num_children (of groups), field_id, `converted_type` as it is, and `annotation` as LogicalType.
void write_element(thrift::Writer& writer, const SchemaElement& element, bool is_root);

/// Appends the elements, each as a struct, without the head of their list.
Status write_schema(std::span<const SchemaElement> elements, Buffer* out);

/// Appends a FileMetaData of this schema, in depth-first order from the root on, without rows.
Status write_footer(std::span<const SchemaElement> elements, Buffer* out);

}  // namespace veneer::format
