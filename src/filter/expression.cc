#include "filter/expression.h"

#include <algorithm>
#include <optional>

#include "base/macros.h"
#include "base/text.h"
#include "filter/words.h"

namespace veneer::filter {
namespace {

// Parentheses and `not`s within each other.
constexpr int kMostDepth = 200;
constexpr size_t kMostNodes = 100'000;

enum class Kind : uint8_t {
  end,
  name,    // bare word
  quoted,  // "name" or `name`
  number,
  text,
  op,
  open,
  close,
  comma,
  bad,
};

struct Token {
  Kind kind = Kind::end;
  size_t at = 0;
  std::string text;
  CompareOp op = CompareOp::equal;
};

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '$' || c == '.'; }

Status mistake(std::string_view what, size_t at) {
  return Status::invalid_argument(concat({"filter expression, column ", at + 1, ": ", what}));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<Token> next() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) {
      ++at_;
    }
    Token token;
    token.at = at_;
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    if (c == '\'') return quoted(Kind::text, c, "the string has no closing '");
    if (c == '"' || c == '`') {
      VENEER_TRY(token, quoted(Kind::quoted, c, "the name has no closing quote"));
      return rest_of_path(std::move(token));
    }
    if (is_name_start(c)) {
      token.kind = Kind::name;
      while (at_ < text_.size() && is_name_part(text_[at_])) token.text += text_[at_++];
      if (!token.text.ends_with('.')) return token;
      return rest_of_path(std::move(token));
    }
    if (is_digit(c) || c == '.' || c == '-' || c == '+') return number();
    return symbol();
  }

  /// True where a string comes next, with nothing before it but, perhaps, blanks.
  bool at_string(bool blanks) const {
    size_t at = at_;
    while (blanks && at < text_.size() && text_[at] == ' ') ++at;
    return at < text_.size() && text_[at] == '\'';
  }

 private:
  // Behind a quoted step of a path, or a dot: further steps, quoted or not.
  Result<Token> rest_of_path(Token token) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool after_dot = token.text.ends_with('.');
      if (after_dot && (c == '"' || c == '`')) {
        VENEER_TRY(const Token step, quoted(Kind::quoted, c, "the name has no closing quote"));
        token.text += step.text;
        token.kind = Kind::quoted;
        if (at_ == text_.size() || text_[at_] != '.') break;
      } else if (c == '.' || (after_dot && is_name_part(c))) {
        token.text += c;
        ++at_;
        while (at_ < text_.size() && is_name_part(text_[at_])) token.text += text_[at_++];
      } else {
        break;
      }
    }
    return token;
  }
  Result<Token> quoted(Kind kind, char quote, std::string_view unclosed) {
    Token token;
    token.kind = kind;
    token.at = at_++;
    while (true) {
      if (at_ == text_.size()) return mistake(unclosed, token.at);
      const char c = text_[at_++];
      if (c == quote) {
        if (at_ == text_.size() || text_[at_] != quote) return token;
        ++at_;
      }
      token.text += c;
    }
  }
  Result<Token> number() {
    Token token;
    token.kind = Kind::number;
    token.at = at_;
    if (text_[at_] == '-' || text_[at_] == '+') {
      if (text_[at_] == '-') token.text = "-";
      ++at_;
    }
    size_t digits = 0;
    for (bool point = false; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '.' && !point) {
        point = true;
        // "-.5" has its zero, so that all evaluators may rely on a digit.
        if (digits == 0) token.text += '0';
      } else if (is_digit(c)) {
        ++digits;
      } else {
        break;
      }
      token.text += c;
    }
    if (digits != 0 && at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      VENEER_CHECK(exponent(&token));
    }
    if (digits == 0 || (at_ < text_.size() && is_name_part(text_[at_]))) {
      return mistake("this is no number", token.at);
    }
    return token;
  }
  // Moves the point, so that evaluators see digits only.
  Status exponent(Token* token) {
    // More than any type of the format can hold.
    constexpr int kMost = 400;
    ++at_;
    const bool down = at_ < text_.size() && text_[at_] == '-';
    if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
    size_t digits = 0;
    int by = 0;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_, ++digits) {
      by = std::min(kMost + 1, by * 10 + (text_[at_] - '0'));
    }
    if (digits == 0) return mistake("this is no number", token->at);
    if (by > kMost) return mistake("the exponent is too large", token->at);
    const bool negative = token->text.starts_with('-');
    std::string text = token->text.substr(negative ? 1 : 0);
    size_t point = std::min(text.find('.'), text.size());
    if (point < text.size()) text.erase(point, 1);
    const auto places = static_cast<size_t>(by);
    if (down) {
      if (places >= point) text.insert(0, places - point + 1, '0');
      point = places >= point ? 1 : point - places;
    } else {
      if (point + places > text.size()) text.append(point + places - text.size(), '0');
      point += places;
    }
    if (point < text.size()) text.insert(point, 1, '.');
    token->text = (negative ? "-" : "") + text;
    return {};
  }
  Result<Token> symbol() {
    Token token;
    token.at = at_;
    struct Symbol {
      std::string_view text;
      Kind kind;
      CompareOp op;
    };
    // The longer ones first.
    static constexpr Symbol kSymbols[] = {
        {"==", Kind::op, CompareOp::equal},         {"!=", Kind::op, CompareOp::not_equal},
        {"<>", Kind::op, CompareOp::not_equal},     {"<=", Kind::op, CompareOp::less_equal},
        {">=", Kind::op, CompareOp::greater_equal}, {"=", Kind::op, CompareOp::equal},
        {"<", Kind::op, CompareOp::less},           {">", Kind::op, CompareOp::greater},
        {"(", Kind::open, CompareOp::equal},        {")", Kind::close, CompareOp::equal},
        {",", Kind::comma, CompareOp::equal},
    };
    for (const Symbol& symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol.text)) continue;
      token.kind = symbol.kind;
      token.op = symbol.op;
      token.text = symbol.text;
      at_ += symbol.text.size();
      return token;
    }
    return mistake(std::string("unexpected character '") + text_[at_] + "'", at_);
  }

  std::string_view text_;
  size_t at_ = 0;
};

CompareOp mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::less: return CompareOp::greater;
    case CompareOp::less_equal: return CompareOp::greater_equal;
    case CompareOp::greater: return CompareOp::less;
    case CompareOp::greater_equal: return CompareOp::less_equal;
    default: return op;
  }
}

bool is_reserved(std::string_view word) {
  for (std::string_view reserved :
       {"and", "or", "not", "between", "in", "is", "null", "like", "true", "false"}) {
    if (is_word(word, reserved)) return true;
  }
  return false;
}

}  // namespace

// Recursive descent: or, and, not, predicate.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : lexer_(text) {}

  Result<Expression> parse() {
    VENEER_CHECK(advance());
    if (token_.kind == Kind::end) return mistake("the expression is empty", token_.at);
    VENEER_TRY(const uint32_t root, disjunction(0));
    if (token_.kind != Kind::end) {
      return unexpected("expected 'and', 'or' or the end");
    }
    static_cast<void>(root);  // the last node
    return std::move(made_);
  }

 private:
  Status advance() {
    VENEER_TRY(token_, lexer_.next());
    return {};
  }
  Status unexpected(std::string_view what) const {
    std::string message(what);
    if (token_.kind != Kind::end) message += concat({", not \"", token_.text, "\""});
    return mistake(message, token_.at);
  }
  bool at_word(std::string_view word) const {
    return token_.kind == Kind::name && is_word(token_.text, word);
  }
  Result<bool> take_word(std::string_view word) {
    if (!at_word(word)) return false;
    VENEER_CHECK(advance());
    return true;
  }

  Result<uint32_t> add(ExpressionNode node) {
    if (made_.nodes_.size() == kMostNodes) return mistake("the expression is too long", token_.at);
    made_.nodes_.push_back(node);
    return static_cast<uint32_t>(made_.nodes_.size() - 1);
  }
  Result<uint32_t> negated(Result<uint32_t> node, bool negate) {
    if (!node.ok() || !negate) return node;
    ExpressionNode made;
    made.kind = NodeKind::not_;
    made.left = *node;
    return add(made);
  }
  Result<uint32_t> joined(NodeKind kind, uint32_t left, uint32_t right) {
    ExpressionNode made;
    made.kind = kind;
    made.left = left;
    made.right = right;
    return add(made);
  }

  Result<uint32_t> disjunction(int depth) {
    VENEER_TRY(uint32_t left, conjunction(depth));
    while (at_word("or")) {
      VENEER_CHECK(advance());
      VENEER_TRY(const uint32_t right, conjunction(depth));
      VENEER_TRY(left, joined(NodeKind::or_, left, right));
    }
    return left;
  }
  Result<uint32_t> conjunction(int depth) {
    VENEER_TRY(uint32_t left, negation(depth));
    while (at_word("and")) {
      VENEER_CHECK(advance());
      VENEER_TRY(const uint32_t right, negation(depth));
      VENEER_TRY(left, joined(NodeKind::and_, left, right));
    }
    return left;
  }
  Result<uint32_t> negation(int depth) {
    if (depth > kMostDepth) return mistake("the expression is nested too deep", token_.at);
    if (at_word("not")) {
      VENEER_CHECK(advance());
      return negated(negation(depth + 1), true);
    }
    if (token_.kind == Kind::open) {
      VENEER_CHECK(advance());
      VENEER_TRY(const uint32_t inner, disjunction(depth + 1));
      if (token_.kind != Kind::close) return unexpected("expected ')'");
      VENEER_CHECK(advance());
      return inner;
    }
    return predicate();
  }

  bool at_column() const {
    if (typed_literal() != Literal::Kind::null) return false;
    return token_.kind == Kind::quoted || (token_.kind == Kind::name && !is_reserved(token_.text));
  }
  Result<uint32_t> column() {
    std::string name = std::move(token_.text);
    VENEER_CHECK(advance());
    for (size_t i = 0; i < made_.columns_.size(); ++i) {
      if (made_.columns_[i] == name) return static_cast<uint32_t>(i);
    }
    made_.columns_.push_back(std::move(name));
    return static_cast<uint32_t>(made_.columns_.size() - 1);
  }
  /// The kind of a literal such as date '…', whose word the token is; null where it is none.
  Literal::Kind typed_literal() const {
    if (token_.kind != Kind::name) return Literal::Kind::null;
    struct Word {
      std::string_view text;
      Literal::Kind kind;
    };
    static constexpr Word kWords[] = {{"date", Literal::Kind::date},
                                      {"time", Literal::Kind::time},
                                      {"timestamp", Literal::Kind::timestamp},
                                      {"uuid", Literal::Kind::uuid},
                                      {"x", Literal::Kind::binary}};
    for (const Word& word : kWords) {
      if (!is_word(token_.text, word.text)) continue;
      return lexer_.at_string(word.text.size() > 1) ? word.kind : Literal::Kind::null;
    }
    return Literal::Kind::null;
  }
  Result<Literal> literal() {
    Literal made;
    const Literal::Kind typed = typed_literal();
    if (typed != Literal::Kind::null) {
      VENEER_CHECK(advance());
      std::string text = std::move(token_.text);
      if (typed == Literal::Kind::binary) {
        VENEER_TRY(text, bytes_of(text));
      }
      made = Literal::of(typed, std::move(text));
    } else if (token_.kind == Kind::number || token_.kind == Kind::text) {
      made = Literal::of(token_.kind == Kind::number ? Literal::Kind::number : Literal::Kind::text,
                         token_.text);
    } else if (at_word("true") || at_word("false")) {
      made = Literal(at_word("true"));
    } else if (at_word("null")) {
      made = Literal();
    } else if (at_column()) {
      return mistake(concat({"expected a value; text is written '", token_.text, "'"}), token_.at);
    } else {
      return unexpected("expected a value");
    }
    VENEER_CHECK(advance());
    return made;
  }
  Result<std::string> bytes_of(std::string_view hex) const {
    std::string bytes;
    for (size_t i = 0; i < hex.size(); ++i) {
      const char c = hex[i];
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0 || hex.size() % 2 != 0) {
        return mistake("bytes are written as pairs of hexadecimal digits", token_.at);
      }
      if (i % 2 == 0) bytes += static_cast<char>(digit << 4);
      if (i % 2 == 1) bytes.back() = static_cast<char>(bytes.back() | digit);
    }
    return bytes;
  }
  void keep(ExpressionNode* node, Literal literal) {
    if (node->num_literals++ == 0) {
      node->first_literal = static_cast<uint32_t>(made_.literals_.size());
    }
    made_.literals_.push_back(std::move(literal));
  }
  Result<uint32_t> comparison(uint32_t of, CompareOp op, Literal with) {
    ExpressionNode node;
    node.kind = NodeKind::compare;
    node.op = op;
    node.column = of;
    keep(&node, std::move(with));
    return add(node);
  }

  Result<uint32_t> predicate() {
    if (at_column()) {
      VENEER_TRY(const uint32_t of, column());
      return column_predicate(of);
    }
    if (token_.kind == Kind::name && is_reserved(token_.text) && !at_word("true") &&
        !at_word("false") && !at_word("null")) {
      return unexpected("expected a column or a value");
    }
    VENEER_TRY(Literal value, literal());
    if (token_.kind != Kind::op) {
      if (value.kind() != Literal::Kind::boolean) return unexpected("expected a comparison");
      ExpressionNode node;
      keep(&node, std::move(value));
      return add(node);
    }
    const CompareOp op = mirrored(token_.op);
    VENEER_CHECK(advance());
    if (!at_column()) return unexpected("expected a column");
    VENEER_TRY(const uint32_t of, column());
    return comparison(of, op, std::move(value));
  }

  Result<uint32_t> column_predicate(uint32_t of) {
    if (token_.kind == Kind::op) {
      const CompareOp op = token_.op;
      VENEER_CHECK(advance());
      VENEER_TRY(Literal value, literal());
      return comparison(of, op, std::move(value));
    }
    VENEER_TRY(const bool is, take_word("is"));
    if (is) {
      VENEER_TRY(const bool negate, take_word("not"));
      VENEER_TRY(const bool null, take_word("null"));
      if (!null) return unexpected("expected 'null'");
      ExpressionNode node;
      node.kind = NodeKind::is_null;
      node.column = of;
      return negated(add(node), negate);
    }
    VENEER_TRY(const bool negate, take_word("not"));
    VENEER_TRY(const bool between, take_word("between"));
    if (between) {
      VENEER_TRY(Literal low, literal());
      VENEER_TRY(const bool joined_by_and, take_word("and"));
      if (!joined_by_and) return unexpected("expected 'and' and the upper bound");
      VENEER_TRY(Literal high, literal());
      VENEER_TRY(const uint32_t left, comparison(of, CompareOp::greater_equal, std::move(low)));
      VENEER_TRY(const uint32_t right, comparison(of, CompareOp::less_equal, std::move(high)));
      return negated(joined(NodeKind::and_, left, right), negate);
    }
    VENEER_TRY(const bool in, take_word("in"));
    if (in) return negated(in_list(of), negate);
    VENEER_TRY(const bool like, take_word("like"));
    if (like) {
      if (token_.kind != Kind::text) return unexpected("expected a string after 'like'");
      VENEER_TRY(Literal pattern, literal());
      ExpressionNode node;
      node.kind = NodeKind::like;
      node.column = of;
      keep(&node, std::move(pattern));
      return negated(add(node), negate);
    }
    return unexpected(negate ? "expected 'between', 'in' or 'like'"
                             : "expected a comparison after the column");
  }
  Result<uint32_t> in_list(uint32_t of) {
    if (token_.kind != Kind::open) return unexpected("expected '(' after 'in'");
    ExpressionNode node;
    node.kind = NodeKind::in_list;
    node.column = of;
    do {
      VENEER_CHECK(advance());
      VENEER_TRY(Literal value, literal());
      keep(&node, std::move(value));
    } while (token_.kind == Kind::comma);
    if (token_.kind != Kind::close) return unexpected("expected ',' or ')'");
    VENEER_CHECK(advance());
    return add(node);
  }

  Lexer lexer_;
  Token token_;
  Expression made_;
};

Result<Expression> Expression::parse(std::string_view text) {
  return ExpressionParser(text).parse();
}

Expression Expression::leaf(NodeKind kind, CompareOp op, std::string column,
                            std::vector<Literal> literals) {
  Expression made;
  ExpressionNode node;
  node.kind = kind;
  node.op = op;
  node.num_literals = static_cast<uint32_t>(literals.size());
  made.nodes_.push_back(node);
  made.columns_.push_back(std::move(column));
  made.literals_ = std::move(literals);
  return made;
}

Expression Expression::constant(bool value) {
  Expression made;
  ExpressionNode node;
  node.num_literals = 1;
  made.nodes_.push_back(node);
  made.literals_.emplace_back(value);
  return made;
}

// The root of what was appended.
uint32_t Expression::append(const Expression& other) {
  const auto nodes = static_cast<uint32_t>(nodes_.size());
  const auto literals = static_cast<uint32_t>(literals_.size());
  std::vector<uint32_t> columns;
  for (const std::string& name : other.columns_) {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    columns.push_back(static_cast<uint32_t>(found - columns_.begin()));
    if (found == columns_.end()) columns_.push_back(name);
  }
  for (ExpressionNode node : other.nodes_) {
    node.left += nodes;
    node.right += nodes;
    node.first_literal += literals;
    if (!columns.empty()) node.column = columns[node.column];
    nodes_.push_back(node);
  }
  literals_.insert(literals_.end(), other.literals_.begin(), other.literals_.end());
  return static_cast<uint32_t>(nodes_.size() - 1);
}

Expression Expression::negated(const Expression& of) {
  Expression made = of;
  ExpressionNode node;
  node.kind = NodeKind::not_;
  node.left = static_cast<uint32_t>(of.nodes_.size() - 1);
  made.nodes_.push_back(node);
  return made;
}

Expression Expression::joined(NodeKind kind, const Expression& a, const Expression& b) {
  Expression made = a;
  ExpressionNode node;
  node.kind = kind;
  node.left = static_cast<uint32_t>(a.nodes_.size() - 1);
  node.right = made.append(b);
  made.nodes_.push_back(node);
  return made;
}

}  // namespace veneer::filter
