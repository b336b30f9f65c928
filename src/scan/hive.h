// The values of Hive partitions as typed columns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/scan.h"

namespace veneer::scan {

/// A partition column of a scan.
struct PartitionColumn {
  std::string name;
  PartitionType type = PartitionType::string;
};

std::string_view to_string(PartitionType type) noexcept;  // "int64", "date", …

/// The value as the column's type: the integer itself, days since 1970, or microseconds since 1970
/// UTC (a time without a zone is taken as UTC). False where the text is no such value, or one that
/// 64 bits or microseconds cannot hold. Not for strings.
bool parse_value(std::string_view text, PartitionType type, int64_t* out) noexcept;

/// Finds the partition columns of many keys and the narrowest type of each that holds all values:
/// int64 (leading zeros allowed, as Spark has it), date, timestamp (dates among them), else string.
class PartitionInference {
 public:
  /// `declared` types are taken as they are; with `infer` false all others are strings.
  PartitionInference(std::span<const std::pair<std::string, PartitionType>> declared, bool infer)
      : declared_(declared.begin(), declared.end()), infer_(infer) {}

  void add(std::span<const PartitionValue> values);
  /// In order of first appearance.
  std::vector<PartitionColumn> columns() const;
  /// invalid_argument where a type is declared for what is a partition of no key.
  Status check_declared() const;
  /// True where more keys may add columns but change no type of those that are there.
  bool settled() const noexcept;

 private:
  struct Seen {
    std::string name;
    std::optional<PartitionType> declared;
    bool any = false;
    bool integers = true;
    bool dates = true;
    bool timestamps = true;
  };
  Seen* find(const std::string& name);

  std::vector<std::pair<std::string, PartitionType>> declared_;
  bool infer_;
  std::vector<Seen> seen_;
};

}  // namespace veneer::scan
