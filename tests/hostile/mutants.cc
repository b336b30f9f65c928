// The test bed: mutants of the fixtures, and the files of bombs.h, each verified and read to its
// end. Built with sanitizers, it shows that none is read out of bounds; tools/hostile runs it, and
// the command on the files that it writes.
//   mutants FOLDER FIRST COUNT          reads mutants FIRST … FIRST + COUNT - 1, then the bombs
//   mutants FOLDER FIRST COUNT OUT      writes them to the folder OUT instead
// Before each, its number goes to the file "mutants.at", so that a crash has a name.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bombs.h"
#include "mutate.h"
#include "veneer/veneer.h"

namespace veneer::test {
namespace {

struct Counts {
  int64_t files = 0, opened = 0, read = 0, findings = 0, wordless = 0;
};

void use(const Bytes& bytes, Counts* counts) {
  ++counts->files;
  const Bytes copy(bytes);  // of just that size: a sanitizer sees a read past its end
  OpenOptions options;
  options.limits.held_bytes = int64_t{256} << 20;
  auto file = File::open(memory_input(copy), options);
  if (!file) {
    counts->wordless += file.status().message().empty();
    return;
  }
  ++counts->opened;
  const Status verified = verify(*file, {}, [&](const Finding& finding) {
    ++counts->findings;
    counts->wordless += finding.message.empty();
  });
  counts->wordless += !verified.ok() && verified.message().empty();
  BatchReader reader = file->read({.row_count = 100'000, .batch_rows = 1000});
  Batch batch;
  while (reader.next(&batch)) {
  }
  counts->read += reader.status().ok();
  counts->wordless += !reader.status().ok() && reader.status().message().empty();
}

void write(const std::string& path, const Bytes& bytes) {
  std::FILE* out = std::fopen(path.c_str(), "wb");
  if (out == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), out) != bytes.size()) {
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    std::exit(2);
  }
  std::fclose(out);
}

}  // namespace
}  // namespace veneer::test

int main(int argc, char** argv) {
  using namespace veneer::test;
  if (argc < 4) return 2;
  const std::vector<Fixture> fixtures = fixtures_of(argv[1]);
  if (fixtures.empty()) return 2;
  const auto first = static_cast<uint32_t>(std::atoi(argv[2]));
  const auto count = static_cast<uint32_t>(std::atoi(argv[3]));
  std::FILE* at = std::fopen("mutants.at", "w");
  Counts counts;
  for (uint32_t seed = first; seed < first + count; ++seed) {
    std::string what;
    const Bytes bytes = mutant(fixtures, seed, &what);
    if (argc > 4) {
      write(std::string(argv[4]) + "/" + std::to_string(seed) + ".parquet", bytes);
      continue;
    }
    if (at != nullptr) {
      std::fseek(at, 0, SEEK_SET);
      std::fprintf(at, "%u (%s)                                        \n", seed, what.c_str());
      std::fflush(at);
    }
    use(bytes, &counts);
  }
  for (size_t i = 0; i < bombs().size(); ++i) {
    const Bytes bytes = bombs()[i].make();
    if (argc > 4) {
      write(std::string(argv[4]) + "/bomb-" + std::to_string(i) + ".parquet", bytes);
    } else {
      use(bytes, &counts);
    }
  }
  if (at != nullptr) std::fclose(at);
  if (argc > 4) return 0;
  std::printf("%lld files, %lld opened, %lld read to the end, %lld findings, %lld without a word\n",
              static_cast<long long>(counts.files), static_cast<long long>(counts.opened),
              static_cast<long long>(counts.read), static_cast<long long>(counts.findings),
              static_cast<long long>(counts.wordless));
  return counts.wordless == 0 ? 0 : 1;
}
