// The part of Core that keeps credentials valid. They are asked for on a thread of its own, one at
// a time, so that transfers go on meanwhile; operations that cannot do without are held.
#include <algorithm>
#include <chrono>
#include <condition_variable>

#include "base/text.h"
#include "s3/core.h"
#include "s3/sha256.h"

namespace veneer::s3 {
namespace {

// Temporary credentials are renewed this long before they expire.
constexpr int64_t kRenewBefore = 300;
// Where renewing early has failed, or gave credentials that are as short-lived, it waits so long.
constexpr double kRenewPause = 30;
constexpr size_t kMostReply = size_t{256} << 10;

}  // namespace

/// Requests for credentials: on the renewal thread, by the client's transport.
class Core::Caller final : public HttpCaller {
 public:
  explicit Caller(Core* core) : core_(core) {}

  Result<HttpReply> call(const HttpCall& call) override {
    Result<HttpReply> reply = Status::cancelled("closed");
    for (int32_t attempt = 0; attempt < call.attempts; ++attempt) {
      reply = once(call);
      if (reply.ok() && reply->head.status < 500 && reply->head.status != 429) break;
      if (core_->stopping_.load()) break;
      if (attempt + 1 < call.attempts) pause(0.1 * (attempt + 1));
    }
    return reply;
  }

 private:
  struct Handler final : TransferHandler {
    std::mutex mutex;
    std::condition_variable ended;
    bool is_ended = false;
    TransferResult result;
    HttpReply reply;

    ~Handler() override { wipe(&reply.body); }
    bool on_head(const ResponseHead& head) override {
      reply.head = head;
      return true;
    }
    bool on_body(std::string_view bytes) override {
      if (bytes.size() > kMostReply - reply.body.size()) return false;
      reply.body.append(bytes);
      return true;
    }
    void on_end(const TransferResult& with) override {
      std::lock_guard lock(mutex);
      result = with;
      is_ended = true;
      ended.notify_all();
    }
  };

  void pause(double seconds) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::duration<double>(seconds),
                   [&] { return core_->stopping_.load(); });
  }

  Result<HttpReply> once(const HttpCall& call) {
    auto handler = std::make_shared<Handler>();
    HttpRequest request;
    request.method = call.method;
    request.url = call.url;
    request.headers = call.headers;
    request.body = call.body;
    request.direct = call.direct;
    request.timeout_seconds = call.timeout_ms / 1000.0;
    core_->credential_requests_.fetch_add(1, std::memory_order_relaxed);
    core_->transport_->post([core = core_, handler, request = std::move(request)] {
      core->transport_->begin(request, handler);
    });
    std::unique_lock lock(handler->mutex);
    // The transport may stop without a word; hence the looks at the flag.
    while (!handler->is_ended && !core_->stopping_.load()) {
      handler->ended.wait_for(lock, std::chrono::milliseconds(50));
    }
    if (!handler->is_ended) return Status::cancelled("closed");
    if (handler->result.end != TransferEnd::complete) {
      return Status::io(concat({"a service for credentials does not answer: ",
                                printable(handler->result.message, 300)}));
    }
    return std::move(handler->reply);
  }

  Core* core_;
};

const CurrentCredentials* Core::credentials_for(const std::shared_ptr<Operation>& operation) {
  if (!current_valid_ && !settings_.credentials.given.empty()) {
    current_.keys = settings_.credentials.given;
    current_.serial = 1;
    current_valid_ = true;
  }
  if (current_valid_) {
    const auto& expires = current_.keys.expires;
    if (!expires || *expires - now() > kRenewBefore) return &current_;
    const double pause = steady_seconds() - std::max(renewed_at_, renewal_failed_at_);
    if (pause > kRenewPause && !renewing_) start_renewal();
    if (*expires > now()) return &current_;
  }
  held_.push_back(operation);
  if (!renewing_) start_renewal();
  return nullptr;
}

bool Core::renew_credentials(uint64_t serial) {
  if (serial != current_.serial) return true;
  if (!settings_.credentials.given.empty()) return false;
  current_valid_ = false;
  return true;
}

void Core::start_renewal() {
  renewing_ = true;
  // Signals stay with the program's threads, as those of the transport's thread do: the mask is
  // inherited from it.
  renewal_started_ = ::pthread_create(&renewal_, nullptr, enter_renewal, this) == 0;
  if (!renewal_started_) {
    transport_->post([this] { end_renewal(Status::io("no thread can be started")); });
  }
}

void* Core::enter_renewal(void* context) {
  static_cast<Core*>(context)->renew();
  return nullptr;
}

void Core::renew() {
  Caller caller(this);
  CredentialSettings settings = settings_.credentials;
  // Tools that renew profiles write these files anew.
  settings.files = SharedFiles::load(settings.environment);
  auto found = find_credentials(settings, now(), &caller);
  transport_->post([this, result = std::make_shared<Result<Credentials>>(
                              std::move(found))]() mutable { end_renewal(std::move(*result)); });
}

void Core::join_renewal() {
  if (!renewal_started_) return;
  ::pthread_join(renewal_, nullptr);
  renewal_started_ = false;
}

void Core::end_renewal(Result<Credentials> found) {
  join_renewal();
  renewing_ = false;
  Status failure;
  if (found && found->expires && *found->expires <= now()) {
    found = Status::access_denied("the credentials that were found have expired already");
  }
  if (found) {
    current_.keys = *std::move(found);
    ++current_.serial;
    current_valid_ = true;
    renewed_at_ = steady_seconds();
  } else {
    failure = std::move(found).status();
    renewal_failed_at_ = steady_seconds();
  }
  std::vector<std::shared_ptr<Operation>> held;
  held.swap(held_);
  for (const auto& operation : held) {
    if (failure.ok()) {
      admit(operation);
    } else {
      operation->fail(failure);
    }
  }
}

}  // namespace veneer::s3
