#include "file/prune.h"

#include <algorithm>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "column/page_stream.h"
#include "column/value_decoder.h"
#include "file/chunk_input.h"
#include "io/ranges.h"

namespace veneer {

using filter::BoundColumn;
using filter::BoundFilter;
using filter::BoundNode;
using filter::Match;
using filter::Term;

namespace {

// Sets of more values are not looked up one by one.
constexpr size_t kMostPoints = 1000;
// Of more pages than any writer makes nothing is kept one by one.
constexpr size_t kMostPages = 1'000'000;

bool is_dictionary(Encoding encoding) noexcept {
  return encoding == Encoding::plain_dictionary || encoding == Encoding::rle_dictionary;
}

// True where every data page is known to be dictionary-encoded.
bool has_only_dictionary_pages(const ColumnChunk& chunk) {
  if (chunk.raw_encoding_stats.present()) {
    auto stats = chunk.encoding_stats();
    if (!stats.ok()) return false;
    bool any = false;
    for (const PageEncodingStats& one : *stats) {
      if (one.page_type != PageType::data && one.page_type != PageType::data_v2) continue;
      if (one.count == 0) continue;
      if (!is_dictionary(one.encoding)) return false;
      any = true;
    }
    return any;
  }
  // Without them, only old writers' list tells: PLAIN there is a data page's, as their dictionary
  // pages are PLAIN_DICTIONARY too.
  auto encodings = chunk.encodings();
  if (!encodings.ok()) return false;
  bool old = false;
  for (const Encoding encoding : *encodings) {
    if (encoding == Encoding::plain_dictionary) {
      old = true;
    } else if (encoding != Encoding::rle && encoding != Encoding::bit_packed) {
      return false;
    }
  }
  return old;
}

// Where statistics do not count nulls, the histogram of definition levels does.
std::optional<int64_t> nulls_of_histogram(const ColumnChunk& chunk, const Leaf& leaf) {
  if (!chunk.has_size_statistics()) return {};
  auto sizes = chunk.size_statistics();
  if (!sizes.ok() ||
      sizes->definition_level_histogram.size() != size_t{leaf.max_definition_level} + 1) {
    return {};
  }
  int64_t all = 0;
  for (const int64_t count : sizes->definition_level_histogram) {
    if (count < 0 || count > chunk.num_values - all) return {};
    all += count;
  }
  if (all != chunk.num_values) return {};
  return all - sizes->definition_level_histogram.back();
}

// As part of the last ones where it is the same that is known of them.
void append(const RowsMatch& rows, std::vector<RowsMatch>* list) {
  if (!list->empty() && list->back().match == rows.match) {
    list->back().end = rows.end;
  } else {
    list->push_back(rows);
  }
}

// Two lists over the same rows as one.
template <class Join>
std::vector<RowsMatch> joined(const std::vector<RowsMatch>& a, const std::vector<RowsMatch>& b,
                              Join join) {
  std::vector<RowsMatch> made;
  size_t i = 0;
  size_t j = 0;
  int64_t at = 0;
  while (i < a.size() && j < b.size()) {
    const int64_t end = std::min(a[i].end, b[j].end);
    const Match match = join(a[i].match, b[j].match);
    if (end > at) append({at, end, match}, &made);
    at = end;
    if (a[i].end == end) ++i;
    if (b[j].end == end) ++j;
  }
  return made;
}

std::vector<RowsMatch> rows_of(const BoundFilter& filter, const BoundNode& node, int64_t rows,
                               const std::vector<std::vector<RowsMatch>>& terms) {
  switch (node.kind) {
    case BoundNode::Kind::constant: return {{0, rows, node.truth ? Match::all : Match::none}};
    case BoundNode::Kind::term: return terms[node.term];
    default: break;
  }
  const bool all = node.kind == BoundNode::Kind::all_of;
  std::vector<RowsMatch> made = {{0, rows, all ? Match::all : Match::none}};
  for (const uint32_t child : node.children) {
    const std::vector<RowsMatch> of = rows_of(filter, filter.node(child), rows, terms);
    made = joined(made, of, all ? filter::both : filter::either);
  }
  return made;
}

// A shortcut that cannot be read is none; but what is wrong with the machine is not hidden.
bool is_fatal(const Status& status) noexcept {
  switch (status.code()) {
    case StatusCode::corrupt:
    case StatusCode::unsupported:
    case StatusCode::over_limit:
    case StatusCode::invalid_argument:
    case StatusCode::ok: return false;
    default: return true;
  }
}

}  // namespace

FilterStats& FilterStats::operator+=(const FilterStats& other) noexcept {
  static constexpr int64_t FilterStats::*kCounts[] = {&FilterStats::row_groups,
                                                      &FilterStats::row_groups_by_statistics,
                                                      &FilterStats::row_groups_by_dictionary,
                                                      &FilterStats::row_groups_by_bloom_filter,
                                                      &FilterStats::row_groups_by_page_index,
                                                      &FilterStats::row_groups_whole,
                                                      &FilterStats::pages,
                                                      &FilterStats::pages_dropped,
                                                      &FilterStats::rows,
                                                      &FilterStats::rows_by_row_group,
                                                      &FilterStats::rows_by_page,
                                                      &FilterStats::rows_proven,
                                                      &FilterStats::rows_tested,
                                                      &FilterStats::rows_kept};
  for (int64_t FilterStats::*count : kCounts) this->*count += other.*count;
  plan_seconds += other.plan_seconds;
  filter_seconds += other.filter_seconds;
  read_seconds += other.read_seconds;
  return *this;
}

bool is_sound(std::span<const PageLocation> pages, int64_t rows) noexcept {
  if (pages.empty() || pages.front().first_row_index != 0) return false;
  for (size_t i = 1; i < pages.size(); ++i) {
    if (pages[i].first_row_index < pages[i - 1].first_row_index) return false;
  }
  return pages.back().first_row_index <= rows;
}

Result<std::optional<OffsetIndex>> sound_offset_index(const File::Impl& file,
                                                      const ColumnChunk& chunk, int64_t rows) {
  // Of chunks in other files, writers do not agree where the index is.
  if (!chunk.offset_index_offset.has_value() || chunk.file_path.has_value()) {
    return std::optional<OffsetIndex>();
  }
  auto index = read_offset_index(file, chunk);
  if (!index.ok()) {
    if (is_fatal(index.status())) return std::move(index).status();
    return std::optional<OffsetIndex>();
  }
  if (!is_sound(index->page_locations, rows)) return std::optional<OffsetIndex>();
  return std::optional<OffsetIndex>(*std::move(index));
}

void add_ranges(const ChunkPlace& place, std::span<const PageLocation> pages,
                std::span<const column::RowRun> rows, std::vector<ByteRange>* out) {
  if (pages.empty()) {
    out->push_back({place.begin, place.size});
    return;
  }
  const int64_t dictionary = pages.front().offset - place.begin;
  if (dictionary > 0) out->push_back({place.begin, dictionary});
  const auto page_of = [pages](int64_t row) {
    const auto next = std::upper_bound(
        pages.begin(), pages.end(), row,
        [](int64_t r, const PageLocation& page) { return r < page.first_row_index; });
    return static_cast<size_t>(next - pages.begin()) - 1;
  };
  size_t done = 0;
  for (const column::RowRun& run : rows) {
    const size_t last = page_of(run.end() - 1);
    for (size_t page = std::max(done, page_of(run.begin)); page <= last; ++page) {
      out->push_back({pages[page].offset, pages[page].compressed_page_size});
    }
    done = last + 1;
  }
}

void add_index_ranges(const ColumnChunk& chunk, bool column_index, std::vector<ByteRange>* out) {
  if (chunk.offset_index_offset.has_value() && chunk.offset_index_length.has_value()) {
    out->push_back({*chunk.offset_index_offset, *chunk.offset_index_length});
  }
  if (column_index && chunk.column_index_offset.has_value() &&
      chunk.column_index_length.has_value()) {
    out->push_back({*chunk.column_index_offset, *chunk.column_index_length});
  }
}

void will_need(const File::Impl& file, std::vector<ByteRange>* ranges) {
  io::sort_by_offset(*ranges);
  if (!ranges->empty()) file.input->will_need(*ranges);
}

Pruner::Pruner(std::shared_ptr<const File::Impl> file, const BoundFilter* filter,
               FilterStats* stats)
    : file_(std::move(file)), filter_(filter), stats_(stats) {}

Match Pruner::match() const { return outcome(*filter_, filter_->root(), terms_.data()); }

Status Pruner::by_statistics(uint32_t row_group) {
  const FileMetadata& metadata = *file_->metadata;
  const size_t columns = filter_->columns().size();
  row_group_ = row_group;
  rows_ = metadata.row_group(row_group).num_rows;
  terms_.assign(filter_->terms().size(), Match::some);
  columns_ = std::vector<Column>(columns);
  std::vector<filter::Evidence> evidence(columns);
  for (size_t i = 0; i < columns; ++i) {
    const BoundColumn& column = filter_->columns()[i];
    const Leaf& leaf = metadata.schema().leaf(column.leaf);
    VENEER_TRY(columns_[i].chunk, metadata.column_chunk(row_group, column.leaf));
    const ColumnChunk& chunk = columns_[i].chunk;
    evidence[i].rows = rows_;
    if (leaf.max_definition_level == 0) evidence[i].nulls = 0;
    if (!chunk.has_metadata || chunk.num_values != rows_) continue;
    if (chunk.has_statistics()) {
      auto statistics = chunk.statistics();
      if (statistics.ok()) {
        const filter::EvidenceReader reader(leaf, column.type, metadata.writer());
        evidence[i] = reader.read(*statistics, rows_);
      }
    }
    if (!evidence[i].nulls.has_value()) evidence[i].nulls = nulls_of_histogram(chunk, leaf);
    columns_[i].no_nulls = evidence[i].nulls == 0;
    columns_[i].only_dictionary = has_only_dictionary_pages(chunk);
  }
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = filter_->term(static_cast<uint32_t>(i));
    terms_[i] = prove(term, filter_->columns()[term.column].type, evidence[term.column]);
  }
  return {};
}

// Would the row group be dropped if none of the undecided terms on this column, and on any other,
// matched? If not, there is no use in looking further.
bool Pruner::could_end(size_t column) const {
  std::vector<Match> best = terms_;
  bool open = false;
  for (size_t i = 0; i < best.size(); ++i) {
    if (best[i] != Match::some) continue;
    open = open || filter_->term(static_cast<uint32_t>(i)).column == column;
    best[i] = Match::none;
  }
  return open && outcome(*filter_, filter_->root(), best.data()) == Match::none;
}

bool Pruner::wants_dictionary(size_t column) const {
  return columns_[column].only_dictionary && could_end(column);
}

void Pruner::by_dictionary(size_t column, const column::Dictionary& dictionary) {
  if (!dictionary) return;
  const BoundColumn& bound = filter_->columns()[column];
  const Leaf& leaf = file_->metadata->schema().leaf(bound.leaf);
  const column::ValueLayout layout = column::ValueLayout::of(leaf);
  // No writer makes dictionaries of booleans, which are bits in a column and bytes here.
  if (layout.kind == ValueKind::boolean) return;
  columns_[column].dictionary_seen = true;
  filter::Values values;
  values.data = dictionary.values->data();
  values.width = layout.width;
  values.size = dictionary.size;
  values.views = layout.is_binary();
  values.buffers = {&dictionary.bytes, 1};
  std::vector<uint8_t> bits(bytes_for_bits(dictionary.size) + 8);
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = filter_->term(static_cast<uint32_t>(i));
    if (term.column != column || terms_[i] != Match::some) continue;
    filter::Evaluator(term, bound.type, leaf).evaluate(values, bits.data());
    const size_t kept = count_bits(bits.data(), 0, dictionary.size);
    // Entries need not be used: that one matches proves nothing, that all do, or none, does.
    if (kept == 0 && (!term.nulls || columns_[column].no_nulls)) terms_[i] = Match::none;
    if (kept == dictionary.size && (term.nulls || columns_[column].no_nulls))
      terms_[i] = Match::all;
  }
}

Status Pruner::bloom_term(size_t i) {
  const Term& term = filter_->term(static_cast<uint32_t>(i));
  const BoundColumn& column = filter_->columns()[term.column];
  std::vector<std::string_view> points;
  if (!term.set.points(kMostPoints, &points)) return {};
  std::vector<uint64_t> hashes;
  std::string plain;
  for (const std::string_view point : points) {
    if (!column.type.has_plain(point)) return {};
    for (size_t form = 0; column.type.to_plain(point, form, &plain); ++form) {
      hashes.push_back(BloomFilter::hash(plain));
    }
  }
  auto may = bloom_may_hold(file_, columns_[term.column].chunk, hashes);
  if (!may.ok()) return is_fatal(may.status()) ? std::move(may).status() : Status();
  if (!*may) terms_[i] = Match::none;
  return {};
}

Status Pruner::by_bloom_filters() {
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = filter_->term(static_cast<uint32_t>(i));
    // What a dictionary holds the filter does not know better.
    if (terms_[i] != Match::some || columns_[term.column].dictionary_seen) continue;
    if (!columns_[term.column].chunk.bloom_filter_offset.has_value()) continue;
    if ((term.nulls && !columns_[term.column].no_nulls) || !could_end(term.column)) continue;
    VENEER_CHECK(bloom_term(i));
  }
  return {};
}

// Of a column's pages the index, or else what their headers say; neither where there is neither.
Status Pruner::read_index(size_t c, ColumnIndex* out, std::vector<filter::Evidence>* evidence) {
  const Leaf& leaf = file_->metadata->schema().leaf(filter_->columns()[c].leaf);
  VENEER_TRY(columns_[c].offsets, sound_offset_index(*file_, columns_[c].chunk, rows_));
  if (!columns_[c].offsets.has_value()) return walk_headers(c, evidence);
  if (!columns_[c].chunk.column_index_offset.has_value() ||
      columns_[c].offsets->page_locations.size() > kMostPages) {
    return {};
  }
  auto index = read_column_index(*file_, columns_[c].chunk, leaf);
  if (!index.ok()) return is_fatal(index.status()) ? std::move(index).status() : Status();
  if (index->null_pages.size() == columns_[c].offsets->page_locations.size()) {
    *out = *std::move(index);
  } else {
    // Which of the two is wrong nobody knows.
    columns_[c].offsets.reset();
  }
  return {};
}

// Without an index the pages' headers tell where they lie, and perhaps their bounds. That is one
// small read a page, which only a local file answers fast, and is given up where the first data
// page has no statistics.
Status Pruner::walk_headers(size_t c, std::vector<filter::Evidence>* evidence) {
  const FileMetadata& metadata = *file_->metadata;
  const BoundColumn& column = filter_->columns()[c];
  const bool undecided = [&] {
    for (size_t i = 0; i < terms_.size(); ++i) {
      const bool own = filter_->term(static_cast<uint32_t>(i)).column == c;
      if (own && terms_[i] == Match::some) return true;
    }
    return false;
  }();
  if (!undecided || is_remote(*file_->input) || columns_[c].chunk.num_values != rows_) return {};
  VENEER_TRY(const ChunkPlace place, locate_chunk(*file_, row_group_, column.leaf));
  VENEER_TRY(const int64_t input_size, place.input->size());
  constexpr int64_t kHeaderRead = 1024;
  ChunkInput source(&file_->pool);
  source.open(place.input, input_size, place.begin, place.size, kHeaderRead);
  column::PageStream::Options options;
  options.pool = &file_->pool;
  options.limits = &file_->options.limits;
  column::PageStream stream(options);
  stream.open(&source, place.chunk.codec);
  const filter::EvidenceReader reader(metadata.schema().leaf(column.leaf), column.type,
                                      metadata.writer());
  auto pages = std::make_shared<std::vector<PageLocation>>();
  PageHeader header;
  for (int64_t row = 0; row < rows_;) {
    auto more = stream.next_header(&header);
    // What is wrong with a page is told by whoever reads it.
    if (!more.ok() || !*more) {
      evidence->clear();
      return {};
    }
    if (header.type != PageType::data && header.type != PageType::data_v2) continue;
    const int64_t values =
        header.type == PageType::data ? header.data.num_values : header.data_v2.num_values;
    auto statistics = header.statistics();
    int32_t bytes = 0;
    if ((pages->empty() && !header.has_statistics()) || !statistics.ok() || values > rows_ - row ||
        pages->size() == kMostPages ||
        !checked_add(stream.header_bytes(), header.compressed_page_size, &bytes)) {
      evidence->clear();
      return {};
    }
    pages->push_back({stream.page_offset(), bytes, row});
    evidence->push_back(reader.read(*statistics, values));
    row += values;
  }
  OffsetIndex made;
  made.page_locations = *pages;
  made.storage = std::move(pages);
  columns_[c].offsets = std::move(made);
  return {};
}

// The undecided terms on a column, page by page.
Status Pruner::prove_pages(size_t c, std::vector<std::vector<RowsMatch>>* terms) {
  const FileMetadata& metadata = *file_->metadata;
  const BoundColumn& column = filter_->columns()[c];
  ColumnIndex index;
  std::vector<filter::Evidence> evidence;
  VENEER_CHECK(read_index(c, &index, &evidence));
  if (!columns_[c].offsets.has_value() || (evidence.empty() && index.null_pages.empty())) return {};
  const std::span<const PageLocation> pages = columns_[c].offsets->page_locations;
  const filter::EvidenceReader reader(metadata.schema().leaf(column.leaf), column.type,
                                      metadata.writer());
  const filter::PageProver prover(reader, column.type, index, pages, rows_);
  std::vector<Match> matches(pages.size());
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = filter_->term(static_cast<uint32_t>(i));
    if (term.column != c || terms_[i] != Match::some) continue;
    if (evidence.empty()) prover.prove(term, matches.data());
    for (size_t page = 0; page < evidence.size(); ++page) {
      matches[page] = prove(term, column.type, evidence[page]);
    }
    (*terms)[i].clear();
    for (size_t page = 0; page < pages.size(); ++page) {
      const int64_t end = filter::end_of_page(pages, page, rows_);
      append({pages[page].first_row_index, end, matches[page]}, &(*terms)[i]);
    }
  }
  return {};
}

Status Pruner::by_page_index(std::vector<RowsMatch>* rows) {
  std::vector<std::vector<RowsMatch>> terms(terms_.size());
  for (size_t i = 0; i < terms_.size(); ++i) terms[i] = {{0, rows_, terms_[i]}};
  for (size_t c = 0; c < filter_->columns().size(); ++c) VENEER_CHECK(prove_pages(c, &terms));
  *rows = rows_of(*filter_, filter_->root(), rows_, terms);
  for (const Column& column : columns_) {
    if (!column.offsets.has_value()) continue;
    const std::span<const PageLocation> pages = column.offsets->page_locations;
    stats_->pages += static_cast<int64_t>(pages.size());
    size_t at = 0;
    for (size_t page = 0; page < pages.size(); ++page) {
      const int64_t begin = pages[page].first_row_index;
      const int64_t end = filter::end_of_page(pages, page, rows_);
      while (at < rows->size() && (*rows)[at].end <= begin) ++at;
      const bool dropped =
          at < rows->size() && (*rows)[at].match == Match::none && (*rows)[at].end >= end;
      if (dropped) ++stats_->pages_dropped;
    }
  }
  return {};
}

}  // namespace veneer
