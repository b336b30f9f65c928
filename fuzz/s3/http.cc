// Answers of HTTP servers: status, header lines and what they say of ranges, dates and errors. The
// input is a status and lines; behind an empty line comes a body.
#include "fuzz/support/feed.h"
#include "s3/errors.h"
#include "s3/range_answer.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void range(const s3::RangeWant& want, const s3::ResponseHead& head) {
  s3::RangeAnswer answer;
  const s3::Failure failure = s3::read_range_head(want, head, &answer);
  if (!failure.status.ok()) return;
  require(answer.count >= 0 && answer.skip >= 0 && answer.first >= 0, "nothing is negative");
  require(answer.count <= want.count, "no more comes than was wanted");
  if (!want.suffix)
    require(answer.first >= want.first || answer.count == 0, "from where it was wanted");
  if (answer.size >= 0 && answer.count > 0) {
    require(answer.first <= answer.size - answer.count, "what comes lies in the object");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr int32_t kStatus[] = {200, 206, 416, 301, 307, 400, 403, 404, 412, 429, 500, 503};
  Feed feed(data, size);
  s3::ResponseHead head;
  head.status = kStatus[feed.below(std::size(kStatus))];
  s3::RangeWant want;
  want.suffix = feed.flag();
  want.first = want.suffix ? 0 : feed.u16();
  want.count = 1 + feed.u16();
  const std::string text = feed.text(feed.left());

  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) break;
    if (!s3::add_header_line(line, &head)) continue;
    const std::string& name = head.fields.back().first;
    require(!name.empty() && name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ:") == std::string::npos,
            "names are in lower case");
  }
  require(head.content_length() >= -1, "a length is one or is not there");
  if (head.status == 200 || head.status == 206 || head.status == 416) range(want, head);
  (void)s3::to_status(head, s3::read_error(head, rest));

  if (const auto found = s3::parse_content_range(text)) {
    require(found->size >= -1 && found->first <= found->last, "a range is in order");
    if (found->first >= 0 && found->size >= 0) require(found->last < found->size, "and within");
  }
  if (const auto digits = s3::parse_digits(text)) require(*digits >= 0, "digits");
  (void)s3::parse_http_date(text);
  if (const auto time = s3::parse_iso_time(text)) {
    require(s3::seconds_since_1970(s3::civil_time(*time)) == *time, "a time is its date");
  }
  const std::string shown = s3::printable(text, 80);
  require(shown.size() <= 80 + 8, "a message is cut");
  for (const char c : shown)
    require(static_cast<uint8_t>(c) >= 0x20, "nothing controls a terminal");
  const std::string etag = s3::plain_etag(text);
  require(s3::same_etag(etag, etag), "a tag equals itself");
  (void)s3::is_strong_etag(etag);
  return 0;
}
