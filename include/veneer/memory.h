// Where memory comes from, and how much a file may ask for.
#pragma once

#include <cstddef>
#include <cstdint>

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

/// Bounds on what a file may ask for. Every bound that is met gives `over_limit` and names itself.
/// The defaults open every sane file; a process that opens strangers' files may lower them.
struct Limits {
  /// Bytes of the footer (its length field).
  int64_t footer_bytes = int64_t{1} << 30;
  /// Elements of the schema, groups and leaves together.
  int64_t schema_elements = 4'000'000;
  /// Depth of the schema tree below the root.
  int32_t schema_depth = 256;
  /// Row groups of the file.
  int64_t row_groups = 1'000'000;
  /// Bytes of one page, as stored and once decompressed.
  int64_t page_bytes = int64_t{1} << 31;
  /// Bytes of all buffers held at once by one open file and its readers, unprojected data excluded.
  int64_t held_bytes = int64_t{8} << 30;
};

}  // namespace veneer
#pragma GCC visibility pop
