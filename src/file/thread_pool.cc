#include "file/thread_pool.h"

#ifdef VENEER_THREADS
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
#endif

namespace veneer {

#ifdef VENEER_THREADS

struct ThreadPool::Impl {
  std::mutex mutex;
  std::condition_variable begin;
  std::condition_variable end;
  uint64_t round = 0;  // guarded by mutex, as are the next four
  size_t working = 0;
  bool stopping = false;
  void (*task)(void*, size_t) = nullptr;
  void* context = nullptr;
  size_t count = 0;
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;

  void work_off() {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) task(context, i);
  }
  void serve() {
    uint64_t seen = 0;
    std::unique_lock lock(mutex);
    while (true) {
      begin.wait(lock, [&] { return stopping || round != seen; });
      if (stopping) return;
      seen = round;
      lock.unlock();
      work_off();
      lock.lock();
      if (--working == 0) end.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int32_t threads) {
  if (threads == 0) threads = static_cast<int32_t>(std::thread::hardware_concurrency());
  if (threads <= 1) return;
  constexpr int32_t kMost = 256;
  impl_ = std::make_unique<Impl>();
  for (int32_t i = 1; i < std::min(threads, kMost); ++i) {
    impl_->threads.emplace_back([pool = impl_.get()] { pool->serve(); });
  }
}

ThreadPool::~ThreadPool() {
  if (impl_ == nullptr) return;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->begin.notify_all();
  for (std::thread& thread : impl_->threads) thread.join();
}

void ThreadPool::run(size_t count, void (*task)(void* context, size_t i), void* context) {
  if (impl_ == nullptr || count <= 1) {
    for (size_t i = 0; i < count; ++i) task(context, i);
    return;
  }
  {
    std::lock_guard lock(impl_->mutex);
    impl_->task = task;
    impl_->context = context;
    impl_->count = count;
    impl_->next.store(0, std::memory_order_relaxed);
    impl_->working = impl_->threads.size();
    ++impl_->round;
  }
  impl_->begin.notify_all();
  impl_->work_off();
  std::unique_lock lock(impl_->mutex);
  impl_->end.wait(lock, [&] { return impl_->working == 0; });
}

#else

struct ThreadPool::Impl {};
ThreadPool::ThreadPool(int32_t) {}
ThreadPool::~ThreadPool() = default;
void ThreadPool::run(size_t count, void (*task)(void* context, size_t i), void* context) {
  for (size_t i = 0; i < count; ++i) task(context, i);
}

#endif

}  // namespace veneer
