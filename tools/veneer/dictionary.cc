// veneer dictionary.
#include "bound.h"
#include "cell.h"
#include "command.h"
#include "grid.h"
#include "remote.h"

namespace cli {

namespace {

constexpr OptionSpec kDictionaryRowGroupOption{"row-group", '\0', "N", "of this row group only"};
constexpr const OptionSpec* kDictionaryOptions[] = {&kDictionaryRowGroupOption,
                                                    &kReportFormatOption, &kNoChecksumOption,
                                                    &kColorOption, &kHelpOption};

void add_entries(Run* run, Grid* grid, int32_t row_group, const veneer::Column& entries) {
  Cell plain;
  Cell json;
  bind(&plain, entries, Style::plain, row_group);
  bind(&json, entries, Style::json, row_group);
  Out plain_text;
  Out json_text;
  for (size_t i = 0; i < entries.size() && run->writing(); ++i) {
    plain_text.clear();
    json_text.clear();
    plain.write(plain, i, plain_text);
    json.write(json, i, json_text);
    grid->number(row_group);
    grid->number(static_cast<int64_t>(i));
    grid->value(plain_text.text(), json_text.text());
    grid->end_row();
  }
}

/// True where this chunk has a dictionary page. What failed has been reported.
bool print_chunk(Run* run, Grid* grid, const veneer::File& file, int32_t row_group, uint32_t leaf) {
  veneer::PageOptions options;
  options.checksums = !run->options().has("no-checksum");
  veneer::PageReader pages = file.pages(row_group, static_cast<int32_t>(leaf), options);
  veneer::Page page;
  // The dictionary, if any, is the first page of the chunk (README.md of the format).
  if (!pages.next(&page)) {
    run->fail(pages.status(), file.name());
    return false;
  }
  if (page.header.type != veneer::PageType::dictionary || page.values == nullptr) return false;
  if (page.checksum_ok == false) {
    run->fail(veneer::Status::corrupt("page checksum does not match its bytes", page.offset)
                  .in_column(file.schema().leaf_path(leaf))
                  .in_row_group(row_group),
              file.name());
    return false;
  }
  add_entries(run, grid, row_group, *page.values);
  return true;
}

void run_dictionary(Run* run) {
  Options& options = run->options();
  int64_t only;
  if (!options.count("row-group", -1, 0, &only)) {
    run->wrong_use(options.error());
    return;
  }
  const std::vector<std::string> column{options.operands().front()};
  Grid grid(run,
            {{"row_group", GridKind::number},
             {"index", GridKind::number},
             {"value", GridKind::value, true}},
            options.operands().size() > 2);
  for (size_t i = 1; i < options.operands().size() && run->writing(); ++i) {
    const std::string& path = options.operands()[i];
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    std::vector<uint32_t> leaves;
    if (!select_leaves(run, *file, column, &leaves)) continue;
    if (leaves.size() != 1) {
      run->wrong_use("column '" + column[0] + "' has " + std::to_string(leaves.size()) +
                     " leaf columns below it; name one");
      continue;
    }
    if (only >= file->num_row_groups()) {
      run->wrong_use("no row group " + std::to_string(only) + " in " + shown_name(path));
      continue;
    }
    grid.begin_file(shown_name(path));
    bool found = false;
    int status_before = run->exit_status();
    for (int32_t group = 0; group < file->num_row_groups() && run->writing(); ++group) {
      if (only >= 0 && group != only) continue;
      found = print_chunk(run, &grid, *file, group, leaves[0]) || found;
    }
    if (found) grid.end_file();  // no header over no dictionary
    if (!found && run->exit_status() == status_before) {
      run->fail(path, "not_found", "column " + column[0] + " has no dictionary page");
    }
  }
}

}  // namespace

const Command kDictionaryCommand{
    "dictionary",
    "COLUMN FILE...",
    "Print the entries of a column's dictionary pages",
    "COLUMN is the dotted path of a leaf column. Each row group has a dictionary of its own.\n",
    kDictionaryOptions,
    &run_dictionary};

}  // namespace cli
