// Bounds from statistics (PLAIN-encoded bytes) as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "grid.h"
#include "veneer/metadata.h"
#include "veneer/schema.h"

namespace cli {

struct BoundText {
  std::string plain;
  std::string json;
};

/// A value by its leaf's type. Bytes whose length is wrong for the type are shown as hex.
BoundText bound_text(const veneer::Leaf& leaf, std::string_view bytes);

/// The next cell of the grid: the bound, or null.
void add_bound(Grid* grid, const veneer::Leaf& leaf, const std::optional<std::string_view>& bytes);

/// "RLE_DICTIONARY"; "UNKNOWN(17)" for a number that the format does not list.
std::string name_of(veneer::Encoding encoding);
std::string name_of(veneer::Codec codec);
std::string name_of(veneer::PageType type);

/// "INT32", "FIXED_LEN_BYTE_ARRAY(16) UUID".
std::string full_type(const veneer::Leaf& leaf);

}  // namespace cli
