// Every way of reading with a filter gives the rows for which it is true by definition: random
// schemas, data, layouts and predicates. VENEER_FILTER_CASES sets how many (tools/test runs
// 100,000).
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

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

int64_t number_from(const char* variable, int64_t otherwise) {
  const char* asked = std::getenv(variable);
  return asked == nullptr ? otherwise : std::atoll(asked);
}

ReadOptions random_options(const CaseFile& made, const CasePredicate& predicate, Random& random) {
  ReadOptions options;
  auto filter = Filter::parse(predicate.text);
  REQUIRE_MESSAGE(filter.ok(), filter.status().to_string());
  options.filter = *filter;
  options.row_numbers = true;
  options.batch_rows = 1 + static_cast<int32_t>(random() % 100);
  options.trust_statistics = random() % 4 != 0;
  options.threads = random() % 8 == 0 ? 2 : 1;
  if (random() % 4 == 0) {
    options.first_row = static_cast<int64_t>(random() % static_cast<uint64_t>(made.rows + 2));
    options.row_count = static_cast<int64_t>(random() % 50);
  }
  if (random() % 4 == 0) options.offset = static_cast<int64_t>(random() % 10);
  if (random() % 4 == 0) options.limit = static_cast<int64_t>(random() % 30);
  return options;
}

// Random predicates on a file that has the rows of a case, and at least one of its leaves.
void try_predicates(const File& file, const CaseFile& made, const std::string& name,
                    int64_t predicates, Random& random, FilterStats* seen) {
  std::vector<std::string> columns;
  for (const Field& field : file.schema().fields()) {
    if (random() % 3 != 0) columns.emplace_back(field.name);
  }
  if (columns.empty()) columns.emplace_back(file.schema().fields().back().name);
  ReadOptions plain;
  plain.columns = columns;
  const ReadResult all = read_rows(file, plain);
  REQUIRE_MESSAGE(all.status.ok(), all.status.to_string());
  REQUIRE(static_cast<int64_t>(all.rows.size()) == made.rows);
  for (int64_t i = 0; i < predicates; ++i) {
    const CasePredicate predicate = make_case_predicate(made, random);
    ReadOptions options = random_options(made, predicate, random);
    options.columns = columns;
    const Expected expected = part_of(all.rows, predicate.keeps, options);
    std::string what = name + ", " + predicate.text;
    for (const CaseFile::Leaf& leaf : made.leaves) what += "; " + leaf.path + " " + leaf.type->name;
    compare(file, options, expected, what);

    FilterStats stats;
    auto count = file.count(options.filter, options, &stats);
    REQUIRE_MESSAGE(count.ok(), count.status().to_string());
    REQUIRE_MESSAGE(*count == static_cast<int64_t>(expected.rows.size()), what);
    *seen += stats;
  }
}

TEST_CASE("filters keep the rows for which they are true") {
  const int64_t cases = number_from("VENEER_FILTER_CASES", 4000);
  Random random(static_cast<uint64_t>(number_from("VENEER_FILTER_SEED", 20260508)));
  constexpr int64_t kPredicates = 20;
  FilterStats seen;
  for (int64_t done = 0; done < cases; done += kPredicates) {
    const uint64_t file_seed = random();
    Random of_file(file_seed);
    const CaseFile made = make_case_file(of_file);
    try_predicates(open_bytes(made.bytes), made, "file " + std::to_string(file_seed), kPredicates,
                   of_file, &seen);
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

// The two below are what filter_peers_test.py runs, before and after other writers have written the
// rows of the cases anew. A file's name begins with its case's number.
TEST_CASE("files of cases for others to rewrite") {
  const char* folder = std::getenv("VENEER_FILTER_WRITE");
  if (folder == nullptr) return;
  for (int64_t i = 0; i < number_from("VENEER_FILTER_FILES", 1); ++i) {
    Random random(static_cast<uint64_t>(i));
    const CaseFile made = make_case_file(random);
    const std::string path = std::string(folder) + "/" + std::to_string(i) + ".parquet";
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(made.bytes.data()),
              static_cast<std::streamsize>(made.bytes.size()));
    REQUIRE(out.good());
  }
}

TEST_CASE("filters keep the rows for which they are true, of files that others wrote") {
  const char* folder = std::getenv("VENEER_FILTER_READ");
  if (folder == nullptr) return;
  FilterStats seen;
  std::map<std::string, std::filesystem::path> files;  // in an order of their own
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files[entry.path().filename().string()] = entry.path();
  }
  for (const auto& [name, path] : files) {
    Random random(static_cast<uint64_t>(std::atoll(name.c_str())));
    CaseFile made = make_case_file(random);
    auto file = File::open(path.string());
    REQUIRE_MESSAGE(file.ok(), file.status().to_string());
    // Not every writer has all types.
    std::erase_if(made.leaves, [&](const CaseFile::Leaf& leaf) {
      return file->schema().find(leaf.path) == nullptr;
    });
    REQUIRE(!made.leaves.empty());
    try_predicates(*file, made, name, 20, random, &seen);
  }
  MESSAGE(files.size() << " files, row groups dropped by statistics "
                       << seen.row_groups_by_statistics << ", dictionaries "
                       << seen.row_groups_by_dictionary << ", bloom filters "
                       << seen.row_groups_by_bloom_filter << ", page index "
                       << seen.row_groups_by_page_index << "; whole " << seen.row_groups_whole
                       << "; pages dropped " << seen.pages_dropped);
  CHECK(seen.row_groups_by_statistics > 0);
  CHECK(seen.row_groups_by_dictionary > 0);
  CHECK(seen.row_groups_whole > 0);
  CHECK(seen.pages_dropped > 0);
}

}  // namespace
}  // namespace veneer::test
