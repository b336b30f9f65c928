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
    {"expression",
     "a = 1e5 and b > -1.25E-3 and c in (x'00ff', X'') and d = b'true'\0"
     "100000\n-2\n\n"sv},
    {"expression", "5 < a and 5 > b and 5 <= c and 5 >= d and 5 = e and 5 != f\0001\n2\n3"sv},
    {"expression",
     "a.\"b c\".d not between date '2026-05-08' and timestamp '2026-05-08 14:00:00.5'\0"
     "2026-05-09"sv},
    {"expression", "a is not null or not (b not like '%x_' and c not in ())"sv},
    {"expression", "a = = 1"sv},
    {"expression", "a = text"sv},
    {"glob", "data/**/year=*/[a-c]?[!x]*.parquet\0data/x/y/year=2026/ab1.parquet"sv},
    {"glob", "*\0a/b"sv},
    {"glob", "a/**\0a/.hidden/b"sv},
    {"listing", "a/*\0a/b\0a/c/d\0e\0.hidden/f"sv},
    {"listing", "**/*.parquet\0y=1/m=2/1.parquet\0y=1/2.parquet\0y=1.5/3\0y=1/m=2\0\xff\xfe/\n"sv},
    {"listing", "year=[0-9]*/?[!x]\0year=2026/ab\0year=2026/ax\0year=/ab\0"sv},
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
    // A container gives, and refuses with the words that it was sent.
    {"credentials",
     "\x08\0"
     "0{\"AccessKeyId\":\"i\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","
     "\"Expiration\":\"2026-05-08T14:00:00Z\"}"sv},
    {"credentials",
     "\x08\0"
     "3<Error><Code>c</Code><Message>$T is refused</Message><RequestId>r</RequestId></Error>"sv},
    {"credentials",
     "\x01http://127.0.0.1:9/creds\0"
     "0{\"AccessKeyId\":\"i\\n\",\"SecretAccessKey\":\"s\",\"Token\":\"a\\r\\nb\"}"sv},
    {"credentials",
     "\x02@evil.example/\0"
     "0{}"sv},
    // Web identity.
    {"credentials",
     "\x03"
     "arn:aws:iam::1:role/r\0"
     "0<R><Credentials><AccessKeyId>i</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
     "<SessionToken>t</SessionToken><Expiration>2026-05-08T14:00:00Z</Expiration></Credentials>"
     "</R>"sv},
    {"credentials",
     "\x03"
     "r\0"
     "0<R><AccessKeyId>i</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
     "<Expiration>never</Expiration></R>"sv},
    {"credentials",
     "\x03"
     "r\0"
     "3<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>'$T'</Message></Error>"
     "</ErrorResponse>"sv},
    {"credentials", "\x04STATIC"sv},
    // Roles, of a profile's keys and of another role.
    {"credentials",
     "\x05[default]\nrole_arn=a\nsource_profile=source\nexternal_id=e\nduration_seconds=900\n\0"
     "0<R><AccessKeyId>i</AccessKeyId><SecretAccessKey>s</SecretAccessKey></R>"sv},
    {"credentials",
     "\xc5[other]\nrole_arn=a\nsource_profile=web\nrole_session_name=n\n\0"
     "0<R><AccessKeyId>i</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
     "<SessionToken>t&#10;u</SessionToken></R>\0"
     "5<Error><Code>c</Code><Message>$T</Message></Error>"sv},
    {"credentials",
     "\x05[default]\nrole_arn=a\ncredential_source=Ec2InstanceMetadata\n[source]\nrole_arn=b\n"
     "source_profile=default\n\0"
     "0TOKEN\0"
     "0role\n\0"
     "0{\"AccessKeyId\":\"i\",\"SecretAccessKey\":\"s\"}\0"
     "0<R><AccessKeyId>i</AccessKeyId><SecretAccessKey>s</SecretAccessKey></R>"sv},
    {"credentials", "\x05[default]\nrole_arn=a\nmfa_serial=m\n"sv},
    {"credentials", "\x05[default]\nsso_session=s\n"sv},
    {"credentials", "\x85[default]\nrole_arn=a\nsource_profile=default\n"sv},
    // The instance's metadata: a token, a role, credentials.
    {"credentials",
     "\x06\0"
     "0TOKEN\0"
     "0my role\n\0"
     "0{\"Code\":\"Success\",\"AccessKeyId\":\"i\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","
     "\"Expiration\":\"2026-05-08T14:00:00Z\"}"sv},
    {"credentials",
     "\x07\0"
     "0a-token-that-is-long-enough-to-be-one\0"
     "3<Error><Message>$T</Message></Error>"sv},
    {"credentials",
     "\x07\0"
     "0a\r\nX-Evil: b\0"
     "0role"sv},
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
