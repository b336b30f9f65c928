// Sentences put together from their parts, in one call. A chain of operator+ makes and frees a
// string a part, inline at every place that has something to report.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace veneer {

/// Text as it is, a character, or an integer in decimal. Views what it is made from.
class TextPart {
 public:
  // All implicit by design.
  TextPart(const char* text) noexcept : TextPart(std::string_view(text)) {}               // NOLINT
  TextPart(const std::string& text) noexcept : data_(text.data()), bits_(text.size()) {}  // NOLINT
  TextPart(std::string_view text) noexcept : data_(text.data()), bits_(text.size()) {}    // NOLINT
  TextPart(char character) noexcept                                                       // NOLINT
      : data_(&kCharacter), bits_(static_cast<unsigned char>(character)) {}
  template <std::signed_integral T>
  TextPart(T number) noexcept  // NOLINT
      : data_(&kSigned), bits_(static_cast<uint64_t>(int64_t{number})) {}
  template <std::unsigned_integral T>
  TextPart(T number) noexcept : data_(&kUnsigned), bits_(number) {}  // NOLINT
  TextPart(bool) = delete;

  void append_to(std::string* text) const;

 private:
  // data_ is one of these addresses where bits_ is no size.
  static const char kCharacter, kSigned, kUnsigned;

  const char* data_;
  uint64_t bits_;
};

/// concat({"page of ", size, " bytes"}).
[[gnu::cold]] std::string concat(std::initializer_list<TextPart> parts);

}  // namespace veneer
