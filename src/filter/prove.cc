#include "filter/prove.h"

namespace veneer::filter {

Match prove(const Term& term, const KeyType& type, const Evidence& evidence) noexcept {
  const std::string* low = evidence.low.has_value() ? &*evidence.low : nullptr;
  const std::string* high = evidence.high.has_value() ? &*evidence.high : nullptr;
  const bool no_nulls = evidence.nulls == 0;
  const bool all_null = evidence.nulls == evidence.rows;
  // Bounds say nothing of NaNs.
  const bool may_be_nan = type.is_floating() && evidence.nans != 0;
  const bool takes_nan = type.is_floating() && term.set.contains(key_of_number(kNanNumber));

  const bool some_value = !all_null && (term.set.overlaps(low, high) || (may_be_nan && takes_nan));
  const bool some_null = term.nulls && !no_nulls;
  if (!some_value && !some_null) return Match::none;

  const bool all_values =
      all_null || (!term.has_pattern && term.set.covers(low, high) && (!may_be_nan || takes_nan));
  return all_values && (term.nulls || no_nulls) ? Match::all : Match::some;
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
