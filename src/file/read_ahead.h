// The tasks of a few stages at a time, worked off by several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "veneer/status.h"

namespace veneer {

/// What the stages' tasks do. Called on any of the threads, without a lock.
class StageWork {
 public:
  /// Not for two stages of one lane at once with the same `task`, and never before the earlier of
  /// the two is done.
  virtual Status run(size_t stage, size_t task) = 0;
  /// All tasks of the stage have succeeded.
  virtual Status complete(size_t stage) = 0;

 protected:
  ~StageWork() = default;
};

/// Stages are begun and taken in order, at most `depth` of them at once, and are numbered in turns
/// from 0 to depth - 1. Those that were begun are worked on by `threads - 1` threads of this
/// object's, whatever its caller does meanwhile, and by the caller while it waits. Each has `tasks`
/// tasks, of which a thread takes those first that it had in the stage before; stages of different
/// lanes do not wait for each other. Behind a stage that failed nothing is worked on.
class ReadAhead {
 public:
  static constexpr size_t kMostLanes = 64;
  static constexpr size_t kMostTasks = 64;

  /// `threads` of 0 means one a processor. Null where that makes one, or this build has no threads.
  static std::unique_ptr<ReadAhead> make(int32_t threads, StageWork* work);
  /// Waits for the tasks that run.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  size_t threads() const noexcept;
  /// Once, before all else.
  void shape(size_t depth, size_t lanes, size_t tasks);
  size_t depth() const noexcept;
  /// How many stages are begun and not taken.
  size_t outstanding() const noexcept;
  /// The stage that `begin` begins.
  size_t next() const noexcept;
  /// Precondition: outstanding() < depth().
  void begin(size_t lane);
  /// Works until the first stage that is outstanding has ended, and takes it: `*stage`. The failure
  /// of its first task that failed.
  Status take(size_t* stage);

 private:
  struct Impl;
  explicit ReadAhead(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace veneer
