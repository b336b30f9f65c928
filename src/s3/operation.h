// One thing wanted from a server, asked for again until it comes or cannot come.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "s3/errors.h"
#include "s3/retry.h"
#include "s3/transport.h"
#include "s3/uri.h"
#include "veneer/status.h"

namespace veneer::s3 {

class Core;

class Operation;

/// Operations that are cancelled together: those of a lister and of the inputs that it opened.
class CancelGroup {
 public:
  /// False where the group is cancelled; the operation must then not be submitted.
  [[nodiscard]] bool add(const std::shared_ptr<Operation>& operation);
  void cancel();
  bool is_cancelled() const;

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;
  std::vector<std::weak_ptr<Operation>> operations_;
  size_t prune_at_ = 64;
};

/// Where an operation's request goes: to a bucket, signed, or to a URL, unsigned.
struct Target {
  std::string bucket;  ///< empty: `url` is meant
  std::string key;
  Fields query;
  Url url;
  Url original;  ///< where `url` was redirected from, or the same
};

enum class RequestKind : uint8_t { list, get };

/// The life of a request: admitted by the limiter, signed, sent, answered, perhaps tried again. It
/// runs on the transport's thread; submit, cancel and wait are for any thread.
class Operation : public TransferHandler, public std::enable_shared_from_this<Operation> {
 public:
  Operation(Core* core, RequestKind kind, Target target, std::string name, bool urgent);
  ~Operation() override = default;

  /// `on_done`, if any, is called on the transport's thread at the end.
  void submit(std::function<void()> on_done = {});
  /// Ends it soon, as `cancelled` if it has not ended already.
  void cancel();
  /// Blocks until it has ended: its outcome.
  Status wait();
  /// The outcome, once it has ended.
  const Status& status() const noexcept { return status_; }
  bool is_urgent() const noexcept { return urgent_; }
  const std::string& name() const noexcept { return name_; }

  // For the core, on its thread.
  void go();
  void fail(Status status);
  bool is_over() const noexcept { return over_; }

 protected:
  /// Header fields of the next attempt, beyond those of signing.
  virtual void add_headers(Fields* headers) = 0;
  /// Takes the head of an answer: true where its body is wanted, false where it is an error
  /// answer, to be read as such. A `failure` ends the attempt.
  virtual bool accept(const ResponseHead& head, Failure* failure) = 0;
  /// Body bytes of an accepted answer; false ends the transfer.
  virtual bool take(std::string_view bytes) = 0;
  /// All is there, whatever the transfer's end.
  virtual bool is_complete() const = 0;
  /// The transfer came whole: what is still wrong, if anything.
  virtual Failure check() = 0;
  /// An attempt has failed: forget it. True where it brought a good part of what is wanted.
  virtual bool rewind() = 0;

  Core* core_;
  Target target_;

 private:
  bool on_head(const ResponseHead& head) override;
  bool on_body(std::string_view bytes) override;
  void on_end(const TransferResult& result) override;

  void enter();
  void send();
  Failure judge(const TransferResult& result);
  Failure judge_error();
  Failure try_other_region(const ServerError& error, Status status);
  Failure try_location(Status status);
  void again(Failure failure);
  void finish(Status status);
  bool is_s3() const noexcept { return !target_.bucket.empty(); }

  const RequestKind kind_;
  const std::string name_;
  const bool urgent_;
  std::function<void()> on_done_;
  // On the transport's thread.
  Backoff backoff_;
  bool transferring_ = false;
  bool cancelled_ = false;
  bool over_ = false;
  bool wanted_body_ = false;
  bool attempted_ = false;
  ResponseHead head_;
  std::string error_body_;
  Failure failure_;
  std::string region_;               // that the last attempt was signed for
  uint64_t credentials_serial_ = 0;  // that the last attempt was signed with
  int32_t region_changes_ = 0;
  int32_t clock_changes_ = 0;
  int32_t redirects_ = 0;
  bool renewed_credentials_ = false;
  // For those who wait.
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ended_flag_ = false;
  Status status_;
};

/// A body of text, of at most `most_bytes`.
class TextOperation final : public Operation {
 public:
  /// Judges the whole body, on the transport's thread; ok ends the operation.
  using Check = std::function<Failure(std::string_view body)>;

  TextOperation(Core* core, Target target, std::string name, size_t most_bytes, Check check)
      : Operation(core, RequestKind::list, std::move(target), std::move(name), true),
        most_bytes_(most_bytes),
        check_(std::move(check)) {}

 protected:
  void add_headers(Fields*) override {}
  bool accept(const ResponseHead& head, Failure* failure) override;
  bool take(std::string_view bytes) override;
  bool is_complete() const override { return false; }
  Failure check() override;
  bool rewind() override;

 private:
  const size_t most_bytes_;
  const Check check_;
  std::string body_;
  bool too_long_ = false;
};

}  // namespace veneer::s3
