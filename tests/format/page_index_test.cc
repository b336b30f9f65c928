#include "format/page_index.h"

#include <random>

#include "footer_bytes.h"

using namespace veneer;
using namespace veneer::test;

namespace {

std::string offset_index() {
  ThriftWriter w;
  w.list_of_structs(1, 3, [](ThriftWriter& s, size_t i) {
    const auto n = static_cast<int32_t>(i);
    s.i64(1, 100 + n * 50).i32(2, 50).i64(3, n * 10);
  });
  w.list_of_i64(2, {7, 8, 9});
  return w.finish();
}

struct Lists {
  int null_pages = 2, min = 2, max = 2, null_counts = 2, repetition = 4, definition = 6, nans = 2;
  int boundary = 1;
  int64_t count = 3;
};

std::string column_index(const Lists& lists = {}) {
  ThriftWriter w;
  const auto binaries = [&](int id, int n) {
    if (n < 0) return;
    w.list(id, ThriftWriter::kBinary, static_cast<size_t>(n));
    for (int i = 0; i < n; ++i) w.text(std::string(1, static_cast<char>('a' + i)));
  };
  const auto numbers = [&](int id, int n) {
    if (n < 0) return;
    w.list(id, ThriftWriter::kI64, static_cast<size_t>(n));
    for (int i = 0; i < n; ++i) w.zigzag(lists.count);
  };
  if (lists.null_pages >= 0) {
    // Element type 2 is as good as 1.
    w.list(1, ThriftWriter::kFalse, static_cast<size_t>(lists.null_pages));
    for (int i = 0; i < lists.null_pages; ++i) w.byte(i == 1 ? 1 : 2);
  }
  binaries(2, lists.min);
  binaries(3, lists.max);
  if (lists.boundary >= 0) w.i32(4, lists.boundary);
  numbers(5, lists.null_counts);
  numbers(6, lists.repetition);
  numbers(7, lists.definition);
  numbers(8, lists.nans);
  return w.finish();
}

Leaf nested_leaf() {
  Leaf leaf;
  leaf.max_repetition_level = 1;
  leaf.max_definition_level = 2;
  return leaf;
}

std::string column_fault(const Lists& lists) {
  return format::parse_column_index(buffer_of(column_index(lists)), 9, nested_leaf())
      .status()
      .to_string();
}

}  // namespace

TEST_CASE("an offset index") {
  OffsetIndex index;
  {
    const auto parsed = format::parse_offset_index(buffer_of(offset_index()), 0);
    REQUIRE(parsed.ok());
    index = *parsed;  // a copy keeps the memory
  }
  REQUIRE(index.page_locations.size() == 3);
  CHECK(index.page_locations[1].offset == 150);
  CHECK(index.page_locations[1].compressed_page_size == 50);
  CHECK(index.page_locations[2].first_row_index == 20);
  REQUIRE(index.unencoded_byte_array_data_bytes.size() == 3);
  CHECK(index.unencoded_byte_array_data_bytes[2] == 9);
}

TEST_CASE("offset indexes that break the format") {
  const auto fault = [](const std::function<void(ThriftWriter&)>& write) {
    ThriftWriter w;
    write(w);
    return format::parse_offset_index(buffer_of(w.finish()), 9).status().to_string();
  };
  const auto pages = [&](int64_t offset, int32_t size, int64_t row) {
    return fault([&](ThriftWriter& w) {
      w.list_of_structs(1, 2, [&](ThriftWriter& s, size_t i) {
        if (i == 0) {
          s.i64(1, 4).i32(2, 5).i64(3, 6);
        } else {
          s.i64(1, offset).i32(2, size).i64(3, row);
        }
      });
    });
  };
  CHECK(pages(9, 5, 6) == "ok");
  CHECK(pages(-9, 5, 7) ==
        "corrupt: offset index: page 1: offset is missing or negative (offset 9)");
  CHECK(pages(9, -5, 7).find("compressed_page_size is missing or negative") != std::string::npos);
  CHECK(pages(9, 5, -7).find("first_row_index is missing or negative") != std::string::npos);
  CHECK(pages(9, 5, 5).find("first_row_index descends") != std::string::npos);
  CHECK(fault([](ThriftWriter&) {}) ==
        "corrupt: offset index: page_locations is missing (offset 9)");
  CHECK(fault([](ThriftWriter& w) {
          w.list_of_i32(1, {1});
        }).find("list has elements of another type") != std::string::npos);
  CHECK(fault([](ThriftWriter& w) {
          w.list(1, ThriftWriter::kStruct, 1u << 30);
        }).find("longer than the bytes") != std::string::npos);
  const std::string good = offset_index();
  for (size_t size = 0; size < good.size(); ++size) {
    CHECK_FALSE(format::parse_offset_index(buffer_of(good.substr(0, size)), 0).ok());
  }
}

TEST_CASE("a column index") {
  const auto index = format::parse_column_index(buffer_of(column_index()), 0, nested_leaf());
  REQUIRE(index.ok());
  REQUIRE(index->null_pages.size() == 2);
  CHECK_FALSE(index->null_pages[0]);
  CHECK(index->null_pages[1]);
  CHECK(index->min_values[0] == "a");
  CHECK(index->max_values[1] == "b");
  CHECK(index->boundary_order == BoundaryOrder::ascending);
  CHECK(index->null_counts.size() == 2);
  CHECK(index->null_counts[1] == 3);
  CHECK(index->repetition_level_histograms.size() == 4);
  CHECK(index->definition_level_histograms.size() == 6);
  CHECK(index->nan_counts.size() == 2);
  Lists least;
  least.null_counts = least.repetition = least.definition = least.nans = -1;
  least.boundary = 9;
  const auto bare = format::parse_column_index(buffer_of(column_index(least)), 0, nested_leaf());
  REQUIRE(bare.ok());
  CHECK(bare->null_counts.empty());
  CHECK(bare->boundary_order == BoundaryOrder::unordered);
  Lists unknown;
  unknown.count = -1;
  const auto negative =
      format::parse_column_index(buffer_of(column_index(unknown)), 0, nested_leaf());
  REQUIRE(negative.ok());
  CHECK(negative->null_counts.empty());
}

TEST_CASE("column indexes whose lists do not match") {
  CHECK(column_fault({}) == "ok");
  CHECK(column_fault({.min = 1}) ==
        "corrupt: column index: min_values has 1 items for 2 pages (offset 9)");
  CHECK(column_fault({.max = 3}).find("max_values has 3 items") != std::string::npos);
  CHECK(column_fault({.null_counts = 1}).find("null_counts has 1 items") != std::string::npos);
  CHECK(column_fault({.repetition = 2}).find("repetition_level_histograms") != std::string::npos);
  CHECK(column_fault({.definition = 4}).find("definition_level_histograms") != std::string::npos);
  CHECK(column_fault({.nans = 3}).find("nan_counts has 3 items") != std::string::npos);
  CHECK(column_fault({.null_pages = -1}) ==
        "corrupt: column index: null_pages is missing (offset 9)");
  CHECK(column_fault({.min = -1}).find("min_values is missing") != std::string::npos);
  CHECK(column_fault({.max = -1}).find("max_values is missing") != std::string::npos);
  CHECK(column_fault({.boundary = -1}).find("boundary_order is missing") != std::string::npos);
}

TEST_CASE("changed indexes give values or a status") {
  std::minstd_rand random(7);
  const std::string columns = column_index();
  const std::string offsets = offset_index();
  int read = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = round % 2 == 0 ? columns : offsets;
    bytes[random() % bytes.size()] = static_cast<char>(random() >> 8);
    if (round % 2 == 0) {
      const auto index = format::parse_column_index(buffer_of(bytes), 0, nested_leaf());
      if (!index) continue;
      ++read;
      CHECK(index->min_values.size() == index->null_pages.size());
    } else {
      const auto index = format::parse_offset_index(buffer_of(bytes), 0);
      if (!index) continue;
      ++read;
      for (const PageLocation& page : index->page_locations) CHECK(page.offset >= 0);
    }
  }
  CHECK(read > 500);
}
