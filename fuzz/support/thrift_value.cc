#include "fuzz/support/thrift_value.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace veneer::fuzz {
namespace {

enum Wire : uint8_t {
  kTrue = 1,
  kFalse = 2,
  kI8 = 3,
  kI64 = 6,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kStruct = 12,
  kUuid = 13
};
constexpr size_t kMostValues = 5000;
constexpr int kMostDepth = 40;

class Parser {
 public:
  explicit Parser(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  size_t position() const { return at_; }

  bool value(ThriftValue* out, int depth) {
    if (++values_ > kMostValues || depth > kMostDepth) return false;
    switch (out->type) {
      case kTrue:
      case kFalse: return true;
      case kI8: {
        uint64_t byte = 0;
        if (!fixed(1, &out->bytes)) return false;
        byte = out->bytes[0];
        out->integer = static_cast<int8_t>(byte);
        return true;
      }
      case kDouble: return fixed(8, &out->bytes);
      case kUuid: return fixed(16, &out->bytes);
      case kBinary: {
        uint64_t size = 0;
        return varint(&size) && size <= left() && fixed(static_cast<size_t>(size), &out->bytes);
      }
      case kList:
      case kSet: return list(out, depth);
      case kStruct: return structure(out, depth);
      default: {
        uint64_t bits = 0;
        if (out->type > kI64 || !varint(&bits)) return false;
        out->integer = static_cast<int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
        return true;
      }
    }
  }

 private:
  size_t left() const { return bytes_.size() - at_; }
  bool fixed(size_t n, Bytes* out) {
    if (n > left()) return false;
    out->assign(bytes_.begin() + static_cast<ptrdiff_t>(at_),
                bytes_.begin() + static_cast<ptrdiff_t>(at_ + n));
    at_ += n;
    return true;
  }
  bool varint(uint64_t* out) {
    *out = 0;
    for (unsigned shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
      const uint8_t byte = bytes_[at_++];
      *out |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool list(ThriftValue* out, int depth) {
    Bytes head;
    if (!fixed(1, &head)) return false;
    out->element_type = head[0] & 15;
    uint64_t count = head[0] >> 4;
    if (count == 15 && !varint(&count)) return false;
    if (count > left()) return false;
    for (uint64_t i = 0; i < count; ++i) {
      ThriftValue element;
      element.type = out->element_type;
      if (element.type <= kFalse) {  // a boolean of a byte
        if (!fixed(1, &head)) return false;
        element.type = head[0] == 1 ? kTrue : kFalse;
      } else if (!value(&element, depth + 1)) {
        return false;
      }
      out->items.push_back(std::move(element));
    }
    return true;
  }
  bool structure(ThriftValue* out, int depth) {
    int16_t id = 0;
    while (true) {
      Bytes head;
      if (!fixed(1, &head)) return false;
      if (head[0] == 0) return true;
      if (head[0] >> 4 == 0) {
        uint64_t bits = 0;
        if (!varint(&bits)) return false;
        id = static_cast<int16_t>(bits >> 1 ^ (~(bits & 1) + 1));
      } else {
        id = static_cast<int16_t>(id + (head[0] >> 4));
      }
      ThriftValue field;
      field.type = head[0] & 15;
      if (!value(&field, depth + 1)) return false;
      out->ids.push_back(id);
      out->items.push_back(std::move(field));
    }
  }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  size_t values_ = 0;
};

void put_varint(Bytes* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<uint8_t>(value | 0x80));
  out->push_back(static_cast<uint8_t>(value));
}
void put_zigzag(Bytes* out, int64_t value) {
  put_varint(out, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

void put(Bytes* out, const ThriftValue& value) {
  switch (value.type) {
    case kTrue:
    case kFalse: return;
    case kI8: out->push_back(static_cast<uint8_t>(value.integer)); return;
    case kDouble:
    case kUuid: out->insert(out->end(), value.bytes.begin(), value.bytes.end()); return;
    case kBinary:
      put_varint(out, value.bytes.size());
      out->insert(out->end(), value.bytes.begin(), value.bytes.end());
      return;
    case kList:
    case kSet:
      if (value.items.size() < 15) {
        out->push_back(static_cast<uint8_t>(value.items.size() << 4 | value.element_type));
      } else {
        out->push_back(static_cast<uint8_t>(0xF0 | value.element_type));
        put_varint(out, value.items.size());
      }
      for (const ThriftValue& item : value.items) {
        value.element_type <= kFalse ? out->push_back(item.type) : put(out, item);
      }
      return;
    case kStruct: {
      int16_t last = 0;
      for (size_t i = 0; i < value.items.size(); ++i) {
        const int step = value.ids[i] - last;
        last = value.ids[i];
        if (step > 0 && step < 16) {
          out->push_back(static_cast<uint8_t>(step << 4 | value.items[i].type));
        } else {
          out->push_back(value.items[i].type);
          put_zigzag(out, last);
        }
        put(out, value.items[i]);
      }
      out->push_back(0);
      return;
    }
    default: put_zigzag(out, value.integer); return;
  }
}

void collect(ThriftValue* value, std::vector<ThriftValue*>* all) {
  all->push_back(value);
  for (ThriftValue& item : value->items) collect(&item, all);
}

void mutate_integer(ThriftValue* value, std::minstd_rand& random) {
  static constexpr int64_t kHurting[] = {
      0,     1,     -1,        2,         127,       128,       255,     256,
      32767, 65536, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 1 << 20, int64_t{1} << 33};
  switch (random() % 4) {
    case 0: value->integer = kHurting[random() % std::size(kHurting)]; return;
    case 1:
      value->integer =
          static_cast<int64_t>(static_cast<uint64_t>(value->integer) + random() % 9 - 4);
      return;
    case 2:
      value->integer = static_cast<int64_t>(static_cast<uint64_t>(value->integer) ^
                                            uint64_t{1} << random() % 64);
      return;
    default: value->integer = static_cast<int64_t>(random() % 300); return;
  }
}

void mutate_children(ThriftValue* value, std::minstd_rand& random) {
  if (value->items.empty()) return;
  const auto at = static_cast<ptrdiff_t>(random() % value->items.size());
  const bool is_struct = value->type == kStruct;
  switch (random() % 4) {
    case 0:
      value->items.erase(value->items.begin() + at);
      if (is_struct) value->ids.erase(value->ids.begin() + at);
      return;
    case 1: {
      ThriftValue copy = value->items[static_cast<size_t>(at)];
      value->items.insert(value->items.begin() + at, std::move(copy));
      if (is_struct)
        value->ids.insert(value->ids.begin() + at, value->ids[static_cast<size_t>(at)]);
      return;
    }
    case 2:
      if (is_struct)
        value->ids[static_cast<size_t>(at)] = static_cast<int16_t>(random() % 20);
      else
        std::swap(value->items[static_cast<size_t>(at)], value->items.back());
      return;
    default:
      // Another type of the same shape: an integer's width, a boolean's value.
      ThriftValue& item = value->items[static_cast<size_t>(at)];
      if (!is_struct) return;
      if (item.type <= kFalse)
        item.type ^= 3;
      else if (item.type >= kI8 && item.type <= kI64)
        item.type = static_cast<uint8_t>(3 + random() % 4);
      return;
  }
}

}  // namespace

ThriftValue* ThriftValue::field(int16_t id) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == id) return &items[i];
  }
  return nullptr;
}

std::optional<ThriftValue> ThriftValue::parse(std::span<const uint8_t> bytes, size_t* used) {
  Parser parser(bytes);
  ThriftValue root;
  if (!parser.value(&root, 0)) return std::nullopt;
  *used = parser.position();
  return root;
}

Bytes ThriftValue::write() const {
  Bytes out;
  put(&out, *this);
  return out;
}

void mutate(ThriftValue* tree, std::minstd_rand& random) {
  std::vector<ThriftValue*> all;
  collect(tree, &all);
  ThriftValue* value = all[random() % all.size()];
  switch (value->type) {
    case kTrue:
    case kFalse: break;
    case kBinary: mutate_bytes(&value->bytes, value->bytes.size() + 8); break;
    case kDouble:
    case kUuid:
      value->bytes[random() % value->bytes.size()] = static_cast<uint8_t>(random());
      break;
    case kList:
    case kSet:
    case kStruct: mutate_children(value, random); break;
    default: mutate_integer(value, random); break;
  }
}

void mutate_bytes(Bytes* bytes, size_t most) {
  const size_t size = bytes->size();
  bytes->resize(std::max(most, size_t{1}));
  bytes->resize(LLVMFuzzerMutate(bytes->data(), size, bytes->size()));
}

}  // namespace veneer::fuzz
