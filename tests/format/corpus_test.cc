// Footers of other writers' files, where PARQUET_TEST_DATA names a folder that holds some.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/bits.h"
#include "footer_bytes.h"

using namespace veneer;
using namespace veneer::test;

TEST_CASE("footers of a folder of files") {
  const char* folder = std::getenv("PARQUET_TEST_DATA");
  if (folder == nullptr) {
    MESSAGE("skipped: PARQUET_TEST_DATA is not set");
    return;
  }
  int parsed = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".parquet" || !entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    if (bytes.size() < 12 || !bytes.ends_with("PAR1")) continue;
    const auto length = load_le<uint32_t>(bytes.data() + bytes.size() - 8);
    if (length > bytes.size() - 8) continue;
    INFO(entry.path().string());
    const size_t begin = bytes.size() - 8 - length;
    const auto file = format::parse_footer(buffer_of({bytes.data() + begin, length}),
                                           static_cast<int64_t>(begin), Limits{}, &pool());
    // What is wrong on purpose has no name in common; it is shown for a look.
    if (!file) {
      MESSAGE(file.status().to_string());
      continue;
    }
    ++parsed;
    CHECK_FALSE(file->schema().to_text().empty());
    for (uint32_t group = 0; group < file->num_row_groups(); ++group) {
      for (uint32_t i = 0; i < file->schema().num_leaves(); ++i) {
        const auto chunk = file->column_chunk(group, i);
        if (!chunk) {
          MESSAGE(chunk.status().to_string());
          continue;
        }
        // Files that are wrong on purpose lie in a folder that says so.
        const bool sound = entry.path().string().find("bad_data") == std::string::npos;
        CHECK((chunk->statistics().ok() || !sound));
        CHECK((chunk->size_statistics().ok() || !sound));
        CHECK((chunk->encodings().ok() || !sound));
        CHECK((chunk->path_in_schema().ok() || !sound));
        int64_t at = 0, size = 0;
        const Status range =
            chunk_range(*chunk, file->writer(), static_cast<int64_t>(bytes.size()), &at, &size);
        if (!range.ok()) MESSAGE(range.to_string());
      }
    }
  }
  CHECK(parsed > 0);
}
