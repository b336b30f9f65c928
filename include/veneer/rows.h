// Rows into a struct of the caller's own, by binding its members to fields of the file.
//
//   struct Trip {
//     int64_t id;
//     std::optional<double> fare;
//     std::string_view city;
//     std::vector<std::string> tags;
//   };
//   template <>
//   struct veneer::Binding<Trip> {
//     static constexpr auto fields = veneer::bind_fields(
//         veneer::bind("id", &Trip::id), veneer::bind("fare", &Trip::fare),
//         veneer::bind("city", &Trip::city), veneer::bind("tags", &Trip::tags));
//   };
//
//   auto rows = veneer::read_rows<Trip>(file);
//   if (!rows) return fail(rows.status());      // lists every member that does not fit the file
//   for (const Trip& trip : *rows) …
//   if (!rows->status().ok()) return fail(rows->status());
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "veneer/detail/row_cursors.h"
#include "veneer/file.h"

#pragma GCC visibility push(default)
namespace veneer {

/// Specialise it for a struct: `static constexpr auto fields = bind_fields(bind(name, member), …)`.
///
/// What a member can be, and the fields that it takes:
///   bool · integers of 8 to 64 bits (from any integer whose range they hold: INT(8) into int8_t or
///   wider, INT32 into int64_t; those of 32 and 64 bits also the bare numbers of DATE, DECIMAL …) ·
///   float (FLOAT, FLOAT16) · double (those and DOUBLE) · Int96 · Int128 and Int256 (decimals up to
///   that width) · std::string_view, std::string (BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY that are not
///   decimals) · std::array<uint8_t, N> (FIXED_LEN_BYTE_ARRAY of N bytes: UUID) ·
///   std::chrono::sys_time, and local_time (DATE; TIMESTAMP and INT96 into units under a day; UTC
///   and local timestamps alike) · std::chrono::duration (TIME) ·
///   another bound struct (structures) · std::vector (lists) · std::vector<std::pair<K, V>>,
///   std::map and the like (maps) · std::optional of any of these, for fields that may be null.
/// Conversions of units are exact: a value that the member's unit or width cannot hold is an error
/// that names row and column, never rounded or wrapped.
template <class T>
struct Binding;

/// One member and the name of its field. At the top a name may be a dotted path through structures:
/// "driver.name".
template <class Struct, class Member>
struct FieldBinding {
  std::string_view name;
  Member Struct::*member;
};
template <class Struct, class Member>
constexpr FieldBinding<Struct, Member> bind(std::string_view name, Member Struct::*member) {
  return {name, member};
}
template <class... Bindings>
constexpr std::tuple<Bindings...> bind_fields(Bindings... bindings) {
  return {bindings...};
}

struct RowOptions {
  /// Takes nulls into members that are not std::optional, as a value-initialised T. Without it a
  /// field that may be null needs a std::optional.
  bool nulls_as_default = false;
  /// What to read of the file and how. `columns` and `dictionary_columns` are ignored: the binding
  /// says what is read.
  ReadOptions read = {};
};

/// Hands out rows, one after the other. Movable; not for several threads at once. What is read is
/// what the struct binds.
template <class T>
class RowReader {
 public:
  /// See read_rows.
  static Result<RowReader> open(const File& file, RowOptions options) {
    internal::RowPlan plan;
    plan.schema = &file.schema();
    plan.nulls_as_default = options.nulls_as_default;
    plan.int96 = options.read.int96;
    internal::StructCursor<T> rows;
    if (!rows.plan(&plan, file.schema().root())) {
      return Status::invalid_argument(plan.mismatches).in_file(file.name());
    }
    options.read.dictionary_columns.clear();
    options.read.columns.clear();
    if (!plan.all_columns) options.read.columns = std::move(plan.columns);
    options.read.row_numbers = !options.read.filter.empty();
    return RowReader(file, file.read(std::move(options.read)), std::move(rows));
  }

  /// Fills `*row` from the next row. False at the end and on failure: then `status` tells which,
  /// and `*row` may be filled in part. After a failure it stays false.
  ///
  /// Vectors and strings of `*row` are used again. A std::string_view in it is valid until the next
  /// call; copy into a std::string what must live longer.
  bool next(T* row) {
    if (row_ == num_rows_ && !next_columns()) return false;
    if (!rows_.read(row_, row, &problem_)) return fail();
    ++row_;
    return true;
  }
  /// Replaces `*rows` by the rows that are left of the batch, or by those of the next one: as many
  /// as ReadOptions::batch_rows, at most. False at the end and on failure, with `*rows` empty.
  /// A std::string_view in them is valid until the next call.
  bool next_batch(std::vector<T>* rows) {
    if (row_ == num_rows_ && !next_columns()) {
      rows->clear();
      return false;
    }
    rows->resize(num_rows_ - row_);
    for (T& row : *rows) {
      if (next(&row)) continue;
      rows->clear();
      return false;
    }
    return true;
  }
  const Status& status() const noexcept { return status_.ok() ? reader_.status() : status_; }

  /// Rows that the whole read gives, from metadata.
  int64_t total_rows() const noexcept { return reader_.total_rows(); }
  /// Ordinal in the file of the row that the last `next` gave.
  int64_t row_number() const noexcept { return batch_.row_number(row_ - 1); }

  /// `for (const T& row : reader)`: the rows that `next` would give, each valid until the next one.
  /// Look at `status` when the loop is over.
  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    Iterator() noexcept = default;
    explicit Iterator(RowReader* reader) : reader_(reader) { ++*this; }
    const T& operator*() const noexcept { return reader_->current_; }
    const T* operator->() const noexcept { return &reader_->current_; }
    Iterator& operator++() {
      if (!reader_->next(&reader_->current_)) reader_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, std::default_sentinel_t) noexcept {
      return a.reader_ == nullptr;
    }

   private:
    RowReader* reader_ = nullptr;
  };
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  RowReader(const File& file, BatchReader reader, internal::StructCursor<T> rows)
      : file_(file), reader_(std::move(reader)), rows_(std::move(rows)) {}

  bool next_columns() {
    if (!status_.ok()) return false;
    row_ = num_rows_ = 0;
    if (!reader_.next(&batch_)) return false;
    if (!rows_.attach(batch_)) {
      status_ = Status::invalid_argument("a bound column was not read").in_file(file_.name());
      return false;
    }
    num_rows_ = batch_.num_rows();
    return true;
  }
  bool fail() {
    const std::string row = std::to_string(batch_.row_number(row_));
    status_ = Status(problem_.code, "row " + row + ": " + problem_.what)
                  .in_file(file_.name())
                  .in_column(file_.schema().element_path(problem_.field->element))
                  .in_row_group(batch_.row_group());
    row_ = num_rows_ = 0;
    return false;
  }

  File file_;  // keeps the schema
  BatchReader reader_;
  Batch batch_;
  internal::StructCursor<T> rows_;
  size_t row_ = 0;
  size_t num_rows_ = 0;
  Status status_;
  internal::RowProblem problem_;
  T current_{};
};

/// Starts reading rows into T, for which Binding<T> is specialised. The schema is checked against
/// the struct first: invalid_argument lists every member that does not fit, with what the file has
/// and what the struct wants. Only the columns that the struct binds are read.
template <class T>
Result<RowReader<T>> read_rows(const File& file, RowOptions options = {}) {
  return RowReader<T>::open(file, std::move(options));
}

}  // namespace veneer
#pragma GCC visibility pop
