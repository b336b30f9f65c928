// Clients for the tests: no variable of the process reaches them, nor any proxy; short waits.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fault_server.h"
#include "s3/client.h"
#include "veneer/s3.h"

namespace veneer::testing {

inline constexpr const char* kKeyId = "AKIDTEST";
inline constexpr const char* kSecret = "SECRET+key/that=must-not-appear";
inline constexpr const char* kToken = "TOKEN/that+must=not-appear-either";

inline S3Options quick_options(const FaultServer& server) {
  S3Options options;
  options.endpoint = server.url();
  options.region = "us-east-1";
  options.credentials = {kKeyId, kSecret, ""};
  options.proxy = "";
  options.connect_timeout_seconds = 5;
  options.stall_timeout_seconds = 5;
  options.retry_first_seconds = 0.002;
  options.retry_longest_seconds = 0.02;
  options.retry_budget_seconds = 20;
  return options;
}

inline S3Client make(S3Options options, s3::Fields environment = {}) {
  auto client = s3::ClientMaker::make(std::move(options), s3::Environment(std::move(environment)));
  REQUIRE_MESSAGE(client.ok(), client.status().to_string());
  return *std::move(client);
}

inline KnownKeys known_keys() { return {kKeyId, kSecret, "", "us-east-1"}; }

/// Bytes in which every offset is to be told from its neighbours.
inline std::string some_bytes(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 12345;
  for (char& c : bytes) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

inline std::span<uint8_t> writable(std::string* text) {
  return {reinterpret_cast<uint8_t*>(text->data()), text->size()};
}

inline Result<std::string> read_range(Input& input, int64_t offset, int64_t size) {
  std::string bytes(static_cast<size_t>(size), '\x55');
  if (Status s = input.read(offset, writable(&bytes)); !s.ok()) return s;
  return bytes;
}

inline void check_no_secret(const std::string& text) {
  CHECK(text.find(kSecret) == std::string::npos);
  CHECK(text.find(kToken) == std::string::npos);
  CHECK(text.find("Signature=") == std::string::npos);
  CHECK(text.find("AWS4-HMAC") == std::string::npos);
}

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// What another thread is about to make true.
template <class Condition>
bool wait_until(Condition condition) {
  for (int i = 0; i < 500 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

/// All of a listing, or the error that ended it; `pages` counts them.
struct Listed {
  std::vector<std::string> keys;
  Status status;
  int pages = 0;
};
inline Listed list_all(const S3Client& client, std::string_view prefix, S3ListOptions options = {},
                       std::string_view bucket = "data") {
  Listed listed;
  auto lister = client.list(bucket, prefix, std::move(options));
  REQUIRE(lister.ok());
  while (true) {
    std::vector<ObjectInfo> page;
    auto more = (*lister)->next(&page);
    for (const ObjectInfo& object : page) listed.keys.push_back(object.key);
    if (!more) listed.status = more.status();
    if (!more || !*more) return listed;
    ++listed.pages;
  }
}

}  // namespace veneer::testing
