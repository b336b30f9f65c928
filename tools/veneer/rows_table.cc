// Rows as an aligned table.
#include <algorithm>

#include "grid.h"
#include "rows.h"
#include "text.h"

namespace cli {

std::string type_name(const veneer::Schema& schema, const veneer::Field& field) {
  if (field.kind != veneer::FieldKind::leaf) return std::string(veneer::to_string(field.kind));
  const veneer::Leaf& leaf = schema.leaf(static_cast<uint32_t>(field.leaf));
  std::string logical = veneer::to_string(leaf.logical);
  return logical.empty() ? std::string(veneer::to_string(leaf.physical_type)) : logical;
}

bool is_numeric(const veneer::Schema& schema, const veneer::Field& field) {
  if (field.kind != veneer::FieldKind::leaf) return false;
  const veneer::Leaf& leaf = schema.leaf(static_cast<uint32_t>(field.leaf));
  switch (leaf.logical.kind) {
    case veneer::LogicalKind::decimal:
    case veneer::LogicalKind::integer:
    case veneer::LogicalKind::float16: return true;
    case veneer::LogicalKind::none:
      return leaf.physical_type == veneer::PhysicalType::int32 ||
             leaf.physical_type == veneer::PhysicalType::int64 ||
             leaf.physical_type == veneer::PhysicalType::float32 ||
             leaf.physical_type == veneer::PhysicalType::float64;
    default: return false;
  }
}

namespace {

class TableWriter : public RowWriter {
 public:
  explicit TableWriter(Run* run) : run_(run) {}

  bool begin(Run*, const RowSource& source) override {
    const std::span<const veneer::Field* const> fields = source.fields;
    total_columns_ = fields.size();
    size_t shown = fields.size();
    // On a terminal a column takes at least three places and the two between.
    if (run_->width() > 0) shown = std::min(shown, std::max<size_t>(1, run_->width() / 5));
    cells_.clear();
    cells_.resize(shown);
    std::vector<TextColumn> columns(shown);
    for (size_t i = 0; i < shown; ++i) {
      columns[i].name = visible(fields[i]->name);
      columns[i].type = type_name(source.schema, *fields[i]);
      columns[i].right = is_numeric(source.schema, *fields[i]);
      columns[i].elastic = true;
    }
    table_ = std::make_unique<TextTable>(run_, std::move(columns));
    return true;
  }

  void write(const RowBlock& rows) override {
    for (size_t i = 0; i < cells_.size(); ++i) {
      bind(&cells_[i], *rows.columns[i], Style::plain, rows.row_group);
    }
    // What no terminal could show is not even escaped.
    size_t most = run_->width() == 0 ? SIZE_MAX : run_->width() * 16;
    for (size_t row = 0; row < rows.num_rows && run_->writing(); ++row) {
      for (const Cell& cell : cells_) {
        if (cell.is_null(row)) {
          table_->add_null();
          continue;
        }
        scratch_.clear();
        cell.write(cell, row, scratch_);
        table_->add(visible(scratch_.text().substr(0, most)));
      }
      table_->end_row();
    }
  }

  void end() override {
    size_t shown = table_->end();
    table_.reset();
    if (shown < total_columns_) {
      run_->note(std::to_string(shown) + " of " + std::to_string(total_columns_) +
                 " columns are shown; choose others with --columns");
    }
  }

 private:
  Run* run_;
  Out scratch_;
  size_t total_columns_ = 0;
  std::vector<Cell> cells_;
  std::unique_ptr<TextTable> table_;
};

}  // namespace

std::unique_ptr<RowWriter> make_table_writer(Run* run) {
  return std::make_unique<TableWriter>(run);
}

}  // namespace cli
