#include "scan/hive.h"

#include <doctest/doctest.h>

using namespace veneer;
using scan::PartitionInference;

namespace {

PartitionValue value(std::string name, std::optional<std::string> text) {
  return {std::move(name), std::move(text)};
}

PartitionType inferred(const std::vector<std::optional<std::string>>& texts) {
  PartitionInference inference({}, true);
  for (const auto& text : texts) {
    const PartitionValue one[] = {value("x", text)};
    inference.add(one);
  }
  const auto columns = inference.columns();
  REQUIRE(columns.size() == 1);
  return columns[0].type;
}

int64_t parsed(std::string_view text, PartitionType type) {
  int64_t out = 0;
  REQUIRE(scan::parse_value(text, type, &out));
  return out;
}

bool refused(std::string_view text, PartitionType type) {
  int64_t out = 0;
  return !scan::parse_value(text, type, &out);
}

}  // namespace

TEST_CASE("a key's directories are its partitions") {
  using Values = std::vector<PartitionValue>;
  CHECK(parse_partitions("year=2026/month=05/part-0.parquet") ==
        Values{value("year", "2026"), value("month", "05")});
  CHECK(parse_partitions("part-0.parquet").empty());
  CHECK(parse_partitions("a=1").empty());  // a name, not a directory
  CHECK(parse_partitions("a=1/") == Values{value("a", "1")});
  CHECK(parse_partitions("x/a=1//y/b=/f") == Values{value("a", "1"), value("b", "")});
  CHECK(parse_partitions("=1/f").empty());
  CHECK(parse_partitions("a=b=c/f") == Values{value("a", "b=c")});
  CHECK(parse_partitions("a=__HIVE_DEFAULT_PARTITION__/f") == Values{value("a", std::nullopt)});
  CHECK(parse_partitions("a%20b=c%2Fd%3de/f") == Values{value("a b", "c/d=e")});
  CHECK(parse_partitions("t=2026-05-08 14%3A00%3A00/f") ==
        Values{value("t", "2026-05-08 14:00:00")});
  CHECK(parse_partitions("a=S%C3%A3o/f") == Values{value("a", "S\xC3\xA3o")});
  // Not UTF-8, or no escape: the bytes as they are.
  CHECK(parse_partitions("a=%FF/f") == Values{value("a", "%FF")});
  CHECK(parse_partitions("a=%ED%A0%80/f") == Values{value("a", "%ED%A0%80")});
  CHECK(parse_partitions("a=100%/f") == Values{value("a", "100%")});
  CHECK(parse_partitions("a=%zz%2/f") == Values{value("a", "%zz%2")});
  CHECK(parse_partitions("a=\xFF/f") == Values{value("a", "\xFF")});
}

TEST_CASE("Partition::find gives the first of a name") {
  const std::vector<PartitionValue> values = {value("a", "1"), value("b", "2"), value("a", "3")};
  const Partition partition{"k", values};
  REQUIRE(partition.find("a") != nullptr);
  CHECK(*partition.find("a")->value == "1");
  CHECK(partition.find("c") == nullptr);
}

TEST_CASE("data keys") {
  CHECK(is_data_key("a.parquet"));
  CHECK(is_data_key("x/y=1/part-0.c000.snappy.parquet"));
  CHECK(is_data_key("_hour=1/a.parquet"));
  CHECK(is_data_key("../x/./a.parquet"));
  CHECK_FALSE(is_data_key("_SUCCESS"));
  CHECK_FALSE(is_data_key("a.parquet.crc"));
  CHECK_FALSE(is_data_key("_committed_123"));
  CHECK_FALSE(is_data_key("year=2026/_metadata.parquet"));
  CHECK_FALSE(is_data_key("year=2026/.a.parquet"));
  CHECK_FALSE(is_data_key("_temporary/0/a.parquet"));
  CHECK_FALSE(is_data_key(".spark-staging-1/year=2026/a.parquet"));
  CHECK_FALSE(is_data_key("year=2026/a.parquet/"));
  CHECK_FALSE(is_data_key(""));
}

TEST_CASE("types are inferred over all values") {
  CHECK(inferred({"1", "2", "-3"}) == PartitionType::int64);
  CHECK(inferred({"01", "12"}) == PartitionType::int64);
  CHECK(inferred({"01", "2A"}) == PartitionType::string);
  CHECK(inferred({"9223372036854775807", "-9223372036854775808"}) == PartitionType::int64);
  CHECK(inferred({"9223372036854775808"}) == PartitionType::string);
  CHECK(inferred({"1", std::nullopt}) == PartitionType::int64);
  CHECK(inferred({std::nullopt}) == PartitionType::string);
  CHECK(inferred({"", "1"}) == PartitionType::string);
  CHECK(inferred({"1.5"}) == PartitionType::string);
  CHECK(inferred({"2026-05-08", "1969-12-31"}) == PartitionType::date);
  CHECK(inferred({"2026-05-08", "2026-05-08 14:00:00"}) == PartitionType::timestamp);
  CHECK(inferred({"2026-05-08T14:00:00.25Z"}) == PartitionType::timestamp);
  CHECK(inferred({"2026-02-29"}) == PartitionType::string);
  CHECK(inferred({"2026-05-08", "5"}) == PartitionType::string);
}

TEST_CASE("declared types stand; without inference all others are strings") {
  const std::vector<std::pair<std::string, PartitionType>> declared = {
      {"year", PartitionType::string}};
  const PartitionValue values[] = {value("year", "2026"), value("month", "5")};
  PartitionInference inference(declared, true);
  inference.add(values);
  CHECK_FALSE(inference.settled());
  CHECK(inference.columns()[0].type == PartitionType::string);
  CHECK(inference.columns()[1].type == PartitionType::int64);
  PartitionInference none(declared, false);
  none.add(values);
  CHECK(none.settled());
  CHECK(none.columns()[1].type == PartitionType::string);
  CHECK(none.check_declared().ok());
  const std::vector<std::pair<std::string, PartitionType>> mistyped = {
      {"yaer", PartitionType::string}};
  PartitionInference wrong(mistyped, true);
  wrong.add(values);
  CHECK(wrong.check_declared().to_string() ==
        "invalid_argument: a type is declared for yaer, which is no partition");
}

TEST_CASE("values as numbers") {
  CHECK(parsed("007", PartitionType::int64) == 7);
  CHECK(parsed("1970-01-02", PartitionType::date) == 1);
  CHECK(parsed("1969-12-31", PartitionType::date) == -1);
  CHECK(parsed("2000-02-29", PartitionType::date) == 11016);
  CHECK(parsed("0001-01-01", PartitionType::date) == -719162);
  CHECK(parsed("9999-12-31", PartitionType::date) == 2932896);
  CHECK(parsed("1970-01-01T00:00:01.5", PartitionType::timestamp) == 1'500'000);
  CHECK(parsed("1970-01-01 02:00+02:00", PartitionType::timestamp) == 0);
  CHECK(parsed("1970-01-01 00:00:00-0130", PartitionType::timestamp) == 5'400'000'000);
  CHECK(parsed("1970-01-01 00:00:00.000001000", PartitionType::timestamp) == 1);
  CHECK(parsed("1970-01-02", PartitionType::timestamp) == 86'400'000'000);
  for (const char* text : {"", "-", "+1", "1 ", "0x1", "9223372036854775808"}) {
    CHECK(refused(text, PartitionType::int64));
  }
  for (const char* text : {"1900-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "2026-05-08x"}) {
    CHECK(refused(text, PartitionType::date));
  }
  for (const char* text :
       {"2026-05-08 24:00", "2026-05-08 14:60", "2026-05-08 14", "2026-05-08 14:00:00.",
        "2026-05-08 14:00:00.0000001", "2026-05-08 14:00Zx", "2026-05-08 14:00+99",
        "2026-05-08 14:00:00.0000000000"}) {
    CHECK(refused(text, PartitionType::timestamp));
  }
}
