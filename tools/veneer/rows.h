// Rows as JSON lines, CSV or a table.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cell.h"
#include "command.h"
#include "veneer/file.h"

namespace cli {

/// Writes the rows of one file after another.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  /// Called once a file, before its batches. False, reported, where this file cannot follow those
  /// before it.
  virtual bool begin(Run* run, const veneer::File& file,
                     std::span<const veneer::Field* const> fields) = 0;
  virtual void write(const veneer::Batch& batch) = 0;
  /// Called once a file, also after a read that failed: all rows given are then written.
  virtual void end() = 0;
};

/// One canonical JSON object a line.
std::unique_ptr<RowWriter> make_jsonl_writer(Run* run);
/// RFC 4180: a header row, CRLF; null is an empty cell, the empty string "".
std::unique_ptr<RowWriter> make_csv_writer(Run* run);
/// Aligned columns under a header of names and types, cut to the terminal's width on a terminal.
std::unique_ptr<RowWriter> make_table_writer(Run* run);

/// A type as table headers and `columns` show it: "INT32", "DECIMAL(9,2)", "list".
std::string type_name(const veneer::Schema& schema, const veneer::Field& field);
/// True for numbers, which are aligned to the right.
bool is_numeric(const veneer::Schema& schema, const veneer::Field& field);

}  // namespace cli
