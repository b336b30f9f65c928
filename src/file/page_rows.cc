#include "file/page_rows.h"

#include "veneer/metadata.h"

namespace veneer {

void PageRows::open(Input* input, int64_t input_size, int64_t begin, int64_t size,
                    Codec codec) noexcept {
  source_.open(input, input_size, begin, size, 1);
  pages_.open(&source_, codec);
  at_ = 0;
}

int64_t PageRows::next(int64_t row) {
  PageHeader header;
  while (at_ < row) {
    const auto more = pages_.next_header(&header);
    if (!more.ok() || !*more) return INT64_MAX;
    if (header.type == PageType::data) at_ += header.data.num_values;
    if (header.type == PageType::data_v2) at_ += header.data_v2.num_values;
  }
  return at_;
}

}  // namespace veneer
