// What every subcommand is handed, and what it hands back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "options.h"
#include "out.h"
#include "veneer/file.h"

namespace cli {

// Exit statuses.
inline constexpr int kDelivered = 0;
inline constexpr int kBadData = 1;  ///< bad or unreadable data, or output that could not be written
inline constexpr int kWrongUse = 2;

/// One run of a subcommand: options, output, messages and the exit status so far.
class Run {
 public:
  Run(std::string_view command, Options* options, Out* out);

  std::string_view command() const { return command_; }
  Options& options() { return *options_; }
  Out& out() { return *out_; }
  bool out_is_terminal() const { return out_is_terminal_; }
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

  /// Shows how far a long job is, on a terminal only, and not more often than eyes can follow.
  void progress(std::string_view what, int64_t done, int64_t total);
  void end_progress();

  int exit_status() const { return exit_status_; }

 private:
  void print(std::string_view text);

  std::string_view command_;
  Options* options_;
  Out* out_;
  bool out_is_terminal_;
  bool error_is_terminal_;
  bool color_;
  bool error_color_;
  size_t width_ = 0;
  int exit_status_ = kDelivered;
  int64_t progress_at_ = 0;
  bool progress_shown_ = false;
};

/// Opens a path; "-" is standard input, read to its end. A failure has been reported.
std::optional<veneer::File> open_file(Run* run, const std::string& path);

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

}  // namespace cli
