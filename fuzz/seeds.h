// Seed corpora, written target by target.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/support/feed.h"

namespace veneer::fuzz {

class SeedWriter {
 public:
  explicit SeedWriter(std::string out) : out_(std::move(out)) {}
  void add(const std::string& target, std::span<const uint8_t> bytes);
  void add_text(const std::string& target, std::string_view text) {
    add(target, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  size_t count() const {
    size_t all = 0;
    for (const auto& [target, n] : count_) all += n;
    return all;
  }

 private:
  std::string out_;
  std::map<std::string, size_t> count_;
};

/// Encodings, levels, kernels, codecs, composed files.
void seed_bytes(SeedWriter& seeds);
/// Everything that reads text.
void seed_text(SeedWriter& seeds);
/// A server of S3.
void seed_s3(SeedWriter& seeds);

}  // namespace veneer::fuzz
