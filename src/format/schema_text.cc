// The schema as the format's message text, as parquet-mr prints it.
#include <string>

#include "base/text.h"
#include "veneer/schema.h"

namespace veneer {
namespace {

std::string_view type_keyword(PhysicalType type) {
  switch (type) {
    case PhysicalType::boolean: return "boolean";
    case PhysicalType::int32: return "int32";
    case PhysicalType::int64: return "int64";
    case PhysicalType::int96: return "int96";
    case PhysicalType::float32: return "float";
    case PhysicalType::float64: return "double";
    case PhysicalType::byte_array: return "binary";
    case PhysicalType::fixed_len_byte_array: return "fixed_len_byte_array";
  }
  return "unknown";
}

void append_head(const SchemaElement& element, std::string* text) {
  text->append(to_string(element.repetition)).append(" ");
  if (element.is_group()) {
    text->append("group");
  } else {
    text->append(type_keyword(*element.physical_type));
    if (*element.physical_type == PhysicalType::fixed_len_byte_array) {
      text->append(concat({"(", element.type_length, ")"}));
    }
  }
  text->append(" ").append(element.name);
  const bool old_entry =
      !element.has_logical_type && element.converted_type == ConvertedType::map_key_value;
  const std::string annotation =
      old_entry ? std::string("MAP_KEY_VALUE") : to_string(element.annotation);
  if (!annotation.empty()) text->append(" (").append(annotation).append(")");
  if (element.field_id.has_value()) text->append(concat({" = ", *element.field_id}));
}

}  // namespace

std::string_view to_string(FieldKind kind) noexcept {
  switch (kind) {
    case FieldKind::leaf: return "leaf";
    case FieldKind::structure: return "struct";
    case FieldKind::list: return "list";
    case FieldKind::map: return "map";
  }
  return "unknown";
}

std::string Schema::to_text() const {
  if (parts_.elements.empty()) return {};
  std::string text("message ");
  text.append(element(0).name).append(" {\n");
  size_t depth = 1;
  uint32_t i = element(0).first_child;
  while (i != kNoIndex) {
    const SchemaElement& here = element(i);
    text.append(depth * 2, ' ');
    append_head(here, &text);
    text.append(here.is_group() ? " {\n" : ";\n");
    if (here.first_child != kNoIndex) {
      ++depth;
      i = here.first_child;
      continue;
    }
    if (here.is_group()) text.append(depth * 2, ' ').append("}\n");
    // On to the next sibling, closing the groups that end here.
    while (i != 0 && element(i).next_sibling == kNoIndex) {
      i = element(i).parent;
      if (i == 0) break;
      --depth;
      text.append(depth * 2, ' ').append("}\n");
    }
    i = i == 0 ? kNoIndex : element(i).next_sibling;
  }
  text.append("}\n");
  return text;
}

}  // namespace veneer
