#include "s3/range_answer.h"

#include <algorithm>

#include "base/text.h"

namespace veneer::s3 {
namespace {

// A server that ignores ranges and sends all: so much is read over at most.
constexpr int64_t kMostSkipped = int64_t{256} << 20;
constexpr int32_t kFewAnswerAttempts = 3;

Failure wrong(std::string_view what) {
  return {Status::io(concat({"wrong answer of the server: ", what})), Cure::wait,
          kFewAnswerAttempts};
}

Failure other_size(int64_t before, int64_t now) {
  return {object_changed(concat({before, " bytes"}), concat({now, " bytes"})), Cure::none};
}

Failure past_end(const RangeWant& want, int64_t size) {
  return {Status::io(concat({"read past the end of ", size, " bytes"}), want.first), Cure::none};
}

Failure read_partial(const RangeWant& want, const ResponseHead& head, const ContentRange& range,
                     RangeAnswer* answer) {
  if (want.size >= 0 && range.size >= 0 && range.size != want.size) {
    return other_size(want.size, range.size);
  }
  const int64_t size = range.size >= 0 ? range.size : want.size;
  int64_t first = want.first;
  if (want.suffix) {
    if (size < 0) return wrong("its Content-Range does not tell the size");
    first = std::max<int64_t>(0, size - want.count);
  }
  const int64_t end = want.suffix ? size : want.first + want.count;
  // Servers may send less than was asked for; the rest is then asked for again.
  if (range.first != first || range.last >= end || (want.suffix && range.last != size - 1)) {
    return wrong("its Content-Range is another one than was asked for");
  }
  const int64_t count = range.last - range.first + 1;
  const int64_t length = head.content_length();
  if (length >= 0 && length != count) {
    return wrong("its Content-Length differs from its Content-Range");
  }
  *answer = {size, first, count, 0, false};
  return {};
}

Failure read_whole(const RangeWant& want, const ResponseHead& head, RangeAnswer* answer) {
  const int64_t size = head.content_length();
  if (want.size >= 0 && size >= 0 && size != want.size) return other_size(want.size, size);
  if (want.suffix && size < 0) {
    return {Status::unsupported("the server knows no ranges, and does not tell the size"),
            Cure::none};
  }
  const int64_t first = want.suffix ? std::max<int64_t>(0, size - want.count) : want.first;
  const int64_t count = want.suffix ? size - first : want.count;
  if (size >= 0 && first > size - count) return past_end(want, size);
  if (first > kMostSkipped) {
    return {Status::unsupported("the server knows no ranges, and the object is too long to be read "
                                "over"),
            Cure::none};
  }
  *answer = {size, first, count, first, true};
  return {};
}

}  // namespace

std::string RangeWant::header() const {
  if (suffix) return concat({"bytes=-", count});
  return concat({"bytes=", first, "-", first + count - 1});
}

Failure read_range_head(const RangeWant& want, const ResponseHead& head, RangeAnswer* answer) {
  const auto range = parse_content_range(head.field("content-range"));
  if (head.status == 416) {
    const int64_t size = range ? range->size : -1;
    if (want.size >= 0 && size >= 0 && size != want.size) return other_size(want.size, size);
    if (!want.suffix) return past_end(want, std::max<int64_t>(size, 0));
    // Nothing has no last byte. Amazon's 416 has no Content-Range.
    if (size > 0) return wrong("416 for the end of an object that is not empty");
    if (want.size > 0) return other_size(want.size, 0);
    *answer = {0, 0, 0, 0, false};
    return {};
  }
  if (range && range->first >= 0) return read_partial(want, head, *range, answer);
  if (head.status == 206) return wrong("206 without a valid Content-Range");
  return read_whole(want, head, answer);
}

std::string plain_etag(std::string_view etag) {
  std::string out;
  for (const char c : etag) {
    if (c != '"' && static_cast<uint8_t>(c) > 0x20 && c != 0x7F) out += c;
  }
  return out;
}

bool is_strong_etag(std::string_view plain) noexcept {
  return !plain.empty() && !plain.starts_with("W/");
}

bool same_etag(std::string_view a, std::string_view b) noexcept {
  if (a.starts_with("W/")) a.remove_prefix(2);
  if (b.starts_with("W/")) b.remove_prefix(2);
  return a == b;
}

}  // namespace veneer::s3
