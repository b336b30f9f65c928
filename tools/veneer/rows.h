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

/// Rows that come together: a batch of a file, or of a scan.
struct RowBlock {
  size_t num_rows = 0;
  /// Where columns are dictionary-encoded, tells one dictionary from the next.
  int32_t row_group = 0;
  std::vector<const veneer::Column*> columns;

  /// Of a veneer::Batch or a veneer::ScanBatch.
  template <class B>
  void assign(const B& batch) {
    num_rows = batch.num_rows();
    row_group = batch.row_group();
    columns.resize(batch.num_columns());
    for (size_t i = 0; i < columns.size(); ++i) columns[i] = &batch.column(i);
  }
};

/// What a writer is told before the rows: of which file or scan they are, and their columns.
struct RowSource {
  std::string_view name;
  const veneer::Schema& schema;
  std::span<const veneer::Field* const> fields;
};

/// Writes the rows of one file after another.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  /// Called once a file, before its rows. False, reported, where this file cannot follow those
  /// before it.
  virtual bool begin(Run* run, const RowSource& source) = 0;
  virtual void write(const RowBlock& rows) = 0;
  /// Called once a file, also after a read that failed: all rows given are then written.
  virtual void end() = 0;
};

/// What --format means for rows where it is not given: a table on a terminal, else jsonl.
std::string_view row_format(Run* run);
/// A writer for a format: "jsonl", "json", "csv" or "table".
std::unique_ptr<RowWriter> make_row_writer(Run* run, std::string_view format);

/// One canonical JSON object a line.
std::unique_ptr<RowWriter> make_jsonl_writer(Run* run);
/// RFC 4180: a header row, CRLF; null is an empty cell, the empty string "". Without a header where
/// the output goes on with what an earlier run wrote.
std::unique_ptr<RowWriter> make_csv_writer(Run* run, bool header = true);
/// Aligned columns under a header of names and types, cut to the terminal's width on a terminal.
std::unique_ptr<RowWriter> make_table_writer(Run* run);

/// A type as table headers and `columns` show it: "INT32", "DECIMAL(9,2)", "list".
std::string type_name(const veneer::Schema& schema, const veneer::Field& field);
/// True for numbers, which are aligned to the right.
bool is_numeric(const veneer::Schema& schema, const veneer::Field& field);

}  // namespace cli
