#include "file/verify_statistics.h"

#include <algorithm>

#include "base/text.h"

namespace veneer::checks {
namespace {

using enum FindingKind;

bool is_floating(const Leaf& leaf) noexcept {
  return leaf.physical_type == PhysicalType::float32 ||
         leaf.physical_type == PhysicalType::float64 || leaf.logical.is(LogicalKind::float16);
}

// A null or NaN-like bound, which means nothing in `floating` order.
bool is_nan_bound(const Leaf& leaf, std::string_view bytes) noexcept {
  if (sort_order(leaf) != SortOrder::floating) return false;
  // NaN is after everything, infinity included, and equal to itself alone.
  const Bounds bounds = effective_bounds(bytes, bytes, leaf, WriterVersion());
  return !bounds.min.has_value();
}

void check_bounds(const Bounds& bounds, const Analysis& analysis, const Facts& facts,
                  FindingKind kind, Report* report) {
  if (!facts.min || !facts.bounds_known) return;
  const Leaf& leaf = analysis.ordered_leaf();
  const int low = bounds.min ? compare(leaf, *facts.min, *bounds.min) : 0;
  const int high = bounds.max ? compare(leaf, *facts.max, *bounds.max) : 0;
  if (low < 0) {
    (*report)(kind, concat({"the value ", analysis.show(*facts.min), " is less than the minimum ",
                            analysis.show(*bounds.min)}));
  } else if (low > 0 && bounds.min_exact) {
    (*report)(kind,
              concat({"the minimum ", analysis.show(*bounds.min),
                      " is said to be exact, but the least value is ", analysis.show(*facts.min)}));
  }
  if (high > 0) {
    (*report)(kind, concat({"the value ", analysis.show(*facts.max),
                            " is greater than the maximum ", analysis.show(*bounds.max)}));
  } else if (high < 0 && bounds.max_exact) {
    (*report)(kind, concat({"the maximum ", analysis.show(*bounds.max),
                            " is said to be exact, but the greatest value is ",
                            analysis.show(*facts.max)}));
  }
}

// What effective_bounds drops without a word: bounds of the wrong width, or in the wrong order.
void check_form(const std::optional<std::string_view>& min,
                const std::optional<std::string_view>& max, const Analysis& analysis,
                FindingKind kind, Report* report) {
  const Leaf& leaf = analysis.ordered_leaf();
  bool sound = true;
  for (const auto& [bound, name] : {std::pair(min, "minimum"), std::pair(max, "maximum")}) {
    if (!bound || is_bound(leaf, *bound)) continue;
    sound = false;
    (*report)(kind, concat({"the ", name, " of ", bound->size(),
                            " bytes is no value of the column's type"}));
  }
  if (sound && min && max && !is_nan_bound(leaf, *min) && !is_nan_bound(leaf, *max) &&
      compare(leaf, *min, *max) > 0) {
    (*report)(kind, concat({"the minimum ", analysis.show(*min), " is greater than the maximum ",
                            analysis.show(*max)}));
  }
}

void check_histogram(std::span<const int64_t> told, const std::vector<int64_t>& found,
                     const char* which, FindingKind kind, Report* report) {
  if (told.empty()) return;
  if (!std::equal(told.begin(), told.end(), found.begin(), found.end())) {
    (*report)(kind, concat({"the histogram of ", which, " levels differs from the data's"}));
  }
}

bool null_count_holds(int64_t told, const Facts& facts) noexcept {
  return told == facts.nulls() || told == facts.element_nulls;
}

}  // namespace

void check_statistics(const Statistics& statistics, const Analysis& analysis, const Facts& facts,
                      const WriterVersion& writer, int64_t distinct_limit, Report* report) {
  if (statistics.null_count && !null_count_holds(*statistics.null_count, facts)) {
    (*report)(FindingKind::statistics,
              differs("null_count", *statistics.null_count, facts.nulls()));
  }
  const Leaf& leaf = analysis.ordered_leaf();
  if (statistics.nan_count && is_floating(leaf) && *statistics.nan_count != facts.nans) {
    (*report)(FindingKind::statistics, differs("nan_count", *statistics.nan_count, facts.nans));
  }
  if (statistics.distinct_count) {
    const int64_t told = *statistics.distinct_count;
    // Some writers count null as one more value.
    const int64_t null = facts.nulls() > 0 ? 1 : 0;
    const int64_t most =
        null + (distinct_limit >= 0 ? std::min(distinct_limit, facts.present) : facts.present);
    if (told > most) {
      (*report)(FindingKind::statistics,
                concat({"distinct_count is ", told, ", the data can have ", most, " at most"}));
    }
    const bool two = facts.min && facts.bounds_known && compare(leaf, *facts.min, *facts.max) != 0;
    const int64_t least = two ? 2 : facts.present > 0 ? 1 : 0;
    // Some writers store 0 for "not counted".
    if (told < least && told != 0) {
      (*report)(FindingKind::statistics,
                concat({"distinct_count is ", told, ", the data have ", least, " at least"}));
    }
  }
  if (!trust_statistics(writer, leaf)) return;
  if (sort_order(leaf) != SortOrder::none && (statistics.min_value || statistics.max_value)) {
    check_form(statistics.min_value, statistics.max_value, analysis, FindingKind::statistics,
               report);
  }
  check_bounds(effective_bounds(statistics, leaf, writer), analysis, facts, FindingKind::statistics,
               report);
}

void check_size_statistics(const SizeStatistics& statistics, const Facts& facts, Report* report) {
  if (statistics.unencoded_byte_array_data_bytes && facts.binary_bytes &&
      *statistics.unencoded_byte_array_data_bytes != *facts.binary_bytes) {
    (*report)(size_statistics,
              differs("unencoded_byte_array_data_bytes",
                      *statistics.unencoded_byte_array_data_bytes, *facts.binary_bytes));
  }
  check_histogram(statistics.repetition_level_histogram, facts.repetition_histogram, "repetition",
                  size_statistics, report);
  check_histogram(statistics.definition_level_histogram, facts.definition_histogram, "definition",
                  size_statistics, report);
}

Status IndexCheck::open(const File& file, int32_t row_group, int32_t leaf, bool wanted,
                        Report* report) {
  offsets_.reset();
  columns_.reset();
  data_pages_ = 0;
  if (!wanted) return {};
  auto offsets = file.offset_index(row_group, leaf);
  const bool none = offsets.ok() && !offsets->has_value();
  if (offsets) {
    offsets_ = *std::move(offsets);
  } else if (is_fatal(offsets.status())) {
    return offsets.status();
  } else {
    report->failure(page_index, offsets.status());
  }
  auto columns = file.column_index(row_group, leaf);
  if (columns) {
    columns_ = *std::move(columns);
  } else if (is_fatal(columns.status())) {
    return columns.status();
  } else {
    report->failure(page_index, columns.status());
  }
  if (columns_ && none) {
    (*report)(page_index, "the chunk has a column index but no offset index");
  }
  if (columns_ && offsets_ && columns_->null_pages.size() != offsets_->page_locations.size()) {
    (*report)(page_index, concat({"the column index has ", columns_->null_pages.size(),
                                  " pages, the offset index ", offsets_->page_locations.size()}));
  }
  return {};
}

void IndexCheck::page(const Page& page, int64_t first_row, const Analysis& analysis,
                      const Facts& facts, const WriterVersion& writer, Report* report) {
  const size_t k = data_pages_++;
  if (offsets_ && k < offsets_->page_locations.size()) {
    offsets_of(k, page, first_row, facts, report);
  }
  if (columns_ && k < columns_->null_pages.size()) column_of(k, analysis, facts, writer, report);
}

void IndexCheck::offsets_of(size_t k, const Page& page, int64_t first_row, const Facts& facts,
                            Report* report) {
  const PageLocation& place = offsets_->page_locations[k];
  if (place.offset != page.offset) {
    (*report)(page_index, concat({"the offset index has the page at ", place.offset}));
  }
  const int64_t size = int64_t{page.header_bytes} + page.header.compressed_page_size;
  if (place.compressed_page_size != size) {
    (*report)(page_index, concat({"the offset index gives the page ", place.compressed_page_size,
                                  " bytes, it has ", size}));
  }
  if (place.first_row_index != first_row) {
    (*report)(page_index, concat({"the offset index begins the page at row ", place.first_row_index,
                                  ", it begins at ", first_row}));
  }
  if (!page.repetition_levels.empty() && page.repetition_levels[0] != 0) {
    (*report)(page_index, "the chunk has an offset index, but the page does not begin with a row");
  }
  const auto bytes = offsets_->unencoded_byte_array_data_bytes;
  if (k < bytes.size() && facts.binary_bytes && bytes[k] != *facts.binary_bytes) {
    (*report)(page_index, differs("unencoded_byte_array_data_bytes of the offset index", bytes[k],
                                  *facts.binary_bytes));
  }
}

void IndexCheck::column_of(size_t k, const Analysis& analysis, const Facts& facts,
                           const WriterVersion& writer, Report* report) {
  const ColumnIndex& index = *columns_;
  const bool all_null = facts.present == 0;
  if (index.null_pages[k] != all_null) {
    (*report)(page_index,
              all_null ? "null_pages of the column index denies that the page has nulls only"
                       : "null_pages of the column index says nulls only, the page has values");
  }
  if (!index.null_counts.empty() && !null_count_holds(index.null_counts[k], facts)) {
    (*report)(page_index,
              differs("null_count of the column index", index.null_counts[k], facts.nulls()));
  }
  const Leaf& leaf = analysis.ordered_leaf();
  if (!index.nan_counts.empty() && is_floating(leaf) && index.nan_counts[k] != facts.nans) {
    (*report)(page_index,
              differs("nan_count of the column index", index.nan_counts[k], facts.nans));
  }
  const auto part = [k](std::span<const int64_t> all, size_t each) {
    return all.empty() ? all : all.subspan(k * each, each);
  };
  check_histogram(part(index.repetition_level_histograms, facts.repetition_histogram.size()),
                  facts.repetition_histogram, "repetition", page_index, report);
  check_histogram(part(index.definition_level_histograms, facts.definition_histogram.size()),
                  facts.definition_histogram, "definition", page_index, report);
  if (index.null_pages[k] || all_null || sort_order(leaf) == SortOrder::none ||
      !trust_statistics(writer, leaf)) {
    return;
  }
  check_form(index.min_values[k], index.max_values[k], analysis, page_index, report);
  check_bounds(effective_bounds(index.min_values[k], index.max_values[k], leaf, writer), analysis,
               facts, page_index, report);
}

void IndexCheck::check_order(const Analysis& analysis, const WriterVersion& writer,
                             Report* report) {
  const ColumnIndex& index = *columns_;
  const Leaf& leaf = analysis.ordered_leaf();
  if (index.boundary_order == BoundaryOrder::unordered || sort_order(leaf) == SortOrder::none ||
      !trust_statistics(writer, leaf)) {
    return;
  }
  const bool ascending = index.boundary_order == BoundaryOrder::ascending;
  size_t last = index.null_pages.size();
  for (size_t k = 0; k < index.null_pages.size(); ++k) {
    const std::string_view min = index.min_values[k];
    const std::string_view max = index.max_values[k];
    if (index.null_pages[k] || !is_bound(leaf, min) || !is_bound(leaf, max) ||
        is_nan_bound(leaf, min) || is_nan_bound(leaf, max)) {
      continue;
    }
    if (last != index.null_pages.size()) {
      const int low = compare(leaf, index.min_values[last], min);
      const int high = compare(leaf, index.max_values[last], max);
      if (ascending ? low > 0 || high > 0 : low < 0 || high < 0) {
        (*report)(page_index,
                  concat({"the column index claims ", ascending ? "ascending" : "descending",
                          " bounds, but those of data pages ", last, " and ", k, " are not"}));
        return;
      }
    }
    last = k;
  }
}

void IndexCheck::finish(int64_t rows, const Analysis& analysis, const WriterVersion& writer,
                        Report* report) {
  if (offsets_) {
    const auto places = offsets_->page_locations;
    // Reading ends with the chunk's last value: pages without any may stand behind it.
    size_t expected = places.size();
    while (expected > data_pages_ && places[expected - 1].first_row_index == rows) --expected;
    if (expected != data_pages_) {
      (*report)(page_index, concat({"the offset index has ", places.size(), " pages, the chunk ",
                                    data_pages_}));
    }
  }
  if (columns_) check_order(analysis, writer, report);
}

}  // namespace veneer::checks
