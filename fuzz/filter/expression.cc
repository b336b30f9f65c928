// Filter expressions: any text; and what the evaluator says of some values held against what it
// says when they are not known yet. The input is the text, a zero byte, and values of columns.
#include "filter/expression.h"

#include "fuzz/support/feed.h"

using namespace veneer;
using namespace veneer::fuzz;
using filter::Expression;
using filter::TextValue;

namespace {

// One value a column: null, not determined, or text.
std::vector<TextValue> values_of(const Expression& expression, std::string_view text, bool whole) {
  std::vector<TextValue> values;
  for (size_t i = 0; i < expression.columns().size(); ++i) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    TextValue value;
    if (one == "null") {
      value.state = TextValue::State::null;
    } else if (one != "any" || whole) {
      value = {TextValue::State::text, one};
    }
    values.push_back(value);
  }
  return values;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input = text_of(data, size);
  const std::string_view text = input.substr(0, input.find('\0'));
  const std::string_view rest = input.substr(std::min(input.size(), text.size() + 1));
  auto expression = Expression::parse(text);
  if (!expression) {
    require(expression.status().code() == StatusCode::invalid_argument,
            "a mistake is the caller's");
    return 0;
  }
  const auto nodes = expression->nodes();
  require(!nodes.empty(), "there is a root");
  for (size_t i = 0; i < nodes.size(); ++i) {
    const filter::ExpressionNode& node = nodes[i];
    const bool inner = node.kind == filter::NodeKind::and_ || node.kind == filter::NodeKind::or_ ||
                       node.kind == filter::NodeKind::not_;
    if (inner) require(node.left < i, "children come before parents");
    (void)expression->literals(node);
  }

  const uint8_t known = possible_outcomes(*expression, values_of(*expression, rest, true));
  require(known == filter::kFalse || known == filter::kTrue || known == filter::kUnknown,
          "with every value known there is one outcome");
  // Not knowing some values may add outcomes, and takes none away.
  std::vector<TextValue> values = values_of(*expression, rest, false);
  for (TextValue& value : values) {
    value = TextValue();
    const uint8_t some = possible_outcomes(*expression, values);
    require((some & ~filter::kAnyOutcome) == 0 && some != 0, "outcomes are outcomes");
  }
  require((possible_outcomes(*expression, values) & known) == known,
          "what is true of known values is possible of unknown ones");

  int order = 0, reverse = 0;
  const std::string_view a = rest.substr(0, rest.find('\n'));
  const std::string_view b = rest.substr(std::min(rest.size(), a.size() + 1));
  const bool both = filter::compare_decimals(a, b, &order);
  require(filter::compare_decimals(b, a, &reverse) == both, "decimals are decimals both ways");
  if (both) require((order < 0) == (reverse > 0) && (order == 0) == (reverse == 0), "an order");
  return 0;
}
