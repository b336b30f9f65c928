// The memory that all inputs of a client share, and the line of those who wait for it.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "base/memory.h"

namespace veneer::s3 {

/// Someone who wants memory from the budget.
class Claim {
 public:
  virtual ~Claim() = default;
  /// Takes the memory and uses it, or drops the wish; false where there is not enough now.
  virtual bool try_begin() = 0;
};

class Budget {
 public:
  Budget(Allocator* allocator, int64_t limit_bytes)
      : pool_(allocator != nullptr ? allocator : default_allocator(), limit_bytes),
        limit_(limit_bytes) {}

  MemoryPool* pool() noexcept { return &pool_; }
  int64_t limit() const noexcept { return limit_; }
  int64_t held_bytes() const noexcept { return pool_.held_bytes(); }
  int64_t peak_bytes() const noexcept { return pool_.peak_bytes(); }

  /// First come, first served.
  void enqueue(std::shared_ptr<Claim> claim) {
    std::lock_guard lock(mutex_);
    claims_.push_back(std::move(claim));
  }
  /// To be called after every enqueue and whenever memory was given back. Not with a lock held
  /// that try_begin takes.
  void serve() {
    std::lock_guard lock(mutex_);
    while (!claims_.empty() && claims_.front()->try_begin()) claims_.pop_front();
  }

 private:
  MemoryPool pool_;
  const int64_t limit_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Claim>> claims_;
};

}  // namespace veneer::s3
