// Arrays whose length a file chose, in memory that is charged.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "base/memory.h"
#include "veneer/status.h"

namespace veneer {

/// What std::vector is, but in a pool's memory: growing beyond the budget, or what the allocator
/// has, is a Status and not an exception. Move-only.
template <class T>
class PoolArray {
 public:
  static_assert(alignof(T) <= 64);

  explicit PoolArray(MemoryPool* pool) noexcept : pool_(pool) {}
  PoolArray(PoolArray&& other) noexcept
      : pool_(other.pool_),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  PoolArray& operator=(PoolArray&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~PoolArray() {
    clear();
    if (data_ != nullptr) pool_->deallocate(data_, capacity_ * sizeof(T));
  }

  /// Room for `capacity` elements. Elements that cannot be moved get all of it before the first.
  Status reserve(size_t capacity) { return capacity <= capacity_ ? Status() : grow(capacity); }
  /// Room for `more` elements behind the last; grows by at least half.
  Status reserve_more(size_t more) {
    if (more <= capacity_ - size_) return {};
    return reserve(size_ + (size_ / 2 > more ? size_ / 2 : more));
  }
  /// One more element, for which there is room.
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    return *new (data_ + size_++) T(std::forward<Arguments>(arguments)...);
  }
  /// One more element; grows by half at a time.
  Status push_back(T value) {
    if (size_ == capacity_) {
      if (Status s = reserve_more(4); !s.ok()) return s;
    }
    emplace_back(std::move(value));
    return {};
  }
  /// Lets go of the elements from `size` <= size() on; keeps the memory.
  void truncate(size_t size) noexcept {
    if constexpr (std::is_trivially_destructible_v<T>) {
      size_ = size;
    } else {
      while (size_ > size) data_[--size_].~T();
    }
  }
  void clear() noexcept { truncate(0); }

  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T& operator[](size_t i) noexcept { return data_[i]; }
  const T& operator[](size_t i) const noexcept { return data_[i]; }
  T& back() noexcept { return data_[size_ - 1]; }
  T* begin() noexcept { return data_; }
  T* end() noexcept { return data_ + size_; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }

 private:
  // Not inline: it is called seldom and from many places.
  [[gnu::noinline]] Status grow(size_t capacity) {
    if (capacity > SIZE_MAX / 2 / sizeof(T)) return Status::over_limit("array size overflows");
    auto memory = pool_->allocate(capacity * sizeof(T));
    if (!memory) return std::move(memory).status();
    T* fresh = static_cast<T*>(*memory);
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
      for (size_t i = 0; i < size_; ++i) {
        new (fresh + i) T(std::move(data_[i]));
        data_[i].~T();
      }
    } else {
      assert(size_ == 0);
    }
    if (data_ != nullptr) pool_->deallocate(data_, capacity_ * sizeof(T));
    data_ = fresh;
    capacity_ = capacity;
    return {};
  }

  MemoryPool* pool_;
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace veneer
