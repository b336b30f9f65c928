#include "file/column_view.h"

#include "column/value_decoder.h"

namespace veneer {

ValueShape value_shape(const Leaf& leaf) noexcept {
  const column::ValueLayout layout = column::ValueLayout::of(leaf);
  return {layout.kind, layout.kind == ValueKind::boolean ? 0 : layout.width};
}

}  // namespace veneer
