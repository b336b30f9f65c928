// A file's columns as the scan's schema wants them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.h"
#include "file/column_view.h"
#include "scan/unite.h"
#include "scan/values.h"
#include "veneer/file.h"

namespace veneer::scan {

/// The columns of a batch under the target schema. They point into the batch that was mapped, and
/// into memory of this object's own, which the next `map` into it uses again, whichever file it is
/// of. Keeps the target schema alive. One thread at a time.
class MappedColumns {
 public:
  MappedColumns() noexcept = default;
  MappedColumns(MappedColumns&&) noexcept = default;
  MappedColumns& operator=(MappedColumns&&) noexcept = default;

  /// Top-level columns, in the order of the target's fields. Empty before the first `map`.
  size_t size() const noexcept { return target_ == nullptr ? 0 : target_->num_columns(); }
  const Column& operator[](size_t i) const noexcept { return columns_[i + 1]; }
  /// The column of a field of the target schema, at any depth; null for a field of another schema.
  const Column* find(const Field& field) const noexcept;
  const TargetSchema* target() const noexcept { return target_.get(); }

 private:
  friend class FileMapper;
  friend class Mapping;
  struct Slot {
    explicit Slot(MemoryPool* pool) noexcept : values(pool), text(pool) {}
    Buffer values;  // converted, or a constant over and over
    Buffer text;    // of a constant string
    std::vector<std::span<const uint8_t>> buffers;
    size_t filled = 0;                   // entries of `values` that hold `constant`
    std::array<uint8_t, 16> constant{};  // as many bytes of it as a value has
  };

  void fit(const std::shared_ptr<const TargetSchema>& target);
  /// At least `bytes` zeros, until the next `fit`.
  Result<const uint8_t*> zeros(size_t bytes);

  std::shared_ptr<const TargetSchema> target_;
  std::vector<Slot> slots_;      // by field of the target
  std::vector<Column> columns_;  // by field of the target
  std::vector<Buffer> zeros_;    // the last one is the largest; the others are still pointed into
  std::vector<const Column*> lists_;  // that the column being mapped lies in, outermost first
};

/// How one file's columns become the target's. Immutable; several threads may map with one mapper,
/// each into its own MappedColumns.
class FileMapper {
 public:
  /// invalid_argument where a column of the file does not convert to the target's without loss, is
  /// missing though the target's is required, or where a partition's value is not of its column's
  /// type. A partition that is not among `values` is null.
  static Result<FileMapper> make(std::shared_ptr<const TargetSchema> target, const File& file,
                                 std::span<const PartitionValue> values, bool by_field_id);

  /// For ReadOptions::columns. Empty, unless reads_nothing(), where all columns have to be read.
  const std::vector<std::string>& columns_to_read() const noexcept { return columns_; }
  /// True where no column of the file is wanted: only the number of its rows matters.
  bool reads_nothing() const noexcept { return reads_nothing_; }
  /// Dotted paths of the file's columns that the target does not have; at the top only where the
  /// target has no selection and no partition hides them.
  const std::vector<std::string>& dropped() const noexcept { return dropped_; }

  /// The file's field that a column of the scan is made from, by the scan's dotted path; where the
  /// scan does not give that column, the file's own of that path. Null where the file has none.
  const Field* source_of(std::string_view path) const;

  /// `batch` must come from a read of this file with columns_to_read(), INT96 as stored, no
  /// dictionary columns. It must live, unchanged, as long as the columns are used. A value that the
  /// target's type cannot hold, or a null of a required column, is invalid_argument that names the
  /// file, the column and the row (its ordinal in the file).
  Status map(const Batch& batch, MappedColumns* out) const;
  /// The columns of `rows` rows of a file of which no column is wanted.
  /// Precondition: reads_nothing().
  Status map_rows(size_t rows, MappedColumns* out) const;

 private:
  friend class Mapping;
  class Planner;
  // What is to be done for one field of the target.
  struct Step {
    enum class How : uint8_t {
      missing,  ///< null: the file has no such column, or the partition no value
      present,
      nulls,     ///< an UNKNOWN column in the place of another
      constant,  ///< a partition's value
    };
    How how = How::missing;
    bool check_nulls = false;  // the target's field is required, the file's is not
    uint32_t source = 0;       // index among the children of the parent's column, or in the batch
    const Field* field = nullptr;  // the file's
    ValueKind source_kind = ValueKind::none;
    Conversion conversion;  // of a leaf
    int64_t constant = 0;
    std::string text;  // a constant string
  };
  FileMapper(std::shared_ptr<const TargetSchema> target, const File& file)
      : target_(std::move(target)), file_(file) {}
  Status map_all(const Batch* batch, size_t rows, MappedColumns* out) const;

  std::shared_ptr<const TargetSchema> target_;
  File file_;
  std::vector<Step> steps_;  // by field of the target
  std::vector<std::string> columns_;
  std::vector<std::string> dropped_;
  bool reads_nothing_ = false;
  size_t batch_columns_ = 0;
};

}  // namespace veneer::scan
