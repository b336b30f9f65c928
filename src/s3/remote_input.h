// An object of a bucket, or a file behind a URL, as an input.
#pragma once

#include <memory>
#include <string>

#include "s3/core.h"
#include "s3/object_state.h"
#include "s3/prefetch_plan.h"
#include "veneer/input.h"

namespace veneer::s3 {

class RangeOperation;

/// Where an input's bytes are.
struct RemotePlace {
  std::string name;  ///< without secrets
  Target target;
};

/// Begins the operations of one object; held by its input and by its parts that wait for memory.
class ObjectRequests {
 public:
  ObjectRequests(Core* core, RemotePlace place, std::shared_ptr<CancelGroup> group)
      : core_(core), place_(std::move(place)), group_(std::move(group)) {}

  const std::string& name() const noexcept { return place_.name; }
  Core* core() const noexcept { return core_; }
  Status cancelled() const;
  /// The input is gone: ends what was begun for it.
  void close() { own_.cancel(); }
  /// Null where the group is cancelled. `on_done` is called on the transport's thread.
  std::shared_ptr<RangeOperation> begin(const std::shared_ptr<ObjectState>& state, bool urgent,
                                        bool suffix, int64_t first, std::span<uint8_t> out,
                                        std::function<void(RangeOperation*)> on_done = {});

 private:
  Core* core_;
  const RemotePlace place_;
  const std::shared_ptr<CancelGroup> group_;
  CancelGroup own_;
};

class RemoteInput final : public Input {
 public:
  RemoteInput(std::shared_ptr<Core> core, RemotePlace place, std::shared_ptr<CancelGroup> group,
              const S3ObjectVersion& known);
  ~RemoteInput() override;

  std::string_view name() const noexcept override { return requests_->name(); }
  Result<int64_t> size() override;
  Status read(int64_t offset, std::span<uint8_t> out) override;
  Result<int64_t> read_tail(std::span<uint8_t> out) override;
  void will_need(std::span<const ByteRange> ranges) override;
  int64_t preferred_read_bytes() const noexcept override;

 private:
  // Some of a read's bytes: out of a part, or by an operation of their own.
  struct Piece {
    int64_t offset;
    std::span<uint8_t> out;
    std::shared_ptr<Part> part;
    std::shared_ptr<RangeOperation> operation;
  };

  Result<int64_t> fetch_tail(std::span<uint8_t> out);
  bool copy_from_tail(std::span<uint8_t> out, int64_t* size);
  std::vector<Piece> split(int64_t offset, std::span<uint8_t> out);
  void split_direct(int64_t offset, std::span<uint8_t> out, std::vector<Piece>* pieces) const;
  Status wait_for(const Piece& piece);
  void consumed(int64_t offset, int64_t size);

  std::shared_ptr<Core> core_;
  std::shared_ptr<ObjectRequests> requests_;
  std::shared_ptr<ObjectState> state_;
  uint64_t generation_ = 0;  // guarded by the state's mutex
};

}  // namespace veneer::s3
