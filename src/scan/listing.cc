// The listing half of a scan.
#include <algorithm>

#include "base/checked.h"
#include "base/macros.h"
#include "scan/pipeline.h"

namespace veneer::scan {
namespace {

// Objects that may wait where not all have to be known: about ten megabytes.
constexpr size_t kMostWaiting = 50'000;

}  // namespace

// All that is known of matched objects, in a few numbers: parts must be of the same listing.
Part Pipeline::part_of_listing() const {
  Part part;
  part.split = options_.split;
  part.split_count = options_.split_count;
  part.objects = ledger_.listed().objects;
  part.bytes = static_cast<uint64_t>(bytes_listed_);
  part.hash = sizes_hash_;
  return part;
}

Status Pipeline::add_matched(const ObjectInfo& object, const std::vector<PartitionValue>& values) {
  VENEER_TRY(const Standing standing, ledger_.list(object.key));
  if (!checked_add(bytes_listed_, object.size, &bytes_listed_)) {
    return Status::over_limit("the objects' sizes add up to more than 64 bits hold");
  }
  inference_.add(values);
  unfinished_ = unfinished_ || standing != Standing::done;
  sizes_hash_ += hash_text(object.key) ^ (static_cast<uint64_t>(object.size) * 0x9E3779B97F4A7C15u);
  Waiting waiting;
  waiting.text.reserve(object.key.size() + object.tag.size());
  waiting.text = object.key;
  waiting.text += object.tag;
  waiting.key_size = narrow<uint32_t>(object.key.size());
  waiting.size = object.size;
  waiting.begin = bytes_listed_ - object.size;
  waiting.sorted = ledger_.listed().sorted;
  waiting.hash = ledger_.listed().hash;
  waiting.standing = standing;
  waiting_.push_back(std::move(waiting));
  ++stats_.objects_matched;
  stats_.bytes_matched += object.size;
  return {};
}

// Filters are the caller's code: they are called without the lock.
Status Pipeline::add_page(const std::vector<ObjectInfo>& page, Lock* lock) {
  struct Matched {
    const ObjectInfo* object;
    std::vector<PartitionValue> values;
  };
  std::vector<Matched> matched;
  int64_t skipped = 0;
  int64_t empty = 0;
  int64_t pruned = 0;
  for (const ObjectInfo& object : page) {
    if (stopping()) return {};
    std::vector<PartitionValue> values;
    VENEER_TRY(const ObjectFate fate, selector_.select(object, &values));
    switch (fate) {
      case ObjectFate::skipped: ++skipped; break;
      case ObjectFate::empty: ++empty; break;
      case ObjectFate::pruned: ++pruned; break;
      case ObjectFate::matched: matched.push_back({&object, std::move(values)}); break;
    }
  }
  lock->lock();
  stats_.directories_pruned = lister_->directories_pruned();
  stats_.objects_listed += static_cast<int64_t>(page.size());
  stats_.objects_skipped += skipped;
  stats_.objects_empty += empty;
  stats_.objects_pruned += pruned;
  for (const Matched& each : matched) VENEER_CHECK(add_matched(*each.object, each.values));
  return {};
}

// Objects of the token that are not there any more: their rows are lost, which is an error by name.
Status Pipeline::check_missing(Lock* lock) {
  while (!ledger_.missing().empty()) {
    const std::string key = *ledger_.missing().begin();
    Status gone = named(Status::not_found("the object, whose rows the resume token has in part, is "
                                          "not there any more"),
                        key);
    lock->unlock();
    const bool skipped = skips(key, gone);
    lock->lock();
    if (!skipped) return gone;
    ++stats_.objects_failed;
    ledger_.forget(key);
  }
  return {};
}

Status Pipeline::end_listing(Lock* lock) {
  VENEER_CHECK(ledger_.end_listing());
  VENEER_CHECK(check_missing(lock));
  if (options_.partition_columns && ledger_.listed().objects > 0) {
    VENEER_CHECK(inference_.check_declared());
  }
  const Part part = part_of_listing();
  if (resumed_part_.has_value() && *resumed_part_ != part) {
    return Status::io("the objects are not those that the scan was cut into parts of");
  }
  if (part.split_count > 1) part_ = part;
  listing_done_ = true;
  stats_.listing_done = true;
  return {};
}

// One page, or the end.
void Pipeline::list_page() {
  std::vector<ObjectInfo> page;
  auto more = lister_->next(&page);
  Lock lock(mutex_, std::defer_lock);
  Status status;
  if (!more) {
    status = more.status();
  } else {
    status = add_page(page, &lock);
  }
  if (!lock.owns_lock()) lock.lock();
  if (status.ok() && more && !*more) status = end_listing(&lock);
  if (!status.ok()) fail(std::move(status).in_file(lister_->name()));
  start_workers();
  worker_signal_.notify_all();
  consumer_signal_.notify_all();
}

// True where the listing should wait for the workers.
bool Pipeline::lists_ahead() const {
  return !wants_full_listing() && waiting_.size() > kMostWaiting;
}

void Pipeline::start_workers() {
  if (!kThreads || lists_only_ || stopping()) return;
  const auto wanted =
      std::min<uint64_t>(ledger_.listed().objects, static_cast<uint64_t>(options_.max_concurrency));
  while (workers_.size() < wanted) {
    Thread thread;
    const bool started = thread.start(
        [](void* self) -> void* {
          Worker worker(static_cast<Pipeline*>(self));
          while (worker.step()) {
          }
          return nullptr;
        },
        this);
    // Fewer workers will do, none will not.
    if (!started) {
      if (workers_.empty()) fail(Status::io("the system does not let a thread start"));
      return;
    }
    workers_.push_back(std::move(thread));
  }
}

void Pipeline::list_all() {
  Lock lock(mutex_);
  while (!stopping() && !listing_done_) {
    if (lists_ahead()) {
      listing_signal_.wait(lock);
      continue;
    }
    lock.unlock();
    list_page();
    lock.lock();
  }
  // Without any object there is no worker, and the schema still has to be settled.
  const bool alone = workers_.empty();
  lock.unlock();
  if (alone) {
    Worker worker(this);
    while (worker.step()) {
    }
  }
}

}  // namespace veneer::scan
