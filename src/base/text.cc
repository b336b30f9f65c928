#include "base/text.h"

#include <charconv>

namespace veneer {

const char TextPart::kCharacter = 'c';
const char TextPart::kSigned = 's';
const char TextPart::kUnsigned = 'u';

void TextPart::append_to(std::string* text) const {
  if (data_ == &kCharacter) {
    text->push_back(static_cast<char>(bits_));
  } else if (data_ == &kSigned || data_ == &kUnsigned) {
    char digits[20];  // of a sign and 19 digits, or of 20 digits
    const auto end = data_ == &kSigned ? std::to_chars(digits, digits + sizeof digits,
                                                       static_cast<int64_t>(bits_))
                                       : std::to_chars(digits, digits + sizeof digits, bits_);
    text->append(digits, end.ptr);
  } else {
    text->append(data_, static_cast<size_t>(bits_));
  }
}

std::string concat(std::initializer_list<TextPart> parts) {
  std::string text;
  for (const TextPart& part : parts) part.append_to(&text);
  return text;
}

}  // namespace veneer
