// Threads and waiting, where the build has them.
#pragma once

#include <chrono>
#include <mutex>

#ifdef VENEER_THREADS
#include <pthread.h>

#include <condition_variable>
#endif

namespace veneer::scan {

#ifdef VENEER_THREADS

inline constexpr bool kThreads = true;

/// A thread that can fail to start: std::thread would throw.
class Thread {
 public:
  Thread() noexcept = default;
  Thread(Thread&& other) noexcept : thread_(other.thread_), running_(other.running_) {
    other.running_ = false;
  }
  Thread& operator=(Thread&&) = delete;
  ~Thread() { join(); }

  bool start(void* (*run)(void*), void* argument) noexcept {
    running_ = pthread_create(&thread_, nullptr, run, argument) == 0;
    return running_;
  }
  void join() noexcept {
    if (running_) pthread_join(thread_, nullptr);
    running_ = false;
  }

 private:
  pthread_t thread_{};
  bool running_ = false;
};

class Signal {
 public:
  void wait(std::unique_lock<std::mutex>& lock) { condition_.wait(lock); }
  void wait_for(std::unique_lock<std::mutex>& lock, std::chrono::milliseconds time) {
    condition_.wait_for(lock, time);
  }
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

#else

inline constexpr bool kThreads = false;

class Thread {
 public:
  bool start(void* (*)(void*), void*) noexcept { return false; }
  void join() noexcept {}
};

class Signal {
 public:
  void wait(std::unique_lock<std::mutex>&) noexcept {}
  void wait_for(std::unique_lock<std::mutex>&, std::chrono::milliseconds) noexcept {}
  void notify_all() noexcept {}
};

#endif

}  // namespace veneer::scan
