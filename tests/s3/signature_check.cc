#include "signature_check.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace veneer::testing {
namespace {

// The constants are computed here, from the primes that FIPS 180-4 names, not copied.
std::vector<unsigned> first_primes() {
  std::vector<unsigned> primes;
  for (unsigned n = 2; primes.size() < 64; ++n) {
    bool prime = true;
    for (const unsigned p : primes) prime = prime && n % p != 0;
    if (prime) primes.push_back(n);
  }
  return primes;
}

uint32_t fraction_bits(long double root) {
  return static_cast<uint32_t>((root - std::floor(root)) * 4294967296.0L);
}

std::string sha256_bytes(std::string message) {
  static const std::vector<unsigned> primes = first_primes();
  uint32_t k[64];
  uint32_t h[8];
  for (size_t i = 0; i < 64; ++i)
    k[i] = fraction_bits(std::cbrt(static_cast<long double>(primes[i])));
  for (size_t i = 0; i < 8; ++i)
    h[i] = fraction_bits(std::sqrt(static_cast<long double>(primes[i])));
  const uint64_t bits = uint64_t{message.size()} * 8;
  message += '\x80';
  while (message.size() % 64 != 56) message += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) message += static_cast<char>(bits >> shift);
  const auto turn = [](uint32_t x, unsigned n) { return x >> n | x << (32 - n); };
  for (size_t chunk = 0; chunk < message.size(); chunk += 64) {
    uint32_t w[64];
    for (size_t i = 0; i < 16; ++i) {
      w[i] = 0;
      for (size_t j = 0; j < 4; ++j) {
        w[i] = w[i] << 8 | static_cast<unsigned char>(message[chunk + 4 * i + j]);
      }
    }
    for (size_t i = 16; i < 64; ++i) {
      w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
             (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    }
    uint32_t v[8];
    for (size_t i = 0; i < 8; ++i) v[i] = h[i];
    for (size_t i = 0; i < 64; ++i) {
      const uint32_t first = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) +
                             ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
      const uint32_t second = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) +
                              ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      for (size_t j = 7; j > 0; --j) v[j] = v[j - 1];
      v[4] += first;
      v[0] = first + second;
    }
    for (size_t i = 0; i < 8; ++i) h[i] += v[i];
  }
  std::string digest;
  for (const uint32_t word : h) {
    for (int shift = 24; shift >= 0; shift -= 8) digest += static_cast<char>(word >> shift);
  }
  return digest;
}

std::string hmac(std::string key, const std::string& message) {
  if (key.size() > 64) key = sha256_bytes(key);
  key.resize(64, '\0');
  std::string inner = key;
  std::string outer = key;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  return sha256_bytes(outer + sha256_bytes(inner + message));
}

std::string to_hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

std::string url_encode(const std::string& text, bool slash_too) {
  static const std::string plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string::npos || (c == '/' && !slash_too)) {
      out += c;
    } else {
      char escape[4];
      std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
      out += escape;
    }
  }
  return out;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// "Credential=…" of the Authorization header.
std::string part_of(const std::string& authorization, const std::string& name) {
  const size_t at = authorization.find(name + "=");
  if (at == std::string::npos) return {};
  const size_t begin = at + name.size() + 1;
  return authorization.substr(begin, authorization.find(',', begin) - begin);
}

std::string sorted_query(const std::string& raw) {
  std::multimap<std::string, std::string> pairs;
  if (!raw.empty()) {
    for (const std::string& pair : split(raw, '&')) {
      const size_t equals = pair.find('=');
      const std::string value = equals == std::string::npos ? "" : pair.substr(equals + 1);
      pairs.emplace(url_encode(url_decode(pair.substr(0, equals)), true) + "=",
                    url_encode(url_decode(value), true));
    }
  }
  std::string text;
  for (const auto& [name, value] : pairs) text += (text.empty() ? "" : "&") + name + value;
  return text;
}

}  // namespace

std::string url_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() + 0 &&
        std::sscanf(std::string(text.substr(i + 1, 2)).c_str(), "%2x", &byte) == 1) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string sha256_hex(std::string_view text) { return to_hex(sha256_bytes(std::string(text))); }

std::string check_signature(const SeenRequest& request, const KnownKeys& keys) {
  const auto header = [&](const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string() : found->second;
  };
  const std::string given = header("authorization");
  if (given.rfind("AWS4-HMAC-SHA256 ", 0) != 0) return "AccessDenied";
  const std::vector<std::string> credential = split(part_of(given, "Credential"), '/');
  if (credential.size() != 5 || credential[4] != "aws4_request")
    return "AuthorizationHeaderMalformed";
  if (credential[0] != keys.access_key_id) return "InvalidAccessKeyId";
  if (credential[2] != keys.region || credential[3] != keys.service) {
    return "AuthorizationHeaderMalformed";
  }
  if (header("x-amz-security-token") != keys.session_token) return "InvalidToken";
  const std::string hash = header("x-amz-content-sha256");
  if (keys.service == "s3" && hash != sha256_hex(request.body)) return "SignatureDoesNotMatch";

  const std::string names = part_of(given, "SignedHeaders");
  std::string canonical = request.method + "\n" + url_encode(url_decode(request.raw_path), false) +
                          "\n" + sorted_query(request.raw_query) + "\n";
  bool host = false;
  for (const std::string& name : split(names, ';')) {
    host = host || name == "host";
    canonical += name + ":" + header(name) + "\n";
  }
  // What identifies the request must be signed.
  for (const auto& [name, value] : request.headers) {
    if (name.rfind("x-amz-", 0) == 0 &&
        (";" + names + ";").find(";" + name + ";") == std::string::npos) {
      return "AccessDenied";
    }
  }
  if (!host) return "AccessDenied";
  canonical += "\n" + names + "\n" + sha256_hex(request.body);
  const std::string date = header("x-amz-date");
  const std::string scope =
      credential[1] + "/" + credential[2] + "/" + credential[3] + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(canonical);
  std::string key = hmac("AWS4" + keys.secret_access_key, credential[1]);
  key = hmac(key, credential[2]);
  key = hmac(key, credential[3]);
  key = hmac(key, "aws4_request");
  return to_hex(hmac(key, to_sign)) == part_of(given, "Signature") ? "" : "SignatureDoesNotMatch";
}

}  // namespace veneer::testing
