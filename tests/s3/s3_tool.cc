// Drives the public S3 functions for real_servers.py. Settings come from the environment, as any
// program's do, and from a few flags.
//   s3_tool ls BUCKET PREFIX        key, size and CRC-32 of each object, read whole, NUL-separated
//   s3_tool keys BUCKET PREFIX      keys only
//   s3_tool get BUCKET KEY OFFSET SIZE
//   s3_tool url URL OFFSET SIZE
//   s3_tool changed BUCKET KEY      opens, says "opened", waits for a line, reads
// Flags: --endpoint=URL --virtual --anonymous --fan-out=N --page-keys=N --below=X --url-encoding
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "veneer/s3.h"

using namespace veneer;

namespace {

int fail(const Status& status) {
  std::fprintf(stderr, "%s\n", status.to_string().c_str());
  return 1;
}

std::span<uint8_t> writable(std::string* text) {
  return {reinterpret_cast<uint8_t*>(text->data()), text->size()};
}

uint32_t crc32_of(const std::string& bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc(0, stdout);
}

int list(const S3Client& client, const std::string& bucket, const std::string& prefix,
         const S3ListOptions& options, bool read_all) {
  auto lister = client.list(bucket, prefix, options);
  if (!lister) return fail(lister.status());
  while (true) {
    std::vector<ObjectInfo> page;
    auto more = (*lister)->next(&page);
    if (!more) return fail(more.status());
    for (const ObjectInfo& object : page) {
      put(object.key);
      if (!read_all) continue;
      auto input = (*lister)->open(object);
      if (!input) return fail(input.status());
      std::string bytes(static_cast<size_t>(object.size), '\0');
      auto size = (*input)->read_tail(writable(&bytes));
      if (!size) return fail(size.status());
      put(std::to_string(*size));
      put(std::to_string(crc32_of(bytes)));
    }
    if (!*more) return 0;
  }
}

int read_range(const Result<std::shared_ptr<Input>>& input, int64_t offset, int64_t count) {
  if (!input) return fail(input.status());
  auto size = (*input)->size();
  if (!size) return fail(size.status());
  std::string bytes(static_cast<size_t>(count), '\0');
  if (Status s = (*input)->read(offset, writable(&bytes)); !s.ok()) return fail(s);
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  return 0;
}

int changed(const S3Client& client, const std::string& bucket, const std::string& key) {
  auto input = client.open(bucket, key);
  if (!input) return fail(input.status());
  if (auto size = (*input)->size(); !size) return fail(size.status());
  std::puts("opened");
  std::fflush(stdout);
  std::getchar();
  return read_range(input, 0, 10);
}

}  // namespace

int main(int argc, char** argv) {
  S3Options options;
  options.max_attempts = 3;
  S3ListOptions listing;
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&](const char* flag) {
      return word.rfind(flag, 0) == 0 ? argv[i] + std::strlen(flag) : nullptr;
    };
    if (word == "--virtual") {
      options.addressing = S3Addressing::virtual_hosted;
    } else if (word == "--anonymous") {
      options.anonymous = true;
    } else if (word == "--url-encoding") {
      listing.url_encoding = true;
    } else if (const char* endpoint = value("--endpoint=")) {
      options.endpoint = endpoint;
    } else if (const char* fan_out = value("--fan-out=")) {
      listing.fan_out = std::atoi(fan_out);
    } else if (const char* keys = value("--page-keys=")) {
      listing.page_keys = std::atoi(keys);
    } else if (const char* below = value("--below=")) {
      listing.below.emplace_back(below);
    } else {
      words.push_back(word);
    }
  }
  auto client = S3Client::create(options);
  if (!client) return fail(client.status());
  int status = 2;
  const std::string command = words.empty() ? "" : words[0];
  if (command == "ls" && words.size() == 3) {
    status = list(*client, words[1], words[2], listing, true);
  } else if (command == "keys" && words.size() == 3) {
    status = list(*client, words[1], words[2], listing, false);
  } else if (command == "get" && words.size() == 5) {
    status = read_range(client->open(words[1], words[2]), std::atoll(words[3].c_str()),
                        std::atoll(words[4].c_str()));
  } else if (command == "url" && words.size() == 4) {
    status = read_range(client->open_url(words[1]), std::atoll(words[2].c_str()),
                        std::atoll(words[3].c_str()));
  } else if (command == "changed" && words.size() == 3) {
    status = changed(*client, words[1], words[2]);
  }
  const S3Counters counters = client->counters();
  std::fprintf(stderr, "requests=%lld list=%lld get=%lld credentials=%lld retries=%lld\n",
               static_cast<long long>(counters.requests()),
               static_cast<long long>(counters.list_requests),
               static_cast<long long>(counters.get_requests),
               static_cast<long long>(counters.credential_requests),
               static_cast<long long>(counters.retries));
  return status;
}
