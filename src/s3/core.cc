#include "s3/core.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "base/macros.h"
#include "base/text.h"
#include "s3/sha256.h"

namespace veneer::s3 {
namespace {

// Clocks that differ by less are taken as equal.
constexpr int64_t kClockTolerance = 60;

int64_t system_seconds() noexcept { return static_cast<int64_t>(std::time(nullptr)); }

TransportOptions transport_options(const S3Options& options) {
  TransportOptions out;
  out.ca_bundle = options.ca_bundle;
  out.verify_tls = options.verify_tls;
  out.proxy = options.proxy;
  out.http_version = options.http_version;
  out.max_connections = options.max_connections;
  out.connect_timeout_seconds = options.connect_timeout_seconds;
  out.stall_timeout_seconds = options.stall_timeout_seconds;
  return out;
}

uint64_t seed() noexcept {
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  return static_cast<uint64_t>(ticks) * 0x9E3779B97F4A7C15ULL;
}

}  // namespace

Core::Core(Settings settings)
    : settings_(std::move(settings)),
      budget_(settings_.options.allocator, settings_.options.memory_budget),
      limiter_(settings_.options.max_connections, retry_rules()),
      random_(seed()) {}

Result<std::shared_ptr<Core>> Core::create(S3Options options, Environment environment) {
  VENEER_TRY(Settings settings, Settings::resolve(std::move(options), std::move(environment)));
  std::shared_ptr<Core> core(new Core(std::move(settings)));
  VENEER_TRY(core->transport_, Transport::create(transport_options(core->options())));
  return core;
}

Core::~Core() {
  stopping_.store(true);
  if (transport_ == nullptr) return;
  transport_->stop();
  join_renewal();
  transport_.reset();
}

RetryRules Core::retry_rules() const noexcept {
  const S3Options& from = settings_.options;
  return {from.max_attempts, from.retry_budget_seconds, from.retry_first_seconds,
          from.retry_longest_seconds};
}

S3Counters Core::counters() const noexcept {
  S3Counters out;
  out.list_requests = list_requests_.load();
  out.get_requests = get_requests_.load();
  out.credential_requests = credential_requests_.load();
  out.body_bytes = transport_->body_bytes();
  out.retries = retries_.load();
  out.throttled = throttled_.load();
  out.resumed = resumed_.load();
  out.wait_seconds = static_cast<double>(wait_microseconds_.load()) / 1e6;
  out.connections_opened = transport_->connections_opened();
  out.held_bytes = budget_.held_bytes();
  out.peak_bytes = budget_.peak_bytes();
  return out;
}

void Core::admit(std::shared_ptr<Operation> operation) {
  (operation->is_urgent() ? urgent_ : others_).push_back(std::move(operation));
  pump();
}

// Lets those who wait begin, as far as the limiter permits.
void Core::pump() {
  while (!urgent_.empty() || !others_.empty()) {
    auto& line = urgent_.empty() ? others_ : urgent_;
    if (line.front()->is_over()) {
      line.pop_front();
      continue;
    }
    const double wait = limiter_.wait(steady_seconds());
    if (wait < 0) return;
    if (wait > 0) {
      if (pump_timer_) return;
      pump_timer_ = true;
      count_wait(wait);
      transport_->run_after(wait, [this] {
        pump_timer_ = false;
        pump();
      });
      return;
    }
    const std::shared_ptr<Operation> operation = std::move(line.front());
    line.pop_front();
    operation->go();
  }
}

void Core::begin(const HttpRequest& request, std::shared_ptr<Operation> operation) {
  limiter_.began();
  transport_->begin(request, std::move(operation));
}

void Core::release() {
  limiter_.ended();
  // Not at once: the operation that has ended may want to go on first.
  transport_->post([this] { pump(); });
}

void Core::on_success() { limiter_.succeeded(steady_seconds()); }

void Core::on_throttled() {
  throttled_.fetch_add(1, std::memory_order_relaxed);
  limiter_.throttled(steady_seconds(), &random_);
}

void Core::count(RequestKind kind, bool is_retry) {
  (kind == RequestKind::list ? list_requests_ : get_requests_)
      .fetch_add(1, std::memory_order_relaxed);
  if (is_retry) retries_.fetch_add(1, std::memory_order_relaxed);
}

void Core::count_wait(double seconds) {
  wait_microseconds_.fetch_add(static_cast<int64_t>(seconds * 1e6), std::memory_order_relaxed);
}

std::string Core::region_of(std::string_view bucket) const {
  const auto known = regions_.find(bucket);
  return known != regions_.end() ? known->second : settings_.region;
}

void Core::learn_region(std::string_view bucket, std::string region) {
  regions_.insert_or_assign(std::string(bucket), std::move(region));
}

int64_t Core::now() const noexcept { return system_seconds() + clock_offset_.load(); }

bool Core::learn_clock(std::string_view date) {
  const auto theirs = parse_http_date(date);
  if (!theirs) return false;
  const int64_t difference = *theirs - now();
  if (difference > -kClockTolerance && difference < kClockTolerance) return false;
  clock_offset_.store(*theirs - system_seconds());
  return true;
}

HttpRequest Core::sign(const Target& target, std::string_view region, Fields headers,
                       const Credentials* keys) const {
  const BucketPlace place = place_of_bucket(settings_, target.bucket, region);
  SignedRequest signed_request;
  signed_request.path = place.path_prefix;
  if (!target.key.empty() || signed_request.path.empty()) {
    signed_request.path += concat({"/", percent_encode(target.key, true)});
  }
  signed_request.query = target.query;
  HttpRequest request;
  request.url = place.origin.origin() + signed_request.path;
  const std::string query = canonical_query(target.query);
  if (!query.empty()) request.url += concat({"?", query});
  headers.emplace_back("Host", place.origin.authority());
  if (settings_.options.requester_pays) headers.emplace_back("x-amz-request-payer", "requester");
  if (keys != nullptr) {
    const std::string timestamp = amz_timestamp(now());
    headers.emplace_back("x-amz-content-sha256", kEmptyBodyHash);
    headers.emplace_back("x-amz-date", timestamp);
    if (!keys->session_token.empty()) {
      headers.emplace_back("x-amz-security-token", keys->session_token);
    }
    signed_request.headers = headers;
    const SigningScope scope{keys->access_key_id, keys->secret_access_key, region, "s3", timestamp};
    headers.emplace_back("Authorization", authorization(signed_request, scope));
  }
  request.headers = std::move(headers);
  return request;
}

Status Core::without_secrets(const Status& status) const {
  std::string text(status.message());
  bool found = false;
  for (const Credentials* keys : {&current_.keys, &settings_.credentials.given}) {
    found |= hide_secret(&text, keys->secret_access_key);
    found |= hide_secret(&text, keys->session_token);
  }
  return found ? Status(status.code(), text, status.offset()) : status;
}

}  // namespace veneer::s3
