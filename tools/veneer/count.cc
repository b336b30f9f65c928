// veneer count.
#include "command.h"
#include "json.h"
#include "remote.h"
#include "text.h"
#include "where.h"

namespace cli {

namespace {

constexpr OptionSpec kCountDecodeOption{"decode", '\0', "",
                                        "decode every value and count the rows that come out"};
constexpr OptionSpec kCountFormatOption{"format", '\0', "FORMAT", "text (the default) or json",
                                        "text|json"};
constexpr const OptionSpec* kCountOptions[] = {
    &kWhereOption,   &kCountDecodeOption, &kExplainOption, &kNoChecksumOption,
    &kThreadsOption, &kCountFormatOption, &kColorOption,   &kHelpOption};

/// Rows by decoding all; false where that failed, reported, or gave another number than the
/// metadata says.
bool decode_all(Run* run, const veneer::File& file, int64_t threads, int64_t* rows) {
  *rows = 0;
  veneer::ReadOptions options;
  options.checksums = !run->options().has("no-checksum");
  options.threads = static_cast<int32_t>(threads);
  veneer::BatchReader reader = file.read(std::move(options));
  veneer::Batch batch;
  while (reader.next(&batch)) {
    *rows += static_cast<int64_t>(batch.num_rows());
    run->progress(file.name(), *rows, file.num_rows());
  }
  run->end_progress();
  if (!reader.status().ok()) {
    run->fail(reader.status(), file.name());
    return false;
  }
  int64_t footer = file.metadata().num_rows();
  if (*rows == file.num_rows() && *rows == footer) return true;
  run->fail(file.name(), "corrupt",
            std::to_string(*rows) + " rows were decoded, the row groups promise " +
                std::to_string(file.num_rows()) + " and the footer " + std::to_string(footer));
  return false;
}

/// Rows that the filter keeps; false where that failed, reported.
bool count_where(Run* run, const veneer::File& file, const veneer::Filter& filter, int64_t threads,
                 int64_t* rows) {
  if (!check_columns(run, file, filter.columns())) return false;
  veneer::ReadOptions options;
  options.checksums = !run->options().has("no-checksum");
  options.threads = static_cast<int32_t>(threads);
  // To decode every value is to believe nothing else.
  options.trust_statistics = !run->options().has("decode");
  veneer::FilterStats stats;
  veneer::Result<int64_t> counted = file.count(filter, std::move(options), &stats);
  if (!counted) {
    report_read(run, counted.status(), file);
    return false;
  }
  *rows = *counted;
  if (run->options().has("explain")) explain_file(run, file, stats);
  return true;
}

void run_count(Run* run) {
  int64_t threads;
  Options& options = run->options();
  if (!options.count("threads", 1, 0, &threads)) {
    run->wrong_use(options.error());
    return;
  }
  veneer::Filter filter;
  if (!parse_where(run, &filter)) return;
  const bool explains = options.has("explain");
  if (explains) run->reads = std::make_shared<ReadCounter>();
  const std::vector<std::string>& files = options.operands();
  bool json_wanted = options.value("format") == "json";
  Out& out = run->out();
  int64_t total = 0;
  for (const std::string& path : files) {
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    int64_t rows = file->num_rows();
    if (!filter.empty() || explains) {
      if (!count_where(run, *file, filter, threads, &rows)) continue;
    } else if (options.has("decode") && !decode_all(run, *file, threads, &rows)) {
      continue;
    }
    if (explains) continue;
    if (__builtin_add_overflow(total, rows, &total)) total = INT64_MAX;
    if (json_wanted) {
      Json json(&out);
      json.begin_object();
      json.key("file").string(shown_name(path));
      json.key("rows").number(rows);
      json.end_object();
      json.end_line();
      continue;
    }
    out.append(std::to_string(rows));
    if (files.size() > 1) {
      out.append("  ");
      out.append(visible(shown_name(path)));
    }
    out.put('\n');
  }
  if (files.size() > 1 && !json_wanted && !explains) {
    out.append(std::to_string(total));
    out.append("  total\n");
  }
}

}  // namespace

const Command kCountCommand{
    "count",
    "FILE...",
    "Print the number of rows",
    "The number comes from the metadata, in an instant; --decode proves it. Several files get a\n"
    "line each and a total. With --where=EXPR only the rows count for which it is true; the "
    "columns\n"
    "that it names are then read where metadata does not tell.\n",
    kCountOptions,
    &run_count};

}  // namespace cli
