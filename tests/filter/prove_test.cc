// What the page index proves: the search by boundary order gives what each page gives by itself.
#include "filter/prove.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace veneer;
using namespace veneer::filter;

namespace {

using Random = std::mt19937_64;

template <class T>
std::string plain(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}
std::string plain(const std::string& text) { return text; }

// An index with what its spans show.
struct Index {
  std::unique_ptr<bool[]> null_pages;
  std::vector<std::string> min_bytes, max_bytes;
  std::vector<std::string_view> mins, maxes;
  std::vector<int64_t> null_counts, nan_counts;
  std::vector<PageLocation> pages;
  int64_t rows = 0;
  ColumnIndex index;

  void add(bool null, std::string min, std::string max, int64_t nulls, int64_t nans, int64_t size) {
    flags.push_back(null);
    min_bytes.push_back(std::move(min));
    max_bytes.push_back(std::move(max));
    null_counts.push_back(nulls);
    nan_counts.push_back(nans);
    pages.push_back({0, 0, rows});
    rows += size;
  }
  void finish(BoundaryOrder order, bool counts_nulls, bool counts_nans) {
    const size_t n = flags.size();
    null_pages = std::make_unique<bool[]>(n);
    std::copy(flags.begin(), flags.end(), null_pages.get());
    mins.assign(min_bytes.begin(), min_bytes.end());
    maxes.assign(max_bytes.begin(), max_bytes.end());
    index.null_pages = {null_pages.get(), n};
    index.min_values = mins;
    index.max_values = maxes;
    if (counts_nulls) index.null_counts = null_counts;
    if (counts_nans) index.nan_counts = nan_counts;
    index.boundary_order = order;
  }

 private:
  std::vector<bool> flags;
};

struct Column {
  Column(PhysicalType physical, bool optional)
      : leaf(leaf_of(physical, optional)), type(KeyType::of(leaf)), reader(leaf, type, writer) {}

  static Leaf leaf_of(PhysicalType physical, bool optional) {
    Leaf leaf;
    leaf.physical_type = physical;
    leaf.column_order = ColumnOrder::type_defined;
    leaf.max_definition_level = optional ? 1 : 0;
    return leaf;
  }

  const WriterVersion writer;
  const Leaf leaf;
  const KeyType type;
  const EvidenceReader reader;  // of those above
};

// Pages with bounds in order, with null pages anywhere, of few values so that many are equal.
template <class T>
std::unique_ptr<Index> random_index(const std::vector<T>& values, bool optional, Random& random) {
  auto made = std::make_unique<Index>();
  const bool descending = random() % 2 == 0;
  const size_t pages = 1 + random() % 40;
  std::vector<size_t> lows, highs;
  for (size_t i = 0; i < pages; ++i) {
    lows.push_back(random() % values.size());
    highs.push_back(random() % values.size());
  }
  std::sort(lows.begin(), lows.end());
  std::sort(highs.begin(), highs.end());
  if (descending) {
    std::reverse(lows.begin(), lows.end());
    std::reverse(highs.begin(), highs.end());
  }
  // Ends and middles of null pages, none, or here and there.
  const size_t kind = optional ? random() % 5 : 0;
  const size_t cut = random() % pages;
  for (size_t i = 0; i < pages; ++i) {
    const bool null = (kind == 1 && i < cut) || (kind == 2 && i >= cut) ||
                      (kind == 3 && i >= cut / 2 && i < cut) || (kind == 4 && random() % 3 == 0);
    const auto size = static_cast<int64_t>(1 + random() % 9);
    if (null) {
      made->add(true, "", "", size, 0, size);
      continue;
    }
    const size_t low = std::min(lows[i], highs[i]);
    const size_t high = std::max(lows[i], highs[i]);
    const auto some = [&] { return random() % 4 == 0 ? int64_t{1} : int64_t{0}; };
    made->add(false, plain(values[low]), plain(values[high]), optional ? some() : 0, some(), size);
  }
  made->finish(descending ? BoundaryOrder::descending : BoundaryOrder::ascending, random() % 2 == 0,
               random() % 2 == 0);
  return made;
}

// Of comparisons, ranges, lists, prefixes, and what is made of them.
KeySet random_set(const std::vector<std::string>& keys, Random& random, int depth = 2) {
  const auto key = [&] { return keys[random() % keys.size()]; };
  switch (random() % (depth > 0 ? 6 : 3)) {
    case 0: return KeySet::before({key(), random() % 2 == 0});
    case 1: return KeySet::point(key());
    case 2: return KeySet::prefix(key().substr(0, 1 + random() % 8));
    case 3: return KeySet::complement(random_set(keys, random, depth - 1));
    case 4:
      return KeySet::unite(random_set(keys, random, depth - 1),
                           random_set(keys, random, depth - 1));
    default:
      return KeySet::intersect(random_set(keys, random, depth - 1),
                               KeySet::complement(random_set(keys, random, depth - 1)));
  }
}

std::vector<Match> page_by_page(const Column& of, const Index& made, const Term& term) {
  std::vector<Match> matches;
  for (size_t i = 0; i < made.pages.size(); ++i) {
    const int64_t end = i + 1 < made.pages.size() ? made.pages[i + 1].first_row_index : made.rows;
    const Evidence evidence = of.reader.read(made.index, i, end - made.pages[i].first_row_index);
    matches.push_back(prove(term, of.type, evidence));
  }
  return matches;
}

std::vector<Match> by_search(const Column& of, const Index& made, const Term& term) {
  std::vector<Match> matches(made.pages.size());
  PageProver(of.reader, of.type, made.index, made.pages, made.rows).prove(term, matches.data());
  return matches;
}

template <class T>
void hold_equal(PhysicalType physical, const std::vector<T>& values, uint64_t seed) {
  Random random(seed);
  for (const bool optional : {false, true}) {
    const Column of(physical, optional);
    std::vector<std::string> keys(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      REQUIRE(of.type.from_plain(plain(values[i]), &keys[i]));
    }
    size_t outcomes[3] = {};
    for (int i = 0; i < 2000; ++i) {
      const auto made = random_index(values, optional, random);
      Term term;
      term.set = random_set(keys, random);
      term.nulls = random() % 4 == 0;
      term.has_pattern = random() % 8 == 0;
      const auto expected = page_by_page(of, *made, term);
      CHECK(by_search(of, *made, term) == expected);
      for (const Match match : expected) ++outcomes[static_cast<size_t>(match)];
    }
    for (const size_t outcome : outcomes) CHECK(outcome > 100);
  }
}

}  // namespace

TEST_CASE("the search by boundary order finds what each page tells: integers") {
  hold_equal<int32_t>(PhysicalType::int32, {INT32_MIN, -7, -1, 0, 1, 2, 3, 500, INT32_MAX}, 1);
}

TEST_CASE("the search by boundary order finds what each page tells: floats, with NaNs or none") {
  const double infinity = std::numeric_limits<double>::infinity();
  hold_equal<double>(PhysicalType::float64, {-infinity, -2.5, -0.0, 0.0, 1e-9, 3, 1e300, infinity},
                     2);
}

TEST_CASE("the search by boundary order finds what each page tells: strings") {
  hold_equal<std::string>(PhysicalType::byte_array,
                          {"", "a", "ab", "abc", "b", "bb", "z", "\xC3\xA9", "\xFF"}, 3);
}

TEST_CASE("NaN is found in pages whose bounds leave it out") {
  const Column of(PhysicalType::float64, false);
  Term term;
  term.set = KeySet::point(key_of_number(kNanNumber));
  for (const bool counts : {true, false}) {
    Index made;
    for (int i = 0; i < 8; ++i) made.add(false, plain(1.0 * i), plain(1.5 * i), 0, i == 5, 10);
    made.finish(BoundaryOrder::ascending, true, counts);
    const auto matches = by_search(of, made, term);
    for (size_t i = 0; i < 8; ++i) {
      CHECK(matches[i] == (i == 5 || !counts ? Match::some : Match::none));
    }
  }
}

TEST_CASE("an order that contradicts itself is none") {
  const Column of(PhysicalType::int32, true);
  Term term;
  std::string key;
  REQUIRE(of.type.from_plain(plain(int32_t{40}), &key));
  term.set = KeySet::point(key);
  const auto check = [&](const Index& made) {
    CHECK(by_search(of, made, term) == page_by_page(of, made, term));
  };
  // Ascending where it descends, and the other way about.
  for (const BoundaryOrder order : {BoundaryOrder::ascending, BoundaryOrder::descending}) {
    Index made;
    for (int32_t i = 0; i < 9; ++i) {
      const int32_t at = 10 * (order == BoundaryOrder::ascending ? 8 - i : i);
      made.add(false, plain(at), plain(at + 5), 0, 0, 10);
    }
    made.finish(order, true, false);
    check(made);
  }
  // A null page that has fewer nulls than rows: what it holds nobody knows.
  Index made;
  for (int32_t i = 0; i < 9; ++i) {
    made.add(i == 2, i == 2 ? "" : plain(i), i == 2 ? "" : plain(i), i == 2 ? 3 : 0, 0, 10);
  }
  made.finish(BoundaryOrder::ascending, true, false);
  check(made);
  CHECK(by_search(of, made, term)[2] == Match::some);
}
