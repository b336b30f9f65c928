#include "s3/responses.h"

#include "base/macros.h"
#include "base/text.h"
#include "s3/http_text.h"
#include "s3/sha256.h"
#include "s3/uri.h"
#include "s3/xml.h"

namespace veneer::s3 {
namespace {

using Event = XmlReader::Event;

Status malformed(std::string_view what) {
  return Status::io(concat({"malformed answer of the server: ", what}));
}

// Behind <Contents>.
Status read_object(XmlReader* xml, ListedObject* object) {
  const size_t depth = xml->depth();
  bool has_key = false;
  bool has_size = false;
  std::string text;
  while (true) {
    const Event event = xml->next();
    if (event == Event::end && xml->depth() < depth) break;
    if (event == Event::text) continue;
    if (event != Event::start) return malformed("broken XML in a listing");
    if (xml->name() == "Key") {
      has_key = xml->element_text(&object->key);
      if (!has_key) return malformed("broken XML in a listing");
    } else if (xml->name() == "Size") {
      if (!xml->element_text(&text)) return malformed("broken XML in a listing");
      const auto size = parse_digits(trim(text));
      if (!size) return malformed("an object's size is no number");
      object->size = *size;
      has_size = true;
    } else if (xml->name() == "ETag") {
      if (!xml->element_text(&object->etag)) return malformed("broken XML in a listing");
    } else if (!xml->skip_element()) {
      return malformed("broken XML in a listing");
    }
  }
  if (!has_key || object->key.empty()) return malformed("an object of a listing has no key");
  if (!has_size) return malformed("an object of a listing has no size");
  return {};
}

// Behind <CommonPrefixes>.
Status read_common_prefixes(XmlReader* xml, std::vector<std::string>* prefixes) {
  const size_t depth = xml->depth();
  std::string text;
  while (true) {
    const Event event = xml->next();
    if (event == Event::end && xml->depth() < depth) return {};
    if (event == Event::text) continue;
    if (event != Event::start || !xml->element_text(&text))
      return malformed("broken XML in a listing");
    prefixes->push_back(text);
  }
}

Status decode_names(ListPage* page) {
  // Go's and Java's encoders write a space as '+', and '+' itself always as %2B.
  std::string decoded;
  for (ListedObject& object : page->objects) {
    if (!percent_decode(object.key, true, &decoded)) return malformed("a key's encoding is broken");
    object.key.swap(decoded);
  }
  for (std::string& prefix : page->common_prefixes) {
    if (!percent_decode(prefix, true, &decoded)) return malformed("a key's encoding is broken");
    prefix.swap(decoded);
  }
  return {};
}

}  // namespace

Result<ListPage> parse_list_page(std::string_view body) {
  XmlReader xml(body);
  if (xml.next() != Event::start || xml.name() != "ListBucketResult") {
    return malformed("not a ListBucketResult");
  }
  ListPage page;
  std::string encoding;
  std::string text;
  while (true) {
    const Event event = xml.next();
    if (event == Event::end && xml.depth() == 0) break;
    if (event == Event::text) continue;
    if (event != Event::start) return malformed("broken XML in a listing");
    bool read = true;
    if (xml.name() == "Contents") {
      VENEER_CHECK(read_object(&xml, &page.objects.emplace_back()));
    } else if (xml.name() == "CommonPrefixes") {
      VENEER_CHECK(read_common_prefixes(&xml, &page.common_prefixes));
    } else if (xml.name() == "IsTruncated") {
      read = xml.element_text(&text);
      page.truncated = equals_ignoring_case(trim(text), "true");
    } else if (xml.name() == "NextContinuationToken") {
      read = xml.element_text(&page.next_token);
    } else if (xml.name() == "EncodingType") {
      read = xml.element_text(&encoding);
    } else {
      read = xml.skip_element();
    }
    if (!read) return malformed("broken XML in a listing");
  }
  if (xml.next() != Event::done) return malformed("text behind the end of a listing");
  if (page.truncated && page.next_token.empty()) {
    return malformed("a truncated listing without a continuation token");
  }
  if (equals_ignoring_case(trim(encoding), "url")) VENEER_CHECK(decode_names(&page));
  return page;
}

ErrorBody parse_error_body(std::string_view body) {
  ErrorBody error;
  XmlReader xml(body);
  while (true) {
    const Event event = xml.next();
    if (event == Event::done || event == Event::malformed) break;
    if (event != Event::start) continue;
    std::string* out = nullptr;
    if (xml.name() == "Code") out = &error.code;
    if (xml.name() == "Message") out = &error.message;
    if (xml.name() == "RequestId") out = &error.request_id;
    if (xml.name() == "Region") out = &error.region;
    if (xml.name() == "Key") out = &error.key;
    if (out != nullptr && !xml.element_text(out)) break;
  }
  return error;
}

Result<Credentials> parse_sts_credentials(std::string_view body) {
  Credentials found;
  std::string expiration;
  XmlReader xml(body);
  while (true) {
    const Event event = xml.next();
    if (event == Event::done) break;
    if (event == Event::malformed) return malformed("broken XML from STS");
    if (event != Event::start) continue;
    std::string* out = nullptr;
    if (xml.name() == "AccessKeyId") out = &found.access_key_id;
    if (xml.name() == "SecretAccessKey") out = &found.secret_access_key;
    if (xml.name() == "SessionToken") out = &found.session_token;
    if (xml.name() == "Expiration") out = &expiration;
    if (out != nullptr && !xml.element_text(out)) return malformed("broken XML from STS");
  }
  if (found.access_key_id.empty() || found.secret_access_key.empty()) {
    return malformed("no credentials in the answer of STS");
  }
  // Keys that were never to expire would not be renewed.
  found.expires = parse_iso_time(expiration);
  if (!found.expires && !expiration.empty()) return malformed("an Expiration that is no time");
  return found;
}

}  // namespace veneer::s3
