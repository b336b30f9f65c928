// Every way of reading with a filter gives the rows for which it is true by definition: random
// schemas, data, layouts and predicates. VENEER_FILTER_CASES sets how many (tools/test runs
// 100,000).
#include <doctest/doctest.h>

#include <cstdlib>

#include "filter_cases.h"

namespace veneer::test {
namespace {

using Random = std::mt19937_64;

// Filtered rows of what was decoded, with their numbers.
struct Expected {
  Rows rows;
  std::vector<int64_t> numbers;
};

void compare(const File& file, const ReadOptions& options, const Expected& expected,
             const std::string& what) {
  BatchReader reader = file.read(options);
  Batch batch;
  size_t at = 0;
  while (reader.next(&batch)) {
    REQUIRE_MESSAGE(batch.num_rows() > 0, what);
    REQUIRE_MESSAGE(at + batch.num_rows() <= expected.rows.size(), what);
    REQUIRE_MESSAGE(batch.row_numbers().size() == batch.num_rows(), what);
    REQUIRE_MESSAGE(batch.first_row() == expected.numbers[at], what);
    for (size_t c = 0; c < batch.num_columns(); ++c) {
      const std::string fault = fault_of(batch.column(c));
      REQUIRE_MESSAGE(fault.empty(), what << ": " << fault);
    }
    for (size_t i = 0; i < batch.num_rows(); ++i, ++at) {
      REQUIRE_MESSAGE(batch.row_numbers()[i] == expected.numbers[at], what);
      Value row = Value::record({});
      for (size_t c = 0; c < batch.num_columns(); ++c) {
        row.items.push_back(value_of(batch.column(c), i));
      }
      REQUIRE_MESSAGE(row == expected.rows[at], what << ": row " << expected.numbers[at] << " is "
                                                     << to_string(row) << ", not "
                                                     << to_string(expected.rows[at]));
    }
  }
  REQUIRE_MESSAGE(reader.status().ok(), what << ": " << reader.status().to_string());
  REQUIRE_MESSAGE(at == expected.rows.size(), what);
}

// The expected rows under an offset, a limit and a range.
Expected part_of(const Rows& rows, const std::vector<bool>& keeps, const ReadOptions& options) {
  Expected made;
  int64_t offset = options.offset;
  const int64_t end = options.row_count < 0 ? static_cast<int64_t>(rows.size())
                                            : options.first_row + options.row_count;
  for (int64_t i = options.first_row; i < std::min(end, static_cast<int64_t>(rows.size())); ++i) {
    if (!keeps[static_cast<size_t>(i)]) continue;
    if (offset-- > 0) continue;
    if (options.limit >= 0 && static_cast<int64_t>(made.rows.size()) == options.limit) break;
    made.rows.push_back(rows[static_cast<size_t>(i)]);
    made.numbers.push_back(i);
  }
  return made;
}

TEST_CASE("filters keep the rows for which they are true") {
  const char* asked = std::getenv("VENEER_FILTER_CASES");
  const int64_t cases = asked == nullptr ? 4000 : std::atoll(asked);
  const char* seed = std::getenv("VENEER_FILTER_SEED");
  Random random(seed == nullptr ? 20260508 : static_cast<uint64_t>(std::atoll(seed)));
  constexpr int64_t kPredicates = 20;
  FilterStats seen;
  for (int64_t done = 0; done < cases; done += kPredicates) {
    const uint64_t file_seed = random();
    Random of_file(file_seed);
    const CaseFile made = make_case_file(of_file);
    const File file = open_bytes(made.bytes);
    std::vector<std::string> columns;
    for (size_t i = 0; i < file.schema().fields().size(); ++i) {
      if (of_file() % 3 != 0) columns.emplace_back(file.schema().fields()[i].name);
    }
    if (columns.empty()) columns.emplace_back("l");
    ReadOptions plain;
    plain.columns = columns;
    const ReadResult all = read_rows(file, plain);
    REQUIRE_MESSAGE(all.status.ok(), all.status.to_string());
    for (int64_t i = 0; i < kPredicates; ++i) {
      const CasePredicate predicate = make_case_predicate(made, of_file);
      ReadOptions options;
      options.columns = columns;
      auto filter = Filter::parse(predicate.text);
      REQUIRE_MESSAGE(filter.ok(), filter.status().to_string());
      options.filter = *filter;
      options.row_numbers = true;
      options.batch_rows = 1 + static_cast<int32_t>(of_file() % 100);
      options.trust_statistics = of_file() % 4 != 0;
      options.threads = of_file() % 8 == 0 ? 2 : 1;
      if (of_file() % 4 == 0) {
        options.first_row = static_cast<int64_t>(of_file() % static_cast<uint64_t>(made.rows + 2));
        options.row_count = static_cast<int64_t>(of_file() % 50);
      }
      if (of_file() % 4 == 0) options.offset = static_cast<int64_t>(of_file() % 10);
      if (of_file() % 4 == 0) options.limit = static_cast<int64_t>(of_file() % 30);
      const Expected expected = part_of(all.rows, predicate.keeps, options);
      std::string what = "file " + std::to_string(file_seed) + ", " + predicate.text;
      for (const CaseFile::Leaf& leaf : made.leaves)
        what += "; " + leaf.path + " " + leaf.type->name;
      compare(file, options, expected, what);

      FilterStats stats;
      auto count = file.count(*filter, options, &stats);
      REQUIRE_MESSAGE(count.ok(), count.status().to_string());
      REQUIRE_MESSAGE(*count == static_cast<int64_t>(expected.rows.size()), what);
      seen.row_groups_by_statistics += stats.row_groups_by_statistics;
      seen.row_groups_by_dictionary += stats.row_groups_by_dictionary;
      seen.row_groups_by_bloom_filter += stats.row_groups_by_bloom_filter;
      seen.row_groups_by_page_index += stats.row_groups_by_page_index;
      seen.row_groups_whole += stats.row_groups_whole;
      seen.pages_dropped += stats.pages_dropped;
      seen.rows_proven += stats.rows_proven;
    }
  }
  // Each kind of evidence was at work.
  CHECK(seen.row_groups_by_statistics > 0);
  CHECK(seen.row_groups_by_dictionary > 0);
  CHECK(seen.row_groups_by_bloom_filter > 0);
  CHECK(seen.row_groups_by_page_index > 0);
  CHECK(seen.row_groups_whole > 0);
  CHECK(seen.pages_dropped > 0);
  CHECK(seen.rows_proven > 0);
}

}  // namespace
}  // namespace veneer::test
