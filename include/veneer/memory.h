// Where memory comes from, and how much a file may ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#pragma GCC visibility push(default)
namespace veneer {

/// Source of all memory whose size follows the file: footers, pages, columns.
///
/// Implementations must be safe to call from several threads at once. (Error messages and a few
/// fixed-size objects come from the global `operator new`.)
class Allocator {
 public:
  virtual ~Allocator() = default;
  /// At least `bytes` bytes (> 0) aligned to `alignment` (a power of two), or null. Never throws.
  virtual void* allocate(size_t bytes, size_t alignment) noexcept = 0;
  /// Gives back what `allocate` returned for the same `bytes` and `alignment`.
  virtual void deallocate(void* memory, size_t bytes, size_t alignment) noexcept = 0;
};

/// The process-wide allocator over the system's heap. Never null; lives as long as the process.
Allocator* default_allocator() noexcept;

/// An allocator that keeps the large blocks which it gets back, for whom reads one file after the
/// other: new pages of memory cost more than what is decoded into them. What is in use and kept
/// together never pass what was once in use, or `most_kept_bytes`. Safe from several threads; must
/// outlive the files, readers and batches that use it.
std::unique_ptr<Allocator> keeping_allocator(size_t most_kept_bytes = size_t{24} << 20);

/// Bounds on what a file may ask for. A file that meets one gets `over_limit`, and the message has
/// the bound's name and value. The defaults open every sane file; a process that opens strangers'
/// files may lower them. docs/security.md says what each protects from.
struct Limits {
  /// Bytes of the footer (its length field).
  int64_t footer_bytes = int64_t{1} << 30;
  /// Elements of the schema, groups and leaves together.
  int64_t schema_elements = 4'000'000;
  /// Depth of the schema tree below the root; over 32767 is as 32767.
  int32_t schema_depth = 256;
  /// Groups of the schema, but for the root, that have no leaf: each costs work in every row group,
  /// and no row group has a byte for it.
  int64_t empty_groups = 1000;
  /// Row groups of the file.
  int64_t row_groups = 1'000'000;
  /// Bytes of the footer's key-value metadata, all pairs together.
  int64_t key_value_bytes = int64_t{1} << 28;
  /// Bytes of one page's header, its statistics included.
  int64_t page_header_bytes = int64_t{1} << 26;
  /// Bytes of one page's body as stored.
  int64_t compressed_page_bytes = int64_t{1} << 31;
  /// Bytes of one page's body once decompressed.
  int64_t page_bytes = int64_t{1} << 31;
  /// Bytes of a dictionary page's body once decompressed.
  int64_t dictionary_bytes = int64_t{1} << 31;
  /// Bytes that a page may become for each one that it takes in the file, header included. No
  /// sane page is near the default.
  int64_t decompression_ratio = int64_t{1} << 20;
  /// Bytes of decompressed pages that one `BatchReader` or `PageReader` makes in its life.
  int64_t decompressed_bytes = int64_t{1} << 50;
  /// Bytes of one string: a BYTE_ARRAY value, a FIXED_LEN_BYTE_ARRAY's width, a name in the schema.
  int64_t string_bytes = INT32_MAX;
  /// Elements of one list or map in one row.
  int64_t list_length = INT32_MAX;
  /// Rows that one read gives of a file, or of a projection, without any leaf column: no byte of
  /// the file stands for them.
  int64_t rows_without_columns = int64_t{1} << 24;
  /// Bytes of all that is held at once by one open file and its readers; memory that only shows the
  /// file (see `map_input`) excluded.
  int64_t held_bytes = int64_t{8} << 30;
};

}  // namespace veneer
#pragma GCC visibility pop
