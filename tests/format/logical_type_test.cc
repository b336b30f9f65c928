#include "footer_bytes.h"
#include "veneer/schema.h"

using namespace veneer;
using namespace veneer::test;

namespace {

using Union = std::function<void(ThriftWriter&)>;

struct Annotations {
  std::string effective;
  std::string raw;
};

// What one leaf's annotation comes to.
Annotations annotation(Element element) {
  const FileMetadata file = schema_of({std::move(element)});
  const SchemaElement& made = file.schema().element(1);
  return {to_string(made.logical), to_string(made.annotation)};
}

std::string by_union(int type, Union logical, int type_length = -1, int converted = -1) {
  Element e = leaf("x", kOptional, type);
  e.type_length = type_length;
  e.converted = converted;
  e.logical_union = std::move(logical);
  return annotation(e).effective;
}

std::string by_member(int type, int member, int type_length = -1) {
  return by_union(
      type, [member](ThriftWriter& u) { u.structure(member); }, type_length);
}

std::string by_converted(int type, int converted, int type_length = -1) {
  Element e = leaf("x", kOptional, type);
  e.type_length = type_length;
  e.converted = converted;
  return annotation(e).effective;
}

Union instant(int member, bool utc, int unit) {
  return [=](ThriftWriter& u) {
    u.structure(member, [&](ThriftWriter& t) {
      t.boolean(1, utc).structure(2, [&](ThriftWriter& v) { v.structure(unit); });
    });
  };
}

Union integer(int8_t width, bool is_signed) {
  return [=](ThriftWriter& u) {
    u.structure(10, [&](ThriftWriter& t) { t.i8(1, width).boolean(2, is_signed); });
  };
}

Union decimal(int scale, int precision) {
  return [=](ThriftWriter& u) {
    u.structure(5, [&](ThriftWriter& t) { t.i32(1, scale).i32(2, precision); });
  };
}

}  // namespace

TEST_CASE("every member of LogicalType") {
  CHECK(by_member(kByteArray, 1) == "STRING");
  CHECK(by_member(kByteArray, 4) == "ENUM");
  CHECK(by_union(kInt32, decimal(2, 9)) == "DECIMAL(9,2)");
  CHECK(by_member(kInt32, 6) == "DATE");
  CHECK(by_union(kInt32, instant(7, true, 1)) == "TIME(MILLIS,true)");
  CHECK(by_union(kInt64, instant(7, false, 2)) == "TIME(MICROS,false)");
  CHECK(by_union(kInt64, instant(7, false, 3)) == "TIME(NANOS,false)");
  CHECK(by_union(kInt64, instant(8, true, 1)) == "TIMESTAMP(MILLIS,true)");
  CHECK(by_union(kInt64, instant(8, false, 2)) == "TIMESTAMP(MICROS,false)");
  CHECK(by_union(kInt64, instant(8, true, 3)) == "TIMESTAMP(NANOS,true)");
  CHECK(by_union(kInt32, integer(8, true)) == "INTEGER(8,true)");
  CHECK(by_union(kInt32, integer(16, false)) == "INTEGER(16,false)");
  CHECK(by_union(kInt32, integer(32, true)) == "INTEGER(32,true)");
  CHECK(by_union(kInt64, integer(64, false)) == "INTEGER(64,false)");
  CHECK(by_member(kDouble, 11) == "UNKNOWN");
  CHECK(by_member(kByteArray, 12) == "JSON");
  CHECK(by_member(kByteArray, 13) == "BSON");
  CHECK(by_member(kFixed, 14, 16) == "UUID");
  CHECK(by_member(kFixed, 15, 2) == "FLOAT16");
  CHECK(by_member(kByteArray, 17) == "GEOMETRY");
  CHECK(by_union(kByteArray, [](ThriftWriter& u) {
          u.structure(17, [](ThriftWriter& t) { t.binary(1, "EPSG:3857"); });
        }) == "GEOMETRY(EPSG:3857)");
  CHECK(by_member(kByteArray, 18) == "GEOGRAPHY(OGC:CRS84,SPHERICAL)");
  CHECK(by_union(kByteArray, [](ThriftWriter& u) {
          u.structure(18, [](ThriftWriter& t) { t.binary(1, "srid:4326").i32(2, 4); });
        }) == "GEOGRAPHY(srid:4326,KARNEY)");
}

TEST_CASE("groups' members of LogicalType") {
  const auto of_group = [](Union logical) {
    Element e = group("g", kOptional, 1);
    e.logical_union = std::move(logical);
    const FileMetadata file = schema_of({e, leaf("x", kOptional, kInt32)});
    return to_string(file.schema().element(1).logical);
  };
  CHECK(of_group([](ThriftWriter& u) { u.structure(2); }) == "MAP");
  CHECK(of_group([](ThriftWriter& u) { u.structure(3); }) == "LIST");
  CHECK(of_group([](ThriftWriter& u) { u.structure(16); }) == "VARIANT");
  CHECK(of_group([](ThriftWriter& u) { u.structure(16, [](ThriftWriter& t) { t.i8(1, 1); }); }) ==
        "VARIANT(1)");
  CHECK(of_group([](ThriftWriter& u) { u.structure(19); }) == "FILE");
  CHECK(of_group([](ThriftWriter& u) { u.structure(1); }).empty());
  CHECK(by_member(kByteArray, 16).empty());
  CHECK(by_member(kByteArray, 3).empty());
}

TEST_CASE("every ConvertedType") {
  CHECK(by_converted(kByteArray, 0) == "STRING");
  CHECK(by_converted(kByteArray, 4) == "ENUM");
  CHECK(by_converted(kInt32, 6) == "DATE");
  CHECK(by_converted(kInt32, 7) == "TIME(MILLIS,true)");
  CHECK(by_converted(kInt64, 8) == "TIME(MICROS,true)");
  CHECK(by_converted(kInt64, 9) == "TIMESTAMP(MILLIS,true)");
  CHECK(by_converted(kInt64, 10) == "TIMESTAMP(MICROS,true)");
  CHECK(by_converted(kInt32, 11) == "INTEGER(8,false)");
  CHECK(by_converted(kInt32, 12) == "INTEGER(16,false)");
  CHECK(by_converted(kInt32, 13) == "INTEGER(32,false)");
  CHECK(by_converted(kInt64, 14) == "INTEGER(64,false)");
  CHECK(by_converted(kInt32, 15) == "INTEGER(8,true)");
  CHECK(by_converted(kInt32, 16) == "INTEGER(16,true)");
  CHECK(by_converted(kInt32, 17) == "INTEGER(32,true)");
  CHECK(by_converted(kInt64, 18) == "INTEGER(64,true)");
  CHECK(by_converted(kByteArray, 19) == "JSON");
  CHECK(by_converted(kByteArray, 20) == "BSON");
  CHECK(by_converted(kFixed, 21, 12) == "INTERVAL");
  CHECK(by_converted(kInt32, 22).empty());
  Element money = leaf("x", kOptional, kByteArray);
  money.converted = 5;
  money.precision = 38;
  CHECK(annotation(money).effective == "DECIMAL(38,0)");
}

TEST_CASE("LogicalType wins where it is known, ConvertedType where it is not") {
  CHECK(by_union(kInt64, instant(8, false, 2), -1, 10) == "TIMESTAMP(MICROS,false)");
  CHECK(by_union(
            kInt64, [](ThriftWriter& u) { u.structure(99); }, -1, 10) == "TIMESTAMP(MICROS,true)");
  // A unit, a width or an algorithm of a later version, and parameters left out.
  CHECK(by_union(kInt64, instant(8, false, 9), -1, 10) == "TIMESTAMP(MICROS,true)");
  CHECK(by_union(kInt32, integer(24, true), -1, 15) == "INTEGER(8,true)");
  CHECK(by_member(kInt64, 8).empty());
  CHECK(by_union(kByteArray, [](ThriftWriter& u) {
          u.structure(18, [](ThriftWriter& t) { t.i32(2, 5); });
        }).empty());
  // The member's own wire type must be a struct.
  CHECK(by_union(
            kByteArray, [](ThriftWriter& u) { u.i32(1, 1); }, -1, 19) == "JSON");
  Element e = leaf("x", kOptional, kByteArray);
  e.logical = 1;
  CHECK(schema_of({e}).schema().element(1).has_logical_type);
  e.logical = 99;
  CHECK_FALSE(schema_of({e}).schema().element(1).has_logical_type);
}

TEST_CASE("contradictions: the physical type holds, the annotation stays to be seen") {
  CHECK(by_converted(kInt32, 0).empty());
  CHECK(by_converted(kDouble, 15).empty());
  CHECK(by_converted(kInt64, 6).empty());
  CHECK(by_converted(kInt64, 7).empty());
  CHECK(by_converted(kInt32, 8).empty());
  CHECK(by_converted(kInt32, 9).empty());
  CHECK(by_converted(kInt64, 15).empty());
  CHECK(by_converted(kInt32, 18).empty());
  CHECK(by_converted(kFixed, 21, 11).empty());
  CHECK(by_member(kFixed, 14, 15).empty());
  CHECK(by_member(kByteArray, 14).empty());
  CHECK(by_member(kFixed, 15, 4).empty());
  CHECK(by_member(kInt32, 17).empty());
  CHECK(by_union(kInt96, instant(8, true, 3)).empty());
  CHECK(by_union(kInt32, decimal(0, 0)).empty());
  CHECK(by_union(kInt32, decimal(-1, 5)).empty());
  CHECK(by_union(kInt32, decimal(6, 5)).empty());
  CHECK(by_union(kInt32, decimal(0, -5)).empty());
  CHECK(by_union(kInt32, decimal(1000, 1000)) == "DECIMAL(1000,1000)");
  CHECK(by_union(kInt32, decimal(0, 1001)).empty());
  CHECK(by_union(kDouble, decimal(2, 5)).empty());
  CHECK(by_union(kFixed, decimal(0, 1), 0).empty());
  // Wider than the bytes can hold: no value shows it, so it does no harm.
  CHECK(by_union(kInt32, decimal(2, 40)) == "DECIMAL(40,2)");
  // Text of fixed width is out there.
  CHECK(by_converted(kFixed, 0, 3) == "STRING");

  Element e = leaf("x", kOptional, kInt32);
  e.converted = 0;
  const Annotations both = annotation(e);
  CHECK(both.effective.empty());
  CHECK(both.raw == "STRING");
}
