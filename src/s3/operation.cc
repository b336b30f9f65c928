#include "s3/operation.h"

#include <algorithm>

#include "base/text.h"
#include "s3/core.h"
#include "s3/sha256.h"

namespace veneer::s3 {
namespace {

constexpr size_t kMostErrorBody = size_t{64} << 10;
constexpr int32_t kMostRegionChanges = 2;
constexpr int32_t kMostClockChanges = 2;
constexpr int32_t kMostRedirects = 10;
// Attempts where another one hardly helps.
constexpr int32_t kFewAttempts = 3;

Failure transport_failure(const TransferResult& result) {
  std::string what;
  Failure failure;
  failure.cure = Cure::wait;
  switch (result.end) {
    case TransferEnd::unknown:
      what = "no such server";
      failure.most_attempts = kFewAttempts;
      break;
    case TransferEnd::refused: what = "no connection"; break;
    case TransferEnd::stalled: what = "the server stalled"; break;
    case TransferEnd::insecure:
      what = "no secure connection";
      failure.cure = Cure::none;
      break;
    default: what = "the connection broke"; break;
  }
  failure.status = Status::io(concat({what, ": ", printable(result.message, 300)}));
  return failure;
}

}  // namespace

bool CancelGroup::add(const std::shared_ptr<Operation>& operation) {
  std::lock_guard lock(mutex_);
  if (cancelled_) return false;
  if (operations_.size() >= prune_at_) {
    std::erase_if(operations_, [](const auto& one) { return one.expired(); });
    prune_at_ = std::max<size_t>(64, 2 * operations_.size());
  }
  operations_.push_back(operation);
  return true;
}

void CancelGroup::cancel() {
  std::vector<std::weak_ptr<Operation>> operations;
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    operations.swap(operations_);
  }
  for (const auto& one : operations) {
    if (const auto operation = one.lock()) operation->cancel();
  }
}

bool CancelGroup::is_cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

Operation::Operation(Core* core, RequestKind kind, Target target, std::string name, bool urgent)
    : core_(core),
      target_(std::move(target)),
      kind_(kind),
      name_(std::move(name)),
      urgent_(urgent),
      backoff_(core->retry_rules(), steady_seconds()) {}

void Operation::submit(std::function<void()> on_done) {
  on_done_ = std::move(on_done);
  core_->transport().post([self = shared_from_this()] { self->enter(); });
}

void Operation::cancel() {
  core_->transport().post([self = shared_from_this()] {
    if (self->over_) return;
    self->cancelled_ = true;
    if (self->transferring_) {
      self->core_->transport().abort(self.get());
    } else {
      self->finish(Status::cancelled("the request was cancelled"));
    }
  });
}

Status Operation::wait() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return ended_flag_; });
  return status_;
}

void Operation::enter() {
  if (!over_) core_->admit(shared_from_this());
}

void Operation::fail(Status status) {
  if (!over_) finish(std::move(status));
}

void Operation::go() {
  if (over_) return;
  head_ = {};
  error_body_.clear();
  failure_ = {};
  wanted_body_ = false;
  Fields headers;
  HttpRequest request;
  if (is_s3()) {
    const Credentials* keys = nullptr;
    if (!core_->options().anonymous) {
      const CurrentCredentials* current = core_->credentials_for(shared_from_this());
      if (current == nullptr) return;
      keys = &current->keys;
      credentials_serial_ = current->serial;
    }
    add_headers(&headers);
    region_ = core_->region_of(target_.bucket);
    request = core_->sign(target_, region_, std::move(headers), keys);
  } else {
    add_headers(&request.headers);
    const Url& url = target_.url;
    request.url = url.origin() + (url.path.empty() ? "/" : url.path);
    if (!url.query.empty()) request.url += concat({"?", url.query});
  }
  core_->count(kind_, attempted_);
  attempted_ = true;
  transferring_ = true;
  core_->begin(request, shared_from_this());
}

bool Operation::on_head(const ResponseHead& head) {
  head_ = head;
  wanted_body_ = accept(head, &failure_);
  return failure_.status.ok();
}

bool Operation::on_body(std::string_view bytes) {
  if (wanted_body_) return take(bytes);
  error_body_.append(bytes.substr(0, kMostErrorBody - error_body_.size()));
  return error_body_.size() < kMostErrorBody;
}

void Operation::on_end(const TransferResult& result) {
  transferring_ = false;
  core_->release();
  if (over_) return;
  if (cancelled_) return finish(Status::cancelled("the request was cancelled"));
  Failure failure = judge(result);
  if (failure.status.ok()) {
    core_->on_success();
    return finish({});
  }
  again(std::move(failure));
}

Failure Operation::judge(const TransferResult& result) {
  if (!failure_.status.ok()) return std::move(failure_);
  if (wanted_body_) {
    if (is_complete()) return {};
    if (result.end == TransferEnd::complete || result.end == TransferEnd::aborted) return check();
  } else if (head_.status != 0) {
    return judge_error();
  }
  return transport_failure(result);
}

Failure Operation::judge_error() {
  const ServerError error = read_error(head_, error_body_);
  Failure failure{to_status(head_, error), error.cure};
  switch (error.cure) {
    case Cure::slow_down: core_->on_throttled(); break;
    case Cure::set_clock:
      if (clock_changes_++ >= kMostClockChanges || !core_->learn_clock(head_.field("date"))) {
        failure.cure = Cure::none;
      }
      break;
    case Cure::other_region: return try_other_region(error, std::move(failure.status));
    case Cure::follow: return try_location(std::move(failure.status));
    case Cure::new_credentials:
      if (!is_s3() || renewed_credentials_ || !core_->renew_credentials(credentials_serial_)) {
        failure.cure = Cure::none;
      }
      renewed_credentials_ = true;
      break;
    case Cure::none:
      // A redirect that was remembered may have been good for a time only.
      if (!is_s3() && redirects_ == 0 && !(target_.url == target_.original)) {
        target_.url = target_.original;
        redirects_ = 1;
        failure.cure = Cure::follow;
      }
      break;
    case Cure::wait: break;
  }
  return failure;
}

Failure Operation::try_other_region(const ServerError& error, Status status) {
  if (!is_s3() || error.region == region_ || region_changes_++ >= kMostRegionChanges) {
    return {std::move(status), Cure::none};
  }
  core_->learn_region(target_.bucket, error.region);
  return {std::move(status), Cure::other_region};
}

Failure Operation::try_location(Status status) {
  const std::string_view location = head_.field("location");
  const bool keeps_method = head_.status != 304 && !location.empty();
  if (!keeps_method) return {std::move(status), Cure::none};
  if (is_s3()) {
    // Signing anew for whatever host the answer names would hand it the session token and requests
    // that it could replay; following without would be refused by any honest one.
    return {Status(StatusCode::access_denied,
                   concat({status.message(),
                           "; a redirect to another host is not followed with credentials"})),
            Cure::none};
  }
  auto next = resolve_location(target_.url, location);
  if (!next) {
    return {Status::io(concat({"a redirect to a broken address: ", next.status().message()})),
            Cure::none};
  }
  if (target_.url.scheme == "https" && next->scheme != "https") {
    return {Status::io("a redirect from https to http is not followed"), Cure::none};
  }
  if (redirects_++ >= kMostRedirects) return {Status::io("too many redirects"), Cure::none};
  target_.url = *std::move(next);
  return {std::move(status), Cure::follow};
}

void Operation::again(Failure failure) {
  const bool progressed = rewind();
  if (failure.cure == Cure::none) return finish(std::move(failure.status));
  if (failure.cure != Cure::wait && failure.cure != Cure::slow_down) return enter();
  const double now = steady_seconds();
  if (progressed) backoff_.progressed(now);
  const double wait = backoff_.failed(now, failure.most_attempts, &core_->random());
  if (wait < 0) {
    std::string text(failure.status.message());
    const int32_t attempts = backoff_.failures();
    if (attempts > 1) text += concat({", ", attempts, " attempts"});
    return finish(Status(failure.status.code(), text));
  }
  core_->count_wait(wait);
  core_->transport().run_after(wait, [self = shared_from_this()] { self->enter(); });
}

void Operation::finish(Status status) {
  over_ = true;
  if (!status.ok()) status = core_->without_secrets(status).in_file(name_);
  {
    std::lock_guard lock(mutex_);
    status_ = std::move(status);
    ended_flag_ = true;
  }
  // Told before the waiters wake: they may then take what it put down.
  if (on_done_) on_done_();
  on_done_ = nullptr;
  {
    std::lock_guard lock(mutex_);
    ended_.notify_all();
  }
}

bool TextOperation::accept(const ResponseHead& head, Failure*) { return head.status == 200; }

bool TextOperation::take(std::string_view bytes) {
  too_long_ = bytes.size() > most_bytes_ - body_.size();
  if (!too_long_) body_.append(bytes);
  return !too_long_;
}

Failure TextOperation::check() {
  if (too_long_) {
    return {Status::over_limit(concat({"the answer is longer than ", most_bytes_, " bytes"})),
            Cure::none};
  }
  Failure failure = check_(body_);
  if (failure.status.ok()) return failure;
  // Some servers begin with 200 before they know that they will fail.
  const ErrorBody error = parse_error_body(std::string_view(body_).substr(0, kMostErrorBody));
  if (!error.code.empty()) {
    return {Status::io(concat({"the server answered 200 with ", printable(error.code, 100), ": ",
                               printable(error.message, 300)})),
            Cure::wait};
  }
  failure.most_attempts = kFewAttempts;
  return failure;
}

bool TextOperation::rewind() {
  body_.clear();
  too_long_ = false;
  return false;
}

}  // namespace veneer::s3
