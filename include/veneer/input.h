// Where a file's bytes come from: a file, a memory map, memory, or the caller's own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

/// A range of bytes of an input.
struct ByteRange {
  int64_t offset = 0;
  int64_t size = 0;
};

/// Positioned reads of bytes that do not change while they are read.
///
/// All functions may be called from several threads at once. An implementation needs `name`, `size`
/// and `read`; the others have working defaults and exist for speed.
class Input {
 public:
  virtual ~Input() = default;

  /// What messages call this input: its path or URL, without secrets. Lives as long as the input.
  virtual std::string_view name() const noexcept = 0;

  /// Bytes in all.
  virtual Result<int64_t> size() = 0;

  /// Fills all of `out` from `offset` on; fewer bytes there is an `io` error.
  virtual Status read(int64_t offset, std::span<uint8_t> out) = 0;

  /// Fills the end of `out` with the last min(out.size(), size) bytes, and tells the size: what
  /// opening a file needs, in one request where the input is remote.
  virtual Result<int64_t> read_tail(std::span<uint8_t> out) { return default_read_tail(out); }

  /// The bytes themselves where they lie in memory for as long as the input lives; empty where they
  /// do not, and then `read` is used.
  virtual std::span<const uint8_t> view(int64_t /*offset*/, int64_t /*size*/) { return {}; }

  /// Tells which ranges will be read soon, in ascending order. The default does nothing; a remote
  /// input may fetch them with fewer requests.
  virtual void will_need(std::span<const ByteRange> /*ranges*/) {}

  /// Tells that a range will most likely not be read again. The default does nothing; a memory map
  /// lets its pages go, which come back if they are.
  virtual void wont_need(ByteRange /*range*/) {}

  /// Bytes that one `read` should ask for when reading forward: small for a local file, whose next
  /// read costs microseconds, large for a remote one.
  virtual int64_t preferred_read_bytes() const noexcept { return int64_t{256} << 10; }

 private:
  // Every virtual function is inline, so that code with run-time type information, which the
  // library has not, can derive from this class.
  Result<int64_t> default_read_tail(std::span<uint8_t> out);
};

/// One object of a listing: a file of a directory, or an object of a bucket.
struct ObjectInfo {
  /// Relative to what was listed: "year=2026/month=05/part-0.parquet". Raw bytes.
  std::string key;
  int64_t size = 0;
  /// What changes when the object does: an ETag, or for files size and time of change. May be
  /// empty.
  std::string tag;
};

/// What a filter says of all keys below a directory: that it wants none of them, perhaps some, or
/// that it has nothing against any.
enum class Below : uint8_t { none, some, all };

/// Lists what lies under a place, page by page, and opens what it listed.
///
/// `next` is for one thread at a time; `open` may be called from several threads at once, also
/// while `next` runs. Inputs that it opened may outlive it.
class Lister {
 public:
  virtual ~Lister() = default;

  /// What messages call the place: "s3://bucket/prefix/", "data/trips/".
  virtual std::string_view name() const noexcept = 0;

  /// Appends the next objects to `page`, none being allowed. False at the end.
  virtual Result<bool> next(std::vector<ObjectInfo>* page) = 0;

  /// True where the caller named each object: nothing is then left out for its name alone.
  virtual bool names_given() const noexcept { return false; }

  /// Opens an object. Its bytes are those that were listed: where `tag` tells that it has changed
  /// since, reading is an `io` error.
  virtual Result<std::shared_ptr<Input>> open(const ObjectInfo& object) = 0;

  /// Called before the first `next`, if at all: keys below a directory ("year=2026/", "" for the
  /// whole listing) of which `filter` says `none` need not be listed, which saves looking into it.
  /// The filter is called by the thread that calls `next`, and costs about a microsecond. Ignoring
  /// it is allowed. A remote lister does best to ask for one level of directories at a time while
  /// the filter says `some` and the level before it dropped any, and for all keys at once below
  /// that.
  virtual void narrow(std::function<Below(std::string_view directory)> /*filter*/) {}  // NOLINT
  /// How many directories were not looked into so far because of that filter; those within them are
  /// not known, and not counted. For the thread that calls `next`.
  virtual int64_t directories_pruned() const noexcept { return 0; }

  /// Makes whatever waits, now or later, return `cancelled` soon: `next`, `open`, and reads of
  /// inputs that it opened. From any thread.
  virtual void cancel() noexcept {}
};

/// Lists what lies under a local directory, in byte order of the keys (paths relative to it). A
/// file stands for itself. Links are followed, but a directory is not entered again from below
/// itself; what is neither file nor directory is left out. Directories that cannot be read are
/// errors.
Result<std::unique_ptr<Lister>> list_directory(const std::string& path);
/// Lists the files that match: `*` and `?` within a name (never a leading dot), `[a-z]` and
/// `[!a-z]`, and `**` for any number of directories. Keys are relative to the directory before the
/// first wildcard, so that partitions are found. A directory that matches stands for all below it.
/// A name that exists as it is written is that file
/// or directory.
Result<std::unique_ptr<Lister>> list_glob(const std::string& pattern);
/// Lists just these files, in this order; keys are the paths as given.
Result<std::unique_ptr<Lister>> list_files(std::vector<std::string> paths);

/// A file read by pread. The default: memory stays with the reader's own buffers.
Result<std::shared_ptr<Input>> open_input(const std::string& path);

/// A file mapped into memory: the fastest for uncompressed data, whose values are then used in
/// place. The file must not be truncated while it is mapped: the operating system would then end
/// the process at the next access.
Result<std::shared_ptr<Input>> map_input(const std::string& path);

/// Bytes that the caller keeps alive and unchanged for as long as the input lives.
std::shared_ptr<Input> memory_input(std::span<const uint8_t> bytes, std::string name = "memory");

}  // namespace veneer
#pragma GCC visibility pop
