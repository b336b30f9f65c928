// Writes the seed corpora: one folder a target, of inputs that open its doors.
//
//   fuzz_seeds OUT FIXTURES
//
// Files, footers, page headers, page bodies and indexes come from the fixtures; encoded values from
// the tests' encoders (seeds_bytes.cc); text from seeds_text.cc.
#include "fuzz/seeds.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "veneer/file.h"

namespace veneer::fuzz {

void SeedWriter::add(const std::string& target, std::span<const uint8_t> bytes) {
  const std::filesystem::path folder = std::filesystem::path(out_) / target;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string path = (folder / ("seed-" + std::to_string(++count_[target]))).string();
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool good =
      file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  require(good && std::fclose(file) == 0, "seeds can be written");
}

namespace {

// Whole files and footers are seeds as long as they are small: a fuzzer reads each very often.
constexpr size_t kLargestFile = size_t{6} << 10;
constexpr size_t kLargestFooter = size_t{4} << 10;
constexpr size_t kMostBodies = 3;  // of a file, for each codec

void from_chunk(SeedWriter& seeds, const File& file, std::span<const uint8_t> bytes, int32_t leaf) {
  auto chunk = file.column_chunk(0, leaf);
  if (!chunk) return;
  const auto piece = [&](int64_t offset, int64_t size) {
    return bytes.subspan(static_cast<size_t>(offset), static_cast<size_t>(size));
  };
  PageReader pages = file.pages(0, leaf, {.detail = PageDetail::body});
  Page page;
  for (size_t n = 0; n < kMostBodies && pages.next(&page); ++n) {
    seeds.add("page_header", piece(page.offset, page.header_bytes));
    const auto levels = page.header.type == PageType::data_v2
                            ? page.header.data_v2.definition_levels_byte_length +
                                  page.header.data_v2.repetition_levels_byte_length
                            : 0;
    const int64_t raw = page.header.uncompressed_page_size - levels;
    if (raw > UINT16_MAX || chunk->codec == Codec::uncompressed) continue;
    Bytes body = {1, static_cast<uint8_t>(raw), static_cast<uint8_t>(raw >> 8)};
    const auto stored =
        piece(page.offset + page.header_bytes + levels, page.header.compressed_page_size - levels);
    body.insert(body.end(), stored.begin(), stored.end());
    std::string name(to_string(chunk->codec));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (body.size() < 8192) seeds.add("codec_" + name, body);
  }
  const auto index = [&](std::optional<int64_t> offset, std::optional<int32_t> length) {
    if (!offset || !length) return;
    Bytes seed = {static_cast<uint8_t>(chunk->physical_type)};
    const auto stored = piece(*offset, *length);
    seed.insert(seed.end(), stored.begin(), stored.end());
    seeds.add("page_index", seed);
  };
  index(chunk->offset_index_offset, chunk->offset_index_length);
  index(chunk->column_index_offset, chunk->column_index_length);
}

void from_file(SeedWriter& seeds, const std::filesystem::path& path) {
  Bytes bytes(static_cast<size_t>(std::filesystem::file_size(path)));
  std::FILE* in = std::fopen(path.c_str(), "rb");
  require(in != nullptr && std::fread(bytes.data(), 1, bytes.size(), in) == bytes.size(),
          "fixtures can be read");
  std::fclose(in);
  if (bytes.size() <= kLargestFile) {
    seeds.add("file", bytes);
    seeds.add("verify", bytes);
  }
  auto file = File::open(memory_input(bytes));
  if (!file) return;
  const auto footer = file->metadata().footer_bytes();
  if (footer.size() <= kLargestFooter) {
    seeds.add("footer", footer);
    seeds.add("thrift", footer);
  }
  if (file->num_row_groups() == 0) return;
  for (int32_t leaf = 0;
       leaf < std::min<int32_t>(8, static_cast<int32_t>(file->schema().num_leaves())); ++leaf) {
    from_chunk(seeds, *file, bytes, leaf);
  }
}

}  // namespace
}  // namespace veneer::fuzz

int main(int argc, char** argv) {
  using namespace veneer::fuzz;
  if (argc != 3) {
    std::fprintf(stderr, "usage: fuzz_seeds OUT FIXTURES\n");
    return 2;
  }
  SeedWriter seeds(argv[1]);
  std::vector<std::filesystem::path> fixtures;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[2])) {
    if (entry.path().extension() == ".parquet") fixtures.push_back(entry.path());
  }
  std::sort(fixtures.begin(), fixtures.end());
  for (const auto& path : fixtures) from_file(seeds, path);
  seed_bytes(seeds);
  seed_text(seeds);
  seed_s3(seeds);
  std::printf("%zu seeds\n", seeds.count());
  return 0;
}
