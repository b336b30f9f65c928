// The default allocator, over the system's heap, and one that keeps large blocks for the next file.
#include <algorithm>
#include <bit>
#include <memory>
#include <mutex>
#include <new>

#include "veneer/memory.h"

// Sanitizers watch the blocks of the heap only. GCC says so by a macro, Clang by a feature.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define VENEER_SANITIZED 1
#endif
#endif
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(VENEER_SANITIZED)
#define VENEER_MAPS_LARGE_BLOCKS 1
#include <sys/mman.h>
#else
#define VENEER_MAPS_LARGE_BLOCKS 0
#endif

namespace veneer {
namespace {

// Blocks of this size are the system's own mappings: freed, they leave no hole in the heap that
// counts for the process and for no budget.
constexpr size_t kOwnMapping = size_t{4} << 20;

class HeapAllocator final : public Allocator {
 public:
  void* allocate(size_t bytes, size_t alignment) noexcept override {
#if VENEER_MAPS_LARGE_BLOCKS
    if (bytes >= kOwnMapping) {
      void* memory =
          mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) return nullptr;
      // All of it is about to be written: by pages of 2 MB that takes a fraction of the faults.
      madvise(memory, bytes, MADV_HUGEPAGE);
      return memory;
    }
#endif
    return ::operator new(bytes, std::align_val_t(alignment), std::nothrow);
  }
  void deallocate(void* memory, [[maybe_unused]] size_t bytes, size_t alignment) noexcept override {
#if VENEER_MAPS_LARGE_BLOCKS
    if (bytes >= kOwnMapping) {
      munmap(memory, bytes);
      return;
    }
#endif
    ::operator delete(memory, std::align_val_t(alignment));
  }
};

// Blocks of kSmallest to kOwnMapping bytes, which are those of pages and batches, are kept when
// they are let go. What is in use and what is kept together never pass what was once in use, or
// `most_kept`, so that a budget holds for both.
class KeepingAllocator final : public Allocator {
 public:
  explicit KeepingAllocator(size_t most_kept) noexcept : most_kept_(most_kept) {}
  ~KeepingAllocator() override { drop_to(0); }

  void* allocate(size_t bytes, size_t alignment) noexcept override {
    if (!keeps(bytes, alignment)) return heap_->allocate(bytes, alignment);
    const size_t index = class_of(bytes);
    const size_t size = class_size(index);
    const std::lock_guard lock(mutex_);
    used_ += size;
    if (Block* block = pop(index); block != nullptr) return block;
    most_used_ = std::max(most_used_, used_);
    drop_to(std::max(most_used_, most_kept_) - used_);
    void* memory = heap_->allocate(size, kAlignment);
    if (memory == nullptr) {
      drop_to(0);
      memory = heap_->allocate(size, kAlignment);
    }
    if (memory == nullptr) used_ -= size;
    return memory;
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    if (!keeps(bytes, alignment)) return heap_->deallocate(memory, bytes, alignment);
    const size_t index = class_of(bytes);
    const std::lock_guard lock(mutex_);
    used_ -= class_size(index);
    kept_ += class_size(index);
    heads_[index] = new (memory) Block{heads_[index]};
    drop_to(most_kept_);
  }

 private:
  struct Block {
    Block* next;
  };
  static constexpr size_t kAlignment = 64;
  static constexpr size_t kSmallest = size_t{32} << 10;
  // Eight sizes an octave: at most an eighth of a block is not asked for.
  static constexpr size_t kClasses = 7 * 8 + 1;

  static bool keeps(size_t bytes, size_t alignment) noexcept {
    return bytes > kSmallest && bytes < kOwnMapping && alignment <= kAlignment;
  }
  static size_t class_of(size_t bytes) noexcept {
    const auto shift = static_cast<size_t>(std::bit_width(bytes - 1)) - 4;
    return (shift - 12) * 8 + ((bytes - 1) >> shift) - 7;
  }
  static size_t class_size(size_t index) noexcept { return (8 + index % 8) << (index / 8 + 12); }

  Block* pop(size_t index) noexcept {
    Block* block = heads_[index];
    if (block == nullptr) return nullptr;
    heads_[index] = block->next;
    kept_ -= class_size(index);
    return block;
  }
  void drop_to(size_t most) noexcept {
    for (size_t index = kClasses; kept_ > most && index-- != 0;) {
      while (kept_ > most && heads_[index] != nullptr) {
        heap_->deallocate(pop(index), class_size(index), kAlignment);
      }
    }
  }

  Allocator* const heap_ = default_allocator();
  const size_t most_kept_;
  std::mutex mutex_;
  size_t used_ = 0, kept_ = 0, most_used_ = 0;  // bytes
  Block* heads_[kClasses] = {};
};

}  // namespace

Allocator* default_allocator() noexcept {
  // Placed in static storage and never destroyed: it has no state, and readers may outlive main.
  alignas(HeapAllocator) static unsigned char storage[sizeof(HeapAllocator)];
  static HeapAllocator* const heap = new (storage) HeapAllocator;
  return heap;
}

std::unique_ptr<Allocator> keeping_allocator(size_t most_kept_bytes) {
  return std::make_unique<KeepingAllocator>(most_kept_bytes);
}

}  // namespace veneer
