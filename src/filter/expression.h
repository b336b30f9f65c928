// Filter expressions as text: "year = 2026 and month in (5, 6) and city like 'A%'".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/filter.h"
#include "veneer/status.h"

namespace veneer::filter {

enum class CompareOp : uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

enum class NodeKind : uint8_t {
  and_,      ///< left, right
  or_,       ///< left, right
  not_,      ///< left
  constant,  ///< literals[first_literal]: boolean, or null for unknown
  compare,   ///< column op literals[first_literal]
  in_list,   ///< column equal to one of num_literals literals
  like,      ///< column like literals[first_literal], `%` any bytes, `_` one character
  prefix,    ///< column starts with literals[first_literal]
  is_null,   ///< column has no value
};

struct ExpressionNode {
  NodeKind kind = NodeKind::constant;
  CompareOp op = CompareOp::equal;
  uint32_t left = 0;
  uint32_t right = 0;
  uint32_t column = 0;  ///< in Expression::columns
  uint32_t first_literal = 0;
  uint32_t num_literals = 0;
};

struct TextValue;

/// A parsed expression: a tree in a flat vector, children before parents, the root last. What the
/// operators mean for a kind of column is the evaluator's business.
///
///   expression: disjunction of conjunctions of predicates, with `not` and parentheses
///   predicate:  column op literal | literal op column | column [not] between a and b
///               | column [not] in (a, b, …) | column [not] like 'text' | column is [not] null
///               | true | false
///   op:         = == != <> < <= > >=
///   column:     name, "name" or `name` (the quote doubled inside), joined by dots where nested
///   literal:    12 · -0.5 · 1e-3 · 'text' (quote doubled) · true · false · null · x'0aff'
///               | date '…' | time '…' | timestamp '…' | uuid '…'
/// Words are case-insensitive, columns are not.
class Expression {
 public:
  /// invalid_argument tells the mistake and its column in the text, counted in bytes from 1.
  static Result<Expression> parse(std::string_view text);

  std::span<const ExpressionNode> nodes() const noexcept { return nodes_; }
  const ExpressionNode& root() const noexcept { return nodes_.back(); }
  /// One node over one column. compare, in_list, like, prefix and is_null have one.
  static Expression leaf(NodeKind kind, CompareOp op, std::string column,
                         std::vector<Literal> literals);
  static Expression constant(bool value);
  static Expression negated(const Expression& of);
  static Expression joined(NodeKind kind, const Expression& a, const Expression& b);

  /// The names of the columns that occur, each once.
  std::span<const std::string> columns() const noexcept { return columns_; }
  std::span<const Literal> literals(const ExpressionNode& node) const noexcept {
    return std::span<const Literal>(literals_).subspan(node.first_literal, node.num_literals);
  }

 private:
  friend class ExpressionParser;
  friend Expression resolve(const Expression& expression, std::span<const TextValue> values,
                            std::span<const std::string> names);
  uint32_t append(const Expression& other);
  std::vector<ExpressionNode> nodes_;
  std::vector<std::string> columns_;
  std::vector<Literal> literals_;
};

/// A set of outcomes of SQL's three-valued logic.
enum Outcome : uint8_t { kFalse = 1, kTrue = 2, kUnknown = 4, kAnyOutcome = 7 };

/// What is known of a column of text: the value of a partition.
struct TextValue {
  enum class State : uint8_t {
    undetermined,  ///< may still be anything, null included
    null,
    text,
  };
  State state = State::undetermined;
  std::string_view text;
};

/// The outcomes that are possible given `values`, one for each of `expression.columns()`: just one
/// where no value is undetermined.
///
/// Against a number a value is compared as a number, exactly and of any length; one that is no
/// number gives unknown. Against text the bytes are compared, unsigned; against true and false the
/// same words in any case. Null gives unknown everywhere but in `is null`.
uint8_t possible_outcomes(const Expression& expression, std::span<const TextValue> values);

/// The same expression once some values are known: conditions on their columns are constants, those
/// on undetermined columns name `names` instead. Both have an item for each column.
Expression resolve(const Expression& expression, std::span<const TextValue> values,
                   std::span<const std::string> names);

/// SQL's like: `%` matches any bytes, `_` one character of UTF-8.
bool is_like(std::string_view text, std::string_view pattern) noexcept;

/// Negative, zero or positive as decimal `a` is less than, equal to or greater than `b`, both as
/// text ("-12.50"). False where one is no decimal number.
bool compare_decimals(std::string_view a, std::string_view b, int* out) noexcept;

}  // namespace veneer::filter
