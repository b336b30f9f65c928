// Filter expressions over columns of text, such as the values of partitions.
#include <algorithm>
#include <vector>

#include "filter/expression.h"
#include "filter/words.h"

namespace veneer::filter {
namespace {

struct Decimal {
  bool negative = false;
  std::string_view whole;     // without leading zeros
  std::string_view fraction;  // without trailing zeros
  bool is_zero() const { return whole.empty() && fraction.empty(); }
};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool parse(std::string_view text, Decimal* out) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out->negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  out->whole = text.substr(0, point);
  out->fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (out->whole.empty() && out->fraction.empty()) return false;
  if (!all_digits(out->whole) || !all_digits(out->fraction)) return false;
  out->whole.remove_prefix(std::min(out->whole.find_first_not_of('0'), out->whole.size()));
  while (!out->fraction.empty() && out->fraction.back() == '0') out->fraction.remove_suffix(1);
  if (out->is_zero()) out->negative = false;
  return true;
}

int sign_of(int x) { return x < 0 ? -1 : x > 0 ? 1 : 0; }

uint8_t outcome(bool truth) { return truth ? kTrue : kFalse; }

uint8_t by_order(CompareOp op, int order) {
  switch (op) {
    case CompareOp::equal: return outcome(order == 0);
    case CompareOp::not_equal: return outcome(order != 0);
    case CompareOp::less: return outcome(order < 0);
    case CompareOp::less_equal: return outcome(order <= 0);
    case CompareOp::greater: return outcome(order > 0);
    case CompareOp::greater_equal: return outcome(order >= 0);
  }
  return kUnknown;
}

uint8_t compare(CompareOp op, std::string_view text, const Literal& literal) {
  switch (literal.kind()) {
    case Literal::Kind::null: return kUnknown;
    default: return by_order(op, text.compare(literal.text()));
    case Literal::Kind::boolean: {
      const bool yes = is_word(text, "true");
      if (!yes && !is_word(text, "false")) return kUnknown;
      return by_order(op, static_cast<int>(yes) - static_cast<int>(literal.boolean()));
    }
    case Literal::Kind::number: {
      int order = 0;
      return compare_decimals(text, literal.text(), &order) ? by_order(op, order)
                                                            : static_cast<uint8_t>(kUnknown);
    }
  }
  return kUnknown;
}

uint8_t negate(uint8_t set) {
  return static_cast<uint8_t>((set & kUnknown) | ((set & kTrue) != 0 ? kFalse : 0) |
                              ((set & kFalse) != 0 ? kTrue : 0));
}

// False wins over unknown, unknown over true.
uint8_t both(uint8_t a, uint8_t b) {
  uint8_t set = 0;
  for (const Outcome x : {kFalse, kTrue, kUnknown}) {
    for (const Outcome y : {kFalse, kTrue, kUnknown}) {
      if ((a & x) == 0 || (b & y) == 0) continue;
      set |= x == kFalse || y == kFalse       ? kFalse
             : x == kUnknown || y == kUnknown ? kUnknown
                                              : kTrue;
    }
  }
  return set;
}
uint8_t either(uint8_t a, uint8_t b) { return negate(both(negate(a), negate(b))); }

uint8_t of_leaf(const Expression& expression, const ExpressionNode& node, const TextValue& value) {
  const std::span<const Literal> literals = expression.literals(node);
  if (value.state == TextValue::State::undetermined) {
    return node.kind == NodeKind::is_null ? uint8_t{kTrue | kFalse} : uint8_t{kAnyOutcome};
  }
  const bool is_null = value.state == TextValue::State::null;
  if (node.kind == NodeKind::is_null) return outcome(is_null);
  if (is_null) return kUnknown;
  if (node.kind == NodeKind::like) return outcome(is_like(value.text, literals[0].text()));
  if (node.kind == NodeKind::prefix) return outcome(value.text.starts_with(literals[0].text()));
  if (node.kind == NodeKind::compare) return compare(node.op, value.text, literals[0]);
  uint8_t found = kFalse;
  for (const Literal& literal : literals) {
    found = either(found, compare(CompareOp::equal, value.text, literal));
  }
  return found;
}

}  // namespace

// The last `%` alone is tried again, as in any such matcher.
bool is_like(std::string_view text, std::string_view pattern) noexcept {
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t star_t = 0;
  const auto next_character = [&](size_t at) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    return at;
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      star_t = t;
    } else if (p < pattern.size() && pattern[p] == '_') {
      ++p;
      t = next_character(t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = star_t = next_character(star_t);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool compare_decimals(std::string_view a, std::string_view b, int* out) noexcept {
  Decimal x;
  Decimal y;
  if (!parse(a, &x) || !parse(b, &y)) return false;
  if (x.negative != y.negative) {
    *out = x.negative ? -1 : 1;
    return true;
  }
  int order = x.whole.size() != y.whole.size() ? (x.whole.size() < y.whole.size() ? -1 : 1)
                                               : sign_of(x.whole.compare(y.whole));
  if (order == 0) order = sign_of(x.fraction.compare(y.fraction));
  *out = x.negative ? -order : order;
  return true;
}

uint8_t possible_outcomes(const Expression& expression, std::span<const TextValue> values) {
  // Children stand before their parents.
  const std::span<const ExpressionNode> nodes = expression.nodes();
  std::vector<uint8_t> sets(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const ExpressionNode& node = nodes[i];
    switch (node.kind) {
      case NodeKind::and_: sets[i] = both(sets[node.left], sets[node.right]); break;
      case NodeKind::or_: sets[i] = either(sets[node.left], sets[node.right]); break;
      case NodeKind::not_: sets[i] = negate(sets[node.left]); break;
      case NodeKind::constant: {
        const Literal& literal = expression.literals(node)[0];
        const bool unknown = literal.kind() == Literal::Kind::null;
        sets[i] = unknown ? uint8_t{kUnknown} : outcome(literal.boolean());
        break;
      }
      default: sets[i] = of_leaf(expression, node, values[node.column]); break;
    }
  }
  return sets.back();
}

Expression resolve(const Expression& expression, std::span<const TextValue> values,
                   std::span<const std::string> names) {
  Expression made;
  made.literals_ = expression.literals_;
  std::vector<uint32_t> columns(values.size(), UINT32_MAX);
  for (ExpressionNode node : expression.nodes()) {
    const bool leaf = node.kind == NodeKind::compare || node.kind == NodeKind::in_list ||
                      node.kind == NodeKind::like || node.kind == NodeKind::prefix ||
                      node.kind == NodeKind::is_null;
    if (leaf && values[node.column].state != TextValue::State::undetermined) {
      const uint8_t known = of_leaf(expression, node, values[node.column]);
      node = ExpressionNode();
      node.first_literal = static_cast<uint32_t>(made.literals_.size());
      node.num_literals = 1;
      made.literals_.push_back(known == kUnknown ? Literal() : Literal(known == kTrue));
    } else if (leaf) {
      uint32_t& column = columns[node.column];
      if (column == UINT32_MAX) {
        column = static_cast<uint32_t>(made.columns_.size());
        made.columns_.push_back(names[node.column]);
      }
      node.column = column;
    }
    made.nodes_.push_back(node);
  }
  return made;
}

}  // namespace veneer::filter
