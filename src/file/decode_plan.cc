#include "file/decode_plan.h"

#include <algorithm>
#include <bit>

#include "base/bits.h"
#include "base/checked.h"
#include "base/macros.h"

namespace veneer {
namespace {

// Ending and beginning a run takes about as long as decoding so many values.
constexpr int64_t kGap = 64;

// The first of bits [at, end) that is `value`, or end.
size_t find_bit(const uint8_t* bits, size_t at, size_t end, bool value) noexcept {
  while (at < end) {
    // Eight bytes from the byte that `at` is in; bits behind the last one are anything.
    uint64_t word = load_le<uint64_t>(bits + at / 8) >> (at % 8);
    if (!value) word = ~word;
    const size_t known = 64 - at % 8;
    const auto zeros = static_cast<size_t>(std::countr_zero(word));
    if (zeros < known) return std::min(end, at + zeros);
    at += known;
  }
  return end;
}

}  // namespace

Status append_run(column::RowRun run, PoolArray<column::RowRun>* out) {
  if (!out->empty() && out->back().end() == run.begin) {
    out->back().count += run.count;
    return {};
  }
  return out->push_back(run);
}

Status DecodePlan::make(std::span<const column::RowRun> wanted) {
  runs_.clear();
  kept_.clear();
  begins_.clear();
  rows_ = num_wanted_ = 0;
  VENEER_CHECK(begins_.reserve(wanted.size()));
  for (const column::RowRun& run : wanted) {
    num_wanted_ += narrow<size_t>(run.count);
    if (!runs_.empty() && run.begin - runs_.back().end() <= kGap) {
      rows_ += narrow<size_t>(run.end() - runs_.back().end());
      runs_.back().count = run.end() - runs_.back().begin;
    } else {
      VENEER_CHECK(runs_.push_back(run));
      rows_ += narrow<size_t>(run.count);
    }
    begins_.emplace_back(narrow<uint32_t>(rows_ - narrow<size_t>(run.count)));
  }
  if (!has_gaps()) return {};
  VENEER_CHECK(kept_.reserve(num_wanted_));
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto count = narrow<uint32_t>(wanted[i].count);
    for (uint32_t row = 0; row < count; ++row) kept_.emplace_back(begins_[i] + row);
  }
  return {};
}

Status select_rows(std::span<const column::RowRun> wanted, std::span<const uint32_t> begins,
                   const uint8_t* bits, PoolArray<column::RowRun>* out) {
  for (size_t i = 0; i < wanted.size(); ++i) {
    const size_t begin = begins[i];
    const size_t end = begin + narrow<size_t>(wanted[i].count);
    for (size_t at = find_bit(bits, begin, end, true); at < end;) {
      const size_t stop = find_bit(bits, at, end, false);
      VENEER_CHECK(append_run(
          {wanted[i].begin + narrow<int64_t>(at - begin), narrow<int64_t>(stop - at)}, out));
      at = find_bit(bits, stop, end, true);
    }
  }
  return {};
}

}  // namespace veneer
