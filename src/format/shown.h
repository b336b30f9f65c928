// Names from a file, as messages show them: of bounded length, on one line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "veneer/schema.h"

namespace veneer::format {

/// At most 100 bytes of it; control characters, which a terminal might obey, become '?'.
std::string shown_name(std::string_view name);
/// Schema::element_path of what shown_name gives, without the outermost names of a path of over 32.
std::string shown_path(const Schema& schema, uint32_t element);
inline std::string shown_leaf(const Schema& schema, uint32_t leaf) {
  return shown_path(schema, schema.leaf(leaf).element);
}

}  // namespace veneer::format
