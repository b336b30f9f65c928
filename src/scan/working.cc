// The second half of a scan's work: objects are read, in the order of the listing.
#include <algorithm>

#include "base/checked.h"
#include "base/macros.h"
#include "scan/pipeline.h"

namespace veneer::scan {

// Bytes of an object that this scan (or part) reads, as far as its place in the listing tells.
int64_t Pipeline::share_of(int64_t begin, int64_t size) const {
  return std::max<int64_t>(0, std::min(begin + size, span_.end) - std::max(begin, span_.begin));
}

// The next object to be read, taken off the waiting ones; what needs no reading is passed over.
Pipeline::Active* Pipeline::next_active() {
  while (!waiting_.empty()) {
    const uint64_t index = first_waiting_++;
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    const int64_t share = share_of(waiting.begin, waiting.size);
    if (share == 0) continue;
    ObjectInfo info = waiting.info();
    const Watermark at{info.key, waiting.sorted, index + 1, waiting.hash};
    if (waiting.failed) {
      ledger_.pass(index, at);
      stats_.bytes_done += share;
      continue;
    }
    if (waiting.standing == Standing::done) {
      ++stats_.objects_done;
      stats_.bytes_done += share;
      continue;
    }
    auto made = std::make_unique<Active>();
    made->index = index;
    made->begin = waiting.begin;
    made->standing = waiting.standing;
    made->share = share;
    if (const auto kept = kept_.find(index); kept != kept_.end()) {
      made->file = std::move(kept->second);
      kept_.erase(kept);
    }
    const OpenObject* resumed = ledger_.find_open(info.key);
    OpenObject open{info.key, info.tag, info.size, 0};
    bool changed = false;
    if (resumed != nullptr) {
      changed = resumed->tag != info.tag || resumed->size != info.size;
      if (!changed || !options_.reread_changed) open = *resumed;
    }
    made->changed = changed && !options_.reread_changed;
    made->skip = made->rows_out = open.rows;
    made->info = std::move(info);
    ledger_.take(index, at, std::move(open), waiting.standing);
    return active_.emplace(index, std::move(made)).first->second.get();
  }
  return nullptr;
}

Pipeline::Task Pipeline::take_task(Lock* lock) {
  Task task;
  while (!stopping()) {
    if (!settled_) {
      if (can_settle()) {
        settling_ = true;
        task.kind = TaskKind::settle;
        return task;
      }
      if (next_footer(&task)) return task;
    } else {
      task.active = next_active();
      if (waiting_.empty()) listing_signal_.notify_all();
      if (task.active != nullptr) {
        task.kind = TaskKind::read;
        return task;
      }
      if (listing_done_) {
        consumer_signal_.notify_all();
        return task;
      }
    }
    if (!kThreads) return task;
    worker_signal_.wait(*lock);
  }
  return task;
}

Result<ObjectReader> Pipeline::open_object(Active* active) {
  if (active->changed) {
    return Status::io("the object has changed since the resume token was made");
  }
  std::optional<File> file = std::move(active->file);
  const bool known = file.has_value();
  if (!known) {
    VENEER_TRY(std::shared_ptr<Input> input, lister_->open(active->info));
    VENEER_TRY(file, File::open(std::move(input), options_.open));
  }
  auto context = std::make_shared<ObjectContext>();
  context->key = active->info.key;
  context->values = parse_partitions(active->info.key);
  ObjectReader::Plan plan;
  plan.target = target_;
  plan.object = std::move(context);
  plan.strict = schema_source_ == SchemaSource::first_file;
  plan.begin = active->begin;
  plan.size = active->info.size;
  plan.span = span_;
  plan.skip = active->skip;
  plan.options = &options_;
  plan.where = where_.get();
  plan.cancel = &stop_;
  VENEER_TRY(ObjectReader reader, ObjectReader::make(*std::move(file), std::move(plan)));
  Lock lock(mutex_);
  active->rows_total = reader.total_rows();
  if (schema_source_ != SchemaSource::all_files && !known) stats_.rows_total += reader.total_rows();
  return reader;
}

// A batch more than may wait is made only for the object that the consumer waits for.
bool Pipeline::may_produce(const Active& active) const {
  if (queued_ + reserved_ < static_cast<size_t>(options_.queue_batches)) return true;
  return options_.ordered && active_.begin()->second.get() == &active && active.items.empty();
}

void Pipeline::add_item(Active* active, Item item) {
  if (item.batch != nullptr) ++queued_;
  active->items.push_back(std::move(item));
  if (!options_.ordered) arrivals_.push_back(active);
  consumer_signal_.notify_all();
}

// One batch of an object. False where the object has ended, one way or the other.
bool Pipeline::make_batch(Active* active, ObjectReader* reader) {
  std::unique_ptr<BatchState> state;
  {
    Lock lock(mutex_);
    while (kThreads && !stopping() && !may_produce(*active)) worker_signal_.wait(lock);
    if (stopping()) return false;
    ++reserved_;
    if (!spare_.empty()) {
      state = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  if (state == nullptr) {
    state = std::make_unique<BatchState>();
    state->pool = pool_;
  }
  auto made = reader->next(state.get());
  Lock lock(mutex_);
  --reserved_;
  if (!made || !*made) {
    spare_.push_back(std::move(state));
    if (made) {
      stats_.filter += reader->filter_stats();
      work_ended(active);
      return false;
    }
    lock.unlock();
    object_failed(active, std::move(made).status());
    return false;
  }
  add_item(active, {std::move(state), Status()});
  const bool more = reader->rows_left() > 0;
  active->worker_done = !more;
  if (!more) stats_.filter += reader->filter_stats();
  return more;
}

// The worker is through with it: it ends now, or when the consumer has its last batch.
void Pipeline::work_ended(Active* active) {
  active->worker_done = true;
  if (active->items.empty()) finish(active);
  consumer_signal_.notify_all();
}

void Pipeline::object_failed(Active* active, Status status) {
  if (stopping()) return;
  status = named(std::move(status), active->info.key);
  const bool skipped = skips(active->info.key, status);
  Lock lock(mutex_);
  active->failed = true;
  if (!skipped) {
    // What was read before it still reaches the consumer.
    add_item(active, {nullptr, std::move(status)});
  }
  work_ended(active);
}

// Asks the caller whether an object that cannot be read is skipped.
bool Pipeline::skips(const std::string& key, const Status& status) {
  if (!options_.on_error || status.code() == StatusCode::cancelled) return false;
  std::lock_guard lock(error_mutex_);
  return options_.on_error(key, status);
}

void Pipeline::finish(Active* active) {
  ledger_.finish(active->index);
  ++(active->failed ? stats_.objects_failed : stats_.objects_done);
  stats_.bytes_done += active->share;
  active_.erase(active->index);
  // In key order it may be another worker's turn now.
  worker_signal_.notify_all();
}

bool Pipeline::Worker::step() {
  if (active_ != nullptr) {
    if (pipeline_->make_batch(active_, &*reader_)) return true;
    active_ = nullptr;
    reader_.reset();
    return true;
  }
  Lock lock(pipeline_->mutex_);
  Task task = pipeline_->take_task(&lock);
  lock.unlock();
  switch (task.kind) {
    case TaskKind::none: return false;
    case TaskKind::footer: pipeline_->read_footer(std::move(task)); return true;
    case TaskKind::settle: pipeline_->settle(); return true;
    case TaskKind::read: break;
  }
  auto reader = pipeline_->open_object(task.active);
  if (!reader) {
    pipeline_->object_failed(task.active, std::move(reader).status());
    return true;
  }
  if (reader->rows_left() == 0) {
    lock.lock();
    pipeline_->work_ended(task.active);
    return true;
  }
  active_ = task.active;
  reader_.emplace(*std::move(reader));
  return true;
}

}  // namespace veneer::scan
