// Schema trees written out by hand: elements as they stand in the footer, in the tree's shape.
#pragma once

#include <veneer/types.h>

#include <string>
#include <vector>

#include "support/thrift_tree.h"

namespace veneer::test {

/// One SchemaElement with its children. `thrift` may be edited further, lies included; num_children
/// is set when the file is finished, unless it is there already.
struct Element {
  std::string name;
  PhysicalType type = PhysicalType::boolean;  ///< of a leaf
  Repetition repetition = Repetition::required;
  bool is_leaf = true;
  Thrift thrift;
  std::vector<Element> children;

  Element length(int32_t bytes) &&;
  Element converted(ConvertedType annotation) &&;
  Element logical(Thrift annotation) &&;
  /// ConvertedType DECIMAL with precision and scale.
  Element decimal(int32_t precision, int32_t scale) &&;
  Element field_id(int32_t id) &&;
};

Element leaf(std::string name, PhysicalType type, Repetition repetition = Repetition::required);
Element group(std::string name, Repetition repetition, std::vector<Element> children);

/// The 3-level list of LogicalTypes.md: optional group `name` (LIST) of repeated group `list`.
Element list_of(std::string name, Element element);
/// The map of LogicalTypes.md: optional group `name` (MAP) of repeated group `key_value`.
Element map_of(std::string name, Element key, Element value);

/// Members of the LogicalType union. Those without parameters are `logical_type(LogicalKind::…)`.
Thrift logical_type(LogicalKind kind);
Thrift logical_decimal(int32_t precision, int32_t scale);
Thrift logical_time(bool adjusted_to_utc, TimeUnit unit);
Thrift logical_timestamp(bool adjusted_to_utc, TimeUnit unit);
Thrift logical_integer(int8_t bit_width, bool is_signed);

/// A leaf as its pages need it.
struct LeafInfo {
  std::vector<std::string> path;
  PhysicalType type = PhysicalType::boolean;
  int max_definition = 0;
  int max_repetition = 0;
};

std::vector<LeafInfo> leaves_of(const std::vector<Element>& fields);

/// FileMetaData.schema: the root and all elements below it, depth first.
Thrift schema_list(const std::vector<Element>& fields, const std::string& root_name);

}  // namespace veneer::test
