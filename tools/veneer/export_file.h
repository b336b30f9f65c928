// Where an export's rows go, and the state that lets it go on after an interruption.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "command.h"
#include "resume_file.h"

namespace cli {

/// Rows go to the run's output, or to a file; with a resume file, what is there and what the state
/// says agree at any moment:
/// - to a file: the state tells how many of its bytes hold the rows that its token covers, and an
///   export that goes on cuts off what is behind them. Nothing is lost or doubled even by SIGKILL.
/// - to standard output: the state is written once the rows are through, so that an orderly end
///   (Ctrl-C, SIGTERM, a failure) loses and doubles nothing.
class ExportFile {
 public:
  struct Plan {
    std::string output;  ///< empty: standard output
    std::string resume;  ///< empty: no state is kept
    std::string format;
  };
  using TokenOf = std::function<std::string()>;

  ExportFile(Run* run, Plan plan) : run_(run), plan_(std::move(plan)) {}
  ~ExportFile();
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  /// Reads the state, and opens the output behind the rows that it covers. False where that failed,
  /// reported.
  bool open();

  /// Of the state: the scan's token, and the rows written so far.
  const std::string& token() const { return state_.token; }
  int64_t rows() const { return state_.rows; }
  bool goes_on() const { return goes_on_; }

  /// Tells that what stands before the rows is written, with these names as its header; without it
  /// no state is saved, since an export that goes on would leave it out. False, reported, where the
  /// export goes on with what has another header.
  bool begin(std::string header);
  /// Tells that `rows` rows were written, which a token taken now covers. Saves the state now and
  /// then: as often as costs a small part of the time.
  void covered(int64_t rows, const TokenOf& token);
  /// Saves the state now. False where that failed, reported.
  bool save(std::string token, int64_t rows);
  /// The state on disk stays as it is from now on.
  void keep_state() { kept_ = true; }
  /// Writes what is left and the last state, and gives the run its output back.
  bool close(int64_t rows, const TokenOf& token);

 private:
  bool open_output();

  Run* run_;
  Plan plan_;
  ResumeState state_;
  bool goes_on_ = false;
  bool begun_ = false;
  bool kept_ = false;
  bool failed_ = false;
  int fd_ = -1;
  std::unique_ptr<Out> file_;
  int64_t save_at_ = 0;
};

}  // namespace cli
