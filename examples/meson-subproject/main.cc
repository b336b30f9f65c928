// Reads every row of a file and says how many there are.
#include <veneer/veneer.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  veneer::Result<veneer::File> file = veneer::File::open(argv[1]);
  veneer::Status status = file ? veneer::Status() : file.status();
  size_t rows = 0;
  if (file) {
    veneer::BatchReader reader = file->read();
    for (veneer::Batch batch; reader.next(&batch);) rows += batch.num_rows();
    status = reader.status();
  }
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.to_string().c_str());
    return 1;
  }
  std::printf("%zu rows\n", rows);
  return 0;
}
