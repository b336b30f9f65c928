#include "scan/object_reader.h"

#include <algorithm>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"

namespace veneer::scan {
namespace {

Status check_strict(const FileMapper& mapper, const ObjectReader::Plan& plan) {
  if (!plan.strict) return {};
  if (!mapper.dropped().empty()) {
    return Status::invalid_argument(
        concat({"column ", mapper.dropped().front(),
                " is not in the first file, whose schema is the scan's"}));
  }
  if (!plan.options->partition_columns || plan.target->has_selection()) return {};
  for (const PartitionValue& value : plan.object->values) {
    const auto partitions = plan.target->partitions();
    if (std::none_of(partitions.begin(), partitions.end(),
                     [&](const PartitionColumn& known) { return known.name == value.name; })) {
      return Status::invalid_argument(
          concat({"partition ", value.name, " is not in the first file's key"}));
    }
  }
  return {};
}

}  // namespace

Result<ObjectReader> ObjectReader::make(File file, Plan plan) {
  VENEER_TRY(FileMapper mapper,
             FileMapper::make(plan.target, file, plan.object->values, plan.options->by_field_id));
  VENEER_CHECK(check_strict(mapper, plan));
  ObjectReader made(std::move(file), std::move(plan), std::move(mapper));
  VENEER_CHECK(made.make_filter());
  VENEER_TRY(made.runs_,
             groups_in_span(made.file_, made.plan_.begin, made.plan_.size, made.plan_.span));
  for (const GroupRun& run : made.runs_) made.total_ += run.rows;
  if (made.plan_.skip > made.total_) {
    return Status::invalid_argument(concat({"the resume token says that ", made.plan_.skip, " of ",
                                            made.total_, " rows are handed out"}));
  }
  if (!made.filter_.empty()) {
    made.offset_ = made.plan_.skip;
    made.left_ = made.total_;
    return made;
  }
  made.left_ = made.total_ - made.plan_.skip;
  int64_t skip = made.plan_.skip;
  while (made.run_ < made.runs_.size() && skip >= made.runs_[made.run_].rows) {
    skip -= made.runs_[made.run_++].rows;
  }
  made.run_row_ = skip;
  if (made.plan_.where != nullptr) made.count_as_kept();
  return made;
}

// The partitions have decided for all that is to come.
void ObjectReader::count_as_kept() {
  for (size_t run = run_; run < runs_.size(); ++run) stats_.row_groups += runs_[run].count;
  stats_.row_groups_whole = stats_.row_groups;
  stats_.rows = left_;
  stats_.rows_proven = left_;
  stats_.rows_kept = left_;
}

// The scan's expression as far as this object's partitions leave it open, on the file's own
// columns.
Status ObjectReader::make_filter() {
  if (plan_.where == nullptr) return {};
  using filter::TextValue;
  const Partition partition{plan_.object->key, plan_.object->values};
  std::vector<TextValue> values;
  std::vector<std::string> names;
  for (const std::string& name : plan_.where->columns()) {
    TextValue value;
    std::string path;
    if (const PartitionValue* found = partition.find(name)) {
      value.state = found->value.has_value() ? TextValue::State::text : TextValue::State::null;
      if (found->value.has_value()) value.text = *found->value;
    } else if (const Field* field = mapper_.source_of(name)) {
      path = file_.schema().element_path(field->element);
    } else {
      value.state = TextValue::State::null;
    }
    values.push_back(value);
    names.push_back(std::move(path));
  }
  auto open =
      std::make_shared<const filter::Expression>(filter::resolve(*plan_.where, values, names));
  // With nothing left open the selector has decided already.
  if (!open->columns().empty()) {
    filter_ = Filter(std::move(open));
    return {};
  }
  if (filter::possible_outcomes(*open, {}) != filter::kTrue) filter_ = !Filter();
  return {};
}

void ObjectReader::open_run() {
  const GroupRun& run = runs_[run_];
  const ScanOptions& options = *plan_.options;
  ReadOptions read;
  read.columns = mapper_.columns_to_read();
  read.first_row_group = run.first;
  read.row_group_count = run.count;
  read.filter = filter_;
  if (filter_.empty()) {
    read.first_row = run_row_;
  } else {
    read.offset = offset_;
    read.row_numbers = true;
    // Some column has to come, for the rows' sake.
    if (mapper_.reads_nothing()) read.columns = filter_.columns();
  }
  read.batch_rows = options.batch_rows;
  read.batch_bytes = options.batch_bytes;
  read.checksums = options.checksums;
  read.cancel = plan_.cancel;
  reader_.emplace(file_.read(std::move(read)));
}

// Where no column of the file is wanted its metadata tells the rows.
Status ObjectReader::count_rows(BatchState* state) {
  const GroupRun& run = runs_[run_];
  int64_t begin = 0;  // of the row group, in the run
  int32_t group = run.first;
  int64_t rows = 0;
  for (;; ++group, begin += rows) {
    rows = file_.metadata().row_group(narrow<uint32_t>(group)).num_rows;
    if (run_row_ < begin + rows) break;
  }
  const int64_t count = std::min<int64_t>(plan_.options->batch_rows, begin + rows - run_row_);
  VENEER_CHECK(mapper_.map_rows(narrow<size_t>(count), &state->columns));
  state->rows = narrow<size_t>(count);
  state->first_row = run.first_row + run_row_;
  state->row_group = group;
  return {};
}

Result<bool> ObjectReader::next_filtered(BatchState* state) {
  for (; run_ < runs_.size(); ++run_, reader_.reset()) {
    if (!reader_.has_value()) open_run();
    if (!reader_->next(&state->batch)) {
      VENEER_CHECK(reader_->status());
      const FilterStats stats = reader_->filter_stats();
      stats_ += stats;
      offset_ -= std::min(offset_, stats.rows_kept);
      continue;
    }
    VENEER_CHECK(mapper_.reads_nothing()
                     ? mapper_.map_rows(state->batch.num_rows(), &state->columns)
                     : mapper_.map(state->batch, &state->columns));
    state->rows = state->batch.num_rows();
    state->first_row = state->batch.first_row();
    state->row_numbers = state->batch.row_numbers();
    state->row_group = state->batch.row_group();
    return true;
  }
  left_ = 0;
  return false;
}

Result<bool> ObjectReader::next(BatchState* state) {
  // The batch that it held may be of an object with a filter, and stay where no column is read.
  state->row_numbers = {};
  if (!filter_.empty()) {
    state->target = plan_.target;
    state->object = plan_.object;
    return next_filtered(state);
  }
  while (run_row_ == runs_[run_].rows) {
    ++run_;
    run_row_ = 0;
    reader_.reset();
  }
  state->target = plan_.target;
  state->object = plan_.object;
  if (mapper_.reads_nothing()) {
    VENEER_CHECK(count_rows(state));
  } else {
    if (!reader_.has_value()) open_run();
    if (!reader_->next(&state->batch)) {
      if (!reader_->status().ok()) return reader_->status();
      return Status::corrupt("the file ends before its last row");
    }
    VENEER_CHECK(mapper_.map(state->batch, &state->columns));
    state->rows = state->batch.num_rows();
    state->first_row = state->batch.first_row();
    state->row_group = state->batch.row_group();
  }
  run_row_ += narrow<int64_t>(state->rows);
  left_ -= narrow<int64_t>(state->rows);
  return true;
}

}  // namespace veneer::scan
