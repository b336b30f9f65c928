// When to try again, and when everybody should slow down. No clock of its own: times are seconds.
#pragma once

#include <cstdint>

namespace veneer::s3 {

/// A small generator of random numbers (xorshift64*); waits need no better ones.
class Random {
 public:
  explicit Random(uint64_t seed) noexcept : state_(seed | 1) {}
  /// At least 0, below 1.
  double next() noexcept;

 private:
  uint64_t state_;
};

struct RetryRules {
  int32_t max_attempts = 10;
  double budget = 180;
  double first = 0.1;
  double longest = 15;
};

/// Exponential backoff with full jitter for one request: a wait is anything between nothing and a
/// bound that doubles.
class Backoff {
 public:
  Backoff(const RetryRules& rules, double now) noexcept : rules_(rules), began_(now) {}

  /// Tells that another attempt has failed. Seconds to wait before the next; negative: give up.
  double failed(double now, int32_t most_attempts, Random* random) noexcept;
  /// The attempt that then failed had brought a good part of what was asked for: tries and time
  /// begin anew, so that a long body over a bad line comes through.
  void progressed(double now) noexcept;
  /// Attempts that have failed, in all.
  int32_t failures() const noexcept { return all_failures_; }

 private:
  RetryRules rules_;
  double began_;
  int32_t failures_ = 0;
  int32_t all_failures_ = 0;
};

/// Shared by all requests of a client: how many may be under way, and from when. Halved when a
/// server asks to slow down, grown again by successes.
class Limiter {
 public:
  Limiter(int32_t most, const RetryRules& rules) noexcept
      : most_(most), limit_(most), rules_(rules) {}

  /// Seconds to wait before the next request may begin; 0: now; negative: when one has ended.
  double wait(double now) const noexcept;
  void began() noexcept { ++under_way_; }
  void ended() noexcept { --under_way_; }
  void succeeded(double now) noexcept;
  void throttled(double now, Random* random) noexcept;
  double limit() const noexcept { return limit_; }

 private:
  double most_;
  double limit_;
  RetryRules rules_;
  int32_t under_way_ = 0;
  int32_t strikes_ = 0;
  double not_before_ = 0;
  double last_cut_ = -1e9;
};

}  // namespace veneer::s3
