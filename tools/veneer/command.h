// What every subcommand is handed, and what it hands back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "options.h"
#include "out.h"
#include "veneer/file.h"
#include "veneer/s3.h"

namespace cli {

struct ReadCounter;

// Exit statuses.
inline constexpr int kDelivered = 0;
inline constexpr int kBadData = 1;  ///< bad or unreadable data, or output that could not be written
inline constexpr int kWrongUse = 2;

/// Milliseconds of a clock that only goes forward.
int64_t now_in_millis();

/// One run of a subcommand: options, output, messages and the exit status so far.
class Run {
 public:
  Run(std::string_view command, Options* options, Out* out);

  std::string_view command() const { return command_; }
  Options& options() { return *options_; }
  Out& out() { return *out_; }
  bool out_is_terminal() const { return out_is_terminal_; }
  bool error_is_terminal() const { return error_is_terminal_; }
  /// Columns of the terminal that messages go to.
  static size_t error_width();
  /// Columns of the terminal; 0 where output goes elsewhere.
  size_t width() const { return width_; }
  /// Colours on stdout.
  bool color() const { return color_; }
  /// Begins and ends dim or bold text on stdout; nothing without colour.
  std::string_view dim() const { return color_ ? "\x1b[2m" : ""; }
  std::string_view bold() const { return color_ ? "\x1b[1m" : ""; }
  std::string_view plain() const { return color_ ? "\x1b[0m" : ""; }

  /// True while output still arrives somewhere; once false a subcommand ends soon.
  bool writing() const { return out_->error() == 0; }

  /// Prints "veneer: FILE: KIND: what (where)" after what was written so far; the exit status
  /// becomes 1, or 2 for wrong use.
  void fail(const veneer::Status& status, std::string_view file);
  void fail(std::string_view file, std::string_view kind, std::string_view what);
  /// Prints "veneer: COMMAND: what"; the exit status becomes 2.
  void wrong_use(std::string_view what);
  /// A remark on stderr that changes nothing.
  void note(std::string_view what);

  /// Sends what `out` is given elsewhere, which is no terminal; null sends it home again.
  void redirect(Out* out);

  /// Shows how far a long job is, on a terminal only, and not more often than eyes can follow.
  void progress(std::string_view what, int64_t done, int64_t total);
  void end_progress();

  int exit_status() const { return exit_status_; }

  /// Speaks to servers; empty until a command needs it (see remote.h).
  veneer::S3Client client;
  /// Counts what is read of local files, where a command sets it (see where.h).
  std::shared_ptr<ReadCounter> reads;

 private:
  void print(std::string_view text);

  std::string_view command_;
  Options* options_;
  Out* out_;
  Out* home_;
  bool out_is_terminal_;
  bool error_is_terminal_;
  bool color_;
  bool error_color_;
  size_t width_ = 0;
  int exit_status_ = kDelivered;
  int64_t progress_at_ = 0;
  bool progress_shown_ = false;
};

/// Opens a path or a URL; "-" is standard input, read to its end. A failure has been reported.
std::optional<veneer::File> open_file(Run* run, const std::string& path);

/// True for a relative path that stays below its folder, as those of column chunks in other files
/// must; what is said of others.
bool is_inside_folder(std::string_view path);
veneer::Status outside_of_folder(std::string_view path);

/// The field of each path, checked; an unknown one is wrong use, with what may have been meant.
bool check_columns(Run* run, const veneer::File& file, std::span<const std::string> paths);
/// The leaves at and below those paths, in the order of the file; all where there are no paths.
bool select_leaves(Run* run, const veneer::File& file, std::span<const std::string> paths,
                   std::vector<uint32_t>* leaves);

struct Command {
  std::string_view name;
  std::string_view operands;  ///< "FILE..."
  std::string_view summary;   ///< one line
  std::string_view details;   ///< what the help says below the options
  std::span<const OptionSpec* const> options;
  void (*run)(Run* run);
};

/// All subcommands, in the order of the help.
std::span<const Command* const> commands();

// Options that several subcommands have.
extern const OptionSpec kColorOption;
extern const OptionSpec kHelpOption;
extern const OptionSpec kNoChecksumOption;
extern const OptionSpec kThreadsOption;
extern const OptionSpec kReportFormatOption;  ///< table, json, csv

extern const Command kSchemaCommand;
extern const Command kInfoCommand;
extern const Command kColumnsCommand;
extern const Command kPagesCommand;
extern const Command kCatCommand;
extern const Command kHeadCommand;
extern const Command kTailCommand;
extern const Command kCountCommand;
extern const Command kVerifyCommand;
extern const Command kDictionaryCommand;
extern const Command kLsCommand;
extern const Command kScanCommand;

}  // namespace cli
