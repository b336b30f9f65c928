#include "format/footer.h"

#include <optional>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/macros.h"
#include "base/over_limit.h"
#include "base/text.h"
#include "format/column_chunk.h"
#include "format/schema_builder.h"
#include "format/shown.h"
#include "format/structs.h"
#include "thrift/reader.h"

namespace veneer {

struct FileMetadata::Impl {
  // A row group, and where its column chunks lie in the footer.
  struct RowGroupEntry {
    RowGroupInfo info;
    std::span<const uint32_t> chunks;
  };

  Impl(Buffer bytes, int64_t offset, MemoryPool* pool)
      : footer(std::move(bytes)), base_offset(offset), arena(pool) {}

  Buffer footer;
  int64_t base_offset;
  Arena arena;
  Schema schema;
  int32_t version = 0;
  int64_t num_rows = 0;
  int64_t total_rows = 0;
  std::string_view created_by;
  WriterVersion writer;
  std::span<const KeyValue> key_values;
  std::span<const RowGroupEntry> row_groups;
  std::optional<EncryptionAlgorithm> encryption;
  std::optional<std::string_view> signing_key_metadata;
};

namespace format {
namespace {

using thrift::FieldHeader;
using thrift::key;
using thrift::ListHeader;
using thrift::Reader;
using thrift::Type;

class FooterParser {
  using RowGroupEntry = FileMetadata::Impl::RowGroupEntry;

 public:
  FooterParser(FileMetadata::Impl* out, const Limits& limits)
      : out_(out), limits_(limits), reader_(out->footer.bytes()) {}

  Status parse() {
    FieldHeader field;
    while (reader_.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::i32): version_ = reader_.i32(); break;
        case key(2, Type::list): VENEER_CHECK(read_schema_field()); break;
        case key(3, Type::i64): num_rows_ = reader_.i64(); break;
        case key(4, Type::list): VENEER_CHECK(read_row_groups_field()); break;
        case key(5, Type::list): VENEER_CHECK(read_key_values()); break;
        case key(6, Type::binary): out_->created_by = reader_.string(); break;
        case key(7, Type::list): orders_at_ = skip_for_later(field.type); break;
        case key(8, Type::structure): out_->encryption = read_encryption_algorithm(reader_); break;
        case key(9, Type::binary): out_->signing_key_metadata = reader_.string(); break;
        default: reader_.skip(field.type);
      }
    }
    if (!reader_.ok()) return reader_.status(out_->base_offset);
    return finish();
  }

 private:
  int64_t offset() const { return out_->base_offset + narrow<int64_t>(reader_.position()); }

  std::span<const uint8_t> skip_for_later(Type type) { return reader_.skip(type); }
  // A reader over bytes that were skipped, and where they begin in the file.
  std::pair<Reader, int64_t> back_to(std::span<const uint8_t> bytes) const {
    return {Reader(bytes), out_->base_offset + (bytes.data() - out_->footer.data())};
  }

  Status read_schema_field() {
    VENEER_TRY(schema_, read_schema(reader_, out_->base_offset, limits_, &out_->arena));
    // Row groups that came before their schema are read again once all fields are known.
    row_groups_done_ = false;
    return {};
  }

  // In the order that all writers use the schema comes first, and no byte is passed over twice.
  Status read_row_groups_field() {
    const size_t from = reader_.position();
    if (!schema_.has_value()) {
      row_groups_at_ = reader_.skip(Type::list);
      return {};
    }
    VENEER_CHECK(read_row_groups(reader_, out_->base_offset));
    row_groups_at_ = reader_.since(from);
    row_groups_done_ = true;
    return {};
  }

  Status read_row_groups(Reader& reader, int64_t base) {
    const int64_t at = base + narrow<int64_t>(reader.position());
    const ListHeader list = reader.list();
    if (list.count != 0 && list.element != Type::structure) {
      return Status::corrupt("row_groups is not a list of structs", at);
    }
    if (list.count > limits_.row_groups) {
      return over_limit("list of row groups", list.count, "row_groups", limits_.row_groups, at);
    }
    VENEER_TRY(const std::span<RowGroupEntry> groups, out_->arena.make<RowGroupEntry>(list.count));
    for (uint32_t i = 0; i < list.count; ++i) {
      Status status = read_row_group(reader, base, &groups[i]);
      if (!status.ok()) return std::move(status).in_row_group(i);
    }
    if (!reader.ok()) return reader.status(base);
    out_->row_groups = groups;
    return {};
  }

  Status read_row_group(Reader& reader, int64_t base, RowGroupEntry* out) {
    const int64_t at = base + narrow<int64_t>(reader.position());
    std::optional<int64_t> num_rows, total_byte_size;
    bool has_columns = false;
    FieldHeader field;
    while (reader.next_field(&field)) {
      switch (field.key()) {
        case key(1, Type::list):
          VENEER_CHECK(find_chunks(reader, base, out));
          has_columns = true;
          break;
        case key(2, Type::i64): total_byte_size = reader.i64(); break;
        case key(3, Type::i64): num_rows = reader.i64(); break;
        case key(4, Type::list):
          out->info.raw_sorting_columns = keep(reader, field.type, base);
          break;
        case key(5, Type::i64): out->info.file_offset = reader.i64(); break;
        case key(6, Type::i64): out->info.total_compressed_size = reader.i64(); break;
        case key(7, Type::i16): out->info.ordinal = reader.i16(); break;
        default: reader.skip(field.type);
      }
    }
    if (!reader.ok()) return reader.status(base);
    if (!has_columns) return missing("columns", at);
    if (!num_rows) return missing("num_rows", at);
    if (!total_byte_size) return missing("total_byte_size", at);
    if (*num_rows < 0) return Status::corrupt("num_rows is negative", at);
    out->info.num_rows = *num_rows;
    out->info.total_byte_size = *total_byte_size;
    return {};
  }

  // Where each chunk's struct begins, found by skipping: most of an open's work.
  Status find_chunks(Reader& reader, int64_t base, RowGroupEntry* out) {
    const int64_t at = base + narrow<int64_t>(reader.position());
    const ListHeader list = reader.list();
    if (!reader.ok()) return reader.status(base);
    const uint32_t leaves = schema_->schema.num_leaves();
    if (list.count != leaves) {
      return Status::corrupt(
          concat({"row group has ", list.count, " column chunks for ", leaves, " columns"}), at);
    }
    if (list.count != 0 && list.element != Type::structure) {
      return Status::corrupt("columns is not a list of structs", at);
    }
    VENEER_TRY(const std::span<uint32_t> chunks, out_->arena.make<uint32_t>(list.count));
    // Offsets count from the footer's first byte, whatever the reader's.
    const int64_t shift = base - out_->base_offset;
    for (uint32_t& chunk : chunks) {
      chunk = narrow<uint32_t>(shift + narrow<int64_t>(reader.position()));
      reader.skip_struct();
    }
    out->chunks = chunks;
    return {};
  }

  Status read_key_values() {
    const int64_t at = offset();
    const ListHeader list = reader_.list();
    if (list.count != 0 && list.element != Type::structure) {
      return Status::corrupt("key_value_metadata is not a list of structs", at);
    }
    VENEER_TRY(const std::span<KeyValue> pairs, out_->arena.make<KeyValue>(list.count));
    for (KeyValue& pair : pairs) read_key_value(reader_, &pair);
    const int64_t size = offset() - at;
    if (size > limits_.key_value_bytes) {
      return over_limit("key_value_metadata in bytes", size, "key_value_bytes",
                        limits_.key_value_bytes, at);
    }
    out_->key_values = pairs;
    return {};
  }

  Status finish() {
    const int64_t base = out_->base_offset;
    if (!version_) return missing("version", base);
    if (!schema_) return missing("schema", base);
    if (!num_rows_) return missing("num_rows", base);
    if (row_groups_at_.empty()) return missing("row_groups", base);
    if (*num_rows_ < 0) return Status::corrupt("num_rows is negative", base);
    if (!row_groups_done_) {
      auto [reader, at] = back_to(row_groups_at_);
      VENEER_CHECK(read_row_groups(reader, at));
    }
    read_column_orders();
    out_->schema = schema_->schema;
    out_->version = *version_;
    out_->num_rows = *num_rows_;
    out_->writer = WriterVersion::parse(out_->created_by);
    for (const RowGroupEntry& group : out_->row_groups) {
      if (!checked_add(out_->total_rows, group.info.num_rows, &out_->total_rows)) {
        return Status::corrupt("row groups have over 2^63 rows", base);
      }
    }
    return {};
  }

  // A list that does not match the leaves says nothing about any of them.
  void read_column_orders() {
    if (orders_at_.empty()) return;
    auto [reader, at] = back_to(orders_at_);
    const ListHeader list = reader.list();
    if (list.count != schema_->leaves.size() || list.element != Type::structure) return;
    for (Leaf& leaf : schema_->leaves) leaf.column_order = read_column_order(reader);
  }

  FileMetadata::Impl* out_;
  const Limits& limits_;
  Reader reader_;
  std::optional<int32_t> version_;
  std::optional<int64_t> num_rows_;
  std::optional<BuiltSchema> schema_;
  std::span<const uint8_t> orders_at_;
  std::span<const uint8_t> row_groups_at_;
  bool row_groups_done_ = false;
};

}  // namespace

Result<FileMetadata> parse_footer(Buffer footer, int64_t base_offset, const Limits& limits,
                                  MemoryPool* pool) {
  const size_t most = static_cast<size_t>(UINT32_MAX);
  if (footer.size() > most || narrow<int64_t>(footer.size()) > limits.footer_bytes) {
    return over_limit("footer length", narrow<int64_t>(footer.size()), "footer_bytes",
                      limits.footer_bytes, base_offset);
  }
  auto impl = std::make_unique<FileMetadata::Impl>(std::move(footer), base_offset, pool);
  VENEER_CHECK(FooterParser(impl.get(), limits).parse());
  return FileMetadata(std::move(impl));
}

}  // namespace format

FileMetadata::FileMetadata(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
FileMetadata::FileMetadata(FileMetadata&&) noexcept = default;
FileMetadata& FileMetadata::operator=(FileMetadata&&) noexcept = default;
FileMetadata::~FileMetadata() = default;

const Schema& FileMetadata::schema() const noexcept { return impl_->schema; }
int32_t FileMetadata::version() const noexcept { return impl_->version; }
int64_t FileMetadata::num_rows() const noexcept { return impl_->num_rows; }
int64_t FileMetadata::total_rows() const noexcept { return impl_->total_rows; }
std::string_view FileMetadata::created_by() const noexcept { return impl_->created_by; }
const WriterVersion& FileMetadata::writer() const noexcept { return impl_->writer; }
std::span<const KeyValue> FileMetadata::key_values() const noexcept { return impl_->key_values; }

std::optional<std::string_view> FileMetadata::key_value(std::string_view key) const noexcept {
  for (const KeyValue& pair : impl_->key_values) {
    if (pair.key == key) return pair.value;
  }
  return {};
}

uint32_t FileMetadata::num_row_groups() const noexcept {
  return static_cast<uint32_t>(impl_->row_groups.size());
}

const RowGroupInfo& FileMetadata::row_group(uint32_t i) const noexcept {
  return impl_->row_groups[i].info;
}

Result<std::vector<SortingColumn>> FileMetadata::sorting_columns(uint32_t row_group) const {
  const ThriftBytes& raw = impl_->row_groups[row_group].info.raw_sorting_columns;
  auto columns = format::decode_sorting_columns(raw);
  if (!columns) return std::move(columns).status().in_row_group(row_group);
  for (const SortingColumn& sorting : *columns) {
    if (sorting.column < 0 || narrow<uint32_t>(sorting.column) >= impl_->schema.num_leaves()) {
      return Status::corrupt("sorting_columns names a column that is not there", raw.offset)
          .in_row_group(row_group);
    }
  }
  return columns;
}

Result<ColumnChunk> FileMetadata::column_chunk(uint32_t row_group, uint32_t leaf) const {
  const uint32_t at = impl_->row_groups[row_group].chunks[leaf];
  auto chunk = format::read_column_chunk(impl_->footer.bytes().subspan(at), impl_->base_offset + at,
                                         impl_->schema.leaf(leaf));
  if (!chunk) {
    return std::move(chunk).status().in_row_group(row_group).in_column(
        format::shown_leaf(impl_->schema, leaf));
  }
  return chunk;
}

const std::optional<EncryptionAlgorithm>& FileMetadata::encryption() const noexcept {
  return impl_->encryption;
}
std::optional<std::string_view> FileMetadata::footer_signing_key_metadata() const noexcept {
  return impl_->signing_key_metadata;
}
std::span<const uint8_t> FileMetadata::footer_bytes() const noexcept {
  return impl_->footer.bytes();
}
int64_t FileMetadata::footer_offset() const noexcept { return impl_->base_offset; }

}  // namespace veneer
