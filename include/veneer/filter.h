// Predicates on columns: which rows a read gives.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "veneer/status.h"

namespace veneer::filter {
class Expression;
}  // namespace veneer::filter

#pragma GCC visibility push(default)
namespace veneer {

/// A value that a column is compared with. Which of them a column takes is checked when a filter
/// meets a schema (docs/predicates.md has the table).
class Literal {
 public:
  enum class Kind : uint8_t {
    null,
    boolean,
    number,     ///< decimal digits
    text,       ///< also what a date, a time, a UUID … is written as
    binary,     ///< bytes; x'0aff' in an expression
    date,       ///< date '2026-05-08'
    time,       ///< time '12:30:00.25'
    timestamp,  ///< timestamp '2026-05-08 12:30:00+02:00'
    uuid,       ///< uuid '00112233-4455-6677-8899-aabbccddeeff'
  };

  Literal(std::nullptr_t = nullptr) noexcept {}  // NOLINT: implicit by design, as are those below
  template <std::same_as<bool> T>
  Literal(T value) : kind_(Kind::boolean), boolean_(value) {}  // NOLINT
  template <std::integral T>
  requires(!std::same_as<T, bool>) Literal(T value)  // NOLINT
      : kind_(Kind::number), text_(std::to_string(value)) {}
  Literal(float value);                                                       // NOLINT
  Literal(double value);                                                      // NOLINT
  Literal(std::string value) : kind_(Kind::text), text_(std::move(value)) {}  // NOLINT
  Literal(std::string_view value) : Literal(std::string(value)) {}            // NOLINT
  Literal(const char* value) : Literal(std::string(value)) {}                 // NOLINT
  /// Of any kind by its text, as between the quotes in an expression; bytes of a binary one.
  static Literal of(Kind kind, std::string text);

  Kind kind() const noexcept { return kind_; }
  bool boolean() const noexcept { return boolean_; }
  /// Of a number its digits: an optional '-', digits, and perhaps '.' and digits. Floating values
  /// that no digits say are the text "NaN", "Infinity" or "-Infinity".
  const std::string& text() const noexcept { return text_; }

 private:
  Kind kind_ = Kind::null;
  bool boolean_ = false;
  std::string text_;
};

/// A condition on the columns of a row, with SQL's three-valued logic: a row is kept where it is
/// true, not where it is false or unknown. Made by `col` or from text; joined by &&, || and !.
///
///   veneer::col("fare") > 10.0 && veneer::col("city").in({"NYC", "SF"})
///   veneer::Filter::parse("fare > 10 and city in ('NYC', 'SF')")
///
/// Immutable; copies share their contents and may be used from several threads.
class Filter {
 public:
  /// Keeps every row.
  Filter() noexcept = default;

  /// An expression as text; its grammar is in docs/predicates.md. invalid_argument tells the
  /// mistake and its column in the text, counted in bytes from 1.
  static Result<Filter> parse(std::string_view text);

  /// True where it keeps every row because it has no condition.
  bool empty() const noexcept { return expression_ == nullptr; }
  /// Dotted paths of the columns that it names, each once.
  std::vector<std::string> columns() const;

  /// An empty filter is the neutral element of &&; with || it keeps every row.
  friend Filter operator&&(const Filter& a, const Filter& b) { return join(a, b, true); }
  friend Filter operator||(const Filter& a, const Filter& b) { return join(a, b, false); }
  /// What it is false for. Of an empty filter: no row.
  Filter operator!() const;

  /// What the library's own code works with; not for callers.
  explicit Filter(std::shared_ptr<const filter::Expression> expression) noexcept
      : expression_(std::move(expression)) {}
  const filter::Expression* expression() const noexcept { return expression_.get(); }

 private:
  static Filter join(const Filter& a, const Filter& b, bool all);
  std::shared_ptr<const filter::Expression> expression_;
};

/// A column in a filter that is being written down.
class ColumnRef {
 public:
  explicit ColumnRef(std::string path) : path_(std::move(path)) {}

  Filter operator==(const Literal& value) const { return compare(0, value); }
  Filter operator!=(const Literal& value) const { return compare(1, value); }
  Filter operator<(const Literal& value) const { return compare(2, value); }
  Filter operator<=(const Literal& value) const { return compare(3, value); }
  Filter operator>(const Literal& value) const { return compare(4, value); }
  Filter operator>=(const Literal& value) const { return compare(5, value); }
  /// Both ends belong to it.
  Filter between(const Literal& low, const Literal& high) const;
  Filter in(std::initializer_list<Literal> values) const {
    return in(std::vector<Literal>(values));
  }
  Filter in(std::vector<Literal> values) const;
  /// `%` stands for any bytes, `_` for one character.
  Filter like(std::string_view pattern) const;
  Filter starts_with(std::string_view prefix) const;
  Filter is_null() const;
  Filter is_not_null() const { return !is_null(); }

 private:
  Filter compare(uint8_t op, const Literal& value) const;
  std::string path_;
};

/// A column by its dotted path (see Schema::find): col("driver.name") == "Ada".
inline ColumnRef col(std::string path) { return ColumnRef(std::move(path)); }

}  // namespace veneer
#pragma GCC visibility pop
