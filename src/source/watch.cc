// Inputs and listers that hand everything on, and see what comes by: bytes read, which objects are
// open, and whether one has changed since a token was made.
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "base/crc32.h"
#include "base/macros.h"
#include "base/text.h"
#include "veneer/detail/source_run.h"

namespace veneer::internal {
namespace {

// What a file is told by, besides its size: its last bytes, the footer or its end, and all of a
// small file. As many as opening reads by default, so that they are not read again.
constexpr int64_t kTellingBytes = 64 << 10;

// Empty where the tail is too short to tell.
std::string file_identity_of(int64_t size, std::span<const uint8_t> tail) {
  const size_t wanted = narrow<size_t>(std::min(size, kTellingBytes));
  if (tail.size() < wanted) return {};
  return concat({size, "-", crc32(tail.last(wanted))});
}

class WatchedInput final : public Input {
 public:
  WatchedInput(std::shared_ptr<Input> input, std::shared_ptr<InputWatch> watch,
               std::function<void()> at_end)
      : input_(std::move(input)), watch_(std::move(watch)), at_end_(std::move(at_end)) {}
  ~WatchedInput() override {
    if (at_end_) at_end_();
  }

  std::string_view name() const noexcept override { return input_->name(); }
  Result<int64_t> size() override { return input_->size(); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    count(out.size());
    return input_->read(offset, out);
  }
  Result<int64_t> read_tail(std::span<uint8_t> out) override {
    Result<int64_t> size = input_->read_tail(out);
    if (!size || *size < 0) return size;
    const int64_t got = std::min(*size, narrow<int64_t>(out.size()));
    count(narrow<size_t>(got));
    if (!at_end_) watch_->identity = file_identity_of(*size, out.last(narrow<size_t>(got)));
    return size;
  }
  std::span<const uint8_t> view(int64_t offset, int64_t size) override {
    const std::span<const uint8_t> bytes = input_->view(offset, size);
    count(bytes.size());
    return bytes;
  }
  void will_need(std::span<const ByteRange> ranges) override { input_->will_need(ranges); }
  void wont_need(ByteRange range) override { input_->wont_need(range); }
  int64_t preferred_read_bytes() const noexcept override { return input_->preferred_read_bytes(); }

 private:
  void count(size_t bytes) noexcept {
    watch_->bytes.fetch_add(narrow<int64_t>(bytes), std::memory_order_relaxed);
  }

  std::shared_ptr<Input> input_;
  std::shared_ptr<InputWatch> watch_;
  std::function<void()> at_end_;  // of the objects of a lister
};

// Which objects are open, or were so short a while ago that a batch of them may still wait.
class Objects final : public ObjectWatch, public std::enable_shared_from_this<Objects> {
 public:
  explicit Objects(WatchOptions options) : options_(std::move(options)) {
    for (ObjectRow& object : options_.from) {
      std::string key = object.key;
      unlisted_.insert(key);
      from_.insert_or_assign(std::move(key), std::move(object));
    }
    options_.from.clear();
  }

  std::string identity(std::string_view key) const override {
    const std::lock_guard lock(mutex_);
    const auto found = opened_.find(key);
    return found == opened_.end() ? std::string() : found->second.identity;
  }
  int64_t first_wanted(std::string_view key) const override {
    const std::lock_guard lock(mutex_);
    const auto found = from_.find(key);
    return found == from_.end() ? 0 : found->second.row;
  }
  void passed(std::string_view key, int64_t row) override {
    const std::lock_guard lock(mutex_);
    const auto found = from_.find(key);
    if (found != from_.end() && found->second.row <= row) from_.erase(found);
  }
  std::vector<ObjectRow> rest() const override {
    const std::lock_guard lock(mutex_);
    std::vector<ObjectRow> objects;
    for (const auto& [key, object] : from_) objects.push_back(object);
    return objects;
  }

  /// Holds a listed object to what the token says of it.
  Status check(const ObjectInfo& object) {
    const std::lock_guard lock(mutex_);
    const auto found = from_.find(object.key);
    if (found != from_.end()) unlisted_.erase(object.key);
    if (found == from_.end() || found->second.identity.empty() ||
        found->second.identity == identity_of(object)) {
      return {};
    }
    if (!options_.reread_changed) {
      return Status::io("the object has changed since the token was made").in_file(object.key);
    }
    from_.erase(found);
    return {};
  }
  /// Once all is listed: an object that was taken in part must be there.
  Status check_end() {
    const std::lock_guard lock(mutex_);
    if (unlisted_.empty()) return {};
    if (!options_.reread_changed) {
      return Status::io("the object is gone, and the token is of a row in the midst of it")
          .in_file(*unlisted_.begin());
    }
    for (const std::string& key : unlisted_) from_.erase(key);
    unlisted_.clear();
    return {};
  }
  Result<std::shared_ptr<Input>> open(Lister* lister, const ObjectInfo& object) {
    {
      const std::lock_guard lock(mutex_);
      Opened& entry = opened_[object.key];
      entry.identity = identity_of(object);
      ++entry.inputs;
    }
    Result<std::shared_ptr<Input>> input =
        options_.open_object ? options_.open_object(object.key) : lister->open(object);
    if (input && *input != nullptr) {
      return std::shared_ptr<Input>(std::make_shared<WatchedInput>(
          *std::move(input), options_.input_watch,
          [self = shared_from_this(), key = object.key] { self->closed(key); }));
    }
    closed(object.key);
    if (!input) return std::move(input).status();
    return Status::invalid_argument("open_object gave no input").in_file(object.key);
  }

 private:
  struct Opened {
    std::string identity;
    int64_t inputs = 0;
    uint64_t closed = 0;  // when the last input went
  };

  static std::string identity_of(const ObjectInfo& object) {
    return concat({object.size, "-", object.tag});
  }
  // Forgets objects only when so many others were closed after them that none of their batches can
  // still be on its way: memory does not grow with the number of objects.
  void closed(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = opened_.find(key);
    if (found == opened_.end() || --found->second.inputs > 0) return;
    found->second.closed = ++clock_;
    lately_closed_.emplace_back(key, clock_);
    while (lately_closed_.size() > 2 * options_.batches_waiting + 64) {
      const auto& [old, when] = lately_closed_.front();
      const auto entry = opened_.find(old);
      if (entry != opened_.end() && entry->second.inputs == 0 && entry->second.closed == when) {
        opened_.erase(entry);
      }
      lately_closed_.pop_front();
    }
  }

  WatchOptions options_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, ObjectRow, std::less<>> from_;
  std::set<std::string> unlisted_;  // of those
  std::map<std::string, Opened, std::less<>> opened_;
  std::deque<std::pair<std::string, uint64_t>> lately_closed_;
  uint64_t clock_ = 0;
};

class ObjectLister final : public Lister {
 public:
  ObjectLister(std::unique_ptr<Lister> lister, std::shared_ptr<Objects> objects)
      : lister_(std::move(lister)), objects_(std::move(objects)) {}

  std::string_view name() const noexcept override { return lister_->name(); }
  Result<bool> next(std::vector<ObjectInfo>* page) override {
    const size_t before = page->size();
    Result<bool> more = lister_->next(page);
    if (!more) return more;
    for (size_t i = before; i < page->size(); ++i) VENEER_CHECK(objects_->check((*page)[i]));
    if (!*more) VENEER_CHECK(objects_->check_end());
    return more;
  }
  bool names_given() const noexcept override { return lister_->names_given(); }
  Result<std::shared_ptr<Input>> open(const ObjectInfo& object) override {
    return objects_->open(lister_.get(), object);
  }
  void narrow(std::function<Below(std::string_view directory)> filter) override {
    lister_->narrow(std::move(filter));
  }
  int64_t directories_pruned() const noexcept override { return lister_->directories_pruned(); }
  void cancel() noexcept override { lister_->cancel(); }

 private:
  std::unique_ptr<Lister> lister_;
  std::shared_ptr<Objects> objects_;
};

class GivenObjects final : public Lister {
 public:
  GivenObjects(std::vector<ObjectInfo> objects, std::string name)
      : objects_(std::move(objects)), name_(std::move(name)) {}

  std::string_view name() const noexcept override { return name_; }
  Result<bool> next(std::vector<ObjectInfo>* page) override {
    page->insert(page->end(), std::make_move_iterator(objects_.begin()),
                 std::make_move_iterator(objects_.end()));
    objects_.clear();
    return std::exchange(first_, false);
  }
  Result<std::shared_ptr<Input>> open(const ObjectInfo& object) override {
    return Status::invalid_argument("the source was given objects, but no open_object")
        .in_file(object.key);
  }

 private:
  std::vector<ObjectInfo> objects_;
  std::string name_;
  bool first_ = true;
};

}  // namespace

std::shared_ptr<Input> watch_input(std::shared_ptr<Input> input,
                                   std::shared_ptr<InputWatch> watch) {
  return std::make_shared<WatchedInput>(std::move(input), std::move(watch), nullptr);
}

Result<std::string> file_identity(Input* input, const InputWatch& watch) {
  if (!watch.identity.empty()) return watch.identity;
  std::vector<uint8_t> tail(kTellingBytes);
  VENEER_TRY(const int64_t size, input->read_tail(tail));
  if (size < 0) return Status::io("the input has no size").in_file(input->name());
  const size_t got = narrow<size_t>(std::min(size, kTellingBytes));
  return file_identity_of(size, std::span(tail).last(got));
}

WatchedLister watch_lister(std::unique_ptr<Lister> lister, WatchOptions options) {
  auto objects = std::make_shared<Objects>(std::move(options));
  return {std::make_unique<ObjectLister>(std::move(lister), objects), objects};
}

std::unique_ptr<Lister> list_objects(std::vector<ObjectInfo> objects, std::string name) {
  return std::make_unique<GivenObjects>(std::move(objects), std::move(name));
}

}  // namespace veneer::internal
