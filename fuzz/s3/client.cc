// A client of a bucket, or of a file behind a URL, with a server that the input plays: an honest
// one of some keys and an object, but for the answers that the input spoils or writes itself.
//
// The input is flags, the object's size, and acts, one a request, each behind a zero byte: a
// character for what is done, and text. Behind the last act the server is honest.
#include "s3/client.h"

#include <set>

#include "fuzz/s3/played_transport.h"
#include "fuzz/support/feed.h"

using namespace veneer;
using namespace veneer::fuzz;

namespace {

constexpr std::string_view kSecret = "SECRET+key/that=must-not-appear";
constexpr std::string_view kToken = "TOKEN/that+must=not-appear-either";
constexpr std::string_view kEndpoint = "http://store.example:9000";
constexpr std::string_view kContainer = "http://127.0.0.1:9/credentials";
constexpr std::string_view kUrl = "http://files.example/a/b?signature=x";

const std::set<std::string>& all_keys() {
  static const std::set<std::string> keys{"data/",
                                          "data/a=1/1.parquet",
                                          "data/a=1/2.parquet",
                                          "data/a=2/b=1/3.parquet",
                                          "data/b c+d/&<>'",
                                          "data/m",
                                          "data/z/\xc3\xa4",
                                          "other"};
  return keys;
}

uint8_t byte_at(int64_t i, int version) {
  return static_cast<uint8_t>(i * 7 + i / 256 + version * 101);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    if (c == '<') out += "&lt;";
    if (c != '&' && c != '<') out += c;
  }
  return out;
}

class Server final : public PlayedServer {
 public:
  Server(std::string_view acts, int64_t size, bool is_signed)
      : rest_(acts), size_(size), is_signed_(is_signed) {}

  PlayedAnswer answer(const s3::HttpRequest& request) override {
    // Three attempts a request, some redirects; bodies that are cut go on where they ended.
    require(++requests_ <= 1000, "nothing is asked for ever");
    if (request.url == kContainer) return credentials();
    check(request);
    const char kind = rest_.empty() ? '0' : rest_[0];
    std::string text;
    if (!rest_.empty()) {
      const std::string_view act = rest_.substr(1, rest_.find('\0', 1) - 1);
      rest_.remove_prefix(std::min(rest_.size(), act.size() + 2));
      text = act;
      for (size_t at; (at = text.find("$T")) != std::string::npos;) text.replace(at, 2, kToken);
    }
    return act(kind, text, request);
  }

  /// Nothing was answered yet that an honest server would not.
  bool is_honest() const { return is_honest_; }

 private:
  // For ever, for a while, not any more, or none: no act, as failures are tried again in real time.
  PlayedAnswer credentials() const {
    static constexpr const char* kUntil[] = {"", "2099-01-01T00:00:00Z", "2001-01-01T00:00:00Z"};
    PlayedAnswer answer;
    const size_t which = static_cast<size_t>(size_ / 4 % 4);
    answer.head.status = which == 3 ? 403 : 200;
    if (which == 3) return answer;
    answer.body = R"({"AccessKeyId":"AKID","SecretAccessKey":")" + std::string(kSecret) +
                  R"(","Token":")" + std::string(kToken) + R"(","Expiration":")" + kUntil[which] +
                  "\"}";
    return answer;
  }

  PlayedAnswer act(char kind, std::string_view text, const s3::HttpRequest& request) {
    PlayedAnswer answer;
    switch (static_cast<uint8_t>(kind) % 12) {
      case 1: return written(400 + int32_t{static_cast<uint8_t>(kind)} / 12 % 30, text);
      case 2: return written(200, text);
      case 3: return written(206, text);
      case 4:
        answer = honest(request);
        answer.cut = text.empty() ? 0 : static_cast<uint8_t>(text[0]) * size_t{16};
        return answer;
      case 5: answer.end = s3::TransferEnd::stalled; return answer;
      case 6: answer.end = s3::TransferEnd::refused; return answer;
      case 7: answer.end = s3::TransferEnd::unknown; return answer;
      case 8: {
        static constexpr int32_t kStatus[] = {301, 307, 416, 503, 500, 304};
        const size_t which = text.empty() ? 0 : static_cast<uint8_t>(text[0]);
        return written(kStatus[which % std::size(kStatus)],
                       text.substr(std::min<size_t>(1, text.size())));
      }
      case 9: ranges_ = false; break;
      case 10: shorter_ = 1 + (text.empty() ? 0 : static_cast<uint8_t>(text[0])); break;
      case 11: ++version_; break;
      default: break;
    }
    answer = honest(request);
    ranges_ = true;
    shorter_ = 0;
    return answer;
  }

  // Header lines, an empty line, a body: what the input says.
  PlayedAnswer written(int32_t status, std::string_view text) {
    // 416 says that the object is empty, or how long it is.
    if (status < 300 || status == 416) is_honest_ = false;
    PlayedAnswer answer;
    answer.head.status = status;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (line.empty()) break;
      s3::add_header_line(line, &answer.head);
    }
    answer.body = text;
    return answer;
  }

  PlayedAnswer honest(const s3::HttpRequest& request) {
    return request.url.find("list-type=2") != std::string::npos ? listing(request)
                                                                : object(request);
  }

  PlayedAnswer object(const s3::HttpRequest& request) {
    PlayedAnswer answer;
    const std::string etag = "\"v" + std::to_string(version_) + "\"";
    const std::string match = field(request, "If-Match");
    if (!match.empty() && match != etag) {
      answer.head.status = 412;
      return answer;
    }
    std::string range = field(request, "Range");
    require(range.starts_with("bytes="), "a range is asked for");
    range.erase(0, 6);
    const auto number_at = [&](size_t at) { return int64_t{std::atoll(range.c_str() + at)}; };
    const int64_t number = number_at(range.starts_with('-') ? 1 : 0);
    int64_t first = number, end = size_;
    if (range.starts_with('-')) {
      first = std::max<int64_t>(0, size_ - number);
    } else {
      end = std::min(size_, number_at(range.find('-') + 1) + 1);
    }
    if (ranges_ && first >= size_) {
      answer.head.status = 416;
      answer.head.fields.emplace_back("content-range", "bytes */" + std::to_string(size_));
      return answer;
    }
    if (ranges_) {
      // Fewer than were asked for, from the front: the end of a suffix is its own.
      if (!range.starts_with('-')) end = std::max(first + 1, end - shorter_);
      answer.head.status = 206;
      answer.head.fields.emplace_back("content-range", "bytes " + std::to_string(first) + "-" +
                                                           std::to_string(end - 1) + "/" +
                                                           std::to_string(size_));
    } else {
      answer.head.status = 200;
      first = 0;
      end = size_;
    }
    answer.head.fields.emplace_back("etag", etag);
    answer.head.fields.emplace_back("content-length", std::to_string(end - first));
    for (int64_t i = first; i < end; ++i) {
      answer.body += static_cast<char>(byte_at(i, version_));
    }
    return answer;
  }

  static std::string query(const s3::HttpRequest& request, std::string_view name) {
    const std::string_view url = request.url;
    for (const std::string_view before : {"?", "&"}) {
      const std::string whole = std::string(before) + std::string(name) + "=";
      const size_t at = url.find(whole);
      if (at == std::string_view::npos) continue;
      const std::string_view value = url.substr(at + whole.size());
      std::string out;
      require(s3::percent_decode(value.substr(0, value.find('&')), false, &out),
              "a query is encoded");
      return out;
    }
    return {};
  }

  PlayedAnswer listing(const s3::HttpRequest& request) {
    const std::string prefix = query(request, "prefix");
    const std::string delimiter = query(request, "delimiter");
    const std::string after =
        std::max(query(request, "start-after"), query(request, "continuation-token"));
    const bool encoded = query(request, "encoding-type") == "url";
    const auto name = [&](const std::string& text) {
      return encoded ? s3::percent_encode(text, true) : escaped(text);
    };
    std::set<std::string> entries;
    for (const std::string& key : all_keys()) {
      if (!key.starts_with(prefix)) continue;
      const size_t slash = delimiter.empty() ? std::string::npos : key.find('/', prefix.size());
      entries.insert(slash == std::string::npos ? key : key.substr(0, slash + 1) + '\x7f');
    }
    std::string xml = "<ListBucketResult>";
    if (encoded) xml += "<EncodingType>url</EncodingType>";
    int count = 0;
    for (const std::string& entry : entries) {
      if (entry <= after) continue;
      if (++count > 2) {
        xml += "<IsTruncated>true</IsTruncated>";
        break;
      }
      const bool is_prefix = entry.ends_with('\x7f');
      const std::string shown = name(is_prefix ? entry.substr(0, entry.size() - 1) : entry);
      xml += is_prefix ? "<CommonPrefixes><Prefix>" + shown + "</Prefix></CommonPrefixes>"
                       : "<Contents><Key>" + shown + "</Key><Size>5</Size></Contents>";
      last_ = entry;
    }
    if (count > 2) {
      xml += "<NextContinuationToken>" + escaped(last_) + "</NextContinuationToken>";
    }
    PlayedAnswer answer;
    answer.head.status = 200;
    answer.body = xml + "</ListBucketResult>";
    return answer;
  }

  static std::string field(const s3::HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (s3::equals_ignoring_case(key, name)) return value;
    }
    return {};
  }

  void check(const s3::HttpRequest& request) const {
    const bool to_store = request.url.starts_with(kEndpoint);
    require(is_signed_ == !field(request, "Authorization").empty(), "requests are signed as told");
    require(!is_signed_ || to_store, "nothing signed goes elsewhere");
    require(request.url.find_first_of(std::string_view(" \r\n\0", 4)) == std::string::npos,
            "a URL is one");
    for (const auto& [name, value] : request.headers) {
      require(!s3::has_line_break(name) && !s3::has_line_break(value), "a field is one line");
      require(value.find(kSecret) == std::string::npos, "the key is sent nowhere");
      require(is_signed_ || value.find(kToken) == std::string::npos, "nor the token unasked");
    }
  }

  std::string_view rest_;
  const int64_t size_;
  const bool is_signed_;
  int requests_ = 0;
  int version_ = 0;
  bool ranges_ = true;
  int64_t shorter_ = 0;
  bool is_honest_ = true;
  std::string last_;
};

void check_failure(const Status& status) {
  const std::string text = status.to_string();
  require(text.find(kSecret) == std::string::npos, "no key is in a message");
  require(text.find(kToken) == std::string::npos, "no token is in a message");
  require(text.find("signature=x") == std::string::npos, "no query is in a message");
}

// Reads at some places; what comes is of one version of the object.
void read_object(Input& input, Feed& feed, int64_t size, const Server& server) {
  std::set<int> versions{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  const bool many = feed.flag();
  if (feed.flag()) {
    const ByteRange ranges[] = {{0, 30}, {40, 5000}, {size / 2, 100}, {size, 10}};
    input.will_need(std::span(ranges).first(1 + feed.below(4)));
  }
  for (int i = 0; i < (many ? 6 : 2); ++i) {
    Bytes out(1 + feed.u16() % 6000);
    int64_t first = feed.u16() % (size + 1);
    Status status;
    if (i == 0 && feed.flag()) {
      const auto told = input.read_tail(out);
      status = told ? Status() : told.status();
      if (told) {
        require(*told >= 0, "a size is not negative");
        if (server.is_honest()) require(*told == size, "the size is the object's");
        const auto got = std::min<int64_t>(*told, static_cast<int64_t>(out.size()));
        out.erase(out.begin(), out.end() - static_cast<ptrdiff_t>(got));
        first = *told - got;
      }
    } else {
      status = input.read(first, out);
      if (status.ok() && server.is_honest()) {
        require(first + static_cast<int64_t>(out.size()) <= size, "no byte is made up");
      }
    }
    if (!status.ok()) {
      check_failure(status);
      continue;
    }
    if (!server.is_honest()) continue;
    std::erase_if(versions, [&](int version) {
      for (size_t k = 0; k < out.size(); ++k) {
        if (out[k] != byte_at(first + static_cast<int64_t>(k), version)) return true;
      }
      return false;
    });
    require(!versions.empty(), "what is read is one version of the object");
  }
}

void list(const S3Client& client, Feed& feed, const Server& server) {
  S3ListOptions options;
  const std::string prefix = feed.flag() ? "data/" : "";
  if (feed.flag()) options.fan_out = 3;
  options.url_encoding = feed.flag();
  if (feed.flag()) options.start_after = feed.flag() ? "data/a=1/2.parquet" : "a=2/";
  if (feed.flag()) options.below = {"a=", "data/a=1", "data/z"};
  const auto after = options.start_after;
  const auto below = options.below;
  auto lister = client.list("bucket", prefix, options);
  require_ok(lister.status(), "a listing can be begun");
  const bool narrowed = feed.flag();
  if (narrowed) {
    (*lister)->narrow([](std::string_view directory) {
      return directory.find("a=1/") != std::string_view::npos ? Below::none
             : directory.find("z/") != std::string_view::npos ? Below::all
                                                              : Below::some;
    });
  }
  std::set<std::string> listed;
  while (true) {
    std::vector<ObjectInfo> page;
    const auto more = (*lister)->next(&page);
    for (const ObjectInfo& one : page) {
      require(!one.key.empty() && one.size >= 0, "an object has a name and a size");
      require(listed.insert(one.key).second || !server.is_honest(), "a key is listed once");
    }
    if (!more) return check_failure(more.status());
    if (!*more) break;
  }
  if (!server.is_honest()) return;
  for (const std::string& whole : all_keys()) {
    if (!whole.starts_with(prefix) || whole == prefix) continue;
    const std::string key = whole.substr(prefix.size());
    bool wanted = after.empty() || key > after;
    if (!below.empty()) {
      wanted = wanted && std::any_of(below.begin(), below.end(),
                                     [&](const std::string& one) { return key.starts_with(one); });
    }
    if (!wanted) require(!listed.contains(key), "a key that is not wanted is not listed");
    const bool none = narrowed && key.find("a=1/") != std::string::npos;
    if (wanted && !none) require(listed.contains(key), "a key that is wanted is listed");
    listed.erase(key);
  }
  require(listed.empty(), "no key is made up");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Feed feed(data, size);
  const uint8_t flags = feed.byte();
  const int64_t object = feed.u16() % 12000;
  Bytes choices = feed.bytes(16);
  const std::string acts = feed.text(feed.left());
  // Secrets that the input itself holds are none.
  if (acts.find(kSecret) != std::string::npos || acts.find(kToken) != std::string::npos) return 0;
  if (std::count(acts.begin(), acts.end(), '\0') > 40) return 0;

  const bool by_url = (flags & 1) != 0;
  const bool anonymous = (flags & 2) != 0;
  Server server(acts, object, !by_url && !anonymous);
  play(&server);
  S3Options options;
  options.endpoint = kEndpoint;
  options.region = "us-east-1";
  options.anonymous = anonymous;
  s3::Environment environment;
  if (object % 4 == 1) {
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", std::string(kContainer));
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token of the container");
  } else {
    options.credentials = {"AKID", std::string(kSecret), std::string(kToken)};
  }
  options.max_attempts = 3;
  options.part_bytes = 4096;
  options.tail_bytes = 64;
  options.coalesce_gap = (flags & 4) != 0 ? 1000 : 0;
  options.whole_object_bytes = (flags & 8) != 0 ? 2000 : 0;
  options.memory_budget = (flags & 16) != 0 ? 9000 : 1 << 20;
  Feed choose(choices.data(), choices.size());
  {
    auto client = s3::ClientMaker::make(options, environment);
    require_ok(client.status(), "the options are sane");
    if (!by_url && (flags & 32) != 0) {
      list(*client, choose, server);
    } else {
      S3ObjectVersion known;
      if ((flags & 64) != 0) known = {"v0", object};
      auto input = by_url ? client->open_url(kUrl) : client->open("bucket", "a b/c", known);
      require_ok(input.status(), "an object can be opened");
      const auto told = (flags & 128) != 0 ? (*input)->size() : Result<int64_t>(0);
      if (!told) check_failure(told.status());
      read_object(**input, choose, object, server);
    }
  }
  return 0;
}
