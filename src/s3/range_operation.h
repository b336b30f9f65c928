// GET of one range of an object.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "s3/object_state.h"
#include "s3/operation.h"
#include "s3/range_answer.h"

namespace veneer::s3 {

/// Fills `out` with the range; of a suffix longer than the object, only the end of `out`. `out`
/// must live until the operation has ended. A body that was cut short goes on where it ended.
class RangeOperation final : public Operation {
 public:
  RangeOperation(Core* core, Target target, std::string name, bool urgent,
                 std::shared_ptr<ObjectState> state, bool suffix, int64_t first,
                 std::span<uint8_t> out);

  /// Once it has ended well: where the range begins and how long it is.
  int64_t first() const noexcept { return want_.first; }
  int64_t count() const noexcept { return want_.count; }

 protected:
  void add_headers(Fields* headers) override;
  bool accept(const ResponseHead& head, Failure* failure) override;
  bool take(std::string_view bytes) override;
  bool is_complete() const override;
  Failure check() override;
  bool rewind() override;

 private:
  std::shared_ptr<ObjectState> state_;
  std::span<uint8_t> out_;
  RangeWant want_;            // a suffix until the first answer has told where that is
  int64_t received_ = 0;      // bytes of the range that are there
  int64_t attempt_from_ = 0;  // how many were, when the attempt began
  int64_t attempt_end_ = 0;   // how many will be, by what the answer's head says
  int64_t skip_ = 0;
  bool located_ = false;
  bool whole_ = false;
};

}  // namespace veneer::s3
