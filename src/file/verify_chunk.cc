#include "file/verify_chunk.h"

#include <algorithm>
#include <bit>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "column/levels.h"
#include "file/file_impl.h"
#include "file/verify_facts.h"
#include "file/verify_statistics.h"
#include "format/shown.h"

namespace veneer::checks {
namespace {

using enum FindingKind;

// PLAIN_DICTIONARY is the old name of RLE_DICTIONARY in data pages and of PLAIN in dictionary
// pages; writers mix the names.
Encoding canonical(PageType page, Encoding encoding) noexcept {
  if (encoding != Encoding::plain_dictionary) return encoding;
  return page == PageType::dictionary ? Encoding::plain : Encoding::rle_dictionary;
}

// A group above a leaf that other leaves share, and the hash of what this one's levels say of it.
struct Ancestor {
  uint32_t field = 0;
  uint16_t repetition = 0;
  uint16_t definition = 0;
  uint64_t hash = 0;
};

std::vector<Ancestor> shared_ancestors(const Schema& schema, const Leaf& leaf) {
  std::vector<Ancestor> found;
  for (const Field* up = schema.parent(schema.field_of(leaf)); up != nullptr;
       up = schema.parent(*up)) {
    if (up == &schema.root() || up->num_leaves < 2) continue;
    const bool list = up->kind == FieldKind::list || up->kind == FieldKind::map;
    const uint16_t definition = list ? up->element_definition_level : up->definition_level;
    if (definition == 0 && up->repetition_level == 0) continue;  // never null: nothing to tell
    found.push_back({schema.index_of(*up), up->repetition_level, definition, 0});
  }
  return found;
}

// Most readers allow for the bugs of parquet-mr and parquet-cpp that spoil bounds. Those of these
// two writers are little known: what the file says leads others astray, and is worth a finding.
WriterVersion checked_as(const WriterVersion& writer) noexcept {
  const bool little_known =
      writer.application == "parquet-cpp-arrow" || writer.application == "hyparquet";
  return little_known ? WriterVersion() : writer;
}

class ChunkCheck {
 public:
  ChunkCheck(const File& file, const VerifyOptions& options, int32_t row_group, int32_t leaf,
             const ColumnChunk& chunk, Report* report)
      : file_(file),
        options_(options),
        writer_(checked_as(file.metadata().writer())),
        leaf_(file.schema().leaf(narrow<uint32_t>(leaf))),
        row_group_(row_group),
        chunk_(chunk),
        report_(*report),
        analysis_(file.schema(), leaf_, file.metadata().writer()) {}

  Status run(Shared* shared);

 private:
  void check_path();
  bool claim_bytes(Shared* shared);
  Status open_bloom_filter();
  void dictionary_page(const Page& page);
  void data_page(const Page& page);
  void levels(const Page& page);
  void v2_counts(const DataPageHeaderV2& header, const Facts& facts);
  void values(const Column& values);
  bool in_filter(const Column& values, size_t i) const;
  void finish(Shared* shared);
  void check_encodings();
  void check_places();
  void check_shared(Shared* shared);

  const File& file_;
  const VerifyOptions& options_;
  const WriterVersion writer_;
  const Leaf& leaf_;
  int32_t row_group_;
  const ColumnChunk& chunk_;
  Report& report_;
  Analysis analysis_;
  IndexCheck index_;
  std::optional<BloomFilter> filter_;
  std::vector<uint16_t> element_levels_;
  std::vector<Ancestor> ancestors_;

  Facts facts_;
  int64_t pages_ = 0;
  int64_t data_pages_ = 0;
  int64_t first_page_ = -1;  // offsets
  int64_t first_data_page_ = -1;
  int64_t dictionary_page_ = -1;
  int64_t dictionary_header_bytes_ = 0;
  int64_t dictionary_size_ = -1;
  bool only_dictionary_ = true;  // all data pages are dictionary-encoded
  int64_t compressed_bytes_ = 0;
  int64_t uncompressed_bytes_ = 0;
  int64_t header_bytes_ = 0;
  std::map<std::pair<PageType, Encoding>, int64_t> encodings_;
};

void ChunkCheck::check_path() {
  auto path = chunk_.path_in_schema();
  if (!path) return report_.failure(metadata, path.status());
  const Schema& schema = file_.schema();
  size_t left = path->size();
  const SchemaElement* element = &schema.element(leaf_.element);
  for (; element->parent != kNoIndex; element = &schema.element(element->parent)) {
    if (left == 0 || (*path)[left - 1] != element->name) break;
    --left;
  }
  if (left != 0 || element->parent != kNoIndex) {
    std::string joined;
    for (const std::string_view name : *path) {
      if (joined.size() > 1000) break;
      joined.append(joined.empty() ? "" : ".").append(format::shown_name(name));
    }
    report_(metadata, concat({"path_in_schema is ", joined}));
  }
}

// As BatchReader does: false where chunks overlap so much that they are not worth their reading.
bool ChunkCheck::claim_bytes(Shared* shared) {
  if (chunk_.has_metadata && chunk_.total_compressed_size <= file_.size()) {
    shared->chunk_bytes += chunk_.total_compressed_size;
  }
  if (shared->chunk_bytes / 2 <= file_.size()) return true;
  report_(layout, concat({"column chunks overlap: those read so far have ", shared->chunk_bytes,
                          " bytes, their file has ", file_.size()}));
  return false;
}

Status ChunkCheck::open_bloom_filter() {
  if (!options_.bloom_filters) return {};
  auto filter = file_.bloom_filter(row_group_, narrow<int32_t>(leaf_.index));
  if (filter) {
    filter_ = *std::move(filter);
  } else if (is_fatal(filter.status())) {
    return filter.status();
  } else {
    report_.failure(bloom_filter, filter.status());
  }
  return {};
}

Status ChunkCheck::run(Shared* shared) {
  check_path();
  if (!claim_bytes(shared)) return {};
  // Chunks that share an index are rare; those that share it with a thousand others are not
  // checked.
  shared->index_bytes += chunk_.offset_index_length.value_or(0);
  shared->index_bytes += chunk_.column_index_length.value_or(0);
  const bool indexed = shared->index_bytes / 2 <= file_.size();
  VENEER_CHECK(index_.open(file_, row_group_, narrow<int32_t>(leaf_.index),
                           options_.page_index && indexed, &report_));
  if (indexed) VENEER_CHECK(open_bloom_filter());
  if (filter_) shared->index_bytes += narrow<int64_t>(filter_->size_bytes());
  if (!indexed) report_(layout, "page indexes or bloom filters overlap: they are not checked");
  ancestors_ = shared_ancestors(file_.schema(), leaf_);
  element_levels_.assign(leaf_.max_repetition_level + size_t{1}, 0);
  for (const Field* up = file_.schema().parent(file_.schema().field_of(leaf_)); up != nullptr;
       up = file_.schema().parent(*up)) {
    if (up->kind != FieldKind::list && up->kind != FieldKind::map) continue;
    element_levels_[up->repetition_level] = up->element_definition_level;
  }

  PageOptions page_options;
  page_options.checksums = options_.checksums;
  PageReader reader = file_.pages(row_group_, narrow<int32_t>(leaf_.index), page_options);
  Page page;
  while (reader.next(&page)) {
    if (options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed)) {
      return Status::cancelled("verification was cancelled");
    }
    report_.in_page(pages_, page.offset);
    if (first_page_ < 0) first_page_ = page.offset;
    header_bytes_ += page.header_bytes;
    compressed_bytes_ += int64_t{page.header_bytes} + page.header.compressed_page_size;
    uncompressed_bytes_ += int64_t{page.header_bytes} + page.header.uncompressed_page_size;
    if (page.checksum_ok.has_value() && !*page.checksum_ok) {
      report_(checksum, "the page's bytes do not match its CRC");
    }
    if (page.header.type == PageType::dictionary) dictionary_page(page);
    if (page.header.type == PageType::data || page.header.type == PageType::data_v2) {
      data_page(page);
    }
    ++pages_;
  }
  report_.in_page(-1, -1);
  if (!reader.status().ok()) {
    if (is_fatal(reader.status())) return reader.status();
    report_.in_page(pages_, -1);
    report_.failure(unreadable, reader.status());
    report_.in_page(-1, -1);
    return {};
  }
  finish(shared);
  return {};
}

void ChunkCheck::dictionary_page(const Page& page) {
  dictionary_page_ = page.offset;
  dictionary_header_bytes_ = page.header_bytes;
  dictionary_size_ = static_cast<int64_t>(page.values->size());
  ++encodings_[{PageType::dictionary,
                canonical(PageType::dictionary, page.header.dictionary.encoding)}];
  const Leaf& leaf = analysis_.ordered_leaf();
  if (!page.header.dictionary.is_sorted || sort_order(leaf) == SortOrder::none) return;
  PlainScratch scratch[2];
  for (size_t i = 1; i < page.values->size(); ++i) {
    if (compare(leaf, plain_bytes(leaf_, *page.values, i - 1, &scratch[0]),
                plain_bytes(leaf_, *page.values, i, &scratch[1])) > 0) {
      return report_(dictionary, concat({"the dictionary claims to be sorted, but entry ", i,
                                         " is less than the one before"}));
    }
  }
}

void ChunkCheck::data_page(const Page& page) {
  const bool v2 = page.header.type == PageType::data_v2;
  const Encoding encoding =
      canonical(page.header.type, v2 ? page.header.data_v2.encoding : page.header.data.encoding);
  ++encodings_[{PageType::data, encoding}];
  if (encoding != Encoding::rle_dictionary) only_dictionary_ = false;
  if (first_data_page_ < 0) first_data_page_ = page.offset;
  ++data_pages_;

  Facts facts = analysis_.of(page);
  levels(page);
  if (v2) v2_counts(page.header.data_v2, facts);
  if (options_.statistics && page.header.has_statistics()) {
    auto told = page.header.statistics();
    if (told) {
      check_statistics(*told, analysis_, facts, writer_, -1, &report_);
    } else {
      report_.failure(statistics, told.status());
    }
  }
  index_.page(page, facts_.rows, analysis_, facts, writer_, &report_);
  values(*page.values);
  analysis_.add(std::move(facts), &facts_);
}

void ChunkCheck::levels(const Page& page) {
  const auto repetition = page.repetition_levels;
  const auto definition = page.definition_levels;
  if (!repetition.empty() && repetition[0] != 0) {
    if (facts_.entries == 0) report_(FindingKind::levels, "the chunk does not begin with a row");
    if (page.header.type == PageType::data_v2) {
      report_(FindingKind::levels, "the V2 page does not begin with a row");
    }
  }
  if (!repetition.empty() &&
      !column::levels_nest(repetition.data(), definition.data(), repetition.size(),
                           std::span<const uint16_t>(element_levels_))) {
    report_(FindingKind::levels,
            "an entry continues a list that is empty, or has no element of it");
  }
  for (Ancestor& group : ancestors_) {
    uint64_t hash = group.hash;
    for (size_t i = 0; i < definition.size(); ++i) {
      const uint32_t r = repetition.empty() ? 0 : repetition[i];
      if (r > group.repetition) continue;
      const uint32_t d = std::min(definition[i], group.definition);
      hash = std::rotl((hash ^ (r << 16 | d)) * 0x9E3779B97F4A7C15u, 29);
    }
    group.hash = hash;
  }
}

void ChunkCheck::v2_counts(const DataPageHeaderV2& header, const Facts& facts) {
  if (header.num_nulls != facts.nulls()) {
    report_(counts, differs("num_nulls of the page header", header.num_nulls, facts.nulls()));
  }
  if (header.num_rows != facts.rows) {
    // GH-34086: parquet-cpp-arrow before 12.0.0 gave the number of values.
    report_(counts, differs("num_rows of the page header", header.num_rows, facts.rows));
  }
}

bool ChunkCheck::in_filter(const Column& values, size_t i) const {
  PlainScratch scratch;
  const std::string_view plain = plain_bytes(leaf_, values, i, &scratch);
  if (filter_->check(plain)) return true;
  if (leaf_.physical_type != PhysicalType::byte_array || !leaf_.logical.is(LogicalKind::decimal) ||
      plain.empty()) {
    return false;
  }
  // A BYTE_ARRAY decimal was stored in any length that holds it; the decoded number does not tell
  // which. It is missing only where no length is there.
  const char fill = static_cast<int8_t>(plain.front()) < 0 ? '\xFF' : '\0';
  std::string_view shorter = plain;
  while (shorter.size() > 1 && shorter[0] == fill &&
         (static_cast<int8_t>(shorter[1]) < 0) == (fill != '\0')) {
    shorter.remove_prefix(1);
    if (filter_->check(shorter)) return true;
  }
  return false;
}

void ChunkCheck::values(const Column& values) {
  if (filter_) {
    size_t missing = 0;
    size_t first = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      if (in_filter(values, i)) continue;
      if (missing++ == 0) first = i;
    }
    if (missing > 0) {
      PlainScratch scratch;
      report_(bloom_filter, concat({"the bloom filter denies ", missing, " of the page's ",
                                    values.size(), " values, the first of them ",
                                    analysis_.show(plain_bytes(leaf_, values, first, &scratch))}));
    }
  }
  const LogicalKind kind = leaf_.logical.kind;
  if (options_.utf8 && values.value_kind() == ValueKind::binary &&
      (kind == LogicalKind::string || kind == LogicalKind::enum_ || kind == LogicalKind::json)) {
    size_t wrong = 0;
    size_t first = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      if (is_utf8(values.bytes(i))) continue;
      if (wrong++ == 0) first = i;
    }
    if (wrong > 0) {
      report_(utf8, concat({wrong, " of the page's ", values.size(),
                            " values are not UTF-8, the first of them value ", first, ", ",
                            analysis_.show(values.bytes(first))}));
    }
  }
}

void ChunkCheck::finish(Shared* shared) {
  if (facts_.entries != chunk_.num_values) {
    report_(counts, differs("num_values of the chunk", chunk_.num_values, facts_.entries));
  }
  const int64_t rows = file_.metadata().row_group(narrow<uint32_t>(row_group_)).num_rows;
  if (facts_.rows != rows) {
    report_(counts, differs("num_rows of the row group", rows, facts_.rows));
  }
  if (data_pages_ > 0 && options_.statistics) {
    auto told = chunk_.statistics();
    if (told) {
      check_statistics(*told, analysis_, facts_, writer_, only_dictionary_ ? dictionary_size_ : -1,
                       &report_);
    } else {
      report_.failure(statistics, told.status());
    }
    auto sizes_told = chunk_.size_statistics();
    if (sizes_told) {
      check_size_statistics(*sizes_told, facts_, &report_);
    } else {
      report_.failure(size_statistics, sizes_told.status());
    }
  }
  if (data_pages_ > 0) {
    index_.finish(facts_.rows, analysis_, writer_, &report_);
    check_encodings();
    check_places();
    check_shared(shared);
  }
}

void ChunkCheck::check_encodings() {
  auto told = chunk_.encodings();
  if (!told) return report_.failure(encodings, told.status());
  for (const auto& [key, count] : encodings_) {
    const auto [page, encoding] = key;
    // Many writers list the data pages' alone; an empty list says nothing.
    if (page == PageType::dictionary || told->empty()) continue;
    const bool listed =
        std::any_of(told->begin(), told->end(),
                    [&, e = encoding, p = page](Encoding t) { return canonical(p, t) == e; });
    if (!listed) {
      report_(encodings,
              concat({to_string(encoding), " is missing from the chunk's list of encodings"}));
    }
  }
  auto stats = chunk_.encoding_stats();
  if (!stats) return report_.failure(encodings, stats.status());
  if (stats->empty()) return;
  std::map<std::pair<PageType, Encoding>, int64_t> claimed;
  for (const PageEncodingStats& entry : *stats) {
    // Arrow C++ says DATA_PAGE of V2 pages too.
    const PageType page = entry.page_type == PageType::data_v2 ? PageType::data : entry.page_type;
    claimed[{page, canonical(page, entry.encoding)}] += entry.count;
  }
  for (const auto& [key, count] : encodings_) claimed.try_emplace(key, 0);
  for (const auto& [key, count] : claimed) {
    const auto found = encodings_.find(key);
    const int64_t pages = found == encodings_.end() ? 0 : found->second;
    if (count != pages) {
      report_(encodings, differs(concat({"the count of ", to_string(key.first), " pages in ",
                                         to_string(key.second), " in encoding_stats"}),
                                 count, pages));
    }
  }
}

void ChunkCheck::check_places() {
  // parquet-mr before 1.2.9 left the dictionary page's header out of both sizes (PARQUET-816).
  const bool trusted = !writer_.is_before("parquet-mr", 1, 2, 9);
  if (trusted && chunk_.total_compressed_size != compressed_bytes_) {
    report_(sizes, concat({"total_compressed_size is ", chunk_.total_compressed_size,
                           ", the pages with their headers have ", compressed_bytes_}));
  }
  // Some writers count the pages' headers, as the format wants, some do not, some tell nothing.
  if (trusted && chunk_.total_uncompressed_size != 0 &&
      chunk_.total_uncompressed_size != uncompressed_bytes_ &&
      chunk_.total_uncompressed_size != uncompressed_bytes_ - header_bytes_) {
    report_(sizes, concat({"total_uncompressed_size is ", chunk_.total_uncompressed_size,
                           ", the pages with their headers have ", uncompressed_bytes_}));
  }
  // data_page_offset may also stand for the first page of any kind: see chunk_range.
  // DuckDB, before it named its version, left out the dictionary page's header.
  const bool old_duckdb = writer_.application == "DuckDB" && !writer_.has_version;
  if (chunk_.data_page_offset != first_data_page_ && chunk_.data_page_offset != first_page_ &&
      !(old_duckdb && chunk_.data_page_offset == first_data_page_ - dictionary_header_bytes_)) {
    report_(layout, concat({"data_page_offset is ", chunk_.data_page_offset,
                            ", the first data page is at ", first_data_page_}));
  }
  const int64_t dictionary_told = chunk_.dictionary_page_offset.value_or(0);
  if (dictionary_told > 0 && dictionary_page_ >= 0 && dictionary_told != dictionary_page_) {
    report_(layout, concat({"dictionary_page_offset is ", dictionary_told,
                            ", the dictionary page is at ", dictionary_page_}));
  }
}

void ChunkCheck::check_shared(Shared* shared) {
  for (const Ancestor& group : ancestors_) {
    Shared::Entry& entry = shared->by_field[group.field];
    if (entry.row_group != row_group_) {
      entry = {group.hash, row_group_, narrow<int32_t>(leaf_.index)};
    } else if (entry.hash != group.hash) {
      const Schema& schema = file_.schema();
      report_(
          FindingKind::levels,
          concat({"the levels disagree with those of column ",
                  format::shown_leaf(schema, narrow<uint32_t>(entry.leaf)), " about their group ",
                  format::shown_path(schema, schema.field_at(group.field).element)}));
    }
  }
}

}  // namespace

Status verify_chunk(const File& file, const VerifyOptions& options, int32_t row_group, int32_t leaf,
                    Shared* shared, ChunkClaims* claims, Report* report) {
  auto chunk = file.column_chunk(row_group, leaf);
  if (!chunk) {
    if (is_fatal(chunk.status())) return chunk.status();
    report->failure(FindingKind::metadata, chunk.status());
    return {};
  }
  claims->in_this_file = !chunk->file_path.has_value() || chunk->file_path->empty();
  claims->total_compressed_size = chunk->total_compressed_size;
  claims->total_uncompressed_size = chunk->total_uncompressed_size;
  claims->known = chunk->has_metadata;
  // Where a chunk without values would lie, writers put any number.
  if (claims->known && claims->in_this_file && chunk->num_values > 0) {
    claims->known =
        chunk_range(*chunk, file.metadata().writer(), file.size(), &claims->begin, &claims->size)
            .ok();
    // Without the slack for PARQUET-816: what the file says, not what is read to be safe.
    claims->size = std::min(claims->size, chunk->total_compressed_size);
  }
  // One finding, not one for each of pages, indexes and filter.
  if (const Status refused = refuse_encrypted(*chunk); !refused.ok()) {
    report->failure(FindingKind::unreadable, refused);
    return {};
  }
  return ChunkCheck(file, options, row_group, leaf, *chunk, report).run(shared);
}

}  // namespace veneer::checks
