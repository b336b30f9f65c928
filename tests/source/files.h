// Small files for the tests of sources.
#pragma once

#include <veneer/input.h>
#include <veneer/memory.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/encoders.h"
#include "support/file_builder.h"

namespace veneer::test {

/// Files of rows `{id: first + i, city: "city <id>"}`, a row group for each of `groups`.
inline Bytes id_file(int64_t first, const std::vector<int>& groups) {
  FileBuilder f({leaf("id", PhysicalType::int64),
                 leaf("city", PhysicalType::byte_array).converted(ConvertedType::utf8)});
  for (const int rows : groups) {
    std::vector<int64_t> ids;
    Strings cities;
    for (int i = 0; i < rows; ++i, ++first) {
      ids.push_back(first);
      cities.push_back("a city of many letters " + std::to_string(first));
    }
    auto& g = f.row_group(rows);
    g.chunk(0).data_v1({.values = plain<int64_t>(ids)});
    g.chunk(1).data_v1({.values = plain_byte_array(cities)});
  }
  return f.finish();
}

/// Bytes of its own; counts what is read of it, and calls back when it goes.
class OwnedInput final : public Input {
 public:
  explicit OwnedInput(Bytes bytes, std::string name = "owned", std::function<void()> at_end = {})
      : bytes_(std::move(bytes)), name_(std::move(name)), at_end_(std::move(at_end)) {}
  ~OwnedInput() override {
    if (at_end_) at_end_();
  }
  std::string_view name() const noexcept override { return name_; }
  Result<int64_t> size() override { return static_cast<int64_t>(bytes_.size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    ++reads;
    if (offset < 0 || offset > static_cast<int64_t>(bytes_.size()) ||
        out.size() > bytes_.size() - static_cast<size_t>(offset)) {
      return Status::io("read past the end", offset);
    }
    std::copy_n(bytes_.begin() + offset, out.size(), out.begin());
    return {};
  }

  std::atomic<int> reads{0};

 private:
  Bytes bytes_;
  std::string name_;
  std::function<void()> at_end_;
};

/// Counts what is asked of it.
class CountingAllocator final : public Allocator {
 public:
  void* allocate(size_t bytes, size_t alignment) noexcept override {
    ++calls;
    return default_allocator()->allocate(bytes, alignment);
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    default_allocator()->deallocate(memory, bytes, alignment);
  }
  std::atomic<int> calls{0};
};

inline std::shared_ptr<Input> owned_input(Bytes bytes, std::string name = "owned") {
  return std::make_shared<OwnedInput>(std::move(bytes), std::move(name));
}

}  // namespace veneer::test
