// Replays inputs through a fuzz target, where there is no libFuzzer: files, and all files of
// folders.
//
//   fuzz_TARGET [FILE | FOLDER]...
//
// Folders that do not exist count as empty ones. Exit 0 says that every input was read and no
// promise was broken; a broken one ends the process with the name of the input on stderr before it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "support/feed.h"

namespace {

using Path = std::filesystem::path;

std::vector<Path> inputs_below(const Path& path) {
  std::vector<Path> inputs;
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    if (std::filesystem::exists(path, error)) inputs.push_back(path);
    return inputs;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) inputs.push_back(entry.path());
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

bool read_file(const Path& path, std::vector<uint8_t>* bytes) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  bytes->resize(static_cast<size_t>(std::filesystem::file_size(path)));
  const bool good = std::fread(bytes->data(), 1, bytes->size(), file) == bytes->size();
  std::fclose(file);
  return good;
}

// Names the input that is being read, should it end the process.
const char* current = nullptr;

}  // namespace

int main(int argc, char** argv) {
  std::atexit([] {
    if (current != nullptr) std::fprintf(stderr, "while reading %s\n", current);
  });
  size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const Path& path : inputs_below(argv[i])) {
      std::vector<uint8_t> bytes;
      if (!read_file(path, &bytes)) {
        std::fprintf(stderr, "%s cannot be read\n", path.c_str());
        return 2;
      }
      current = path.c_str();
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      current = nullptr;
      ++count;
    }
  }
  std::printf("%zu inputs\n", count);
  return 0;
}
