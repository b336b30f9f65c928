// Built against an installed library by tools/test: what a program outside may do must link, with
// run-time type information and without.
#include <veneer/veneer.h>

#include <cstdio>
#include <cstring>
#include <memory>

namespace {

class CountingAllocator : public veneer::Allocator {
 public:
  void* allocate(size_t bytes, size_t alignment) noexcept override {
    ++calls;
    return veneer::default_allocator()->allocate(bytes, alignment);
  }
  void deallocate(void* memory, size_t bytes, size_t alignment) noexcept override {
    veneer::default_allocator()->deallocate(memory, bytes, alignment);
  }
  int calls = 0;
};

/// A caller's own input: the three functions that it must have, the rest by their defaults.
class TextInput : public veneer::Input {
 public:
  std::string_view name() const noexcept override { return "text"; }
  veneer::Result<int64_t> size() override { return static_cast<int64_t>(text.size()); }
  veneer::Status read(int64_t offset, std::span<uint8_t> out) override {
    std::memcpy(out.data(), text.data() + offset, out.size());
    return {};
  }
  std::string_view text = "this is no Parquet file";
};

int fail(const char* what) {
  std::fprintf(stderr, "probe: %s\n", what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return fail("wants a file");
  CountingAllocator allocator;
  veneer::OpenOptions options;
  options.allocator = &allocator;
  veneer::Result<veneer::File> file = veneer::File::open(argv[1], options);
  if (!file) return fail(file.status().to_string().c_str());
  veneer::BatchReader reader = file->read();
  veneer::Batch batch;
  int64_t rows = 0;
  while (reader.next(&batch)) rows += static_cast<int64_t>(batch.num_rows());
  if (!reader.status().ok()) return fail(reader.status().to_string().c_str());
  if (rows != file->num_rows()) return fail("rows are missing");
  if (allocator.calls == 0) return fail("the allocator was not asked");
  if (veneer::File::open("/no/such/file").status().code() != veneer::StatusCode::not_found) {
    return fail("a missing file must give not_found");
  }
  if (veneer::File::open(std::make_shared<TextInput>()).status().code() !=
      veneer::StatusCode::corrupt) {
    return fail("text must be refused as corrupt");
  }
  return 0;
}
