#include "scan/select.h"

#include "base/macros.h"
#include "base/text.h"

namespace veneer::scan {

Result<Selector> Selector::make(const ScanOptions* options, bool names_given,
                                bool partitions_only) {
  Selector made(options, names_given, partitions_only);
  if (!options->where.empty()) {
    VENEER_TRY(filter::Expression parsed, filter::Expression::parse(options->where));
    made.expression_ = std::make_shared<const filter::Expression>(std::move(parsed));
  }
  return made;
}

uint8_t Selector::outcomes(std::span<const PartitionValue> values, bool whole) const {
  using filter::TextValue;
  const Partition partition{{}, values};
  std::vector<TextValue> known;
  known.reserve(expression_->columns().size());
  for (size_t i = 0; i < expression_->columns().size(); ++i) {
    TextValue value;
    const PartitionValue* found = partition.find(expression_->columns()[i]);
    if (found != nullptr && found->value.has_value()) {
      value = {TextValue::State::text, *found->value};
    } else if (found != nullptr || (whole && is_partition_[i])) {
      value.state = TextValue::State::null;
    }
    known.push_back(value);
  }
  return filter::possible_outcomes(*expression_, known);
}

bool Selector::is_partition(std::string_view name) const noexcept {
  for (size_t i = 0; i < is_partition_.size(); ++i) {
    if (is_partition_[i] && expression_->columns()[i] == name) return true;
  }
  return false;
}

Below Selector::below(std::string_view directory) const {
  const uint8_t possible = outcomes(parse_partitions(directory), false);
  if ((possible & filter::kTrue) == 0) return Below::none;
  return possible == filter::kTrue ? Below::all : Below::some;
}

Result<ObjectFate> Selector::select(const ObjectInfo& object, std::vector<PartitionValue>* values) {
  const bool wanted = options_->key_filter ? options_->key_filter(object.key)
                                           : names_given_ || is_data_key(object.key);
  if (!wanted) return ObjectFate::skipped;
  if (object.size <= 0) return ObjectFate::empty;
  *values = parse_partitions(object.key);
  const Partition partition{object.key, *values};
  if (expression_ != nullptr) {
    if (first_) {
      first_ = false;
      for (const std::string& name : expression_->columns()) {
        is_partition_.push_back(partition.find(name) != nullptr);
        if (is_partition_.back() || !partitions_only_) continue;
        return Status::invalid_argument(concat(
            {"the filter expression names ", name, ", which is no partition of ", object.key}));
      }
    }
    if ((outcomes(*values, true) & filter::kTrue) == 0) return ObjectFate::pruned;
  }
  if (options_->partition_filter && !options_->partition_filter(partition))
    return ObjectFate::pruned;
  return ObjectFate::matched;
}

}  // namespace veneer::scan
