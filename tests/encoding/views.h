// Reading views back.
#pragma once

#include <string>

#include "veneer/types.h"

namespace reference {

/// The value of a view whose long bytes lie at `base_offset` of buffer `buffer`, which starts at
/// `bytes` there. Wrong references and inline bytes that are not zero give "?".
inline std::string text(const veneer::BinaryView& view, const uint8_t* bytes, uint32_t buffer,
                        uint32_t base_offset) {
  if (view.is_inline()) {
    for (uint32_t i = view.length; i < 12; ++i) {
      if (view.inlined[i] != 0) return "?";
    }
    return std::string(view.inlined, view.length);
  }
  if (view.ref.buffer != buffer || view.ref.offset < base_offset) return "?";
  std::string value(reinterpret_cast<const char*>(bytes) + (view.ref.offset - base_offset),
                    view.length);
  return value.compare(0, 4, view.ref.prefix, 4) == 0 ? value : "?";
}

}  // namespace reference
