#include "veneer/filter.h"

#include <charconv>
#include <cmath>

#include "base/macros.h"
#include "filter/expression.h"

namespace veneer {

using filter::CompareOp;
using filter::Expression;
using filter::NodeKind;

namespace {

template <class T>
std::string digits_of(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  // Fixed notation: the shortest digits that give the value back, never an exponent.
  char text[400];
  const std::to_chars_result end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed);
  return std::string(text, end.ptr);
}

template <class T>
Literal literal_of(T value) {
  return Literal::of(std::isfinite(value) ? Literal::Kind::number : Literal::Kind::text,
                     digits_of(value));
}

Filter made_of(Expression expression) {
  return Filter(std::make_shared<const Expression>(std::move(expression)));
}

}  // namespace

Literal::Literal(float value) : Literal(literal_of(value)) {}
Literal::Literal(double value) : Literal(literal_of(value)) {}

Literal Literal::of(Kind kind, std::string text) {
  Literal made(std::move(text));
  made.kind_ = kind;
  return made;
}

Result<Filter> Filter::parse(std::string_view text) {
  VENEER_TRY(Expression parsed, Expression::parse(text));
  return made_of(std::move(parsed));
}

std::vector<std::string> Filter::columns() const {
  if (empty()) return {};
  return {expression_->columns().begin(), expression_->columns().end()};
}

Filter Filter::operator!() const {
  return made_of(empty() ? Expression::constant(false) : Expression::negated(*expression_));
}

Filter Filter::join(const Filter& a, const Filter& b, bool all) {
  if (a.empty() || b.empty()) return all ? (a.empty() ? b : a) : Filter();
  return made_of(
      Expression::joined(all ? NodeKind::and_ : NodeKind::or_, *a.expression_, *b.expression_));
}

Filter ColumnRef::compare(uint8_t op, const Literal& value) const {
  return made_of(Expression::leaf(NodeKind::compare, static_cast<CompareOp>(op), path_, {value}));
}
Filter ColumnRef::between(const Literal& low, const Literal& high) const {
  return *this >= low && *this <= high;
}
Filter ColumnRef::in(std::vector<Literal> values) const {
  return made_of(Expression::leaf(NodeKind::in_list, CompareOp::equal, path_, std::move(values)));
}
Filter ColumnRef::like(std::string_view pattern) const {
  return made_of(Expression::leaf(NodeKind::like, CompareOp::equal, path_, {Literal(pattern)}));
}
Filter ColumnRef::starts_with(std::string_view prefix) const {
  return made_of(Expression::leaf(NodeKind::prefix, CompareOp::equal, path_, {Literal(prefix)}));
}
Filter ColumnRef::is_null() const {
  return made_of(Expression::leaf(NodeKind::is_null, CompareOp::equal, path_, {}));
}

}  // namespace veneer
