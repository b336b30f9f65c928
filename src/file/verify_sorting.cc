// Holds a row group's rows against its sorting columns.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "file/verify_chunk.h"
#include "file/verify_facts.h"

namespace veneer::checks {
namespace {

bool is_nan(const Leaf& leaf, std::string_view plain) noexcept {
  return sort_order(leaf) == SortOrder::floating &&
         !effective_bounds(plain, plain, leaf, WriterVersion()).min.has_value();
}

constexpr size_t kLongestValue = size_t{64} << 10;
constexpr size_t kMostKeys = 100;

// One sorting column: how a row's value compares with that of the row before.
class Key {
 public:
  Key(const Schema& schema, const SortingColumn& column)
      : field_(&schema.field_of(schema.leaf(narrow<uint32_t>(column.column)))),
        leaf_(schema.leaf(narrow<uint32_t>(column.column))),
        column_(column) {
    if (leaf_.column_order == ColumnOrder::undefined) {
      leaf_.column_order = ColumnOrder::type_defined;
    }
  }
  bool has_order() const noexcept { return sort_order(leaf_) != SortOrder::none; }
  const Field& field() const noexcept { return *field_; }

  /// Adds to `order`, for each row that is still 0, how it stands to the row before: negative where
  /// it comes after, as it should, positive where it should have come before.
  void compare_rows(const Column& values, bool has_last, std::vector<int8_t>* order) {
    switch (values.value_kind()) {
      case ValueKind::int32: integers<int32_t, uint32_t>(values, has_last, order); break;
      case ValueKind::int64: integers<int64_t, uint64_t>(values, has_last, order); break;
      default:
        for (size_t i = 1; i < values.size(); ++i) {
          if ((*order)[i] == 0) (*order)[i] = general(values, i);
        }
    }
    const size_t n = values.size();
    if (has_last && (*order)[0] == 0) (*order)[0] = against_last(values);
    last_null_ = values.is_null(n - 1);
    PlainScratch scratch;
    const auto last = last_null_ ? std::string_view() : plain_bytes(leaf_, values, n - 1, &scratch);
    // A copy of a long value would be memory that no budget knows of.
    has_last_ = last.size() <= kLongestValue;
    last_ = std::string(has_last_ ? last : std::string_view());
  }

 private:
  int8_t signed_order(int order) const noexcept {
    const int sign = order < 0 ? -1 : order > 0 ? 1 : 0;
    return static_cast<int8_t>(column_.descending ? -sign : sign);
  }
  int8_t null_order(bool before_null, bool null) const noexcept {
    if (before_null == null) return 0;
    return before_null == column_.nulls_first ? int8_t{-1} : int8_t{1};
  }
  int8_t by_bytes(std::string_view a, std::string_view b) const noexcept {
    // Nobody has said where NaN sorts: it ties with everything.
    if (is_nan(leaf_, a) || is_nan(leaf_, b)) return 0;
    return signed_order(compare(leaf_, a, b));
  }
  int8_t general(const Column& values, size_t i) const noexcept {
    if (values.is_null(i - 1) || values.is_null(i)) {
      return null_order(values.is_null(i - 1), values.is_null(i));
    }
    PlainScratch scratch[2];
    return by_bytes(plain_bytes(leaf_, values, i - 1, &scratch[0]),
                    plain_bytes(leaf_, values, i, &scratch[1]));
  }
  int8_t against_last(const Column& values) const noexcept {
    if (!has_last_) return 0;
    if (last_null_ || values.is_null(0)) return null_order(last_null_, values.is_null(0));
    PlainScratch scratch;
    return by_bytes(last_, plain_bytes(leaf_, values, 0, &scratch));
  }
  template <class Signed, class Unsigned>
  void integers(const Column& values, bool, std::vector<int8_t>* order) const {
    const Signed* all = values.values<Signed>().data();
    const bool is_unsigned = sort_order(leaf_) == SortOrder::unsigned_int;
    for (size_t i = 1; i < values.size(); ++i) {
      if ((*order)[i] != 0) continue;
      if (values.is_null(i - 1) || values.is_null(i)) {
        (*order)[i] = null_order(values.is_null(i - 1), values.is_null(i));
        continue;
      }
      const bool less = is_unsigned
                            ? static_cast<Unsigned>(all[i - 1]) < static_cast<Unsigned>(all[i])
                            : all[i - 1] < all[i];
      (*order)[i] = signed_order(all[i - 1] == all[i] ? 0 : less ? -1 : 1);
    }
  }

  const Field* field_;
  Leaf leaf_;
  SortingColumn column_;
  bool last_null_ = false;
  bool has_last_ = true;
  std::string last_;
};

}  // namespace

Status verify_sorting(const File& file, const VerifyOptions& options, int32_t row_group,
                      Report* report) {
  auto sorting = file.metadata().sorting_columns(narrow<uint32_t>(row_group));
  if (!sorting) {
    report->failure(FindingKind::sorting, sorting.status());
    return {};
  }
  const Schema& schema = file.schema();
  std::vector<Key> keys;
  ReadOptions read;
  for (const SortingColumn& column : *sorting) {
    const Leaf& leaf = schema.leaf(narrow<uint32_t>(column.column));
    // Nobody sorts by so many columns; each costs a pass over the rows.
    if (keys.size() == kMostKeys) break;
    keys.emplace_back(schema, column);
    // What the order of a list's rows is, nobody has said; behind it nothing can be told.
    if (leaf.max_repetition_level > 0 || !keys.back().has_order()) {
      keys.pop_back();
      break;
    }
    read.columns.push_back(schema.leaf_path(leaf.index));
  }
  if (keys.empty()) return {};
  read.first_row_group = row_group;
  read.row_group_count = 1;
  read.checksums = false;
  read.cancel = options.cancel;
  BatchReader reader = file.read(std::move(read));
  Batch batch;
  bool has_last = false;
  std::vector<int8_t> order;
  while (reader.next(&batch)) {
    order.assign(batch.num_rows(), 0);
    for (Key& key : keys) {
      const Column* values = batch.find(key.field());
      if (values == nullptr || values->size() != batch.num_rows()) return {};
      key.compare_rows(*values, has_last, &order);
    }
    const auto wrong = std::find_if(order.begin(), order.end(), [](int8_t o) { return o > 0; });
    if (wrong != order.end()) {
      const int64_t row = batch.first_row() + (wrong - order.begin());
      (*report)(FindingKind::sorting, concat({"row ", row,
                                              " of the file is not in the order of the row "
                                              "group's sorting columns"}));
      return {};
    }
    has_last = true;
  }
  // What cannot be read has been found with its chunk.
  return is_fatal(reader.status()) ? reader.status() : Status();
}

}  // namespace veneer::checks
