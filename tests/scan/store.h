// Objects in memory behind a lister that counts, fails and waits as a test wants.
#pragma once

#include <veneer/scan.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "support/bytes.h"

namespace veneer::test {

struct Object {
  std::string key;
  std::shared_ptr<const Bytes> bytes;
  std::string tag = "1";
};

/// What the listers of one store share. Objects are listed in the order in which they stand here.
struct Store {
  std::string name = "store/";
  std::vector<Object> objects;
  size_t page_size = 3;
  bool names_given = false;
  bool narrows = true;
  /// Called before each read and each page, outside of all locks.
  std::function<void(const std::string& key)> before_read;
  std::function<void()> before_page;

  std::atomic<int> opens{0};
  std::atomic<int> reads{0};
  std::atomic<int64_t> bytes_read{0};
  std::atomic<int> listed{0};
  std::atomic<bool> cancelled{false};
  std::mutex mutex;
  std::map<std::string, int> opens_of;

  void add(std::string key, Bytes bytes, std::string tag = "1") {
    objects.push_back({std::move(key), std::make_shared<const Bytes>(std::move(bytes)), tag});
  }
};

std::unique_ptr<Lister> list(std::shared_ptr<Store> store);

/// A file of one INT64 column "id": `rows` numbers from `first` on, in `groups` row groups.
Bytes ids_file(int64_t first, int64_t rows, int groups = 1);
/// The same with a second column "value" of optional INT32, which is null at every third row.
Bytes two_columns_file(int64_t first, int64_t rows);

/// All numbers of the column "id", in the order in which they came.
struct Scanned {
  std::vector<int64_t> ids;
  size_t batches = 0;
  Status status;
  ScanStats stats;
  std::string token;
};
Scanned read_all(Scan* scan);
Scanned scan_store(const std::shared_ptr<Store>& store, ScanOptions options = {});
std::vector<int64_t> sorted(std::vector<int64_t> values);
std::vector<int64_t> numbers(int64_t first, int64_t count);
/// Appends the "id"s of a batch.
void append_ids(const ScanBatch& batch, const Schema& schema, std::vector<int64_t>* out);

/// A directory that is removed with all that is in it.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  void write(const std::string& name, const Bytes& bytes) const;
  std::string path;
};

}  // namespace veneer::test
