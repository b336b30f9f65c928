// Where a column chunk's bytes come from. The column room knows no inputs: the file room hands it
// one of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "veneer/status.h"

namespace veneer::column {

/// The bytes of one column chunk, read mostly forward. Positions count from the chunk's first byte.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;

  virtual int64_t size() const noexcept = 0;
  /// Where position 0 lies in the file, for messages.
  virtual int64_t file_offset() const noexcept = 0;

  /// Bytes from `position` on: at least `at_least` (which the caller has checked against size()),
  /// or more where they are at hand. Valid until the next call, and readable for
  /// Buffer::kPadding bytes behind their end.
  virtual Result<std::span<const uint8_t>> peek(int64_t position, size_t at_least) = 0;

  /// What comes next ends at `position`: until then no more is read ahead than up to there.
  virtual void read_until(int64_t /*position*/) noexcept {}

  /// What lies before `position` will not be asked for again.
  virtual void passed(int64_t /*position*/) noexcept {}

  /// Fills `out` from `position` on.
  virtual Status read(int64_t position, std::span<uint8_t> out) = 0;

  /// The bytes where they lie in memory for as long as the file is open, padded as peek's are;
  /// empty where they do not.
  virtual std::span<const uint8_t> stable(int64_t position, size_t size) = 0;
};

}  // namespace veneer::column
