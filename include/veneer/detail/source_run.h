// How a source runs: tokens, places, counters, and the loop over a batch's rows. What Source and
// PrefixSource are made of. Not for callers; see source.h.
#pragma once

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "veneer/channel.h"
#include "veneer/detail/row_cursors.h"
#include "veneer/rows.h"
#include "veneer/scan.h"
#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

struct SourceStats;
template <class T>
struct Record;

namespace internal {

/// The rows of an object before `row` are dealt with. `identity` tells a changed object; empty
/// where it is not known.
struct ObjectRow {
  std::string key;
  int64_t row = 0;
  std::string identity;
};

/// What a source's token says.
struct SourceToken {
  bool of_prefix = false;
  std::string handoff;
  /// Scan::token; empty at the start. Always empty for one file.
  std::string scan;
  /// What is done beyond that; for one file just it.
  std::vector<ObjectRow> objects;
};
std::string format_token(const SourceToken& token);
/// Untrusted text: invalid_argument unless `format_token` could have made it for such a source.
Result<SourceToken> parse_token(std::string_view text, bool of_prefix);

/// Where a batch is from: a token whose first object is the batch's, but for the row. Or, between
/// batches, a whole token.
struct Place {
  SourceToken token;
  bool in_batch = false;

  std::string at(int64_t next_row) const;
};

/// Bytes taken from a source's inputs, and what identifies the last file opened.
struct InputWatch {
  std::atomic<int64_t> bytes{0};
  std::string identity;  // of a file: its size, and a checksum of its last bytes
};
/// An input that hands all calls on to `input`, and counts in `watch`.
std::shared_ptr<Input> watch_input(std::shared_ptr<Input> input, std::shared_ptr<InputWatch> watch);
/// What identifies the file behind an input of `watch_input`, once it has been opened: without a
/// further read unless opening began with a small tail (OpenOptions::tail_bytes).
Result<std::string> file_identity(Input* input, const InputWatch& watch);

/// What is known of the objects of a PrefixSource while it runs. For several threads.
class ObjectWatch {
 public:
  virtual ~ObjectWatch() = default;
  /// What identifies an object of which a batch is at hand.
  virtual std::string identity(std::string_view key) const = 0;
  /// The first row of the object that was not dealt with in the run that is gone on with.
  virtual int64_t first_wanted(std::string_view key) const = 0;
  /// The rows of the object before `row` have come by.
  virtual void passed(std::string_view key, int64_t row) = 0;
  /// What is left of the token that the run went on from.
  virtual std::vector<ObjectRow> rest() const = 0;
};
using OpenObject = std::function<Result<std::shared_ptr<Input>>(std::string_view key)>;
struct WatchOptions {
  OpenObject open_object;       ///< instead of Lister::open, where given
  std::vector<ObjectRow> from;  ///< of the token gone on from
  bool reread_changed = false;  ///< see ScanOptions
  size_t batches_waiting = 0;   ///< how many may be between an input's end and its consumer
  std::shared_ptr<InputWatch> input_watch;
};
struct WatchedLister {
  std::unique_ptr<Lister> lister;
  std::shared_ptr<ObjectWatch> watch;
};
WatchedLister watch_lister(std::unique_ptr<Lister> lister, WatchOptions options);
/// Lists these objects; what is listed is opened by WatchOptions::open_object.
std::unique_ptr<Lister> list_objects(std::vector<ObjectInfo> objects, std::string name);

/// The part of a source that does not depend on its type, shared with threads that look on.
class SourceState {
 public:
  /// `start`, `row` and `in_batch` are where a first scan begins: see Place.
  SourceState(std::string source_name, SourceToken start, int64_t row, bool in_batch,
              std::shared_ptr<InputWatch> input_watch);

  // From any thread.
  const std::string& name() const noexcept { return name_; }
  SourceStats stats() const;
  ScanStats scan_stats() const;
  std::string position() const;
  std::string handoff() const;
  /// Ends a run that is under way, soon.
  void stop() noexcept;
  void close() noexcept;
  /// What OpenOptions and ReadOptions can look at.
  const std::atomic<bool>* stopping() const noexcept { return &stopping_; }
  const std::shared_ptr<InputWatch>& input_watch() const noexcept { return input_watch_; }

  // From the thread that runs.
  Status begin(const SourceToken& from, int64_t row, bool in_batch);
  void end();
  /// Stopped when the run is, for whatever waits on its behalf.
  std::stop_token run_token() const noexcept { return run_stop_.get_token(); }
  const std::shared_ptr<const Place>& place() const noexcept { return place_; }
  /// `scan` is cancelled by `stop`, and asked for its stats, until `detach_scan`.
  void attach_scan(Scan* scan);
  void detach_scan();
  void move_to(std::shared_ptr<const Place> place, int64_t next_row);
  void advance(int64_t next_row) noexcept { next_row_.store(next_row, std::memory_order_release); }
  bool is_stopping() const noexcept { return stopping_.load(std::memory_order_relaxed); }
  void count_batch() noexcept { add_one(&batches_); }
  void count_row() noexcept { add_one(&rows_); }
  void count_record() noexcept { add_one(&records_); }
  void count_decode_error() noexcept { add_one(&decode_errors_); }

 private:
  using Clock = std::chrono::steady_clock;
  // One thread writes: no locked instruction is needed.
  static void add_one(std::atomic<int64_t>* count) noexcept {
    count->store(count->load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  const std::string name_;
  const std::shared_ptr<InputWatch> input_watch_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> closed_{false};
  std::atomic<bool> running_{false};
  std::atomic<int64_t> rows_{0};
  std::atomic<int64_t> records_{0};
  std::atomic<int64_t> decode_errors_{0};
  std::atomic<int64_t> batches_{0};
  std::atomic<int64_t> next_row_{0};

  mutable std::mutex mutex_;  // guards what follows; only the thread that runs writes the first two
  std::shared_ptr<const Place> place_;
  std::stop_source run_stop_;
  std::string handoff_;
  Clock::duration spent_{};
  std::optional<Clock::time_point> began_;

  mutable std::mutex scan_mutex_;  // guards what follows; taken alone
  Scan* scan_ = nullptr;
  ScanStats last_scan_;
};

/// One scan or resume, from begin to end.
class SourceRun {
 public:
  SourceRun(SourceState* state, const std::stop_token& stop, const SourceToken& from, int64_t row,
            bool in_batch)
      : state_(state), status_(state->begin(from, row, in_batch)) {
    if (status_.ok()) on_stop_.emplace(stop, Stop{state});
  }
  SourceRun(const SourceRun&) = delete;
  SourceRun& operator=(const SourceRun&) = delete;
  ~SourceRun() {
    on_stop_.reset();
    if (status_.ok()) state_->end();
  }
  /// Whether the run may begin.
  const Status& status() const noexcept { return status_; }

 private:
  struct Stop {
    SourceState* state;
    void operator()() const noexcept { state->stop(); }
  };
  SourceState* state_;
  Status status_;
  std::optional<std::stop_callback<Stop>> on_stop_;
};

/// The scan of a run, known to the source's state for as long as both are there.
class AttachedScan {
 public:
  AttachedScan(SourceState* state, Scan* scan) : state_(state) { state->attach_scan(scan); }
  AttachedScan(const AttachedScan&) = delete;
  AttachedScan& operator=(const AttachedScan&) = delete;
  ~AttachedScan() { state_->detach_scan(); }

 private:
  SourceState* state_;
};

/// Whether a bound struct has a std::string_view anywhere, so that it cannot leave its batch.
template <class T>
constexpr bool holds_views() {
  if constexpr (std::same_as<T, std::string_view>) {
    return true;
  } else if constexpr (Unwrapped<T>::is_optional) {
    return holds_views<typename Unwrapped<T>::type>();
  } else if constexpr (MapLike<T>) {
    return holds_views<typename MapTypes<T>::Key>() || holds_views<typename MapTypes<T>::Value>();
  } else if constexpr (kIsVector<T>) {
    return holds_views<typename T::value_type>();
  } else if constexpr (BoundStruct<T>) {
    return std::apply(
        []<class... Members>(const FieldBinding<T, Members>&...) {
          return (holds_views<Members>() || ...);
        },
        Binding<T>::fields);
  } else {
    return false;
  }
}

/// Decodes rows by Binding<T>.
template <class T>
class BoundRows {
 public:
  /// Checks the struct against a schema, once a file or scan.
  Status plan(const Schema& schema, bool nulls_as_default, Int96As int96) {
    plan_.schema = &schema;
    plan_.nulls_as_default = nulls_as_default;
    plan_.int96 = int96;
    if (rows_.plan(&plan_, schema.root())) return {};
    return Status::invalid_argument(plan_.mismatches);
  }
  /// Paths of what must be read; empty for all.
  std::vector<std::string> columns() const {
    return plan_.all_columns ? std::vector<std::string>() : plan_.columns;
  }
  /// The top-level columns that the struct's names begin with, whatever the schema.
  static std::vector<std::string> top_level_columns() {
    std::vector<std::string> names;
    std::apply(
        [&](const auto&... fields) {
          (add_new(&names, fields.name.substr(0, fields.name.find('.'))), ...);
        },
        Binding<T>::fields);
    return names;
  }

  template <class AnyBatch>
  Status attach(const AnyBatch& batch) {
    if (rows_.attach(batch)) return {};
    return Status::invalid_argument("a bound column was not read");
  }
  template <class AnyBatch>
  Result<T> read(const AnyBatch& batch, size_t i) {
    T value{};
    if (rows_.read(i, &value, &problem_)) return value;
    const std::string row = std::to_string(batch.row_number(i));
    return Status(problem_.code, "row " + row + ": " + problem_.what)
        .in_column(plan_.schema->element_path(problem_.field->element))
        .in_row_group(batch.row_group());
  }

 private:
  static void add_new(std::vector<std::string>* names, std::string_view name) {
    if (std::find(names->begin(), names->end(), name) == names->end()) names->emplace_back(name);
  }

  RowPlan plan_;
  StructCursor<T> rows_;
  RowProblem problem_;
};

/// How a source turns rows into T: by the caller's function or else by Binding<T>.
template <class T, class AnyBatch>
class RowDecoder {
 public:
  using Function = std::function<Result<T>(const AnyBatch&, size_t)>;
  static constexpr bool kBound = BoundStruct<T>;

  explicit RowDecoder(const Function* function) : function_(function) {}
  /// Whether there is a way to decode.
  Status check() const {
    if (kBound || *function_) return {};
    return Status::invalid_argument(
        "there is no decode function, and veneer::Binding is not specialised for the type");
  }
  /// Whether values may leave the batch that they are from.
  Status check_leaves_batch() const {
    if constexpr (kBound) {
      if (!*function_ && holds_views<T>()) {
        return Status::invalid_argument(
            "records whose type binds a std::string_view cannot go into a channel: it is valid "
            "only as long as the batch; bind a std::string");
      }
    }
    return {};
  }
  Status plan(const Schema& schema, bool nulls_as_default, Int96As int96 = Int96As::stored) {
    if constexpr (kBound) {
      if (!*function_) return bound_.plan(schema, nulls_as_default, int96);
    }
    return check();
  }
  /// What the plan wants read; empty for all.
  std::vector<std::string> columns() const {
    if constexpr (kBound) {
      if (!*function_) return bound_.columns();
    }
    return {};
  }
  /// The same before the schema is known.
  std::vector<std::string> top_level_columns() const {
    if constexpr (kBound) {
      if (!*function_) return BoundRows<T>::top_level_columns();
    }
    return {};
  }
  Status attach(const AnyBatch& batch) {
    if constexpr (kBound) {
      if (!*function_) return bound_.attach(batch);
    }
    return {};
  }
  Result<T> operator()(const AnyBatch& batch, size_t i) {
    if constexpr (kBound) {
      if (!*function_) return bound_.read(batch, i);
    }
    return (*function_)(batch, i);
  }

 private:
  struct Unbound {};
  const Function* function_;
  std::conditional_t<kBound, BoundRows<T>, Unbound> bound_;
};

/// A sink that fills a channel on behalf of a run.
template <class T>
auto channel_sink(const SourceState* state, Channel<Record<T>>* channel) {
  return [state, channel](Record<T>&& record) -> Status {
    if (channel->push(std::move(record), state->run_token())) return {};
    return Status::cancelled(state->is_stopping() ? "the scan was stopped"
                                                  : "the channel was closed");
  };
}

/// "prefix:number".
inline std::string numbered(std::string_view prefix, int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  std::string text;
  text.reserve(prefix.size() + 1 + static_cast<size_t>(end - digits));
  text.append(prefix).push_back(':');
  text.append(digits, end);
  return text;
}

}  // namespace internal
}  // namespace veneer
#pragma GCC visibility pop
