// Files behind URLs.
#include <atomic>

#include "support.h"

using namespace veneer;
using namespace veneer::testing;

namespace {

struct Fixture {
  FaultServer server;
  std::string bytes = some_bytes(500'000);
  S3Options options;
  Fixture() {
    server.put("files", "a b.bin", bytes);
    options = quick_options(server);
    options.credentials.session_token = kToken;
  }
  std::string url() { return server.url() + "/files/a%20b.bin"; }
  std::shared_ptr<Input> open(const S3Client& client, const std::string& address) {
    auto input = client.open_url(address);
    REQUIRE_MESSAGE(input.ok(), input.status().to_string());
    return *input;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the same ranges, unsigned; the query is sent but not shown") {
  const S3Client client = make(options);
  const std::string presigned = url() + "?X-Amz-Signature=abc%2Fdef&X-Amz-Security-Token=hidden";
  auto input = open(client, presigned);
  CHECK(input->name() == url());
  std::string tail(1000, '\0');
  auto size = input->read_tail(writable(&tail));
  REQUIRE_MESSAGE(size.ok(), size.status().to_string());
  CHECK(*size == 500'000);
  CHECK(*read_range(*input, 10, 1000) == bytes.substr(10, 1000));
  REQUIRE(server.count() == 2);
  for (const Request& request : server.requests()) {
    CHECK(request.method == "GET");
    CHECK(request.raw_query == "X-Amz-Signature=abc%2Fdef&X-Amz-Security-Token=hidden");
    CHECK(request.header("authorization").empty());
    CHECK(request.header("x-amz-security-token").empty());
  }
  server.on_request([](auto&) {
    return Reply{403, {}, "<Error><Code>AccessDenied</Code></Error>"};
  });
  const Status status = read_range(*input, 10, 1000).status();
  CHECK(status.code() == StatusCode::access_denied);
  CHECK(status.to_string().find("hidden") == std::string::npos);
  CHECK(status.to_string().find("abc") == std::string::npos);
  CHECK(client.open_url("ftp://x/").status().code() == StatusCode::invalid_argument);
  CHECK(client.open_url("http://me:secret@x/").status().code() == StatusCode::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture, "redirects are followed, and remembered") {
  FaultServer other;
  other.put("mirror", "file", bytes);
  server.on_request([&](auto&) {
    return Reply{302, {{"Location", other.url() + "/mirror/file?token=t"}}, ""};
  });
  const S3Client client = make(options);
  auto input = open(client, url());
  REQUIRE(input->size().ok());
  CHECK(*read_range(*input, 10, 1000) == bytes.substr(10, 1000));
  CHECK(server.count() == 1);
  CHECK(other.count() == 2);
  for (const Request& request : other.requests()) CHECK(request.header("authorization").empty());
  // The place it was redirected to has expired: the first address is asked again.
  other.on_request([](const Request& request) -> std::optional<Reply> {
    if (request.query.at("token") == "t") return Reply{403, {}, "expired"};
    return std::nullopt;
  });
  server.on_request([&](auto&) {
    return Reply{302, {{"Location", other.url() + "/mirror/file?token=u"}}, ""};
  });
  auto got = read_range(*input, 20, 1000);
  REQUIRE_MESSAGE(got.ok(), got.status().to_string());
  CHECK(*got == bytes.substr(20, 1000));
}

TEST_CASE_FIXTURE(Fixture, "redirects in a circle end") {
  server.on_request([&](auto&) { return Reply{301, {{"Location", "/again"}}, ""}; });
  const S3Client client = make(options);
  const Status status = open(client, url())->size().status();
  CHECK(status.code() == StatusCode::io);
  CHECK(status.message().find("too many redirects") != std::string_view::npos);
  CHECK(server.count() == 11);
  server.on_request([&](auto&) { return Reply{301, {{"Location", "file:///etc/passwd"}}, ""}; });
  CHECK(open(client, url())->size().status().code() == StatusCode::io);
}

TEST_CASE_FIXTURE(Fixture, "plain servers: no ranges, no tags, weak tags") {
  const S3Client client = make(options);
  std::string tag;
  SUBCASE("no tag") {}
  SUBCASE("a weak tag") { tag = "W/\"weak\""; }
  server.on_request([&](auto&) {
    Reply reply{200, {}, bytes};
    if (!tag.empty()) reply.headers["ETag"] = tag;
    return reply;
  });
  auto input = open(client, url());
  CHECK(*input->size() == 500'000);
  CHECK(*read_range(*input, 400'000, 1000) == bytes.substr(400'000, 1000));
  CHECK(server.requests().back().header("if-match").empty());
  // Without any tag a body that was cut is begun anew.
  std::atomic<int> count{0};
  server.on_request([&](const Request& request) -> std::optional<Reply> {
    Reply reply = server.serve(request);
    reply.headers.erase("ETag");
    if (!tag.empty()) reply.headers["ETag"] = tag;
    if (count++ == 0) reply.cut_after = 5'000;
    return reply;
  });
  server.clear_requests();
  CHECK(*read_range(*input, 1'000, 10'000) == bytes.substr(1'000, 10'000));
  REQUIRE(server.count() == 2);
  CHECK(server.requests()[1].header("range") ==
        (tag.empty() ? "bytes=1000-10999" : "bytes=6000-10999"));
}

TEST_CASE_FIXTURE(Fixture, "a listing of one, whose cancelling ends what waits") {
  const S3Client client = make(options);
  auto lister = client.list_url(url() + "?X-Amz-Signature=abc");
  REQUIRE_MESSAGE(lister.ok(), lister.status().to_string());
  CHECK((*lister)->name() == url());
  CHECK((*lister)->names_given());
  std::vector<ObjectInfo> page;
  REQUIRE((*lister)->next(&page).ok());
  REQUIRE(page.size() == 1);
  CHECK(page[0].key == url());
  CHECK(page[0].size == 500'000);
  auto input = (*lister)->open(page[0]);
  CHECK(*read_range(**input, 10, 1000) == bytes.substr(10, 1000));
  CHECK(client.list_url("ftp://x/").status().code() == StatusCode::invalid_argument);
  CHECK(S3Client().list_url(url()).status().code() == StatusCode::invalid_argument);

  server.on_request([](auto&) {
    Reply reply;
    reply.stall_before = 60;
    return reply;
  });
  auto stalled = client.list_url(url());
  Status listed;
  std::thread nexter([&] { listed = (*stalled)->next(&page).status(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  (*stalled)->cancel();
  nexter.join();
  CHECK(seconds_since(begin) < 1);
  CHECK(listed.code() == StatusCode::cancelled);
}

TEST_CASE_FIXTURE(Fixture, "missing files, and a client of its own") {
  options.credentials = {};
  auto input = http_input(server.url() + "/files/none", options);
  REQUIRE(input.ok());
  CHECK((*input)->size().status().code() == StatusCode::not_found);
  auto there = http_input(url(), options);
  CHECK(*(*there)->size() == 500'000);
}
