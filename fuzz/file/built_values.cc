#include "fuzz/file/built_values.h"

#include "tests/support/encoders.h"

namespace veneer::fuzz {

Palette Palette::from(Feed& feed, PhysicalType type, size_t length) {
  Palette made{type, length, feed.bytes(1 + feed.below(12))};
  if (made.choices.empty()) made.choices.push_back(0);
  return made;
}

// Small numbers most of the time, and the greatest ones.
int64_t Palette::number(size_t i) const {
  const uint8_t choice = choices[i % choices.size()];
  if (choice >= 250) return choice % 2 == 0 ? INT64_MIN + choice : INT64_MAX - choice;
  return choice - 60;
}

std::vector<std::string> Palette::strings(size_t n) const {
  const bool fixed = type == PhysicalType::fixed_len_byte_array;
  std::vector<std::string> made(n);
  for (size_t i = 0; i < n; ++i) {
    const uint8_t choice = choices[i % choices.size()];
    const size_t size = fixed ? length : choice / 8;
    made[i].assign(size, static_cast<char>('a' + choice % 8));
  }
  return made;
}

template <class T>
std::vector<T> Palette::numbers(size_t n) const {
  std::vector<T> made(n);
  for (size_t i = 0; i < n; ++i) made[i] = static_cast<T>(number(i));
  return made;
}

Bytes Palette::plain(size_t n) const {
  switch (type) {
    case PhysicalType::boolean: {
      std::vector<bool> bits(n);
      for (size_t i = 0; i < n; ++i) bits[i] = (number(i) & 1) != 0;
      return test::plain_boolean(bits);
    }
    case PhysicalType::int32: return test::plain(numbers<int32_t>(n));
    case PhysicalType::int64: return test::plain(numbers<int64_t>(n));
    case PhysicalType::int96: {
      std::vector<Int96> values(n);
      for (size_t i = 0; i < n; ++i)
        values[i].words = {static_cast<uint32_t>(number(i)), 0, 2440588};
      return test::plain_int96(values);
    }
    case PhysicalType::float32: return test::plain(numbers<float>(n));
    case PhysicalType::float64: return test::plain(numbers<double>(n));
    case PhysicalType::byte_array: return test::plain_byte_array(strings(n));
    case PhysicalType::fixed_len_byte_array: return test::plain_fixed(strings(n));
  }
  return {};
}

Bytes Palette::encoded(Feed& feed, size_t n, bool dictionary, Encoding* encoding) const {
  const size_t choice = feed.below(4);
  if (dictionary && choice != 3) {
    std::vector<uint64_t> indices(n);
    for (size_t i = 0; i < n; ++i) indices[i] = i % choices.size();
    *encoding = Encoding::rle_dictionary;
    return test::dictionary_indices(indices, test::bit_width(choices.size() - 1));
  }
  *encoding = Encoding::plain;
  const bool is_float = type == PhysicalType::float32;
  const bool is_number = is_float || type == PhysicalType::float64 || type == PhysicalType::int32 ||
                         type == PhysicalType::int64;
  if (choice == 1 && is_number) {
    *encoding = Encoding::byte_stream_split;
    return test::byte_stream_split(plain(n), plain(1).size());
  }
  if (choice != 2) return plain(n);
  switch (type) {
    case PhysicalType::int32:
      *encoding = Encoding::delta_binary_packed;
      return test::delta_binary_packed(numbers<int32_t>(n));
    case PhysicalType::int64:
      *encoding = Encoding::delta_binary_packed;
      return test::delta_binary_packed(numbers<int64_t>(n));
    case PhysicalType::float32:
    case PhysicalType::float64:
      *encoding = Encoding::alp;
      return is_float ? test::alp(numbers<float>(n)) : test::alp(numbers<double>(n));
    case PhysicalType::byte_array:
    case PhysicalType::fixed_len_byte_array:
      *encoding = Encoding::delta_byte_array;
      return test::delta_byte_array(strings(n));
    default: return plain(n);
  }
}

}  // namespace veneer::fuzz
