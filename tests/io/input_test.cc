#include "veneer/input.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace veneer;

namespace {

class TempFile {
 public:
  explicit TempFile(const std::vector<uint8_t>& bytes) {
    char name[] = "/tmp/veneer-input-XXXXXX";
    const int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    REQUIRE(write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    close(fd);
    path = name;
  }
  ~TempFile() { std::remove(path.c_str()); }
  std::string path;
};

std::vector<uint8_t> some_bytes() {
  std::vector<uint8_t> bytes(1000);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  return bytes;
}

void check_input(Input& input, const std::vector<uint8_t>& bytes) {
  auto size = input.size();
  REQUIRE(size.ok());
  CHECK(*size == 1000);
  std::vector<uint8_t> out(10);
  REQUIRE(input.read(990, out).ok());
  CHECK(std::equal(out.begin(), out.end(), bytes.begin() + 990));
  CHECK(input.read(991, out).code() == StatusCode::io);
  CHECK(input.read(-1, out).code() == StatusCode::io);
  CHECK(input.read(INT64_MAX, out).code() == StatusCode::io);
  CHECK(input.read(1000, {}).ok());
  // A tail longer than the input fills only the end of the buffer.
  std::vector<uint8_t> tail(1500, 1);
  auto total = input.read_tail(tail);
  REQUIRE(total.ok());
  CHECK(*total == 1000);
  CHECK(std::equal(bytes.begin(), bytes.end(), tail.begin() + 500));
  CHECK(tail[499] == 1);
  auto seen = input.view(10, 5);
  if (!seen.empty()) CHECK(std::equal(seen.begin(), seen.end(), bytes.begin() + 10));
  CHECK(input.view(996, 5).empty());
  CHECK(input.view(-1, 5).empty());
}

}  // namespace

TEST_CASE("file, map and memory give the same bytes") {
  const std::vector<uint8_t> bytes = some_bytes();
  TempFile file(bytes);
  auto opened = open_input(file.path);
  REQUIRE(opened.ok());
  check_input(**opened, bytes);
  CHECK((*opened)->name() == file.path);
  auto mapped = map_input(file.path);
  REQUIRE(mapped.ok());
  check_input(**mapped, bytes);
  check_input(*memory_input(bytes), bytes);
}

TEST_CASE("what cannot be opened says why") {
  CHECK(open_input("/nonexistent/file").status().code() == StatusCode::not_found);
  CHECK(map_input("/nonexistent/file").status().code() == StatusCode::not_found);
  auto directory = open_input("/tmp");
  CHECK(directory.status().to_string() == "/tmp: io: is a directory");
  auto device = open_input("/dev/null");
  CHECK(device.status().code() == StatusCode::io);
  TempFile empty({});
  CHECK(*(*map_input(empty.path))->size() == 0);
}
