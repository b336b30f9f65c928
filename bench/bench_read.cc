// bench_read FILE [--mode decode|onecol|footer|point|hive] [--columns a,b] [--threads N]
//            [--repeat R] [--reads] [--where EXPR] [--col NAME --keys a,b]
//
// By memory map; --reads reads into memory instead, as the library does by default.
// --where reads only the rows for which it is true. Mode point opens the file once a key, and reads
// the rows whose column NAME is that key. Mode hive scans FILE, a directory with Hive partitions.
//
// Reads a file and touches every buffer that it was given, one 8-byte word of each 64-byte line, so
// that nothing can be left undecoded. Prints one JSON line per repetition, as other readers'
// benchmark programs do, so that they can be compared in one run.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/file.h"
#include "veneer/scan.h"

namespace {

struct Options {
  std::string file;
  std::string mode = "decode";
  std::vector<std::string> columns;
  std::string where;
  std::string key_column;
  std::vector<std::string> keys;
  int threads = 1;
  int repeat = 1;
  bool memory_map = true;
  int batch_rows = 0;
};

struct Touched {
  uint64_t sum = 0;
  int64_t values = 0;

  void bytes(const void* data, size_t size) {
    const auto* p = static_cast<const char*>(data);
    for (size_t i = 0; i + 8 <= size; i += 64) {
      uint64_t word;
      std::memcpy(&word, p + i, sizeof(word));
      sum += word;
    }
  }
  void column(const veneer::Column& column) {
    if (!column.validity().empty()) bytes(column.validity().data(), column.size() / 8);
    if (!column.offsets().empty()) bytes(column.offsets().data(), column.offsets().size_bytes());
    for (size_t i = 0; i < column.num_children(); ++i) this->column(column.child(i));
    if (column.field().kind != veneer::FieldKind::leaf) return;
    values += static_cast<int64_t>(column.size());
    if (column.value_kind() == veneer::ValueKind::boolean) {
      bytes(column.bits().data(), column.size() / 8);
      return;
    }
    const std::span<const uint8_t> all = column.raw_values();
    bytes(all.data(), all.size());
    for (const std::span<const uint8_t> buffer : column.buffers())
      bytes(buffer.data(), buffer.size());
  }
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int fail(const veneer::Status& status) {
  std::fprintf(stderr, "bench_read: %s\n", status.to_string().c_str());
  return 1;
}

int usage(const char* what) {
  std::fprintf(stderr, "bench_read: %s\n", what);
  return 2;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    parts.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

// All batches of a file or a scan.
template <class Reader, class AnyBatch>
veneer::Status touch_all(Reader* reader, AnyBatch* batch, int64_t* rows, Touched* touched) {
  while (reader->next(batch)) {
    *rows += static_cast<int64_t>(batch->num_rows());
    for (size_t i = 0; i < batch->num_columns(); ++i) touched->column(batch->column(i));
  }
  return reader->status();
}

veneer::Status read_rows(const Options& options, const veneer::File& file,
                         const veneer::Filter& filter, veneer::Batch* batch, int64_t* rows,
                         Touched* touched) {
  veneer::ReadOptions read;
  read.columns = options.columns;
  read.threads = options.threads;
  if (options.batch_rows != 0) read.batch_rows = options.batch_rows;
  read.filter = filter;
  veneer::BatchReader reader = file.read(read);
  return touch_all(&reader, batch, rows, touched);
}

veneer::Status read_directory(const Options& options, int64_t* rows, Touched* touched) {
  veneer::ScanOptions scan;
  scan.columns = options.columns;
  scan.max_concurrency = options.threads;
  auto opened = veneer::Scan::open(options.file, std::move(scan));
  if (!opened) return std::move(opened).status();
  veneer::ScanBatch batch;
  return touch_all(&*opened, &batch, rows, touched);
}

veneer::Status look_up(const Options& options, const veneer::OpenOptions& open,
                       const std::string& key, veneer::Batch* batch, int64_t* rows,
                       Touched* touched) {
  auto file = veneer::File::open(options.file, open);
  if (!file) return std::move(file).status();
  const veneer::Field* field = file->schema().find(options.key_column);
  if (field == nullptr || field->leaf < 0) return veneer::Status::not_found("no such column");
  const auto type = file->schema().leaf(static_cast<uint32_t>(field->leaf)).physical_type;
  const bool text = type == veneer::PhysicalType::byte_array;
  const auto kind = text ? veneer::Literal::Kind::text : veneer::Literal::Kind::number;
  return read_rows(options, *file,
                   veneer::col(options.key_column) == veneer::Literal::of(kind, key), batch, rows,
                   touched);
}

// One repetition. Batches and memory are kept from one to the next, as a program that reads many
// files would.
veneer::Status read_once(const Options& options, veneer::Allocator* allocator, veneer::Batch* batch,
                         int64_t* rows, Touched* touched) {
  veneer::OpenOptions open;
  open.allocator = allocator;
  open.memory_map = options.memory_map;
  *rows = 0;
  if (options.mode == "point") {
    for (const std::string& key : options.keys) {
      const veneer::Status status = look_up(options, open, key, batch, rows, touched);
      if (!status.ok()) return status;
    }
    return {};
  }
  if (options.mode == "hive") return read_directory(options, rows, touched);
  auto file = veneer::File::open(options.file, open);
  if (!file) return std::move(file).status();
  if (options.mode == "footer") {
    *rows = file->num_rows();
    touched->sum = file->schema().num_leaves();
    return {};
  }
  veneer::Filter filter;
  if (!options.where.empty()) {
    auto parsed = veneer::Filter::parse(options.where);
    if (!parsed) return std::move(parsed).status();
    filter = *std::move(parsed);
  }
  return read_rows(options, *file, filter, batch, rows, touched);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (arg == "--mode") {
      options.mode = value();
    } else if (arg == "--columns") {
      options.columns = split(value());
    } else if (arg == "--threads") {
      options.threads = std::atoi(value().c_str());
    } else if (arg == "--repeat") {
      options.repeat = std::atoi(value().c_str());
    } else if (arg == "--batch-rows") {
      options.batch_rows = std::atoi(value().c_str());
    } else if (arg == "--reads") {
      options.memory_map = false;
    } else if (arg == "--where") {
      options.where = value();
    } else if (arg == "--col") {
      options.key_column = value();
    } else if (arg == "--keys") {
      options.keys = split(value());
    } else if (arg == "--label") {
      value();
    } else if (options.file.empty() && !arg.starts_with("--")) {
      options.file = arg;
    } else {
      return usage(("unknown argument " + std::string(arg)).c_str());
    }
  }
  if (options.file.empty()) return usage("which file?");
  if (options.mode != "decode" && options.mode != "onecol" && options.mode != "footer" &&
      options.mode != "point" && options.mode != "hive") {
    return usage(("there is no mode " + options.mode).c_str());
  }
  const std::unique_ptr<veneer::Allocator> allocator = veneer::keeping_allocator();
  veneer::Batch batch;
  for (int i = 0; i < options.repeat; ++i) {
    Touched touched;
    int64_t rows = 0;
    const double cpu_begin = cpu_seconds();
    const double begin = now();
    const veneer::Status status = read_once(options, allocator.get(), &batch, &rows, &touched);
    const double seconds = now() - begin;
    const double cpu = cpu_seconds() - cpu_begin;
    if (!status.ok()) return fail(status);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"peer\":\"veneer\",\"file\":\"%s\",\"mode\":\"%s\",\"threads\":%d,\"rows\":%lld,"
        "\"values\":%lld,\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"peak_rss_kb\":%ld,"
        "\"checksum\":\"%016llx\"}\n",
        options.file.c_str(), options.mode.c_str(), options.threads, static_cast<long long>(rows),
        static_cast<long long>(touched.values), seconds, cpu, usage.ru_maxrss,
        static_cast<unsigned long long>(touched.sum));
  }
  return 0;
}
