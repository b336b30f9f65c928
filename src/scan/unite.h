// The schemas of many files as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/memory.h"
#include "scan/hive.h"
#include "scan/leaf_type.h"
#include "veneer/file.h"

namespace veneer::scan {

/// The schema of a scan's batches: a FileMetadata of its own, without rows, and which of its
/// top-level columns are partitions. Lists and maps have the standard form of LogicalTypes.md.
/// Immutable, and safe to use from several threads. Its memory is the pool's, which must outlive
/// it.
class TargetSchema {
 public:
  const Schema& schema() const noexcept { return metadata_.schema(); }
  size_t num_columns() const noexcept { return partition_of_.size(); }
  bool is_partition(size_t column) const noexcept { return partition_of_[column] != kNoIndex; }
  /// Precondition: is_partition(column).
  const PartitionColumn& partition(size_t column) const noexcept {
    return partitions_[partition_of_[column]];
  }
  /// All partition columns that were given, wanted or not: they hide columns of files.
  std::span<const PartitionColumn> partitions() const noexcept { return partitions_; }
  /// True where the caller named the columns: those of a file that are missing here are not wanted.
  bool has_selection() const noexcept { return selection_; }
  MemoryPool* pool() const noexcept { return pool_; }

 private:
  friend class SchemaUnion;
  TargetSchema(FileMetadata metadata, MemoryPool* pool) noexcept
      : metadata_(std::move(metadata)), pool_(pool) {}

  FileMetadata metadata_;
  MemoryPool* pool_;
  std::vector<PartitionColumn> partitions_;
  std::vector<uint32_t> partition_of_;  // by top-level column; into partitions_, or kNoIndex
  bool selection_ = false;
};

/// Unites schemas, one after the other: fields in the order in which they were first seen, each
/// under its first name. Not safe for several threads at once.
class SchemaUnion {
 public:
  /// `pool` must outlive this and what `finish` gives. With `by_field_id`, fields that both have
  /// one are matched by their field id, all others by name.
  SchemaUnion(MemoryPool* pool, bool by_field_id) : pool_(pool), by_field_id_(by_field_id) {}

  /// Adds a file's schema, of which nothing is kept. What cannot be united is invalid_argument that
  /// names the column, both files and both types; the union then is what it was before.
  Status add(const Schema& schema, std::string_view file_name);

  /// Whether some schema has a column of that name, or one that the dotted path goes into.
  bool has_column(std::string_view path) const noexcept;

  /// The union of what was added, without the columns that partitions hide, then the partition
  /// columns; or just `columns`, in that order, where it is not empty. not_found for a column that
  /// is neither (where nothing was added, it is left out instead).
  Result<std::shared_ptr<const TargetSchema>> finish(std::span<const PartitionColumn> partitions,
                                                     std::span<const std::string> columns) const;

 private:
  struct Node {
    std::string name;
    FieldKind kind = FieldKind::structure;
    bool nullable = false;
    /// The type is not `file`'s alone, but that of several files together.
    bool mixed = false;
    uint32_t file = 0;  // into files_
    std::optional<int32_t> id;
    LeafType type;  // of structures, only the annotation: VARIANT, FILE or none
    std::vector<Node> children;
  };
  struct Emitted;
  class Merger;

  static void emit(const Node& node, Emitted* out);
  std::string_view intern(std::string_view text);

  MemoryPool* pool_;
  bool by_field_id_;
  Node root_;
  size_t added_ = 0;
  std::vector<std::string> files_;
  std::set<std::string, std::less<>> texts_;  // what LeafType::logical.crs points into
  // Schemas that are part of the union already, as bytes: most files of a scan have the same one.
  std::unordered_set<std::string> seen_;
  size_t seen_bytes_ = 0;
};

/// A target that the caller gives: the columns of `target`, in its order, each with its type.
Result<std::shared_ptr<const TargetSchema>> target_from(const Schema& target,
                                                        std::span<const PartitionColumn> partitions,
                                                        std::span<const std::string> columns,
                                                        MemoryPool* pool);

/// What siblings are matched by.
struct FieldKey {
  std::string_view name;
  std::optional<int32_t> id;
};
/// The keys of a field's children.
std::vector<FieldKey> keys_of(const Schema& schema, const Field& parent);
/// For each of `theirs` the index in `ours` that it is matched with, or kNoIndex: by id where both
/// have one (and `by_field_id`), else by name; of equal ones the first with the first.
std::vector<uint32_t> match_fields(std::span<const FieldKey> ours, std::span<const FieldKey> theirs,
                                   bool by_field_id);

}  // namespace veneer::scan
