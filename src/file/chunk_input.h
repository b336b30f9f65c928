// A column chunk's bytes from an Input, through a window that is moved forward.
#pragma once

#include <cstdint>
#include <span>

#include "base/memory.h"
#include "column/chunk_source.h"
#include "veneer/input.h"

namespace veneer {

class ChunkInput final : public column::ChunkSource {
 public:
  /// When the input is told that what was read of it will not be again.
  enum class LetGo : uint8_t { never, chunks, pages };

  explicit ChunkInput(MemoryPool* pool) noexcept : window_(pool) {}

  /// Starts on bytes [begin, begin + size) of the input, which lie within it. `read_bytes`: how
  /// much to read at once, when less is asked for.
  void open(Input* input, int64_t input_size, int64_t begin, int64_t size, int64_t read_bytes,
            LetGo let_go = LetGo::never) noexcept;

  int64_t size() const noexcept override { return size_; }
  int64_t file_offset() const noexcept override { return begin_; }
  Result<std::span<const uint8_t>> peek(int64_t position, size_t at_least) override;
  void read_until(int64_t position) noexcept override { until_ = position; }
  void passed(int64_t position) noexcept override;
  Status read(int64_t position, std::span<uint8_t> out) override;
  std::span<const uint8_t> stable(int64_t position, size_t size) override;

 private:
  void let_go_until(int64_t position) noexcept;

  Input* input_ = nullptr;
  int64_t input_size_ = 0;
  int64_t begin_ = 0;
  int64_t size_ = 0;
  int64_t read_bytes_ = 0;
  int64_t until_ = 0;   // where reading ahead stops, if it lies before that
  int64_t in_use_ = 0;  // where in the input what was not let go begins
  LetGo let_go_ = LetGo::never;
  bool in_place_ = false;  // the input shows its bytes
  bool shown_ = false;     // some of them may still be in use where they lie
  Buffer window_;          // bytes [window_begin_, window_begin_ + window_.size())
  int64_t window_begin_ = 0;
};

}  // namespace veneer
