// Scans of up to three composed files (built_file.h), of which the further ones are the first with
// some choices changed, so that their schemas are nearly the same: in what order they come, in
// parts and resumed, a scan gives each row once; of one file it gives what the file gives.
#include "veneer/scan.h"

#include "fuzz/file/built_file.h"
#include "fuzz/file/read_modes.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

struct Object {
  std::string key;
  Bytes bytes;
};

class MemoryLister final : public Lister {
 public:
  explicit MemoryLister(const std::vector<Object>& objects) : objects_(objects) {}

  std::string_view name() const noexcept override { return "memory/"; }
  Result<bool> next(std::vector<ObjectInfo>* page) override {
    if (next_ == objects_.size()) return false;
    const Object& one = objects_[next_++];
    page->push_back({one.key, static_cast<int64_t>(one.bytes.size()), "1"});
    return next_ < objects_.size();
  }
  Result<std::shared_ptr<Input>> open(const ObjectInfo& object) override {
    for (const Object& one : objects_) {
      if (one.key == object.key) return memory_input(one.bytes, one.key);
    }
    return Status::not_found("no such object");
  }
  void cancel() noexcept override {}

 private:
  const std::vector<Object>& objects_;
  size_t next_ = 0;
};

struct Scanned {
  Status status;
  int64_t rows = 0;
  std::string token;          // behind the first batch
  int64_t rows_of_token = 0;  // that came until then
  std::vector<Digest> columns;
};

Scanned read(const std::vector<Object>& objects, const ScanOptions& options) {
  Scanned out;
  auto scan = Scan::open(std::make_unique<MemoryLister>(objects), options);
  if (!scan) {
    out.status = scan.status();
    return out;
  }
  ScanBatch batch;
  while (scan->next(&batch)) {
    require(batch.num_rows() > 0, "a batch has a row");
    const bool first = out.rows == 0;
    out.rows += static_cast<int64_t>(batch.num_rows());
    out.columns.resize(std::max(out.columns.size(), batch.num_columns()));
    for (size_t i = 0; i < batch.num_columns(); ++i) {
      require(batch.column(i).size() == batch.num_rows(), "a column has as many rows as its batch");
      for (size_t row = 0; row < batch.num_rows(); ++row) {
        add_value(batch.column(i), row, &out.columns[i]);
      }
    }
    if (first) {
      out.token = scan->token();
      out.rows_of_token = out.rows;
    }
  }
  out.status = scan->status();
  require(!scan->next(&batch), "the end stays the end");
  require(scan->stats().rows == out.rows, "rows are counted");
  return out;
}

// A file alone: the scan's columns are the file's.
void compare(const Object& object, const Scanned& scanned) {
  auto file = open_bytes(object.bytes, true);
  require_ok(file.status(), "what was scanned can be opened");
  std::vector<Digest> columns(file->schema().fields().size());
  BatchReader reader = file->read();
  Batch batch;
  int64_t rows = 0;
  while (reader.next(&batch)) {
    rows += static_cast<int64_t>(batch.num_rows());
    for (size_t i = 0; i < batch.num_columns(); ++i) {
      for (size_t row = 0; row < batch.num_rows(); ++row) {
        add_value(batch.column(i), row, &columns[i]);
      }
    }
  }
  require_ok(reader.status(), "what was scanned can be read");
  require(rows == scanned.rows, "a scan of a file has the file's rows");
  if (rows == 0) return;
  require(columns == scanned.columns, "a scan of a file has the file's values");
}

void read_parts(const std::vector<Object>& objects, ScanOptions options, const Scanned& whole) {
  auto parts = Scan::parts(std::make_unique<MemoryLister>(objects), options, 3);
  require_ok(parts.status(), "a scan can be cut into parts");
  int64_t rows = 0;
  for (const std::string& part : *parts) {
    options.resume = part;
    const Scanned one = read(objects, options);
    require_ok(one.status, "parts of what is scanned are scanned");
    rows += one.rows;
  }
  require(rows == whole.rows, "each row is in one part");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr const char* kKeys[] = {"year=2025/a.parquet", "year=2026/b.parquet",
                                          "c.parquet"};
  static constexpr const char* kWhere[] = {"",
                                           "",
                                           "",
                                           "",
                                           "f1 is not null",
                                           "year > 2025",
                                           "f1 > 1 and year = 2026",
                                           "year is null or f1 < '5'"};
  Feed feed(data, size);
  const uint8_t flags = feed.byte();
  ScanOptions options;
  options.where = kWhere[feed.below(std::size(kWhere))];
  options.max_concurrency = 1 + (flags & 1);
  options.ordered = (flags & 2) != 0;
  if ((flags & 4) != 0) options.schema_from = SchemaFrom::first_file;
  options.by_field_id = (flags & 8) != 0;
  options.partition_columns = (flags & 16) != 0;
  if ((flags & 32) != 0) options.on_error = [](std::string_view, const Status&) { return true; };
  options.batch_rows = 1 + feed.byte();
  options.open.limits = fuzz_limits();
  const size_t count = 1 + feed.below(3);
  const Bytes changed = feed.bytes(3 * (count - 1));
  Bytes choices = feed.rest();

  std::vector<Object> objects;
  bool opened = true;
  int64_t rows = 0;
  for (size_t i = 0; i < count; ++i) {
    if (i != 0 && changed.size() >= 3 * i && !choices.empty()) {
      const uint8_t* change = changed.data() + 3 * (i - 1);
      choices[(change[0] | size_t{change[1]} << 8) % choices.size()] ^= change[2];
    }
    Feed own(choices.data(), choices.size());
    objects.push_back({kKeys[i], build_file(own)});
    auto file = open_bytes(objects.back().bytes, true);
    opened = opened && file.ok();
    if (file) rows += file->num_rows();
  }

  const Scanned whole = read(objects, options);
  if (!whole.status.ok()) return 0;
  const bool all = options.where.empty() && !options.on_error;
  if (all) require(opened && whole.rows == rows, "a scan has the rows of its files");
  if (all && count == 1 && !options.partition_columns) compare(objects[0], whole);
  if (options.on_error) return 0;
  if (!whole.token.empty() && options.ordered) {
    ScanOptions rest = options;
    rest.resume = whole.token;
    const Scanned resumed = read(objects, rest);
    require_ok(resumed.status, "a scan goes on");
    require(whole.rows_of_token + resumed.rows == whole.rows, "with the rows that are left");
  }
  if ((flags & 64) != 0) read_parts(objects, options, whole);
  return 0;
}
