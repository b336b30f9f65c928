// veneer scan.
#include "veneer/scan.h"

#include <fnmatch.h>

#include <charconv>
#include <mutex>

#include "export_file.h"
#include "grid.h"
#include "interrupt.h"
#include "json.h"
#include "progress_line.h"
#include "remote.h"
#include "rows.h"
#include "text.h"
#include "where.h"

namespace cli {

namespace {

constexpr OptionSpec kScanWhereOption{"where", 'w', "EXPR",
                                      "only rows like year = 2026 and fare > 10; partitions first"};
constexpr OptionSpec kKeysOption{
    "keys", '\0', "PATTERN",
    "only keys that match, as in '*.parq' (default: those veneer ls shows)"};
constexpr OptionSpec kScanColumnsOption{"columns", 'c', "A,B",
                                        "columns and partition columns to print, in this order"};
constexpr OptionSpec kScanFormatOption{
    "format", '\0', "FORMAT", "jsonl, csv, table or none (table on a terminal, else jsonl)",
    "jsonl|json|csv|table|none"};
constexpr OptionSpec kScanLimitOption{"limit", 'n', "N", "print at most N rows"};
constexpr OptionSpec kConcurrencyOption{"concurrency", 'j', "N", "files read at once (default 4)"};
constexpr OptionSpec kOrderedOption{"ordered", '\0', "",
                                    "rows in the order of the keys, not of arrival"};
constexpr OptionSpec kOutputOption{"output", 'o', "FILE", "write to FILE instead"};
constexpr OptionSpec kResumeOption{
    "resume", '\0', "FILE", "keep in FILE how far it got; the same command then goes on there"};
constexpr OptionSpec kRereadOption{"reread-changed", '\0', "",
                                   "read files again that have changed since they were begun"};
constexpr OptionSpec kSkipErrorsOption{"skip-errors", '\0', "",
                                       "report files that cannot be read, and go on"};
constexpr OptionSpec kPartitionTypesOption{"partition-types", '\0', "A=TYPE",
                                           "int64, date, timestamp or string, instead of guessing"};
constexpr OptionSpec kByFieldIdOption{"by-field-id", '\0', "",
                                      "match the files' columns by field id, not by name"};
constexpr OptionSpec kFirstSchemaOption{
    "first-schema", '\0', "", "take the columns of the first file; others may not have more"};
constexpr OptionSpec kPartOption{"part", '\0', "K/N",
                                 "read only the K-th of N parts, cut by bytes"};
constexpr OptionSpec kQuietOption{"quiet", 'q', "", "no summary at the end"};
constexpr const OptionSpec* kScanOptions[] = {
    &kScanWhereOption,      &kExplainOption,   &kKeysOption,        &kScanColumnsOption,
    &kScanFormatOption,     &kScanLimitOption, &kOutputOption,      &kConcurrencyOption,
    &kOrderedOption,        &kResumeOption,    &kRereadOption,      &kSkipErrorsOption,
    &kPartitionTypesOption, &kByFieldIdOption, &kFirstSchemaOption, &kPartOption,
    &kNoChecksumOption,     &kQuietOption,     &kColorOption,       &kHelpOption};

/// As many rows as all columns of a batch stay near the processor with, while rows are written.
constexpr int32_t kScanBatchRows = 16 << 10;

bool parse_partition_types(Run* run, veneer::ScanOptions* options) {
  for (const std::string& text : run->options().list("partition-types")) {
    const size_t equals = text.rfind('=');
    const std::string type = equals == std::string::npos ? "" : text.substr(equals + 1);
    veneer::PartitionType parsed;
    if (type == "int64") {
      parsed = veneer::PartitionType::int64;
    } else if (type == "date") {
      parsed = veneer::PartitionType::date;
    } else if (type == "timestamp") {
      parsed = veneer::PartitionType::timestamp;
    } else if (type == "string") {
      parsed = veneer::PartitionType::string;
    } else {
      run->wrong_use("--partition-types wants NAME=int64, date, timestamp or string, not '" + text +
                     "'");
      return false;
    }
    options->partition_types.emplace_back(text.substr(0, equals), parsed);
  }
  return true;
}

bool parse_part(Run* run, veneer::ScanOptions* options) {
  const std::optional<std::string_view> text = run->options().value("part");
  if (!text.has_value()) return true;
  int k = 0;
  int n = 0;
  const char* const end = text->data() + text->size();
  const auto [slash, first] = std::from_chars(text->data(), end, k);
  const bool has_both = first == std::errc() && slash != end && *slash == '/';
  const auto [last, second] = std::from_chars(has_both ? slash + 1 : end, end, n);
  if (!has_both || second != std::errc() || last != end || k < 1 || k > n) {
    run->wrong_use("--part wants K/N such as 1/4, not '" + std::string(*text) + "'");
    return false;
  }
  options->split = k - 1;
  options->split_count = n;
  return true;
}

/// "3 of 10 files, 1234 rows, 1.5 MB of 8.0 GB, 12.0 MB/s, 0:42 left", cut to the width.
std::string progress_text(const veneer::ScanStats& stats, size_t width) {
  std::string text =
      std::to_string(stats.objects_done) + " of " + std::to_string(stats.objects_matched) +
      (stats.listing_done ? " files" : "+ files") + ", " + std::to_string(stats.rows) + " rows, " +
      human_bytes(stats.bytes_done) + " of " + human_bytes(stats.bytes_matched) + ", " +
      human_bytes(static_cast<int64_t>(stats.bytes_per_second())) + "/s";
  const double speed = stats.bytes_per_second();
  if (stats.listing_done && speed > 0 && stats.seconds > 1) {
    const auto left =
        static_cast<int64_t>(static_cast<double>(stats.bytes_matched - stats.bytes_done) / speed);
    const std::string seconds = std::to_string(left % 60);
    text +=
        ", " + std::to_string(left / 60) + (seconds.size() < 2 ? ":0" : ":") + seconds + " left";
  }
  return cut_to_width(text, width);
}

/// Files that --limit left in their middle are not done, and not counted.
std::string summary_text(const veneer::ScanStats& stats, int64_t rows) {
  std::string text = count_of(rows, "row");
  if (rows == 0 || stats.objects_done > 0) text += " of " + count_of(stats.objects_done, "file");
  text += " in " + fixed_text(stats.seconds, 2) + " s; " + std::to_string(stats.objects_listed) +
          " listed, " + std::to_string(stats.objects_matched) + " matched, " +
          std::to_string(stats.objects_pruned) + " pruned, " +
          std::to_string(stats.objects_skipped) + " skipped, " +
          std::to_string(stats.objects_empty) + " empty";
  if (stats.objects_failed > 0) text += ", " + std::to_string(stats.objects_failed) + " failed";
  return text + "; " + human_bytes(stats.bytes_done);
}

std::string request_text(const veneer::S3Counters& counters) {
  const std::string retries =
      counters.retries == 1 ? "1 retry" : std::to_string(counters.retries) + " retries";
  return count_of(counters.requests(), "request") + " (" + std::to_string(counters.list_requests) +
         " listing, " + std::to_string(counters.get_requests) + " reading), " +
         human_bytes(counters.body_bytes) + " received, " + retries + ", " +
         fixed_text(counters.wait_seconds, 2) + " s waited, " +
         count_of(counters.connections_opened, "connection");
}

/// One run of the command.
class ScanJob {
 public:
  explicit ScanJob(Run* run) : run_(run), location_(shown_name(run->options().operands()[0])) {}

  void run();

 private:
  bool parse();
  bool start();
  bool begin_rows();
  bool begin_writer();
  void read_rows();
  void finish(const veneer::Status& status);
  void report(const veneer::Status& status);
  void report_nothing(const veneer::ScanStats& stats);
  void report_skipped();
  void explain(const veneer::ScanStats& stats);

  Run* run_;
  std::string location_;
  veneer::ScanOptions options_;
  int64_t limit_ = INT64_MAX;
  std::string format_;
  std::optional<ExportFile> export_;
  std::unique_ptr<RowWriter> writer_;
  std::optional<veneer::Scan> scan_;
  int64_t rows_ = 0;

  std::mutex skipped_mutex_;
  std::vector<veneer::Status> skipped_;
};

bool ScanJob::parse() {
  Options& given = run_->options();
  int64_t concurrency;
  if (!given.count("limit", INT64_MAX, 0, &limit_) ||
      !given.count("concurrency", 4, 1, &concurrency)) {
    run_->wrong_use(given.error());
    return false;
  }
  format_ = given.has("output") ? given.value("format").value_or("jsonl") : row_format(run_);
  if (format_ == "json") format_ = "jsonl";
  if (given.has("explain")) format_ = "none";
  options_.where = std::string(given.value("where").value_or(""));
  options_.columns = given.list("columns");
  options_.max_concurrency = static_cast<int32_t>(std::min<int64_t>(concurrency, INT32_MAX));
  options_.ordered = given.has("ordered");
  options_.reread_changed = given.has("reread-changed");
  options_.by_field_id = given.has("by-field-id");
  options_.checksums = !given.has("no-checksum");
  options_.batch_rows = kScanBatchRows;
  if (given.has("first-schema")) options_.schema_from = veneer::SchemaFrom::first_file;
  if (const auto pattern = given.value("keys")) {
    options_.key_filter = [pattern = std::string(*pattern)](std::string_view key) {
      return fnmatch(pattern.c_str(), std::string(key).c_str(), 0) == 0;
    };
  }
  if (given.has("skip-errors")) {
    options_.on_error = [this](std::string_view, const veneer::Status& status) {
      std::lock_guard lock(skipped_mutex_);
      skipped_.push_back(status);
      return true;
    };
  }
  options_.cancel = interrupt_flag();
  if (given.has("resume") && (format_ == "table" || format_ == "none")) {
    run_->wrong_use("--resume goes with --format=jsonl and csv");
    return false;
  }
  if (given.has("resume") && given.has("limit") && !given.has("output")) {
    run_->wrong_use("--resume with --limit wants --output, which can be cut back to whole batches");
    return false;
  }
  return parse_partition_types(run_, &options_) && parse_part(run_, &options_);
}

/// Opens the output and the scan. False where that failed, reported.
bool ScanJob::start() {
  const Options& given = run_->options();
  ExportFile::Plan plan;
  plan.output = std::string(given.value("output").value_or(""));
  plan.resume = std::string(given.value("resume").value_or(""));
  plan.format = format_;
  export_.emplace(run_, std::move(plan));
  if (!export_->open()) return false;
  options_.resume = export_->token();
  rows_ = export_->rows();
  veneer::Result<std::unique_ptr<veneer::Lister>> lister = open_lister(run_, given.operands());
  if (!lister) {
    report(lister.status());
    return false;
  }
  veneer::Result<veneer::Scan> scan = veneer::Scan::open(*std::move(lister), options_);
  if (!scan) {
    report(scan.status());
    return false;
  }
  scan_.emplace(*std::move(scan));
  return true;
}

/// Waits for the schema, and hands it to the writer: where an export goes on, and where there is
/// nothing to read, only once there are rows.
bool ScanJob::begin_rows() {
  if (!scan_->schema()) return false;
  const bool now = !export_->goes_on() && scan_->stats().objects_matched > 0;
  return format_ == "none" || !now || begin_writer();
}

bool ScanJob::begin_writer() {
  veneer::Result<const veneer::Schema*> schema = scan_->schema();
  writer_ = format_ == "csv" ? make_csv_writer(run_, !export_->goes_on())
                             : make_row_writer(run_, format_);
  std::vector<const veneer::Field*> fields;
  Out header;
  Json names(&header);
  names.begin_array();
  for (const veneer::Field& field : (*schema)->fields()) {
    fields.push_back(&field);
    names.string(field.name);
  }
  names.end_array();
  return export_->begin(format_ == "csv" ? std::string(header.text()) : "") &&
         writer_->begin(run_, {location_, **schema, fields});
}

void ScanJob::read_rows() {
  veneer::ScanBatch batch;
  RowBlock block;
  while (rows_ < limit_ && run_->writing() && scan_->next(&batch)) {
    if (writer_ == nullptr && format_ != "none" && !begin_writer()) {
      export_->keep_state();
      break;
    }
    block.assign(batch);
    const auto left = static_cast<uint64_t>(limit_ - rows_);
    if (block.num_rows > left) {
      // A token covers whole batches: the state stays what it was before this one.
      block.num_rows = static_cast<size_t>(left);
      export_->keep_state();
    }
    if (writer_ != nullptr) writer_->write(block);
    rows_ += static_cast<int64_t>(block.num_rows);
    export_->covered(rows_, [this] { return scan_->token(); });
    report_skipped();
  }
  if (writer_ != nullptr) writer_->end();
}

void ScanJob::report_skipped() {
  std::lock_guard lock(skipped_mutex_);
  for (const veneer::Status& status : skipped_) run_->fail(status, location_);
  skipped_.clear();
}

void ScanJob::report(const veneer::Status& status) {
  // A column that no file has was asked for in vain, as in veneer cat.
  if (status.code() == veneer::StatusCode::invalid_argument ||
      status.message().starts_with("no column ")) {
    const std::string file(status.file());
    run_->wrong_use(file + (file.empty() ? "" : ": ") + std::string(status.message()));
  } else {
    run_->fail(status, location_);
  }
}

/// Nothing at all where something should lie is most likely a mistyped name; that filters leave
/// nothing is an answer.
void ScanJob::report_nothing(const veneer::ScanStats& stats) {
  if (stats.objects_listed == 0 && !lies_anything(run_, run_->options().operands())) {
    run_->fail(location_, "not_found", "nothing lies there");
  } else if (!run_->options().has("quiet")) {
    run_->note(location_ + ": of what lies there nothing matches");
  }
}

void ScanJob::finish(const veneer::Status& status) {
  report_skipped();
  const bool saved = export_->close(rows_, [this] { return scan_->token(); });
  const veneer::ScanStats stats = scan_->stats();
  if (interrupted() != 0) {
    run_->note(saved && run_->options().has("resume")
                   ? "interrupted; the same command goes on from here"
                   : "interrupted");
  } else if (run_->writing() && rows_ < limit_) {
    report(status);
    // A part may be of nothing, and what was exported may have gone.
    const bool whole = options_.split_count == 1 && options_.resume.empty();
    if (status.ok() && whole && stats.objects_matched == 0) report_nothing(stats);
  }
  if (run_->options().has("explain")) explain(stats);
  if (run_->options().has("quiet")) return;
  run_->note(summary_text(stats, rows_));
  if (run_->client) run_->note(request_text(run_->client.counters()));
}

void ScanJob::explain(const veneer::ScanStats& stats) {
  Explanation explanation;
  explanation.name = location_;
  explanation.stats = stats.filter;
  explanation.files = stats.objects_done;
  explanation.files_pruned = stats.objects_pruned;
  explanation.directories_pruned = stats.directories_pruned;
  explanation.bytes = stats.bytes_matched;
  count_reads(run_, &explanation);
  print_explanation(run_, explanation);
}

void ScanJob::run() {
  if (!parse()) return;
  catch_interrupts();
  if (!start()) return;
  // A line of progress would stand between the rows where both go to the terminal.
  const bool shown = run_->error_is_terminal() && (!run_->out_is_terminal() || format_ == "none");
  const size_t width = run_->error_width();
  ProgressLine line(shown, [this, width] { return progress_text(scan_->stats(), width); });
  if (begin_rows()) read_rows();
  line.stop();
  finish(scan_->status());
  scan_.reset();
}

void run_scan(Run* run) {
  ScanJob(run).run();
  if (interrupted() != 0) {
    run->out().flush();
    die_of_interrupt();
  }
}

}  // namespace

const Command kScanCommand{
    "scan",
    "LOCATION...",
    "Print the rows of all files of a directory or bucket, with partitions as columns",
    "A LOCATION is a directory, a glob, or s3://BUCKET/PREFIX (a PREFIX that means a directory "
    "ends\n"
    "in /); several local files may be named. Their columns are united by name: missing ones are\n"
    "null, numbers widen. The directories name=value are columns too; --where drops files by them\n"
    "before a byte is read, then rows by the files' columns, with = != < <= > >=, between, in "
    "(...),\n"
    "like 'x%', is null, and, or, not.\n"
    "\n"
    "--resume=FILE keeps in FILE how far the export got. After Ctrl-C, or with --output after any\n"
    "crash, the same command goes on there: each row is written once. When all is done, FILE says "
    "so\n"
    "and the command finds only what has come since; to begin anew, remove FILE.\n",
    kScanOptions,
    &run_scan};

}  // namespace cli
