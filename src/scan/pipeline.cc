// The consumer's half of a scan.
#include "scan/pipeline.h"

#include <algorithm>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"

namespace veneer::scan {
namespace {

constexpr std::chrono::milliseconds kPoll{50};
constexpr int32_t kMostConcurrency = 1024;

// What must be the same for a token to make sense.
uint64_t fingerprint_of(std::string_view location, const ScanOptions& options) {
  uint64_t hash = hash_text(location);
  hash = hash_text(options.where, hash);
  for (const std::string& column : options.columns) hash = hash_text(column, hash);
  return hash;
}

}  // namespace

Pipeline::Pipeline(std::unique_ptr<Lister> lister, ScanOptions options, Selector selector)
    : lister_(std::move(lister)),
      options_(std::move(options)),
      selector_(std::move(selector)),
      pool_(std::make_shared<MemoryPool>(
          options_.open.allocator != nullptr ? options_.open.allocator : default_allocator(),
          options_.open.limits.held_bytes)),
      inference_(options_.partition_types, options_.infer_partition_types),
      ledger_(fingerprint_of(lister_->name(), options_)),
      union_(pool_.get(), options_.by_field_id) {}

Status Pipeline::prepare() {
  ScanOptions& options = options_;
  if (options.max_concurrency < 1) {
    return Status::invalid_argument("max_concurrency must be at least 1");
  }
  if (options.batch_rows < 1) return Status::invalid_argument("batch_rows must be at least 1");
  if (options.queue_batches < 0) {
    return Status::invalid_argument("queue_batches must not be negative");
  }
  if (options.split_count < 1 || options.split < 0 || options.split >= options.split_count) {
    return Status::invalid_argument(
        concat({"there is no part ", options.split, " of ", options.split_count}));
  }
  options.max_concurrency = std::min(options.max_concurrency, kMostConcurrency);
  if (options.queue_batches == 0) options.queue_batches = 2 * options.max_concurrency;
  if (options.target != nullptr) {
    schema_source_ = SchemaSource::target;
  } else if (options.schema_from == SchemaFrom::first_file) {
    schema_source_ = SchemaSource::first_file;
  }
  if (!options.resume.empty()) {
    VENEER_TRY(Token token, Token::parse(options.resume));
    if (token.fingerprint != ledger_.token().fingerprint) {
      return Status::invalid_argument(
          "the resume token is of another location, other columns or another filter");
    }
    const Part part = token.part.value_or(Part());
    if (options.split_count == 1) {
      options.split = part.split;
      options.split_count = part.split_count;
    } else if ((token.part.has_value() || token.watermark.has_value()) &&
               (part.split != options.split || part.split_count != options.split_count)) {
      return Status::invalid_argument("the resume token is of another part of the scan");
    }
    resumed_part_ = token.part;
    part_ = token.part;
    ledger_.resume(std::move(token));
  }
  if (selector_.has_expression()) {
    where_ = selector_.expression();
    lister_->narrow(
        [selector = selector_](std::string_view directory) { return selector.below(directory); });
  }
  return {};
}

Result<std::unique_ptr<Pipeline>> Pipeline::start(std::unique_ptr<Lister> lister,
                                                  ScanOptions options) {
  if (lister == nullptr) return Status::invalid_argument("no lister to scan");
  // The selector keeps a pointer to the options, which move into the pipeline only once.
  VENEER_TRY(Selector checked, Selector::make(&options, lister->names_given()));
  std::unique_ptr<Pipeline> made(
      new Pipeline(std::move(lister), std::move(options), std::move(checked)));
  made->selector_.use(&made->options_);
  VENEER_CHECK(made->prepare());
  if (!kThreads) {
    made->own_worker_ = std::make_unique<Worker>(made.get());
    return made;
  }
  const bool started = made->listing_thread_.start(
      [](void* self) -> void* {
        static_cast<Pipeline*>(self)->list_all();
        return nullptr;
      },
      made.get());
  if (!started) return Status::io("the system does not let a thread start");
  return made;
}

Pipeline::~Pipeline() {
  stop_.store(true);
  lister_->cancel();
  {
    // So that no one goes to sleep between looking at stop_ and being woken.
    std::lock_guard lock(mutex_);
  }
  worker_signal_.notify_all();
  listing_signal_.notify_all();
  listing_thread_.join();
  for (Thread& worker : workers_) worker.join();
}

bool Pipeline::stopping() const noexcept {
  return stop_.load(std::memory_order_relaxed) ||
         (options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed));
}

void Pipeline::fail(Status status) {
  if (status_.ok()) status_ = std::move(status);
  stop_.store(true);
  lister_->cancel();
  worker_signal_.notify_all();
  listing_signal_.notify_all();
  consumer_signal_.notify_all();
}

Status Pipeline::named(Status status, const std::string& key) const {
  std::string file(lister_->name());
  if (!file.ends_with(key)) {
    if (!file.empty() && file.back() != '/') file += ": ";
    file += key;
  }
  return std::move(status).in_file(file);
}

void Pipeline::cancel() noexcept {
  cancelled_.store(true);
  stop_.store(true);
  lister_->cancel();
  { std::lock_guard lock(mutex_); }
  worker_signal_.notify_all();
  listing_signal_.notify_all();
  consumer_signal_.notify_all();
}

// Without threads: does the next thing that there is to do. False where there is none.
bool Pipeline::pump() {
  if (own_worker_->step()) return true;
  Lock lock(mutex_);
  if (listing_done_) return false;
  lock.unlock();
  list_page();
  return true;
}

// Waits for something to happen; false where the scan has been cancelled or has failed.
bool Pipeline::wait_for_work(Lock* lock) {
  if (status_.ok() && (cancelled_.load() || stopping())) {
    fail(Status::cancelled("the scan was cancelled").in_file(lister_->name()));
  }
  if (!status_.ok()) return false;
  if (kThreads) {
    consumer_signal_.wait_for(*lock, kPoll);
  } else {
    lock->unlock();
    pump();
    lock->lock();
  }
  return true;
}

Result<const Schema*> Pipeline::schema() {
  Lock lock(mutex_);
  while (!settled_) {
    if (!wait_for_work(&lock)) return status_;
  }
  return &target_->schema();
}

bool Pipeline::at_end() const {
  return settled_ && listing_done_ && waiting_.empty() && active_.empty();
}

// The next item, and the object that it is of.
bool Pipeline::pop(Item* item, Active** from) {
  if (options_.ordered) {
    if (active_.empty() || active_.begin()->second->items.empty()) return false;
    *from = active_.begin()->second.get();
  } else {
    if (arrivals_.empty()) return false;
    *from = arrivals_.front();
    arrivals_.pop_front();
  }
  *item = std::move((*from)->items.front());
  (*from)->items.pop_front();
  if (item->batch != nullptr) --queued_;
  worker_signal_.notify_all();
  return true;
}

// Takes back the memory of the batch before.
void Pipeline::recycle(ScanBatch* batch) {
  std::unique_ptr<BatchState> state = std::move(batch->state_);
  if (state == nullptr || state->pool != pool_) return;
  state->rows = 0;
  const size_t most =
      static_cast<size_t>(options_.queue_batches) + static_cast<size_t>(options_.max_concurrency);
  if (spare_.size() < most) spare_.push_back(std::move(state));
}

bool Pipeline::next(ScanBatch* batch) {
  Lock lock(mutex_);
  recycle(batch);
  Item item;
  Active* from = nullptr;
  while (true) {
    if (!status_.ok() || consumer_done_) return false;
    if (cancelled_.load() || stopping()) {
      wait_for_work(&lock);
      return false;
    }
    if (pop(&item, &from)) break;
    if (at_end()) {
      consumer_done_ = true;
      return false;
    }
    if (!wait_for_work(&lock)) return false;
  }
  if (item.batch == nullptr) {
    fail(std::move(item.failure));
    return false;
  }
  const auto rows = narrow<int64_t>(item.batch->rows);
  ledger_.hand_out(from->index, rows);
  from->rows_out += rows;
  stats_.rows += rows;
  if (from->worker_done && from->items.empty()) finish(from);
  batch->state_ = std::move(item.batch);
  lock.unlock();
  if (options_.progress) options_.progress(stats());
  return true;
}

Status Pipeline::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

ScanStats Pipeline::stats() const {
  std::lock_guard lock(mutex_);
  ScanStats stats = stats_;
  for (const auto& [index, active] : active_) {
    if (active->rows_total == 0) continue;
    const double part =
        static_cast<double>(active->rows_out) / static_cast<double>(active->rows_total);
    stats.bytes_done += static_cast<int64_t>(part * static_cast<double>(active->share));
  }
  stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  return stats;
}

std::string Pipeline::token() const {
  std::lock_guard lock(mutex_);
  Token token = ledger_.token();
  token.part = part_;
  return token.to_text();
}

Result<std::vector<std::string>> Pipeline::parts(std::unique_ptr<Lister> lister,
                                                 const ScanOptions& options, int32_t count) {
  if (lister == nullptr) return Status::invalid_argument("no lister to scan");
  if (count < 1 || options.split_count != 1 || !options.resume.empty()) {
    return Status::invalid_argument("a whole scan is cut into at least one part");
  }
  VENEER_TRY(Selector selector, Selector::make(&options, lister->names_given()));
  Pipeline listing(std::move(lister), options, std::move(selector));
  listing.selector_.use(&listing.options_);
  listing.lists_only_ = true;
  VENEER_CHECK(listing.prepare());
  while (listing.status_.ok() && !listing.listing_done_) {
    listing.list_page();
    listing.waiting_.clear();
    if (listing.stopping() && listing.status_.ok()) {
      return Status::cancelled("the scan was cancelled");
    }
  }
  if (!listing.status_.ok()) return listing.status_;
  std::vector<std::string> texts;
  for (int32_t i = 0; i < count; ++i) {
    Token token = listing.ledger_.token();
    token.part = listing.part_of_listing();
    token.part->split = i;
    token.part->split_count = count;
    texts.push_back(token.to_text());
  }
  return texts;
}

}  // namespace veneer::scan
