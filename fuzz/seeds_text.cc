// Seeds of targets that read text.
#include "fuzz/seeds.h"

namespace veneer::fuzz {
namespace {

using namespace std::string_view_literals;

struct Text {
  const char* target;
  std::string_view text;
};

constexpr Text kTexts[] = {
    {"expression",
     "year = 2026 and month in (5, 6) and city like 'A%'\0"
     "2026\n5\nAachen"sv},
    {"expression",
     "not (a <> 'it''s' or `b c` between -1.5 and 2) and d is not null\0null\n1\nany"sv},
    {"expression",
     "true and \"x\"\"y\" not in (1, null, false) or 5 <= z\0"
     "05\n-0.0"sv},
    {"glob", "data/**/year=*/[a-c]?[!x]*.parquet\0data/x/y/year=2026/ab1.parquet"sv},
    {"glob", "*\0a/b"sv},
    {"glob", "a/**\0a/.hidden/b"sv},
    {"hive", "year=2026/month=05/city=S%C3%A3o%20Paulo/part-0.parquet"sv},
    {"hive", "d=2026-05-08/t=2026-05-08%2014%3A00%3A00.5/n=__HIVE_DEFAULT_PARTITION__/a.parquet"sv},
    {"hive", "a=%zz/=b/c=/_SUCCESS"sv},
    {"hive", "2026-05-08T14:00:00.123456+02:00"sv},
    {"scan_token", "f=123456789abcdef0 w=k%20ey,s,12,fedcba98 o=a,tag,100,7"sv},
    {"scan_token", "f=1 p=2,5,10,99,ab w=key,u,3,1"sv},
    {"source_token", "handoff:scan:key,7,identity"sv},
    {"source_token", "::a%20b,0,"sv},
    {"s3_url", "s3://bucket/year=2026/part-0.parquet"sv},
    {"s3_url", "S3A://bucket"sv},
    {"sigv4",
     "\x02\x06prefix\x03"
     "a/b\x04list\x01"
     "2\x02\x04Host\x03"
     "a.b\x0ax-amz-date\x01"
     "0"
     "\x04test\x01rest"sv},
    {"xml",
     "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
     "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
     "<EncodingType>url</EncodingType><Contents><Key>a%20b</Key><Size>12</Size>"
     "<ETag>&quot;e&quot;</ETag></Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"
     "</ListBucketResult>"sv},
    {"xml",
     "<Error><Code>NoSuchKey</Code><Message>no &amp; &#65;&#x42;</Message><Key><![CDATA[k]]></Key>"
     "<RequestId>r</RequestId><Region/><!-- c --></Error>"sv},
    {"xml", "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>"sv},
    {"xml",
     "<a:AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>i</AccessKeyId>"
     "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
     "<Expiration>2026-05-08T14:00:00Z</Expiration></Credentials></AssumeRoleResult>"
     "</a:AssumeRoleResponse>"sv},
    {"http",
     "\x01\x00\x00\x00\x63\x00"
     "Content-Range: bytes 0-99/1000\r\nContent-Length: 100\r\n"
     "ETag: W/\"abc\"\r\n\n"sv},
    {"http",
     "\x00\x01\x10\x00"
     "Content-Length: 1000\r\nDate: Fri, 24 May 2013 00:00:00 GMT\r\n\n"sv},
    {"http",
     "\x02\x00\x00\x00\x63\x00"
     "Content-Range: bytes */1000\n\n"sv},
    {"http",
     "\x05\x00\x00\x00\x63\x00x-amz-bucket-region: eu-west-1\n\n<Error><Code>c</Code></Error>"sv},
    {"http", "bytes 0-99/1000"sv},
    {"http",
     "\x00\x00\x00\x00\x00\x00"
     "2026-05-08T14:00:00.5+02:00"sv},
    {"http",
     "\x00\x00\x00\x00\x00\x00"
     "Fri, 24 May 2013 00:00:00 GMT"sv},
    {"http",
     "\x00\x00\x00\x00\x00\x00"
     "bytes 0-99/1000"sv},
    {"url", "https://Bucket.s3.amazonaws.com:9000/a%20b?x=y#f"sv},
    {"url", "http://[::1]:80"sv},
    {"url", "//other/host"sv},
    {"url", "http://169.254.170.2/v2/credentials"sv},
    {"ini",
     "[default]\naws_access_key_id = A\naws_secret_access_key=S\n# c\n[dev]\nrole_arn=r\n\0"
     "[default]\nregion = eu-west-1\ns3 =\n  endpoint_url = http://x\n[profile dev]\n"
     "source_profile=default ; c\n"sv},
    {"json",
     "{\"Version\": 1, \"AccessKeyId\": \"i\\u00e9\\\"\", \"SecretAccessKey\": \"s\", "
     "\"SessionToken\": \"t\", \"Expiration\": \"2026-05-08T14:00:00Z\"}"sv},
    {"json",
     "{\"Code\":\"Success\",\"AccessKeyId\":\"i\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"x\":"
     "{\"a\":[1,-2.5e3,true,null,\"\\ud83d\\ude00\"]}}"sv},
};

}  // namespace

void seed_text(SeedWriter& seeds) {
  for (const Text& one : kTexts) seeds.add_text(one.target, one.text);
}

}  // namespace veneer::fuzz
