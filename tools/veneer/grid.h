// Aligned tables of text, and reports that are a table, JSON lines or CSV.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "command.h"

namespace cli {

struct TextColumn {
  std::string name;
  std::string type;      ///< a second header line; none where all are empty
  bool right = false;    ///< numbers
  bool elastic = false;  ///< may be cut where the terminal is too narrow
  size_t least = 8;      ///< what it is not cut below; narrower than 8 it tells nothing
};

/// Rows under a header. The widths follow the first thousand rows; those behind are streamed. Cells
/// are text without control characters.
class TextTable {
 public:
  TextTable(Run* run, std::vector<TextColumn> columns);
  void add(std::string cell);
  void add_null();
  void end_row();
  /// Prints what is left; the number of columns that there was room for.
  size_t end();

 private:
  void settle();
  void fit();
  void print_header();
  void print_row(const std::string* cells, const bool* nulls);
  void print_cell(size_t column, std::string_view text, std::string_view begin);

  Run* run_;
  std::vector<TextColumn> columns_;
  std::vector<size_t> widths_;
  std::vector<std::string> cells_;
  std::unique_ptr<bool[]> null_row_;
  std::vector<bool> nulls_;
  size_t shown_;
  bool settled_ = false;
};

enum class GridKind : uint8_t {
  text,     ///< a string
  number,   ///< an integer
  bytes,    ///< an integer; as KB and MB on a terminal
  ratio,    ///< "3.42"
  percent,  ///< of 1; a number in JSON
  value,    ///< a value of the file: plain text, and its JSON
};

struct GridColumn {
  std::string_view name;  ///< also the key in JSON
  GridKind kind = GridKind::text;
  bool elastic = false;
};

/// A report of one kind of rows, in the format that --format names.
class Grid {
 public:
  /// With several files their names head the tables, and are a first column "file" elsewhere.
  Grid(Run* run, std::vector<GridColumn> columns, bool many_files);
  void begin_file(std::string_view name);

  // One call a column, in their order, then end_row.
  void text(std::string_view text);
  void number(int64_t value);
  void real(double value);
  void value(std::string_view plain, std::string_view json);
  void null();
  void end_row();

  /// After the last row of each file.
  void end_file();

 private:
  void before_cell();

  Run* run_;
  std::vector<GridColumn> columns_;
  enum class Format : uint8_t { table, json, csv } format_;
  bool many_files_;
  bool first_file_ = true;
  std::string file_;
  size_t at_ = 0;
  std::unique_ptr<TextTable> table_;
};

/// "==> NAME <==", with an empty line before all but the first.
void print_file_heading(Run* run, std::string_view name, bool first);

/// "512 B", "1.2 MB".
std::string human_bytes(int64_t bytes);
/// With `decimals` digits after the point.
std::string fixed_text(double value, int decimals);
/// The terminal's way with bytes: human there, the bare number elsewhere.
std::string bytes_text(const Run& run, int64_t bytes);

}  // namespace cli
