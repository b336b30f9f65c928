// What an interrupted export left behind, so that the same command goes on with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "veneer/status.h"

namespace cli {

/// The contents of a --resume file. It may have been damaged or made by somebody else: reading
/// checks its form, the scan its token.
struct ResumeState {
  std::string format;
  /// Of CSV: the names in its header, as JSON.
  std::string header;
  /// With --output: the file's name, and how many of its bytes hold the rows that the token covers.
  std::string output;
  int64_t output_bytes = 0;
  int64_t rows = 0;
  std::string token;

  std::string to_text() const;
  static veneer::Result<ResumeState> parse(std::string_view text);
};

/// Empty where there is no such file.
veneer::Result<std::optional<ResumeState>> load_resume_file(const std::string& path);
/// Replaces the file as a whole: whoever reads it sees the old or the new state, also after a
/// crash.
veneer::Status save_resume_file(const std::string& path, const ResumeState& state);

}  // namespace cli
