// A bounded queue between threads: where a source's records can go.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#pragma GCC visibility push(default)
namespace veneer {

/// A first-in, first-out queue of at most `capacity` values. Any number of threads may push and
/// pop, and all functions may be called from any of them. It must outlive the calls that wait in
/// it.
///
///   veneer::Channel<veneer::Record<Trip>> trips(1000);
///   std::jthread consumer([&] {
///     while (std::optional<veneer::Record<Trip>> trip = trips.pop()) use(*trip);
///   });
///   veneer::Status status = source.scan({}, trips);
///   trips.close();  // the consumer takes what is left, and ends
///
/// What was pushed is popped exactly once, also after `close`; what is never popped is destroyed
/// with the channel.
template <class T>
class Channel {
 public:
  /// A capacity of 0 counts as 1.
  explicit Channel(size_t capacity) : capacity_(std::max<size_t>(capacity, 1)) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Adds `value`; waits while the channel is full. False where it is or becomes closed, or a stop
  /// is requested: `value` is then as it was. A channel that is closed or stopped takes nothing
  /// even where there is room.
  bool push(T&& value, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    if (!wait(&lock, &room_, &pushers_, stop,
              [this] { return closed_ || values_.size() < capacity_; })) {
      return false;
    }
    if (closed_) return false;
    values_.push_back(std::move(value));
    if (poppers_ > 0) filled_.notify_one();
    return true;
  }
  /// The same without waiting: false where the channel is full or closed.
  bool try_push(T&& value) {
    const std::lock_guard lock(mutex_);
    if (closed_ || values_.size() >= capacity_) return false;
    values_.push_back(std::move(value));
    if (poppers_ > 0) filled_.notify_one();
    return true;
  }

  /// Takes the oldest value; waits while there is none. Nothing where the channel is closed and
  /// empty, or a stop is requested.
  std::optional<T> pop(std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    if (!wait(&lock, &filled_, &poppers_, stop, [this] { return closed_ || !values_.empty(); })) {
      return std::nullopt;
    }
    return take();
  }
  /// The same without waiting: nothing where the channel is empty.
  std::optional<T> try_pop() {
    const std::lock_guard lock(mutex_);
    return take();
  }

  /// Lets nothing more in; what is inside can still be popped. Whoever waits is woken. Further
  /// calls do nothing. Either end may close.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
    filled_.notify_all();
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

  /// Values inside just now.
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }
  size_t capacity() const noexcept { return capacity_; }

 private:
  /// False where stopped. `waiting` counts the threads that must be woken.
  template <class Ready>
  static bool wait(std::unique_lock<std::mutex>* lock, std::condition_variable_any* wake,
                   size_t* waiting, const std::stop_token& stop, Ready ready) {
    if (stop.stop_requested()) return false;
    if (ready()) return true;
    ++*waiting;
    const bool is_ready = wake->wait(*lock, stop, ready);
    --*waiting;
    if (!stop.stop_requested()) return is_ready;
    wake->notify_one();  // this thread may have been woken for what another can take
    return false;
  }
  std::optional<T> take() {
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    if (pushers_ > 0) room_.notify_one();
    return value;
  }

  const size_t capacity_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable_any room_;
  std::condition_variable_any filled_;
  std::deque<T> values_;
  size_t pushers_ = 0;
  size_t poppers_ = 0;
  bool closed_ = false;
};

}  // namespace veneer
#pragma GCC visibility pop
