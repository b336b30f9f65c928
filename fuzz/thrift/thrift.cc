// The Thrift reader: a walk that reads every value of any struct, against a skip of the same bytes.
#include "fuzz/support/feed.h"
#include "thrift/reader.h"

using namespace veneer;
using namespace veneer::fuzz;
using thrift::Reader;
using thrift::Type;

namespace {

void read_value(Reader& reader, Type type, int depth);

void read_struct(Reader& reader, int depth) {
  thrift::FieldHeader field;
  while (reader.next_field(&field)) {
    // In a field's header a boolean is its type.
    if (field.type == Type::bool_true || field.type == Type::bool_false) continue;
    read_value(reader, field.type, depth);
  }
}

void read_list(Reader& reader, int depth) {
  const thrift::ListHeader list = reader.list();
  require(list.count <= reader.remaining(), "a list has no more elements than bytes");
  for (uint32_t i = 0; i < list.count && reader.ok(); ++i) read_value(reader, list.element, depth);
}

// Integers of 16 and 32 bits are read as 64-bit ones, as a skip does not look at their range.
void read_value(Reader& reader, Type type, int depth) {
  switch (type) {
    case Type::bool_true:
    case Type::bool_false: reader.element_bool(); return;
    case Type::i8: reader.i8(); return;
    case Type::i16:
    case Type::i32:
    case Type::i64: reader.i64(); return;
    case Type::float64: reader.float64(); return;
    case Type::binary: {
      const auto bytes = reader.binary();
      require(bytes.size() <= reader.position(), "a binary lies behind the reader");
      return;
    }
    case Type::list:
    case Type::set:
      if (depth < Reader::kMaxNesting) return read_list(reader, depth + 1);
      break;
    case Type::structure:
      if (depth < Reader::kMaxNesting) return read_struct(reader, depth + 1);
      break;
    default: break;
  }
  reader.skip(type);  // maps, UUIDs, and what is too deep
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> bytes(data, size);
  Reader skipped(bytes);
  skipped.skip_struct();
  Reader read(bytes);
  read_struct(read, 0);
  // Whatever can be skipped can be read, to the same end. (What is read may lie deeper than a skip
  // goes, since it begins its count anew.)
  // Nor does a skip look at the range of a field's number.
  const Status outcome = read.status(0);
  const bool is_number = outcome.message().find("does not fit its type") != std::string_view::npos;
  if (skipped.ok() && !is_number) {
    require_ok(outcome, "what can be skipped can be read");
    require(read.position() == skipped.position(), "to the same end");
  }
  require(skipped.ok() == skipped.status(7).ok(), "a failure has a status");
  if (!skipped.ok()) require(skipped.status(7).offset() >= 7, "and a place");

  // The numbers of narrower types, wherever they lie.
  Reader narrow(bytes);
  while (narrow.ok() && narrow.remaining() != 0) {
    narrow.i16();
    narrow.i32();
    narrow.i64();
    narrow.string();
  }
  return 0;
}
