#include "summary.h"

#include "bound.h"

namespace cli {

namespace {

/// Widens the bounds by those of a chunk; false where it has none that can be relied on.
bool widen(const veneer::Leaf& leaf, const veneer::Bounds& bounds, LeafSummary* summary,
           bool first) {
  if (!bounds.min.has_value() || !bounds.max.has_value()) return false;
  if (first || veneer::compare(leaf, *bounds.min, *summary->min) < 0) {
    summary->min = std::string(*bounds.min);
  }
  if (first || veneer::compare(leaf, *bounds.max, *summary->max) > 0) {
    summary->max = std::string(*bounds.max);
  }
  return true;
}

}  // namespace

void add_to(std::optional<int64_t>* sum, std::optional<int64_t> more) {
  if (!sum->has_value()) return;
  int64_t whole = 0;
  if (!more.has_value() || *more < 0 || __builtin_add_overflow(**sum, *more, &whole)) {
    sum->reset();
  } else {
    *sum = whole;
  }
}

std::optional<double> ratio_of(std::optional<int64_t> raw, std::optional<int64_t> compressed) {
  if (!raw.has_value() || compressed.value_or(0) == 0) return std::nullopt;
  return static_cast<double>(*raw) / static_cast<double>(*compressed);
}

veneer::Result<LeafSummary> summarize(const veneer::File& file, uint32_t leaf_index) {
  const veneer::Leaf& leaf = file.schema().leaf(leaf_index);
  LeafSummary summary;
  summary.leaf = leaf_index;
  summary.path = file.schema().leaf_path(leaf_index);
  bool bounded = true;
  bool first = true;
  for (int32_t group = 0; group < file.num_row_groups(); ++group) {
    veneer::Result<veneer::ColumnChunk> chunk =
        file.column_chunk(group, static_cast<int32_t>(leaf_index));
    if (!chunk) return std::move(chunk).status();
    summary.column_index.add(chunk->column_index_offset.has_value());
    summary.offset_index.add(chunk->offset_index_offset.has_value());
    summary.bloom_filter.add(chunk->bloom_filter_offset.has_value());
    if (chunk->encryption != veneer::ColumnEncryption::none) summary.encrypted = true;
    if (!chunk->has_metadata) {
      summary.nulls.reset();
      bounded = false;
      continue;
    }
    summary.codecs.insert(chunk->codec);
    veneer::Result<std::vector<veneer::Encoding>> encodings = chunk->encodings();
    if (!encodings) return std::move(encodings).status();
    summary.encodings.insert(encodings->begin(), encodings->end());
    add_to(&summary.compressed, chunk->total_compressed_size);
    add_to(&summary.raw, chunk->total_uncompressed_size);
    add_to(&summary.values, chunk->num_values);
    veneer::Result<veneer::Statistics> statistics = chunk->statistics();
    if (!statistics) return std::move(statistics).status();
    // A column without optional or repeated ancestors has no nulls, whatever is not said.
    std::optional<int64_t> nulls = statistics->null_count;
    if (!nulls.has_value() && leaf.max_definition_level == 0) nulls = 0;
    add_to(&summary.nulls, nulls);
    if (file.num_row_groups() == 1) summary.distinct = statistics->distinct_count;
    // Chunks of nothing but nulls have no bounds and need none.
    if (chunk->num_values == 0 || (nulls.has_value() && *nulls == chunk->num_values)) continue;
    veneer::Bounds bounds = veneer::effective_bounds(*statistics, leaf, file.metadata().writer());
    bounded = bounded && widen(leaf, bounds, &summary, first);
    first = false;
  }
  if (!bounded) {
    summary.min.reset();
    summary.max.reset();
  }
  return summary;
}

namespace {
template <class T>
std::string join_names(const std::set<T>& values) {
  std::string text;
  for (T value : values) {
    if (!text.empty()) text += ", ";
    text += name_of(value);
  }
  return text;
}
}  // namespace

std::string join(const std::set<veneer::Encoding>& encodings) { return join_names(encodings); }
std::string join(const std::set<veneer::Codec>& codecs) { return join_names(codecs); }

}  // namespace cli
