#include "file/row_filter.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "format/shown.h"

namespace veneer {

using column::RowRun;
using filter::BoundNode;
using filter::Match;
using filter::Term;

namespace {

constexpr uint16_t kNoLists[1] = {0};
// A block of rows is small enough for the caches, large enough to pay for the calls.
constexpr int64_t kBlockRows = 64 << 10;
constexpr int64_t kBlockBytes = int64_t{8} << 20;
constexpr int64_t kLeastRows = 64;
constexpr int64_t kWindow = int64_t{4} << 20;

int64_t now_in_nanos() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// flags[indices[i]], packed.
void look_up(std::span<const int32_t> indices, const uint8_t* flags, uint8_t* bits) {
  size_t i = 0;
  for (; i + 8 <= indices.size(); i += 8) {
    unsigned byte = 0;
    for (unsigned k = 0; k < 8; ++k) {
      byte |= static_cast<unsigned>(flags[static_cast<size_t>(indices[i + k])]) << k;
    }
    bits[i / 8] = static_cast<uint8_t>(byte);
  }
  for (; i < indices.size(); ++i) {
    set_bit_to(bits, i, flags[static_cast<size_t>(indices[i])] != 0);
  }
}

void columns_below(const filter::BoundFilter& bound, const BoundNode& node,
                   std::vector<uint8_t>* columns) {
  if (node.kind == BoundNode::Kind::term) (*columns)[bound.term(node.term).column] = true;
  for (const uint32_t child : node.children) columns_below(bound, bound.node(child), columns);
}

}  // namespace

Stopwatch::Stopwatch(double* seconds) noexcept : seconds_(seconds), begin_(now_in_nanos()) {}
Stopwatch::~Stopwatch() { *seconds_ += static_cast<double>(now_in_nanos() - begin_) * 1e-9; }

RowFilter::RowFilter(std::shared_ptr<const File::Impl> file, filter::BoundFilter bound, bool trust,
                     const ReadOptions& options)
    : file_(std::move(file)),
      bound_(std::move(bound)),
      trust_(trust),
      pruner_(file_, &bound_, &stats_),
      decompressors_(&file_->pool, file_->options.limits.decompressed_bytes),
      block_rows_(std::min<int64_t>(options.batch_rows, kBlockRows)),
      plan_(&file_->pool),
      selected_(&file_->pool),
      narrowed_(&file_->pool),
      part_bits_(&file_->pool) {}

Result<std::unique_ptr<RowFilter>> RowFilter::make(std::shared_ptr<const File::Impl> file,
                                                   const ReadOptions& options) {
  VENEER_TRY(filter::BoundFilter bound,
             filter::BoundFilter::bind(*options.filter.expression(), file->metadata->schema()));
  std::unique_ptr<RowFilter> made(
      new RowFilter(std::move(file), std::move(bound), options.trust_statistics, options));
  made->make_parts();
  VENEER_CHECK(made->make_inputs(options));
  return made;
}

// The conditions that the root joins by and; those that look at a common column stay together, so
// that each column is read once.
void RowFilter::make_parts() {
  const BoundNode& root = bound_.root();
  std::vector<uint32_t> nodes;
  if (root.kind == BoundNode::Kind::all_of) nodes = root.children;
  const size_t columns = bound_.columns().size();
  if (nodes.empty()) {
    Part whole;
    whole.node = root;
    for (uint32_t c = 0; c < columns; ++c) whole.columns.push_back(c);
    parts_.push_back(std::move(whole));
    return;
  }
  std::vector<uint32_t> part_of(columns, UINT32_MAX);
  std::vector<Part> made;
  for (const uint32_t node : nodes) {
    std::vector<uint8_t> below(columns, false);
    columns_below(bound_, bound_.node(node), &below);
    Part part;
    part.node.kind = BoundNode::Kind::all_of;
    part.node.children.push_back(node);
    for (uint32_t c = 0; c < columns; ++c) {
      if (!below[c]) continue;
      if (part_of[c] != UINT32_MAX && !made[part_of[c]].columns.empty()) {
        Part& other = made[part_of[c]];
        const std::vector<uint32_t>& more = other.node.children;
        part.node.children.insert(part.node.children.end(), more.begin(), more.end());
        part.columns.insert(part.columns.end(), other.columns.begin(), other.columns.end());
        other = Part();
      } else if (part_of[c] == UINT32_MAX) {
        part.columns.push_back(c);
      }
    }
    for (const uint32_t c : part.columns) part_of[c] = static_cast<uint32_t>(made.size());
    made.push_back(std::move(part));
  }
  for (Part& part : made) {
    if (!part.columns.empty()) parts_.push_back(std::move(part));
  }
}

Status RowFilter::make_inputs(const ReadOptions& options) {
  const Schema& schema = file_->metadata->schema();
  size_t widths = 0;
  for (const filter::BoundColumn& column : bound_.columns()) {
    column::LeafReader::Options reader;
    reader.leaf = &schema.leaf(column.leaf);
    reader.element_levels = kNoLists;
    reader.top_level = schema.parent(schema.field_of(*reader.leaf)) == &schema.root();
    // Then a condition is tested once an entry, not once a value.
    reader.keep_dictionary = true;
    reader.carry_prefix = file_->carries_prefix();
    reader.pages = file_->page_options(&decompressors_, options.checksums);
    inputs_.push_back(std::make_unique<Input>(&file_->pool, reader));
    widths = std::max(widths, inputs_.back()->reader.width());
  }
  block_rows_ = std::clamp(kBlockBytes / narrow<int64_t>(std::max<size_t>(1, widths)),
                           std::min(kLeastRows, block_rows_), block_rows_);
  evaluators_.reserve(bound_.terms().size());
  for (const Term& term : bound_.terms()) {
    const filter::BoundColumn& column = bound_.columns()[term.column];
    evaluators_.emplace_back(term, column.type, schema.leaf(column.leaf));
  }
  entries_.resize(bound_.terms().size());
  return {};
}

Status RowFilter::placed(Status failure, size_t column) const {
  if (failure.ok()) return failure;
  return std::move(failure)
      .in_column(format::shown_leaf(file_->metadata->schema(), bound_.columns()[column].leaf))
      .in_row_group(row_group_);
}

// Opens a column's chunk, if that was not done for this row group.
Status RowFilter::open(size_t column) {
  Input& input = *inputs_[column];
  if (input.open) return {};
  VENEER_TRY(const ChunkPlace place,
             locate_chunk(*file_, row_group_, bound_.columns()[column].leaf));
  VENEER_TRY(const int64_t input_size, place.input->size());
  input.source.open(place.input, input_size, place.begin, place.size,
                    std::min(place.input->preferred_read_bytes(), kWindow));
  VENEER_CHECK(placed(
      input.reader.open_chunk(&input.source, place.chunk.codec, place.chunk.num_values, num_rows_),
      column));
  input.open = true;
  return {};
}

Status RowFilter::by_dictionaries() {
  for (size_t column = 0; column < inputs_.size(); ++column) {
    if (!pruner_.wants_dictionary(column)) continue;
    VENEER_CHECK(open(column));
    auto dictionary = inputs_[column]->reader.dictionary();
    if (!dictionary.ok()) return placed(std::move(dictionary).status(), column);
    pruner_.by_dictionary(column, **dictionary);
    if (pruner_.match() != Match::some) return {};
  }
  return {};
}

column::PageCache* RowFilter::share(uint32_t leaf) noexcept {
  for (size_t column = 0; column < inputs_.size(); ++column) {
    if (bound_.columns()[column].leaf != leaf) continue;
    inputs_[column]->cache.want();
    return &inputs_[column]->cache;
  }
  return nullptr;
}

Status RowFilter::announce_indexes(std::span<const uint32_t> row_groups,
                                   std::span<const uint32_t> leaves) {
  if (!trust_ || !is_remote(*file_->input) || bound_.terms().empty()) return {};
  std::vector<ByteRange> ranges;
  for (const uint32_t row_group : row_groups) {
    VENEER_CHECK(pruner_.by_statistics(row_group));
    if (pruner_.match() != Match::some) continue;
    for (size_t column = 0; column < inputs_.size(); ++column) {
      add_index_ranges(pruner_.chunk(column), true, &ranges);
    }
    for (const uint32_t leaf : leaves) {
      VENEER_TRY(const ColumnChunk chunk, file_->metadata->column_chunk(row_group, leaf));
      add_index_ranges(chunk, false, &ranges);
    }
  }
  will_need(*file_, &ranges);
  return {};
}

// The pages of the filter's columns that have to be tested.
Status RowFilter::announce_pages() {
  if (!is_remote(*file_->input)) return {};
  std::vector<RowRun> rows;
  for (const RowsMatch& part : rows_) {
    if (part.match == Match::some) rows.push_back({part.begin, part.end - part.begin});
  }
  std::vector<ByteRange> ranges;
  for (size_t column = 0; column < inputs_.size() && !rows.empty(); ++column) {
    VENEER_TRY(const ChunkPlace place,
               locate_chunk(*file_, row_group_, bound_.columns()[column].leaf));
    if (place.input != file_->input.get()) continue;
    std::span<const PageLocation> pages;
    if (trust_ && pruner_.offset_index(column).has_value()) {
      pages = pruner_.offset_index(column)->page_locations;
    }
    add_ranges(place, pages, rows, &ranges);
  }
  will_need(*file_, &ranges);
  return {};
}

Status RowFilter::begin(uint32_t row_group, int64_t first, int64_t count) {
  const Stopwatch watch(&stats_.plan_seconds);
  row_group_ = row_group;
  num_rows_ = file_->metadata->row_group(row_group).num_rows;
  position_ = first;
  next_ = 0;
  rows_.clear();
  for (std::unique_ptr<Input>& input : inputs_) {
    input->open = false;
    // Also where this row group needs no test, so that no page of the last one is taken for its
    // own.
    input->cache.clear();
  }
  for (Entries& entries : entries_) entries.of = nullptr;
  ++stats_.row_groups;
  stats_.rows += count;

  bool by_pages = false;
  std::vector<RowsMatch> all = {{0, num_rows_, Match::some}};
  const auto ended = [&](int64_t* counter) {
    const Match match = pruner_.match();
    if (match == Match::none) ++*counter;
    all[0].match = match;
    return match != Match::some;
  };
  if (bound_.terms().empty()) {
    all[0].match = bound_.root().truth ? Match::all : Match::none;
  } else if (trust_) {
    VENEER_CHECK(pruner_.by_statistics(row_group));
    bool known = ended(&stats_.row_groups_by_statistics);
    if (!known) {
      VENEER_CHECK(by_dictionaries());
      known = ended(&stats_.row_groups_by_dictionary);
    }
    if (!known) {
      VENEER_CHECK(pruner_.by_bloom_filters());
      known = ended(&stats_.row_groups_by_bloom_filter);
    }
    if (!known) VENEER_CHECK(pruner_.by_page_index(&all));
    by_pages = !known;
  }
  int64_t kept = 0;
  for (const RowsMatch& rows : all) {
    const int64_t begin = std::max(rows.begin, first);
    const int64_t end = std::min(rows.end, first + count);
    if (begin >= end || rows.match == Match::none) continue;
    rows_.push_back({begin, end, rows.match});
    kept += end - begin;
  }
  if (all.size() == 1 && all[0].match == Match::all) ++stats_.row_groups_whole;
  if (by_pages && kept == 0) ++stats_.row_groups_by_page_index;
  (by_pages ? stats_.rows_by_page : stats_.rows_by_row_group) += count - kept;
  if (rows_.empty()) return {};
  VENEER_CHECK(announce_pages());
  for (size_t column = 0; column < inputs_.size(); ++column) {
    const bool tested = std::any_of(rows_.begin(), rows_.end(), [](const RowsMatch& rows) {
      return rows.match == Match::some;
    });
    if (!tested) break;
    VENEER_CHECK(open(column));
    if (trust_ && pruner_.offset_index(column).has_value()) {
      inputs_[column]->reader.use_offset_index(pruner_.offset_index(column)->page_locations);
    }
  }
  return {};
}

Status RowFilter::next(PoolArray<RowRun>* kept) {
  kept->clear();
  std::vector<RowRun> block;
  int64_t rows = 0;
  while (next_ < rows_.size() && rows < block_rows_) {
    RowsMatch& part = rows_[next_];
    if (part.match == Match::all) {
      if (rows != 0) break;  // what stands before it comes first
      const RowRun run{part.begin, part.end - part.begin};
      stats_.rows_proven += run.count;
      stats_.rows_kept += run.count;
      position_ = part.end;
      ++next_;
      return append_run(run, kept);
    }
    const int64_t take = std::min(block_rows_ - rows, part.end - part.begin);
    block.push_back({part.begin, take});
    rows += take;
    part.begin += take;
    position_ = part.begin;
    if (part.begin == part.end) ++next_;
  }
  const Stopwatch watch(&stats_.filter_seconds);
  stats_.rows_tested += rows;
  return test_block(&block, kept);
}

Status RowFilter::test_block(std::vector<RowRun>* block, PoolArray<RowRun>* kept) {
  selected_.clear();
  for (const RowRun& run : *block) VENEER_CHECK(append_run(run, &selected_));
  // A stable sort of what is little, and mostly in order from the block before.
  const auto before = [](const Part& a, const Part& b) {
    return a.selectivity() < b.selectivity();
  };
  for (auto part = parts_.begin(); part != parts_.end(); ++part) {
    std::rotate(std::upper_bound(parts_.begin(), part, *part, before), part, part + 1);
  }
  for (Part& part : parts_) {
    if (selected_.empty()) break;
    VENEER_CHECK(test_part(&part, &selected_));
  }
  for (const RowRun& run : selected_) stats_.rows_kept += run.count;
  std::swap(*kept, selected_);
  return {};
}

// Leaves of `rows` those for which the part's conditions hold.
Status RowFilter::test_part(Part* part, PoolArray<RowRun>* rows) {
  const std::span<const RowRun> wanted(rows->data(), rows->size());
  VENEER_CHECK(plan_.make(wanted));
  for (const uint32_t column : part->columns) {
    Input& input = *inputs_[column];
    VENEER_CHECK(placed(input.reader.read_runs(plan_.runs(), &input.data), column));
  }
  VENEER_CHECK(evaluate(part->node, plan_.rows(), 0, &part_bits_));
  narrowed_.clear();
  VENEER_CHECK(select_rows(wanted, plan_.begins(), part_bits_.data(), &narrowed_));
  part->seen += static_cast<double>(plan_.num_wanted());
  for (const RowRun& run : narrowed_) part->kept += static_cast<double>(run.count);
  std::swap(*rows, narrowed_);
  return {};
}

// Children but the first are evaluated into the scratch of `depth`, those below into deeper ones.
Status RowFilter::evaluate(const BoundNode& node, size_t rows, size_t depth, Buffer* bits) {
  if (node.kind == BoundNode::Kind::term) return evaluate_term(node.term, bits);
  const size_t bytes = bytes_for_bits(rows);
  if (node.kind == BoundNode::Kind::constant) {
    VENEER_CHECK(bits->resize_discard(bytes + 16));
    std::memset(bits->data(), node.truth ? 0xFF : 0, bytes);
    return {};
  }
  const bool all = node.kind == BoundNode::Kind::all_of;
  if (bits_.size() <= depth) bits_.push_back(std::make_unique<Buffer>(&file_->pool));
  Buffer* other = bits_[depth].get();
  for (size_t i = 0; i < node.children.size(); ++i) {
    const BoundNode& child = bound_.node(node.children[i]);
    VENEER_CHECK(evaluate(child, rows, depth + 1, i == 0 ? bits : other));
    if (i == 0) continue;
    uint8_t* into = bits->data();
    const uint8_t* from = other->data();
    for (size_t b = 0; b < bytes; ++b) {
      into[b] = static_cast<uint8_t>(all ? into[b] & from[b] : into[b] | from[b]);
    }
  }
  return {};
}

Status RowFilter::evaluate_term(uint32_t term, Buffer* bits) {
  const Term& condition = bound_.term(term);
  const column::LeafReader& reader = inputs_[condition.column]->reader;
  const column::LeafData& data = inputs_[condition.column]->data;
  const size_t bytes = bytes_for_bits(data.slots);
  VENEER_CHECK(bits->resize_discard(bytes + 16));
  filter::Values values;
  values.width = reader.layout().width;
  values.views = reader.layout().is_binary();
  values.buffers = {data.buffers.data(), data.buffers.size()};
  const uint8_t* validity = data.null_count != 0 ? data.validity.data() : nullptr;
  if (!data.is_dictionary) {
    values.data = data.values().data();
    values.size = data.slots;
    values.validity = validity;
    evaluators_[term].evaluate(values, bits->data());
    return {};
  }
  Entries& entries = entries_[term];
  const column::Dictionary& dictionary = data.dictionary;
  if (entries.of != dictionary.values->data()) {
    values.data = dictionary.values->data();
    values.size = dictionary.size;
    std::vector<uint8_t> kept(bytes_for_bits(dictionary.size) + 16);
    evaluators_[term].evaluate(values, kept.data());
    entries.of = values.data;
    entries.kept = count_bits(kept.data(), 0, dictionary.size);
    entries.flags.resize(dictionary.size + 1);
    for (size_t i = 0; i < dictionary.size; ++i) entries.flags[i] = get_bit(kept.data(), i);
  }
  if (entries.kept == 0 || entries.kept == dictionary.size) {
    std::memset(bits->data(), entries.kept == 0 ? 0 : 0xFF, bytes);
  } else {
    const Buffer& indices = data.values();
    look_up({indices.as<int32_t>(), data.slots}, entries.flags.data(), bits->data());
  }
  filter::apply_nulls(validity, data.slots, condition.nulls, bits->data());
  return {};
}

}  // namespace veneer
