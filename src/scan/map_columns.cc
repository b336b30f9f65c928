// A batch's columns as the target's: views where nothing changes, values made where it does.
#include <algorithm>
#include <cstring>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "scan/convert.h"

namespace veneer::scan {

using Op = Conversion::Op;

const Column* MappedColumns::find(const Field& field) const noexcept {
  if (target_ == nullptr) return nullptr;
  const std::span<const Field> fields = target_->schema().all_fields();
  const std::less<const Field*> before;
  const Field* first = fields.data() + 1;  // the root is no column
  if (before(&field, first) || !before(&field, fields.data() + fields.size())) return nullptr;
  return &columns_[target_->schema().index_of(field)];
}

void MappedColumns::fit(const std::shared_ptr<const TargetSchema>& target) {
  if (zeros_.size() > 1) zeros_.erase(zeros_.begin(), zeros_.end() - 1);
  lists_.clear();
  if (target_ == target) return;
  const size_t fields = target->schema().all_fields().size();
  // Before the old target goes, which may be the last to know of the pool.
  zeros_.clear();
  slots_.clear();
  slots_.reserve(fields);
  for (size_t i = 0; i < fields; ++i) slots_.emplace_back(target->pool());
  columns_.assign(fields, Column());
  target_ = target;
}

Result<const uint8_t*> MappedColumns::zeros(size_t bytes) {
  constexpr size_t kLeast = 4096;
  if (zeros_.empty() || zeros_.back().size() < bytes) {
    const size_t before = zeros_.empty() ? 0 : zeros_.back().size();
    Buffer more(target_->pool());
    VENEER_CHECK(more.resize_discard(std::max({bytes, kLeast, before + before / 2})));
    std::memset(more.data(), 0, more.size());
    zeros_.push_back(std::move(more));
  }
  return static_cast<const uint8_t*>(zeros_.back().data());
}

class Mapping {
 public:
  using Step = FileMapper::Step;

  Mapping(const FileMapper& mapper, const Batch* batch, MappedColumns* out)
      : mapper_(mapper), schema_(mapper.target_->schema()), batch_(batch), out_(out) {}

  Status top(const Field& field, size_t rows) {
    const Step& step = step_of(field);
    if (step.how == Step::How::constant) return constant(field, step, rows);
    if (step.field == nullptr) return missing(field, rows);
    return present(field, batch_->column(step.source), nullptr);
  }

 private:
  const Step& step_of(const Field& field) const { return mapper_.steps_[schema_.index_of(field)]; }
  Column* column_of(const Field& field) { return &out_->columns_[schema_.index_of(field)]; }
  MappedColumns::Slot& slot_of(const Field& field) { return out_->slots_[schema_.index_of(field)]; }

  const Leaf* leaf_of(const Field& field) const {
    return field.kind == FieldKind::leaf ? &schema_.leaf(narrow<uint32_t>(field.leaf)) : nullptr;
  }

  Column* begin(const Field& field) {
    Column* column = column_of(field);
    ColumnBuilder::begin(column, &field, leaf_of(field));
    if (field.kind != FieldKind::leaf) {
      ColumnBuilder::children(column, out_->columns_.data() + field.first_child,
                              field.num_children);
    }
    return column;
  }

  // ------------------------------------------------------------------------------- no such column

  Status missing(const Field& field, size_t size) {
    Column* column = begin(field);
    VENEER_TRY(const uint8_t* validity, out_->zeros(bytes_for_bits(size)));
    ColumnBuilder::shape(column, size, size, validity);
    if (field.kind == FieldKind::leaf) {
      const ValueShape shape = value_shape(*leaf_of(field));
      size_t bytes = bytes_for_bits(size);
      if (shape.kind != ValueKind::boolean && !checked_mul(size, shape.width, &bytes)) {
        return Status::over_limit("a column of nulls is larger than the memory");
      }
      VENEER_TRY(const uint8_t* values, out_->zeros(bytes));
      ColumnBuilder::values(column, shape.kind, shape.width, values);
      return {};
    }
    if (field.kind != FieldKind::structure) {
      size_t bytes = 0;
      if (!checked_mul(size + 1, sizeof(int32_t), &bytes)) {
        return Status::over_limit("a column of nulls is larger than the memory");
      }
      VENEER_TRY(const uint8_t* offsets, out_->zeros(bytes));
      ColumnBuilder::offsets(column,
                             static_cast<const int32_t*>(static_cast<const void*>(offsets)));
      size = 0;
    }
    for (const Field& child : schema_.children(field)) VENEER_CHECK(missing(child, size));
    return {};
  }

  // ------------------------------------------------------------------------------------ partitions

  Status constant(const Field& field, const Step& step, size_t rows) {
    Column* column = begin(field);
    MappedColumns::Slot& slot = slot_of(field);
    const ValueShape shape = value_shape(*leaf_of(field));
    std::array<uint8_t, 16> value{};
    if (shape.kind == ValueKind::binary) {
      VENEER_CHECK(view_of(step.text, &slot, &value));
    } else if (shape.kind == ValueKind::int32) {
      const auto days = narrow<int32_t>(step.constant);
      std::memcpy(value.data(), &days, sizeof(days));
    } else {
      std::memcpy(value.data(), &step.constant, sizeof(step.constant));
    }
    if (value != slot.constant) slot.filled = 0;
    slot.constant = value;
    if (slot.filled < rows) {
      size_t bytes = 0;
      if (!checked_mul(rows, shape.width, &bytes)) {
        return Status::over_limit("a partition's column is larger than the memory");
      }
      slot.filled = 0;
      VENEER_CHECK(slot.values.resize_discard(bytes));
      fill(value.data(), shape.width, bytes, slot.values.data());
      slot.filled = rows;
    }
    ColumnBuilder::shape(column, rows, 0, nullptr);
    ColumnBuilder::values(column, shape.kind, shape.width, slot.values.data());
    ColumnBuilder::buffers(column, slot.buffers);
    return {};
  }

  static Status view_of(const std::string& text, MappedColumns::Slot* slot,
                        std::array<uint8_t, 16>* out) {
    BinaryView view;
    view.length = narrow<uint32_t>(text.size());
    slot->buffers.clear();
    if (view.is_inline()) {
      if (!text.empty()) std::memcpy(view.inlined, text.data(), text.size());
    } else {
      slot->text.clear();
      VENEER_CHECK(slot->text.append(text.data(), text.size()));
      slot->buffers.push_back(slot->text.bytes());
      view.ref = {};
      std::memcpy(view.ref.prefix, text.data(), sizeof(view.ref.prefix));
    }
    std::memcpy(out->data(), &view, sizeof(view));
    return {};
  }

  // Doubles what is there until it is enough.
  static void fill(const uint8_t* value, size_t width, size_t bytes, uint8_t* out) {
    if (bytes == 0) return;
    std::memcpy(out, value, width);
    for (size_t done = width; done < bytes; done *= 2) {
      std::memcpy(out + done, out, std::min(done, bytes - done));
      if (done > bytes / 2) break;
    }
  }

  // ------------------------------------------------------------------------------- the file's own

  Status present(const Field& field, const Column& source, const Column* structure) {
    const Step& step = step_of(field);
    if (&source.field() != step.field || source.is_dictionary() ||
        source.value_kind() != step.source_kind) {
      return Status::invalid_argument("the batch is not of the read that was planned");
    }
    if (step.how == Step::How::nulls) {
      if (source.null_count() != source.size()) {
        return Status::corrupt(concat({"an UNKNOWN column, which is always null, has a value",
                                       in_row(first_valid(source))}))
            .in_column(path_of(step));
      }
      return missing(field, source.size());
    }
    if (step.check_nulls) VENEER_CHECK(check_nulls(step, source, structure));
    Column* column = begin(field);
    ColumnBuilder::shape(column, source.size(), source.null_count(), source.validity().data());
    switch (field.kind) {
      case FieldKind::leaf: return leaf(field, step, source, column);
      case FieldKind::structure:
        for (const Field& child : schema_.children(field)) {
          const Step& below = step_of(child);
          VENEER_CHECK(below.field == nullptr
                           ? missing(child, source.size())
                           : present(child, source.child(below.source), &source));
        }
        return {};
      case FieldKind::list:
      case FieldKind::map: return list(field, source, column);
    }
    return {};
  }

  Status list(const Field& field, const Column& source, Column* column) {
    ColumnBuilder::offsets(column, source.offsets().data());
    out_->lists_.push_back(&source);
    for (const Field& child : schema_.children(field)) {
      const Step& below = step_of(child);
      VENEER_CHECK(below.field == nullptr ? missing(child, source.child(0).size())
                                          : present(child, source.child(below.source), nullptr));
    }
    out_->lists_.pop_back();
    return {};
  }

  Status leaf(const Field& field, const Step& step, const Column& source, Column* column) {
    const Conversion& conversion = step.conversion;
    if (conversion.op == Op::none) {
      ColumnBuilder::values(column, source.value_kind(), source.value_width(),
                            source.raw_values().data());
      ColumnBuilder::buffers(column, source.buffers());
      return {};
    }
    MappedColumns::Slot& slot = slot_of(field);
    size_t bytes = 0;
    if (!checked_mul(source.size(), size_t{conversion.width}, &bytes)) {
      return Status::over_limit("a converted column is larger than the memory");
    }
    VENEER_CHECK(slot.values.resize_discard(bytes));
    if (conversion.op == Op::fixed_to_views) {
      views_of_fixed(source, slot.values.as<BinaryView>(), &slot.buffers);
      ColumnBuilder::buffers(column, slot.buffers);
    } else {
      const size_t done = convert_values(conversion, source, slot.values.data());
      if (done != source.size()) {
        return Status::invalid_argument(concat({"the value", in_row(done), " does not fit ",
                                                to_string(LeafType::of(*leaf_of(field)))}))
            .in_column(path_of(step));
      }
    }
    ColumnBuilder::values(column, conversion.kind, conversion.width, slot.values.data());
    return {};
  }

  Status check_nulls(const Step& step, const Column& source, const Column* structure) const {
    // A null structure is null in its fields, required or not.
    if (source.null_count() <= (structure == nullptr ? 0 : structure->null_count())) return {};
    size_t i = 0;
    while (!source.is_null(i) || (structure != nullptr && structure->is_null(i))) ++i;
    return Status::invalid_argument(
               concat({"the target's column is required, but null", in_row(i)}))
        .in_column(path_of(step));
  }

  // --------------------------------------------------------------------------------------- places

  static size_t first_valid(const Column& column) {
    size_t i = 0;
    while (column.is_null(i)) ++i;
    return i;
  }

  std::string path_of(const Step& step) const {
    return mapper_.file_.schema().element_path(step.field->element);
  }

  // " in row 17", of entry `i` of the column that is being mapped.
  std::string in_row(size_t i) const {
    for (size_t n = out_->lists_.size(); n-- > 0;) {
      const std::span<const int32_t> offsets = out_->lists_[n]->offsets();
      const auto after = std::upper_bound(offsets.begin(), offsets.end(), narrow<int64_t>(i));
      i = narrow<size_t>(after - offsets.begin()) - 1;
    }
    const std::span<const int64_t> numbers = batch_->row_numbers();
    return concat(
        {" in row ", numbers.empty() ? batch_->first_row() + narrow<int64_t>(i) : numbers[i]});
  }

  const FileMapper& mapper_;
  const Schema& schema_;
  const Batch* batch_;
  MappedColumns* out_;
};

Status FileMapper::map_all(const Batch* batch, size_t rows, MappedColumns* out) const {
  out->fit(target_);
  Mapping mapping(*this, batch, out);
  for (const Field& field : target_->schema().fields()) {
    Status mapped = mapping.top(field, rows);
    if (mapped.ok()) continue;
    mapped = std::move(mapped).in_file(file_.name());
    return batch == nullptr ? mapped : std::move(mapped).in_row_group(batch->row_group());
  }
  return {};
}

Status FileMapper::map(const Batch& batch, MappedColumns* out) const {
  if (batch.num_columns() != batch_columns_) {
    return Status::invalid_argument("the batch is not of the read that was planned")
        .in_file(file_.name());
  }
  return map_all(&batch, batch.num_rows(), out);
}

Status FileMapper::map_rows(size_t rows, MappedColumns* out) const {
  if (!reads_nothing_) return Status::invalid_argument("columns of the file are wanted");
  return map_all(nullptr, rows, out);
}

}  // namespace veneer::scan
