#include "support/file_builder.h"

#include <algorithm>

#include "support/compressors.h"

namespace veneer::test {

namespace {

using Kind = Thrift::Kind;

template <class T>
Thrift as_i32(T value) {
  return Thrift::i32(static_cast<int32_t>(value));
}

template <class T>
Thrift as_i64(T value) {
  return Thrift::i64(static_cast<int64_t>(value));
}

void set_crc(Thrift& header, const Bytes& body) { header.set(4, as_i32(crc32(body))); }

// A level section. V1 puts a length before RLE levels; BIT_PACKED has none; V2 has its in the
// header.
Bytes level_bytes(const Levels& levels, int max, Encoding encoding, bool v2) {
  if (max == 0) return {};
  const int width = bit_width(static_cast<uint64_t>(max));
  if (encoding == Encoding::bit_packed) return bit_packed_levels(levels, width);
  const Hybrid runs = Hybrid(width).values(levels);
  return v2 ? runs.bytes() : runs.with_length();
}

}  // namespace

// ------------------------------------------------------------------------------------- chunk

ChunkBuilder& ChunkBuilder::codec(Codec codec) {
  return this->codec(codec, [codec](const Bytes& data) { return compress(codec, data); });
}

ChunkBuilder& ChunkBuilder::codec(Codec codec, std::function<Bytes(const Bytes&)> compress) {
  codec_ = codec;
  compress_ = std::move(compress);
  return *this;
}

ChunkBuilder& ChunkBuilder::page(Thrift header, Bytes body) {
  if (!header.has(3)) header.set(3, as_i32(body.size()));
  append(body_, header.bytes());
  append(body_, body);
  return *this;
}

ChunkBuilder& ChunkBuilder::dictionary(Bytes plain, int32_t num_values, Encoding encoding, bool crc,
                                       Edit edit) {
  dictionary_at_ = body_.size();
  encodings_.push_back(encoding);
  const Bytes body = compress_ ? compress_(plain) : plain;
  Thrift header;
  header.set(1, as_i32(PageType::dictionary));
  header.set(2, as_i32(plain.size()));
  header.set(3, as_i32(body.size()));
  if (crc) set_crc(header, body);
  header.set(7, Thrift().set(1, Thrift::i32(num_values)).set(2, as_i32(encoding)));
  if (edit) edit(header);
  page(std::move(header), body);
  uncompressed_bytes_ += static_cast<int64_t>(plain.size()) - static_cast<int64_t>(body.size());
  return *this;
}

ChunkBuilder& ChunkBuilder::data_v1(DataPage page) {
  data(std::move(page), false);
  return *this;
}

ChunkBuilder& ChunkBuilder::data_v2(DataPage page) {
  data(std::move(page), true);
  return *this;
}

void ChunkBuilder::data(DataPage page, bool v2) {
  const size_t entries = page.num_values     ? static_cast<size_t>(std::max(0, *page.num_values))
                         : !page.def.empty() ? page.def.size()
                         : !page.rep.empty() ? page.rep.size()
                                             : static_cast<size_t>(rows_);
  if (page.rep.empty()) page.rep.assign(entries, 0);
  if (page.def.empty()) page.def.assign(entries, static_cast<uint64_t>(leaf_.max_definition));
  const Bytes rep = page.rep_bytes
                        ? *page.rep_bytes
                        : level_bytes(page.rep, leaf_.max_repetition, page.rep_encoding, v2);
  const Bytes def = page.def_bytes
                        ? *page.def_bytes
                        : level_bytes(page.def, leaf_.max_definition, page.def_encoding, v2);
  const int64_t rows = std::count(page.rep.begin(), page.rep.end(), 0u);
  const int64_t nulls = std::count_if(page.def.begin(), page.def.end(), [&](uint64_t level) {
    return level < static_cast<uint64_t>(leaf_.max_definition);
  });

  Bytes body;
  const bool packs = compress_ && page.compressed;
  if (v2) {
    body = concat({rep, def, packs ? compress_(page.values) : page.values});
  } else {
    body = concat({rep, def, page.values});
    if (packs) body = compress_(body);
  }
  if (page.edit_body) page.edit_body(body);
  const size_t plain_size = rep.size() + def.size() + page.values.size();

  Thrift header;
  header.set(1, as_i32(v2 ? PageType::data_v2 : PageType::data));
  header.set(2, as_i32(plain_size));
  header.set(3, as_i32(body.size()));
  if (page.crc) set_crc(header, body);
  Thrift inner;
  if (v2) {
    inner.set(1, as_i32(entries)).set(2, as_i32(nulls)).set(3, as_i32(rows));
    inner.set(4, as_i32(page.encoding)).set(5, as_i32(def.size())).set(6, as_i32(rep.size()));
    if (!page.compressed) inner.set(7, Thrift::boolean(false));
    if (page.statistics) inner.set(8, *page.statistics);
  } else {
    inner.set(1, as_i32(entries)).set(2, as_i32(page.encoding));
    inner.set(3, as_i32(page.def_encoding)).set(4, as_i32(page.rep_encoding));
    if (page.statistics) inner.set(5, *page.statistics);
  }
  header.set(v2 ? 8 : 5, std::move(inner));
  if (page.edit) page.edit(header);

  const size_t start = body_.size();
  this->page(std::move(header), body);
  data_pages_.push_back({start, body_.size() - start, rows_so_far_});
  rows_so_far_ += rows;
  num_values_ += static_cast<int64_t>(entries);
  encodings_.push_back(page.encoding);
  if (leaf_.max_repetition > 0) encodings_.push_back(page.rep_encoding);
  if (leaf_.max_definition > 0) encodings_.push_back(page.def_encoding);
  uncompressed_bytes_ += static_cast<int64_t>(plain_size) - static_cast<int64_t>(body.size());
}

ChunkBuilder& ChunkBuilder::index_page(Bytes body) {
  Thrift header;
  header.set(1, as_i32(PageType::index)).set(2, as_i32(body.size())).set(6, Thrift());
  return page(std::move(header), std::move(body));
}

ChunkBuilder& ChunkBuilder::raw(Bytes bytes) {
  append(body_, bytes);
  return *this;
}

ChunkBuilder& ChunkBuilder::statistics(Thrift statistics) {
  statistics_ = std::move(statistics);
  return *this;
}

ChunkBuilder& ChunkBuilder::offset_index(Edit edit) {
  has_offset_index_ = true;
  edit_offset_index_ = std::move(edit);
  return *this;
}

ChunkBuilder& ChunkBuilder::column_index(Thrift index) {
  column_index_ = std::move(index);
  return *this;
}

ChunkBuilder& ChunkBuilder::bloom_filter(Bytes filter, bool with_length) {
  bloom_filter_ = std::move(filter);
  bloom_length_ = with_length;
  return *this;
}

ChunkBuilder& ChunkBuilder::edit_metadata(Edit edit) {
  edit_metadata_ = std::move(edit);
  return *this;
}

ChunkBuilder& ChunkBuilder::edit_chunk(Edit edit) {
  edit_chunk_ = std::move(edit);
  return *this;
}

void ChunkBuilder::write_pages(Bytes& file) {
  start_ = static_cast<int64_t>(file.size());
  append(file, body_);
  if (!bloom_filter_.empty()) {
    bloom_at_ = static_cast<int64_t>(file.size());
    append(file, bloom_filter_);
  }
}

void ChunkBuilder::write_indexes(Bytes& file) {
  const auto write = [&](const Thrift& index) {
    const Bytes bytes = index.bytes();
    const auto at = static_cast<int64_t>(file.size());
    append(file, bytes);
    return std::pair<int64_t, int64_t>(at, bytes.size());
  };
  if (column_index_) column_index_at_ = write(*column_index_);
  if (!has_offset_index_) return;
  std::vector<Thrift> locations;
  for (const Location& page : data_pages_) {
    locations.push_back(Thrift()
                            .set(1, as_i64(start_ + static_cast<int64_t>(page.offset)))
                            .set(2, as_i32(page.bytes))
                            .set(3, as_i64(page.first_row)));
  }
  Thrift index = Thrift::structure(1, Thrift::list(Kind::structure, std::move(locations)));
  if (edit_offset_index_) edit_offset_index_(index);
  offset_index_at_ = write(index);
}

Thrift ChunkBuilder::metadata() const {
  std::vector<Thrift> encodings;
  for (int e = 0; e < 256; e++) {
    if (std::count(encodings_.begin(), encodings_.end(), static_cast<Encoding>(e)) > 0) {
      encodings.push_back(as_i32(e));
    }
  }
  std::vector<Thrift> path;
  for (const std::string& name : leaf_.path) path.push_back(Thrift::binary(name));
  const auto compressed = static_cast<int64_t>(body_.size());
  const auto first = static_cast<int64_t>(data_pages_.empty() ? 0 : data_pages_[0].offset);
  Thrift out;
  out.set(1, as_i32(leaf_.type));
  out.set(2, Thrift::list(Kind::i32, std::move(encodings)));
  out.set(3, Thrift::list(Kind::binary, std::move(path)));
  out.set(4, as_i32(codec_));
  out.set(5, Thrift::i64(num_values_));
  out.set(6, Thrift::i64(compressed + uncompressed_bytes_));
  out.set(7, Thrift::i64(compressed));
  out.set(9, Thrift::i64(start_ + first));
  if (dictionary_at_) out.set(11, Thrift::i64(start_ + static_cast<int64_t>(*dictionary_at_)));
  if (statistics_) out.set(12, *statistics_);
  if (!bloom_filter_.empty()) {
    out.set(14, Thrift::i64(bloom_at_));
    if (bloom_length_) out.set(15, as_i32(bloom_filter_.size()));
  }
  if (edit_metadata_) edit_metadata_(out);
  return out;
}

Thrift ChunkBuilder::chunk() const {
  Thrift out;
  out.set(2, Thrift::i64(0));
  out.set(3, metadata());
  if (has_offset_index_) {
    out.set(4, Thrift::i64(offset_index_at_.first)).set(5, as_i32(offset_index_at_.second));
  }
  if (column_index_) {
    out.set(6, Thrift::i64(column_index_at_.first)).set(7, as_i32(column_index_at_.second));
  }
  if (edit_chunk_) edit_chunk_(out);
  return out;
}

// ------------------------------------------------------------------------------------- row group,
// file

ChunkBuilder& RowGroupBuilder::chunk(size_t leaf) {
  return chunks_.emplace_back(leaves_.at(leaf), rows_);
}

RowGroupBuilder& RowGroupBuilder::edit(Edit edit) {
  edit_ = std::move(edit);
  return *this;
}

RowGroupBuilder& FileBuilder::row_group(int64_t rows) {
  return groups_.emplace_back(leaves_, rows);
}

FileBuilder& FileBuilder::key_value(std::string_view key, std::optional<std::string> value) {
  Thrift pair = Thrift::structure(1, Thrift::binary(key));
  if (value) pair.set(2, Thrift::binary(*value));
  key_values_.push_back(std::move(pair));
  return *this;
}

FileBuilder& FileBuilder::column_orders(const std::vector<ColumnOrder>& orders) {
  std::vector<Thrift> out;
  for (const ColumnOrder order : orders) {
    // Members 1 to 3 of the union stand in the order of the enumeration.
    out.push_back(order == ColumnOrder::undefined
                      ? Thrift()
                      : Thrift::structure(static_cast<int16_t>(order), Thrift()));
  }
  column_orders_ = Thrift::list(Kind::structure, std::move(out));
  return *this;
}

FileBuilder& FileBuilder::created_by(std::string_view writer) {
  created_by_ = writer;
  return *this;
}

FileBuilder& FileBuilder::edit_footer(Edit edit) {
  edit_footer_ = std::move(edit);
  return *this;
}

FileBuilder& FileBuilder::tail(Bytes tail) {
  tail_ = std::move(tail);
  return *this;
}

Bytes FileBuilder::finish() {
  Bytes file = to_bytes("PAR1");
  for (RowGroupBuilder& group : groups_) {
    for (ChunkBuilder& chunk : group.chunks_) chunk.write_pages(file);
  }
  for (RowGroupBuilder& group : groups_) {
    for (ChunkBuilder& chunk : group.chunks_) chunk.write_indexes(file);
  }
  int64_t rows = 0;
  std::vector<Thrift> groups;
  for (RowGroupBuilder& group : groups_) {
    rows += group.rows_;
    int64_t bytes = 0;
    std::vector<Thrift> chunks;
    for (const ChunkBuilder& chunk : group.chunks_) {
      bytes += static_cast<int64_t>(chunk.body_.size()) + chunk.uncompressed_bytes_;
      chunks.push_back(chunk.chunk());
    }
    Thrift out;
    out.set(1, Thrift::list(Kind::structure, std::move(chunks)));
    out.set(2, Thrift::i64(bytes)).set(3, Thrift::i64(group.rows_));
    if (group.edit_) group.edit_(out);
    groups.push_back(std::move(out));
  }
  Thrift footer;
  footer.set(1, Thrift::i32(1)).set(2, schema_list(fields_, root_name_));
  footer.set(3, Thrift::i64(rows)).set(4, Thrift::list(Kind::structure, std::move(groups)));
  if (!key_values_.empty()) footer.set(5, Thrift::list(Kind::structure, key_values_));
  if (!created_by_.empty()) footer.set(6, Thrift::binary(created_by_));
  if (column_orders_) footer.set(7, *column_orders_);
  if (edit_footer_) edit_footer_(footer);
  const Bytes bytes = footer.bytes();
  append(file, bytes);
  if (tail_) {
    append(file, *tail_);
  } else {
    append_le(file, bytes.size(), 4);
    append(file, "PAR1");
  }
  return file;
}

// ------------------------------------------------------------------------------------- structs

Thrift statistics(const Bytes& min_value, const Bytes& max_value, int64_t null_count) {
  return Thrift()
      .set(3, Thrift::i64(null_count))
      .set(5, Thrift::binary(max_value))
      .set(6, Thrift::binary(min_value));
}

Thrift column_index(const std::vector<bool>& null_pages, const std::vector<Bytes>& min_values,
                    const std::vector<Bytes>& max_values, BoundaryOrder order,
                    const std::vector<int64_t>& null_counts) {
  std::vector<Thrift> nulls, mins, maxes, counts;
  for (const bool null : null_pages) nulls.push_back(Thrift::boolean(null));
  for (const Bytes& value : min_values) mins.push_back(Thrift::binary(value));
  for (const Bytes& value : max_values) maxes.push_back(Thrift::binary(value));
  for (const int64_t count : null_counts) counts.push_back(Thrift::i64(count));
  Thrift out;
  out.set(1, Thrift::list(Kind::true_, std::move(nulls)));
  out.set(2, Thrift::list(Kind::binary, std::move(mins)));
  out.set(3, Thrift::list(Kind::binary, std::move(maxes)));
  out.set(4, as_i32(order));
  if (!counts.empty()) out.set(5, Thrift::list(Kind::i64, std::move(counts)));
  return out;
}

}  // namespace veneer::test
