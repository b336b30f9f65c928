// Filters on composed files (built_file.h): the rows that a read keeps are those of a read of all
// for which the condition is true by plain comparison, with their values and their numbers.
#include <cmath>
#include <optional>

#include "fuzz/file/built_file.h"
#include "fuzz/file/read_modes.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

enum class Truth : uint8_t { no, yes, unknown };

constexpr const char* kOperators[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};

Truth truth_of(size_t op, int order) {
  const bool holds[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
  return holds[op] ? Truth::yes : Truth::no;
}

// Every NaN is equal to every other and above all else.
template <class T>
int order_of(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - std::isnan(b);
  return static_cast<int>(a > b) - static_cast<int>(a < b);
}

bool is_temporal(const Leaf& leaf) {
  return leaf.physical_type == PhysicalType::int96 || leaf.logical.is(LogicalKind::date) ||
         leaf.logical.is(LogicalKind::time) || leaf.logical.is(LogicalKind::timestamp);
}

// One comparison. `half` adds a half to the number, which no integer equals.
struct Condition {
  size_t chosen = 0;  // of the leaves, by turns
  size_t op = 0;      // behind kOperators: is null, like 'text%', in (number, null)
  bool negated = false;
  bool odd = false;
  bool is_text = false, is_boolean = false, temporal = false, is_time = false;
  int64_t number = 0;
  bool half = false;
  std::string text;

  static Condition from(Feed& feed) {
    Condition made;
    made.chosen = feed.byte();
    made.op = feed.below(9);
    const uint8_t flags = feed.byte();
    made.negated = (flags & 1) != 0;
    made.odd = (flags & 0xE0) == 0x20;
    made.half = (flags & 4) != 0 && made.op != 8;
    for (const uint8_t byte : feed.bytes(feed.below(6))) {
      made.text.push_back(static_cast<char>('a' + byte % 8));
    }
    made.number = (flags & 8) != 0 && !made.half ? static_cast<int64_t>(feed.u64())
                                                 : static_cast<int16_t>(feed.u16());
    return made;
  }

  // Literals that the column takes, unless the choice was an odd one.
  void fit(const Leaf& of) {
    const bool bytes = of.physical_type == PhysicalType::byte_array ||
                       of.physical_type == PhysicalType::fixed_len_byte_array;
    const bool numeric = of.logical.is(LogicalKind::decimal) || of.logical.is(LogicalKind::float16);
    is_text = (bytes && !numeric) != odd;
    if (op == 7 && !is_text) op = 6;
    is_boolean = of.physical_type == PhysicalType::boolean && !odd;
    temporal = is_temporal(of) && !odd;
    is_time = of.logical.is(LogicalKind::time);
  }

  std::string literal() const {
    if (is_boolean) return (number & 1) != 0 ? "true" : "false";
    if (temporal) {
      std::string moment = is_time ? "" : std::to_string(1000 + (number & 0xFFF)) + "-02-1";
      if (!is_time) moment += std::to_string(number >> 12 & 7);
      if (is_time || half) moment += std::string(is_time ? "" : " ") + "12:30:00.25";
      return "'" + moment + "'";
    }
    if (is_text) return "'" + text + "'";
    if (!half) return std::to_string(number);
    return number >= 0 ? std::to_string(number) + ".5" : "-" + std::to_string(-number - 1) + ".5";
  }

  std::string written(const std::string& path) const {
    std::string quoted = "\"";
    for (const char c : path) quoted += c == '.' ? std::string("\".\"") : std::string(1, c);
    std::string out = (negated ? "not (" : "(") + quoted + "\"";
    if (op < 6) {
      out += kOperators[op] + literal();
    } else if (op == 6) {
      out += " is null";
    } else if (op == 7) {
      out += " like '" + text + "%'";
    } else {
      out += " in (" + literal() + ", null)";
    }
    return out + ")";
  }

  // Empty where this plain statement does not say: logical types, nested columns.
  std::optional<Truth> of(const Column& column, const Leaf& leaf, size_t i) const {
    const std::optional<Truth> plain = stated(column, leaf, i);
    if (!plain || !negated || *plain == Truth::unknown) return plain;
    return *plain == Truth::yes ? Truth::no : Truth::yes;
  }

 private:
  std::optional<Truth> stated(const Column& column, const Leaf& leaf, size_t i) const {
    if (op == 6) return column.is_null(i) ? Truth::yes : Truth::no;
    if (!leaf.logical.is(LogicalKind::none)) return std::nullopt;
    if (column.is_null(i)) return Truth::unknown;
    const std::optional<int> order = order_of_value(column, i);
    if (op == 7) {
      if (column.value_kind() != ValueKind::binary) return std::nullopt;
      return column.bytes(i).starts_with(text) ? Truth::yes : Truth::no;
    }
    if (!order) return std::nullopt;
    if (op == 8) return *order == 0 ? Truth::yes : Truth::unknown;
    return truth_of(op, *order);
  }

  std::optional<int> order_of_value(const Column& column, size_t i) const {
    if (is_text != (column.value_kind() == ValueKind::binary)) return std::nullopt;
    const double wide = static_cast<double>(number) + (half ? 0.5 : 0.0);
    switch (column.value_kind()) {
      case ValueKind::boolean:
        return is_boolean ? std::optional(column.bits()[i] - static_cast<int>(number & 1))
                          : std::nullopt;
      case ValueKind::int32: return order_of_integer(column.values<int32_t>()[i]);
      case ValueKind::int64: return order_of_integer(column.values<int64_t>()[i]);
      case ValueKind::float32:
        return order_of(column.values<float>()[i],
                        half ? static_cast<float>(wide) : static_cast<float>(number));
      case ValueKind::float64: return order_of(column.values<double>()[i], wide);
      case ValueKind::binary: return column.bytes(i).compare(text);
      default: return std::nullopt;
    }
  }
  int order_of_integer(int64_t value) const {
    if (value != number) return value > number ? 1 : -1;
    return half ? -1 : 0;
  }
};

struct Predicate {
  std::vector<Condition> conditions;
  std::vector<bool> all;           // how each is joined to what stands before it: and, or
  std::vector<std::string> paths;  // by turns

  static Predicate from(Feed& feed) {
    Predicate made;
    for (size_t n = 1 + feed.below(3); n > 0; --n) {
      made.all.push_back(feed.flag());
      made.conditions.push_back(Condition::from(feed));
    }
    return made;
  }
  // To the leaves outside of lists, or to all where there are no others.
  void fit(const Schema& schema) {
    std::vector<const Leaf*> leaves;
    for (const Leaf& leaf : schema.leaves()) {
      if (leaf.max_repetition_level == 0) leaves.push_back(&leaf);
    }
    for (const Leaf& leaf : schema.leaves()) {
      if (leaves.empty() || leaves[0]->max_repetition_level != 0) leaves.push_back(&leaf);
    }
    for (const Leaf* leaf : leaves) paths.push_back(schema.leaf_path(leaf->index));
    for (Condition& one : conditions) one.fit(*leaves[one.chosen % leaves.size()]);
  }
  std::string written() const {
    std::string out;
    for (size_t i = 0; i < conditions.size(); ++i) {
      if (i != 0) out = "(" + out + (all[i] ? ") and " : ") or ");
      out += conditions[i].written(paths[conditions[i].chosen % paths.size()]);
    }
    return out;
  }
  std::optional<Truth> of(const Batch& batch, const Schema& schema, size_t row) const {
    std::optional<Truth> so_far;
    for (size_t i = 0; i < conditions.size(); ++i) {
      const Field* field = schema.find(paths[conditions[i].chosen % paths.size()]);
      const Column* column = field == nullptr ? nullptr : batch.find(*field);
      if (column == nullptr || field->leaf < 0) return std::nullopt;
      if (column->leaf().max_repetition_level != 0) return std::nullopt;
      const auto one = conditions[i].of(*column, column->leaf(), row);
      if (!one) return std::nullopt;
      so_far = i == 0 ? *one : joined(*so_far, *one, all[i]);
    }
    return so_far;
  }

 private:
  static Truth joined(Truth a, Truth b, bool all) {
    const Truth decides = all ? Truth::no : Truth::yes;
    if (a == decides || b == decides) return decides;
    return a == Truth::unknown || b == Truth::unknown ? Truth::unknown : a;
  }
};

struct Kept {
  Status status;
  std::vector<int64_t> numbers;
  std::vector<Digest> rows;
};

template <class Visit>
Kept read(const File& file, ReadOptions options, Visit visit) {
  Kept kept;
  options.row_numbers = true;
  BatchReader reader = file.read(std::move(options));
  Batch batch;
  while (reader.next(&batch)) {
    require(batch.row_numbers().size() == batch.num_rows(), "each row has its number");
    for (size_t row = 0; row < batch.num_rows(); ++row) {
      Digest digest;
      for (size_t i = 0; i < batch.num_columns(); ++i) add_value(batch.column(i), row, &digest);
      kept.numbers.push_back(batch.row_numbers()[row]);
      kept.rows.push_back(digest);
      visit(batch, row);
    }
  }
  kept.status = reader.status();
  require(file.peak_bytes() <= fuzz_limits().held_bytes, "memory stays within its limit");
  return kept;
}

void require_rows_of(const Kept& all, const Kept& kept) {
  for (size_t i = 0; i < kept.numbers.size(); ++i) {
    const auto number = static_cast<size_t>(kept.numbers[i]);
    require(number < all.rows.size() && (i == 0 || kept.numbers[i] > kept.numbers[i - 1]),
            "kept rows are rows of the file, in their order");
    require(kept.rows[i] == all.rows[number], "a kept row has the values of the row");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  Predicate predicate = Predicate::from(feed);
  const int64_t offset = feed.below(8) * feed.below(8), limit = feed.byte();
  const int32_t batch_rows = 1 + feed.byte();
  bool may_lie = false;
  const Bytes bytes = build_file(feed, &may_lie);
  auto file = open_bytes(bytes, (limit & 1) != 0);
  if (!file || file->schema().num_leaves() == 0) return 0;
  predicate.fit(file->schema());
  auto filter = Filter::parse(predicate.written());
  require_ok(filter.status(), "a predicate that was composed parses");

  std::vector<std::optional<Truth>> truths;
  const Kept all = read(*file, {}, [&](const Batch& batch, size_t row) {
    truths.push_back(predicate.of(batch, file->schema(), row));
  });
  const auto filtered = [&](const Filter& by, bool trust) {
    return read(*file, {.filter = by, .trust_statistics = trust, .batch_rows = batch_rows},
                [](const Batch&, size_t) {});
  };
  const Kept trusting = filtered(*filter, true);
  const Kept kept = filtered(*filter, false);
  const Kept others = filtered(!*filter, false);
  auto count = file->count(*filter, {.trust_statistics = false});
  if (!all.status.ok()) return 0;
  for (size_t i = 0; i < all.numbers.size(); ++i) {
    require(all.numbers[i] == static_cast<int64_t>(i), "rows are numbered from 0");
  }
  if (!kept.status.ok()) {
    require(kept.status.code() == StatusCode::invalid_argument ||
                kept.status.code() == StatusCode::not_found,
            "what can be read can be filtered, or the filter is wrong");
    require(!others.status.ok() && !trusting.status.ok() && !count, "a wrong filter is always so");
    return 0;
  }
  require_ok(others.status, "what can be filtered can be filtered by the contrary");
  require_rows_of(all, kept);
  require_rows_of(all, others);
  require(count.ok() && *count == static_cast<int64_t>(kept.numbers.size()), "rows are counted");
  std::vector<uint8_t> taken(all.numbers.size());
  for (const int64_t number : kept.numbers) taken[static_cast<size_t>(number)] |= 1;
  for (const int64_t number : others.numbers) taken[static_cast<size_t>(number)] |= 2;
  for (size_t i = 0; i < taken.size(); ++i) {
    require(taken[i] != 3, "no row is kept by a condition and by its contrary");
    if (!truths[i]) continue;
    const uint8_t expected = *truths[i] == Truth::yes ? 1 : *truths[i] == Truth::no ? 2 : 0;
    require(taken[i] == expected, "a row is kept where the condition is true");
  }
  if (trusting.status.ok() && !may_lie) {
    require(trusting.numbers == kept.numbers && trusting.rows == kept.rows,
            "evidence that does not lie leaves out nothing");
  }
  const Kept part =
      read(*file, {.filter = *filter, .offset = offset, .limit = limit, .trust_statistics = false},
           [](const Batch&, size_t) {});
  require_ok(part.status, "a part of what is kept is kept");
  const auto from = std::min(kept.numbers.size(), static_cast<size_t>(offset));
  const auto to = std::min(kept.numbers.size(), from + static_cast<size_t>(limit));
  require(std::equal(part.numbers.begin(), part.numbers.end(),
                     kept.numbers.begin() + static_cast<ptrdiff_t>(from),
                     kept.numbers.begin() + static_cast<ptrdiff_t>(to)),
          "offset and limit count what is kept");
  return 0;
}
