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

// As append_run, where there is room for one more.
void add_run(const column::RowRun& run, PoolArray<column::RowRun>* out) {
  if (!out->empty() && out->back().end() == run.begin) {
    out->back().count += run.count;
  } else {
    out->emplace_back(run);
  }
}

}  // namespace

Status append_run(column::RowRun run, PoolArray<column::RowRun>* out) {
  VENEER_CHECK(out->reserve_more(1));
  add_run(run, out);
  return {};
}

Status DecodePlan::make(std::span<const column::RowRun> wanted) {
  runs_.clear();
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
  VENEER_CHECK(kept_.resize_discard(num_wanted_ * sizeof(uint32_t)));
  auto* to = kept_.as<uint32_t>();
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto count = narrow<size_t>(wanted[i].count);
    // Four at a time: what is too much is written again, or lies in the padding.
    for (size_t row = 0; row < count; row += 4) {
      for (uint32_t k = 0; k < 4; ++k) to[row + k] = begins_[i] + static_cast<uint32_t>(row) + k;
    }
    to += count;
  }
  return {};
}

Status select_rows(std::span<const column::RowRun> wanted, std::span<const uint32_t> begins,
                   const uint8_t* bits, PoolArray<column::RowRun>* out) {
  for (size_t i = 0; i < wanted.size(); ++i) {
    const size_t begin = begins[i];
    const size_t end = begin + narrow<size_t>(wanted[i].count);
    for (size_t at = begin; at < end; at += 64) {
      const size_t n = std::min<size_t>(64, end - at);
      uint64_t word = bits_at(bits, at) & ~uint64_t{0} >> (64 - n);
      if (word == 0) continue;
      const int64_t row = wanted[i].begin + narrow<int64_t>(at - begin);
      const auto next_run = [&]() -> column::RowRun {
        const int first = std::countr_zero(word);
        const int count = std::countr_one(word >> first);
        word &= word + (word & -word);  // the carry goes through the ones
        return {row + first, count};
      };
      VENEER_CHECK(out->reserve_more(32));  // every other bit
      add_run(next_run(), out);
      while (word != 0) out->emplace_back(next_run());
    }
  }
  return {};
}

Result<int64_t> append_runs(std::span<const column::RowRun> runs, int64_t* skip, int64_t most,
                            PoolArray<column::RowRun>* out) {
  VENEER_CHECK(out->reserve_more(runs.size()));
  int64_t rows = 0;
  for (column::RowRun run : runs) {
    const int64_t skipped = std::min(*skip, run.count);
    *skip -= skipped;
    run.begin += skipped;
    run.count = std::min(run.count - skipped, most - rows);
    if (run.count == 0) continue;
    rows += run.count;
    add_run(run, out);
  }
  return rows;
}

Status take_rows(size_t rows, PoolArray<column::RowRun>* from, PoolArray<column::RowRun>* out) {
  size_t runs = 0;  // that are taken whole
  auto left = narrow<int64_t>(rows);
  while (left > 0 && (*from)[runs].count <= left) left -= (*from)[runs++].count;
  out->clear();
  VENEER_CHECK(out->reserve(runs + 1));
  for (const column::RowRun& run : std::span(from->data(), runs)) out->emplace_back(run);
  if (left > 0) {
    column::RowRun& run = (*from)[runs];
    out->emplace_back(column::RowRun{run.begin, left});
    run.begin += left;
    run.count -= left;
  }
  // What was taken makes room, so that the runs stay few and in the cache.
  std::copy(from->begin() + runs, from->end(), from->begin());
  from->truncate(from->size() - runs);
  return {};
}

}  // namespace veneer
