// Values of decoded columns as text: a tree of cells, one a column, whose writers are chosen once a
// batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "out.h"
#include "veneer/column.h"

namespace cli {

/// How a cell's text is meant.
enum class Style : uint8_t {
  json,   ///< JSON, byte for byte in the canonical form
  plain,  ///< for CSV and tables: leaves without quotes and unescaped, nulls as nothing; nested
          ///< values as JSON
};

/// The texts of a dictionary's entries, one behind the other.
struct RenderedDictionary {
  int32_t row_group = -1;
  Out text;
  std::vector<size_t> offsets;
};

/// Writes the values of one column. Bound to the column of each batch in turn; the cell's own
/// memory (keys, rendered dictionaries) stays.
struct Cell {
  using Writer = void (*)(const Cell&, size_t, Out&);

  /// Writes key and value `i`.
  Writer write = nullptr;
  /// Written before the value; padded for `copy_padded`. Empty for list elements.
  std::string key = std::string(16, '\0');
  size_t key_size = 0;
  /// Room for the key and a value of bounded length.
  size_t room = 0;
  size_t null_size = 4;

  const void* values = nullptr;
  const uint8_t* valid = nullptr;
  const std::span<const uint8_t>* buffers = nullptr;
  const int32_t* offsets = nullptr;
  size_t width = 0;
  int32_t scale = 0;
  veneer::TimeUnit unit = veneer::TimeUnit::millis;
  bool utc = false;
  bool null_value = false;  ///< a map without values
  /// Nested: the children's cells; dictionary-encoded: one cell for the dictionary.
  std::vector<Cell> children;
  std::unique_ptr<RenderedDictionary> rendered;

  bool is_null(size_t i) const { return valid != nullptr && (valid[i >> 3] >> (i & 7) & 1) == 0; }
  void set_key(std::string_view text);
};

/// Points the cell (and those below) at a column; `row_group` tells when a dictionary is a new one.
void bind(Cell* cell, const veneer::Column& column, Style style, int32_t row_group);

/// `,"name":` for all but the first field of an object, which has `{"name":`.
void set_object_key(Cell* cell, std::string_view name, bool first);

/// True where the column's plain text may hold anything at all, so that CSV must look for quotes.
bool is_free_text(const veneer::Column& column);

/// True for leaves whose text costs so much more than a copy that reading them as dictionaries
/// pays.
bool gains_from_dictionary(const veneer::Leaf& leaf);

}  // namespace cli
