// Listing without reading.
#include "base/macros.h"
#include "scan/select.h"
#include "veneer/scan.h"

namespace veneer {

Status Scan::list(std::unique_ptr<Lister> lister, const ScanOptions& options, const Visit& visit) {
  if (lister == nullptr) return Status::invalid_argument("no lister to scan");
  VENEER_TRY(scan::Selector selector, scan::Selector::make(&options, lister->names_given(), true));
  if (selector.has_expression()) {
    lister->narrow([&selector](std::string_view directory) { return selector.below(directory); });
  }
  std::vector<ObjectInfo> page;
  for (bool more = true; more;) {
    page.clear();
    auto listed = lister->next(&page);
    if (!listed) return std::move(listed).status().in_file(lister->name());
    more = *listed;
    for (const ObjectInfo& object : page) {
      if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
        return Status::cancelled("the listing was cancelled").in_file(lister->name());
      }
      std::vector<PartitionValue> values;
      VENEER_TRY(const ObjectFate fate, selector.select(object, &values));
      if (fate == ObjectFate::skipped || fate == ObjectFate::empty) {
        values = parse_partitions(object.key);
      }
      VENEER_CHECK(visit(object, {object.key, values}, fate));
    }
  }
  return {};
}

}  // namespace veneer
