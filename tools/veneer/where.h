// --where and --explain: filters, and what they spared.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "command.h"
#include "veneer/file.h"
#include "veneer/input.h"

namespace cli {

extern const OptionSpec kWhereOption;
extern const OptionSpec kExplainOption;

/// The filter that --where says; none without it. False, reported, where it is no expression.
bool parse_where(Run* run, veneer::Filter* filter);

/// Reports how a read ended. A filter that does not fit the file is wrong use.
void report_read(Run* run, const veneer::Status& status, const veneer::File& file);

/// How much was read of local files.
struct ReadCounter {
  std::atomic<int64_t> reads{0};
  std::atomic<int64_t> bytes{0};
};
/// The same input, counted.
std::shared_ptr<veneer::Input> counted(std::shared_ptr<veneer::Input> input,
                                       std::shared_ptr<ReadCounter> counter);

/// What a read of one file, or a scan, was spared.
struct Explanation {
  std::string name;
  veneer::FilterStats stats;
  std::optional<int64_t> files;  ///< of a scan: those that were read
  int64_t files_pruned = 0;
  int64_t directories_pruned = 0;
  int64_t bytes = 0;  ///< of the files
  int64_t bytes_read = 0;
  int64_t reads = 0;  ///< or requests
};
/// Prints it as a tree, or as JSON with --format=json.
void print_explanation(Run* run, const Explanation& explanation);
/// The same for what was read of one file, by run->reads or the client's requests.
void explain_file(Run* run, const veneer::File& file, const veneer::FilterStats& stats);
/// Sets what was read so far, and how often.
void count_reads(Run* run, Explanation* explanation);

}  // namespace cli
