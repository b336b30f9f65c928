// Builds without libcurl.
#include <doctest/doctest.h>

#include "veneer/s3.h"

using namespace veneer;

TEST_CASE("without libcurl the functions are there, and name the build option") {
  for (const Status& status :
       {S3Client::create().status(), http_input("https://example.com/a.parquet").status(),
        S3Client().open("bucket", "key").status(),
        S3Client().open_url("https://example.com/").status(),
        S3Client().list_url("https://example.com/").status(),
        S3Client().list("bucket", "").status()}) {
    CHECK(status.code() == StatusCode::unsupported);
    CHECK(status.message().find("-Dcurl=enabled") != std::string_view::npos);
  }
  CHECK_FALSE(static_cast<bool>(S3Client()));
  CHECK(S3Client().counters().requests() == 0);
  CHECK(parse_s3_url("s3://bucket/key")->key == "key");
}
