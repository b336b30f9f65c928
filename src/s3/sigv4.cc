#include "s3/sigv4.h"

#include <algorithm>

#include "base/text.h"
#include "s3/http_text.h"
#include "s3/sha256.h"
#include "s3/uri.h"

namespace veneer::s3 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Outer blanks go, inner runs of blanks become one. Lines that continue a header count as blanks.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

// Lower-case names, sorted; the values of one name stay in their order, joined by ','.
Fields canonical_headers(const Fields& headers) {
  Fields sorted;
  for (const auto& [name, value] : headers) {
    sorted.emplace_back(to_lower(trim(name)), canonical_value(value));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Fields joined;
  for (auto& field : sorted) {
    if (!joined.empty() && joined.back().first == field.first) {
      joined.back().second += concat({",", field.second});
    } else {
      joined.push_back(std::move(field));
    }
  }
  return joined;
}

std::string scope_text(const SigningScope& scope) {
  std::string text(scope.timestamp.substr(0, 8));
  for (const std::string_view part :
       {scope.region, scope.service, std::string_view("aws4_request")}) {
    text += '/';
    text += part;
  }
  return text;
}

}  // namespace

std::string canonical_query(const Fields& query) {
  Fields encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encode(name, false), percent_encode(value, false));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text += name;
    text += '=';
    text += value;
  }
  return text;
}

std::string signed_header_names(const Fields& headers) {
  std::string names;
  for (const auto& [name, value] : canonical_headers(headers)) {
    if (!names.empty()) names += ';';
    names += name;
  }
  return names;
}

std::string canonical_request(const SignedRequest& request) {
  std::string text = concat({request.method, "\n"});
  text += request.path.empty() ? "/" : request.path;
  text += '\n';
  text += canonical_query(request.query);
  text += '\n';
  for (const auto& [name, value] : canonical_headers(request.headers)) {
    text += concat({name, ":", value, "\n"});
  }
  text += '\n';
  text += signed_header_names(request.headers);
  text += '\n';
  text += request.body_hash;
  return text;
}

std::string string_to_sign(const SigningScope& scope, std::string_view canonical) {
  std::string text(kAlgorithm);
  text += '\n';
  text += scope.timestamp;
  text += '\n';
  text += scope_text(scope);
  text += '\n';
  text += hex(sha256(canonical));
  return text;
}

std::string signature(const SigningScope& scope, std::string_view to_sign) {
  std::string secret = "AWS4";
  secret += scope.secret_access_key;
  Digest key = hmac_sha256(secret, scope.timestamp.substr(0, 8));
  wipe(&secret);
  key = hmac_sha256(bytes_of(key), scope.region);
  key = hmac_sha256(bytes_of(key), scope.service);
  key = hmac_sha256(bytes_of(key), "aws4_request");
  std::string text = hex(hmac_sha256(bytes_of(key), to_sign));
  wipe(key.data(), key.size());
  return text;
}

std::string authorization(const SignedRequest& request, const SigningScope& scope) {
  std::string text(kAlgorithm);
  text += " Credential=";
  text += scope.access_key_id;
  text += concat({"/", scope_text(scope)});
  text += concat({", SignedHeaders=", signed_header_names(request.headers)});
  text +=
      concat({", Signature=", signature(scope, string_to_sign(scope, canonical_request(request)))});
  return text;
}

std::string amz_timestamp(int64_t seconds) {
  const CivilTime t = civil_time(seconds);
  std::string text;
  const auto put = [&text](int64_t number, size_t width) {
    const std::string digits = std::to_string(number);
    text.append(width - std::min(width, digits.size()), '0');
    text += digits;
  };
  put(t.year, 4);
  put(t.month, 2);
  put(t.day, 2);
  text += 'T';
  put(t.hour, 2);
  put(t.minute, 2);
  put(t.second, 2);
  text += 'Z';
  return text;
}

}  // namespace veneer::s3
