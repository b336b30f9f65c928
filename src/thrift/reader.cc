#include "thrift/reader.h"

#include <bit>

namespace veneer::thrift {
namespace {

constexpr uint64_t kContinuationBits = 0x8080808080808080u;

bool is_container(Type type) noexcept { return type >= Type::list && type <= Type::structure; }

/// Bytes of an element whose size does not depend on its value; 0 for the others.
uint32_t fixed_size(Type type) noexcept {
  switch (type) {
    case Type::bool_true:
    case Type::bool_false:
    case Type::i8: return 1;
    case Type::float64: return 8;
    case Type::uuid: return 16;
    default: return 0;
  }
}

}  // namespace

Status Reader::status(int64_t base_offset) const {
  if (ok()) return {};
  return Status::corrupt(reason_, base_offset + (failed_at_ - begin_));
}

void Reader::fail_at(const uint8_t* where, const char* reason, bool cut) noexcept {
  if (reason_ == nullptr) {
    reason_ = reason;
    failed_at_ = where;
    cut_ = cut;
  }
  // With nothing left, all that follows fails by itself, at no cost to reads that succeed.
  next_ = end_;
}

uint64_t Reader::long_varint() noexcept {
  const uint8_t* from = next_;
  ByteCursor cursor({next_, remaining()});
  uint64_t value;
  if (cursor.read_varint(&value)) [[likely]] {
    next_ += cursor.position();
    return value;
  }
  // Ten bytes at hand that are no number are too long a number.
  const bool cut = remaining() < 10;
  fail_at(from, cut ? "bytes end within a Thrift struct" : "integer is over 64 bits", cut);
  return 0;
}

bool Reader::long_field_id(FieldHeader* field) noexcept {
  field->id = i16();
  return ok();
}

double Reader::float64() noexcept {
  if (remaining() < 8) [[unlikely]] {
    fail_cut();
    return 0;
  }
  // Little-endian, as all implementations have it; the protocol's text once said otherwise.
  const double value = std::bit_cast<double>(load_le<uint64_t>(next_));
  next_ += 8;
  return value;
}

std::span<const uint8_t> Reader::binary() noexcept {
  const uint8_t* from = next_;
  const uint64_t length = varint();
  if (length > remaining()) [[unlikely]] {
    fail_at(from, "length runs past the end of the bytes", true);
    return {};
  }
  const std::span<const uint8_t> bytes(next_, static_cast<size_t>(length));
  next_ += length;
  return bytes;
}

ListHeader Reader::list() noexcept {
  const uint8_t* from = next_;
  if (next_ == end_) [[unlikely]] {
    fail_cut();
    return {};
  }
  const uint8_t head = *next_++;
  const auto element = static_cast<Type>(head & 0x0F);
  uint64_t count = head >> 4;
  if (count == 15) count = varint();
  if (element > Type::uuid || (element == Type::stop && count != 0)) [[unlikely]] {
    fail_at(from, "list has an unknown element type", false);
    return {};
  }
  if (count > remaining() || count > UINT32_MAX) [[unlikely]] {
    fail_at(from, "list is longer than the bytes that are left", true);
    return {};
  }
  return {element, static_cast<uint32_t>(count)};
}

void Reader::skip_varint() noexcept {
  if (remaining() >= 8) [[likely]] {
    // The first byte without a continuation bit, without a branch a byte.
    const uint64_t ends = ~load_le<uint64_t>(next_) & kContinuationBits;
    if (ends != 0) [[likely]] {
      next_ += static_cast<size_t>(std::countr_zero(ends) >> 3) + 1;
      return;
    }
  }
  long_varint();
}

void Reader::skip_bytes(uint64_t count) noexcept {
  if (count > remaining()) [[unlikely]] {
    fail_at(next_, "length runs past the end of the bytes", true);
    return;
  }
  next_ += count;
}

/// `count` elements that hold no others.
void Reader::skip_scalars(Type type, uint32_t count) noexcept {
  if (const uint32_t size = fixed_size(type); size != 0) {
    skip_bytes(uint64_t{count} * size);
  } else if (type == Type::binary) {
    for (; count != 0 && ok(); --count) binary();
  } else {
    for (; count != 0 && ok(); --count) skip_varint();
  }
}

std::span<const uint8_t> Reader::skip(Type type) noexcept {
  const size_t from = position();
  switch (type) {
    case Type::bool_true:
    case Type::bool_false: break;  // the header was the value
    case Type::i16:
    case Type::i32:
    case Type::i64: skip_varint(); break;
    case Type::binary: binary(); break;
    case Type::list:
    case Type::set:
    case Type::map:
    case Type::structure: skip_from(type); break;
    default: skip_scalars(type, 1); break;
  }
  return ok() ? since(from) : std::span<const uint8_t>();
}

// What is open while skipping. A struct has elements_left 0 and ends by its stop byte; a list, set
// or map ends with its last element.
namespace {
struct Open {
  Type even;  // of the elements of a list or set; of the keys of a map
  Type odd;   // of the values of a map, else as `even`
  bool is_struct;
  uint64_t left;
};
}  // namespace

void Reader::skip_from(Type type) noexcept {
  Open open[kMaxNesting];
  int depth = 0;

  // Enters a container whose header comes next. Runs of scalars are passed over at once.
  const auto enter = [&](Type container) noexcept {
    Open inner{Type::structure, Type::structure, container == Type::structure, 0};
    if (container == Type::list || container == Type::set) {
      const ListHeader header = list();
      if (!is_container(header.element)) {
        skip_scalars(header.element, header.count);
        return;
      }
      inner.even = inner.odd = header.element;
      inner.left = header.count;
      if (header.count == 0) return;
    } else if (container == Type::map) {
      const uint8_t* from = next_;
      const uint64_t count = varint();
      if (count == 0) return;
      // Keys and values take a byte or more each.
      if (count > remaining() / 2) {
        fail_at(from, "map is longer than the bytes that are left", true);
        return;
      }
      const auto types = static_cast<uint8_t>(i8());
      inner.even = static_cast<Type>(types >> 4);
      inner.odd = static_cast<Type>(types & 0x0F);
      if (inner.even == Type::stop || inner.even > Type::uuid || inner.odd == Type::stop ||
          inner.odd > Type::uuid) {
        fail_at(from, "map has an unknown element type", false);
        return;
      }
      inner.left = count * 2;
    }
    if (depth == kMaxNesting) {
      fail_at(next_, "Thrift containers are nested too deep", false);
      return;
    }
    open[depth++] = inner;
  };

  enter(type);
  while (depth != 0 && ok()) {
    Open& top = open[depth - 1];
    if (!top.is_struct) {
      if (top.left == 0) {
        --depth;
        continue;
      }
      const Type element = top.left % 2 == 0 ? top.even : top.odd;
      --top.left;
      if (is_container(element)) {
        enter(element);
      } else {
        skip_scalars(element, 1);
      }
      continue;
    }
    // The hot loop: the fields of one struct.
    for (;;) {
      if (next_ == end_) [[unlikely]] {
        fail_cut();
        return;
      }
      const uint8_t head = *next_++;
      if (head == 0) {
        --depth;
        break;
      }
      if ((head >> 4) == 0) skip_varint();  // the long form of the id
      const auto field = static_cast<Type>(head & 0x0F);
      if (is_container(field)) {
        enter(field);
        break;
      }
      switch (field) {
        case Type::bool_true:
        case Type::bool_false: break;
        case Type::i16:
        case Type::i32:
        case Type::i64: skip_varint(); break;
        case Type::binary: binary(); break;
        case Type::i8: skip_bytes(1); break;
        case Type::float64: skip_bytes(8); break;
        case Type::uuid: skip_bytes(16); break;
        default: fail_at(next_ - 1, "field has an unknown wire type", false); return;
      }
    }
  }
}

}  // namespace veneer::thrift
