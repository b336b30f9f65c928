// The part of a source that other threads may look at.
#include "veneer/source.h"

namespace veneer::internal {
namespace {

std::shared_ptr<const Place> make_place(SourceToken token, bool in_batch) {
  auto place = std::make_shared<Place>();
  place->token = std::move(token);
  place->in_batch = in_batch;
  return place;
}

}  // namespace

SourceState::SourceState(std::string source_name, SourceToken start, int64_t row, bool in_batch,
                         std::shared_ptr<InputWatch> input_watch)
    : name_(std::move(source_name)), input_watch_(std::move(input_watch)), next_row_(row) {
  handoff_ = start.handoff;
  place_ = make_place(std::move(start), in_batch);
}

SourceStats SourceState::stats() const {
  SourceStats stats;
  stats.rows = rows_.load(std::memory_order_relaxed);
  stats.records = records_.load(std::memory_order_relaxed);
  stats.decode_errors = decode_errors_.load(std::memory_order_relaxed);
  stats.batches = batches_.load(std::memory_order_relaxed);
  stats.bytes = input_watch_->bytes.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  const Clock::duration spent = began_ ? spent_ + (Clock::now() - *began_) : spent_;
  stats.seconds = std::chrono::duration<double>(spent).count();
  return stats;
}

ScanStats SourceState::scan_stats() const {
  const std::lock_guard lock(scan_mutex_);
  return scan_ != nullptr ? scan_->stats() : last_scan_;
}

std::string SourceState::position() const {
  std::shared_ptr<const Place> place;
  int64_t row;
  {
    // Rows of a place are only set while it is the one, so the two belong together.
    const std::lock_guard lock(mutex_);
    place = place_;
    row = next_row_.load(std::memory_order_acquire);
  }
  return place->at(row);
}

std::string SourceState::handoff() const {
  const std::lock_guard lock(mutex_);
  return handoff_;
}

void SourceState::stop() noexcept {
  stopping_.store(true);
  {
    const std::lock_guard lock(scan_mutex_);
    if (scan_ != nullptr) scan_->cancel();
  }
  std::stop_source run(std::nostopstate);
  {
    const std::lock_guard lock(mutex_);
    run = run_stop_;
  }
  run.request_stop();  // may call back, so under no lock
}

void SourceState::close() noexcept {
  if (closed_.exchange(true)) return;
  stop();
}

Status SourceState::begin(const SourceToken& from, int64_t row, bool in_batch) {
  if (closed_.load()) return Status::invalid_argument("the source is closed").in_file(name_);
  if (running_.exchange(true)) {
    return Status::invalid_argument("another thread scans this source").in_file(name_);
  }
  {
    const std::lock_guard lock(mutex_);
    run_stop_ = std::stop_source();
    place_ = make_place(from, in_batch);
    next_row_.store(row, std::memory_order_release);
    handoff_ = from.handoff;
    began_ = Clock::now();
  }
  stopping_.store(false);
  // A close that came before the line above would else be missed; a later one stops the run.
  if (!closed_.load()) return {};
  end();
  return Status::invalid_argument("the source is closed").in_file(name_);
}

void SourceState::end() {
  {
    const std::lock_guard lock(mutex_);
    if (began_) spent_ += Clock::now() - *began_;
    began_.reset();
  }
  running_.store(false);
}

void SourceState::attach_scan(Scan* scan) {
  const std::lock_guard lock(scan_mutex_);
  scan_ = scan;
  if (stopping_.load()) scan->cancel();
}

void SourceState::detach_scan() {
  const std::lock_guard lock(scan_mutex_);
  last_scan_ = scan_->stats();
  scan_ = nullptr;
}

void SourceState::move_to(std::shared_ptr<const Place> place, int64_t next_row) {
  const std::lock_guard lock(mutex_);
  place_ = std::move(place);
  next_row_.store(next_row, std::memory_order_release);
}

}  // namespace veneer::internal
