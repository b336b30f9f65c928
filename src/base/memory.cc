#include "base/memory.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "base/macros.h"
#include "base/text.h"

namespace veneer {
namespace {

constexpr size_t kAlignment = 64;

}  // namespace

Status MemoryPool::charge(size_t bytes) {
  const int64_t wanted =
      bytes > static_cast<size_t>(INT64_MAX / 2) ? INT64_MAX / 2 : static_cast<int64_t>(bytes);
  const int64_t held = held_.fetch_add(wanted, std::memory_order_relaxed) + wanted;
  if (held > limit_) {
    held_.fetch_sub(wanted, std::memory_order_relaxed);
    return Status::over_limit(
        concat({"needs ", bytes, " more bytes than the limit held_bytes of ", limit_, " allows"}));
  }
  int64_t peak = peak_.load(std::memory_order_relaxed);
  while (held > peak && !peak_.compare_exchange_weak(peak, held, std::memory_order_relaxed)) {
  }
  return {};
}

Result<void*> MemoryPool::allocate(size_t bytes) {
  VENEER_CHECK(charge(bytes));
  void* memory = allocator_->allocate(bytes, kAlignment);
  if (memory != nullptr) return memory;
  discharge(bytes);
  return Status::out_of_memory(concat({"the allocator has no ", bytes, " bytes"}));
}

void MemoryPool::deallocate(void* memory, size_t bytes) noexcept {
  allocator_->deallocate(memory, bytes, kAlignment);
  discharge(bytes);
}

Status Buffer::reserve(size_t capacity) {
  if (capacity <= capacity_ && data_ != nullptr) return {};
  const size_t grown = std::max(capacity, capacity_ + capacity_ / 2);
  if (grown > SIZE_MAX / 2) return Status::over_limit("buffer size overflows");
  VENEER_TRY(void* memory, pool_->allocate(grown + kPadding));
  auto* fresh = static_cast<uint8_t*>(memory);
  if (size_ != 0) std::memcpy(fresh, data_, size_);
  // Vector loads may read the padding: give it defined bytes once.
  std::memset(fresh + grown, 0, kPadding);
  const size_t size = size_;
  release();
  data_ = fresh;
  size_ = size;
  capacity_ = grown;
  return {};
}

Status Buffer::resize_discard(size_t size) {
  if (size > capacity_ || data_ == nullptr) {
    // What is not to be kept need not be held beside the new.
    const size_t grown = std::max(size, capacity_ + capacity_ / 2);
    release();
    VENEER_CHECK(reserve(grown));
  }
  size_ = size;
  return {};
}

Status Buffer::append(const void* bytes, size_t size) {
  const size_t old_size = size_;
  VENEER_CHECK(resize(old_size + size));
  if (size != 0) std::memcpy(data_ + old_size, bytes, size);
  return {};
}

void Buffer::release() noexcept {
  if (data_ != nullptr) pool_->deallocate(data_, capacity_ + kPadding);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

void Buffer::take_memory(Buffer* other) noexcept {
  release();
  other->clear();
  if (other->data_ == nullptr) return;
  const size_t bytes = other->capacity_ + kPadding;
  const bool much = pool_->held_bytes() + static_cast<int64_t>(bytes) > pool_->limit_bytes() / 4;
  if (much || pool_->allocator() != other->pool_->allocator() || !pool_->charge(bytes).ok()) {
    other->release();
    return;
  }
  other->pool_->discharge(bytes);
  data_ = std::exchange(other->data_, nullptr);
  capacity_ = std::exchange(other->capacity_, 0);
}

struct alignas(16) Arena::Chunk {
  Chunk* next;
  size_t bytes;
};

Arena::~Arena() {
  while (head_ != nullptr) {
    Chunk* next = head_->next;
    pool_->deallocate(head_, head_->bytes);
    head_ = next;
  }
}

Result<void*> Arena::raw(size_t bytes) {
  constexpr size_t kFirst = 4096;
  constexpr size_t kLargest = size_t{1} << 20;
  if (bytes > SIZE_MAX / 2) return Status::over_limit("array size overflows");
  bytes = (bytes + 15) & ~size_t{15};
  if (bytes > left_) {
    const size_t doubled = head_ == nullptr ? kFirst : std::min(head_->bytes * 2, kLargest);
    const size_t size = std::max(doubled, bytes + sizeof(Chunk));
    VENEER_TRY(void* memory, pool_->allocate(size));
    head_ = new (memory) Chunk{head_, size};
    next_ = static_cast<uint8_t*>(memory) + sizeof(Chunk);
    left_ = size - sizeof(Chunk);
  }
  void* result = next_;
  next_ += bytes;
  left_ -= bytes;
  return result;
}

struct SharedBuffer::Rep {
  std::atomic<int32_t> references{1};
  Buffer buffer;
};

Result<SharedBuffer> SharedBuffer::make(Buffer buffer) {
  VENEER_TRY(void* memory, buffer.pool()->allocate(sizeof(Rep)));
  SharedBuffer shared;
  shared.rep_ = new (memory) Rep;
  shared.rep_->buffer = std::move(buffer);
  return shared;
}

SharedBuffer::SharedBuffer(const SharedBuffer& other) noexcept : rep_(other.rep_) {
  if (rep_ != nullptr) rep_->references.fetch_add(1, std::memory_order_relaxed);
}

SharedBuffer::~SharedBuffer() {
  if (rep_ == nullptr || rep_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  MemoryPool* pool = rep_->buffer.pool();
  rep_->~Rep();
  pool->deallocate(rep_, sizeof(Rep));
}

Buffer* SharedBuffer::operator->() const noexcept { return &rep_->buffer; }

bool SharedBuffer::unique() const noexcept {
  return rep_ != nullptr && rep_->references.load(std::memory_order_acquire) == 1;
}

}  // namespace veneer
