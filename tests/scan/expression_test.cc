#include "filter/expression.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace veneer;
using namespace veneer::filter;

namespace {

using Row = std::map<std::string, std::string>;

uint8_t outcomes(const std::string& text, const Row& row, bool whole = true) {
  auto expression = Expression::parse(text);
  REQUIRE_MESSAGE(expression.ok(), text << ": " << expression.status().to_string());
  std::vector<TextValue> values;
  for (const std::string& name : expression->columns()) {
    const auto found = row.find(name);
    TextValue value;
    if (found != row.end()) value = {TextValue::State::text, found->second};
    if (found == row.end() && whole) value.state = TextValue::State::null;
    values.push_back(value);
  }
  return possible_outcomes(*expression, values);
}

std::string mistake(const std::string& text) {
  auto expression = Expression::parse(text);
  REQUIRE_MESSAGE(!expression.ok(), text);
  CHECK(expression.status().code() == StatusCode::invalid_argument);
  return std::string(expression.status().message());
}

}  // namespace

TEST_CASE("comparisons with numbers are by value") {
  const Row row = {
      {"month", "05"}, {"big", "123456789012345678901234567890"}, {"x", "-1.50"}, {"word", "May"}};
  CHECK(outcomes("month = 5", row) == kTrue);
  CHECK(outcomes("month == 5.0", row) == kTrue);
  CHECK(outcomes("month <> 5", row) == kFalse);
  CHECK(outcomes("month != 6", row) == kTrue);
  CHECK(outcomes("month >= 5 AND month < 10", row) == kTrue);
  CHECK(outcomes("10 > month", row) == kTrue);
  CHECK(outcomes("10<=month", row) == kFalse);
  CHECK(outcomes("big = 123456789012345678901234567890", row) == kTrue);
  CHECK(outcomes("big > 123456789012345678901234567889", row) == kTrue);
  CHECK(outcomes("x = -1.5", row) == kTrue);
  CHECK(outcomes("x < -1.49 and x > -1.51", row) == kTrue);
  CHECK(outcomes("x < -.5", row) == kTrue);
  CHECK(outcomes("word = 5", row) == kUnknown);
  CHECK(outcomes("word <> 5", row) == kUnknown);
  CHECK(outcomes("not word = 5", row) == kUnknown);
}

TEST_CASE("comparisons with text are bytewise") {
  const Row row = {{"month", "05"}, {"city", "S\xC3\xA3o 'Paulo'"}};
  CHECK(outcomes("month = '5'", row) == kFalse);
  CHECK(outcomes("month = '05'", row) == kTrue);
  CHECK(outcomes("month < '1'", row) == kTrue);
  CHECK(outcomes("city = 'S\xC3\xA3o ''Paulo'''", row) == kTrue);
  CHECK(outcomes("city > 'z'", row) == kFalse);
  CHECK(outcomes("city like 'S%Paulo_'", row) == kTrue);
  CHECK(outcomes("city like 'S_o%'", row) == kTrue);
  CHECK(outcomes("city like 'Paulo%'", row) == kFalse);
  CHECK(outcomes("city not like '%x%'", row) == kTrue);
  CHECK(outcomes("city like '%%'", row) == kTrue);
}

TEST_CASE("lists, ranges, words") {
  const Row row = {{"m", "5"}, {"flag", "True"}};
  CHECK(outcomes("m in (1, 5, 'x')", row) == kTrue);
  CHECK(outcomes("m in (1, 2)", row) == kFalse);
  CHECK(outcomes("m in (1, null)", row) == kUnknown);
  CHECK(outcomes("m in (5, null)", row) == kTrue);
  CHECK(outcomes("m not in (1, 2)", row) == kTrue);
  CHECK(outcomes("m not in (1, null)", row) == kUnknown);
  CHECK(outcomes("m between 5 and 6", row) == kTrue);
  CHECK(outcomes("m not between 5 and 6", row) == kFalse);
  CHECK(outcomes("m between 6 and 4 or true", row) == kTrue);
  CHECK(outcomes("flag = true", row) == kTrue);
  CHECK(outcomes("flag = false", row) == kFalse);
  CHECK(outcomes("m = true", row) == kUnknown);
}

TEST_CASE("null is unknown, and three values are joined as SQL says") {
  const Row row = {{"a", "1"}};
  CHECK(outcomes("b = 1", row) == kUnknown);
  CHECK(outcomes("b is null", row) == kTrue);
  CHECK(outcomes("b is not null", row) == kFalse);
  CHECK(outcomes("a is null", row) == kFalse);
  CHECK(outcomes("a = null", row) == kUnknown);
  CHECK(outcomes("b = 1 or a = 1", row) == kTrue);
  CHECK(outcomes("b = 1 and a = 1", row) == kUnknown);
  CHECK(outcomes("b = 1 and a = 2", row) == kFalse);
  CHECK(outcomes("not (b = 1 and a = 2)", row) == kTrue);
  CHECK(outcomes("b like '%'", row) == kUnknown);
}

TEST_CASE("precedence, case, quoting") {
  const Row row = {{"a", "1"}, {"b", "2"}, {"a b", "3"}, {"x\"y", "4"}, {"q`r", "5"}, {"and", "6"}};
  CHECK(outcomes("a = 2 and b = 2 or a = 1", row) == kTrue);
  CHECK(outcomes("a = 2 and (b = 2 or a = 1)", row) == kFalse);
  CHECK(outcomes("NOT a = 2 AND b = 2", row) == kTrue);
  CHECK(outcomes("not not a = 1", row) == kTrue);
  CHECK(outcomes("\"a b\" = 3 and `a b` = 3", row) == kTrue);
  CHECK(outcomes("\"x\"\"y\" = 4 and `q``r` = 5", row) == kTrue);
  CHECK(outcomes("\"and\" = 6", row) == kTrue);
  CHECK(outcomes("A = 1", row) == kUnknown);  // columns have their case
}

TEST_CASE("exponents move the point") {
  const Row row = {{"x", "0.00125"}, {"big", "1200000"}, {"y", "-12.5"}};
  CHECK(outcomes("x = 1.25e-3", row) == kTrue);
  CHECK(outcomes("x = 125E-5", row) == kTrue);
  CHECK(outcomes("big = 1.2e+6", row) == kTrue);
  CHECK(outcomes("big = 12e5", row) == kTrue);
  CHECK(outcomes("y = -1.25e1", row) == kTrue);
  CHECK(outcomes("y = -1250e-2", row) == kTrue);
  CHECK(outcomes("y = -.125e2", row) == kTrue);
}

TEST_CASE("nested names, typed literals") {
  const Row row = {{"a.b c.d", "1"}, {"day", "2026-05-08"}, {"date", "x"}, {"raw", "\x0A\xFF"}};
  CHECK(outcomes("a.\"b c\".d = 1", row) == kTrue);
  CHECK(outcomes("\"a\".\"b c\".\"d\" = 1", row) == kTrue);
  CHECK(outcomes("day >= date '2026-05-01'", row) == kTrue);
  CHECK(outcomes("DATE'2026-05-09' > day", row) == kTrue);
  CHECK(outcomes("date = 'x'", row) == kTrue);
  CHECK(outcomes("raw = x'0aFF'", row) == kTrue);
  CHECK(outcomes("day in (date '2026-05-08', null)", row) == kTrue);
}

TEST_CASE("what is not determined leaves outcomes open") {
  CHECK(outcomes("year = 2026 and month = 5", {{"year", "2025"}}, false) == kFalse);
  CHECK(outcomes("year = 2026 and month = 5", {{"year", "2026"}}, false) == kAnyOutcome);
  CHECK(outcomes("year = 2026 or month = 5", {{"year", "2026"}}, false) == kTrue);
  CHECK((outcomes("year in (2025, 2026)", {}, false) & kTrue) != 0);
  CHECK(outcomes("year is null", {}, false) == (kTrue | kFalse));
}

TEST_CASE("mistakes are told with their column") {
  CHECK(mistake("") == "filter expression, column 1: the expression is empty");
  CHECK(mistake("year") == "filter expression, column 5: expected a comparison after the column");
  CHECK(mistake("year = ") == "filter expression, column 8: expected a value");
  CHECK(mistake("year = 2026 month = 5") ==
        "filter expression, column 13: expected 'and', 'or' or the end, not \"month\"");
  CHECK(mistake("year = \"2026\"") ==
        "filter expression, column 8: expected a value; text is written '2026'");
  CHECK(mistake("(year = 1").find("column 10") != std::string::npos);
  CHECK(mistake("year = 'x").find("column 8: the string has no closing") != std::string::npos);
  CHECK(mistake("year # 1").find("column 6: unexpected character '#'") != std::string::npos);
  CHECK(mistake("year = 1e").find("column 8: this is no number") != std::string::npos);
  CHECK(mistake("year = 1e999").find("the exponent is too large") != std::string::npos);
  CHECK(mistake("year = 12ab").find("column 8: this is no number") != std::string::npos);
  CHECK(mistake("x = x'0'").find("pairs of hexadecimal digits") != std::string::npos);
  CHECK(mistake("x = date 5").find("text is written 'date'") != std::string::npos);
  CHECK(mistake("year = 1.2.3").find("column 8") != std::string::npos);
  CHECK(mistake("year in ()").find("column 10") != std::string::npos);
  CHECK(mistake("year in 5").find("expected '(' after 'in'") != std::string::npos);
  CHECK(mistake("year between 1").find("expected 'and'") != std::string::npos);
  CHECK(mistake("year like 5").find("expected a string") != std::string::npos);
  CHECK(mistake("year is 5").find("expected 'null'") != std::string::npos);
  CHECK(mistake("1 = 2").find("expected a column") != std::string::npos);
  CHECK(mistake("and").find("column 1") != std::string::npos);
  CHECK(mistake(")").find("column 1") != std::string::npos);
  CHECK(mistake(std::string(100'000, '(')).find("nested too deep") != std::string::npos);
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not ";
  CHECK(mistake(nots + "a = 1").find("nested too deep") != std::string::npos);
}

TEST_CASE("decimals compare exactly") {
  int order = 0;
  REQUIRE(compare_decimals("0.10", "0.1", &order));
  CHECK(order == 0);
  REQUIRE(compare_decimals("-0", "0.0", &order));
  CHECK(order == 0);
  REQUIRE(compare_decimals("9", "10", &order));
  CHECK(order < 0);
  REQUIRE(compare_decimals("-9", "-10", &order));
  CHECK(order > 0);
  REQUIRE(compare_decimals("1.05", "1.5", &order));
  CHECK(order < 0);
  REQUIRE(compare_decimals("+.5", "0.5", &order));
  CHECK(order == 0);
  CHECK_FALSE(compare_decimals("", "1", &order));
  CHECK_FALSE(compare_decimals("-", "1", &order));
  CHECK_FALSE(compare_decimals(".", "1", &order));
  CHECK_FALSE(compare_decimals("1e5", "1", &order));
  CHECK_FALSE(compare_decimals("1.2.3", "1", &order));
  CHECK_FALSE(compare_decimals("1 ", "1", &order));
}
