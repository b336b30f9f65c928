// The first half of a scan's work: footers are read, and the schema is settled.
#include <algorithm>

#include "base/macros.h"
#include "base/text.h"
#include "io/open_limit.h"
#include "scan/pipeline.h"

namespace veneer::scan {
namespace {

// Footers that may be read ahead of the one whose turn it is to be merged: their files are open.
uint64_t most_ahead() { return std::clamp<uint64_t>(io::open_files_limit() / 8, 1, 256); }
// Files that stay open between the schema and the reading of their rows, so that small ones are
// opened once; descriptors are left for what else the process has open.
size_t most_kept_files() { return std::min<size_t>(io::open_files_limit() / 4, 1'000); }
constexpr int64_t kMostKeptBytes = int64_t{64} << 20;

}  // namespace

// Types of partitions and bounds of parts depend on all keys.
bool Pipeline::wants_full_listing() const {
  if (schema_source_ == SchemaSource::all_files || options_.split_count > 1) return !settled_;
  if (settled_ || !options_.partition_columns) return false;
  return ledger_.listed().objects > 0 && !inference_.settled();
}

bool Pipeline::can_settle() const {
  if (settled_ || settling_ || merging_) return false;
  if (!listing_done_ && (ledger_.listed().objects == 0 || wants_full_listing())) return false;
  return schema_source_ == SchemaSource::target || footers_read();
}

bool Pipeline::footers_read() const {
  if (first_known_) return true;
  return listing_done_ && (nothing_to_read() || next_merge_ == ledger_.listed().objects);
}

// A scan that resumes where all is done costs a listing and no more.
bool Pipeline::nothing_to_read() const {
  return schema_source_ == SchemaSource::all_files && !unfinished_;
}

// Picks the next footer that the schema needs.
bool Pipeline::next_footer(Task* task) {
  if (schema_source_ == SchemaSource::target || first_known_ || nothing_to_read()) return false;
  const uint64_t ahead = schema_source_ == SchemaSource::first_file ? 1 : most_ahead();
  if (next_footer_ == ledger_.listed().objects || next_footer_ >= next_merge_ + ahead) return false;
  task->kind = TaskKind::footer;
  task->index = next_footer_++;
  task->info = waiting_at(task->index).info();
  return true;
}

void Pipeline::read_footer(Task task) {
  auto open = [&]() -> Result<File> {
    VENEER_TRY(std::shared_ptr<Input> input, lister_->open(task.info));
    return File::open(std::move(input), options_.open);
  };
  auto file = open();
  std::optional<File> opened;
  Status failure;
  if (file) {
    opened = *std::move(file);
  } else {
    failure = named(std::move(file).status(), task.info.key);
    if (stopping()) return;
    if (skips(task.info.key, failure)) failure = Status();
  }
  Lock lock(mutex_);
  if (!failure.ok()) {
    fail(std::move(failure));
    return;
  }
  if (!opened.has_value()) {
    waiting_at(task.index).failed = true;
    ++stats_.objects_failed;
  }
  footers_[task.index] = std::move(opened);
  merge_footers(&lock);
}

// Merges the schemas that have come so far, in the order of the listing: the order of the union's
// columns must not depend on which worker was the fastest. One thread at a time does it.
void Pipeline::merge_footers(Lock* lock) {
  if (merging_) return;
  merging_ = true;
  for (auto next = footers_.find(next_merge_); next != footers_.end() && !first_known_;
       next = footers_.find(next_merge_)) {
    std::optional<File> file = std::move(next->second);
    footers_.erase(next);
    const uint64_t index = next_merge_;
    if (file.has_value()) {
      const std::string key(waiting_at(index).key());
      lock->unlock();
      Status added = union_.add(file->schema(), file->name());
      const bool skipped = !added.ok() && !stopping() && skips(key, added);
      lock->lock();
      if (!added.ok() && !skipped) {
        fail(std::move(added));
        break;
      }
      if (skipped) {
        waiting_at(index).failed = true;
        ++stats_.objects_failed;
      } else {
        first_known_ = schema_source_ == SchemaSource::first_file;
        keep_file(index, *std::move(file));
      }
    }
    ++next_merge_;
  }
  merging_ = false;
  worker_signal_.notify_all();
}

void Pipeline::keep_file(uint64_t index, File file) {
  stats_.rows_total += file.num_rows();
  const int64_t bytes = file.held_bytes();
  if (kept_.size() >= most_kept_files() || kept_bytes_ + bytes > kMostKeptBytes) return;
  if (waiting_at(index).standing == Standing::done) return;
  kept_bytes_ += bytes;
  kept_.emplace(index, std::move(file));
}

void Pipeline::settle_split() {
  if (options_.split_count == 1) return;
  span_ = span_of_split(bytes_listed_, options_.split, options_.split_count);
  stats_.objects_matched = 0;
  stats_.bytes_matched = span_.end - span_.begin;
  for (const Waiting& waiting : waiting_) {
    if (share_of(waiting.begin, waiting.size) > 0) ++stats_.objects_matched;
  }
}

// Every name of the expression is one of a partition or of a column: a mistyped one would be null
// everywhere, and keep nothing.
Status Pipeline::check_where(const TargetSchema& target) const {
  if (where_ == nullptr || ledger_.listed().objects == 0 || nothing_to_read()) return {};
  for (const std::string& name : where_->columns()) {
    if (selector_.is_partition(name) || target.schema().find(name) != nullptr ||
        union_.has_column(name)) {
      continue;
    }
    return Status::invalid_argument(
        concat({"the filter expression names ", name, ", which is no column and no partition"}));
  }
  return {};
}

void Pipeline::settle() {
  Lock lock(mutex_);
  std::vector<PartitionColumn> partitions;
  if (options_.partition_columns) partitions = inference_.columns();
  lock.unlock();
  auto target = schema_source_ == SchemaSource::target
                    ? target_from(*options_.target, partitions, options_.columns, pool_.get())
                    : union_.finish(partitions, options_.columns);
  lock.lock();
  if (!target) {
    fail(std::move(target).status().in_file(lister_->name()));
    return;
  }
  if (Status known = check_where(**target); !known.ok()) {
    fail(std::move(known).in_file(lister_->name()));
    return;
  }
  target_ = *std::move(target);
  settle_split();
  settling_ = false;
  settled_ = true;
  worker_signal_.notify_all();
  listing_signal_.notify_all();
  consumer_signal_.notify_all();
}

}  // namespace veneer::scan
