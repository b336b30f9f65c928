// The memory budget, and the buffers that are charged to it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "veneer/memory.h"
#include "veneer/status.h"

namespace veneer {

/// Counts the bytes that one open file and its readers hold, and refuses to pass the limit.
/// Safe to use from several threads.
class MemoryPool {
 public:
  MemoryPool(Allocator* allocator, int64_t limit_bytes) noexcept
      : allocator_(allocator), limit_(limit_bytes) {}
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  /// Charges first, allocates second. 64-byte aligned, uninitialised. `bytes` > 0.
  Result<void*> allocate(size_t bytes);
  void deallocate(void* memory, size_t bytes) noexcept;

  /// Counts memory that something else takes: a library's own, by the most that it may be.
  Status charge(size_t bytes);
  void discharge(size_t bytes) noexcept {
    held_.fetch_sub(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  }

  const Allocator* allocator() const noexcept { return allocator_; }
  int64_t limit_bytes() const noexcept { return limit_; }
  int64_t held_bytes() const noexcept { return held_.load(std::memory_order_relaxed); }
  int64_t peak_bytes() const noexcept { return peak_.load(std::memory_order_relaxed); }

 private:
  Allocator* allocator_;
  int64_t limit_;
  std::atomic<int64_t> held_{0};
  std::atomic<int64_t> peak_{0};
};

/// A charge that ends with its scope.
class ScopedCharge {
 public:
  explicit ScopedCharge(MemoryPool* pool) noexcept : pool_(pool) {}
  ScopedCharge(const ScopedCharge&) = delete;
  ScopedCharge& operator=(const ScopedCharge&) = delete;
  ~ScopedCharge() { pool_->discharge(bytes_); }
  /// Charges `bytes` more.
  Status add(size_t bytes) {
    if (Status s = pool_->charge(bytes); !s.ok()) return s;
    bytes_ += bytes;
    return {};
  }

 private:
  MemoryPool* pool_;
  size_t bytes_ = 0;
};

/// Growable bytes, 64-byte aligned, with kPadding readable and writable bytes behind the last one,
/// so that kernels may load and store whole vectors. Move-only. Growing keeps the contents up to
/// size() and leaves the new bytes uninitialised.
class Buffer {
 public:
  static constexpr size_t kPadding = 64;

  Buffer() noexcept = default;
  explicit Buffer(MemoryPool* pool) noexcept : pool_(pool) {}
  Buffer(Buffer&& other) noexcept
      : pool_(other.pool_),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Buffer() { release(); }

  uint8_t* data() noexcept { return data_; }
  const uint8_t* data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }
  size_t capacity() const noexcept { return capacity_; }
  bool empty() const noexcept { return size_ == 0; }
  std::span<const uint8_t> bytes() const noexcept { return {data_, size_}; }
  /// The elements that fit whole into size(). T is trivial; the caller wrote them as T.
  template <class T>
  T* as() noexcept {
    return static_cast<T*>(static_cast<void*>(data_));
  }
  template <class T>
  const T* as() const noexcept {
    return static_cast<const T*>(static_cast<const void*>(data_));
  }

  /// Room for `capacity` bytes; size() is unchanged. Grows by at least half, to keep appends
  /// linear.
  Status reserve(size_t capacity);
  /// reserve, then size() == size. Even of size 0 the buffer then has its padding.
  Status resize(size_t size) {
    if (size > capacity_ || data_ == nullptr) [[unlikely]] {
      if (Status s = reserve(size); !s.ok()) return s;
    }
    size_ = size;
    return {};
  }
  /// resize that does not keep the contents: for scratch, where moving old bytes is waste.
  Status resize_discard(size_t size);
  Status append(const void* bytes, size_t size);
  void clear() noexcept { size_ = 0; }
  void release() noexcept;
  /// Takes over the memory of `other` for what this buffer holds next; both are empty then. Its
  /// charge moves to this buffer's pool; where that has another allocator, or would have less than
  /// three quarters of its limit left for what is read, the memory is freed.
  void take_memory(Buffer* other) noexcept;
  MemoryPool* pool() const noexcept { return pool_; }

 private:
  MemoryPool* pool_ = nullptr;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

/// Small objects that live as long as what owns the arena: chunks of doubling size, never moved,
/// freed together. Objects must be trivially destructible. Not safe for concurrent use.
class Arena {
 public:
  explicit Arena(MemoryPool* pool) noexcept : pool_(pool) {}
  Arena(Arena&& other) noexcept
      : pool_(other.pool_),
        head_(std::exchange(other.head_, nullptr)),
        next_(std::exchange(other.next_, nullptr)),
        left_(std::exchange(other.left_, 0)) {}
  Arena& operator=(Arena&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(head_, other.head_);
    std::swap(next_, other.next_);
    std::swap(left_, other.left_);
    return *this;
  }
  ~Arena();

  /// `count` value-initialised objects.
  template <class T>
  Result<std::span<T>> make(size_t count) {
    static_assert(alignof(T) <= 16);
    if (count == 0) return std::span<T>();
    if (count > SIZE_MAX / sizeof(T)) return Status::over_limit("array size overflows");
    auto memory = raw(count * sizeof(T));
    if (!memory) return std::move(memory).status();
    T* first = static_cast<T*>(*memory);
    for (size_t i = 0; i < count; ++i) new (first + i) T();
    return std::span<T>(first, count);
  }

 private:
  struct Chunk;
  Result<void*> raw(size_t bytes);

  MemoryPool* pool_;
  Chunk* head_ = nullptr;
  uint8_t* next_ = nullptr;
  size_t left_ = 0;
};

/// A Buffer with an atomic reference count, for bytes that views point into: page and dictionary
/// bodies that a batch keeps alive. Copies share the buffer; the last one frees it.
class SharedBuffer {
 public:
  SharedBuffer() noexcept = default;
  /// The counter too is of the buffer's pool.
  static Result<SharedBuffer> make(Buffer buffer);
  SharedBuffer(const SharedBuffer& other) noexcept;
  SharedBuffer(SharedBuffer&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  SharedBuffer& operator=(SharedBuffer other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~SharedBuffer();

  explicit operator bool() const noexcept { return rep_ != nullptr; }
  /// The buffer; writable by whoever holds the only reference.
  Buffer* operator->() const noexcept;
  Buffer& operator*() const noexcept { return *operator->(); }
  /// True where no other copy exists, so that the buffer may be written again.
  bool unique() const noexcept;

 private:
  struct Rep;
  Rep* rep_ = nullptr;
};

}  // namespace veneer
