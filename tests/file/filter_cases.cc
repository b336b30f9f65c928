#include "filter_cases.h"

#include <algorithm>
#include <climits>
#include <functional>
#include <optional>

#include "support/compressors.h"

namespace veneer::test {
namespace {

using Random = std::mt19937_64;

size_t below(Random& random, size_t n) { return static_cast<size_t>(random() % n); }
bool chance(Random& random, unsigned percent) { return random() % 100 < percent; }

// ------------------------------------------------------------------------------------------ files

struct PageValues {
  std::vector<int> atoms;  // -1: null
  bool outer_null = false;
};

// Bounds by rank; of floats without NaN.
struct Range {
  const Atom* min = nullptr;
  const Atom* max = nullptr;
  int64_t nulls = 0;
  int64_t nans = 0;
  bool all_null() const { return min == nullptr && nans == 0; }
};

Range range_of(const AtomType& type, const std::vector<int>& atoms) {
  Range range;
  const int nan = type.floating ? type.atoms[7].rank : -1;
  for (const int at : atoms) {
    if (at < 0) {
      ++range.nulls;
      continue;
    }
    const Atom& atom = type.atoms[static_cast<size_t>(at)];
    if (atom.rank == nan) {
      ++range.nans;
      continue;
    }
    if (range.min == nullptr || atom.rank < range.min->rank) range.min = &atom;
    if (range.max == nullptr || atom.rank > range.max->rank) range.max = &atom;
  }
  return range;
}

bool cuts_bounds(const AtomType& type) { return type.name == "STRING" || type.name == "BYTES"; }

// Bytes that are no more, or no less, than the bound: cut short where that is allowed.
std::string bound(const AtomType& type, const Atom& atom, bool upper, Random& random) {
  std::string bytes = atom.plain;
  if (!cuts_bounds(type) || bytes.size() < 2 || chance(random, 50)) return bytes;
  std::string cut = bytes.substr(0, 1 + below(random, bytes.size() - 1));
  if (!upper) return cut;
  while (!cut.empty() && cut.back() == '\xFF') cut.pop_back();
  if (cut.empty()) return bytes;
  cut.back() = static_cast<char>(cut.back() + 1);
  return cut;
}

std::optional<Thrift> statistics_of(const AtomType& type, const std::vector<int>& atoms,
                                    Random& random) {
  const Range range = range_of(type, atoms);
  Thrift made;
  if (chance(random, 70)) made.set(3, Thrift::i64(range.nulls));
  if (range.min != nullptr && chance(random, 90)) {
    if (chance(random, 90)) {
      made.set(5, Thrift::binary(bound(type, *range.max, true, random)));
    }
    if (chance(random, 90)) {
      made.set(6, Thrift::binary(bound(type, *range.min, false, random)));
    }
  }
  if (type.floating && chance(random, 50)) made.set(9, Thrift::i64(range.nans));
  return made;
}

// The order that an index can tell of its bounds, those of null pages aside. They are as ranks, or
// as bytes where they may be cut short.
struct OrderOfBounds {
  explicit OrderOfBounds(const AtomType& type) : by_bytes(cuts_bounds(type)) {}
  void add(const Range& range, const Bytes& min, const Bytes& max) {
    lows.emplace_back(by_bytes ? 0 : range.min->rank, by_bytes ? min : Bytes());
    highs.emplace_back(by_bytes ? 0 : range.max->rank, by_bytes ? max : Bytes());
  }
  BoundaryOrder tell(Random& random) const {
    const auto in_order = [this](auto less) {
      return std::is_sorted(lows.begin(), lows.end(), less) &&
             std::is_sorted(highs.begin(), highs.end(), less);
    };
    if (chance(random, 10)) return BoundaryOrder::unordered;
    if (in_order(std::less<>())) return BoundaryOrder::ascending;
    return in_order(std::greater<>()) ? BoundaryOrder::descending : BoundaryOrder::unordered;
  }

  bool by_bytes;
  std::vector<std::pair<int, Bytes>> lows, highs;
};

void write_chunk(ChunkBuilder& chunk, const LeafInfo& info, const CaseFile::Leaf& leaf,
                 const std::vector<bool>& outer_null, int64_t first, int64_t rows, Random& random) {
  const AtomType& type = *leaf.type;
  const PhysicalType physical = info.type;
  std::vector<Encoding> encodings = encodings_of(physical);
  const Encoding encoding = encodings[below(random, encodings.size())];
  const bool dictionary =
      encoding == Encoding::plain_dictionary || encoding == Encoding::rle_dictionary;
  // After some pages a writer may give up on its dictionary.
  const bool falls_back = dictionary && chance(random, 30);
  if (chance(random, 40)) chunk.codec(Codec::snappy);
  std::vector<std::string> entries;
  if (dictionary) {
    for (const Atom& atom : type.atoms) {
      bool used = chance(random, 10);
      for (int64_t row = first; row < first + rows; ++row) {
        const int at = leaf.atoms[static_cast<size_t>(row)];
        used = used || (at >= 0 && &type.atoms[static_cast<size_t>(at)] == &atom);
      }
      if (used && atom.stored) entries.push_back(atom.plain);
    }
    entries = distinct(entries);
    chunk.dictionary(encode(physical, Encoding::plain, entries),
                     static_cast<int32_t>(entries.size()),
                     encoding == Encoding::plain_dictionary ? encoding : Encoding::plain);
  }
  const bool v2 = chance(random, 50);
  const bool header_statistics = chance(random, 40);
  const bool offset_index = chance(random, 60);
  const bool column_index = offset_index && type.has_order && chance(random, 80);
  std::vector<bool> null_pages;
  std::vector<Bytes> mins, maxes;
  OrderOfBounds order(type);
  std::vector<int64_t> null_counts;
  std::vector<Thrift> nan_counts;
  int plain_pages = 0;
  int dictionary_pages = 0;
  const size_t page_rows = 1 + below(random, chance(random, 50) ? 8 : 60);
  for (int64_t at = first; at < first + rows;) {
    const int64_t take =
        std::min<int64_t>(first + rows - at, 1 + static_cast<int64_t>(below(random, page_rows)));
    DataPage page;
    page.num_values = static_cast<int32_t>(take);
    std::vector<int> atoms;
    std::vector<std::string> present;
    for (int64_t row = at; row < at + take; ++row) {
      const int atom = leaf.atoms[static_cast<size_t>(row)];
      atoms.push_back(atom);
      uint64_t level = static_cast<uint64_t>(info.max_definition);
      if (atom < 0) --level;
      if (info.path.size() > 1 && outer_null[static_cast<size_t>(row)]) level = 0;
      page.def.push_back(level);
      if (atom >= 0) present.push_back(type.atoms[static_cast<size_t>(atom)].plain);
    }
    const bool plain = falls_back && dictionary_pages > 0 && chance(random, 50);
    page.encoding = plain ? Encoding::plain : encoding;
    ++(dictionary && !plain ? dictionary_pages : plain_pages);
    page.values = encode(physical, page.encoding, present, entries);
    if (header_statistics) page.statistics = statistics_of(type, atoms, random);
    v2 ? chunk.data_v2(std::move(page)) : chunk.data_v1(std::move(page));
    const Range range = range_of(type, atoms);
    null_pages.push_back(range.min == nullptr);
    mins.push_back(range.min == nullptr ? Bytes()
                                        : to_bytes(bound(type, *range.min, false, random)));
    maxes.push_back(range.max == nullptr ? Bytes()
                                         : to_bytes(bound(type, *range.max, true, random)));
    if (range.min != nullptr) order.add(range, mins.back(), maxes.back());
    null_counts.push_back(range.nulls);
    nan_counts.push_back(Thrift::i64(range.nans));
    // A page of NaNs alone has no bounds that an index could have.
    if (range.min == nullptr && range.nans != 0) null_pages.back() = false;
    at += take;
  }
  bool nan_page = false;
  for (size_t i = 0; i < null_pages.size(); ++i) {
    nan_page = nan_page || (!null_pages[i] && mins[i].empty() && type.floating);
  }
  if (offset_index) chunk.offset_index();
  if (column_index && !nan_page) {
    Thrift index = test::column_index(null_pages, mins, maxes, order.tell(random),
                                      chance(random, 70) ? null_counts : std::vector<int64_t>());
    if (type.floating && chance(random, 50)) {
      index.set(8, Thrift::list(Thrift::Kind::i64, std::move(nan_counts)));
    }
    chunk.column_index(std::move(index));
  }
  std::vector<int> all(leaf.atoms.begin() + first, leaf.atoms.begin() + first + rows);
  if (chance(random, 60)) {
    if (auto made = statistics_of(type, all, random)) chunk.statistics(std::move(*made));
  }
  if (type.blooms && chance(random, 40)) {
    std::vector<Bytes> values;
    for (const int at : all) {
      if (at >= 0) values.push_back(to_bytes(type.atoms[static_cast<size_t>(at)].plain));
    }
    chunk.bloom_filter(bloom_filter(64, values), chance(random, 50));
  }
  if (dictionary && chance(random, 70)) {
    chunk.edit_metadata([=](Thrift& metadata) {
      std::vector<Thrift> stats;
      const auto add = [&](PageType page_type, Encoding how, int count) {
        if (count == 0) return;
        stats.push_back(Thrift()
                            .set(1, Thrift::i32(static_cast<int32_t>(page_type)))
                            .set(2, Thrift::i32(static_cast<int32_t>(how)))
                            .set(3, Thrift::i32(count)));
      };
      add(PageType::dictionary, Encoding::plain, 1);
      add(v2 ? PageType::data_v2 : PageType::data, encoding, dictionary_pages);
      add(v2 ? PageType::data_v2 : PageType::data, Encoding::plain, plain_pages);
      metadata.set(13, Thrift::list(Thrift::Kind::structure, std::move(stats)));
    });
  }
}

// ------------------------------------------------------------------------------------- predicates

enum class Truth : uint8_t { no, yes, unknown };

Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}
Truth negated(Truth a) {
  return a == Truth::unknown ? a : a == Truth::yes ? Truth::no : Truth::yes;
}
Truth of(bool value) { return value ? Truth::yes : Truth::no; }

struct Answer {
  std::string text;
  std::vector<Truth> rows;
};

class Predicates {
 public:
  Predicates(const CaseFile& file, Random& random) : file_(file), random_(random) {}

  Answer any(int depth) {
    if (depth == 0 || chance(random_, 35)) return leaf();
    const size_t kind = below(random_, 5);
    if (kind == 0) {
      Answer made = any(depth - 1);
      made.text = "not (" + made.text + ")";
      for (Truth& truth : made.rows) truth = negated(truth);
      return made;
    }
    const bool all = kind < 3;
    Answer made = any(depth - 1);
    const Answer other = any(depth - 1);
    made.text = "(" + made.text + (all ? " and " : " or ") + other.text + ")";
    for (size_t i = 0; i < made.rows.size(); ++i) {
      made.rows[i] = all ? both(made.rows[i], other.rows[i])
                         : negated(both(negated(made.rows[i]), negated(other.rows[i])));
    }
    return made;
  }

 private:
  const Atom& literal(const AtomType& type) {
    while (true) {
      const Atom& atom = type.atoms[below(random_, type.atoms.size())];
      if (!atom.literal.empty()) return atom;
    }
  }
  template <class Test>
  Answer answer(const CaseFile::Leaf& leaf, std::string text, Test test) {
    Answer made;
    made.text = std::move(text);
    made.rows.reserve(leaf.atoms.size());
    for (const int at : leaf.atoms) {
      made.rows.push_back(at < 0 ? Truth::unknown
                                 : test(leaf.type->atoms[static_cast<size_t>(at)]));
    }
    return made;
  }

  Answer leaf() {
    const CaseFile::Leaf& leaf = file_.leaves[below(random_, file_.leaves.size())];
    const AtomType& type = *leaf.type;
    switch (below(random_, type.text ? 7 : 6)) {
      case 0: {
        const bool negate = chance(random_, 50);
        Answer made = answer(leaf, leaf.path + (negate ? " is not null" : " is null"),
                             [&](const Atom&) { return of(negate); });
        for (Truth& truth : made.rows) {
          if (truth == Truth::unknown) truth = of(!negate);
        }
        return made;
      }
      case 1: {
        std::vector<int> ranks;
        const bool negate = chance(random_, 30);
        bool null = false;
        std::string text = leaf.path + (negate ? " not in (" : " in (");
        for (size_t n = 1 + below(random_, 4); n > 0; --n) {
          const Atom& atom = literal(type);
          ranks.push_back(atom.rank);
          text += atom.literal + (n > 1 ? ", " : "");
        }
        if (chance(random_, 10)) {
          text += ", null";
          null = true;
        }
        return answer(leaf, text + ")", [&](const Atom& atom) {
          const bool found = std::find(ranks.begin(), ranks.end(), atom.rank) != ranks.end();
          if (found) return of(!negate);
          return null ? Truth::unknown : of(negate);
        });
      }
      case 2: {
        const Atom& low = literal(type);
        const Atom& high = literal(type);
        const bool negate = chance(random_, 30);
        return answer(
            leaf,
            leaf.path + (negate ? " not" : "") + " between " + low.literal + " and " + high.literal,
            [&](const Atom& atom) {
              return of((low.rank <= atom.rank && atom.rank <= high.rank) != negate);
            });
      }
      case 6: {
        const char* patterns[] = {"a%",        "ab%", "abc",   "%",
                                  "_b%",       "%c%", "a_c",   "\xC3\xA9%",
                                  "%\xC3\xA9", "_t_", "it''s", "abcdefghijklmno_"};
        const std::string pattern = patterns[below(random_, std::size(patterns))];
        const bool negate = chance(random_, 30);
        std::string unquoted = pattern;
        if (const size_t at = unquoted.find("''"); at != std::string::npos) unquoted.erase(at, 1);
        return answer(
            leaf, leaf.path + (negate ? " not" : "") + " like '" + pattern + "'",
            [&](const Atom& atom) { return of(matches(atom.plain, unquoted) != negate); });
      }
      default: {
        const char* ops[] = {"=", "<>", "<", "<=", ">", ">="};
        const size_t op = below(random_, 6);
        const Atom& with = literal(type);
        return answer(leaf, leaf.path + " " + ops[op] + " " + with.literal, [&](const Atom& atom) {
          const int a = atom.rank;
          const int b = with.rank;
          const bool truths[] = {a == b, a != b, a<b, a <= b, a> b, a >= b};
          return of(truths[op]);
        });
      }
    }
  }

  // By definition, without a thought of speed.
  static bool matches(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '%') {
      for (size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && (text[i] & '\xC0') == '\x80') continue;
        if (matches(text.substr(i), pattern.substr(1))) return true;
      }
      return false;
    }
    if (text.empty()) return false;
    size_t step = 1;
    if (pattern[0] == '_') {
      while (step < text.size() && (text[step] & '\xC0') == '\x80') ++step;
    } else if (pattern[0] != text[0]) {
      return false;
    }
    return matches(text.substr(step), pattern.substr(1));
  }

  const CaseFile& file_;
  Random& random_;
};

}  // namespace

CaseFile make_case_file(Random& random) {
  CaseFile made;
  // Columns to filter by, one of them below a structure; and a list, which only comes along.
  const size_t columns = 1 + below(random, 3);
  const bool nested = chance(random, 40);
  std::vector<Element> elements;
  std::vector<Repetition> repetitions;
  for (size_t i = 0; i < columns; ++i) {
    CaseFile::Leaf leaf;
    leaf.type = &atom_types()[below(random, atom_types().size())];
    Element element = leaf.type->element;
    element.name = std::string(1, static_cast<char>('a' + i));
    element.repetition = chance(random, 60) ? Repetition::optional : Repetition::required;
    element.thrift.set(3, Thrift::i32(static_cast<int32_t>(element.repetition)));
    element.thrift.set(4, Thrift::binary(element.name));
    repetitions.push_back(element.repetition);
    leaf.path = element.name;
    if (nested && i == columns - 1) {
      leaf.path = "s." + element.name;
      element = group("s", Repetition::optional, {std::move(element)});
    }
    elements.push_back(std::move(element));
    made.leaves.push_back(std::move(leaf));
  }
  elements.push_back(list_of("l", test::leaf("element", PhysicalType::int32)));
  FileBuilder file(std::move(elements));
  std::vector<ColumnOrder> orders;
  for (size_t i = 0; i < file.leaves().size(); ++i) {
    const bool total = i < columns && made.leaves[i].type->floating && chance(random, 30);
    orders.push_back(total ? ColumnOrder::ieee754_total_order : ColumnOrder::type_defined);
  }
  if (chance(random, 90)) file.column_orders(orders);

  const size_t groups = 1 + below(random, 3);
  std::vector<bool> outer_null;
  for (size_t g = 0; g < groups; ++g) {
    const auto rows = static_cast<int64_t>(1 + below(random, chance(random, 30) ? 400 : 60));
    const int64_t first = made.rows;
    made.rows += rows;
    for (int64_t i = 0; i < rows; ++i) outer_null.push_back(nested && chance(random, 10));
    RowGroupBuilder& group = file.row_group(rows);
    for (size_t c = 0; c < columns; ++c) {
      CaseFile::Leaf& leaf = made.leaves[c];
      const AtomType& type = *leaf.type;
      const bool below_group = nested && c == columns - 1;
      const size_t spread = 1 + below(random, type.atoms.size());
      const unsigned null_percent = repetitions[c] == Repetition::required ? 0
                                    : chance(random, 10)                   ? 100
                                                                           : random() % 40;
      const size_t base = below(random, type.atoms.size());
      for (int64_t i = 0; i < rows; ++i) {
        const bool null = chance(random, null_percent) ||
                          (below_group && outer_null[static_cast<size_t>(first + i)]);
        size_t at = (base + below(random, spread)) % type.atoms.size();
        while (!type.atoms[at].stored) at = below(random, type.atoms.size());
        leaf.atoms.push_back(null ? -1 : static_cast<int>(at));
      }
      if (chance(random, 40) && !below_group) {
        const int null_rank = chance(random, 50) ? INT_MIN : INT_MAX;
        const auto before = [&](int a, int b) {
          const auto rank = [&](int at) {
            return at < 0 ? null_rank : type.atoms[static_cast<size_t>(at)].rank;
          };
          return rank(a) < rank(b);
        };
        std::sort(leaf.atoms.begin() + first, leaf.atoms.end(), before);
        if (chance(random, 30)) std::reverse(leaf.atoms.begin() + first, leaf.atoms.end());
      }
      write_chunk(group.chunk(c), file.leaves()[c], leaf, outer_null, first, rows, random);
    }
    ChunkBuilder& list = group.chunk(columns);
    for (int64_t row = 0; row < rows;) {
      DataPage page;
      std::vector<int32_t> values;
      for (int64_t end = std::min<int64_t>(rows, row + 1 + static_cast<int64_t>(below(random, 30)));
           row < end; ++row) {
        const size_t length = below(random, 4);
        if (length == 0) {
          page.rep.push_back(0);
          page.def.push_back(below(random, 2));
        }
        for (size_t i = 0; i < length; ++i) {
          page.rep.push_back(i == 0 ? 0 : 1);
          page.def.push_back(2);
          values.push_back(static_cast<int32_t>(first + row));
        }
      }
      page.num_values = static_cast<int32_t>(page.rep.size());
      page.values = plain(values);
      list.data_v1(std::move(page));
    }
    if (chance(random, 50)) list.offset_index();
  }
  made.bytes = file.finish();
  return made;
}

CasePredicate make_case_predicate(const CaseFile& file, Random& random) {
  Answer answer = Predicates(file, random).any(static_cast<int>(below(random, 4)));
  CasePredicate made;
  made.text = std::move(answer.text);
  for (const Truth truth : answer.rows) made.keeps.push_back(truth == Truth::yes);
  return made;
}

}  // namespace veneer::test
