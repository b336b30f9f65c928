// Parquet files composed by hand: what no library writes, and what no library should.
//
//   FileBuilder f({leaf("x", PhysicalType::int32, Repetition::optional)});
//   RowGroupBuilder& g = f.row_group(3);
//   g.chunk(0).codec(Codec::snappy).data_v1({.def = {1, 0, 1}, .values = plain<int32_t>({7, 9})});
//   Bytes file = f.finish();
//
// Everything that can be derived is (counts, sizes, offsets, level bytes, encodings); everything
// derived can be overridden: each header, chunk, index and the footer is handed as a Thrift tree to
// an `edit` function before it is written. Field numbers are those of parquet.thrift.
#pragma once

#include <veneer/types.h>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/bytes.h"
#include "support/encoders.h"
#include "support/schema_builder.h"
#include "support/thrift_tree.h"

namespace veneer::test {

using Edit = std::function<void(Thrift&)>;
using Levels = std::vector<uint64_t>;

/// A data page, V1 or V2. What is not set is derived.
struct DataPage {
  /// Level entries; by default as many as there are levels, or else the row group's rows.
  std::optional<int32_t> num_values = std::nullopt;
  /// One level an entry. Empty: all 0 (rep), all at their maximum (def). Not stored where the
  /// leaf's maximum is 0, unless `rep_bytes` or `def_bytes` is given.
  Levels rep = {};
  Levels def = {};
  Encoding rep_encoding = Encoding::rle;  ///< rle or bit_packed; V2 has only rle
  Encoding def_encoding = Encoding::rle;
  /// The level section as it shall stand in the page (V1 RLE: with its length).
  std::optional<Bytes> rep_bytes = std::nullopt;
  std::optional<Bytes> def_bytes = std::nullopt;
  Encoding encoding = Encoding::plain;
  Bytes values = {};
  bool crc = false;
  /// V2's is_compressed: when false, the values are stored as they are.
  bool compressed = true;
  /// Statistics of the page.
  std::optional<Thrift> statistics = std::nullopt;
  /// Changes the PageHeader before it is written.
  Edit edit = {};
  /// Changes the body as stored (compressed) before sizes and checksum are taken.
  std::function<void(Bytes&)> edit_body = {};
};

/// The column chunk of one leaf in one row group. Pages stand in the file as they were added.
class ChunkBuilder {
 public:
  ChunkBuilder(const LeafInfo& leaf, int64_t rows) : leaf_(leaf), rows_(rows) {}

  /// The codec of metadata and of the pages added from now on; by default uncompressed.
  ChunkBuilder& codec(Codec codec);
  /// As above, with another function than `compress` in compressors.h.
  ChunkBuilder& codec(Codec codec, std::function<Bytes(const Bytes&)> compress);

  ChunkBuilder& dictionary(Bytes plain, int32_t num_values, Encoding encoding = Encoding::plain,
                           bool crc = false, Edit edit = {});
  ChunkBuilder& data_v1(DataPage page);
  ChunkBuilder& data_v2(DataPage page);
  ChunkBuilder& index_page(Bytes body);
  /// A page of any header over any body. Nothing is derived but field 3, when it is not set.
  ChunkBuilder& page(Thrift header, Bytes body);
  /// Bytes between the pages, of no page.
  ChunkBuilder& raw(Bytes bytes);

  /// ColumnMetaData.statistics.
  ChunkBuilder& statistics(Thrift statistics);
  /// Writes an OffsetIndex of the data pages.
  ChunkBuilder& offset_index(Edit edit = {});
  /// Writes this ColumnIndex.
  ChunkBuilder& column_index(Thrift index);
  /// Writes a bloom filter: header and bitset, as `bloom_filter` in compressors.h gives them.
  ChunkBuilder& bloom_filter(Bytes filter, bool with_length = true);

  /// Changes the ColumnMetaData.
  ChunkBuilder& edit_metadata(Edit edit);
  /// Changes the ColumnChunk, its meta_data (field 3) included.
  ChunkBuilder& edit_chunk(Edit edit);

 private:
  friend class FileBuilder;

  struct Location {
    size_t offset;  // from the chunk's start
    size_t bytes;   // with the header
    int64_t first_row;
  };

  void data(DataPage page, bool v2);
  void write_pages(Bytes& file);
  void write_indexes(Bytes& file);
  Thrift metadata() const;
  Thrift chunk() const;

  LeafInfo leaf_;
  int64_t rows_;
  Codec codec_ = Codec::uncompressed;
  std::function<Bytes(const Bytes&)> compress_;
  Bytes body_;
  std::vector<Encoding> encodings_;
  std::vector<Location> data_pages_;
  std::optional<size_t> dictionary_at_;
  int64_t num_values_ = 0;
  int64_t rows_so_far_ = 0;
  int64_t uncompressed_bytes_ = 0;
  std::optional<Thrift> statistics_;
  bool has_offset_index_ = false;
  Edit edit_offset_index_;
  std::optional<Thrift> column_index_;
  Bytes bloom_filter_;
  bool bloom_length_ = true;
  Edit edit_metadata_;
  Edit edit_chunk_;
  // Where things came to stand in the file: offset, bytes.
  int64_t start_ = 0;
  std::pair<int64_t, int64_t> offset_index_at_;
  std::pair<int64_t, int64_t> column_index_at_;
  int64_t bloom_at_ = 0;
};

class RowGroupBuilder {
 public:
  RowGroupBuilder(const std::vector<LeafInfo>& leaves, int64_t rows)
      : leaves_(leaves), rows_(rows) {}

  /// The next column chunk, for leaf `leaf`. Chunks stand in file and footer in this order.
  ChunkBuilder& chunk(size_t leaf);
  /// Changes the RowGroup.
  RowGroupBuilder& edit(Edit edit);

 private:
  friend class FileBuilder;
  const std::vector<LeafInfo>& leaves_;
  int64_t rows_;
  std::deque<ChunkBuilder> chunks_;  // a deque: references to chunks stay good
  Edit edit_;
};

class FileBuilder {
 public:
  explicit FileBuilder(std::vector<Element> fields, std::string root_name = "schema")
      : fields_(std::move(fields)), leaves_(leaves_of(fields_)), root_name_(std::move(root_name)) {}
  FileBuilder(const FileBuilder&) = delete;
  FileBuilder& operator=(const FileBuilder&) = delete;

  RowGroupBuilder& row_group(int64_t rows);
  /// A null `value` leaves it away.
  FileBuilder& key_value(std::string_view key, std::optional<std::string> value);
  /// One a leaf; `undefined` writes a union without a member.
  FileBuilder& column_orders(const std::vector<ColumnOrder>& orders);
  FileBuilder& created_by(std::string_view writer);
  /// Changes the FileMetaData.
  FileBuilder& edit_footer(Edit edit);
  /// The last 8 bytes, in place of the footer's length and PAR1.
  FileBuilder& tail(Bytes tail);

  const std::vector<LeafInfo>& leaves() const { return leaves_; }

  /// The file. Call it once.
  Bytes finish();

 private:
  std::vector<Element> fields_;
  std::vector<LeafInfo> leaves_;
  std::string root_name_;
  std::deque<RowGroupBuilder> groups_;
  std::vector<Thrift> key_values_;
  std::optional<Thrift> column_orders_;
  std::string created_by_ = "veneer test support";
  Edit edit_footer_;
  std::optional<Bytes> tail_;
};

/// A Statistics struct: min_value and max_value (fields 6 and 5) as PLAIN bytes, and null_count.
Thrift statistics(const Bytes& min_value, const Bytes& max_value, int64_t null_count);

/// A ColumnIndex without the optional parts. `null_pages[i]` pages have empty bounds.
Thrift column_index(const std::vector<bool>& null_pages, const std::vector<Bytes>& min_values,
                    const std::vector<Bytes>& max_values, BoundaryOrder order,
                    const std::vector<int64_t>& null_counts = {});

}  // namespace veneer::test
