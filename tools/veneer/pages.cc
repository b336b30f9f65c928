// veneer pages.
#include "bound.h"
#include "command.h"
#include "grid.h"
#include "remote.h"

namespace cli {

namespace {

using veneer::Leaf;
using veneer::Page;
using veneer::PageDetail;
using veneer::PageType;

constexpr OptionSpec kPagesColumnsOption{"columns", 'c', "A,B.C", "only these, by dotted paths"};
constexpr OptionSpec kPagesRowGroupOption{"row-group", '\0', "N", "only this row group"};
constexpr OptionSpec kPagesDecodeOption{
    "decode", '\0', "", "decode levels and values, to count nulls and rows that no header tells"};
constexpr OptionSpec kNoBodyOption{"no-checksum", '\0', "",
                                   "read the headers alone, and verify nothing"};
constexpr const OptionSpec* kPagesOptions[] = {
    &kPagesColumnsOption, &kPagesRowGroupOption, &kPagesDecodeOption, &kNoBodyOption,
    &kReportFormatOption, &kColorOption,         &kHelpOption};

/// What is known of one page, from all sources.
struct PageFacts {
  std::optional<int64_t> values;
  std::optional<int64_t> nulls;
  std::optional<int64_t> rows;
  std::optional<std::string> min;
  std::optional<std::string> max;
};

/// One chunk: its pages' headers, its page index, and a second reader that goes into the bodies.
class ChunkPages {
 public:
  ChunkPages(Run* run, Grid* grid, const veneer::File& file, int32_t row_group, uint32_t leaf)
      : run_(run),
        grid_(grid),
        file_(file),
        row_group_(row_group),
        leaf_(file.schema().leaf(leaf)) {}

  void print() {
    int32_t index = static_cast<int32_t>(leaf_.index);
    path_ = file_.schema().leaf_path(leaf_.index);
    read_index(index);
    bool decode = run_->options().has("decode");
    into_bodies_ = decode || !run_->options().has("no-checksum");
    veneer::PageReader headers = file_.pages(row_group_, index, {.detail = PageDetail::header});
    veneer::PageReader bodies =
        file_.pages(row_group_, index, {.detail = decode ? PageDetail::values : PageDetail::body});
    Page header;
    Page body;
    while (run_->writing() && headers.next(&header)) {
      // A body that cannot be read ends the second reader; the headers behind it are still shown.
      if (into_bodies_ && !bodies.next(&body)) {
        into_bodies_ = false;
        run_->fail(bodies.status(), file_.name());
      }
      add_row(header, into_bodies_ ? &body : nullptr);
    }
    run_->fail(headers.status(), file_.name());
  }

 private:
  void read_index(int32_t leaf) {
    // A damaged page index is no reason not to show the pages; it is said, all the same. That a
    // column is encrypted is said by the reader of its pages.
    const auto report = [this](const veneer::Status& status) {
      if (status.code() != veneer::StatusCode::unsupported) run_->fail(status, file_.name());
    };
    veneer::Result<std::optional<veneer::OffsetIndex>> offsets =
        file_.offset_index(row_group_, leaf);
    if (offsets.ok())
      offsets_ = *std::move(offsets);
    else
      report(offsets.status());
    veneer::Result<std::optional<veneer::ColumnIndex>> bounds =
        file_.column_index(row_group_, leaf);
    if (bounds.ok())
      bounds_ = *std::move(bounds);
    else
      report(bounds.status());
  }

  void use_header(const Page& page, PageFacts* facts) {
    const veneer::PageHeader& header = page.header;
    bool v2 = header.type == PageType::data_v2;
    facts->values = v2 ? header.data_v2.num_values : header.data.num_values;
    if (v2) {
      facts->nulls = header.data_v2.num_nulls;
      facts->rows = header.data_v2.num_rows;
    }
    if (leaf_.max_definition_level == 0) facts->nulls = 0;
    if (leaf_.max_repetition_level == 0) facts->rows = facts->values;
    veneer::Result<veneer::Statistics> statistics = header.statistics();
    if (!statistics) {
      run_->fail(statistics.status(), file_.name());
      return;
    }
    if (!facts->nulls.has_value()) facts->nulls = statistics->null_count;
    keep(veneer::effective_bounds(*statistics, leaf_, file_.metadata().writer()), facts);
  }

  /// `i` counts data pages, as the page index does.
  void use_index(size_t i, PageFacts* facts) {
    if (offsets_.has_value() && i < offsets_->page_locations.size() && !facts->rows.has_value()) {
      std::span<const veneer::PageLocation> places = offsets_->page_locations;
      int64_t end = i + 1 < places.size()
                        ? places[i + 1].first_row_index
                        : file_.metadata().row_group(static_cast<uint32_t>(row_group_)).num_rows;
      // An index whose pages begin behind the row group's end tells nothing of rows.
      if (end >= places[i].first_row_index) facts->rows = end - places[i].first_row_index;
    }
    if (!bounds_.has_value()) return;
    if (!facts->nulls.has_value() && i < bounds_->null_counts.size()) {
      facts->nulls = bounds_->null_counts[i];
    }
    if (i < bounds_->null_pages.size() && !bounds_->null_pages[i] && !facts->min.has_value() &&
        !facts->max.has_value()) {
      keep(veneer::effective_bounds(bounds_->min_values[i], bounds_->max_values[i], leaf_,
                                    file_.metadata().writer()),
           facts);
    }
  }

  static void use_levels(const Page& page, PageFacts* facts) {
    if (page.values == nullptr) return;
    facts->nulls = *facts->values - static_cast<int64_t>(page.values->size());
    if (page.repetition_levels.empty()) return;
    int64_t rows = 0;
    for (uint16_t level : page.repetition_levels) rows += level == 0 ? 1 : 0;
    facts->rows = rows;
  }

  static void keep(const veneer::Bounds& bounds, PageFacts* facts) {
    if (bounds.min.has_value()) facts->min = std::string(*bounds.min);
    if (bounds.max.has_value()) facts->max = std::string(*bounds.max);
  }

  static veneer::Encoding encoding_of(const veneer::PageHeader& header) {
    switch (header.type) {
      case PageType::dictionary: return header.dictionary.encoding;
      case PageType::data_v2: return header.data_v2.encoding;
      default: return header.data.encoding;
    }
  }

  std::string_view checksum(const Page& page, const Page* body) {
    if (!page.header.crc.has_value()) return "none";
    if (body == nullptr || !body->checksum_ok.has_value()) return "unchecked";
    if (*body->checksum_ok) return "ok";
    run_->fail(veneer::Status::corrupt("page checksum does not match its bytes", page.offset)
                   .in_column(path_)
                   .in_row_group(row_group_),
               file_.name());
    return "bad";
  }

  void number(const std::optional<int64_t>& value) {
    if (value.has_value())
      grid_->number(*value);
    else
      grid_->null();
  }

  void add_row(const Page& page, const Page* body) {
    PageType type = page.header.type;
    bool data = type == PageType::data || type == PageType::data_v2;
    PageFacts facts;
    if (data) {
      use_header(page, &facts);
      use_index(data_pages_++, &facts);
      if (body != nullptr) use_levels(*body, &facts);
    } else if (type == PageType::dictionary) {
      facts.values = page.header.dictionary.num_values;
    }
    std::string_view sum = checksum(page, body);
    grid_->number(row_group_);
    grid_->text(path_);
    grid_->number(pages_++);
    grid_->number(page.offset);
    grid_->text(name_of(type));
    if (type == PageType::index)
      grid_->null();
    else
      grid_->text(name_of(encoding_of(page.header)));
    number(facts.values);
    number(facts.nulls);
    number(facts.rows);
    grid_->number(page.header.compressed_page_size);
    grid_->number(page.header.uncompressed_page_size);
    grid_->text(sum);
    add_bound(grid_, leaf_, facts.min);
    add_bound(grid_, leaf_, facts.max);
    grid_->end_row();
  }

  Run* run_;
  Grid* grid_;
  const veneer::File& file_;
  int32_t row_group_;
  const Leaf& leaf_;
  std::string path_;
  std::optional<veneer::OffsetIndex> offsets_;
  std::optional<veneer::ColumnIndex> bounds_;
  bool into_bodies_ = true;
  int64_t pages_ = 0;
  size_t data_pages_ = 0;
};

void run_pages(Run* run) {
  Options& options = run->options();
  int64_t only;
  if (!options.count("row-group", -1, 0, &only)) {
    run->wrong_use(options.error());
    return;
  }
  Grid grid(run,
            {{"row_group", GridKind::number},
             {"column", GridKind::text, true},
             {"page", GridKind::number},
             {"offset", GridKind::number},
             {"kind", GridKind::text},
             {"encoding", GridKind::text},
             {"values", GridKind::number},
             {"nulls", GridKind::number},
             {"rows", GridKind::number},
             {"compressed", GridKind::bytes},
             {"raw", GridKind::bytes},
             {"checksum", GridKind::text},
             {"min", GridKind::value, true},
             {"max", GridKind::value, true}},
            run->options().operands().size() > 1);
  for (const std::string& path : options.operands()) {
    if (!run->writing()) return;
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    std::vector<uint32_t> leaves;
    if (!select_leaves(run, *file, options.list("columns"), &leaves)) continue;
    if (only >= file->num_row_groups()) {
      run->wrong_use("no row group " + std::to_string(only) + " in " + shown_name(path));
      continue;
    }
    grid.begin_file(shown_name(path));
    for (int32_t group = 0; group < file->num_row_groups(); ++group) {
      if (only >= 0 && group != only) continue;
      for (uint32_t leaf : leaves) {
        if (run->writing()) ChunkPages(run, &grid, *file, group, leaf).print();
      }
    }
    grid.end_file();
  }
}

}  // namespace

const Command kPagesCommand{"pages",
                            "FILE...",
                            "Print a row for each page: place, encoding, sizes, checksum",
                            "Sizes are those of the page's body, without its header. Nulls, rows "
                            "and bounds come from page\n"
                            "headers and the page index; a - stands for what neither tells.\n",
                            kPagesOptions,
                            &run_pages};

}  // namespace cli
