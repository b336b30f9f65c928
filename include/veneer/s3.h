// Objects of S3 and files behind http(s): listings and inputs that fetch only what is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "veneer/input.h"
#include "veneer/memory.h"
#include "veneer/status.h"

#pragma GCC visibility push(default)
namespace veneer {

namespace s3 {
struct ClientMaker;
}  // namespace s3

/// How a bucket is named in URLs.
enum class S3Addressing : uint8_t {
  automatic,       ///< path style with an endpoint or for buckets with dots, else virtual-hosted
  path,            ///< https://endpoint/bucket/key
  virtual_hosted,  ///< https://bucket.endpoint/key
};

/// The version of HTTP to speak. Over plain http:// it is always 1.1.
enum class HttpVersion : uint8_t { http1, http2 };

/// Keys to sign with. They are kept in memory, sent nowhere, and stand in no message.
struct S3Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< of temporary credentials, else empty
};

/// What a client needs to know; all of it may be left out. What is left empty is taken, once, when
/// the client is made, from the environment variables and the files that AWS's own tools read.
struct S3Options {
  /// Else AWS_REGION, AWS_DEFAULT_REGION, the profile's, us-east-1. A wrong one is corrected by
  /// what the server answers, and remembered for the bucket.
  std::string region{};
  /// "https://s3.example.com:9000"; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's
  /// endpoint_url, AWS's own servers.
  std::string endpoint{};
  S3Addressing addressing = S3Addressing::automatic;

  /// Requests are not signed, and no credentials are looked for.
  bool anonymous = false;
  /// Else, in this order: AWS_ACCESS_KEY_ID and its kin; the profile, with static keys, a role to
  /// assume (role_arn with source_profile, credential_source or web_identity_token_file) or a
  /// credential_process; AWS_WEB_IDENTITY_TOKEN_FILE; the container's service; the instance's
  /// metadata service (version 2). Temporary credentials are renewed 5 minutes before they expire,
  /// and once when the server says that they have expired.
  S3Credentials credentials{};
  /// A profile of the shared files; naming one passes over the environment's keys. Else
  /// AWS_PROFILE, "default".
  std::string profile{};
  /// The caller pays for the requests (x-amz-request-payer).
  bool requester_pays = false;

  /// A file of certificates to trust; else AWS_CA_BUNDLE, what libcurl was built with.
  std::string ca_bundle{};
  bool verify_tls = true;
  /// A proxy's URL, "" for none; left out, the variables https_proxy, http_proxy and no_proxy
  /// tell. Metadata services are never asked through a proxy.
  std::optional<std::string> proxy{};
  HttpVersion http_version = HttpVersion::http1;

  /// Connections open at once; further requests wait.
  int32_t max_connections = 32;
  /// Bytes that all inputs of the client hold at once, fetched ahead and not yet read. It does not
  /// hold the caller's own buffers.
  int64_t memory_budget = int64_t{256} << 20;
  /// Ranges that are to be read soon are fetched together where their gap is at most this.
  int64_t coalesce_gap = int64_t{1} << 20;
  /// Longer ranges are fetched in parallel parts of about this size.
  int64_t part_bytes = int64_t{8} << 20;
  /// The first request of an object asks for at least this much of its end.
  int64_t tail_bytes = int64_t{64} << 10;
  /// Objects whose size is known and at most this are fetched whole by their first request.
  int64_t whole_object_bytes = int64_t{512} << 10;

  double connect_timeout_seconds = 5;
  /// A request fails, and is tried again, after this time without a byte.
  double stall_timeout_seconds = 30;
  /// Requests for one thing, the first one included.
  int32_t max_attempts = 10;
  /// No further attempt is begun this long after the first one, or after the last one that brought
  /// a good part of the bytes.
  double retry_budget_seconds = 180;
  /// Waits between attempts are random, up to this much for the first and twice as much for each
  /// further one, but at most `retry_longest_seconds`.
  double retry_first_seconds = 0.1;
  double retry_longest_seconds = 15;

  /// Source of the memory under `memory_budget`; null is default_allocator(). It must outlive the
  /// client and all that came from it.
  Allocator* allocator = nullptr;
};

/// What is known of an object before it is opened; a listing gives both. Reading then fails, by
/// name, where the object is another one.
struct S3ObjectVersion {
  std::string etag{};  ///< with or without its quotes; empty: not known
  int64_t size = -1;   ///< -1: not known
};

struct S3ListOptions {
  /// Lists only keys behind this one, in byte order. Relative, as ObjectInfo::key is.
  std::string start_after{};
  /// Lists only what begins with one of these (relative: "year=2026/"): the fixed leading
  /// partitions of a filter. Empty: everything. Those within another one are left out.
  std::vector<std::string> below{};
  /// Above 1, the first level of "directories" is listed first, and then this many of them at a
  /// time. Keys then come in no order. For buckets so large that the listing is the bottleneck.
  int32_t fan_out = 1;
  /// Asks for keys URL-encoded: for keys with characters that XML 1.0 cannot hold.
  bool url_encoding = false;
  /// Keys per page, 1 to 1000; 0 leaves it to the server.
  int32_t page_keys = 0;
};

/// What a client has done so far.
struct S3Counters {
  int64_t list_requests = 0;
  int64_t get_requests = 0;
  int64_t credential_requests = 0;  ///< STS, container and instance metadata
  int64_t body_bytes = 0;           ///< received, of all answers
  int64_t retries = 0;              ///< attempts behind the first ones, for whatever reason
  int64_t throttled = 0;            ///< answers that asked to slow down
  int64_t resumed = 0;              ///< bodies cut short that were continued
  double wait_seconds = 0;          ///< between attempts, summed over all requests
  int64_t connections_opened = 0;
  int64_t held_bytes = 0;  ///< of the memory budget, now
  int64_t peak_bytes = 0;  ///< of the memory budget, at most

  int64_t requests() const noexcept { return list_requests + get_requests + credential_requests; }
};

/// A connection pool with credentials, for any number of buckets: one thread that speaks to the
/// servers, whatever the number of objects.
///
/// A handle: copies share the client, which lives until the last copy, input and lister is gone.
/// All functions, those of inputs and listers too, may be called from several threads at once
/// (Lister::next excepted). In builds without libcurl all fail with `unsupported`.
///
/// The first client of a process calls curl_global_init, once. A program that uses libcurl itself
/// should have called it before it starts threads, as libcurl wants.
///
/// Errors: `not_found` and `access_denied` as the server says so; `io` for what the network or the
/// server did wrong, once all attempts are used up, and for an object that has changed since it
/// was listed or opened; `over_limit` for answers beyond bounds. Messages quote the server's code,
/// text and request id, never a key, token or signature.
class S3Client {
 public:
  S3Client() noexcept = default;

  /// Makes no request. Fails on options that make no sense and on a broken profile.
  static Result<S3Client> create(S3Options options = {});

  /// An object. Makes no request: the first read does, and a wrong name is told then. Opening and
  /// reading one range are two requests: GETs both, there is never a HEAD. Each further one
  /// carries If-Match. The input's name is "s3://bucket/key".
  ///
  /// Input::will_need fetches ranges ahead, in parallel, as the memory budget allows; what was
  /// fetched is kept until it is read once.
  Result<std::shared_ptr<Input>> open(std::string_view bucket, std::string_view key,
                                      const S3ObjectVersion& known = {}) const;

  /// A file behind http:// or https://, presigned or not: the same ranges, unsigned. Redirects are
  /// followed. The input's name is the URL without its query, which may be a signature.
  Result<std::shared_ptr<Input>> open_url(std::string_view url) const;

  /// The same as a listing of one, for a Scan; Lister::cancel ends the reads of the input.
  Result<std::unique_ptr<Lister>> list_url(std::string_view url) const;

  /// The objects of a bucket whose keys begin with `prefix`, by flat pages (ListObjectsV2), the
  /// next page being fetched while one is used. Keys are given relative to `prefix` up to its last
  /// '/': of prefix "events/year=2026" the object "events/year=2026/a" is "year=2026/a". In byte
  /// order, unless fanned out. Lister::narrow leaves out whole directories. Lister::cancel also
  /// ends the reads of inputs that the lister opened.
  Result<std::unique_ptr<Lister>> list(std::string_view bucket, std::string_view prefix,
                                       S3ListOptions options = {}) const;

  S3Counters counters() const;

  explicit operator bool() const noexcept { return core_ != nullptr; }

 private:
  friend struct s3::ClientMaker;
  std::shared_ptr<void> core_;
};

/// One file behind http(s), by a client of its own: S3Client::open_url.
Result<std::shared_ptr<Input>> http_input(std::string_view url, S3Options options = {});

/// The parts of "s3://bucket/key or prefix"; s3a:// and s3n:// are the same. Nothing is decoded: a
/// key is what stands there.
struct S3Url {
  std::string bucket;
  std::string key;
};
Result<S3Url> parse_s3_url(std::string_view url);

/// True where the text begins with s3://, s3a://, s3n://, http:// or https://.
bool is_remote_url(std::string_view text) noexcept;

}  // namespace veneer
#pragma GCC visibility pop
