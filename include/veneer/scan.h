// Many files as one: directories, globs, lists and buckets, with Hive partitions.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "veneer/column.h"
#include "veneer/file.h"
#include "veneer/input.h"
#include "veneer/schema.h"
#include "veneer/status.h"

namespace veneer::scan {
struct BatchState;
class Pipeline;
}  // namespace veneer::scan

#pragma GCC visibility push(default)
namespace veneer {

/// A `name=value` directory of a key, percent-decoded; no value for __HIVE_DEFAULT_PARTITION__.
struct PartitionValue {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const PartitionValue&, const PartitionValue&) = default;
};

/// The directories of a key that are partitions, outermost first.
struct Partition {
  std::string_view key;
  std::span<const PartitionValue> values;

  /// The value of the first partition of that name; null pointer where there is none.
  const PartitionValue* find(std::string_view name) const noexcept;
};
/// Splits a key: each directory `name=value` (the first `=` divides; the name is not empty) is one.
/// Names and values are percent-decoded; where that does not make UTF-8, or an escape is none, the
/// bytes are kept as they are.
std::vector<PartitionValue> parse_partitions(std::string_view key);

/// What a partition's values are as a column: INT64, DATE, TIMESTAMP(MICROS, UTC) or STRING.
enum class PartitionType : uint8_t { int64, date, timestamp, string };

/// True for keys that end in ".parquet" and have no directory or name that begins with '.' or '_'
/// (a partition directory may): what drops _SUCCESS, _committed_*, _temporary and hidden files.
bool is_data_key(std::string_view key) noexcept;

/// Where the columns of a scan come from.
enum class SchemaFrom : uint8_t {
  all_files,   ///< the union over every file: all footers are read before the first batch
  first_file,  ///< the first file in key order; a column that only others have is an error
};

/// What a scan does with an object that was listed.
enum class ObjectFate : uint8_t {
  matched,  ///< it is read
  skipped,  ///< by the key filter
  empty,    ///< of zero bytes
  pruned,   ///< by the partition filter: no byte of it is read
};

/// What happened to objects so far. Totals are final once `listing_done`.
struct ScanStats {
  int64_t objects_listed = 0;
  int64_t objects_skipped = 0;  ///< by the key filter
  int64_t objects_pruned = 0;   ///< by the partition filter: no byte of them was read
  /// By the expression: what lies in them was not listed and is in none of the other counts.
  int64_t directories_pruned = 0;
  int64_t objects_empty = 0;    ///< of zero bytes
  int64_t objects_matched = 0;  ///< to be read
  int64_t objects_done = 0;
  int64_t objects_failed = 0;  ///< skipped because of an error, as on_error allowed
  int64_t bytes_matched = 0;   ///< sizes of the matched objects; of a split its share
  int64_t bytes_done = 0;      ///< of those: done objects, and open ones as far as they are read
  int64_t rows = 0;            ///< handed out
  int64_t rows_total = 0;      ///< of matched objects whose footers are known
  FilterStats filter = {};  ///< of objects that are read to their end, where there is an expression
  double seconds = 0;       ///< since the scan began
  bool listing_done = false;

  double bytes_per_second() const noexcept {
    return seconds > 0 ? static_cast<double>(bytes_done) / seconds : 0;
  }
};

struct ScanOptions {
  // Which objects.
  // All filters are called on one thread, but not the caller's.
  /// Keeps a key. Default: is_data_key, or every key where the lister's caller named them.
  std::function<bool(std::string_view key)> key_filter;
  /// Keeps a partition; asked before any byte of the object is read.
  std::function<bool(const Partition&)> partition_filter;
  /// An expression (see filter.h) on columns of the files and on partition columns, such as
  /// "year = 2026 and fare > 10"; joined with partition_filter by and. It decides by the partitions
  /// which objects are read at all, directories in which nothing can match not being listed where
  /// the lister can leave them out; then, in each object, which rows. Partition values are compared
  /// as numbers with numbers (exactly; what is no number does not match) and bytewise with text. A
  /// name that is neither a partition of the first object nor a column of the scan's files is
  /// invalid_argument; where some objects lack one it is null there.
  std::string where;

  // Which columns.
  /// Top-level columns and partition columns wanted, in this order; empty means all: those of the
  /// files, then those of the partitions. A partition column that is also in the files hides them.
  std::vector<std::string> columns;
  SchemaFrom schema_from = SchemaFrom::all_files;
  /// Match columns of different files by field id where both have one.
  bool by_field_id = false;
  /// A file whose schema is the target: columns are added (as null), dropped, reordered and widened
  /// to it. It must outlive the scan.
  const Schema* target = nullptr;
  /// Types of partition columns; a value that is not of its type is an error naming the object, and
  /// a name that is a partition of no object is invalid_argument once all are listed.
  /// Others are inferred over all keys, which must then be listed before the first batch: INT64
  /// where all values are integers ("05" is 5, as in Spark), else DATE, TIMESTAMP, STRING.
  std::vector<std::pair<std::string, PartitionType>> partition_types;
  /// False: partition columns that are not declared are strings.
  bool infer_partition_types = true;
  /// Without partition columns in the batches.
  bool partition_columns = true;

  // How.
  /// Objects read at once, each by a thread of its own.
  int32_t max_concurrency = 4;
  /// Batches in key order (and file order within) instead of order of arrival.
  bool ordered = false;
  /// Batches that may wait for the consumer; when they do, reading stops. 0: 2 × max_concurrency.
  int32_t queue_batches = 0;
  int32_t batch_rows = 64 << 10;
  int64_t batch_bytes = 16 << 20;
  bool checksums = true;
  OpenOptions open;
  /// Called when an object cannot be read, from one thread at a time (one of the scan's own): true
  /// skips it (it is counted, and rows of it that were handed out stay handed out), false ends the
  /// scan. Default: false. It must not call the scan.
  std::function<bool(std::string_view key, const Status&)> on_error;

  // Part of a whole.
  /// Only part `split` of `split_count`: row groups, divided by bytes in the order of the listing;
  /// each is in just one part as long as the objects stay the same (see Scan::parts). All keys are
  /// listed first; data is read of the objects only that the part touches, and with
  /// SchemaFrom::all_files the footers of all.
  int32_t split = 0;
  int32_t split_count = 1;

  // Going on.
  /// What Scan::token gave. Untrusted: a wrong one is invalid_argument.
  std::string resume;
  /// An open object that has changed since the token (its size or tag): read it again from its
  /// start (true) or end with an error naming it (false).
  bool reread_changed = false;

  /// Called after each batch, on the thread that called `next`.
  std::function<void(const ScanStats&)> progress;
  const std::atomic<bool>* cancel = nullptr;
};

/// Rows of one file of a scan, under the scan's schema. Its columns are valid until it is filled
/// again or destroyed; it may outlive the scan.
class ScanBatch {
 public:
  ScanBatch() noexcept;
  ScanBatch(ScanBatch&&) noexcept;
  ScanBatch& operator=(ScanBatch&&) noexcept;
  ~ScanBatch();

  size_t num_rows() const noexcept;
  size_t num_columns() const noexcept;
  const Column& column(size_t i) const noexcept;
  template <class T>
  TypedColumn<T> operator[](const TypedField<T>& field) const noexcept {
    return TypedColumn<T>(find(field.field()));
  }
  const Column* find(const Field& field) const noexcept;

  /// The file that the rows are from, and where in it: ordinals of the first row and of each one
  /// (an expression may leave out rows between them), row group.
  std::string_view key() const noexcept;
  int64_t first_row() const noexcept;
  int64_t row_number(size_t i) const noexcept;
  int32_t row_group() const noexcept;
  Partition partition() const noexcept;

 private:
  friend class scan::Pipeline;
  std::unique_ptr<scan::BatchState> state_;
};

/// A scan: lists, prunes, reads and hands out batches. One thread at a time may call `next`;
/// `cancel`, `stats` and `token` may be called from any.
class Scan {
 public:
  /// Starts listing and reading in the background; the first `next` waits for the schema.
  static Result<Scan> open(std::unique_ptr<Lister> lister, ScanOptions options = {});
  /// A directory, a file or a glob of the local file system.
  static Result<Scan> open(const std::string& location, ScanOptions options = {});

  Scan(Scan&&) noexcept;
  Scan& operator=(Scan&&) noexcept;
  /// Stops all reading; returns within a second (as soon as the lister lets go of waiting reads).
  ~Scan();

  /// The columns of the batches. Waits until it is known: until all matched footers are read where
  /// SchemaFrom::all_files, or the first one. A scan without any file to read, also because it
  /// resumes where all is done, has no columns of files. Valid as long as the scan or one of its
  /// batches.
  Result<const Schema*> schema();
  /// Fills the next batch, of at least one row. False at the end and on failure: see `status`.
  bool next(ScanBatch* batch);
  Status status() const;
  /// Makes `next` return false soon, with `cancelled`. From any thread.
  void cancel() noexcept;

  ScanStats stats() const;
  /// Where the rows handed out so far end: up to which key all objects are done, and for each open
  /// one before it its row. A scan of the same location, columns, filter and part that resumes from
  /// it gives each other row once. Objects that came since then are read where they are listed
  /// behind that key. Printable, one line; grows with the objects that are open, not with all.
  std::string token() const;

  /// Cuts a scan into `count` parts, by bytes: each text, given as ScanOptions::resume to a scan
  /// with the same location and options, makes it give that part only, in any process. Objects that
  /// come or go in between are an error there, so that no row is lost or doubled. Lists all keys.
  static Result<std::vector<std::string>> parts(std::unique_ptr<Lister> lister,
                                                const ScanOptions& options, int32_t count);

  /// Lists without reading: calls `visit` for each object that the scan would see, in the order of
  /// the listing, with what would become of it. Directories that the expression rules out may be
  /// left out. Of the options the filters and `cancel` count; the expression can only name
  /// partitions. A failure of `visit` ends it.
  using Visit = std::function<Status(const ObjectInfo&, const Partition&, ObjectFate)>;
  static Status list(std::unique_ptr<Lister> lister, const ScanOptions& options,
                     const Visit& visit);

 private:
  explicit Scan(std::unique_ptr<scan::Pipeline> pipeline) noexcept;
  std::unique_ptr<scan::Pipeline> pipeline_;
};

}  // namespace veneer
#pragma GCC visibility pop
