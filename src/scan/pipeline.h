// The engine of a scan: a listing thread, workers, and what lies between them and the consumer.
//
//   Lister ─pages→ Selector ─matched→ objects ─in order→ workers ─batches→ consumer
//
// At first the workers read the footers that the schema is made of, while the listing goes on; once
// it is settled they read the objects, in the order of the listing. Without threads the consumer
// does a little of everything in turn.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.h"
#include "scan/batch_state.h"
#include "scan/hive.h"
#include "scan/ledger.h"
#include "scan/object_reader.h"
#include "scan/select.h"
#include "scan/split.h"
#include "scan/threads.h"
#include "scan/unite.h"
#include "veneer/scan.h"

namespace veneer::scan {

class Pipeline {
 public:
  static Result<std::unique_ptr<Pipeline>> start(std::unique_ptr<Lister> lister,
                                                 ScanOptions options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // As Scan has them.
  Result<const Schema*> schema();
  bool next(ScanBatch* batch);
  Status status() const;
  void cancel() noexcept;
  ScanStats stats() const;
  std::string token() const;
  static Result<std::vector<std::string>> parts(std::unique_ptr<Lister> lister,
                                                const ScanOptions& options, int32_t count);

 private:
  class Worker;
  using Lock = std::unique_lock<std::mutex>;

  // A matched object that waits for its turn: a million of them are no rarity.
  struct Waiting {
    std::string text;  // key and tag
    uint32_t key_size = 0;
    bool sorted = true;   // as in Watermark
    bool failed = false;  // when its footer was read
    Standing standing = Standing::fresh;
    uint64_t hash = 0;  // as in Watermark
    int64_t size = 0;
    int64_t begin = 0;  // in the bytes of all matched objects

    std::string_view key() const { return std::string_view(text).substr(0, key_size); }
    ObjectInfo info() const { return {std::string(key()), size, text.substr(key_size)}; }
  };
  // What a worker made for the consumer: a batch, or the end of the scan.
  struct Item {
    std::unique_ptr<BatchState> batch;
    Status failure;
  };
  // An object that a worker has taken and the consumer has not seen the end of.
  struct Active {
    uint64_t index = 0;
    ObjectInfo info;
    int64_t begin = 0;
    Standing standing = Standing::fresh;
    std::optional<File> file;  // where it is open already
    int64_t share = 0;         // bytes of it that the scan reads
    int64_t skip = 0;          // rows that the resumed token counts as handed out
    int64_t rows_total = 0;
    int64_t rows_out = 0;  // skip included
    std::deque<Item> items;
    bool worker_done = false;
    bool failed = false;
    bool changed = false;  // since the token, which is an error
  };
  enum class TaskKind : uint8_t { none, footer, settle, read };
  struct Task {
    TaskKind kind = TaskKind::none;
    ObjectInfo info;  // footer
    uint64_t index = 0;
    Active* active = nullptr;  // read
  };
  enum class SchemaSource : uint8_t { all_files, first_file, target };

  Pipeline(std::unique_ptr<Lister> lister, ScanOptions options, Selector selector);
  Status prepare();
  Status check_where(const TargetSchema& target) const;

  // listing.cc: by the listing thread, or the consumer.
  void list_all();
  void list_page();
  Status add_page(const std::vector<ObjectInfo>& page, Lock* lock);
  Status add_matched(const ObjectInfo& object, const std::vector<PartitionValue>& values);
  Status end_listing(Lock* lock);
  Status check_missing(Lock* lock);
  void start_workers();
  bool lists_ahead() const;
  Part part_of_listing() const;

  // opening.cc: by the workers, until the schema is settled.
  bool wants_full_listing() const;
  bool can_settle() const;
  bool footers_read() const;
  bool nothing_to_read() const;
  bool next_footer(Task* task);
  void read_footer(Task task);
  void merge_footers(Lock* lock);
  void keep_file(uint64_t index, File file);
  void settle();
  void settle_split();

  // working.cc: by the workers.
  Task take_task(Lock* lock);
  Active* next_active();
  Waiting& waiting_at(uint64_t index) {
    return waiting_[static_cast<size_t>(index - first_waiting_)];
  }
  Result<ObjectReader> open_object(Active* active);
  bool may_produce(const Active& active) const;
  bool make_batch(Active* active, ObjectReader* reader);
  void add_item(Active* active, Item item);
  void work_ended(Active* active);
  void object_failed(Active* active, Status status);
  bool skips(const std::string& key, const Status& status);
  void finish(Active* active);
  int64_t share_of(int64_t begin, int64_t size) const;

  // pipeline.cc: by the consumer.
  bool pump();
  bool wait_for_work(Lock* lock);
  bool pop(Item* item, Active** from);
  bool at_end() const;
  bool stopping() const noexcept;
  void fail(Status status);
  void recycle(ScanBatch* batch);
  Status named(Status status, const std::string& key) const;

  std::unique_ptr<Lister> lister_;
  ScanOptions options_;
  Selector selector_;  // the listing thread's
  std::shared_ptr<const filter::Expression> where_;
  SchemaSource schema_source_ = SchemaSource::all_files;
  std::shared_ptr<MemoryPool> pool_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::atomic<bool> stop_{false};
  std::atomic<bool> cancelled_{false};

  mutable std::mutex mutex_;  // guards all that follows, but where it says otherwise
  Signal consumer_signal_;
  Signal worker_signal_;
  Signal listing_signal_;
  Status status_;
  ScanStats stats_;
  bool consumer_done_ = false;

  // Listing.
  bool listing_done_ = false;
  bool lists_only_ = false;  // parts: no thread is started
  PartitionInference inference_;
  Ledger ledger_;
  uint64_t sizes_hash_ = 0;  // of all matched objects' keys and sizes
  int64_t bytes_listed_ = 0;
  bool unfinished_ = false;  // some object was listed that the resumed token does not call done
  std::deque<Waiting> waiting_;
  uint64_t first_waiting_ = 0;  // index of waiting_.front()
  std::optional<Part> resumed_part_;
  std::optional<Part> part_;  // once the listing is done

  // Schema.
  bool settled_ = false;
  bool settling_ = false;
  uint64_t next_footer_ = 0;
  uint64_t next_merge_ = 0;
  bool merging_ = false;
  std::map<uint64_t, std::optional<File>> footers_;  // read, not yet merged; empty: failed
  bool first_known_ = false;
  SchemaUnion union_;              // of whoever set merging_ or settling_
  std::map<uint64_t, File> kept_;  // files that stay open until their turn
  int64_t kept_bytes_ = 0;
  std::shared_ptr<const TargetSchema> target_;
  ByteSpan span_;

  // Reading.
  std::map<uint64_t, std::unique_ptr<Active>> active_;
  std::deque<Active*> arrivals_;  // one for each item, where not ordered
  size_t queued_ = 0;             // batches in items
  size_t reserved_ = 0;
  std::vector<std::unique_ptr<BatchState>> spare_;

  std::mutex error_mutex_;              // held while on_error is called
  std::unique_ptr<Worker> own_worker_;  // the consumer's, without threads
  std::vector<Thread> workers_;
  Thread listing_thread_;
};

/// Works off tasks: a step is a footer, an object opened, or one batch.
class Pipeline::Worker {
 public:
  explicit Worker(Pipeline* pipeline) : pipeline_(pipeline) {}
  /// False where there is nothing left to do (without threads: for now).
  bool step();

 private:
  Pipeline* pipeline_;
  Active* active_ = nullptr;
  std::optional<ObjectReader> reader_;
};

}  // namespace veneer::scan
