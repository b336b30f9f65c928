#include "model.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace veneer::test {
namespace {

void print(const Value& value, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (value.kind) {
    case Value::Kind::null: *out += "null"; return;
    case Value::Kind::leaf:
      *out += "'";
      for (const char c : value.bytes) {
        const auto byte = static_cast<uint8_t>(c);
        *out += kHex[byte >> 4];
        *out += kHex[byte & 15];
      }
      *out += "'";
      return;
    case Value::Kind::structure:
    case Value::Kind::list: {
      const bool list = value.kind == Value::Kind::list;
      *out += list ? "[" : "{";
      for (size_t i = 0; i < value.items.size(); ++i) {
        if (i != 0) *out += ",";
        print(value.items[i], out);
      }
      *out += list ? "]" : "}";
    }
  }
}

template <class T>
std::vector<T> typed(const std::vector<std::string>& values) {
  std::vector<T> out(values.size());
  for (size_t i = 0; i < values.size(); ++i) std::memcpy(&out[i], values[i].data(), sizeof(T));
  return out;
}

std::vector<bool> booleans(const std::vector<std::string>& values) {
  std::vector<bool> out;
  for (const std::string& value : values) out.push_back(value[0] != 0);
  return out;
}

Bytes plain_of(PhysicalType type, const std::vector<std::string>& values) {
  switch (type) {
    case PhysicalType::boolean: return plain_boolean(booleans(values));
    case PhysicalType::int32: return plain(typed<int32_t>(values));
    case PhysicalType::int64: return plain(typed<int64_t>(values));
    case PhysicalType::int96: return plain_int96(typed<Int96>(values));
    case PhysicalType::float32: return plain(typed<float>(values));
    case PhysicalType::float64: return plain(typed<double>(values));
    case PhysicalType::byte_array: return plain_byte_array(values);
    case PhysicalType::fixed_len_byte_array: return plain_fixed(values);
  }
  return {};
}

size_t count_nulls(const Column& column) {
  size_t nulls = 0;
  for (size_t i = 0; i < column.size(); ++i) nulls += column.is_null(i) ? 1 : 0;
  return nulls;
}

std::string leaf_fault(const Column& column) {
  const std::span<const uint8_t> raw = column.raw_values();
  const size_t width = column.is_dictionary() ? 4 : column.value_width();
  if (column.value_kind() == ValueKind::none) return "a leaf without a kind";
  if (column.size() != 0 && column.value_kind() == ValueKind::boolean) {
    if (column.bits().size() != column.size()) return "bits of another size";
  } else if (raw.size() != column.size() * width) {
    return "raw_values of another size";
  }
  for (size_t i = 0; i < column.size(); ++i) {
    if (!column.is_null(i)) {
      if (column.is_dictionary() &&
          static_cast<size_t>(column.indices()[i]) >= column.dictionary().size()) {
        return "an index past the dictionary";
      }
      continue;
    }
    if (column.value_kind() == ValueKind::boolean && !column.is_dictionary()) {
      if (column.bits()[i]) return "a null that is true";
      continue;
    }
    const auto value = raw.subspan(i * width, width);
    if (std::any_of(value.begin(), value.end(), [](uint8_t b) { return b != 0; })) {
      return "a null that is not zero";
    }
  }
  return "";
}

}  // namespace

std::string to_string(const Value& value) {
  std::string out;
  print(value, &out);
  return out;
}

std::string to_string(const Rows& rows) {
  std::string out;
  for (const Value& row : rows) out += to_string(row) + "\n";
  return out;
}

Value value_of(const Column& column, size_t i) {
  if (column.is_null(i)) return Value::null();
  switch (column.field().kind) {
    case FieldKind::leaf: break;
    case FieldKind::structure: {
      Value out = Value::record({});
      for (size_t c = 0; c < column.num_children(); ++c) {
        out.items.push_back(value_of(column.child(c), i));
      }
      return out;
    }
    case FieldKind::list:
    case FieldKind::map: {
      Value out = Value::list({});
      const auto begin = static_cast<size_t>(column.offsets()[i]);
      const auto end = static_cast<size_t>(column.offsets()[i + 1]);
      for (size_t e = begin; e < end; ++e) {
        if (column.field().kind == FieldKind::list) {
          out.items.push_back(value_of(column.child(0), e));
          continue;
        }
        Value entry = Value::record({});
        for (size_t c = 0; c < column.num_children(); ++c) {
          entry.items.push_back(value_of(column.child(c), e));
        }
        out.items.push_back(std::move(entry));
      }
      return out;
    }
  }
  if (column.is_dictionary()) {
    return value_of(column.dictionary(), static_cast<size_t>(column.indices()[i]));
  }
  if (column.value_kind() == ValueKind::boolean) return Value::of(column.bits()[i]);
  if (column.value_kind() == ValueKind::binary) return text(column.bytes(i));
  const auto raw = column.raw_values().subspan(i * column.value_width(), column.value_width());
  return Value::leaf(std::string(raw.begin(), raw.end()));
}

std::string fault_of(const Column& column) {
  if (count_nulls(column) != column.null_count()) return "null_count is not the bits' own";
  if ((column.null_count() == 0) != column.validity().empty()) return "validity without nulls";
  if (column.field().kind == FieldKind::leaf) return leaf_fault(column);
  size_t below = column.size();
  if (column.field().kind != FieldKind::structure) {
    const auto offsets = column.offsets();
    if (offsets.size() != column.size() + 1 || offsets[0] != 0) return "offsets of another size";
    for (size_t i = 0; i < column.size(); ++i) {
      if (offsets[i + 1] < offsets[i]) return "offsets that fall";
      if (column.is_null(i) && offsets[i] != offsets[i + 1]) return "a null list with elements";
    }
    below = static_cast<size_t>(offsets.back());
  }
  for (size_t c = 0; c < column.num_children(); ++c) {
    const Column& child = column.child(c);
    if (child.size() != below) return "a child of another size";
    if (column.field().kind == FieldKind::structure && child.field().kind == FieldKind::leaf) {
      for (size_t i = 0; i < below; ++i) {
        if (column.is_null(i) && !child.is_null(i)) return "a null structure with a value";
      }
    }
    std::string fault = fault_of(child);
    if (!fault.empty()) return fault;
  }
  return "";
}

ReadResult read_rows(const File& file, const ReadOptions& options) {
  ReadResult out;
  BatchReader reader = file.read(options);
  Batch batch;
  while (reader.next(&batch)) {
    out.batches.push_back(batch.num_rows());
    for (size_t c = 0; c < batch.num_columns(); ++c) {
      if (batch.column(c).size() != batch.num_rows()) out.fault = "a column of another size";
      if (out.fault.empty()) out.fault = fault_of(batch.column(c));
    }
    if (!out.fault.empty()) break;
    for (size_t i = 0; i < batch.num_rows(); ++i) {
      Value row = Value::record({});
      for (size_t c = 0; c < batch.num_columns(); ++c) {
        row.items.push_back(value_of(batch.column(c), i));
      }
      out.rows.push_back(std::move(row));
    }
  }
  out.status = reader.status();
  return out;
}

ReadResult read_rows(const Bytes& bytes, const ReadOptions& options, const OpenOptions& open) {
  auto file = File::open(memory_input(bytes), open);
  if (file) return read_rows(*file, options);
  ReadResult out;
  out.status = file.status();
  return out;
}

PageResult read_pages(const File& file, int32_t row_group, int32_t leaf,
                      const PageOptions& options) {
  PageResult out;
  PageReader reader = file.pages(row_group, leaf, options);
  Page page;
  while (reader.next(&page)) {
    const PageType type = page.header.type;
    if (type != PageType::data && type != PageType::data_v2) continue;
    out.rep.insert(out.rep.end(), page.repetition_levels.begin(), page.repetition_levels.end());
    out.def.insert(out.def.end(), page.definition_levels.begin(), page.definition_levels.end());
    if (page.values == nullptr) continue;
    out.fault = fault_of(*page.values);
    if (!out.fault.empty()) break;
    for (size_t i = 0; i < page.values->size(); ++i) {
      out.values.push_back(value_of(*page.values, i));
    }
  }
  out.status = reader.status();
  return out;
}

File open_bytes(const Bytes& bytes, OpenOptions options) {
  auto file = File::open(memory_input(bytes), std::move(options));
  REQUIRE_MESSAGE(file.ok(), file.status().to_string());
  return *std::move(file);
}

std::string error_of(const Bytes& bytes, const ReadOptions& options, const OpenOptions& open) {
  return read_rows(bytes, options, open).status.to_string();
}

std::vector<std::string> some_values(PhysicalType type, size_t n, uint32_t seed, size_t width) {
  std::mt19937 random(seed);
  std::vector<std::string> out;
  // Runs and repeats, so that every kind of run and dictionary entry is met.
  auto fill = [&](auto make) {
    while (out.size() < n) {
      const std::string value =
          random() % 3 == 0 && !out.empty() ? out[random() % out.size()] : make();
      const size_t times = random() % 8 == 0 ? 1 + random() % 20 : 1;
      for (size_t i = 0; i < times && out.size() < n; ++i) out.push_back(value);
    }
  };
  auto any = [&](size_t bytes) {
    std::string value(bytes, '\0');
    for (char& c : value) c = static_cast<char>(random());
    return value;
  };
  switch (type) {
    case PhysicalType::boolean:
      fill([&] { return std::string(1, static_cast<char>(random() & 1)); });
      break;
    case PhysicalType::int32: fill([&] { return any(4); }); break;
    case PhysicalType::int64: fill([&] { return any(8); }); break;
    case PhysicalType::int96: fill([&] { return any(12); }); break;
    case PhysicalType::float32:
      fill([&] {
        if (random() % 16 == 0) return any(4);
        return Value::of(static_cast<float>(static_cast<int>(random() % 20001) - 10000) / 8).bytes;
      });
      break;
    case PhysicalType::float64:
      fill([&] {
        if (random() % 16 == 0) return any(8);
        return Value::of((static_cast<double>(random() % 2000001) - 1e6) / 100).bytes;
      });
      break;
    case PhysicalType::byte_array:
      fill([&] {
        // Shorter and longer than what a view holds inline; often with a common prefix.
        const size_t length = random() % 5 == 0 ? random() % 90 : random() % 16;
        std::string value = any(length);
        if (!out.empty() && random() % 2 == 0) {
          const std::string& last = out.back();
          value.insert(0, last.substr(0, random() % (last.size() + 1)));
        }
        return value;
      });
      break;
    case PhysicalType::fixed_len_byte_array: fill([&] { return any(width); }); break;
  }
  return out;
}

std::vector<std::string> distinct(const std::vector<std::string>& values) {
  std::vector<std::string> out(values);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Bytes encode(PhysicalType type, Encoding encoding, const std::vector<std::string>& values,
             const std::vector<std::string>& dictionary, const Encoder& how) {
  switch (encoding) {
    case Encoding::plain: return plain_of(type, values);
    case Encoding::rle: {
      std::vector<uint64_t> bits;
      for (const std::string& value : values) bits.push_back(value[0] != 0 ? 1 : 0);
      const Hybrid runs = Hybrid(1).values(bits);
      return how.rle_prefix ? runs.with_length() : runs.bytes();
    }
    case Encoding::plain_dictionary:
    case Encoding::rle_dictionary: {
      std::vector<uint64_t> indices;
      for (const std::string& value : values) {
        const auto at = std::find(dictionary.begin(), dictionary.end(), value);
        REQUIRE(at != dictionary.end());
        indices.push_back(static_cast<uint64_t>(at - dictionary.begin()));
      }
      return dictionary_indices(indices, bit_width(dictionary.size()));
    }
    case Encoding::delta_binary_packed:
      return type == PhysicalType::int32 ? delta_binary_packed(typed<int32_t>(values), how.delta)
                                         : delta_binary_packed(typed<int64_t>(values), how.delta);
    case Encoding::delta_length_byte_array: return delta_length_byte_array(values, how.delta);
    case Encoding::delta_byte_array: return delta_byte_array(values, how.delta);
    case Encoding::byte_stream_split: {
      const Bytes plain = plain_of(type, values);
      return byte_stream_split(plain, values.empty() ? 1 : plain.size() / values.size());
    }
    case Encoding::alp:
      return type == PhysicalType::float32 ? alp(typed<float>(values), how.alp)
                                           : alp(typed<double>(values), how.alp);
    default: break;
  }
  FAIL("no such encoding");
  return {};
}

std::vector<Encoding> encodings_of(PhysicalType type) {
  std::vector<Encoding> out = {Encoding::plain, Encoding::plain_dictionary,
                               Encoding::rle_dictionary};
  auto add = [&](std::initializer_list<Encoding> more) { out.insert(out.end(), more); };
  switch (type) {
    case PhysicalType::boolean: add({Encoding::rle}); break;
    case PhysicalType::int32:
    case PhysicalType::int64:
      add({Encoding::delta_binary_packed, Encoding::byte_stream_split});
      break;
    case PhysicalType::int96: break;
    case PhysicalType::float32:
    case PhysicalType::float64: add({Encoding::byte_stream_split, Encoding::alp}); break;
    case PhysicalType::byte_array:
      add({Encoding::delta_length_byte_array, Encoding::delta_byte_array});
      break;
    case PhysicalType::fixed_len_byte_array:
      add({Encoding::delta_byte_array, Encoding::byte_stream_split});
      break;
  }
  return out;
}

}  // namespace veneer::test
