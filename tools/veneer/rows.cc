// veneer cat, head and tail.
#include "rows.h"

#include <algorithm>

#include "grid.h"
#include "remote.h"
#include "where.h"

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
    &kWhereOption,   &kRowsFormatOption, &kRowsColumnsOption, &kRowsLimitOption, &kOffsetOption,
    &kExplainOption, &kNoChecksumOption, &kThreadsOption,     &kColorOption,     &kHelpOption};
constexpr const OptionSpec* kEndOptions[] = {
    &kWhereOption,   &kRowsFormatOption, &kRowsColumnsOption, &kEndLimitOption, &kEndOffsetOption,
    &kExplainOption, &kNoChecksumOption, &kThreadsOption,     &kColorOption,    &kHelpOption};

constexpr std::string_view kFormatsAndWhere =
    "--where compares columns outside of lists with = != < <= > >=, between, in (...), like 'x%',\n"
    "is null, and, or, not; text, dates and times are written in single quotes.\n"
    "\n"
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

/// How many rows there were to print, of which those before the range were passed over.
struct Printed {
  int64_t rows = 0;
  int64_t kept = 0;
};

/// None for --explain, which prints no rows.
std::unique_ptr<RowWriter> row_writer_or_none(Run* run) {
  if (!run->options().has("explain")) return make_row_writer(run, row_format(run));
  run->reads = std::make_shared<ReadCounter>();
  return nullptr;
}

/// What every read of these commands has, but the rows. False, reported, for a wrong column.
bool read_options(Run* run, const veneer::File& file, const veneer::Filter& filter, int64_t threads,
                  veneer::ReadOptions* options) {
  options->columns = run->options().list("columns");
  if (!check_columns(run, file, options->columns)) return false;
  if (!check_columns(run, file, filter.columns())) return false;
  options->filter = filter;
  options->checksums = !run->options().has("no-checksum");
  options->threads = static_cast<int32_t>(threads);
  options->batch_rows = kRowsBatchRows;
  return true;
}

/// Prints these of the rows that the filter keeps, or explains how they were found; what failed has
/// been reported. `writer` is null where nothing is printed.
Printed print_rows(Run* run, const veneer::File& file, veneer::ReadOptions options, RowRange rows,
                   RowWriter* writer) {
  const bool all = rows.count == INT64_MAX;
  options.offset = rows.first;
  if (!all) options.limit = rows.count;
  const int64_t expected = std::min(rows.count, std::max<int64_t>(0, file.num_rows() - rows.first));
  if (expected >= 1000 && writer != nullptr) {
    options.dictionary_columns = dictionary_columns(file.schema());
  }
  const bool filtered = !options.filter.empty();
  veneer::BatchReader reader = file.read(std::move(options));
  if (!reader.status().ok()) {
    report_read(run, reader.status(), file);
    return {};
  }
  if (writer != nullptr && !writer->begin(run, {file.name(), file.schema(), reader.fields()})) {
    return {};
  }
  veneer::Batch batch;
  RowBlock block;
  bool to_terminal = run->out_is_terminal();
  Printed done;
  while (rows.count > 0 && run->writing() && reader.next(&batch)) {
    block.assign(batch);
    if (writer != nullptr) writer->write(block);
    done.rows += static_cast<int64_t>(batch.num_rows());
    if (!to_terminal && !filtered) run->progress(file.name(), done.rows, expected);
  }
  if (writer != nullptr) writer->end();
  if (!reader.status().ok()) report_read(run, reader.status(), file);
  const veneer::FilterStats stats = reader.filter_stats();
  done.kept = filtered ? stats.rows_kept : file.num_rows();
  if (writer == nullptr) explain_file(run, file, stats);
  return done;
}

void run_cat(Run* run) {
  int64_t limit;
  int64_t offset;
  int64_t threads;
  veneer::Filter filter;
  Options& options = run->options();
  if (!options.count("limit", INT64_MAX, 0, &limit) || !options.count("offset", 0, 0, &offset) ||
      !options.count("threads", 1, 0, &threads)) {
    run->wrong_use(options.error());
    return;
  }
  if (!parse_where(run, &filter)) return;
  // Offset and limit count the rows of all files together, as if they were one.
  std::unique_ptr<RowWriter> writer = row_writer_or_none(run);
  for (const std::string& path : options.operands()) {
    if (!run->writing()) break;
    std::optional<veneer::File> file = open_file(run, path);
    veneer::ReadOptions read;
    if (!file.has_value() || !read_options(run, *file, filter, threads, &read)) continue;
    const Printed printed = print_rows(run, *file, std::move(read), {offset, limit}, writer.get());
    offset = std::max<int64_t>(0, offset - printed.kept);
    if (limit != INT64_MAX) limit -= printed.rows;
  }
}

void run_ends(Run* run, bool tail) {
  int64_t limit;
  int64_t offset;
  int64_t threads;
  veneer::Filter filter;
  Options& options = run->options();
  if (!options.count("limit", 10, 0, &limit) || !options.count("offset", 0, 0, &offset) ||
      !options.count("threads", 1, 0, &threads)) {
    run->wrong_use(options.error());
    return;
  }
  if (!parse_where(run, &filter)) return;
  std::unique_ptr<RowWriter> writer = row_writer_or_none(run);
  bool headed = writer != nullptr && row_format(run) == "table" && options.operands().size() > 1;
  bool first = true;
  for (const std::string& path : options.operands()) {
    if (!run->writing()) break;
    std::optional<veneer::File> file = open_file(run, path);
    veneer::ReadOptions read;
    if (!file.has_value() || !read_options(run, *file, filter, threads, &read)) continue;
    if (headed) print_file_heading(run, shown_name(path), first);
    first = false;
    RowRange rows{offset, limit};
    if (tail) {
      // From the end: how many there are is asked first.
      veneer::Result<int64_t> kept = file->count(filter, read);
      if (!kept) {
        report_read(run, kept.status(), *file);
        continue;
      }
      const int64_t end = std::max<int64_t>(0, *kept - offset);
      rows.count = std::min(limit, end);
      rows.first = end - rows.count;
    }
    print_rows(run, *file, std::move(read), rows, writer.get());
  }
}

void run_head(Run* run) { run_ends(run, false); }
void run_tail(Run* run) { run_ends(run, true); }

}  // namespace

const Command kCatCommand{
    "cat",       "FILE...", "Print rows, of several files one after the other", kFormatsAndWhere,
    kCatOptions, &run_cat};
const Command kHeadCommand{"head",           "FILE...",   "Print the first rows of each file",
                           kFormatsAndWhere, kEndOptions, &run_head};
const Command kTailCommand{"tail",           "FILE...",   "Print the last rows of each file",
                           kFormatsAndWhere, kEndOptions, &run_tail};

}  // namespace cli
