// Seeds of the target that plays a server of S3: each way to ask, with each of the acts.
#include "fuzz/seeds.h"

namespace veneer::fuzz {
namespace {

using namespace std::string_view_literals;

// In order: honest, nothing there, spoilt heads, a body that is cut, no answer in three ways, what
// is redirected, throttled and broken, no ranges, less than was asked for, another version.
constexpr std::string_view kActs[] = {
    "0"sv,
    "1"sv,
    "1\n<Error><Code>NoSuchKey</Code><Message>no $T</Message><Key>k</Key></Error>"sv,
    "\x01\n<Error><Code>ExpiredToken</Code></Error>"sv,
    "\x01x-amz-bucket-region: eu-west-1\n\n<Error><Code>AuthorizationHeaderMalformed</Code></Error>"sv,
    "%Date: Fri, 24 May 2013 00:00:00 GMT\n\n<Error><Code>RequestTimeTooSkewed</Code></Error>"sv,
    "\x91"sv,
    "2\n<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
    "</NextContinuationToken><Contents><Key>data/a</Key><Size>1</Size></Contents>"
    "</ListBucketResult>"sv,
    "2\n<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
    "</NextContinuationToken></ListBucketResult>"sv,
    "2\n<ListBucketResult><Contents><Key>elsewhere</Key><Size>1</Size></Contents>"
    "</ListBucketResult>"sv,
    "2\n<Error><Code>InternalError</Code><Message>late</Message></Error>"sv,
    "2Content-Length: 4\nETag: W/\"a\"\n\nabcd"sv,
    "3Content-Range: bytes 0-3/4\nETag: \"b\"\n\nabcd"sv,
    "3Content-Range: bytes 0-3/9\nLast-Modified: x\n\nab"sv,
    "4\x01"sv,
    "4@"sv,
    "5"sv,
    "6"sv,
    "7"sv,
    "80Location: http://b.example/c\n"sv,
    "81Location: /d?e\n"sv,
    "81Location: https://b.example:70000/\n"sv,
    "80x-amz-bucket-region: eu-west-1\n"sv,
    "82Content-Range: bytes */0\n"sv,
    "83\n<Error><Code>SlowDown</Code></Error>"sv,
    "84"sv,
    "85"sv,
    "9"sv,
    ":\x20"sv,
    ";"sv,
};
constexpr uint8_t kListing = 32;
constexpr uint8_t kFlags[] = {0,  1,          2,     4 | 128,  8 | 64,
                              16, 4 | 8 | 16, 1 | 8, kListing, kListing | 2};
// Read and ask for what comes soon, here and there; the choices of a listing are bits of the same.
constexpr std::string_view kChoices[] = {
    "\0\0\0\x10\0\x01\x10\x01\x10\x10\x10\0\0\0\0\0"sv,
    "\x01\x01\x03\xff\x0f\0\0\x01\xff\x10\x10\0\x20\x01\x40\x02"sv,
    "\x01\0\x01\x01\x01\0\x01\0\0\0\0\0\0\0\0\0"sv,
    "\0\x01\0\x01\0\x01\x01\x01\0\0\0\0\0\0\0\0"sv,
};

}  // namespace

void seed_s3(SeedWriter& seeds) {
  size_t turn = 0;
  for (const uint8_t flags : kFlags) {
    for (const std::string_view act : kActs) {
      const size_t size = ++turn % 5 == 0 ? 0 : turn % 5 * 2900;
      std::string seed{static_cast<char>(flags), static_cast<char>(size & 255),
                       static_cast<char>(size >> 8)};
      seed += kChoices[turn % std::size(kChoices)];
      // First, and once more behind an honest answer.
      seed += act;
      seed += "\0000\0"sv;
      seed += act;
      seeds.add_text("s3_client", seed);
    }
  }
}

}  // namespace veneer::fuzz
