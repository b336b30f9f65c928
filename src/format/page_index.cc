#include "format/page_index.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "format/structs.h"
#include "thrift/reader.h"

namespace veneer::format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::Reader;
using thrift::Type;

// The bytes of an index and the arrays made of them.
struct Storage {
  explicit Storage(Buffer buffer) noexcept : bytes(std::move(buffer)), arena(bytes.pool()) {}
  Buffer bytes;
  Arena arena;
};

// Reads a list of one element type into an arena's array. Any failure is kept in the reader, or,
// for memory, in `status`.
class ListReader {
 public:
  ListReader(Reader& reader, Arena* arena) : reader_(reader), arena_(arena) {}

  template <class T, class Read>
  std::span<const T> read(Type element, Read read_one) {
    thrift::ListHeader list = reader_.list();
    // Either boolean number may stand for the element type.
    if (list.element == Type::bool_false) list.element = Type::bool_true;
    if (list.count != 0 && list.element != element) {
      reader_.fail("list has elements of another type");
      return {};
    }
    auto made = arena_->make<T>(list.count);
    if (!made) {
      if (status_.ok()) status_ = std::move(made).status();
      reader_.fail("no memory for a list");
      return {};
    }
    for (T& item : *made) item = read_one();
    return *made;
  }

  std::span<const int64_t> int64s() {
    return read<int64_t>(Type::i64, [&] { return reader_.i64(); });
  }
  std::span<const std::string_view> strings() {
    return read<std::string_view>(Type::binary, [&] { return reader_.string(); });
  }

  /// What went wrong, if anything did.
  Status status(std::string_view what, int64_t base_offset) {
    if (!status_.ok()) return std::move(status_);
    const Status failed = reader_.status(base_offset);
    if (failed.ok()) return {};
    return Status::corrupt(std::string(what).append(": ").append(failed.message()),
                           failed.offset());
  }

 private:
  Reader& reader_;
  Arena* arena_;
  Status status_;
};

PageLocation read_location(Reader& reader) {
  PageLocation out{-1, -1, -1};
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::i64): out.offset = reader.i64(); break;
      case key(2, Type::i32): out.compressed_page_size = reader.i32(); break;
      case key(3, Type::i64): out.first_row_index = reader.i64(); break;
      default: reader.skip(field.type);
    }
  }
  return out;
}

Status check_locations(std::span<const PageLocation> pages, int64_t base_offset) {
  int64_t last_row = 0;
  for (size_t i = 0; i < pages.size(); ++i) {
    const PageLocation& page = pages[i];
    const char* fault = nullptr;
    if (page.offset < 0) fault = "offset is missing or negative";
    if (page.compressed_page_size < 0) fault = "compressed_page_size is missing or negative";
    if (page.first_row_index < 0) fault = "first_row_index is missing or negative";
    if (fault == nullptr && page.first_row_index < last_row) fault = "first_row_index descends";
    if (fault != nullptr) {
      return Status::corrupt(concat({"offset index: page ", i, ": ", fault}), base_offset);
    }
    last_row = page.first_row_index;
  }
  return {};
}

// A list that is there has one item (or as many as `each` says) a page.
Status check_length(std::string_view name, size_t size, size_t pages, size_t each,
                    int64_t base_offset) {
  if (size == pages * each) return {};
  return Status::corrupt(
      concat({"column index: ", name, " has ", size, " items for ", pages, " pages"}), base_offset);
}

bool any_negative(std::span<const int64_t> counts) {
  for (const int64_t count : counts) {
    if (count < 0) return true;
  }
  return false;
}

Status check_column_index(ColumnIndex* index, int64_t base_offset, const Leaf& leaf) {
  const size_t pages = index->null_pages.size();
  VENEER_CHECK(check_length("min_values", index->min_values.size(), pages, 1, base_offset));
  VENEER_CHECK(check_length("max_values", index->max_values.size(), pages, 1, base_offset));
  const auto optional_list = [&](std::string_view name, std::span<const int64_t> list,
                                 size_t each) -> Status {
    return list.empty() ? Status() : check_length(name, list.size(), pages, each, base_offset);
  };
  VENEER_CHECK(optional_list("null_counts", index->null_counts, 1));
  VENEER_CHECK(optional_list("nan_counts", index->nan_counts, 1));
  VENEER_CHECK(optional_list("repetition_level_histograms", index->repetition_level_histograms,
                             size_t{leaf.max_repetition_level} + 1));
  VENEER_CHECK(optional_list("definition_level_histograms", index->definition_level_histograms,
                             size_t{leaf.max_definition_level} + 1));
  // As in Statistics, a negative count means that it is not known.
  if (any_negative(index->null_counts)) index->null_counts = {};
  if (any_negative(index->nan_counts)) index->nan_counts = {};
  return {};
}

}  // namespace

Result<OffsetIndex> parse_offset_index(Buffer bytes, int64_t base_offset) {
  auto storage = std::make_shared<Storage>(std::move(bytes));
  Reader reader(storage->bytes.bytes());
  ListReader lists(reader, &storage->arena);
  OffsetIndex out;
  bool has_locations = false;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::list):
        out.page_locations =
            lists.read<PageLocation>(Type::structure, [&] { return read_location(reader); });
        has_locations = true;
        break;
      case key(2, Type::list): out.unencoded_byte_array_data_bytes = lists.int64s(); break;
      default: reader.skip(field.type);
    }
  }
  VENEER_CHECK(lists.status("offset index", base_offset));
  if (!has_locations) return missing("offset index: page_locations", base_offset);
  VENEER_CHECK(check_locations(out.page_locations, base_offset));
  if (out.unencoded_byte_array_data_bytes.size() != out.page_locations.size()) {
    out.unencoded_byte_array_data_bytes = {};
  }
  out.storage = std::move(storage);
  return out;
}

Result<ColumnIndex> parse_column_index(Buffer bytes, int64_t base_offset, const Leaf& leaf) {
  auto storage = std::make_shared<Storage>(std::move(bytes));
  Reader reader(storage->bytes.bytes());
  ListReader lists(reader, &storage->arena);
  ColumnIndex out;
  bool has_null_pages = false, has_min = false, has_max = false;
  std::optional<int32_t> boundary;
  FieldHeader field;
  while (reader.next_field(&field)) {
    switch (field.key()) {
      case key(1, Type::list):
        out.null_pages = lists.read<bool>(Type::bool_true, [&] { return reader.element_bool(); });
        has_null_pages = true;
        break;
      case key(2, Type::list): out.min_values = lists.strings(), has_min = true; break;
      case key(3, Type::list): out.max_values = lists.strings(), has_max = true; break;
      case key(4, Type::i32): boundary = reader.i32(); break;
      case key(5, Type::list): out.null_counts = lists.int64s(); break;
      case key(6, Type::list): out.repetition_level_histograms = lists.int64s(); break;
      case key(7, Type::list): out.definition_level_histograms = lists.int64s(); break;
      case key(8, Type::list): out.nan_counts = lists.int64s(); break;
      default: reader.skip(field.type);
    }
  }
  VENEER_CHECK(lists.status("column index", base_offset));
  if (!has_null_pages) return missing("column index: null_pages", base_offset);
  if (!has_min) return missing("column index: min_values", base_offset);
  if (!has_max) return missing("column index: max_values", base_offset);
  if (!boundary) return missing("column index: boundary_order", base_offset);
  // An order that we do not know promises nothing.
  if (*boundary == 1 || *boundary == 2) out.boundary_order = static_cast<BoundaryOrder>(*boundary);
  VENEER_CHECK(check_column_index(&out, base_offset, leaf));
  out.storage = std::move(storage);
  return out;
}

}  // namespace veneer::format
