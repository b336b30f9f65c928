#include "s3/retry.h"

#include <algorithm>

namespace veneer::s3 {
namespace {

// Answers of requests that were under way together are one sign, not many.
constexpr double kOneSign = 0.5;

double bound(const RetryRules& rules, int32_t failures) noexcept {
  double most = rules.first;
  for (int32_t i = 1; i < failures && most < rules.longest; ++i) most *= 2;
  return std::min(most, rules.longest);
}

}  // namespace

double Random::next() noexcept {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  const uint64_t bits = state_ * 0x2545F4914F6CDD1DULL;
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

double Backoff::failed(double now, int32_t most_attempts, Random* random) noexcept {
  ++failures_;
  ++all_failures_;
  if (failures_ >= std::min(rules_.max_attempts, most_attempts)) return -1;
  const double wait = random->next() * bound(rules_, failures_);
  if (now + wait - began_ > rules_.budget) return -1;
  return wait;
}

void Backoff::progressed(double now) noexcept {
  failures_ = 0;
  began_ = now;
}

double Limiter::wait(double now) const noexcept {
  if (under_way_ >= static_cast<int32_t>(limit_)) return -1;
  return std::max(0.0, not_before_ - now);
}

void Limiter::succeeded(double now) noexcept {
  if (now < not_before_) return;
  strikes_ = 0;
  limit_ = std::min(most_, limit_ + 1 / limit_);
}

void Limiter::throttled(double now, Random* random) noexcept {
  if (now - last_cut_ < kOneSign) return;
  last_cut_ = now;
  limit_ = std::max(1.0, limit_ / 2);
  ++strikes_;
  not_before_ = now + (0.5 + random->next() / 2) * bound(rules_, strikes_);
}

}  // namespace veneer::s3
