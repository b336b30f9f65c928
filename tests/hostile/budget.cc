// With held_bytes of 64 MB no file makes a process take 80: each attack is read in a process of its
// own, which then asks the system what its memory was at its highest.
//   budget         writes the attacks one by one and runs itself on each
//   budget FILE    reads FILE in every way; prints what the process took, in KiB
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bombs.h"
#include "veneer/veneer.h"

namespace veneer::test {
namespace {

constexpr int64_t kHeldBytes = int64_t{64} << 20;
constexpr long kMostKib = 80 << 10;

void use(const char* path) {
  OpenOptions options;
  options.limits.held_bytes = kHeldBytes;
  auto file = File::open(path, options);
  if (!file) return;
  for (const bool dictionary : {false, true}) {
    ReadOptions read{.row_count = 100'000};
    if (dictionary && file->schema().num_leaves() < 1000) {
      for (uint32_t i = 0; i < file->schema().num_leaves(); ++i) {
        read.dictionary_columns.push_back(file->schema().leaf_path(i));
      }
    }
    BatchReader reader = file->read(std::move(read));
    Batch batch;
    while (reader.next(&batch)) {
    }
  }
  const auto leaves = static_cast<int32_t>(std::min(3u, file->schema().num_leaves()));
  for (int32_t leaf = 0; leaf < leaves && file->num_row_groups() > 0; ++leaf) {
    PageReader pages = file->pages(0, leaf);
    Page page;
    while (pages.next(&page)) {
    }
  }
  (void)verify(*file, {}, [](const Finding&) {});
}

long most_kib() {
  long kib = -1;
  char line[256];
  std::FILE* status = std::fopen("/proc/self/status", "r");
  while (status != nullptr && std::fgets(line, sizeof(line), status) != nullptr) {
    if (std::strncmp(line, "VmHWM:", 6) == 0) kib = std::atol(line + 6);
  }
  if (status != nullptr) std::fclose(status);
  return kib;
}

bool write(const std::string& path, const Bytes& bytes) {
  std::FILE* out = std::fopen(path.c_str(), "wb");
  if (out == nullptr) return false;
  const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  return std::fclose(out) == 0 && whole;
}

int run(const char* program, const std::string& path) {
  std::string arguments[2] = {program, path};
  char* argv[] = {arguments[0].data(), arguments[1].data(), nullptr};
  pid_t child;
  if (posix_spawn(&child, program, nullptr, nullptr, argv, environ) != 0) return -1;
  int status;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace
}  // namespace veneer::test

int main(int argc, char** argv) {
  using namespace veneer::test;
  if (argc == 2) {
    use(argv[1]);
    const long kib = most_kib();
    std::printf("%ld KiB\n", kib);
    return kib <= kMostKib ? 0 : 1;
  }
  char folder[] = "/tmp/veneer-budget-XXXXXX";
  if (mkdtemp(folder) == nullptr) return 2;
  const std::string path = std::string(folder) + "/bomb.parquet";
  int failed = 0;
  for (const Bomb& bomb : bombs()) {
    std::printf("%s: ", bomb.name);
    std::fflush(stdout);
    if (!write(path, bomb.make()) || run(argv[0], path) != 0) {
      std::printf("FAILED: %s\n", bomb.name);
      ++failed;
    }
  }
  std::remove(path.c_str());
  rmdir(folder);
  return failed == 0 ? 0 : 1;
}
