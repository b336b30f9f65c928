// Listings of a bucket, by ListObjectsV2.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "s3/core.h"
#include "s3/responses.h"
#include "veneer/s3.h"

namespace veneer::s3 {

/// Finds out that a chain of continuation tokens has come back to where it was, whatever its
/// length, while remembering only one of them (Brent).
class TokenLoop {
 public:
  /// True where the token was seen before.
  bool repeats(const std::string& token);

 private:
  std::string remembered_;
  uint64_t steps_ = 0;
  uint64_t remember_at_ = 1;
};

/// What one chain of pages lists.
struct ListQuery {
  std::string bucket;
  std::string prefix;
  std::string start_after;
  std::string delimiter;
  bool url_encoding = false;
  int32_t page_keys = 0;
};

/// Tells a waiting lister that some page has come.
struct ListSignal {
  std::mutex mutex;
  std::condition_variable came;
};

/// The pages of one query, the next one being fetched while one is used. For one thread.
class PageStream {
 public:
  PageStream(Core* core, ListQuery query, std::string name, std::shared_ptr<CancelGroup> group,
             std::shared_ptr<ListSignal> signal)
      : core_(core),
        query_(std::move(query)),
        name_(std::move(name)),
        group_(std::move(group)),
        signal_(std::move(signal)) {}

  /// Begins to fetch the next page, unless that is under way.
  Status prime();
  /// The next page is there, or has failed. With the signal's mutex held.
  bool is_ready() const noexcept { return slot_ != nullptr && slot_->done; }
  /// Waits for the next page, and begins to fetch the one behind it.
  Result<ListPage> take();
  /// The last page was taken.
  bool is_over() const noexcept { return over_; }
  /// One level of directories, not all keys.
  bool is_by_level() const noexcept { return !query_.delimiter.empty(); }
  int64_t pages_taken() const noexcept { return pages_taken_; }
  const ListQuery& query() const noexcept { return query_; }

 private:
  struct Slot {
    ListPage page;
    bool done = false;  // guarded by the signal's mutex
  };
  Status check_page(const ListPage& page);

  Core* core_;
  const ListQuery query_;
  const std::string name_;
  const std::shared_ptr<CancelGroup> group_;
  const std::shared_ptr<ListSignal> signal_;
  std::shared_ptr<Slot> slot_;
  std::shared_ptr<Operation> operation_;
  std::string token_;
  std::string first_key_;
  TokenLoop loop_;
  int32_t empty_pages_ = 0;
  int64_t pages_taken_ = 0;
  bool over_ = false;
};

/// Flat listings by default. With a filter, or fanned out, a prefix is first looked into by one
/// level of "directories", and those that are wanted are listed in its place.
class S3Lister final : public Lister {
 public:
  S3Lister(std::shared_ptr<Core> core, std::string_view bucket, std::string_view prefix,
           S3ListOptions options);

  std::string_view name() const noexcept override { return name_; }
  Result<bool> next(std::vector<ObjectInfo>* page) override;
  Result<std::shared_ptr<Input>> open(const ObjectInfo& object) override;
  void narrow(std::function<Below(std::string_view directory)> filter) override {
    filter_ = std::move(filter);
  }
  int64_t directories_pruned() const noexcept override { return directories_pruned_; }
  void cancel() noexcept override;

 private:
  // What is still to be listed, in its place among the others: pages to come, or objects that a
  // look into a level has found beside its directories.
  struct Item {
    std::unique_ptr<PageStream> stream;
    std::vector<ListedObject> objects;
  };

  void begin();
  Below verdict(std::string_view prefix) const;
  /// Nothing where it lies before start_after, or where the filter wants none of it, which counts.
  void add(std::string prefix, Below verdict, std::vector<Item>* items);
  Item list(std::string prefix, bool by_level) const;
  Status prime();
  size_t wait_for_any();
  Status check_names(const ListPage& page, const PageStream& from) const;
  bool flat_is_cheaper(const std::vector<Below>& verdicts) const;
  void expand(size_t index, ListPage page);
  void emit(std::vector<ListedObject> objects, std::vector<ObjectInfo>* out) const;
  size_t window() const noexcept;

  std::shared_ptr<Core> core_;
  const std::string bucket_;
  const std::string prefix_;
  const std::string base_;  // the prefix up to its last '/'
  const std::string name_;
  const S3ListOptions options_;
  const std::string start_after_;  // a whole key, or empty
  const std::shared_ptr<CancelGroup> group_;
  const std::shared_ptr<ListSignal> signal_;
  std::function<Below(std::string_view)> filter_;
  int64_t directories_pruned_ = 0;
  bool begun_ = false;
  std::deque<Item> items_;
  Status failure_;  // of an earlier next
};

}  // namespace veneer::s3
