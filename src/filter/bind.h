// A filter that knows its columns: the expression, checked against a schema, as a tree of sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "filter/expression.h"
#include "filter/key_set.h"
#include "filter/key_type.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer::filter {

/// A condition on one leaf. It is true for the values whose keys are in `set` (and that match the
/// pattern, where there is one), and for nulls where `nulls` says so; else false or unknown, which
/// are the same to whoever asks for the rows that are kept.
struct Term {
  uint32_t column = 0;  ///< into BoundFilter::columns
  KeySet set;
  bool nulls = false;
  bool has_pattern = false;
  bool pattern_negated = false;
  std::string pattern;
};

struct BoundNode {
  enum class Kind : uint8_t {
    constant,  ///< truth
    term,      ///< BoundFilter::terms[term]
    all_of,    ///< each child
    any_of,    ///< at least one child
  };
  Kind kind = Kind::constant;
  bool truth = true;
  uint32_t term = 0;
  std::vector<uint32_t> children;
};

/// A leaf that the filter looks at.
struct BoundColumn {
  uint32_t leaf = 0;
  KeyType type;
};

/// Negations are pushed down to the terms (SQL's three-valued logic allows it), so that what is
/// kept is where the tree of and's and or's is true, each term being true or not. Terms on one leaf
/// are one where they can be: `a > 1 and a < 5` is an interval.
class BoundFilter {
 public:
  /// not_found for a column that is not there; invalid_argument naming column, type and literal
  /// where the column cannot be compared with it, and where it is no leaf outside of lists. The
  /// schema must outlive it.
  static Result<BoundFilter> bind(const Expression& expression, const Schema& schema);

  const BoundNode& root() const noexcept { return nodes_[root_]; }
  const BoundNode& node(uint32_t i) const noexcept { return nodes_[i]; }
  const Term& term(uint32_t i) const noexcept { return terms_[i]; }
  std::span<const Term> terms() const noexcept { return terms_; }
  /// Each leaf once.
  std::span<const BoundColumn> columns() const noexcept { return columns_; }

 private:
  friend class Binder;
  std::vector<BoundNode> nodes_;
  std::vector<Term> terms_;
  std::vector<BoundColumn> columns_;
  uint32_t root_ = 0;
};

}  // namespace veneer::filter
