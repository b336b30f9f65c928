#include "mutate.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>

#include "veneer/veneer.h"

namespace veneer::test {
namespace {

constexpr size_t kLargest = 40'000;

Bytes read_file(const std::filesystem::path& path) {
  Bytes bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  bytes.resize(std::filesystem::file_size(path));
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  std::fclose(file);
  return bytes;
}

std::vector<size_t> headers_of(const Bytes& bytes) {
  std::vector<size_t> found;
  auto file = File::open(memory_input(bytes));
  if (!file) return found;
  for (int32_t group = 0; group < std::min(4, file->num_row_groups()); ++group) {
    const auto leaves = static_cast<int32_t>(std::min(8u, file->schema().num_leaves()));
    for (int32_t leaf = 0; leaf < leaves; ++leaf) {
      PageReader pages = file->pages(group, leaf, {.detail = PageDetail::header});
      Page page;
      while (pages.next(&page)) found.push_back(static_cast<size_t>(page.offset));
    }
  }
  return found;
}

// A varint in a Thrift struct.
struct Number {
  size_t at;
  size_t size;
  uint64_t value;
  bool is_length;  // of a binary or a list, else an integer in zigzag form
};

// Walks compact Thrift that is right, and notes all its numbers.
class Walker {
 public:
  Walker(const Bytes& bytes, size_t at, size_t end) : bytes_(bytes), at_(at), end_(end) {}

  std::vector<Number> walk() {
    structure(0);
    return std::move(found_);
  }

 private:
  uint8_t byte() { return at_ < end_ ? bytes_[at_++] : uint8_t{0}; }
  uint64_t number(bool is_length) {
    const size_t from = at_;
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t b = byte();
      value |= uint64_t{b & 0x7Fu} << shift;
      if (b < 0x80) break;
    }
    found_.push_back({from, at_ - from, value, is_length});
    return value;
  }
  void value(int type, int depth) {
    switch (type) {
      case 3: byte(); break;
      case 4:
      case 5:
      case 6: number(false); break;
      case 7: at_ += 8; break;
      case 8: at_ += number(true); break;
      case 9:
      case 10: list(depth); break;
      case 12: structure(depth + 1); break;
      default: break;
    }
  }
  void list(int depth) {
    const uint8_t head = byte();
    uint64_t count = head >> 4;
    if (count == 15) count = number(true);
    const int type = head & 15;
    for (; count > 0 && at_ < end_; --count) {
      if (type <= 2) {
        byte();
      } else {
        value(type, depth);
      }
    }
  }
  void structure(int depth) {
    if (depth > 20) return;
    while (at_ < end_) {
      const uint8_t head = byte();
      if (head == 0) return;
      if (head >> 4 == 0) number(false);
      value(head & 15, depth);
    }
  }

  const Bytes& bytes_;
  size_t at_;
  size_t end_;
  std::vector<Number> found_;
};

Bytes varint(uint64_t value) {
  Bytes out;
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
  return out;
}

uint64_t zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}

class Mutator {
 public:
  Mutator(const Fixture& fixture, uint32_t seed) : fixture_(fixture), random_(seed) {}

  Bytes make(std::string* what) {
    Bytes out = fixture_.bytes;
    switch (random_() % 8) {
      case 0: *what = "bits"; return bits(std::move(out));
      case 1: *what = "cut"; return cut(std::move(out));
      case 2: *what = "bytes"; return bytes(std::move(out));
      case 3:
      case 4: *what = "page header"; return header_number(std::move(out));
      default: *what = "footer"; return footer_number(std::move(out));
    }
  }

 private:
  size_t below(size_t n) { return n == 0 ? 0 : random_() % n; }

  Bytes bits(Bytes out) {
    for (size_t i = 1 + below(4); i > 0; --i) {
      out[below(out.size())] ^= static_cast<uint8_t>(1u << below(8));
    }
    return out;
  }
  Bytes cut(Bytes out) {
    const size_t at = below(out.size());
    const size_t size = 1 + below(std::min<size_t>(out.size() - at, 200));
    const auto from = out.begin() + static_cast<ptrdiff_t>(at);
    // From the midst, so that the footer stays and lies; or all that follows.
    if (below(4) == 0) {
      out.resize(at);
    } else {
      out.erase(from, from + static_cast<ptrdiff_t>(size));
    }
    return out;
  }
  // Runs, lengths, widths and indexes within page bodies.
  Bytes bytes(Bytes out) {
    static constexpr uint8_t kExtremes[] = {0, 1, 0x7F, 0x80, 0xFE, 0xFF, 32, 33, 64, 65};
    const size_t size = 1 + below(8);
    const size_t at = below(out.size() - std::min(out.size() - 1, size));
    for (size_t i = 0; i < size && at + i < out.size(); ++i) {
      out[at + i] =
          below(3) == 0 ? kExtremes[below(std::size(kExtremes))] : static_cast<uint8_t>(random_());
    }
    return out;
  }

  uint64_t hostile(const Number& old, const std::vector<Number>& all) {
    static constexpr int64_t kHostile[] = {0,
                                           1,
                                           -1,
                                           2,
                                           7,
                                           8,
                                           127,
                                           255,
                                           256,
                                           65535,
                                           65536,
                                           INT32_MAX,
                                           INT32_MIN,
                                           INT64_MAX,
                                           INT64_MIN,
                                           1 << 20,
                                           1 << 28,
                                           1000000,
                                           -2,
                                           INT32_MAX - 1,
                                           int64_t{1} << 32,
                                           (int64_t{1} << 32) - 1,
                                           int64_t{1} << 40,
                                           int64_t{1} << 62};
    const auto value = static_cast<int64_t>(old.value >> 1) ^ -static_cast<int64_t>(old.value & 1);
    switch (below(4)) {
      case 0: return zigzag(value + static_cast<int64_t>(below(3)) - 1);
      case 1: return all[below(all.size())].value;  // another's: chunks that overlap, sizes swapped
      default: {
        const int64_t chosen = kHostile[below(std::size(kHostile))];
        return old.is_length ? static_cast<uint64_t>(chosen) : zigzag(chosen);
      }
    }
  }

  // Changes one to three numbers of [begin, end); true where there is one.
  bool change(Bytes* out, size_t begin, size_t end, bool same_size) {
    const std::vector<Number> all = Walker(*out, begin, end).walk();
    if (all.empty()) return false;
    const Number& old = all[below(all.size())];
    Bytes fresh = varint(hostile(old, all));
    if (same_size) {
      fresh.resize(old.size, 0);
      for (size_t i = 0; i + 1 < fresh.size(); ++i) fresh[i] |= 0x80;
      fresh.back() &= 0x7F;
    }
    const auto at = out->begin() + static_cast<ptrdiff_t>(old.at);
    out->erase(at, at + static_cast<ptrdiff_t>(old.size));
    out->insert(out->begin() + static_cast<ptrdiff_t>(old.at), fresh.begin(), fresh.end());
    return true;
  }

  Bytes footer_number(Bytes out) {
    for (size_t i = 1 + below(2); i > 0; --i) {
      const size_t end = out.size() - 8;
      const size_t length = out[end] | size_t{out[end + 1]} << 8 | size_t{out[end + 2]} << 16;
      if (length > end) return out;
      if (!change(&out, end - length, end, false)) return out;
      const size_t now = out.size() - 8 - (end - length);
      for (size_t b = 0; b < 4; ++b) out[out.size() - 8 + b] = static_cast<uint8_t>(now >> 8 * b);
    }
    return out;
  }
  Bytes header_number(Bytes out) {
    if (fixture_.headers.empty()) return bytes(std::move(out));
    const size_t at = fixture_.headers[below(fixture_.headers.size())];
    change(&out, at, out.size() - 8, below(4) != 0);
    return out;
  }

  const Fixture& fixture_;
  std::mt19937 random_;
};

}  // namespace

std::vector<Fixture> fixtures_of(const std::string& folder) {
  std::vector<Fixture> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".parquet" || entry.file_size() > kLargest) continue;
    found.push_back({entry.path().filename().string(), read_file(entry.path()), {}});
    found.back().headers = headers_of(found.back().bytes);
  }
  std::sort(found.begin(), found.end(),
            [](const Fixture& a, const Fixture& b) { return a.name < b.name; });
  return found;
}

Bytes mutant(const std::vector<Fixture>& fixtures, uint32_t seed, std::string* what) {
  const Fixture& fixture = fixtures[seed % fixtures.size()];
  Bytes out = Mutator(fixture, seed).make(what);
  *what = fixture.name + ", " + *what;
  return out;
}

}  // namespace veneer::test
