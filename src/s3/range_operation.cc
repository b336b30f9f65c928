#include "s3/range_operation.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/text.h"
#include "s3/core.h"

namespace veneer::s3 {
namespace {

// An attempt that brought this much is worth that the tries are counted anew.
constexpr int64_t kGoodPart = int64_t{1} << 20;

}  // namespace

RangeOperation::RangeOperation(Core* core, Target target, std::string name, bool urgent,
                               std::shared_ptr<ObjectState> state, bool suffix, int64_t first,
                               std::span<uint8_t> out)
    : Operation(core, RequestKind::get, std::move(target), std::move(name), urgent),
      state_(std::move(state)),
      out_(out),
      located_(!suffix) {
  want_.suffix = suffix;
  want_.first = first;
  want_.count = narrow<int64_t>(out.size());
}

void RangeOperation::add_headers(Fields* headers) {
  RangeWant rest = want_;
  if (located_) {
    rest.first += received_;
    rest.count -= received_;
  }
  if (received_ > 0) core_->count_resumed();
  headers->emplace_back("Range", rest.header());
  std::lock_guard lock(state_->mutex);
  want_.size = state_->size;
  if (is_strong_etag(state_->etag))
    headers->emplace_back("If-Match", concat({"\"", state_->etag, "\""}));
}

bool RangeOperation::accept(const ResponseHead& head, Failure* failure) {
  attempt_from_ = attempt_end_ = received_;
  if (head.status != 200 && head.status != 206 && head.status != 416) return false;
  RangeWant rest = want_;
  if (located_) {
    rest.first += received_;
    rest.count -= received_;
  }
  RangeAnswer answer;
  *failure = read_range_head(rest, head, &answer);
  if (!failure->status.ok()) return true;
  if (Status s = state_->agree(head, answer.size); !s.ok()) {
    *failure = {std::move(s), Cure::none};
    return true;
  }
  if (!(target_.url == target_.original)) {
    std::lock_guard lock(state_->mutex);
    state_->url = target_.url;
  }
  if (!located_) {
    located_ = true;
    want_.suffix = false;
    want_.first = answer.first;
    // A suffix is known once its whole length is: the object's size tells.
    want_.count = std::min(want_.count, answer.size);
    out_ = out_.last(narrow<size_t>(want_.count));
  }
  skip_ = answer.skip;
  whole_ = answer.whole;
  attempt_end_ = received_ + answer.count;
  return true;
}

bool RangeOperation::take(std::string_view bytes) {
  const int64_t skipped = std::min(skip_, narrow<int64_t>(bytes.size()));
  skip_ -= skipped;
  bytes.remove_prefix(narrow<size_t>(skipped));
  const int64_t taken = std::min(attempt_end_ - received_, narrow<int64_t>(bytes.size()));
  if (taken > 0) {
    std::memcpy(out_.data() + received_, bytes.data(), narrow<size_t>(taken));
    received_ += taken;
  }
  // More than was announced, or the rest of what was not wanted: the connection is given up.
  return taken == narrow<int64_t>(bytes.size()) && !(whole_ && is_complete());
}

bool RangeOperation::is_complete() const { return located_ && received_ == want_.count; }

Failure RangeOperation::check() {
  // The head's length has come, but it was less than was asked for.
  return {Status::io("the body is shorter than was asked for"), Cure::wait};
}

bool RangeOperation::rewind() {
  const int64_t got = received_ - attempt_from_;
  bool identified;
  {
    std::lock_guard lock(state_->mutex);
    identified = !state_->etag.empty() || !state_->last_modified.empty();
  }
  // Without a tag nothing would tell that the rest is of the same object.
  if (!identified) received_ = 0;
  attempt_from_ = received_;
  return identified && got > 0 && (got >= kGoodPart || got >= want_.count / 2);
}

}  // namespace veneer::s3
