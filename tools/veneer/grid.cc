#include "grid.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "json.h"
#include "number.h"
#include "text.h"

namespace cli {

namespace {
constexpr size_t kMeasuredRows = 1000;
constexpr size_t kLeastWidth = 3;
constexpr size_t kNameWidth = 20;
}  // namespace

void print_file_heading(Run* run, std::string_view name, bool first) {
  Out& out = run->out();
  if (!first) out.put('\n');
  out.append("==> ");
  out.append(visible(name));
  out.append(" <==\n");
}

std::string fixed_text(double value, int decimals) {
  char text[64];
  int n = std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return n > 0 ? std::string(text, std::min(static_cast<size_t>(n), sizeof text - 1))
               : std::string();
}

std::string human_bytes(int64_t bytes) {
  if (bytes > -1000 && bytes < 1000) return std::to_string(bytes) + " B";
  static constexpr const char* kUnits[] = {" KB", " MB", " GB", " TB", " PB", " EB"};
  double value = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  while (std::fabs(value) >= 999.95 && unit + 1 < 6) {
    value /= 1000;
    ++unit;
  }
  return fixed_text(value, 1) + kUnits[unit];
}

std::string bytes_text(const Run& run, int64_t bytes) {
  return run.out_is_terminal() ? human_bytes(bytes) : std::to_string(bytes);
}

TextTable::TextTable(Run* run, std::vector<TextColumn> columns)
    : run_(run),
      columns_(std::move(columns)),
      null_row_(new bool[columns_.size() + 1]),
      shown_(columns_.size()) {}

void TextTable::add(std::string cell) {
  cells_.push_back(std::move(cell));
  nulls_.push_back(false);
}

void TextTable::add_null() {
  cells_.emplace_back("null");
  nulls_.push_back(true);
}

void TextTable::end_row() {
  if (!settled_ && cells_.size() < kMeasuredRows * columns_.size()) return;
  settle();
}

/// Prints all rows that are held, with the header before the first.
void TextTable::settle() {
  if (!settled_) {
    settled_ = true;
    fit();
    print_header();
  }
  size_t n = columns_.size();
  for (size_t row = 0; n > 0 && row + n <= cells_.size(); row += n) {
    for (size_t i = 0; i < n; ++i) null_row_[i] = nulls_[row + i];
    print_row(&cells_[row], null_row_.get());
  }
  cells_.clear();
  nulls_.clear();
}

size_t TextTable::end() {
  settle();
  return shown_;
}

/// Widths by what is held; on a terminal the widest elastic columns give way first, then the last
/// columns are left out.
void TextTable::fit() {
  size_t n = columns_.size();
  widths_.assign(n, kLeastWidth);
  for (size_t i = 0; i < n; ++i) {
    widths_[i] = std::max(display_width(columns_[i].name), display_width(columns_[i].type));
    for (size_t at = i; at < cells_.size(); at += n) {
      widths_[i] = std::max(widths_[i], display_width(cells_[at]));
    }
    widths_[i] = std::max(widths_[i], kLeastWidth);
  }
  size_t limit = run_->width();
  if (limit == 0 || n == 0) return;
  auto total = [&] {
    size_t sum = 2 * (shown_ - 1);
    for (size_t i = 0; i < shown_; ++i) sum += widths_[i];
    return sum;
  };
  auto width_under = [&](size_t i, size_t cap) {
    const TextColumn& column = columns_[i];
    return column.elastic ? std::min(widths_[i], std::max(cap, column.least)) : widths_[i];
  };
  // The widest width that, as a cap on all elastic columns, makes the table fit.
  auto capped = [&](size_t cap) {
    size_t sum = 2 * (shown_ - 1);
    for (size_t i = 0; i < shown_; ++i) {
      sum += width_under(i, cap);
    }
    return sum;
  };
  while (shown_ > 1 && capped(0) > limit) --shown_;
  if (total() <= limit) return;
  size_t cap = 0;
  while (cap < limit && capped(cap + 1) <= limit) ++cap;
  for (size_t i = 0; i < shown_; ++i) widths_[i] = width_under(i, cap);
}

void TextTable::print_cell(size_t column, std::string_view text, std::string_view begin) {
  Out& out = run_->out();
  size_t width = display_width(text);
  std::string cut;
  if (run_->width() > 0 && columns_[column].elastic && width > widths_[column]) {
    cut = cut_to_width(text, widths_[column]);
    text = cut;
    width = display_width(text);
  }
  size_t padding = width < widths_[column] ? widths_[column] - width : 0;
  if (columns_[column].right) out.fill(' ', padding);
  out.append(begin);
  out.append(text);
  if (!begin.empty()) out.append(run_->plain());
  // No blanks at the ends of lines.
  if (!columns_[column].right && column + 1 < shown_) out.fill(' ', padding);
}

void TextTable::print_header() {
  if (columns_.empty()) return;
  Out& out = run_->out();
  bool types = false;
  for (const TextColumn& column : columns_) types = types || !column.type.empty();
  for (size_t i = 0; i < shown_; ++i) {
    if (i > 0) out.append("  ");
    print_cell(i, columns_[i].name, run_->bold());
  }
  out.put('\n');
  if (types) {
    for (size_t i = 0; i < shown_; ++i) {
      if (i > 0) out.append("  ");
      print_cell(i, columns_[i].type, run_->dim());
    }
    out.put('\n');
  }
  out.append(run_->dim());
  for (size_t i = 0; i < shown_; ++i) {
    if (i > 0) out.append("  ");
    for (size_t k = 0; k < widths_[i]; ++k) out.append("\xe2\x94\x80");
  }
  out.append(run_->plain());
  out.put('\n');
}

void TextTable::print_row(const std::string* cells, const bool* nulls) {
  Out& out = run_->out();
  for (size_t i = 0; i < shown_; ++i) {
    if (i > 0) out.append("  ");
    print_cell(i, cells[i], nulls[i] ? run_->dim() : std::string_view());
  }
  out.put('\n');
}

Grid::Grid(Run* run, std::vector<GridColumn> columns, bool many_files)
    : run_(run), columns_(std::move(columns)), format_(Format::table), many_files_(many_files) {
  std::string_view format = run->options().value("format").value_or("table");
  if (format == "csv") format_ = Format::csv;
  if (format == "json" || format == "jsonl") format_ = Format::json;
}

void Grid::begin_file(std::string_view name) {
  file_ = name;
  if (format_ == Format::table) {
    if (many_files_) print_file_heading(run_, name, first_file_);
    std::vector<TextColumn> columns;
    for (const GridColumn& column : columns_) {
      bool right = column.kind != GridKind::text && column.kind != GridKind::value;
      columns.push_back({std::string(column.name), "", right, column.elastic});
      // Of the columns of a file, and the keys of a bucket, more than the beginning must be seen.
      if (column.name == "column" || column.name == "key") columns.back().least = kNameWidth;
    }
    table_ = std::make_unique<TextTable>(run_, std::move(columns));
  } else if (format_ == Format::csv && first_file_) {
    Out& out = run_->out();
    if (many_files_) out.append("file,");
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out.put(',');
      write_csv_text(out, columns_[i].name);
    }
    out.append("\r\n");
  }
  first_file_ = false;
}

void Grid::before_cell() {
  Out& out = run_->out();
  if (format_ == Format::json) {
    if (at_ == 0) {
      out.put('{');
      if (many_files_) {
        out.append("\"file\":");
        write_json_text(out, file_);
        out.put(',');
      }
    } else {
      out.put(',');
    }
    write_json_text(out, columns_[at_].name);
    out.put(':');
  } else if (format_ == Format::csv) {
    if (at_ > 0) {
      out.put(',');
    } else if (many_files_) {
      write_csv_text(out, file_);
      out.put(',');
    }
  }
  ++at_;
}

void Grid::text(std::string_view text) {
  before_cell();
  if (format_ == Format::json)
    write_json_text(run_->out(), text);
  else if (format_ == Format::csv)
    write_csv_text(run_->out(), text);
  else
    table_->add(visible(text));
}

void Grid::number(int64_t value) {
  GridKind kind = columns_[at_].kind;
  before_cell();
  if (format_ == Format::table && kind == GridKind::bytes)
    table_->add(bytes_text(*run_, value));
  else if (format_ == Format::table)
    table_->add(std::to_string(value));
  else
    run_->out().append(std::to_string(value));
}

void Grid::real(double value) {
  GridKind kind = columns_[at_].kind;
  before_cell();
  if (format_ == Format::table) {
    table_->add(kind == GridKind::percent ? fixed_text(value * 100, 1) + "%"
                                          : fixed_text(value, 2));
  } else {
    run_->out().append(fixed_text(value, 4));
  }
}

void Grid::value(std::string_view plain, std::string_view json) {
  before_cell();
  if (format_ == Format::json)
    run_->out().append(json);
  else if (format_ == Format::csv)
    write_csv_text(run_->out(), plain);
  else
    table_->add(plain.empty() ? "\"\"" : visible(plain));
}

void Grid::null() {
  before_cell();
  if (format_ == Format::json)
    run_->out().append("null");
  else if (format_ == Format::table)
    table_->add("-");
}

void Grid::end_row() {
  at_ = 0;
  if (format_ == Format::table)
    table_->end_row();
  else
    run_->out().append(format_ == Format::json ? "}\n" : "\r\n");
}

void Grid::end_file() {
  if (table_ == nullptr) return;
  size_t shown = table_->end();
  table_.reset();
  if (shown < columns_.size()) {
    run_->note(std::to_string(shown) + " of " + std::to_string(columns_.size()) +
               " columns are shown; a wider terminal or --format=json shows all");
  }
}

}  // namespace cli
