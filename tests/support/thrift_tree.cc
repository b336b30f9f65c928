#include "support/thrift_tree.h"

#include <bit>
#include <utility>

namespace veneer::test {

Thrift Thrift::integer(Kind kind, int64_t value) {
  Thrift out;
  out.kind_ = kind;
  out.integer_ = value;
  return out;
}

Thrift Thrift::boolean(bool value) { return integer(value ? Kind::true_ : Kind::false_, value); }

Thrift Thrift::float64(double value) {
  return integer(Kind::double_, std::bit_cast<int64_t>(value));
}

Thrift Thrift::binary(std::string_view value) { return binary(to_bytes(value)); }

Thrift Thrift::binary(const Bytes& value) {
  Thrift out;
  out.kind_ = Kind::binary;
  out.binary_ = value;
  return out;
}

Thrift Thrift::list(Kind kind, std::vector<Thrift> elements) {
  Thrift out;
  out.kind_ = Kind::list;
  out.element_kind_ = kind;
  out.items_ = std::move(elements);
  return out;
}

size_t Thrift::index_of(int16_t id) const {
  size_t i = 0;
  while (i < ids_.size() && ids_[i] != id) i++;
  return i;
}

Thrift& Thrift::set(int16_t id, Thrift value) & {
  size_t at = index_of(id);
  if (at < ids_.size()) {
    items_[at] = std::move(value);
    return *this;
  }
  for (at = 0; at < ids_.size() && ids_[at] < id;) at++;
  ids_.insert(ids_.begin() + static_cast<ptrdiff_t>(at), id);
  items_.insert(items_.begin() + static_cast<ptrdiff_t>(at), std::move(value));
  return *this;
}

Thrift& Thrift::add(int16_t id, Thrift value) & {
  ids_.push_back(id);
  items_.push_back(std::move(value));
  return *this;
}

Thrift& Thrift::drop(int16_t id) & {
  const size_t at = index_of(id);
  if (at < ids_.size()) {
    ids_.erase(ids_.begin() + static_cast<ptrdiff_t>(at));
    items_.erase(items_.begin() + static_cast<ptrdiff_t>(at));
  }
  return *this;
}

Thrift& Thrift::field(int16_t id) { return items_.at(index_of(id)); }

bool Thrift::has(int16_t id) const { return index_of(id) < ids_.size(); }

Bytes Thrift::bytes() const {
  Bytes out;
  write(out);
  return out;
}

void Thrift::write(Bytes& out) const {
  switch (kind_) {
    case Kind::true_:
    case Kind::false_:
      // Only reached for elements of lists: a field's boolean is in its header.
      out.push_back(static_cast<uint8_t>(kind_));
      return;
    case Kind::i8: out.push_back(static_cast<uint8_t>(integer_)); return;
    case Kind::i16:
    case Kind::i32:
    case Kind::i64: append_zigzag(out, integer_); return;
    case Kind::double_: append_le(out, static_cast<uint64_t>(integer_), 8); return;
    case Kind::binary:
      append_varint(out, binary_.size());
      append(out, binary_);
      return;
    case Kind::list:
    case Kind::set: {
      const auto kind = static_cast<uint8_t>(element_kind_);
      if (items_.size() < 15) {
        out.push_back(static_cast<uint8_t>(items_.size() << 4 | kind));
      } else {
        out.push_back(static_cast<uint8_t>(0xF0 | kind));
        append_varint(out, items_.size());
      }
      for (const Thrift& item : items_) item.write(out);
      return;
    }
    case Kind::structure: {
      int previous = 0;
      for (size_t i = 0; i < ids_.size(); i++) {
        const int delta = ids_[i] - previous;
        const auto kind = static_cast<uint8_t>(items_[i].kind_);
        if (delta >= 1 && delta <= 15) {
          out.push_back(static_cast<uint8_t>(delta << 4 | kind));
        } else {
          out.push_back(kind);
          append_zigzag(out, ids_[i]);
        }
        previous = ids_[i];
        if (kind > 2) items_[i].write(out);
      }
      out.push_back(0);
      return;
    }
  }
}

}  // namespace veneer::test
