// Filters meet schemas: what is accepted, what is refused and how, and what becomes of it.
#include <doctest/doctest.h>

#include <string>

#include "filter/bind.h"
#include "model.h"

namespace veneer::test {
namespace {

using filter::BoundFilter;
using filter::BoundNode;

constexpr Repetition kOptional = Repetition::optional;

Bytes typed_file() {
  FileBuilder f({leaf("id", PhysicalType::int32),
                 leaf("city", PhysicalType::byte_array, kOptional).converted(ConvertedType::utf8),
                 leaf("fare", PhysicalType::float64, kOptional),
                 leaf("at", PhysicalType::int64, kOptional)
                     .logical(logical_timestamp(true, TimeUnit::micros)),
                 group("driver", kOptional, {leaf("name", PhysicalType::byte_array, kOptional)}),
                 list_of("tags", leaf("element", PhysicalType::byte_array))});
  return f.finish();
}

class Schemas {
 public:
  Schemas() : bytes_(typed_file()), file_(open_bytes(bytes_)) {}
  Result<BoundFilter> bind(const Filter& filter) const {
    return BoundFilter::bind(*filter.expression(), file_.schema());
  }
  Result<BoundFilter> bind(const std::string& text) const {
    auto parsed = Filter::parse(text);
    REQUIRE_MESSAGE(parsed.ok(), parsed.status().to_string());
    return bind(*parsed);
  }
  std::string refused(const std::string& text) const {
    auto bound = bind(text);
    REQUIRE_MESSAGE(!bound.ok(), text);
    return bound.status().to_string();
  }

 private:
  Bytes bytes_;
  File file_;
};

TEST_CASE("a wrong literal names column, type and literal") {
  const Schemas schemas;
  CHECK(schemas.refused("city = 5") ==
        "invalid_argument: filter: column city is BYTE_ARRAY STRING and cannot be compared with 5: "
        "it takes text in quotes, or bytes as x'0aff'");
  CHECK(schemas.refused("id > 1 and fare < 'cheap'") ==
        "invalid_argument: filter: column fare is DOUBLE and cannot be compared with 'cheap': it "
        "takes numbers, 'NaN' and 'Infinity'");
  CHECK(schemas.refused("at > 'yesterday'").find("column at is INT64 TIMESTAMP") !=
        std::string::npos);
  CHECK(schemas.refused("id in (1, true)").find("compared with true: it takes numbers") !=
        std::string::npos);
  CHECK(schemas.refused("id like '5%'").find("only text and bytes can be like") !=
        std::string::npos);
  CHECK(schemas.refused("nope = 1") == "not_found: no column nope");
  CHECK(schemas.refused("driver is null") ==
        "invalid_argument: filter: column driver is a struct; only leaf columns can be compared");
  CHECK(schemas.refused("tags is null").find("is a list") != std::string::npos);
  CHECK(schemas.refused("tags.element = 'x'").find("lies in a list or map") != std::string::npos);
  CHECK(schemas.refused("city = '" + std::string(100, 'x') + "' and city = date '2026-05-08'")
            .find("date '2026-05-08'") != std::string::npos);
}

TEST_CASE("terms of one column are one, constants go, negations are pushed down") {
  const Schemas schemas;
  auto bound = schemas.bind("id > 1 and fare > 2 and id < 5 and not id = 3");
  REQUIRE(bound.ok());
  CHECK(bound->root().kind == BoundNode::Kind::all_of);
  CHECK(bound->root().children.size() == 2);
  CHECK(bound->columns().size() == 2);

  const auto constant = [&](const std::string& text) {
    auto made = schemas.bind(text);
    REQUIRE_MESSAGE(made.ok(), made.status().to_string());
    REQUIRE(made->root().kind == BoundNode::Kind::constant);
    return made->root().truth;
  };
  CHECK_FALSE(constant("id > 5 and id < 3"));
  CHECK_FALSE(constant("id = 1.5"));
  CHECK_FALSE(constant("id = null"));
  CHECK_FALSE(constant("not id = null"));
  CHECK_FALSE(constant("id not in (1, null)"));
  CHECK_FALSE(constant("fare > 1 and false"));
  CHECK(constant("fare > 1 or true"));
  CHECK(constant("not (fare > 1 and (id = 2 and not true))"));

  // not (a or b) is (not a) and (not b); is null stays true of nulls.
  bound = schemas.bind("not (fare <= 2 or city is not null)");
  REQUIRE(bound.ok());
  CHECK(bound->root().kind == BoundNode::Kind::all_of);
  REQUIRE(bound->root().children.size() == 2);
  bound = schemas.bind("fare > 1 or fare is null");
  REQUIRE(bound.ok());
  REQUIRE(bound->root().kind == BoundNode::Kind::term);
  CHECK(bound->term(bound->root().term).nulls);
}

TEST_CASE("the builder says what text says") {
  const Schemas schemas;
  const auto same = [&](const Filter& built, const std::string& text) {
    auto a = schemas.bind(built);
    auto b = schemas.bind(text);
    REQUIRE_MESSAGE(a.ok(), a.status().to_string());
    REQUIRE(b.ok());
    REQUIRE(a->root().kind == b->root().kind);
    REQUIRE(a->root().children.size() == b->root().children.size());
    const auto term = [](const BoundFilter& filter, size_t i) -> const filter::Term& {
      const BoundNode& root = filter.root();
      return filter.term(root.kind == BoundNode::Kind::term ? root.term
                                                            : filter.node(root.children[i]).term);
    };
    for (size_t i = 0; i < std::max<size_t>(1, a->root().children.size()); ++i) {
      const filter::Term& x = term(*a, i);
      const filter::Term& y = term(*b, i);
      CHECK(x.nulls == y.nulls);
      CHECK(x.pattern == y.pattern);
      CHECK(x.set.begins_inside() == y.set.begins_inside());
      CHECK(std::equal(x.set.cuts().begin(), x.set.cuts().end(), y.set.cuts().begin(),
                       y.set.cuts().end()));
    }
  };
  same(col("fare") > 10.0 && col("city").in({"NYC", "SF"}), "fare > 10 and city in ('NYC', 'SF')");
  same(col("id").between(1, 5), "id between 1 and 5");
  same(!(col("id") == 5), "id <> 5");
  same(col("id") != 5, "not id = 5");
  same(col("city").starts_with("N%"), "city >= 'N%' and city < 'N&'");
  same(col("city").like("N_C"), "city like 'N_C'");
  same(col("city").is_null() || col("city") == "x", "city is null or city = 'x'");
  same(col("driver.name").is_not_null(), "driver.name is not null");
  same(col("fare") <= 0.1f, "fare <= 0.1");
  same(col("at") >= Literal::of(Literal::Kind::date, "2026-05-08"), "at >= '2026-05-08T00:00:00Z'");
  CHECK((Filter() && col("id") == 1).columns() == std::vector<std::string>{"id"});
  CHECK((Filter() || col("id") == 1).empty());
  CHECK_FALSE((!Filter()).empty());
  CHECK(Filter::parse("id = ").status().code() == StatusCode::invalid_argument);
}

TEST_CASE("long chains take neither long nor deep") {
  const Schemas schemas;
  std::string text = "id = 0";
  for (int i = 1; i < 20'000; ++i)
    text += (i % 2 == 0 ? " or id = " : " or 3 = ") +
            (i % 2 == 0 ? std::to_string(i) : std::string("id"));
  auto bound = schemas.bind(text);
  REQUIRE(bound.ok());
  CHECK(bound->root().kind == BoundNode::Kind::term);
  Filter deep = col("id") == 1;
  for (int i = 0; i < 1500; ++i) {
    deep = i % 2 == 0 ? deep && col("fare") > i : deep || col("city") == "x";
  }
  const auto refused = schemas.bind(deep);
  CHECK(refused.status().message() == "the filter is nested too deep");
}

}  // namespace
}  // namespace veneer::test
