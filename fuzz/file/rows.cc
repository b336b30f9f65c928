// Rows of composed files (built_file.h) into structs: whatever fits the schema is read by the
// cursors of detail/row_cursors.h, and what can be read in two ways gives the same.
#include "veneer/rows.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/file/built_file.h"
#include "fuzz/file/read_modes.h"

namespace veneer::fuzz {

// What build_file calls a field, and the fields below it.
template <class T>
struct Top {
  T value;
};
template <class T>
struct Group {
  T c1;
};

namespace {

// A hash of all that a row holds, so that every byte of it is looked at.
uint64_t mix(uint64_t a, uint64_t b) { return (a ^ b) * 1099511628211u; }

uint64_t digest(std::string_view text) {
  uint64_t hash = text.size();
  for (const char c : text) hash = mix(hash, static_cast<uint8_t>(c));
  return hash;
}
// The bytes of an optional are not all its value's: padding, and what stands in an empty one.
template <class T>
constexpr bool is_bytes = std::is_trivially_copyable_v<T> && !std::is_same_v<T, std::string_view>;
template <class T>
constexpr bool is_bytes<std::optional<T>> = false;

template <class T>
requires(is_bytes<T>) uint64_t digest(const T& value) {
  return digest(std::string_view(reinterpret_cast<const char*>(&value), sizeof(T)));
}
template <class T>
uint64_t digest(const std::vector<T>& values);
template <class K, class V>
uint64_t digest(const std::map<K, V>& values);
template <class T>
uint64_t digest(const Group<T>& group);
template <class T>
uint64_t digest(const std::optional<T>& value) {
  return value ? mix(1, digest(*value)) : 0;
}
template <class T>
uint64_t digest(const std::vector<T>& values) {
  uint64_t hash = values.size();
  for (const T& value : values) hash = mix(hash, digest(value));
  return hash;
}
template <class K, class V>
uint64_t digest(const std::map<K, V>& values) {
  uint64_t hash = values.size();
  for (const auto& [key, value] : values) hash = mix(mix(hash, digest(key)), digest(value));
  return hash;
}
template <class T>
uint64_t digest(const Group<T>& group) {
  return digest(group.c1);
}

struct Outcome {
  bool fits = false;
  bool complete = false;
  int64_t rows = 0;
  uint64_t hash = 0;
};

template <class T>
Outcome read(const File& file, RowOptions options) {
  Outcome outcome;
  auto rows = RowReader<Top<T>>::open(file, std::move(options));
  outcome.fits = rows.ok();
  if (!outcome.fits) {
    require(!rows.status().message().empty(), "what does not fit is named");
    return outcome;
  }
  Top<T> row;
  while (rows->next(&row)) {
    outcome.hash = mix(outcome.hash, digest(row.value));
    ++outcome.rows;
  }
  require(!rows->next(&row), "the end stays the end");
  outcome.complete = rows->status().ok();
  if (outcome.complete) require(outcome.rows == rows->total_rows(), "every row comes");
  return outcome;
}

template <class T>
void read_as(const File& file) {
  const Outcome plain = read<T>(file, {});
  const Outcome small = read<T>(file, {.read = {.batch_rows = 3}});
  require(plain.fits == small.fits && plain.complete == small.complete, "batches are no matter");
  if (plain.complete) require(plain.hash == small.hash, "batches are no matter to the values");
  (void)read<T>(file, {.nulls_as_default = true});
  const Outcome optional = read<std::optional<T>>(file, {});
  if (!plain.complete) return;
  require(optional.complete && optional.rows == plain.rows, "an optional holds what is never null");
}

}  // namespace
}  // namespace veneer::fuzz

template <class T>
struct veneer::Binding<veneer::fuzz::Top<T>> {
  static constexpr auto fields = bind_fields(veneer::bind("f1", &fuzz::Top<T>::value));
};
template <class T>
struct veneer::Binding<veneer::fuzz::Group<T>> {
  static constexpr auto fields = bind_fields(veneer::bind("c1", &fuzz::Group<T>::c1));
};

using namespace veneer;
using namespace veneer::fuzz;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const Bytes bytes = build_file(feed);
  auto file = open_bytes(bytes, true);
  if (!file) return 0;
  using Text = std::string_view;
  read_as<bool>(*file);
  read_as<int8_t>(*file);
  read_as<int64_t>(*file);
  read_as<uint32_t>(*file);
  read_as<float>(*file);
  read_as<double>(*file);
  read_as<Int96>(*file);
  read_as<Int128>(*file);
  read_as<Text>(*file);
  read_as<std::string>(*file);
  read_as<std::vector<std::optional<int64_t>>>(*file);
  read_as<std::vector<std::optional<Text>>>(*file);
  read_as<std::vector<std::vector<std::optional<double>>>>(*file);
  read_as<std::map<std::string, std::optional<int64_t>>>(*file);
  read_as<Group<std::optional<int64_t>>>(*file);
  read_as<std::vector<std::optional<Group<std::optional<Text>>>>>(*file);
  return 0;
}
