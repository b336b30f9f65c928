// A few threads that work off one list of tasks at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace veneer {

/// Runs `count` independent tasks on the calling thread and `threads - 1` others, which live as
/// long as the pool. One caller at a time. Without thread support it runs them one by one.
class ThreadPool {
 public:
  /// `threads` of 0 means one a processor.
  explicit ThreadPool(int32_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Calls task(context, i) once for each i < count, and returns when all have ended.
  void run(size_t count, void (*task)(void* context, size_t i), void* context);
  template <class Task>
  void run(size_t count, Task& task) {
    run(
        count, [](void* context, size_t i) { (*static_cast<Task*>(context))(i); }, &task);
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace veneer
