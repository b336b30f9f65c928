// Footers composed by hand, and parsed, for the format room's tests.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/memory.h"
#include "format/footer.h"
#include "support/thrift_writer.h"
#include "veneer/metadata.h"

namespace veneer::test {

/// Where the footers of these tests are said to begin in their files.
inline constexpr int64_t kFooterOffset = 1000;

inline std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline MemoryPool& pool() {
  static MemoryPool pool(default_allocator(), int64_t{4} << 30);
  return pool;
}

inline Buffer buffer_of(std::string_view text) {
  Buffer buffer(&pool());
  REQUIRE(buffer.append(text.data(), text.size()).ok());
  return buffer;
}

inline Result<FileMetadata> parse(std::string_view footer, const Limits& limits = {}) {
  return format::parse_footer(buffer_of(footer), kFooterOffset, limits, &pool());
}

/// A schema element. Negative numbers stand for absent fields.
struct Element {
  std::string name;
  int repetition = -1;
  int type = -1;
  int num_children = -1;
  int converted = -1;
  int logical = -1;  // a member of LogicalType without parameters
  int type_length = -1;
  int scale = -1;
  int precision = -1;
  int field_id = -1;
  std::function<void(ThriftWriter&)> logical_union;
};

inline void write_element(ThriftWriter& w, const Element& e) {
  if (e.type >= 0) w.i32(1, e.type);
  if (e.type_length >= 0) w.i32(2, e.type_length);
  if (e.repetition >= 0) w.i32(3, e.repetition);
  w.binary(4, e.name);
  if (e.num_children >= 0) w.i32(5, e.num_children);
  if (e.converted >= 0) w.i32(6, e.converted);
  if (e.scale >= 0) w.i32(7, e.scale);
  if (e.precision >= 0) w.i32(8, e.precision);
  if (e.field_id >= 0) w.i32(9, e.field_id);
  if (e.logical >= 0) w.structure(10, [&](ThriftWriter& u) { u.structure(e.logical); });
  if (e.logical_union) w.structure(10, e.logical_union);
}

constexpr int kRequired = 0, kOptional = 1, kRepeated = 2;
constexpr int kBoolean = 0, kInt32 = 1, kInt64 = 2, kInt96 = 3, kFloat = 4, kDouble = 5,
              kByteArray = 6, kFixed = 7;
constexpr int kConvertedMap = 1, kConvertedMapKeyValue = 2, kConvertedList = 3;
constexpr int kLogicalMap = 2, kLogicalList = 3;

inline Element leaf(std::string name, int repetition, int type) {
  Element e;
  e.name = std::move(name);
  e.repetition = repetition;
  e.type = type;
  return e;
}
inline Element group(std::string name, int repetition, int num_children, int converted = -1) {
  Element e;
  e.name = std::move(name);
  e.repetition = repetition;
  e.num_children = num_children;
  e.converted = converted;
  return e;
}

/// A footer of no rows over these elements (the root aside, which has `roots` children).
inline std::string footer_of(const std::vector<Element>& elements, int roots) {
  ThriftWriter w;
  w.i32(1, 1);
  w.list_of_structs(2, elements.size() + 1, [&](ThriftWriter& s, size_t i) {
    write_element(s, i == 0 ? group("root", -1, roots) : elements[i - 1]);
  });
  w.i64(3, 0).list(4, ThriftWriter::kStruct, 0);
  return w.finish();
}

inline FileMetadata schema_of(const std::vector<Element>& elements, int roots = 1) {
  auto parsed = parse(footer_of(elements, roots));
  REQUIRE_MESSAGE(parsed.ok(), parsed.status().to_string());
  return *std::move(parsed);
}

inline std::string failure_of(const std::vector<Element>& elements, int roots = 1,
                              const Limits& limits = {}) {
  return parse(footer_of(elements, roots), limits).status().to_string();
}

}  // namespace veneer::test
