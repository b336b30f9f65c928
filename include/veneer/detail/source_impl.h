// The bodies of Source and PrefixSource. Included by source.h; not for callers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "veneer/detail/source_run.h"
#include "veneer/source.h"

#pragma GCC visibility push(default)
namespace veneer {
namespace internal {

/// What turns the rows of a batch into records.
template <class T, class AnyBatch, class MakeId, class OnError>
struct RecordMaker {
  RowDecoder<T, AnyBatch>* decoder;
  const std::function<EventTime(const T&)>* event_time;
  MakeId make_id;    // (value, row)
  OnError on_error;  // (row, status)
};

/// Hands the rows of a batch from `begin` on to the sink, and keeps the state's position behind the
/// last row that is done with.
template <class T, class AnyBatch, class MakeId, class OnError, class Sink>
Status emit_rows(SourceState* state, const std::shared_ptr<const Place>& place,
                 std::string_view key, const AnyBatch& batch, size_t begin,
                 const RecordMaker<T, AnyBatch, MakeId, OnError>& maker, Sink& sink) {
  if (Status status = maker.decoder->attach(batch); !status.ok()) {
    return std::move(status).in_file(key);
  }
  for (size_t i = begin; i < batch.num_rows(); ++i) {
    if (state->is_stopping()) return Status::cancelled("the scan was stopped").in_file(key);
    const int64_t row = batch.row_number(i);
    state->count_row();
    Result<T> value = (*maker.decoder)(batch, i);
    if (!value) {
      const Status why = std::move(value).status().in_file(key);
      if (Status status = maker.on_error(row, why); !status.ok()) return status;
      state->count_decode_error();
    } else {
      Record<T> record;
      record.event_id = maker.make_id(*value, row);
      record.event_time = *maker.event_time
                              ? (*maker.event_time)(*value)
                              : std::chrono::time_point_cast<std::chrono::nanoseconds>(
                                    std::chrono::system_clock::now());
      record.value = *std::move(value);
      record.key.assign(key);
      record.row = row;
      record.place = place;
      if (Status status = sink(std::move(record)); !status.ok()) return status;
      state->count_record();
    }
    state->advance(row + 1);
  }
  return {};
}

}  // namespace internal

// ------------------------------------------------------------------------------------- Source<T>

template <class T>
struct Source<T>::State {
  State(SourceOptions<T> o, std::shared_ptr<internal::InputWatch> watch, std::string input_name,
        std::string input_identity)
      : options(std::move(o)),
        decoder(&options.decode),
        key(std::move(input_name)),
        identity(std::move(input_identity)),
        core(options.name.empty() ? key : options.name, start(), 0, true, std::move(watch)) {}

  static Result<std::unique_ptr<State>> make(std::shared_ptr<Input> input,
                                             SourceOptions<T> options) {
    if (input == nullptr) return Status::invalid_argument("the source has no input");
    if (options.batch_size < 1) return Status::invalid_argument("batch_size must be positive");
    auto watch = std::make_shared<internal::InputWatch>();
    input = internal::watch_input(std::move(input), watch);
    OpenOptions open = options.open;
    if (options.allocator != nullptr) open.allocator = options.allocator;
    Result<File> opened = File::open(input, std::move(open));
    if (!opened) return std::move(opened).status();
    Result<std::string> known = internal::file_identity(input.get(), *watch);
    if (!known) return std::move(known).status();
    auto state = std::make_unique<State>(std::move(options), std::move(watch),
                                         std::string(opened->name()), *std::move(known));
    Status fits = state->decoder.plan(opened->schema(), state->options.nulls_as_default,
                                      state->options.int96);
    if (!fits.ok()) return std::move(fits).in_file(opened->name());
    state->file = *std::move(opened);
    return state;
  }

  internal::SourceToken start() const {
    internal::SourceToken token;
    token.handoff = options.handoff_token;
    token.objects.push_back({.key = {}, .row = 0, .identity = identity});
    return token;
  }
  Result<internal::SourceToken> parse(std::string_view text) const {
    Result<internal::SourceToken> token = internal::parse_token(text, false);
    if (!token) return token;
    if (token->objects.front().identity != identity) {
      return Status::io("the file is not the one that the token is from, or has changed since")
          .in_file(key);
    }
    return token;
  }
  Status check_leaves_batch() const { return decoder.check_leaves_batch(); }

  template <class Sink>
  Status run(internal::SourceToken from, const std::stop_token& stop, Sink& sink) {
    const int64_t first = from.objects.front().row;
    const internal::SourceRun run(&core, stop, from, first, true);
    if (!run.status().ok()) return run.status();
    std::optional<File> open;
    {
      const std::lock_guard lock(mutex);
      open = file;
    }
    if (!open) return Status::invalid_argument("the source is closed").in_file(key);
    if (first > open->num_rows()) {
      return Status::invalid_argument("the token is of a row that the file has not").in_file(key);
    }
    if (core.is_stopping()) return Status::cancelled("the scan was stopped").in_file(key);
    if (first == open->num_rows()) return {};

    ReadOptions read;
    read.columns = options.columns.empty() ? decoder.columns() : options.columns;
    read.first_row = first;
    read.batch_rows = options.batch_size;
    read.threads = options.threads;
    read.checksums = options.checksums;
    read.int96 = options.int96;
    read.cancel = core.stopping();
    const auto make_id = [this](const T& value, int64_t row) {
      return options.event_id ? options.event_id(value) : internal::numbered(core.name(), row);
    };
    const auto on_error = [this](int64_t row, const Status& why) {
      return options.on_decode_error(row, why);
    };
    const internal::RecordMaker<T, Batch, decltype(make_id), decltype(on_error)> maker{
        &decoder, &options.event_time, make_id, on_error};
    BatchReader reader = open->read(std::move(read));
    Batch batch;
    while (reader.next(&batch)) {
      core.count_batch();
      Status status = internal::emit_rows(&core, core.place(), key, batch, 0, maker, sink);
      if (!status.ok()) return status;
    }
    return reader.status();
  }
  void close() {
    core.close();
    const std::lock_guard lock(mutex);
    file.reset();
  }

  SourceOptions<T> options;
  internal::RowDecoder<T, Batch> decoder;
  const std::string key;
  const std::string identity;
  internal::SourceState core;
  std::mutex mutex;  // guards what follows
  std::optional<File> file;
};

// ------------------------------------------------------------------------------- PrefixSource<T>

template <class T>
struct PrefixSource<T>::State {
  State(ListerFactory factory, PrefixSourceOptions<T> o, std::string_view what)
      : options(std::move(o)),
        core(name_of(options, what), start(), 0, false, std::make_shared<internal::InputWatch>()),
        lister(std::move(factory)) {}

  static std::string name_of(const PrefixSourceOptions<T>& options, std::string_view what) {
    if (!options.name.empty()) return options.name;
    if (options.bucket.empty()) return options.prefix.empty() ? std::string(what) : options.prefix;
    return options.bucket + "/" + options.prefix;
  }
  internal::SourceToken start() const {
    internal::SourceToken token;
    token.of_prefix = true;
    token.handoff = options.handoff_token;
    return token;
  }
  Status check_leaves_batch() const {
    return internal::RowDecoder<T, ScanBatch>(&options.decode).check_leaves_batch();
  }

  template <class Sink>
  Status run(internal::SourceToken from, const std::stop_token& stop, Sink& sink) {
    const internal::SourceRun run(&core, stop, from, 0, false);
    if (!run.status().ok()) return run.status();
    if (options.batch_size < 1) return Status::invalid_argument("batch_size must be positive");
    ListerFactory factory;
    {
      const std::lock_guard lock(mutex);
      factory = lister;
    }
    if (!factory) return Status::invalid_argument("the source has no lister");
    internal::RowDecoder<T, ScanBatch> decoder(&options.decode);
    if (Status status = decoder.check(); !status.ok()) return status;
    if (core.is_stopping()) return Status::cancelled("the scan was stopped");

    Result<std::unique_ptr<Lister>> listed = factory();
    if (!listed) return std::move(listed).status();
    ScanOptions how = scan_options(decoder, from.scan);
    internal::WatchedLister watched =
        internal::watch_lister(*std::move(listed), {.open_object = options.open_object,
                                                    .from = from.objects,
                                                    .reread_changed = how.reread_changed,
                                                    .batches_waiting = batches_waiting(how),
                                                    .input_watch = core.input_watch()});
    Result<Scan> scan = Scan::open(std::move(watched.lister), std::move(how));
    if (!scan) return std::move(scan).status();
    const internal::AttachedScan attached(&core, &*scan);
    return emit(&*scan, std::move(from), &decoder, watched.watch.get(), sink);
  }
  void close() {
    core.close();
    const std::lock_guard lock(mutex);
    lister = nullptr;
  }

  PrefixSourceOptions<T> options;
  internal::SourceState core;
  std::mutex mutex;  // guards what follows
  ListerFactory lister;

 private:
  ScanOptions scan_options(const internal::RowDecoder<T, ScanBatch>& decoder,
                           const std::string& resume) const {
    ScanOptions how = options.scan;
    how.key_filter = options.key_filter;
    how.partition_filter = options.partition_filter;
    how.where = options.where;
    how.columns = options.columns.empty() ? decoder.top_level_columns() : options.columns;
    how.max_concurrency = options.max_concurrency;
    how.batch_rows = options.batch_size;
    if (options.allocator != nullptr) how.open.allocator = options.allocator;
    how.resume = resume;
    how.cancel = core.stopping();
    return how;
  }
  static size_t batches_waiting(const ScanOptions& how) {
    const int64_t readers = std::max(how.max_concurrency, 1);
    const int64_t queue = how.queue_batches > 0 ? how.queue_batches : 2 * readers;
    return static_cast<size_t>(readers + queue);
  }

  template <class Sink>
  Status emit(Scan* scan, internal::SourceToken before, internal::RowDecoder<T, ScanBatch>* decoder,
              internal::ObjectWatch* watch, Sink& sink) {
    std::string key;
    const auto make_id = [&](const T& value, int64_t row) {
      return options.event_id ? options.event_id(value, key, row) : internal::numbered(key, row);
    };
    const auto on_error = [&](int64_t row, const Status& why) {
      return options.on_decode_error(key, row, why);
    };
    const internal::RecordMaker<T, ScanBatch, decltype(make_id), decltype(on_error)> maker{
        decoder, &options.event_time, make_id, on_error};
    ScanBatch batch;
    bool planned = false;
    while (scan->next(&batch)) {
      if (!planned) {  // an empty scan has no schema to hold the type to
        Result<const Schema*> schema = scan->schema();
        if (!schema) return std::move(schema).status();
        Status fits = decoder->plan(**schema, options.nulls_as_default);
        if (!fits.ok()) return std::move(fits).in_file(core.name());
        planned = true;
      }
      key.assign(batch.key());
      core.count_batch();
      // Rows that the run before had handed out of a batch that it did not finish.
      const int64_t wanted = watch->first_wanted(key);
      size_t begin = 0;
      while (begin < batch.num_rows() && batch.row_number(begin) < wanted) ++begin;

      auto place = std::make_shared<internal::Place>();
      place->in_batch = true;
      place->token = before;
      std::erase_if(place->token.objects, [&](const auto& object) { return object.key == key; });
      place->token.objects.insert(place->token.objects.begin(),
                                  {.key = key, .row = 0, .identity = watch->identity(key)});
      core.move_to(place, std::max(batch.first_row(), wanted));
      Status status = internal::emit_rows(&core, core.place(), key, batch, begin, maker, sink);
      if (!status.ok()) return status;

      watch->passed(key, batch.row_number(batch.num_rows() - 1) + 1);
      before.scan = scan->token();
      before.objects = watch->rest();
      auto between = std::make_shared<internal::Place>();
      between->token = before;
      core.move_to(std::move(between), 0);
    }
    return scan->status();
  }
};

}  // namespace veneer
#pragma GCC visibility pop
