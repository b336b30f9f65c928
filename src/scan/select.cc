#include "scan/select.h"

#include "base/macros.h"
#include "base/text.h"

namespace veneer::scan {

Result<Selector> Selector::make(const ScanOptions* options, bool names_given) {
  Selector made(options, names_given);
  if (!options->where.empty()) {
    VENEER_TRY(made.expression_, filter::Expression::parse(options->where));
  }
  return made;
}

uint8_t Selector::outcomes(std::span<const PartitionValue> values, bool whole) const {
  using filter::TextValue;
  const Partition partition{{}, values};
  std::vector<TextValue> known;
  known.reserve(expression_->columns().size());
  for (const std::string& name : expression_->columns()) {
    TextValue value;
    const PartitionValue* found = partition.find(name);
    if (found != nullptr && found->value.has_value()) {
      value = {TextValue::State::text, *found->value};
    } else if (found != nullptr || whole) {
      value.state = TextValue::State::null;
    }
    known.push_back(value);
  }
  return filter::possible_outcomes(*expression_, known);
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
  if (expression_.has_value()) {
    for (const std::string& name : expression_->columns()) {
      if (first_ && partition.find(name) == nullptr) {
        return Status::invalid_argument(concat(
            {"the filter expression names ", name, ", which is no partition of ", object.key}));
      }
    }
    first_ = false;
    if (outcomes(*values, true) != filter::kTrue) return ObjectFate::pruned;
  }
  if (options_->partition_filter && !options_->partition_filter(partition))
    return ObjectFate::pruned;
  return ObjectFate::matched;
}

}  // namespace veneer::scan
