// What all inputs and listers of a client share.
#pragma once

#include <pthread.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.h"
#include "s3/budget.h"
#include "s3/operation.h"
#include "s3/retry.h"
#include "s3/settings.h"
#include "s3/transport.h"
#include "veneer/s3.h"

namespace veneer::s3 {

/// Credentials, and which ones in a row of renewals they are.
struct CurrentCredentials {
  Credentials keys;
  uint64_t serial = 0;
};

class Core {
 public:
  static Result<std::shared_ptr<Core>> create(S3Options options, Environment environment);
  /// Ends all that is under way.
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const S3Options& options() const noexcept { return settings_.options; }
  RetryRules retry_rules() const noexcept;
  Budget& budget() noexcept { return budget_; }
  Transport& transport() noexcept { return *transport_; }
  S3Counters counters() const noexcept;

  // On the transport's thread.

  /// Lets the operation begin when the limiter permits: calls its `go`.
  void admit(std::shared_ptr<Operation> operation);
  void begin(const HttpRequest& request, std::shared_ptr<Operation> operation);
  /// The operation's transfer has ended.
  void release();
  void on_success();
  void on_throttled();
  void count(RequestKind kind, bool is_retry);
  void count_wait(double seconds);
  void count_resumed() { resumed_.fetch_add(1, std::memory_order_relaxed); }
  Random& random() noexcept { return random_; }

  /// Valid credentials, or null: the operation is then held, and its `go` or `fail` called later.
  const CurrentCredentials* credentials_for(const std::shared_ptr<Operation>& operation);
  /// Those of `serial` have expired, says the server. False where there are no others to be had.
  bool renew_credentials(uint64_t serial);

  std::string region_of(std::string_view bucket) const;
  void learn_region(std::string_view bucket, std::string region);
  /// The server's clock, as far as is known.
  int64_t now() const noexcept;
  /// Takes the server's Date; false where it is none or our clock agrees with it.
  bool learn_clock(std::string_view date);
  /// Signs and completes a request to a bucket. `headers` already holds what else is to be signed.
  HttpRequest sign(const Target& target, std::string_view region, Fields headers,
                   const Credentials* keys) const;
  /// The text without any secret that the client knows.
  Status without_secrets(const Status& status) const;

 private:
  class Caller;

  explicit Core(Settings settings);
  void pump();
  void start_renewal();
  static void* enter_renewal(void* context);
  void renew();
  void end_renewal(Result<Credentials> found);
  void join_renewal();

  Settings settings_;
  Budget budget_;
  std::atomic<int64_t> list_requests_{0}, get_requests_{0}, credential_requests_{0}, retries_{0},
      throttled_{0}, resumed_{0}, wait_microseconds_{0};
  // On the transport's thread.
  Limiter limiter_;
  Random random_;
  std::deque<std::shared_ptr<Operation>> urgent_;
  std::deque<std::shared_ptr<Operation>> others_;
  bool pump_timer_ = false;
  std::map<std::string, std::string, std::less<>> regions_;
  std::atomic<int64_t> clock_offset_{0};
  CurrentCredentials current_;
  bool current_valid_ = false;
  bool renewing_ = false;
  double renewal_failed_at_ = -1e9;
  std::vector<std::shared_ptr<Operation>> held_;
  double renewed_at_ = -1e9;
  // The thread that asks for credentials; started on the transport's thread, joined there or by
  // the destructor once the transport has stopped.
  pthread_t renewal_{};
  bool renewal_started_ = false;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<Transport> transport_;
};

}  // namespace veneer::s3
