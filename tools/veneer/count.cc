// veneer count.
#include "command.h"
#include "json.h"
#include "remote.h"
#include "text.h"

namespace cli {

namespace {

constexpr OptionSpec kCountDecodeOption{"decode", '\0', "",
                                        "decode every value and count the rows that come out"};
constexpr OptionSpec kCountFormatOption{"format", '\0', "FORMAT", "text (the default) or json",
                                        "text|json"};
constexpr const OptionSpec* kCountOptions[] = {&kCountDecodeOption, &kNoChecksumOption,
                                               &kThreadsOption,     &kCountFormatOption,
                                               &kColorOption,       &kHelpOption};

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

void run_count(Run* run) {
  int64_t threads;
  Options& options = run->options();
  if (!options.count("threads", 1, 0, &threads)) {
    run->wrong_use(options.error());
    return;
  }
  const std::vector<std::string>& files = options.operands();
  bool json_wanted = options.value("format") == "json";
  Out& out = run->out();
  int64_t total = 0;
  for (const std::string& path : files) {
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    int64_t rows = file->num_rows();
    if (options.has("decode") && !decode_all(run, *file, threads, &rows)) continue;
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
  if (files.size() > 1 && !json_wanted) {
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
    "line each and a total.\n",
    kCountOptions,
    &run_count};

}  // namespace cli
