// The XML that S3 and STS answer with: any text as listings, errors and credentials, and event by
// event.
#include "s3/xml.h"

#include "fuzz/support/feed.h"
#include "s3/responses.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

void events(std::string_view document) {
  s3::XmlReader reader(document);
  size_t depth = 0;
  // An event takes at least a byte, but for the end of <a/>.
  for (size_t most = 2 * document.size() + 2;; --most) {
    require(most > 0, "a document ends");
    const s3::XmlReader::Event event = reader.next();
    if (event == s3::XmlReader::Event::start) ++depth;
    if (event == s3::XmlReader::Event::end) {
      require(depth > 0, "what ends has begun");
      --depth;
    }
    if (event == s3::XmlReader::Event::text) {
      require(reader.text().size() <= document.size(), "no entity grows");
    }
    if (event == s3::XmlReader::Event::done) require(depth == 0, "what has begun ends");
    if (event == s3::XmlReader::Event::done || event == s3::XmlReader::Event::malformed) {
      require(reader.next() == event, "the end repeats");
      return;
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view document = text_of(data, size);
  events(document);
  if (auto page = s3::parse_list_page(document)) {
    for (const s3::ListedObject& object : page->objects) {
      require(object.size >= 0, "sizes are not negative");
    }
  }
  (void)s3::parse_error_body(document);
  (void)s3::parse_sts_credentials(document);
  return 0;
}
