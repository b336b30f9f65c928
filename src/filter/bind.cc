#include "filter/bind.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"
#include "base/text.h"

namespace veneer::filter {
namespace {

// Joins within each other, once chains are flat. Text cannot be nested so deep; code can.
constexpr int kMostNested = 1000;

std::string shown(const Literal& literal) {
  constexpr size_t kMostShown = 64;
  std::string text = literal.text().substr(0, kMostShown);
  if (text.size() < literal.text().size()) text += "…";
  switch (literal.kind()) {
    case Literal::Kind::null: return "null";
    case Literal::Kind::boolean: return literal.boolean() ? "true" : "false";
    case Literal::Kind::number: return text;
    case Literal::Kind::binary: return concat({"bytes of length ", literal.text().size()});
    case Literal::Kind::date: return concat({"date '", text, "'"});
    case Literal::Kind::time: return concat({"time '", text, "'"});
    case Literal::Kind::timestamp: return concat({"timestamp '", text, "'"});
    case Literal::Kind::uuid: return concat({"uuid '", text, "'"});
    case Literal::Kind::text: break;
  }
  return concat({"'", text, "'"});
}

std::string shown_type(const Leaf& leaf) {
  const std::string logical = to_string(leaf.logical);
  return concat({to_string(leaf.physical_type), logical.empty() ? "" : " ", logical});
}

KeySet compared(CompareOp op, const KeyType::Position& at) {
  using Fit = KeyType::Position::Fit;
  const auto below = [&](bool with) {
    if (at.fit == Fit::least || at.fit == Fit::most) return KeySet(at.fit == Fit::most);
    return KeySet::before({at.key, with || at.fit == Fit::above});
  };
  switch (op) {
    case CompareOp::less: return below(false);
    case CompareOp::less_equal: return below(true);
    case CompareOp::greater: return KeySet::complement(below(true));
    case CompareOp::greater_equal: return KeySet::complement(below(false));
    case CompareOp::equal:
    case CompareOp::not_equal: break;
  }
  KeySet set = at.fit == Fit::at ? KeySet::point(at.key) : KeySet();
  return op == CompareOp::equal ? set : KeySet::complement(std::move(set));
}

}  // namespace

class Binder {
 public:
  Binder(const Expression& expression, const Schema& schema)
      : expression_(expression), schema_(schema) {}

  Result<BoundFilter> bind() {
    for (const std::string& name : expression_.columns()) VENEER_CHECK(add_column(name));
    const std::span<const ExpressionNode> nodes = expression_.nodes();
    // Parents stand behind their children: from the back, each learns whether it is negated.
    std::vector<bool> negated(nodes.size(), false);
    for (size_t i = nodes.size(); i-- > 0;) {
      const ExpressionNode& node = nodes[i];
      if (node.kind == NodeKind::not_) negated[node.left] = !negated[i];
      if (node.kind == NodeKind::and_ || node.kind == NodeKind::or_) {
        negated[node.left] = negated[node.right] = negated[i];
      }
    }
    std::vector<uint32_t> made(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      const ExpressionNode& node = nodes[i];
      switch (node.kind) {
        case NodeKind::not_: made[i] = made[node.left]; break;
        case NodeKind::and_:
        case NodeKind::or_:
          made[i] = join((node.kind == NodeKind::and_) != negated[i] ? BoundNode::Kind::all_of
                                                                     : BoundNode::Kind::any_of,
                         made[node.left], made[node.right]);
          break;
        case NodeKind::constant: {
          // What is unknown stays so when it is negated.
          const Literal& literal = expression_.literals(node)[0];
          const bool unknown = literal.kind() == Literal::Kind::null;
          made[i] = constant(!unknown && literal.boolean() != negated[i]);
          break;
        }
        default: {
          VENEER_TRY(made[i], term(node, negated[i]));
        }
      }
    }
    VENEER_CHECK(simplify(made.back(), 0));
    out_.root_ = made.back();
    return std::move(out_);
  }

 private:
  Status add_column(const std::string& name) {
    const Field* field = schema_.find(name);
    if (field == nullptr) return Status::not_found(concat({"no column ", name}));
    if (field->leaf < 0) {
      return Status::invalid_argument(
          concat({"filter: column ", name, " is a ", to_string(field->kind),
                  "; only leaf columns can be compared"}));
    }
    const auto leaf = static_cast<uint32_t>(field->leaf);
    if (schema_.leaf(leaf).max_repetition_level != 0) {
      return Status::invalid_argument(
          concat({"filter: column ", name,
                  " lies in a list or map; only columns outside of them can be compared"}));
    }
    // Two paths may lead to one leaf.
    const auto known = std::find_if(out_.columns_.begin(), out_.columns_.end(),
                                    [&](const BoundColumn& c) { return c.leaf == leaf; });
    column_of_.push_back(static_cast<uint32_t>(known - out_.columns_.begin()));
    if (known == out_.columns_.end()) {
      out_.columns_.push_back({leaf, KeyType::of(schema_.leaf(leaf))});
    }
    return {};
  }

  Result<uint32_t> term(const ExpressionNode& node, bool negated) {
    Term made;
    made.column = column_of_[node.column];
    const std::span<const Literal> literals = expression_.literals(node);
    switch (node.kind) {
      case NodeKind::is_null:
        made.nulls = !negated;
        made.set = KeySet(negated);
        break;
      case NodeKind::compare: {
        VENEER_TRY(made.set, set_of(node, node.op, literals[0]));
        if (literals[0].kind() == Literal::Kind::null) break;
        if (negated) made.set = KeySet::complement(std::move(made.set));
        break;
      }
      case NodeKind::in_list: {
        bool has_null = false;
        std::vector<KeySet> points;
        for (const Literal& literal : literals) {
          has_null = has_null || literal.kind() == Literal::Kind::null;
          VENEER_TRY(KeySet point, set_of(node, CompareOp::equal, literal));
          points.push_back(std::move(point));
        }
        made.set = KeySet::unite(std::move(points));
        // What is not in a list with a null may still be equal to it: unknown.
        if (negated) made.set = has_null ? KeySet() : KeySet::complement(std::move(made.set));
        break;
      }
      default: VENEER_CHECK(text_term(node, literals[0], negated, &made));
    }
    return add_term(std::move(made));
  }

  Status text_term(const ExpressionNode& node, const Literal& literal, bool negated, Term* made) {
    const Leaf& leaf = schema_.leaf(out_.columns_[made->column].leaf);
    if (out_.columns_[made->column].type.kind() != KeyKind::bytes ||
        leaf.logical.is(LogicalKind::uuid)) {
      return refused(node, literal, "only text and bytes can be like a pattern");
    }
    const std::string& text = literal.text();
    const size_t wild = node.kind == NodeKind::prefix ? text.size() : text.find_first_of("%_");
    const std::string prefix = text.substr(0, wild);
    if (node.kind == NodeKind::prefix || (wild + 1 == text.size() && text[wild] == '%')) {
      made->set = KeySet::prefix(prefix);
    } else if (wild == std::string::npos) {
      made->set = KeySet::point(prefix);
    } else {
      // All that the pattern's beginning allows; the values themselves are then matched.
      made->set = negated ? KeySet(true) : KeySet::prefix(prefix);
      made->has_pattern = true;
      made->pattern_negated = negated;
      made->pattern = text;
      return {};
    }
    if (negated) made->set = KeySet::complement(std::move(made->set));
    return {};
  }

  Result<KeySet> set_of(const ExpressionNode& node, CompareOp op, const Literal& literal) {
    if (literal.kind() == Literal::Kind::null) return KeySet();
    KeyType::Position at;
    const Status status = out_.columns_[column_of_[node.column]].type.position(literal, &at);
    if (!status.ok()) return refused(node, literal, status.message());
    return compared(op, at);
  }

  Status refused(const ExpressionNode& node, const Literal& literal, std::string_view why) const {
    const Leaf& leaf = schema_.leaf(out_.columns_[column_of_[node.column]].leaf);
    return Status::invalid_argument(
        concat({"filter: column ", expression_.columns()[node.column], " is ", shown_type(leaf),
                " and cannot be compared with ", shown(literal), ": ", why}));
  }

  uint32_t add(BoundNode node) {
    out_.nodes_.push_back(std::move(node));
    return static_cast<uint32_t>(out_.nodes_.size() - 1);
  }
  uint32_t constant(bool truth) {
    BoundNode node;
    node.truth = truth;
    return add(std::move(node));
  }
  uint32_t add_term(Term made) {
    if (made.set.is_nothing() && !made.nulls) return constant(false);
    BoundNode node;
    node.kind = BoundNode::Kind::term;
    node.term = static_cast<uint32_t>(out_.terms_.size());
    out_.terms_.push_back(std::move(made));
    return add(std::move(node));
  }
  // A chain of the same operator becomes one node.
  uint32_t join(BoundNode::Kind kind, uint32_t left, uint32_t right) {
    uint32_t into = left;
    if (out_.nodes_[left].kind != kind) {
      BoundNode node;
      node.kind = kind;
      node.children.push_back(left);
      into = add(std::move(node));
    }
    BoundNode& joined = out_.nodes_[into];
    BoundNode& other = out_.nodes_[right];
    if (other.kind != kind) {
      joined.children.push_back(right);
    } else if (joined.children.size() < other.children.size()) {
      // The order of the children means nothing; the shorter list moves.
      other.children.insert(other.children.end(), joined.children.begin(), joined.children.end());
      return right;
    } else {
      joined.children.insert(joined.children.end(), other.children.begin(), other.children.end());
    }
    return into;
  }

  // Constants are taken out, and terms of one leaf made one.
  Status simplify(uint32_t at, int depth) {
    const BoundNode::Kind kind = out_.nodes_[at].kind;
    if (kind != BoundNode::Kind::all_of && kind != BoundNode::Kind::any_of) return {};
    if (depth > kMostNested) return Status::invalid_argument("the filter is nested too deep");
    const bool all = kind == BoundNode::Kind::all_of;
    std::vector<uint32_t> children = std::move(out_.nodes_[at].children);
    std::vector<uint32_t> kept;
    std::vector<std::vector<uint32_t>> terms(out_.columns_.size());
    for (const uint32_t child : children) {
      VENEER_CHECK(simplify(child, depth + 1));
      const BoundNode& node = out_.nodes_[child];
      if (node.kind == BoundNode::Kind::constant) {
        if (node.truth == all) continue;
        make_constant(at, !all);
        return {};
      }
      if (node.kind == BoundNode::Kind::term && !out_.terms_[node.term].has_pattern) {
        terms[out_.terms_[node.term].column].push_back(child);
      } else {
        kept.push_back(child);
      }
    }
    for (const std::vector<uint32_t>& same : terms) {
      if (same.empty()) continue;
      const uint32_t first = same.front();
      if (same.size() > 1) unite_terms(same, all);
      if (out_.nodes_[first].kind == BoundNode::Kind::constant) {
        make_constant(at, false);
        return {};
      }
      kept.push_back(first);
    }
    if (kept.empty()) {
      make_constant(at, all);
    } else if (kept.size() == 1) {
      BoundNode only = out_.nodes_[kept.front()];
      out_.nodes_[at] = std::move(only);
    } else {
      out_.nodes_[at].children = std::move(kept);
    }
    return {};
  }
  void make_constant(uint32_t at, bool truth) {
    out_.nodes_[at] = BoundNode();
    out_.nodes_[at].truth = truth;
  }
  // Into the first of them.
  void unite_terms(const std::vector<uint32_t>& nodes, bool all) {
    std::vector<KeySet> sets;
    bool nulls = all;
    for (const uint32_t node : nodes) {
      Term& term = out_.terms_[out_.nodes_[node].term];
      nulls = all ? nulls && term.nulls : nulls || term.nulls;
      sets.push_back(std::move(term.set));
    }
    Term& into = out_.terms_[out_.nodes_[nodes.front()].term];
    into.nulls = nulls;
    into.set = all ? KeySet::intersect(std::move(sets)) : KeySet::unite(std::move(sets));
    if (into.set.is_nothing() && !nulls) make_constant(nodes.front(), false);
  }

  const Expression& expression_;
  const Schema& schema_;
  std::vector<uint32_t> column_of_;  // by Expression::columns
  BoundFilter out_;
};

Result<BoundFilter> BoundFilter::bind(const Expression& expression, const Schema& schema) {
  return Binder(expression, schema).bind();
}

}  // namespace veneer::filter
