// What is to be done for each of the target's fields: decided once a file.
#include "scan/convert.h"

#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"

namespace veneer::scan {

using Op = Conversion::Op;

class FileMapper::Planner {
 public:
  Planner(FileMapper* mapper, bool by_field_id)
      : mapper_(mapper),
        to_(mapper->target_->schema()),
        from_(mapper->file_.schema()),
        by_field_id_(by_field_id) {}

  Status plan(std::span<const PartitionValue> values) {
    mapper_->steps_.resize(to_.all_fields().size());
    VENEER_CHECK(match_top(values));
    choose_columns();
    return {};
  }

 private:
  Step& step_of(const Field& to) { return mapper_->steps_[to_.index_of(to)]; }

  Status match_top(std::span<const PartitionValue> values) {
    const TargetSchema& target = *mapper_->target_;
    std::vector<FieldKey> wanted;
    std::vector<uint32_t> columns;
    for (uint32_t i = 0; i < target.num_columns(); ++i) {
      const Field& to = to_.fields()[i];
      if (target.is_partition(i)) {
        VENEER_CHECK(set_partition(target.partition(i), values, &step_of(to)));
      } else {
        wanted.push_back({to.name, to_.element_of(to).field_id});
        columns.push_back(i);
      }
    }
    const std::vector<FieldKey> there = keys_of(from_, from_.root());
    const std::vector<uint32_t> matched = match_fields(wanted, there, by_field_id_);
    std::vector<uint8_t> met(wanted.size(), 0);
    for (uint32_t i = 0; i < there.size(); ++i) {
      const Field& from = from_.fields()[i];
      if (matched[i] == kNoIndex) {
        if (!target.has_selection() && !is_hidden(from.name)) drop(from);
        continue;
      }
      met[matched[i]] = 1;
      const Field& to = to_.fields()[columns[matched[i]]];
      step_of(to).source = i;
      VENEER_CHECK(plan_field(to, from));
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (met[i] == 0) VENEER_CHECK(plan_missing(to_.fields()[columns[i]]));
    }
    return {};
  }

  bool is_hidden(std::string_view name) const {
    for (const PartitionColumn& partition : mapper_->target_->partitions()) {
      if (partition.name == name) return true;
    }
    return false;
  }

  void drop(const Field& from) { mapper_->dropped_.push_back(from_.element_path(from.element)); }

  static Status set_partition(const PartitionColumn& partition,
                              std::span<const PartitionValue> values, Step* step) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const PartitionValue& value) {
      return value.name == partition.name;
    });
    if (found == values.end() || !found->value.has_value()) return {};  // null
    step->how = Step::How::constant;
    if (partition.type == PartitionType::string) {
      step->text = *found->value;
      if (fits<uint32_t>(step->text.size())) return {};
    } else if (parse_value(*found->value, partition.type, &step->constant)) {
      return {};
    }
    return Status::invalid_argument(concat({"the partition ", partition.name, "=", *found->value,
                                            " is not of the type ", to_string(partition.type)}))
        .in_column(partition.name);
  }

  Status plan_field(const Field& to, const Field& from) {
    Step& step = step_of(to);
    step.how = Step::How::present;
    step.field = &from;
    step.check_nulls = from.nullable && !to.nullable;
    if (from.kind == FieldKind::leaf) {
      const Leaf& leaf = from_.leaf(narrow<uint32_t>(from.leaf));
      step.source_kind = value_shape(leaf).kind;
      if (leaf.logical.is(LogicalKind::unknown) && to.kind != FieldKind::leaf) {
        return plan_nulls(to, &step);
      }
    }
    if (to.kind != from.kind) return lossy(to, from);
    switch (to.kind) {
      case FieldKind::leaf: return plan_leaf(to, from, &step);
      case FieldKind::structure: return plan_structure(to, from);
      case FieldKind::list: return plan_child(to, from, 0);
      case FieldKind::map: return plan_map(to, from);
    }
    return {};
  }

  Status plan_nulls(const Field& to, Step* step) {
    step->how = Step::How::nulls;
    return plan_missing(to);
  }

  Status plan_missing(const Field& to) const {
    if (to.nullable) return {};
    return Status::invalid_argument("the target's column is required, but the file has none")
        .in_column(to_.element_path(to.element));
  }

  LeafType type_of(const Schema& schema, const Field& field) const {
    if (field.kind == FieldKind::leaf) {
      return LeafType::of(schema.leaf(narrow<uint32_t>(field.leaf)));
    }
    LeafType type;
    const LogicalType& logical = schema.element_of(field).logical;
    const bool special = logical.is(LogicalKind::variant) || logical.is(LogicalKind::file);
    if (field.kind == FieldKind::structure && special) type.logical = logical;
    return type;
  }

  Status plan_leaf(const Field& to, const Field& from, Step* step) {
    const LeafType have = type_of(from_, from);
    const LeafType want = type_of(to_, to);
    const bool fixed_type = in_variant_ && !have.logical.is(LogicalKind::unknown);
    if (fixed_type ? !same(have, want) : !widens(have, want)) return lossy(to, from);
    step->conversion = conversion_of(have, want);
    return step->conversion.op == Op::nulls ? plan_nulls(to, step) : Status();
  }

  Status plan_child(const Field& to, const Field& from, uint32_t i) {
    const Field& child = to_.children(to)[i];
    step_of(child).source = i;
    return plan_field(child, from_.children(from)[i]);
  }

  Status plan_map(const Field& to, const Field& from) {
    VENEER_CHECK(plan_child(to, from, 0));
    if (to.num_children > 1 && from.num_children > 1) return plan_child(to, from, 1);
    if (to.num_children > 1) return plan_missing(to_.children(to)[1]);
    if (from.num_children > 1) drop(from_.children(from)[1]);
    return {};
  }

  Status plan_structure(const Field& to, const Field& from) {
    const LogicalKind want = type_of(to_, to).logical.kind;
    const LogicalKind have = type_of(from_, from).logical.kind;
    // An annotation says more than the group alone does.
    if (want != LogicalKind::none && want != have) return lossy(to, from);
    const bool outer = in_variant_;
    in_variant_ |= want == LogicalKind::variant;
    const std::vector<uint32_t> matched =
        match_fields(keys_of(to_, to), keys_of(from_, from), by_field_id_);
    std::vector<uint8_t> met(to.num_children, 0);
    for (uint32_t i = 0; i < matched.size(); ++i) {
      const Field& child = from_.children(from)[i];
      if (matched[i] == kNoIndex) {
        drop(child);
        continue;
      }
      met[matched[i]] = 1;
      const Field& wanted = to_.children(to)[matched[i]];
      step_of(wanted).source = i;
      VENEER_CHECK(plan_field(wanted, child));
    }
    for (uint32_t i = 0; i < met.size(); ++i) {
      if (met[i] == 0) VENEER_CHECK(plan_missing(to_.children(to)[i]));
    }
    in_variant_ = outer;
    return {};
  }

  std::string words(const Schema& schema, const Field& field) const {
    const LeafType type = type_of(schema, field);
    if (field.kind == FieldKind::leaf) return scan::to_string(type);
    std::string text = concat({"a ", veneer::to_string(field.kind)});
    if (!type.logical.is(LogicalKind::none)) text += ' ' + veneer::to_string(type.logical);
    return text;
  }

  Status lossy(const Field& to, const Field& from) const {
    return Status::invalid_argument(
               concat({"has ", words(from_, from),
                       ", which does not convert without loss to the scan's ", words(to_, to)}))
        .in_column(from_.element_path(from.element));
  }

  // The top-level columns to read, and where each will be in the batch. A path finds the first of
  // several columns with one name: for the others all columns are read.
  void choose_columns() {
    bool all = false;
    std::vector<Step*> steps;
    for (const Field& to : to_.fields()) {
      Step& step = step_of(to);
      if (step.field == nullptr) continue;
      steps.push_back(&step);
      all |= from_.child(from_.root(), step.field->name) != step.field;
    }
    mapper_->reads_nothing_ = steps.empty();
    mapper_->batch_columns_ = all ? from_.fields().size() : steps.size();
    if (all) return;
    for (Step* step : steps) {
      step->source = narrow<uint32_t>(mapper_->columns_.size());
      mapper_->columns_.emplace_back(step->field->name);
    }
  }

  FileMapper* mapper_;
  const Schema& to_;
  const Schema& from_;
  bool by_field_id_;
  bool in_variant_ = false;
};

Result<FileMapper> FileMapper::make(std::shared_ptr<const TargetSchema> target, const File& file,
                                    std::span<const PartitionValue> values, bool by_field_id) {
  FileMapper mapper(std::move(target), file);
  Status planned = Planner(&mapper, by_field_id).plan(values);
  if (!planned.ok()) return std::move(planned).in_file(file.name());
  return mapper;
}

const Field* FileMapper::source_of(std::string_view path) const {
  const Field* field = target_->schema().find(path);
  if (field == nullptr) return file_.schema().find(path);
  return steps_[target_->schema().index_of(*field)].field;
}

}  // namespace veneer::scan
