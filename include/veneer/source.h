// Rows as records of the caller's own type, for pipelines: from one file, or from all files of a
// directory or bucket.
//
//   veneer::PrefixSource<Trip> source("data/trips", {.where = "year = 2026"});
//   veneer::Status status = source.scan(stop, [&](veneer::Record<Trip>&& trip) -> veneer::Status {
//     return store(trip.event_id, trip.value);
//   });
//   if (!status.ok()) save(source.position());   // resume() goes on behind the last stored record
//
// Trip has a veneer::Binding (rows.h), or the options a `decode` function.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "veneer/channel.h"
#include "veneer/detail/source_run.h"
#include "veneer/file.h"
#include "veneer/memory.h"
#include "veneer/scan.h"
#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

using EventTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// One row, decoded. It owns what it holds, but for views that T may have: those are valid until
/// the sink returns.
template <class T>
struct Record {
  T value{};
  /// What tells it from all other records, in every run alike: see the options' event_id.
  std::string event_id;
  EventTime event_time{};
  /// The object that it is from: its key relative to what is scanned, or the input's name.
  std::string key;
  /// Ordinal of its row in that object, from 0 on.
  int64_t row = 0;

  /// Where to go on behind this record: what the source's `position` is once a sink has taken it.
  /// Good for whoever pops records from a channel and is done with all up to this one.
  std::string token() const { return place == nullptr ? std::string() : place->at(row + 1); }

  std::shared_ptr<const internal::Place> place;  ///< for `token`
};

/// What a source has done so far, all its scans together.
struct SourceStats {
  int64_t rows = 0;           ///< handed to decode: records and decode errors, and one in the works
  int64_t records = 0;        ///< taken by a sink
  int64_t decode_errors = 0;  ///< rows dropped because they could not be decoded
  int64_t batches = 0;
  int64_t bytes = 0;   ///< taken from inputs, the footers' included
  double seconds = 0;  ///< inside scan and resume
};

/// What becomes of a row that cannot be decoded. Made from a callable that returns nothing: the row
/// is dropped; or one that returns a Status: the row is dropped where it is ok, and else it ends
/// the scan, before that row. The default drops. Dropped rows are counted, see
/// SourceStats::decode_errors.
template <class... Args>
class DecodeErrorHandler {
 public:
  DecodeErrorHandler() noexcept = default;
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, DecodeErrorHandler> &&
           std::invocable<std::decay_t<F>&, Args...>)
      DecodeErrorHandler(F&& f) {  // NOLINT: implicit by design
    using Out = std::invoke_result_t<std::decay_t<F>&, Args...>;
    static_assert(std::is_void_v<Out> || std::convertible_to<Out, Status>,
                  "on_decode_error returns nothing or a veneer::Status");
    if constexpr (std::is_void_v<Out>) {
      call_ = [g = std::forward<F>(f)](Args... args) mutable -> Status {
        g(args...);
        return {};
      };
    } else {
      call_ = std::forward<F>(f);
    }
  }
  Status operator()(Args... args) const { return call_ ? call_(args...) : Status(); }

 private:
  std::function<Status(Args...)> call_;
};

/// A callable that takes records: `Status(Record<T>&&)`. A failure ends the scan with that status,
/// and the record does not count as taken.
template <class Sink, class T>
concept RecordSink = std::is_invocable_r_v<Status, Sink&, Record<T> &&>;

template <class T>
struct SourceOptions {
  /// What event ids begin with, and `name` gives. Default: the input's name.
  std::string name = {};
  /// Makes a T from one row of a batch. Its columns are those of `columns`, in that order. Default:
  /// by Binding<T>. A failure is a decode error: the next row follows.
  std::function<Result<T>(const Batch& batch, size_t row)> decode = {};
  /// Default: "<name>:<row>".
  std::function<std::string(const T& value)> event_id = {};
  /// Default: the time at which it is decoded.
  std::function<EventTime(const T& value)> event_time = {};
  /// Told the row's ordinal and why it could not be decoded.
  DecodeErrorHandler<int64_t, const Status&> on_decode_error = {};
  /// Most rows of a batch.
  int32_t batch_size = 4096;
  /// Where the file's memory comes from; null means that of `open`.
  Allocator* allocator = nullptr;
  /// Where the live stream takes over from this snapshot: captured by the caller before the
  /// snapshot begins, so that no event falls between the two. Opaque; see capture_handoff.
  std::string handoff_token = {};

  /// Paths of what to read, as in ReadOptions. Empty means what the binding binds; with `decode`,
  /// every column.
  std::vector<std::string> columns = {};
  /// Binding: see RowOptions.
  bool nulls_as_default = false;
  // As in ReadOptions.
  int32_t threads = 1;
  bool checksums = true;
  Int96As int96 = Int96As::stored;
  OpenOptions open = {};
};

/// The rows of one file as records, in file order.
///
/// One thread at a time may `scan` or `resume`; all other functions may be called from any thread,
/// also meanwhile. Moving it, and destroying it, is for when no scan runs. The options' functions
/// and the sink are called by the thread that scans.
template <class T>
class Source {
 public:
  /// Opens the file and checks it against the binding. The source owns `input`, together with
  /// whoever else holds it: `close` lets go of it.
  static Result<Source> open(std::shared_ptr<Input> input, SourceOptions<T> options = {}) {
    Result<std::unique_ptr<State>> state = State::make(std::move(input), std::move(options));
    if (!state) return std::move(state).status();
    return Source(*std::move(state));
  }
  /// The same over a file of the local file system.
  static Result<Source> open(const std::string& path, SourceOptions<T> options = {}) {
    Result<std::shared_ptr<Input>> input =
        options.open.memory_map ? map_input(path) : open_input(path);
    if (!input) return std::move(input).status();
    return open(*std::move(input), std::move(options));
  }
  /// The same over an input that stays the caller's: it must outlive the source, or its `close`.
  static Result<Source> borrow(Input* input, SourceOptions<T> options = {}) {
    return open(std::shared_ptr<Input>(std::shared_ptr<Input>(), input), std::move(options));
  }

  /// Hands every row to `sink`, from the first one on. Ok at the end; `cancelled` where a stop is
  /// requested or the source closed meanwhile; the sink's own status where it fails.
  template <RecordSink<T> Sink>
  Status scan(std::stop_token stop, Sink&& sink) {
    return state_->run(state_->start(), stop, sink);
  }
  /// The same into a channel, waiting while it is full. It is not closed at the end: several
  /// sources may fill one channel. Where others close it, the scan ends with `cancelled`.
  Status scan(std::stop_token stop, Channel<Record<T>>& channel) {
    if (Status status = state_->check_leaves_batch(); !status.ok()) return status;
    return scan(stop, internal::channel_sink<T>(&state_->core, &channel));
  }

  /// Hands out the rows behind the place that `token` tells: each row that no sink has taken yet,
  /// once. Rows before are not read again. Fails where the token is not one, and where it is of
  /// another file or of one that has changed since: told by its size and last 64 KiB.
  template <RecordSink<T> Sink>
  Status resume(std::string_view token, std::stop_token stop, Sink&& sink) {
    Result<internal::SourceToken> from = state_->parse(token);
    if (!from) return std::move(from).status();
    return state_->run(*std::move(from), stop, sink);
  }
  Status resume(std::string_view token, std::stop_token stop, Channel<Record<T>>& channel) {
    if (Status status = state_->check_leaves_batch(); !status.ok()) return status;
    return resume(token, stop, internal::channel_sink<T>(&state_->core, &channel));
  }

  /// Where to go on: behind the last record that a sink has taken, and rows dropped since. One
  /// printable line.
  std::string position() const { return state_->core.position(); }
  /// The options' handoff_token. After a resume that of the run which the token is from: the
  /// snapshot began back then. Tokens hold it.
  std::string capture_handoff() const { return state_->core.handoff(); }

  /// Lets go of the file and its input, once a scan that runs has ended: it does so soon. Further
  /// calls do nothing; further scans fail.
  void close() { state_->close(); }

  const std::string& name() const noexcept { return state_->core.name(); }
  SourceStats stats() const { return state_->core.stats(); }

 private:
  struct State;
  explicit Source(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
  std::unique_ptr<State> state_;
};

/// Makes the listing of one scan: see Lister.
using ListerFactory = std::function<Result<std::unique_ptr<Lister>>()>;

/// Makes listings of a bucket's prefixes, as S3Client does.
template <class Client>
concept ListingClient = requires(const Client& client, const std::string& text) {
  { client.list(text, text) } -> std::same_as<Result<std::unique_ptr<Lister>>>;
};

template <class T>
struct PrefixSourceOptions {
  /// What is listed, where the source is made from a client; else only part of `name`.
  std::string bucket = {};
  std::string prefix = {};
  /// Default: bucket and prefix, or else the location.
  std::string name = {};
  /// Makes a T from one row of a batch. Its columns are those of `columns`, in that order. Default:
  /// by Binding<T>, partition columns included. A failure is a decode error: the next row follows.
  std::function<Result<T>(const ScanBatch& batch, size_t row)> decode = {};
  /// `row` is the ordinal in the object. Default: "<key>:<row>".
  std::function<std::string(const T& value, std::string_view key, int64_t row)> event_id = {};
  /// Default: the time at which it is decoded.
  std::function<EventTime(const T& value)> event_time = {};
  // Which objects: as in ScanOptions.
  std::function<bool(const Partition&)> partition_filter = {};
  std::function<bool(std::string_view key)> key_filter = {};
  std::string where = {};
  /// Told the object, the row's ordinal in it, and why it could not be decoded.
  DecodeErrorHandler<std::string_view, int64_t, const Status&> on_decode_error = {};
  /// Objects read at once.
  int32_t max_concurrency = 4;
  /// Most rows of a batch.
  int32_t batch_size = 4096;
  /// Where the files' memory comes from; null means that of `scan.open`.
  Allocator* allocator = nullptr;
  /// See SourceOptions.
  std::string handoff_token = {};
  /// Opens listed objects instead of their lister: tests give bytes without a server. From several
  /// threads at once.
  internal::OpenObject open_object = {};

  /// Top-level columns to read. Empty means what the binding binds (a name with a dot counts as a
  /// path then); with `decode`, every column.
  std::vector<std::string> columns = {};
  /// Binding: see RowOptions.
  bool nulls_as_default = false;
  /// All else of the scan: order, schemas, splits, progress, on_error. What stands above counts
  /// instead of its own; `resume` and `cancel` are not looked at.
  ScanOptions scan = {};
};

/// The rows of all objects below a place as records: those of one object in order, objects in order
/// of arrival unless `ScanOptions::ordered`.
///
/// One thread at a time may `scan` or `resume`; all other functions may be called from any thread,
/// also meanwhile. Moving it, and destroying it, is for when no scan runs. decode, event_id,
/// event_time, on_decode_error and the sink are called by the thread that scans.
template <class T>
class PrefixSource {
 public:
  /// A local directory, file or glob.
  explicit PrefixSource(std::string location, PrefixSourceOptions<T> options = {})
      : PrefixSource([location] { return list_glob(location); }, std::move(options), location) {}
  /// Objects of the given listing, for which `open_object` gives the bytes.
  explicit PrefixSource(std::vector<ObjectInfo> objects, PrefixSourceOptions<T> options)
      : PrefixSource(
            [objects = std::move(objects)]() -> Result<std::unique_ptr<Lister>> {
              return internal::list_objects(objects, "objects");
            },
            std::move(options), "objects") {}
  /// Whatever `lister` lists: it is called at the start of each scan.
  explicit PrefixSource(ListerFactory lister, PrefixSourceOptions<T> options = {})
      : PrefixSource(std::move(lister), std::move(options), "lister") {}
  /// The options' bucket and prefix, by a client that is copied: S3Client.
  template <ListingClient Client>
  explicit PrefixSource(const Client& client, PrefixSourceOptions<T> options)
      : PrefixSource(ListerFactory(), std::move(options), "client") {
    state_->lister = [client, bucket = state_->options.bucket, prefix = state_->options.prefix] {
      return client.list(bucket, prefix);
    };
  }

  /// Hands every row to `sink`. Ok at the end; `cancelled` where a stop is requested or the source
  /// closed meanwhile; the sink's own status where it fails.
  template <RecordSink<T> Sink>
  Status scan(std::stop_token stop, Sink&& sink) {
    return state_->run(state_->start(), stop, sink);
  }
  /// The same into a channel, waiting while it is full. It is not closed at the end: several
  /// sources may fill one channel. Where others close it, the scan ends with `cancelled`.
  Status scan(std::stop_token stop, Channel<Record<T>>& channel) {
    if (Status status = state_->check_leaves_batch(); !status.ok()) return status;
    return scan(stop, internal::channel_sink<T>(&state_->core, &channel));
  }

  /// Hands out each row that no sink has taken yet, once: those behind the place that `token`
  /// tells, which is of a source with the same location and options. Fails where the token is not
  /// one, and where an object that was taken in part has changed (see ScanOptions::reread_changed).
  template <RecordSink<T> Sink>
  Status resume(std::string_view token, std::stop_token stop, Sink&& sink) {
    Result<internal::SourceToken> from = internal::parse_token(token, true);
    if (!from) return std::move(from).status();
    return state_->run(*std::move(from), stop, sink);
  }
  Status resume(std::string_view token, std::stop_token stop, Channel<Record<T>>& channel) {
    if (Status status = state_->check_leaves_batch(); !status.ok()) return status;
    return resume(token, stop, internal::channel_sink<T>(&state_->core, &channel));
  }

  /// Where to go on: behind the last record that a sink has taken, and rows dropped since. One
  /// printable line.
  std::string position() const { return state_->core.position(); }
  /// The options' handoff_token. After a resume that of the run which the token is from: the
  /// snapshot began back then. Tokens hold it.
  std::string capture_handoff() const { return state_->core.handoff(); }

  /// Ends a scan that runs, soon, and lets go of the lister. Further calls do nothing; further
  /// scans fail.
  void close() { state_->close(); }

  const std::string& name() const noexcept { return state_->core.name(); }
  SourceStats stats() const { return state_->core.stats(); }
  /// What became of the objects, in the scan that runs or else the last one.
  ScanStats scan_stats() const { return state_->core.scan_stats(); }

 private:
  struct State;
  PrefixSource(ListerFactory lister, PrefixSourceOptions<T> options, std::string_view what)
      : state_(std::make_unique<State>(std::move(lister), std::move(options), what)) {}
  std::unique_ptr<State> state_;
};

}  // namespace veneer
#pragma GCC visibility pop

#include "veneer/detail/source_impl.h"  // IWYU pragma: export
