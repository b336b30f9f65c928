// veneer ls.
#include <set>

#include "grid.h"
#include "json.h"
#include "remote.h"
#include "text.h"
#include "veneer/scan.h"

namespace cli {

namespace {

constexpr OptionSpec kLsWhereOption{"where", '\0', "EXPR",
                                    "only partitions like year = 2026 and month >= 5"};
constexpr OptionSpec kAllOption{
    "all", 'a', "", "also what a scan would not read, and why not: skipped, empty, pruned"};
constexpr const OptionSpec* kLsOptions[] = {&kLsWhereOption, &kAllOption, &kReportFormatOption,
                                            &kColorOption, &kHelpOption};

std::string_view fate_name(veneer::ObjectFate fate) {
  switch (fate) {
    case veneer::ObjectFate::matched: return "matched";
    case veneer::ObjectFate::skipped: return "skipped";
    case veneer::ObjectFate::empty: return "empty";
    case veneer::ObjectFate::pruned: return "pruned";
  }
  return "";
}

/// "year=2026/month=05", and as JSON {"year":"2026","month":"05"}; null where there is none.
void add_partition(Grid* grid, const veneer::Partition& partition) {
  if (partition.values.empty()) return grid->null();
  std::string plain;
  Out buffer;
  Json json(&buffer);
  json.begin_object();
  for (const veneer::PartitionValue& part : partition.values) {
    if (!plain.empty()) plain += '/';
    plain += visible(part.name) + "=" + (part.value ? visible(*part.value) : "null");
    json.key(part.name);
    part.value ? json.bytes(*part.value) : json.null();
  }
  json.end_object();
  grid->value(plain, buffer.text());
}

struct Totals {
  int64_t objects = 0;
  int64_t bytes = 0;
  int64_t others = 0;
  /// Hashes, so that memory stays small however many there are.
  std::set<size_t> partitions;

  void add(const veneer::ObjectInfo& object, const veneer::Partition& partition) {
    ++objects;
    bytes += object.size;
    if (partition.values.empty() || partitions.size() >= 1'000'000) return;
    partitions.insert(
        std::hash<std::string_view>()(partition.key.substr(0, partition.key.rfind('/'))));
  }
};

void print_totals(Run* run, const Totals& totals) {
  std::string line = count_of(totals.objects, "object") + ", " + human_bytes(totals.bytes);
  if (!totals.partitions.empty()) {
    line += ", " + count_of(static_cast<int64_t>(totals.partitions.size()), "partition");
  }
  if (totals.others > 0) {
    line += "; " + count_of(totals.others, "other") + " not shown (see --all)";
  }
  if (run->options().value("format").value_or("table") == "table") {
    run->out().append(line);
    run->out().put('\n');
  } else {
    run->note(line);
  }
}

void run_ls(Run* run) {
  const Options& given = run->options();
  veneer::Result<std::unique_ptr<veneer::Lister>> lister = open_lister(run, given.operands());
  const std::string location = shown_name(given.operands()[0]);
  if (!lister) {
    if (lister.status().code() == veneer::StatusCode::invalid_argument) {
      return run->wrong_use(lister.status().message());
    }
    return run->fail(lister.status(), location);
  }
  const bool all = given.has("all");
  std::vector<GridColumn> columns = {{"key", GridKind::text, true},
                                     {"size", GridKind::bytes},
                                     {"partition", GridKind::value, true}};
  if (all) columns.push_back({"fate", GridKind::text});
  Grid grid(run, std::move(columns), false);
  grid.begin_file(location);
  veneer::ScanOptions options;
  options.where = std::string(given.value("where").value_or(""));
  Totals totals;
  veneer::Status status =
      veneer::Scan::list(*std::move(lister), options,
                         [&](const veneer::ObjectInfo& object, const veneer::Partition& partition,
                             veneer::ObjectFate fate) -> veneer::Status {
                           if (!run->writing())
                             return veneer::Status::cancelled("nobody reads the list any more");
                           if (!all && fate != veneer::ObjectFate::matched) {
                             ++totals.others;
                             return {};
                           }
                           totals.add(object, partition);
                           grid.text(object.key);
                           grid.number(object.size);
                           add_partition(&grid, partition);
                           if (all) grid.text(fate_name(fate));
                           grid.end_row();
                           return {};
                         });
  // No header over a list that there is not, where the filter was wrong or nothing was found.
  if (totals.objects > 0) grid.end_file();
  if (!run->writing()) return;
  if (status.ok()) {
    if (totals.objects + totals.others == 0 && !lies_anything(run, given.operands())) {
      run->fail(location, "not_found", "nothing lies there");
    }
    print_totals(run, totals);
  } else if (status.code() == veneer::StatusCode::invalid_argument) {
    run->wrong_use(status.message());
  } else {
    run->fail(status, location);
  }
}

}  // namespace

const Command kLsCommand{
    "ls",
    "LOCATION...",
    "List the files of a directory or bucket: keys, sizes, partitions, totals",
    "A LOCATION is a directory, a glob, or s3://BUCKET/PREFIX (a PREFIX that means a directory "
    "ends\n"
    "in /); several local files may be named. Listed is what veneer scan reads: *.parquet without\n"
    "hidden and _-prefixed names. --where looks at the name=value directories; others need not "
    "even\n"
    "be listed.\n",
    kLsOptions,
    &run_ls};

}  // namespace cli
