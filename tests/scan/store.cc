#include "scan/store.h"

#include <dirent.h>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support/encoders.h"
#include "support/file_builder.h"

namespace veneer::test {
namespace {

class StoreInput final : public Input {
 public:
  StoreInput(std::shared_ptr<Store> store, const Object& object, std::string tag)
      : store_(std::move(store)),
        key_(object.key),
        name_(store_->name + object.key),
        bytes_(object.bytes),
        listed_tag_(std::move(tag)),
        tag_(object.tag) {}

  std::string_view name() const noexcept override { return name_; }
  Result<int64_t> size() override { return static_cast<int64_t>(bytes_->size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    if (store_->before_read) store_->before_read(key_);
    if (store_->cancelled) return Status::cancelled("store cancelled");
    if (listed_tag_ != tag_) return Status::io("the object has changed");
    const auto size = static_cast<int64_t>(bytes_->size());
    if (offset < 0 || offset > size || static_cast<int64_t>(out.size()) > size - offset) {
      return Status::io("read past the end", offset);
    }
    ++store_->reads;
    store_->bytes_read += static_cast<int64_t>(out.size());
    if (!out.empty()) std::memcpy(out.data(), bytes_->data() + offset, out.size());
    return {};
  }

 private:
  std::shared_ptr<Store> store_;
  std::string key_;
  std::string name_;
  std::shared_ptr<const Bytes> bytes_;
  std::string listed_tag_;
  std::string tag_;
};

class StoreLister final : public Lister {
 public:
  explicit StoreLister(std::shared_ptr<Store> store) : store_(std::move(store)) {
    for (size_t i = 0; i < store_->objects.size(); ++i) index_[store_->objects[i].key] = i;
  }

  std::string_view name() const noexcept override { return store_->name; }
  bool names_given() const noexcept override { return store_->names_given; }
  void narrow(std::function<Below(std::string_view)> filter) override {
    if (store_->narrows) filter_ = std::move(filter);
  }
  void cancel() noexcept override { store_->cancelled = true; }
  Result<bool> next(std::vector<ObjectInfo>* page) override {
    if (store_->before_page) store_->before_page();
    if (store_->cancelled) return Status::cancelled("store cancelled");
    for (size_t i = 0; i < store_->page_size && next_ < store_->objects.size(); ++next_) {
      const Object& object = store_->objects[next_];
      if (pruned(object.key)) continue;
      page->push_back({object.key, static_cast<int64_t>(object.bytes->size()), object.tag});
      ++store_->listed;
      ++i;
    }
    return next_ < store_->objects.size();
  }
  Result<std::shared_ptr<Input>> open(const ObjectInfo& info) override {
    ++store_->opens;
    {
      std::lock_guard lock(store_->mutex);
      ++store_->opens_of[info.key];
    }
    const auto found = index_.find(info.key);
    if (found == index_.end()) return Status::not_found("no such object").in_file(info.key);
    return std::shared_ptr<Input>(
        std::make_shared<StoreInput>(store_, store_->objects[found->second], info.tag));
  }

 private:
  bool pruned(const std::string& key) const {
    for (size_t slash = 0; filter_ && slash != std::string::npos;) {
      if (filter_(key.substr(0, slash == 0 ? 0 : slash + 1)) == Below::none) return true;
      slash = key.find('/', slash == 0 ? 0 : slash + 1);
    }
    return false;
  }

  std::shared_ptr<Store> store_;
  std::map<std::string, size_t> index_;
  std::function<Below(std::string_view)> filter_;
  size_t next_ = 0;
};

void remove_tree(const std::string& path) {
  if (DIR* stream = opendir(path.c_str()); stream != nullptr) {
    while (const dirent* entry = readdir(stream)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") remove_tree(path + "/" + name);
    }
    closedir(stream);
  }
  std::remove(path.c_str());
}

}  // namespace

std::unique_ptr<Lister> list(std::shared_ptr<Store> store) {
  store->cancelled = false;
  return std::make_unique<StoreLister>(std::move(store));
}

Bytes ids_file(int64_t first, int64_t rows, int groups) {
  FileBuilder file({leaf("id", PhysicalType::int64)});
  for (int g = 0; g < groups; ++g) {
    const int64_t begin = rows * g / groups;
    const int64_t end = rows * (g + 1) / groups;
    DataPage page;
    page.values = plain<int64_t>(numbers(first + begin, end - begin));
    file.row_group(end - begin).chunk(0).data_v1(std::move(page));
  }
  return file.finish();
}

Bytes two_columns_file(int64_t first, int64_t rows) {
  FileBuilder file(
      {leaf("id", PhysicalType::int64), leaf("value", PhysicalType::int32, Repetition::optional)});
  RowGroupBuilder& group = file.row_group(rows);
  DataPage ids;
  ids.values = plain<int64_t>(numbers(first, rows));
  group.chunk(0).data_v1(std::move(ids));
  DataPage values;
  std::vector<int32_t> present;
  for (int64_t i = 0; i < rows; ++i) {
    values.def.push_back(i % 3 == 0 ? 0 : 1);
    if (i % 3 != 0) present.push_back(static_cast<int32_t>(i));
  }
  values.values = plain<int32_t>(present);
  group.chunk(1).data_v1(std::move(values));
  return file.finish();
}

void append_ids(const ScanBatch& batch, const Schema& schema, std::vector<int64_t>* out) {
  auto id = schema.field<int64_t>("id");
  REQUIRE(id.ok());
  const auto column = batch[*id];
  REQUIRE(column.size() == batch.num_rows());
  const auto values = column.values();
  out->insert(out->end(), values.begin(), values.end());
}

Scanned read_all(Scan* scan) {
  Scanned all;
  ScanBatch batch;
  while (scan->next(&batch)) {
    ++all.batches;
    CHECK(batch.num_rows() > 0);
    auto schema = scan->schema();
    REQUIRE(schema.ok());
    append_ids(batch, **schema, &all.ids);
  }
  all.status = scan->status();
  all.stats = scan->stats();
  all.token = scan->token();
  return all;
}

Scanned scan_store(const std::shared_ptr<Store>& store, ScanOptions options) {
  auto scan = Scan::open(list(store), std::move(options));
  if (!scan) {
    Scanned failed;
    failed.status = scan.status();
    return failed;
  }
  return read_all(&*scan);
}

std::vector<int64_t> sorted(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<int64_t> numbers(int64_t first, int64_t count) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(first + i);
  return values;
}

TempDirectory::TempDirectory() {
  char name[] = "/tmp/veneer-scan-XXXXXX";
  REQUIRE(mkdtemp(name) != nullptr);
  path = name;
}
TempDirectory::~TempDirectory() { remove_tree(path); }

void TempDirectory::write(const std::string& name, const Bytes& bytes) const {
  for (size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    mkdir((path + "/" + name.substr(0, slash)).c_str(), 0755);
  }
  std::FILE* file = std::fopen((path + "/" + name).c_str(), "wb");
  REQUIRE(file != nullptr);
  REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
  std::fclose(file);
}

}  // namespace veneer::test
