#include "s3/remote_input.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "s3/range_operation.h"

namespace veneer::s3 {
namespace {

// Parts that were fetched so many will_needs ago and not read since may be dropped for others.
constexpr uint64_t kStaleGenerations = 4;

void insert_sorted(std::vector<std::shared_ptr<Part>>* parts, std::shared_ptr<Part> part) {
  const auto at = std::upper_bound(
      parts->begin(), parts->end(), part->begin,
      [](int64_t begin, const std::shared_ptr<Part>& other) { return begin < other->begin; });
  parts->insert(at, std::move(part));
}

// A part in the line for memory.
class PartClaim final : public Claim {
 public:
  PartClaim(std::shared_ptr<ObjectRequests> requests, std::shared_ptr<ObjectState> state,
            std::shared_ptr<Part> part)
      : requests_(std::move(requests)), state_(std::move(state)), part_(std::move(part)) {}

  bool try_begin() override {
    std::unique_lock lock(state_->mutex);
    if (state_->closed || part_->state != Part::State::queued) return true;
    const int64_t size = part_->end - part_->begin;
    Budget& budget = requests_->core()->budget();
    Buffer bytes(budget.pool());
    const auto wanted = narrow<size_t>(size);
    if (!bytes.resize_discard(wanted).ok()) {
      drop_stale();
      if (!bytes.resize_discard(wanted).ok()) {
        // What can never be had must not hold up the others; it is read without being held.
        const bool hopeless = size > budget.limit() || budget.held_bytes() == 0;
        if (hopeless) drop();
        return hopeless;
      }
    }
    part_->bytes = std::move(bytes);
    part_->state = Part::State::fetching;
    lock.unlock();
    fetch();
    return true;
  }

 private:
  void fetch() {
    const std::span<uint8_t> out(part_->bytes.data(), part_->bytes.size());
    const auto operation = requests_->begin(
        state_, false, false, part_->begin, out,
        [core = requests_->core(), state = state_, part = part_](RangeOperation* done) {
          std::lock_guard lock(state->mutex);
          part->failure = done->status();
          part->state = part->failure.ok() ? Part::State::ready : Part::State::failed;
          state->changed.notify_all();
          if (!part->failure.ok() || state->closed) part->bytes.release();
          // This function holds the part, too: where its reader is quick, memory is free only now.
          core->transport().post([core] { core->budget().serve(); });
        });
    if (operation != nullptr) return;
    std::lock_guard lock(state_->mutex);
    part_->failure = requests_->cancelled();
    part_->state = Part::State::failed;
    state_->changed.notify_all();
  }

  void drop() { std::erase(state_->parts, part_); }

  void drop_stale() {
    std::erase_if(state_->parts, [&](const std::shared_ptr<Part>& part) {
      return part->state == Part::State::ready && !part->pinned &&
             part->generation + kStaleGenerations <= part_->generation;
    });
  }

  std::shared_ptr<ObjectRequests> requests_;
  std::shared_ptr<ObjectState> state_;
  std::shared_ptr<Part> part_;
};

}  // namespace

Status ObjectRequests::cancelled() const {
  return Status::cancelled("the listing was cancelled").in_file(place_.name);
}

std::shared_ptr<RangeOperation> ObjectRequests::begin(
    const std::shared_ptr<ObjectState>& state, bool urgent, bool suffix, int64_t first,
    std::span<uint8_t> out, std::function<void(RangeOperation*)> on_done) {
  Target target = place_.target;
  {
    std::lock_guard lock(state->mutex);
    if (!state->url.host.empty()) target.url = state->url;
  }
  auto operation = std::make_shared<RangeOperation>(core_, std::move(target), place_.name, urgent,
                                                    state, suffix, first, out);
  if (!own_.add(operation) || (group_ != nullptr && !group_->add(operation))) return nullptr;
  if (on_done) {
    operation->submit([call = std::move(on_done), raw = operation.get()] { call(raw); });
  } else {
    operation->submit();
  }
  return operation;
}

RemoteInput::RemoteInput(std::shared_ptr<Core> core, RemotePlace place,
                         std::shared_ptr<CancelGroup> group, const S3ObjectVersion& known)
    : core_(std::move(core)),
      requests_(std::make_shared<ObjectRequests>(core_.get(), std::move(place), std::move(group))),
      state_(std::make_shared<ObjectState>()) {
  state_->etag = plain_etag(known.etag);
  state_->size = known.size;
}

RemoteInput::~RemoteInput() {
  std::vector<std::shared_ptr<Part>> parts;
  {
    std::lock_guard lock(state_->mutex);
    state_->closed = true;
    parts.swap(state_->parts);
  }
  // Operations under way keep their parts until they have ended; what nobody will read ends there.
  requests_->close();
  parts.clear();
  core_->budget().serve();
}

int64_t RemoteInput::preferred_read_bytes() const noexcept {
  // At least what makes readers leave out the four bytes at the beginning of a file.
  return std::max(int64_t{1} << 20, core_->options().part_bytes / 2);
}

Result<int64_t> RemoteInput::size() {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->size >= 0) return state_->size;
  }
  return fetch_tail({});
}

bool RemoteInput::copy_from_tail(std::span<uint8_t> out, int64_t* size) {
  std::lock_guard lock(state_->mutex);
  if (state_->size < 0) return false;
  *size = state_->size;
  const int64_t wanted = std::min(state_->size, narrow<int64_t>(out.size()));
  if (wanted == 0) return true;
  for (const auto& part : state_->parts) {
    if (!part->pinned || part->begin > state_->size - wanted) continue;
    std::memcpy(out.data() + out.size() - narrow<size_t>(wanted),
                part->bytes.data() + (state_->size - wanted - part->begin), narrow<size_t>(wanted));
    return true;
  }
  return false;
}

Result<int64_t> RemoteInput::read_tail(std::span<uint8_t> out) {
  int64_t size = 0;
  if (copy_from_tail(out, &size)) return size;
  return fetch_tail(out);
}

// One suffix GET: of what is asked for, or more where more is likely to be of use.
Result<int64_t> RemoteInput::fetch_tail(std::span<uint8_t> out) {
  const S3Options& options = core_->options();
  int64_t wanted = std::max(narrow<int64_t>(out.size()), options.tail_bytes);
  {
    std::lock_guard lock(state_->mutex);
    if (state_->size >= 0) {
      if (state_->size <= options.whole_object_bytes) wanted = state_->size;
      wanted = std::min(wanted, state_->size);
    }
  }
  auto part = std::make_shared<Part>();
  part->bytes = Buffer(core_->budget().pool());
  std::span<uint8_t> into = out;
  const bool held = wanted > 0 && part->bytes.resize_discard(narrow<size_t>(wanted)).ok();
  uint8_t last_byte = 0;
  if (held) {
    into = {part->bytes.data(), part->bytes.size()};
  } else if (into.empty()) {
    into = {&last_byte, 1};  // only the size is asked for
  }
  const auto operation = requests_->begin(state_, true, true, 0, into);
  if (operation == nullptr) return requests_->cancelled();
  VENEER_CHECK(operation->wait());
  int64_t size = 0;
  {
    std::lock_guard lock(state_->mutex);
    size = state_->size;
    if (held && operation->count() > 0) {
      // A suffix longer than the object fills the end of the buffer only.
      const size_t count = narrow<size_t>(operation->count());
      std::memmove(part->bytes.data(), part->bytes.data() + part->bytes.size() - count, count);
      VENEER_CHECK(part->bytes.resize(count));
      part->begin = operation->first();
      part->end = size;
      part->state = Part::State::ready;
      part->pinned = true;
      insert_sorted(&state_->parts, part);
    }
  }
  if (held && size > 0) copy_from_tail(out, &size);
  return size;
}

// Direct reads, in parts of a size that several connections share well.
void RemoteInput::split_direct(int64_t offset, std::span<uint8_t> out,
                               std::vector<Piece>* pieces) const {
  const ByteRange range{offset, narrow<int64_t>(out.size())};
  for (const PlannedPart& part :
       plan_parts({range}, 0, core_->options().part_bytes, offset + range.size)) {
    pieces->push_back(
        {part.begin,
         out.subspan(narrow<size_t>(part.begin - offset), narrow<size_t>(part.end - part.begin)),
         nullptr, nullptr});
  }
}

// With the state's mutex held.
std::vector<RemoteInput::Piece> RemoteInput::split(int64_t offset, std::span<uint8_t> out) {
  std::vector<Piece> pieces;
  const int64_t end = offset + narrow<int64_t>(out.size());
  for (int64_t at = offset; at < end;) {
    std::shared_ptr<Part> holder;
    int64_t next = end;  // where the next held part begins
    for (const auto& part : state_->parts) {
      if (part->state == Part::State::queued || part->end <= at) continue;
      if (part->begin <= at) {
        if (holder == nullptr || part->end > holder->end) holder = part;
      } else {
        next = std::min(next, part->begin);
      }
    }
    const int64_t until = holder != nullptr ? std::min(end, holder->end) : next;
    const auto piece = out.subspan(narrow<size_t>(at - offset), narrow<size_t>(until - at));
    if (holder != nullptr) {
      pieces.push_back({at, piece, std::move(holder), nullptr});
    } else {
      split_direct(at, piece, &pieces);
    }
    at = until;
  }
  return pieces;
}

Status RemoteInput::wait_for(const Piece& piece) {
  if (piece.operation != nullptr) return piece.operation->wait();
  if (piece.part == nullptr) return requests_->cancelled();
  Part& part = *piece.part;
  {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] {
      return part.state == Part::State::ready || part.state == Part::State::failed;
    });
    if (part.state == Part::State::failed) {
      std::erase(state_->parts, piece.part);  // whoever asks again, fetches again
      return part.failure;
    }
  }
  std::memcpy(piece.out.data(), part.bytes.data() + (piece.offset - part.begin), piece.out.size());
  return {};
}

// What has been read is no longer wanted; parts of which nothing is wanted go.
void RemoteInput::consumed(int64_t offset, int64_t size) {
  std::vector<std::shared_ptr<Part>> done;  // freed without the lock
  const int64_t end = offset + size;
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& part : state_->parts) {
      const int64_t from = std::max(offset, part->begin);
      const int64_t to = std::min(end, part->end);
      if (part->pinned || from >= to) continue;
      part->wanted_left -= to - from;
      if (part->wanted_left <= 0) {
        done.push_back(part);
      } else if (part->state == Part::State::queued && offset <= part->begin) {
        part->begin = to;  // it need not be fetched a second time
      }
    }
    std::erase_if(state_->parts, [&](const auto& part) {
      return std::find(done.begin(), done.end(), part) != done.end();
    });
    for (const auto& part : done) {
      if (part->state == Part::State::queued) part->state = Part::State::failed;
    }
  }
}

Status RemoteInput::read(int64_t offset, std::span<uint8_t> out) {
  const auto length = narrow<int64_t>(out.size());
  int64_t end = 0;
  if (offset < 0 || !checked_add(offset, length, &end)) {
    return Status::io("read outside of the object", offset).in_file(name());
  }
  if (out.empty()) return {};
  std::vector<Piece> pieces;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->size >= 0 && end > state_->size) {
      return Status::io(concat({"read past the end of ", state_->size, " bytes"}), offset)
          .in_file(name());
    }
    pieces = split(offset, out);
  }
  for (Piece& piece : pieces) {
    if (piece.part == nullptr) {
      piece.operation = requests_->begin(state_, true, false, piece.offset, piece.out);
    }
  }
  Status outcome;
  for (const Piece& piece : pieces) {
    if (outcome.ok()) {
      outcome = wait_for(piece);
    } else if (piece.operation != nullptr) {
      // After a failure the others are ended, and waited for: they write to the caller's memory.
      piece.operation->cancel();
      (void)piece.operation->wait();
    }
  }
  pieces.clear();
  consumed(offset, length);
  core_->budget().serve();
  return outcome;
}

void RemoteInput::will_need(std::span<const ByteRange> ranges) {
  const S3Options& options = core_->options();
  if (options.memory_budget <= 0 || ranges.empty()) return;
  std::vector<std::shared_ptr<Part>> planned;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->size < 0) return;  // not opened: nothing tells which ranges make sense
    ++generation_;
    std::vector<ByteRange> taken;
    for (const auto& part : state_->parts) {
      const int64_t begin = taken.empty()
                                ? part->begin
                                : std::max(part->begin, taken.back().offset + taken.back().size);
      if (part->end > begin) taken.push_back({begin, part->end - begin});
    }
    std::vector<ByteRange> rest;
    for (const ByteRange& range : ranges) {
      int64_t end = 0;
      if (range.offset < 0 || range.size <= 0 || !checked_add(range.offset, range.size, &end)) {
        continue;
      }
      subtract(range, taken, &rest);
      for (const auto& part : state_->parts) {
        const int64_t overlap = std::min(end, part->end) - std::max(range.offset, part->begin);
        if (overlap > 0 && part->generation != generation_) part->wanted_left += overlap;
      }
    }
    for (const PlannedPart& plan :
         plan_parts(std::move(rest), options.coalesce_gap, options.part_bytes, state_->size)) {
      auto part = std::make_shared<Part>();
      part->begin = plan.begin;
      part->end = plan.end;
      part->wanted_left = plan.wanted;
      part->generation = generation_;
      insert_sorted(&state_->parts, part);
      planned.push_back(std::move(part));
    }
  }
  for (auto& part : planned) {
    core_->budget().enqueue(std::make_shared<PartClaim>(requests_, state_, std::move(part)));
  }
  core_->budget().serve();
}

}  // namespace veneer::s3
