#include "support/schema_builder.h"

#include <utility>

namespace veneer::test {

Element Element::length(int32_t bytes) && {
  thrift.set(2, Thrift::i32(bytes));
  return std::move(*this);
}

Element Element::converted(ConvertedType annotation) && {
  thrift.set(6, Thrift::i32(static_cast<int32_t>(annotation)));
  return std::move(*this);
}

Element Element::logical(Thrift annotation) && {
  thrift.set(10, std::move(annotation));
  return std::move(*this);
}

Element Element::decimal(int32_t precision, int32_t scale) && {
  thrift.set(6, Thrift::i32(static_cast<int32_t>(ConvertedType::decimal)));
  thrift.set(7, Thrift::i32(scale));
  thrift.set(8, Thrift::i32(precision));
  return std::move(*this);
}

Element Element::field_id(int32_t id) && {
  thrift.set(9, Thrift::i32(id));
  return std::move(*this);
}

Element leaf(std::string name, PhysicalType type, Repetition repetition) {
  Element out;
  out.type = type;
  out.repetition = repetition;
  out.thrift.set(1, Thrift::i32(static_cast<int32_t>(type)));
  out.thrift.set(3, Thrift::i32(static_cast<int32_t>(repetition)));
  out.thrift.set(4, Thrift::binary(name));
  out.name = std::move(name);
  return out;
}

Element group(std::string name, Repetition repetition, std::vector<Element> children) {
  Element out;
  out.is_leaf = false;
  out.repetition = repetition;
  out.thrift.set(3, Thrift::i32(static_cast<int32_t>(repetition)));
  out.thrift.set(4, Thrift::binary(name));
  out.name = std::move(name);
  out.children = std::move(children);
  return out;
}

Element list_of(std::string name, Element element) {
  return group(std::move(name), Repetition::optional,
               {group("list", Repetition::repeated, {std::move(element)})})
      .converted(ConvertedType::list);
}

Element map_of(std::string name, Element key, Element value) {
  return group(std::move(name), Repetition::optional,
               {group("key_value", Repetition::repeated, {std::move(key), std::move(value)})})
      .converted(ConvertedType::map);
}

Thrift logical_type(LogicalKind kind) {
  switch (kind) {
    case LogicalKind::string: return Thrift::structure(1, Thrift());
    case LogicalKind::map: return Thrift::structure(2, Thrift());
    case LogicalKind::list: return Thrift::structure(3, Thrift());
    case LogicalKind::enum_: return Thrift::structure(4, Thrift());
    case LogicalKind::date: return Thrift::structure(6, Thrift());
    case LogicalKind::unknown: return Thrift::structure(11, Thrift());
    case LogicalKind::json: return Thrift::structure(12, Thrift());
    case LogicalKind::bson: return Thrift::structure(13, Thrift());
    case LogicalKind::uuid: return Thrift::structure(14, Thrift());
    case LogicalKind::float16: return Thrift::structure(15, Thrift());
    case LogicalKind::variant: return Thrift::structure(16, Thrift());
    case LogicalKind::geometry: return Thrift::structure(17, Thrift());
    case LogicalKind::geography: return Thrift::structure(18, Thrift());
    case LogicalKind::file: return Thrift::structure(19, Thrift());
    case LogicalKind::none:
    case LogicalKind::decimal:
    case LogicalKind::time:
    case LogicalKind::timestamp:
    case LogicalKind::integer:
    case LogicalKind::interval: break;  // with parameters, or not in the union
  }
  return Thrift();
}

Thrift logical_decimal(int32_t precision, int32_t scale) {
  return Thrift::structure(5, Thrift().set(1, Thrift::i32(scale)).set(2, Thrift::i32(precision)));
}

namespace {

Thrift with_unit(int16_t member, bool adjusted_to_utc, TimeUnit unit) {
  const auto unit_member = static_cast<int16_t>(static_cast<int>(unit) + 1);
  return Thrift::structure(member, Thrift()
                                       .set(1, Thrift::boolean(adjusted_to_utc))
                                       .set(2, Thrift::structure(unit_member, Thrift())));
}

void add_leaves(const std::vector<Element>& fields, LeafInfo above, std::vector<LeafInfo>& out) {
  for (const Element& field : fields) {
    LeafInfo here = above;
    here.path.push_back(field.name);
    here.type = field.type;
    here.max_definition += field.repetition != Repetition::required ? 1 : 0;
    here.max_repetition += field.repetition == Repetition::repeated ? 1 : 0;
    if (field.is_leaf) {
      out.push_back(std::move(here));
    } else {
      add_leaves(field.children, std::move(here), out);
    }
  }
}

void add_elements(const std::vector<Element>& fields, std::vector<Thrift>& out) {
  for (const Element& field : fields) {
    Thrift element = field.thrift;
    if (!field.is_leaf && !element.has(5)) {
      element.set(5, Thrift::i32(static_cast<int32_t>(field.children.size())));
    }
    out.push_back(std::move(element));
    add_elements(field.children, out);
  }
}

}  // namespace

Thrift logical_time(bool adjusted_to_utc, TimeUnit unit) {
  return with_unit(7, adjusted_to_utc, unit);
}

Thrift logical_timestamp(bool adjusted_to_utc, TimeUnit unit) {
  return with_unit(8, adjusted_to_utc, unit);
}

Thrift logical_integer(int8_t bit_width, bool is_signed) {
  return Thrift::structure(
      10, Thrift().set(1, Thrift::i8(bit_width)).set(2, Thrift::boolean(is_signed)));
}

std::vector<LeafInfo> leaves_of(const std::vector<Element>& fields) {
  std::vector<LeafInfo> out;
  add_leaves(fields, {}, out);
  return out;
}

Thrift schema_list(const std::vector<Element>& fields, const std::string& root_name) {
  std::vector<Thrift> elements;
  elements.push_back(Thrift()
                         .set(4, Thrift::binary(root_name))
                         .set(5, Thrift::i32(static_cast<int32_t>(fields.size()))));
  add_elements(fields, elements);
  return Thrift::list(Thrift::Kind::structure, std::move(elements));
}

}  // namespace veneer::test
