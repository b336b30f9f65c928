// Characters and words of filter expressions and their literals: ASCII's, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace veneer::filter {

inline bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Equal but for the case of ASCII letters; `lower` is in lower case.
inline bool is_word(std::string_view text, std::string_view lower) noexcept {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace veneer::filter
