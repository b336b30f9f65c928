// The footer's schema list to a Schema: elements linked to a tree, then the fields that they mean.
#pragma once

#include <cstdint>
#include <span>

#include "base/memory.h"
#include "thrift/reader.h"
#include "veneer/memory.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer::format {

/// What SchemaElement's annotation fields hold.
struct RawAnnotation {
  LogicalType logical;  ///< kind none where absent or not known
  ConvertedType converted = ConvertedType::none;
  int32_t scale = 0;
  int32_t precision = 0;
};

/// Reads the union `LogicalType`; kind none for a member that veneer does not know or whose
/// parameters are missing.
LogicalType read_logical_type(thrift::Reader& reader);
/// LogicalType where its member is known, else ConvertedType, else none.
LogicalType resolve_annotation(const RawAnnotation& raw);
/// Does the annotation fit the element: its physical type and width, or that it is a group?
bool annotation_fits(const LogicalType& type, const SchemaElement& element);

struct BuiltSchema {
  Schema schema;
  /// The same leaves, for the column orders that the footer may give later.
  std::span<Leaf> leaves;
};

/// Reads `list<SchemaElement>` at the reader's place. Arrays go to the arena; names are views into
/// the reader's bytes.
Result<BuiltSchema> read_schema(thrift::Reader& reader, int64_t base_offset, const Limits& limits,
                                Arena* arena);

/// The logical fields of linked elements; sets each leaf's `field`.
Result<std::span<Field>> build_fields(std::span<const SchemaElement> elements,
                                      std::span<Leaf> leaves, Arena* arena);

/// Fills `names` and `names_complete` of parts whose fields are set.
Status build_name_table(Schema::Parts* parts, Arena* arena);

}  // namespace veneer::format
