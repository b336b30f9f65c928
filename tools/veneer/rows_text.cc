// Rows as JSON lines and as CSV.
#include "rows.h"
#include "text.h"

namespace cli {

namespace {

class JsonlWriter : public RowWriter {
 public:
  explicit JsonlWriter(Run* run) : out_(run->out()) {}

  bool begin(Run*, const RowSource& source) override {
    cells_.clear();
    cells_.resize(source.fields.size());
    for (size_t i = 0; i < source.fields.size(); ++i) {
      set_object_key(&cells_[i], source.fields[i]->name, i == 0);
    }
    return true;
  }

  void write(const RowBlock& rows) override {
    for (size_t i = 0; i < cells_.size(); ++i) {
      bind(&cells_[i], *rows.columns[i], Style::json, rows.row_group);
    }
    const Cell* begin = cells_.data();
    const Cell* end = begin + cells_.size();
    for (size_t row = 0; row < rows.num_rows; ++row) {
      if (begin == end) out_.put('{');
      for (const Cell* cell = begin; cell != end; ++cell) cell->write(*cell, row, out_);
      char* p = out_.need(2);
      p[0] = '}';
      p[1] = '\n';
      out_.end_at(p + 2);
    }
  }

  void end() override {}

 private:
  Out& out_;
  std::vector<Cell> cells_;
};

class CsvWriter : public RowWriter {
 public:
  CsvWriter(Run* run, bool header) : out_(run->out()), header_(header) {}

  bool begin(Run* run, const RowSource& source) override {
    std::vector<std::string> names;
    for (const veneer::Field* field : source.fields) names.emplace_back(field->name);
    if (headed_ && names != names_) {
      run->fail(source.name, "invalid_argument",
                "its columns are not those of the file before, and CSV has one header");
      return false;
    }
    cells_.clear();
    cells_.resize(names.size());
    if (headed_) return true;
    headed_ = true;
    names_ = std::move(names);
    if (!header_) return true;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (i > 0) out_.put(',');
      write_csv_text(out_, names_[i]);
    }
    out_.append("\r\n");
    return true;
  }

  void write(const RowBlock& rows) override {
    free_text_.assign(cells_.size(), false);
    for (size_t i = 0; i < cells_.size(); ++i) {
      bind(&cells_[i], *rows.columns[i], Style::plain, rows.row_group);
      free_text_[i] = is_free_text(*rows.columns[i]);
    }
    for (size_t row = 0; row < rows.num_rows; ++row) {
      for (size_t i = 0; i < cells_.size(); ++i) {
        const Cell& cell = cells_[i];
        if (i > 0) out_.put(',');
        if (!free_text_[i]) {
          cell.write(cell, row, out_);
        } else if (!cell.is_null(row)) {
          scratch_.clear();
          cell.write(cell, row, scratch_);
          write_csv_text(out_, scratch_.text());
        }
      }
      out_.append("\r\n");
    }
  }

  void end() override {}

 private:
  Out& out_;
  Out scratch_;
  bool header_;
  bool headed_ = false;
  std::vector<std::string> names_;
  std::vector<Cell> cells_;
  std::vector<bool> free_text_;
};

}  // namespace

std::unique_ptr<RowWriter> make_jsonl_writer(Run* run) {
  return std::make_unique<JsonlWriter>(run);
}
std::unique_ptr<RowWriter> make_csv_writer(Run* run, bool header) {
  return std::make_unique<CsvWriter>(run, header);
}

}  // namespace cli
