// Hive paths: any key to its partitions, their types and values; and partitions, written as a key
// and read back.
#include "scan/hive.h"

#include "fuzz/support/feed.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void infer(std::span<const PartitionValue> values) {
  scan::PartitionInference inference({}, true);
  inference.add(values);
  for (const scan::PartitionColumn& column : inference.columns()) {
    if (column.type == PartitionType::string) continue;
    for (const PartitionValue& one : values) {
      if (one.name != column.name || !one.value) continue;
      int64_t value = 0;
      require(scan::parse_value(*one.value, column.type, &value),
              "values are of the type inferred");
      break;  // of several directories of one name the first counts
    }
  }
}

std::string escaped(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view key = text_of(data, size);
  (void)is_data_key(key);
  const std::vector<PartitionValue> values = parse_partitions(key);
  infer(values);
  std::string again;
  for (const PartitionValue& one : values) {
    require(!one.name.empty(), "a partition has a name");
    again += escaped(one.name) + "=";
    again += one.value ? escaped(*one.value) : "__HIVE_DEFAULT_PARTITION__";
    again += "/";
  }
  // What is not UTF-8 was kept as it stood, escapes and all, and is so again.
  const std::vector<PartitionValue> back = parse_partitions(again + "file");
  require(back.size() == values.size(), "partitions written are partitions read");
  for (PartitionType type : {PartitionType::int64, PartitionType::date, PartitionType::timestamp}) {
    int64_t value = 0;
    (void)scan::parse_value(key, type, &value);
  }
  return 0;
}
