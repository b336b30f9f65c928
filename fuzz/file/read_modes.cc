#include "fuzz/file/read_modes.h"

#include <map>

namespace veneer::fuzz {
namespace {

// A page may hold 2^31 equal values in five bytes, and a file of many of them is legitimate: reads
// stop after so many rows.
constexpr int64_t kMostRows = 3000;
constexpr size_t kMostChunks = 6;

class ReadInput final : public Input {
 public:
  explicit ReadInput(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  std::string_view name() const noexcept override { return "input"; }
  Result<int64_t> size() override { return static_cast<int64_t>(bytes_.size()); }
  Status read(int64_t offset, std::span<uint8_t> out) override {
    require(offset >= 0, "no offset is negative");
    const auto from = static_cast<uint64_t>(offset);
    if (from > bytes_.size() || out.size() > bytes_.size() - from) return Status::io("too short");
    if (!out.empty()) std::memcpy(out.data(), bytes_.data() + from, out.size());
    return {};
  }

 private:
  std::span<const uint8_t> bytes_;
};

void add_leaf(const Column& column, size_t i, Digest* digest) {
  if (column.is_dictionary()) {
    const int32_t index = column.indices()[i];
    require(index >= 0 && static_cast<size_t>(index) < column.dictionary().size(),
            "an index is one of the dictionary");
    add_leaf(column.dictionary(), static_cast<size_t>(index), digest);
    return;
  }
  if (column.value_kind() == ValueKind::boolean) {
    digest->number(column.bits()[i]);
  } else if (column.value_kind() == ValueKind::binary ||
             column.value_kind() == ValueKind::fixed_bytes) {
    const std::string_view bytes = column.bytes(i);
    digest->add(bytes.data(), bytes.size());
  } else {
    const std::span<const uint8_t> raw = column.raw_values();
    const size_t width = column.value_width();
    require(raw.size() >= (i + 1) * width, "every value is there");
    digest->add(raw.data() + i * width, width);
  }
}

}  // namespace

void add_value(const Column& column, size_t i, Digest* digest) {
  require(i < column.size(), "a value is within its column");
  digest->number(column.is_null(i));
  if (column.is_null(i)) return;
  switch (column.field().kind) {
    case FieldKind::leaf: add_leaf(column, i, digest); return;
    case FieldKind::structure:
      for (size_t k = 0; k < column.num_children(); ++k) add_value(column.child(k), i, digest);
      return;
    default: break;
  }
  const std::span<const int32_t> offsets = column.offsets();
  require(offsets.size() == column.size() + 1 && offsets[0] == 0, "a list more has an offset more");
  require(offsets[i] <= offsets[i + 1], "offsets do not descend");
  const auto begin = static_cast<size_t>(offsets[i]), end = static_cast<size_t>(offsets[i + 1]);
  digest->number(end - begin);
  for (size_t k = 0; k < column.num_children(); ++k) {
    for (size_t e = begin; e < end; ++e) add_value(column.child(k), e, digest);
  }
}

namespace {

// What a read gave: by field, a digest.
struct Outcome {
  bool complete = false;  // all rows, without failure
  int64_t rows = 0;
  std::map<uint32_t, Digest> fields;
};

// From where the reader stands, which is row `from` of its rows.
Outcome read_on(const File& file, BatchReader reader, int64_t from) {
  Outcome outcome;
  Batch batch;
  while (reader.next(&batch)) {
    require(batch.num_rows() > 0, "a batch has a row");
    for (size_t i = 0; i < batch.num_columns(); ++i) {
      const Column& column = batch.column(i);
      require(column.size() == batch.num_rows(), "a column has as many rows as its batch");
      Digest& digest = outcome.fields[file.schema().index_of(column.field())];
      for (size_t row = 0; row < batch.num_rows(); ++row) add_value(column, row, &digest);
    }
    outcome.rows += static_cast<int64_t>(batch.num_rows());
    if (outcome.rows > kMostRows) return outcome;
  }
  require(!reader.next(&batch), "the end stays the end");
  outcome.complete = reader.status().ok();
  if (outcome.complete) {
    require(from + outcome.rows == reader.total_rows(), "as many rows as were told");
  }
  require(file.peak_bytes() <= fuzz_limits().held_bytes, "memory stays within its limit");
  return outcome;
}

Outcome read(const File& file, ReadOptions options) {
  return read_on(file, file.read(std::move(options)), 0);
}

void require_same(const Outcome& whole, const Outcome& other, const char* promise) {
  require(other.complete && other.rows == whole.rows, promise);
  for (const auto& [field, digest] : other.fields) {
    require(whole.fields.contains(field) && whole.fields.at(field) == digest, promise);
  }
}

// Rows: those before, between and behind, which together are all.
void read_in_parts(const File& file, const Outcome& whole) {
  const int64_t third = std::min(file.num_rows(), kMostRows) / 3;
  int64_t rows = 0;
  for (const int64_t i : {0, 1, 2}) {
    const Outcome part =
        read(file, {.first_row = i * third, .row_count = i == 2 ? -1 : third, .batch_rows = 50});
    rows += part.rows;
    if (whole.complete) require(part.complete, "rows of what is read are read");
  }
  if (whole.complete) require(rows == whole.rows, "three parts are the whole");
  // Forward over what was not read, and back.
  for (const int64_t row : {2 * third, third}) {
    BatchReader reader = file.read({.batch_rows = 7});
    Batch batch;
    if (!reader.next(&batch)) return;
    if (row == third) (void)reader.seek(reader.total_rows());
    const Status sought = reader.seek(row);
    if (whole.complete) require_ok(sought, "rows of what is read are sought");
    if (!sought.ok()) return;
    const Outcome rest = read_on(file, std::move(reader), row);
    if (!whole.complete) continue;
    require_same(read(file, {.first_row = row, .batch_rows = kMostRows}), rest,
                 "what is sought is what is read from there");
  }
}

std::vector<std::string> leaf_paths(const Schema& schema) {
  std::vector<std::string> paths;
  for (uint32_t i = 0; i < std::min(schema.num_leaves(), uint32_t{kMostChunks}); ++i) {
    paths.push_back(schema.leaf_path(i));
  }
  return paths;
}

template <class Visit>
void each_chunk(const File& file, Visit visit) {
  size_t seen = 0;
  for (int32_t group = 0; group < file.num_row_groups(); ++group) {
    for (uint32_t leaf = 0; leaf < file.schema().num_leaves(); ++leaf) {
      if (++seen > kMostChunks) return;
      visit(group, static_cast<int32_t>(leaf));
    }
  }
}

// Every page of every chunk, at every detail.
void read_pages(const File& file) {
  each_chunk(file, [&](int32_t group, int32_t leaf) {
    for (const PageDetail detail : {PageDetail::header, PageDetail::body, PageDetail::values}) {
      PageReader pages = file.pages(group, leaf, {.detail = detail, .most_values = kMostRows});
      Page page;
      while (pages.next(&page)) {
        if (detail != PageDetail::values || page.values == nullptr) continue;
        Digest digest;
        for (size_t i = 0; i < page.values->size(); ++i) add_leaf(*page.values, i, &digest);
        const size_t levels = page.definition_levels.size();
        require(levels == 0 || page.values->size() <= levels, "values are entries");
      }
      require(!pages.next(&page), "the end stays the end");
    }
  });
}

}  // namespace

Limits fuzz_limits() {
  Limits limits;
  limits.held_bytes = int64_t{64} << 20;
  return limits;
}

Result<File> open_bytes(std::span<const uint8_t> bytes, bool viewed) {
  OpenOptions options;
  options.limits = fuzz_limits();
  if (viewed) return File::open(memory_input(bytes), options);
  options.tail_bytes = 64;  // so that most footers want a second read
  return File::open(std::make_shared<ReadInput>(bytes), options);
}

void read_metadata(const File& file) {
  each_chunk(file, [&](int32_t group, int32_t leaf) {
    auto chunk = file.column_chunk(group, leaf);
    if (chunk) {
      (void)chunk->statistics();
      (void)chunk->size_statistics();
    }
    (void)file.offset_index(group, leaf);
    (void)file.column_index(group, leaf);
    if (auto filter = file.bloom_filter(group, leaf); filter && *filter) {
      (void)(*filter)->check("value");
    }
  });
}

void read_every_way(const File& viewed, const File& file, uint32_t ways) {
  const Outcome whole = read(viewed, {.batch_rows = kMostRows});
  // A failure says nothing of other ways: they may read less, or stop elsewhere.
  const auto same = [&](const Outcome& other, const char* promise) {
    if (whole.complete) require_same(whole, other, promise);
  };
  const auto chosen = [&](unsigned way) { return (ways >> way & 1) != 0; };
  if (chosen(0)) {
    same(read(file, {.batch_rows = 7}), "small batches of what is read give the same");
  }
  if (chosen(1)) {
    same(read(file, {.batch_rows = kMostRows, .batch_bytes = 1, .checksums = false}),
         "tiny batches give the same");
  }
  if (chosen(2)) {
    same(read(viewed, {.batch_rows = 100, .dictionary_columns = leaf_paths(file.schema())}),
         "dictionaries stand for the same values");
  }
  const auto fields = file.schema().fields();
  for (size_t i = 0; chosen(3) && i < std::min(fields.size(), kMostChunks); ++i) {
    // Of several fields of a name the path means the first.
    if (file.schema().find(fields[i].name) != &fields[i]) continue;
    same(read(file, {.columns = {std::string(fields[i].name)}, .batch_rows = kMostRows}),
         "a column alone gives the same");
  }
  if (chosen(4)) {
    for (const std::string& path : leaf_paths(file.schema())) {
      (void)read(viewed, {.columns = {path}, .batch_rows = 1000, .int96 = Int96As::micros});
    }
  }
  if (chosen(5)) read_in_parts(file, whole);
  if (chosen(6)) {
    (void)read(file, {.first_row_group = 1, .batch_rows = kMostRows, .int96 = Int96As::nanos});
  }
  if (chosen(7)) read_pages(viewed);
  if (chosen(8)) {
    same(read(viewed, {.batch_rows = kMostRows, .threads = 2}), "two threads give the same");
  }
}

}  // namespace veneer::fuzz
