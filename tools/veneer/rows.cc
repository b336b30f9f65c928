// veneer cat, head and tail.
#include "rows.h"

#include <algorithm>

#include "grid.h"
#include "remote.h"

namespace cli {

std::string_view row_format(Run* run) {
  return run->options().value("format").value_or(run->out_is_terminal() ? "table" : "jsonl");
}

std::unique_ptr<RowWriter> make_row_writer(Run* run, std::string_view format) {
  if (format == "csv") return make_csv_writer(run);
  if (format == "table") return make_table_writer(run);
  return make_jsonl_writer(run);
}

namespace {

constexpr OptionSpec kRowsFormatOption{"format", '\0', "FORMAT",
                                       "jsonl, csv or table (table on a terminal, jsonl elsewhere)",
                                       "jsonl|json|csv|table"};
constexpr OptionSpec kRowsColumnsOption{
    "columns", 'c', "A,B.C", "dotted paths of what to print, in this order (\\, for a comma)"};
constexpr OptionSpec kRowsLimitOption{"limit", '\0', "N", "print at most N rows"};
constexpr OptionSpec kOffsetOption{"offset", '\0', "N", "leave out the first N rows"};
constexpr OptionSpec kEndLimitOption{"limit", 'n', "N",
                                     "rows of each file (default 10); -N does as well"};
constexpr OptionSpec kEndOffsetOption{
    "offset", '\0', "N", "of each file, leave out N rows at the end that is printed from"};

constexpr const OptionSpec* kCatOptions[] = {
    &kRowsFormatOption, &kRowsColumnsOption, &kRowsLimitOption, &kOffsetOption,
    &kNoChecksumOption, &kThreadsOption,     &kColorOption,     &kHelpOption};
constexpr const OptionSpec* kEndOptions[] = {
    &kRowsFormatOption, &kRowsColumnsOption, &kEndLimitOption, &kEndOffsetOption,
    &kNoChecksumOption, &kThreadsOption,     &kColorOption,    &kHelpOption};

constexpr std::string_view kFormats =
    "jsonl: one JSON object a line, keys in schema order, nothing else on standard output.\n"
    "csv:   RFC 4180 with a header row and CRLF. Null is an empty cell, the empty string \"\";\n"
    "       lists, maps and structures are JSON in a quoted cell.\n"
    "table: for reading; on a terminal long values are cut to its width.\n";

/// How many rows one batch holds: few enough that all columns of a batch stay near the processor
/// while rows are written across them.
constexpr int32_t kRowsBatchRows = 16 << 10;

/// Leaves whose text is worth rendering once a distinct value.
std::vector<std::string> dictionary_columns(const veneer::Schema& schema) {
  std::vector<std::string> paths;
  if (schema.num_leaves() > 500) return paths;
  for (const veneer::Leaf& leaf : schema.leaves()) {
    if (!gains_from_dictionary(leaf)) continue;
    std::string path = schema.leaf_path(leaf.index);
    // A name with dots may lead elsewhere.
    if (schema.find(path) == &schema.field_of(leaf)) paths.push_back(std::move(path));
  }
  return paths;
}

struct RowRange {
  int64_t first = 0;
  int64_t count = 0;
};

/// Prints these rows of the file; what failed has been reported.
void print_rows(Run* run, const veneer::File& file, RowRange rows, int64_t threads,
                RowWriter* writer) {
  veneer::ReadOptions options;
  options.columns = run->options().list("columns");
  if (!check_columns(run, file, options.columns)) return;
  options.first_row = rows.first;
  options.row_count = rows.count;
  options.checksums = !run->options().has("no-checksum");
  options.threads = static_cast<int32_t>(threads);
  options.batch_rows = kRowsBatchRows;
  if (rows.count >= 1000) options.dictionary_columns = dictionary_columns(file.schema());
  veneer::BatchReader reader = file.read(std::move(options));
  if (!reader.status().ok()) {
    run->fail(reader.status(), file.name());
    return;
  }
  if (!writer->begin(run, {file.name(), file.schema(), reader.fields()})) return;
  veneer::Batch batch;
  RowBlock block;
  bool to_terminal = run->out_is_terminal();
  int64_t done = 0;
  while (rows.count > 0 && run->writing() && reader.next(&batch)) {
    block.assign(batch);
    writer->write(block);
    done += static_cast<int64_t>(batch.num_rows());
    if (!to_terminal) run->progress(file.name(), done, rows.count);
  }
  writer->end();
  if (!reader.status().ok()) run->fail(reader.status(), file.name());
}

void run_cat(Run* run) {
  int64_t limit;
  int64_t offset;
  int64_t threads;
  Options& options = run->options();
  if (!options.count("limit", INT64_MAX, 0, &limit) || !options.count("offset", 0, 0, &offset) ||
      !options.count("threads", 1, 0, &threads)) {
    run->wrong_use(options.error());
    return;
  }
  // Offset and limit count the rows of all files together, as if they were one.
  std::unique_ptr<RowWriter> writer = make_row_writer(run, row_format(run));
  for (const std::string& path : options.operands()) {
    if (!run->writing()) break;
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    int64_t skipped = std::min(offset, file->num_rows());
    offset -= skipped;
    int64_t count = std::min(limit, file->num_rows() - skipped);
    limit -= count;
    print_rows(run, *file, {skipped, count}, threads, writer.get());
  }
}

void run_ends(Run* run, bool tail) {
  int64_t limit;
  int64_t offset;
  int64_t threads;
  Options& options = run->options();
  if (!options.count("limit", 10, 0, &limit) || !options.count("offset", 0, 0, &offset) ||
      !options.count("threads", 1, 0, &threads)) {
    run->wrong_use(options.error());
    return;
  }
  std::unique_ptr<RowWriter> writer = make_row_writer(run, row_format(run));
  bool headed = row_format(run) == "table" && options.operands().size() > 1;
  bool first = true;
  for (const std::string& path : options.operands()) {
    if (!run->writing()) break;
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    if (headed) print_file_heading(run, shown_name(path), first);
    first = false;
    int64_t skipped = std::min(offset, file->num_rows());
    int64_t count = std::min(limit, file->num_rows() - skipped);
    int64_t begin = tail ? file->num_rows() - skipped - count : skipped;
    print_rows(run, *file, {begin, count}, threads, writer.get());
  }
}

void run_head(Run* run) { run_ends(run, false); }
void run_tail(Run* run) { run_ends(run, true); }

}  // namespace

const Command kCatCommand{"cat",    "FILE...",   "Print rows, of several files one after the other",
                          kFormats, kCatOptions, &run_cat};
const Command kHeadCommand{"head",   "FILE...",   "Print the first rows of each file",
                           kFormats, kEndOptions, &run_head};
const Command kTailCommand{"tail",   "FILE...",   "Print the last rows of each file",
                           kFormats, kEndOptions, &run_tail};

}  // namespace cli
