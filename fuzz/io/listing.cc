// Directories of the local file system: a tree of any names, listed whole, by a glob and by names,
// held against the names it was made of; what is listed is opened and read.
//
// The input is a pattern, then paths of files, each behind a zero byte. A path's bytes are the
// file's too.
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "fuzz/support/feed.h"
#include "io/glob.h"
#include "veneer/input.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr size_t kMostFiles = 8;

// A folder that is gone with its end.
class Folder {
 public:
  Folder() {
    const char* above = std::getenv("TMPDIR");
    path_ = std::string(above == nullptr ? "/tmp" : above) + "/veneer-fuzz-XXXXXX";
    require(::mkdtemp(path_.data()) != nullptr, "there is room for a folder");
  }
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }

  /// False where the file system takes no such name, or has it already.
  bool add(const std::string& key) const {
    for (size_t slash = key.find('/'); slash != std::string::npos;
         slash = key.find('/', slash + 1)) {
      (void)::mkdir((path_ + "/" + key.substr(0, slash)).c_str(), 0700);
    }
    std::FILE* file = std::fopen((path_ + "/" + key).c_str(), "wbx");
    if (file == nullptr) return false;
    const bool good = std::fwrite(key.data(), 1, key.size(), file) == key.size();
    require(std::fclose(file) == 0 && good, "a small file can be written");
    return true;
  }

 private:
  std::string path_;
};

// Names as they can stand in a tree: none is empty, "." or "..", none is long.
bool is_plain(std::string_view key) {
  if (key.empty() || key.back() == '/' || key.size() > 200 ||
      std::count(key.begin(), key.end(), '/') > 6)
    return false;
  while (!key.empty()) {
    const std::string_view name = key.substr(0, key.find('/'));
    if (name.empty() || name == "." || name == "..") return false;
    key.remove_prefix(std::min(key.size(), name.size() + 1));
  }
  return true;
}

std::set<std::string> list(Lister* lister) {
  std::set<std::string> keys;
  std::string last;
  while (true) {
    std::vector<ObjectInfo> page;
    const auto more = lister->next(&page);
    require_ok(more.status(), "a tree that is there can be listed");
    for (const ObjectInfo& one : page) {
      require(last < one.key, "keys ascend");
      last = one.key;
      keys.insert(one.key);
      const auto input = lister->open(one);
      require_ok(input.status(), "what is listed can be opened");
      Bytes bytes(static_cast<size_t>(one.size));
      require_ok((*input)->read(0, bytes), "and read");
      const std::string_view text = text_of(bytes.data(), bytes.size());
      require(text.ends_with(one.key), "its bytes are its own");
      require(!(*input)->read(1, bytes).ok() || bytes.empty(), "no byte is made up");
    }
    if (!*more) return keys;
  }
}

// The part of a pattern before its first wildcard names a folder, in which the rest is matched.
void match(const Folder& folder, const std::string& pattern, const std::set<std::string>& made) {
  const size_t slash = pattern.rfind('/', pattern.find_first_of("*?["));
  const std::string fixed = slash == std::string::npos ? "" : pattern.substr(0, slash + 1);
  std::error_code error;
  auto lister = list_glob(folder.path() + "/" + pattern);
  if (!std::filesystem::is_directory(folder.path() + "/" + fixed, error)) return;
  // A name that is there as it stands is itself.
  if (made.contains(pattern)) return;
  require_ok(lister.status(), "a folder that is there can be listed");
  if (std::filesystem::exists(folder.path() + "/" + pattern, error)) return;
  const io::Glob glob(std::string_view(pattern).substr(fixed.size()));
  std::set<std::string> wanted;
  for (const std::string& key : made) {
    if (!key.starts_with(fixed)) continue;
    const std::string below = key.substr(fixed.size());
    if (glob.matches(below)) wanted.insert(below);
  }
  require(list(lister->get()) == wanted, "a glob lists what it matches");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 1500) return 0;
  std::string_view rest = text_of(data, size);
  const auto next = [&] {
    const std::string_view one = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    return one;
  };
  const std::string pattern(next());
  const Folder folder;
  std::set<std::string> made;
  while (!rest.empty() && made.size() < kMostFiles) {
    const std::string key(next());
    if (is_plain(key) && folder.add(key)) made.insert(key);
  }

  auto whole = list_directory(folder.path());
  require_ok(whole.status(), "a folder can be listed");
  require(list(whole->get()) == made, "a listing is all there is");

  if (is_plain(pattern) && io::has_wildcard(pattern)) match(folder, pattern, made);

  std::vector<std::string> paths;
  for (const std::string& key : made) paths.push_back(folder.path() + "/" + key);
  auto named = list_files(paths);
  require_ok(named.status(), "files can be named");
  std::vector<ObjectInfo> page;
  const auto more = (*named)->next(&page);
  require_ok(more.status(), "and are found");
  require(page.size() == paths.size(), "each of them");
  return 0;
}
