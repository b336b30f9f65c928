// Arithmetic on numbers that come from a file.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

namespace veneer {

/// *out = a + b; false, with *out unspecified, where the result does not fit.
template <std::integral T>
[[nodiscard]] constexpr bool checked_add(T a, T b, T* out) noexcept {
  return !__builtin_add_overflow(a, b, out);
}
/// *out = a * b; false, with *out unspecified, where the result does not fit.
template <std::integral T>
[[nodiscard]] constexpr bool checked_mul(T a, T b, T* out) noexcept {
  return !__builtin_mul_overflow(a, b, out);
}
/// A cast whose loss of range the caller has ruled out.
template <std::integral To, std::integral From>
constexpr To narrow(From value) noexcept {
  return static_cast<To>(value);
}
/// True where `value` can be held by To.
template <std::integral To, std::integral From>
constexpr bool fits(From value) noexcept {
  return std::in_range<To>(value);
}

}  // namespace veneer
