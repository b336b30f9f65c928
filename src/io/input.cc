#include "veneer/input.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/checked.h"
#include "base/macros.h"
#include "base/sort.h"
#include "io/ranges.h"

namespace veneer {

Result<int64_t> Input::default_read_tail(std::span<uint8_t> out) {
  VENEER_TRY(const int64_t total, size());
  const int64_t wanted = std::min(total, narrow<int64_t>(out.size()));
  if (wanted > 0) VENEER_CHECK(read(total - wanted, out.last(narrow<size_t>(wanted))));
  return total;
}

void io::sort_by_offset(std::span<ByteRange> ranges) noexcept {
  static_assert(offsetof(ByteRange, offset) == 0);
  sort_by_first_member(ranges);
}

namespace {

class MemoryInput final : public Input {
 public:
  MemoryInput(std::span<const uint8_t> bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}

  std::string_view name() const noexcept override { return name_; }
  Result<int64_t> size() override { return narrow<int64_t>(bytes_.size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    const std::span<const uint8_t> from = view(offset, narrow<int64_t>(out.size()));
    if (from.size() != out.size()) return Status::io("read past the end", offset);
    if (!out.empty()) std::memcpy(out.data(), from.data(), out.size());
    return {};
  }
  std::span<const uint8_t> view(int64_t offset, int64_t size) override {
    const auto total = narrow<int64_t>(bytes_.size());
    if (offset < 0 || size < 0 || offset > total || size > total - offset) return {};
    return bytes_.subspan(narrow<size_t>(offset), narrow<size_t>(size));
  }

 private:
  std::span<const uint8_t> bytes_;
  std::string name_;
};

}  // namespace

std::shared_ptr<Input> memory_input(std::span<const uint8_t> bytes, std::string name) {
  return std::make_shared<MemoryInput>(bytes, std::move(name));
}

}  // namespace veneer
