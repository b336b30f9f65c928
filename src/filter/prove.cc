#include "filter/prove.h"

#include <algorithm>

namespace veneer::filter {

namespace {

const std::string* pointer(const std::optional<std::string>& bound) noexcept {
  return bound.has_value() ? &*bound : nullptr;
}

// What is known of some values and nulls.
struct Facts {
  const std::string* low;
  const std::string* high;
  bool no_nulls;
  bool all_null;
  bool no_nans;
};

Match decide(const Term& term, const KeyType& type, const Facts& facts) noexcept {
  // Bounds say nothing of NaNs.
  const bool may_be_nan = type.is_floating() && !facts.no_nans;
  const bool takes_nan = type.is_floating() && term.set.contains(key_of_number(kNanNumber));

  const bool some_value =
      !facts.all_null && (term.set.overlaps(facts.low, facts.high) || (may_be_nan && takes_nan));
  const bool some_null = term.nulls && !facts.no_nulls;
  if (!some_value && !some_null) return Match::none;

  const bool all_values =
      facts.all_null ||
      (!term.has_pattern && term.set.covers(facts.low, facts.high) && (!may_be_nan || takes_nan));
  return all_values && (term.nulls || facts.no_nulls) ? Match::all : Match::some;
}

// Of pages [first, last]; counts that are absent say nothing else.
bool all_zero(std::span<const int64_t> counts, size_t first, size_t last) noexcept {
  while (first <= last && (counts.empty() || counts[first] == 0)) ++first;
  return first > last;
}

}  // namespace

Match prove(const Term& term, const KeyType& type, const Evidence& evidence) noexcept {
  return decide(term, type,
                {pointer(evidence.low), pointer(evidence.high), evidence.nulls == 0,
                 evidence.nulls == evidence.rows, evidence.nans == 0});
}

void EvidenceReader::set_count(std::optional<int64_t> count, int64_t rows,
                               std::optional<int64_t>* out) {
  // A count that cannot be is none.
  if (count.has_value() && *count >= 0 && *count <= rows) *out = count;
}

void EvidenceReader::set_bounds(const Bounds& bounds, Evidence* out) const {
  const auto key = [&](const std::optional<std::string_view>& bound) {
    std::string made;
    if (!bound.has_value() || !type_.from_plain(*bound, &made)) return std::optional<std::string>();
    // In total order a NaN may be a bound; where it stands among the keys is another matter.
    if (type_.is_floating() && number_of_key(made) == kNanNumber) {
      return std::optional<std::string>();
    }
    return std::optional<std::string>(std::move(made));
  };
  out->low = key(bounds.min);
  out->high = key(bounds.max);
  // As keys order them; else they are not to be believed.
  if (out->low && out->high && *out->high < *out->low) {
    out->low.reset();
    out->high.reset();
  }
}

Evidence EvidenceReader::read(const Statistics& statistics, int64_t rows) const {
  Evidence made;
  made.rows = rows;
  if (trust_null_count(writer_, leaf_)) set_count(statistics.null_count, rows, &made.nulls);
  set_count(statistics.nan_count, rows, &made.nans);
  set_bounds(effective_bounds(statistics, leaf_, writer_), &made);
  if (leaf_.max_definition_level == 0) made.nulls = 0;
  return made;
}

Evidence EvidenceReader::read(const ColumnIndex& index, size_t page, int64_t rows) const {
  Evidence made;
  made.rows = rows;
  if (!index.null_counts.empty() && trust_null_count(writer_, leaf_))
    set_count(index.null_counts[page], rows, &made.nulls);
  if (!index.nan_counts.empty()) set_count(index.nan_counts[page], rows, &made.nans);
  if (leaf_.max_definition_level == 0) made.nulls = 0;
  if (index.null_pages[page]) {
    // It has no bounds. That all are null is believed where the count, if any, agrees.
    if (!made.nulls.has_value() || made.nulls == rows) made.nulls = rows;
    return made;
  }
  set_bounds(effective_bounds(index.min_values[page], index.max_values[page], leaf_, writer_),
             &made);
  return made;
}

PageProver::PageProver(const EvidenceReader& reader, const KeyType& type, const ColumnIndex& index,
                       std::span<const PageLocation> pages, int64_t rows)
    : reader_(reader),
      type_(type),
      index_(index),
      pages_(pages),
      rows_(rows),
      ordered_(index.boundary_order != BoundaryOrder::unordered) {
  // A null page that is none has values of which the bounds on either side say nothing.
  for (size_t i = 0; ordered_ && i < pages.size(); ++i) {
    if (!index.null_pages[i]) continue;
    const Evidence evidence = read(i);
    ordered_ = evidence.nulls == evidence.rows;
  }
}

Evidence PageProver::read(size_t page) const {
  const int64_t end = end_of_page(pages_, page, rows_);
  return reader_.read(index_, page, end - pages_[page].first_row_index);
}

// What holds of all pages from one to another.
Match PageProver::between(const Term& term, size_t first, size_t last, const Evidence& of_first,
                          const Evidence& of_last) const {
  // Null pages have no bounds, and no place in the order.
  if (!ordered_ || index_.null_pages[first] || index_.null_pages[last]) return Match::some;
  const bool ascending = index_.boundary_order == BoundaryOrder::ascending;
  const std::string* low = pointer((ascending ? of_first : of_last).low);
  const std::string* high = pointer((ascending ? of_last : of_first).high);
  if (low != nullptr && high != nullptr && *high < *low) return Match::some;
  return decide(term, type_,
                {low, high, of_first.nulls == 0 && all_zero(index_.null_counts, first, last), false,
                 of_first.nans == 0 && all_zero(index_.nan_counts, first, last)});
}

// The pages between two that are known.
void PageProver::search(const Term& term, size_t first, size_t last, const Evidence& of_first,
                        const Evidence& of_last, Match* out) const {
  if (last - first < 2) return;
  const Match match = between(term, first, last, of_first, of_last);
  if (match != Match::some) {
    std::fill(out + first + 1, out + last, match);
    return;
  }
  const size_t middle = first + (last - first) / 2;
  const Evidence of_middle = read(middle);
  out[middle] = filter::prove(term, type_, of_middle);
  search(term, first, middle, of_first, of_middle, out);
  search(term, middle, last, of_middle, of_last, out);
}

void PageProver::prove(const Term& term, Match* out) const {
  const size_t last = pages_.size() - 1;
  const Evidence of_first = read(0);
  const Evidence of_last = read(last);
  out[0] = filter::prove(term, type_, of_first);
  out[last] = filter::prove(term, type_, of_last);
  search(term, 0, last, of_first, of_last, out);
}

Match outcome(const BoundFilter& filter, const BoundNode& node, const Match* terms) noexcept {
  switch (node.kind) {
    case BoundNode::Kind::constant: return node.truth ? Match::all : Match::none;
    case BoundNode::Kind::term: return terms[node.term];
    case BoundNode::Kind::all_of:
    case BoundNode::Kind::any_of: break;
  }
  const bool all = node.kind == BoundNode::Kind::all_of;
  Match made = all ? Match::all : Match::none;
  for (const uint32_t child : node.children) {
    const Match of = outcome(filter, filter.node(child), terms);
    made = all ? both(made, of) : either(made, of);
  }
  return made;
}

}  // namespace veneer::filter
