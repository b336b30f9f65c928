// Which listed objects a scan reads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "filter/expression.h"
#include "veneer/scan.h"

namespace veneer::scan {

/// Key filter, size, expression, partition filter, in this order. For one thread at a time.
class Selector {
 public:
  /// `options` must outlive it. `partitions_only`: the expression may not name columns of files.
  static Result<Selector> make(const ScanOptions* options, bool names_given,
                               bool partitions_only = false);

  /// Sets `values` for what is matched or pruned. invalid_argument where the expression names a
  /// column that the first object has not as a partition, and must have.
  Result<ObjectFate> select(const ObjectInfo& object, std::vector<PartitionValue>* values);

  /// The options where they are now.
  void use(const ScanOptions* options) noexcept { options_ = options; }

  /// The expression, or null.
  const std::shared_ptr<const filter::Expression>& expression() const noexcept {
    return expression_;
  }
  /// Whether the first object has a partition of that name, which the expression names.
  bool is_partition(std::string_view name) const noexcept;
  bool has_expression() const noexcept { return expression_ != nullptr; }
  /// What the expression says of a directory, which ends in '/' or is empty. Later directories of a
  /// key may still add columns.
  Below below(std::string_view directory) const;

 private:
  Selector(const ScanOptions* options, bool names_given, bool partitions_only)
      : options_(options), names_given_(names_given), partitions_only_(partitions_only) {}
  uint8_t outcomes(std::span<const PartitionValue> values, bool whole) const;

  const ScanOptions* options_;
  bool names_given_;
  bool partitions_only_;
  // By column of the expression: the first object has it as one.
  std::vector<uint8_t> is_partition_;
  std::shared_ptr<const filter::Expression> expression_;
  bool first_ = true;
};

}  // namespace veneer::scan
