// Which listed objects a scan reads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filter/expression.h"
#include "veneer/scan.h"

namespace veneer::scan {

/// Key filter, size, expression, partition filter, in this order. For one thread at a time.
class Selector {
 public:
  /// `options` must outlive it.
  static Result<Selector> make(const ScanOptions* options, bool names_given);

  /// Sets `values` for what is matched or pruned. invalid_argument where the expression names a
  /// column that the first object has not.
  Result<ObjectFate> select(const ObjectInfo& object, std::vector<PartitionValue>* values);

  /// The options where they are now.
  void use(const ScanOptions* options) noexcept { options_ = options; }

  bool has_expression() const noexcept { return expression_.has_value(); }
  /// What the expression says of a directory, which ends in '/' or is empty. Later directories of a
  /// key may still add columns.
  Below below(std::string_view directory) const;

 private:
  Selector(const ScanOptions* options, bool names_given)
      : options_(options), names_given_(names_given) {}
  uint8_t outcomes(std::span<const PartitionValue> values, bool whole) const;

  const ScanOptions* options_;
  bool names_given_;
  std::optional<filter::Expression> expression_;
  bool first_ = true;
};

}  // namespace veneer::scan
