#include "file/read_ahead.h"

#ifdef VENEER_THREADS
#include <algorithm>
#include <bit>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>
#endif

namespace veneer {

#ifdef VENEER_THREADS

struct ReadAhead::Impl {
  struct Stage {
    size_t lane = 0;
    uint64_t handed_out = 0;  // tasks, a bit each
    size_t running = 0;
    bool done = false;
    Status failure;
    size_t failed_task = SIZE_MAX;
  };
  struct Item {
    uint64_t stage;
    size_t task;
  };

  StageWork* work;
  uint64_t all_tasks = 0;  // a bit each
  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  std::vector<Stage> stages;
  uint64_t first = 0;  // stages [first, end) are outstanding; stage i is stages[i % depth]
  uint64_t end = 0;
  // Tasks as bits: of each lane, those that run, and those that each thread ran last.
  std::vector<uint64_t> busy;
  std::vector<uint64_t> owned;  // by lane and thread, the caller's first
  size_t waiting = 0;
  uint64_t stop_at = UINT64_MAX;  // behind the first stage that failed
  bool stopping = false;

  std::vector<std::thread> threads;

  size_t num_threads() const { return threads.size() + 1; }
  size_t place(uint64_t stage) const { return static_cast<size_t>(stage % stages.size()); }

  // A thread goes on with the tasks that it had in the stage before, whose pages and dictionaries
  // are in its core's cache; with those of others only where it has none of its own to do.
  bool hand_out(size_t thread, Item* item) {
    return hand_out(thread, true, item) || hand_out(thread, false, item);
  }
  bool hand_out(size_t thread, bool own, Item* item) {
    // By lane, the tasks that it has still to do in earlier stages.
    uint64_t held_up[kMostLanes] = {};
    for (uint64_t i = first; i < std::min(end, stop_at); ++i) {
      Stage& stage = stages[place(i)];
      const uint64_t left = all_tasks & ~stage.handed_out;
      uint64_t free = left & ~busy[stage.lane] & ~held_up[stage.lane];
      held_up[stage.lane] |= left;
      uint64_t* const owners = &owned[stage.lane * num_threads()];
      if (own) {
        for (size_t other = 0; other < num_threads(); ++other) {
          if (other != thread) free &= ~owners[other];
        }
      }
      if (free == 0) continue;
      const uint64_t task = free & (~free + 1);
      for (size_t other = 0; other < num_threads(); ++other) owners[other] &= ~task;
      owners[thread] |= task;
      busy[stage.lane] |= task;
      stage.handed_out |= task;
      ++stage.running;
      *item = {i, static_cast<size_t>(std::countr_zero(task))};
      return true;
    }
    return false;
  }

  void run(std::unique_lock<std::mutex>* lock, Item item) {
    Stage& stage = stages[place(item.stage)];
    lock->unlock();
    Status status = work->run(place(item.stage), item.task);
    lock->lock();
    busy[stage.lane] &= ~(uint64_t{1} << item.task);
    end_task(&stage, std::move(status), item);
    if (stage.handed_out == all_tasks && stage.running == 1 && stage.failure.ok()) {
      lock->unlock();
      status = work->complete(place(item.stage));
      lock->lock();
      end_task(&stage, std::move(status), item);
    }
    if (--stage.running == 0 && stage.handed_out == all_tasks) stage.done = true;
    if (waiting != 0) changed.notify_all();
  }

  void end_task(Stage* stage, Status status, Item item) {
    if (status.ok()) return;
    stop_at = std::min(stop_at, item.stage + 1);
    if (item.task >= stage->failed_task) return;
    // Those before it are done nevertheless, so that it is always the same failure that is told.
    stage->handed_out |= all_tasks & ~uint64_t{0} << item.task;
    stage->failed_task = item.task;
    stage->failure = std::move(status);
  }

  void wait(std::unique_lock<std::mutex>* lock) {
    ++waiting;
    changed.wait(*lock);
    --waiting;
  }

  void serve(size_t thread) {
    std::unique_lock lock(mutex);
    while (!stopping) {
      Item item;
      if (hand_out(thread, &item)) {
        run(&lock, item);
      } else {
        wait(&lock);
      }
    }
  }
};

std::unique_ptr<ReadAhead> ReadAhead::make(int32_t threads, StageWork* work) {
  if (threads == 0) threads = static_cast<int32_t>(std::thread::hardware_concurrency());
  if (threads <= 1) return nullptr;
  constexpr int32_t kMost = 256;
  auto impl = std::make_unique<Impl>();
  impl->work = work;
  impl->threads.resize(static_cast<size_t>(std::min(threads, kMost) - 1));
  return std::unique_ptr<ReadAhead>(new ReadAhead(std::move(impl)));
}

ReadAhead::ReadAhead(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

ReadAhead::~ReadAhead() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  for (std::thread& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
}

void ReadAhead::shape(size_t depth, size_t lanes, size_t tasks) {
  impl_->stages.resize(depth);
  impl_->all_tasks = ~uint64_t{0} >> (kMostTasks - tasks);
  impl_->busy.resize(lanes);
  impl_->owned.resize(lanes * threads());
  for (size_t i = 1; i < threads(); ++i) {
    impl_->threads[i - 1] = std::thread([impl = impl_.get(), i] { impl->serve(i); });
  }
}

// Only the caller's thread changes what these tell.
size_t ReadAhead::threads() const noexcept { return impl_->num_threads(); }
size_t ReadAhead::depth() const noexcept { return impl_->stages.size(); }
size_t ReadAhead::outstanding() const noexcept {
  return static_cast<size_t>(impl_->end - impl_->first);
}
size_t ReadAhead::next() const noexcept { return static_cast<size_t>(impl_->end % depth()); }

void ReadAhead::begin(size_t lane) {
  std::lock_guard lock(impl_->mutex);
  Impl::Stage& stage = impl_->stages[next()];
  stage = {};
  stage.lane = lane;
  ++impl_->end;
  if (impl_->waiting != 0) impl_->changed.notify_all();
}

Status ReadAhead::take(size_t* stage) {
  std::unique_lock lock(impl_->mutex);
  *stage = static_cast<size_t>(impl_->first % depth());
  Impl::Stage& wanted = impl_->stages[*stage];
  while (!wanted.done) {
    Impl::Item item;
    if (impl_->hand_out(0, &item)) {
      impl_->run(&lock, item);
    } else {
      impl_->wait(&lock);
    }
  }
  ++impl_->first;
  return std::move(wanted.failure);
}

#else

struct ReadAhead::Impl {};
std::unique_ptr<ReadAhead> ReadAhead::make(int32_t, StageWork*) { return nullptr; }
ReadAhead::~ReadAhead() = default;
size_t ReadAhead::threads() const noexcept { return 1; }
void ReadAhead::shape(size_t, size_t, size_t) {}
size_t ReadAhead::depth() const noexcept { return 1; }
size_t ReadAhead::outstanding() const noexcept { return 0; }
size_t ReadAhead::next() const noexcept { return 0; }
void ReadAhead::begin(size_t) {}
Status ReadAhead::take(size_t*) { return {}; }

#endif

}  // namespace veneer
