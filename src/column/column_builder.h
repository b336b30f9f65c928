// Fills in the views that `Column` hands out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "column/leaf_data.h"
#include "veneer/column.h"

namespace veneer {

class ColumnBuilder {
 public:
  static void begin(Column* column, const Field* field, const Leaf* leaf) noexcept {
    *column = Column();
    column->field_ = field;
    column->leaf_ = leaf;
  }
  static void shape(Column* column, size_t size, size_t nulls, const uint8_t* validity) noexcept {
    column->size_ = size;
    column->null_count_ = nulls;
    column->validity_ = nulls == 0 ? Bitmap() : Bitmap(validity, size);
  }
  static void values(Column* column, ValueKind kind, size_t width, const void* values) noexcept {
    column->value_kind_ = kind;
    column->value_width_ = kind == ValueKind::boolean ? 0 : width;
    column->values_ = values;
  }
  static void buffers(Column* column, std::span<const std::span<const uint8_t>> buffers) noexcept {
    column->buffers_ = buffers;
  }
  static void dictionary(Column* column, const Column* dictionary) noexcept {
    column->dictionary_ = dictionary;
  }
  static void children(Column* column, const Column* first, size_t count) noexcept {
    column->children_ = first;
    column->num_children_ = count;
  }
  static void offsets(Column* column, const int32_t* offsets) noexcept {
    column->offsets_ = {offsets, column->size_ + 1};
  }
};

}  // namespace veneer
