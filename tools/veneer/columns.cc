// veneer columns.
#include <algorithm>

#include "bound.h"
#include "command.h"
#include "grid.h"
#include "remote.h"
#include "summary.h"

namespace cli {

namespace {

constexpr OptionSpec kColumnsSortOption{
    "sort", '\0', "BY",
    "schema (the default), name, type, or largest first: size, raw, ratio, values, nulls, distinct",
    "schema|name|type|size|compressed|raw|ratio|share|values|nulls|distinct"};
constexpr OptionSpec kColumnsColumnsOption{"columns", 'c', "A,B.C", "only these, by dotted paths"};
constexpr const OptionSpec* kColumnsOptions[] = {&kColumnsSortOption, &kColumnsColumnsOption,
                                                 &kReportFormatOption, &kColorOption, &kHelpOption};

/// What the sort is by; larger comes first, and what is not known last.
double weight(const LeafSummary& summary, std::string_view by) {
  if (by == "ratio") return ratio_of(summary.raw, summary.compressed).value_or(-1);
  const std::optional<int64_t>& number = by == "raw"        ? summary.raw
                                         : by == "values"   ? summary.values
                                         : by == "nulls"    ? summary.nulls
                                         : by == "distinct" ? summary.distinct
                                                            : summary.compressed;
  return static_cast<double>(number.value_or(-1));
}

void sort_by(std::string_view by, const veneer::Schema& schema,
             std::vector<LeafSummary>* summaries) {
  if (by == "schema") return;
  std::stable_sort(summaries->begin(), summaries->end(),
                   [&](const LeafSummary& a, const LeafSummary& b) {
                     if (by == "name") return a.path < b.path;
                     if (by == "type") {
                       return full_type(schema.leaf(a.leaf)) < full_type(schema.leaf(b.leaf));
                     }
                     return weight(a, by) > weight(b, by);
                   });
}

void add_number(Grid* grid, const std::optional<int64_t>& number) {
  if (number.has_value())
    grid->number(*number);
  else
    grid->null();
}

void add_row(Grid* grid, const veneer::File& file, const LeafSummary& summary) {
  const veneer::Leaf& leaf = file.schema().leaf(summary.leaf);
  grid->text(summary.path);
  grid->text(full_type(leaf));
  grid->text(summary.encrypted && summary.codecs.empty() ? "encrypted" : join(summary.codecs));
  add_number(grid, summary.compressed);
  add_number(grid, summary.raw);
  for (const std::optional<double>& part :
       {ratio_of(summary.raw, summary.compressed), ratio_of(summary.compressed, file.size())}) {
    if (part.has_value())
      grid->real(*part);
    else
      grid->null();
  }
  add_number(grid, summary.values);
  add_number(grid, summary.nulls);
  add_number(grid, summary.distinct);
  add_bound(grid, leaf, summary.min);
  add_bound(grid, leaf, summary.max);
  grid->text(join(summary.encodings));
  grid->text(summary.column_index.text());
  grid->text(summary.offset_index.text());
  grid->text(summary.bloom_filter.text());
  grid->end_row();
}

void run_columns(Run* run) {
  std::string_view by = run->options().value("sort").value_or("schema");
  std::vector<std::string> paths = run->options().list("columns");
  Grid grid(run,
            {{"column", GridKind::text, true},
             {"type", GridKind::text, true},
             {"codec", GridKind::text},
             {"compressed", GridKind::bytes},
             {"raw", GridKind::bytes},
             {"ratio", GridKind::ratio},
             {"share", GridKind::percent},
             {"values", GridKind::number},
             {"nulls", GridKind::number},
             {"distinct", GridKind::number},
             {"min", GridKind::value, true},
             {"max", GridKind::value, true},
             {"encodings", GridKind::text, true},
             {"column_index", GridKind::text},
             {"offset_index", GridKind::text},
             {"bloom_filter", GridKind::text}},
            run->options().operands().size() > 1);
  for (const std::string& path : run->options().operands()) {
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    std::vector<uint32_t> leaves;
    if (!select_leaves(run, *file, paths, &leaves)) continue;
    std::vector<LeafSummary> summaries;
    for (uint32_t leaf : leaves) {
      veneer::Result<LeafSummary> summary = summarize(*file, leaf);
      if (!summary) {
        run->fail(summary.status(), shown_name(path));
        continue;
      }
      summaries.push_back(*std::move(summary));
    }
    sort_by(by, file->schema(), &summaries);
    grid.begin_file(shown_name(path));
    for (const LeafSummary& summary : summaries) add_row(&grid, *file, summary);
    grid.end_file();
  }
}

}  // namespace

const Command kColumnsCommand{
    "columns",
    "FILE...",
    "Print a row for each leaf column: type, sizes, nulls, bounds",
    "All of it comes from the metadata. share is the part of the file's bytes; ratio is raw over\n"
    "compressed. min and max are shown where they can be relied on. A - stands for what the file\n"
    "does not tell, or tells wrong: a size below 0.\n",
    kColumnsOptions,
    &run_columns};

}  // namespace cli
