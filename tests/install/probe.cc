// Built against an installed library by tools/test: what a program outside may do must link, with
// run-time type information and without.
#include <veneer/veneer.h>

#include <cstdio>
#include <cstdlib>
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
  return 0;
}
