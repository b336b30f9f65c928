// A small LZO1X encoder for tests: one function an instruction form, from the published
// description of the stream format; and a plain compressor over them that uses every form.
#pragma once

#include <map>

#include "tests/codec/support.h"

namespace codec_test {

class LzoWriter {
 public:
  /// What the instructions so far decode to.
  const Bytes& raw() const { return raw_; }
  /// The block, ended.
  Bytes finish() const { return block_ + Bytes{0x11, 0x00, 0x00}; }
  bool empty() const { return block_.empty(); }
  /// Literals that the last instruction brought along: 4 for four and more.
  size_t state() const { return state_; }

  /// The first byte's own form: 1 to 238 literals.
  void first_literals(const Bytes& literals) {
    block_.push_back(static_cast<uint8_t>(17 + literals.size()));
    append(literals);
    state_ = literals.size() < 4 ? literals.size() : 4;
  }
  /// 0000LLLL: four literals and more; only where state() is 0.
  void long_literals(const Bytes& literals) {
    length(0, 4, literals.size() - 3);
    append(literals);
    state_ = 4;
  }
  /// 0000DDSS: two bytes from up to 1 KiB back; only where state() is 1 to 3.
  void match2(size_t distance, const Bytes& literals) {
    push(((distance - 1) & 3) << 2 | literals.size(), (distance - 1) >> 2);
    copied(distance, 2, literals);
  }
  /// 0000DDSS: three bytes from 2049 to 3072 back; only where state() is 4.
  void match3(size_t distance, const Bytes& literals) {
    push(((distance - 2049) & 3) << 2 | literals.size(), (distance - 2049) >> 2);
    copied(distance, 3, literals);
  }
  /// 01LDDDSS, 1LLDDDSS: three to eight bytes from up to 2 KiB back.
  void match_short(size_t distance, size_t count, const Bytes& literals) {
    const size_t tag = count <= 4 ? 64 | (count - 3) << 5 : 128 | (count - 5) << 5;
    push(tag | ((distance - 1) & 7) << 2 | literals.size(), (distance - 1) >> 3);
    copied(distance, count, literals);
  }
  /// 001LLLLL: three bytes and more from up to 16 KiB back.
  void match_near(size_t distance, size_t count, const Bytes& literals) {
    length(32, 5, count - 2);
    little((distance - 1) << 2 | literals.size());
    copied(distance, count, literals);
  }
  /// 0001HLLL: three bytes and more from 16385 to 49151 back.
  void match_far(size_t distance, size_t count, const Bytes& literals) {
    const size_t d = distance - 16384;
    length(16 | (d >> 14) << 3, 3, count - 2);
    little((d & 0x3FFF) << 2 | literals.size());
    copied(distance, count, literals);
  }

 private:
  void push(size_t a, size_t b) {
    block_.push_back(static_cast<uint8_t>(a));
    block_.push_back(static_cast<uint8_t>(b));
  }
  void little(size_t value) { push(value & 0xFF, value >> 8); }
  void length(size_t tag, int bits, size_t count) {
    const size_t most = (size_t{1} << bits) - 1;
    if (count <= most) {
      block_.push_back(static_cast<uint8_t>(tag | count));
      return;
    }
    block_.push_back(static_cast<uint8_t>(tag));
    for (count -= most; count > 255; count -= 255) block_.push_back(0);
    block_.push_back(static_cast<uint8_t>(count));
  }
  void append(const Bytes& literals) {
    block_.insert(block_.end(), literals.begin(), literals.end());
    raw_.insert(raw_.end(), literals.begin(), literals.end());
  }
  void copied(size_t distance, size_t count, const Bytes& literals) {
    for (size_t i = 0; i < count; ++i) raw_.push_back(raw_[raw_.size() - distance]);
    append(literals);
    state_ = literals.size();
  }

  Bytes block_;
  Bytes raw_;
  size_t state_ = 0;
};

/// A block that decodes to `raw`: greedy, by a table of three-byte strings. Where several forms fit
/// a match, chance takes one.
inline Bytes lzo_compress(const Bytes& raw, std::mt19937& random) {
  LzoWriter w;
  std::map<uint32_t, size_t> seen;
  // A match waits until the literals behind it are known: up to three go along with it.
  size_t distance = 0, count = 0;
  const auto flush = [&](const Bytes& literals) {
    const Bytes along = literals.size() <= 3 ? literals : Bytes();
    if (count == 0) {
      if (!literals.empty() && literals.size() <= 238) return w.first_literals(literals);
    } else if (count == 2) {
      w.match2(distance, along);
    } else if (count == 3 && distance >= 2049 && distance <= 3072 && w.state() == 4) {
      w.match3(distance, along);
    } else if (distance <= 2048 && count >= 3 && count <= 8 && random() % 4 != 0) {
      w.match_short(distance, count, along);
    } else if (distance <= 16384) {
      w.match_near(distance, count, along);
    } else {
      w.match_far(distance, count, along);
    }
    if (literals.size() > 3) w.long_literals(literals);
  };
  size_t literals_from = 0;
  for (size_t at = 0; at + 3 <= raw.size();) {
    const uint32_t key =
        uint32_t{raw[at]} | uint32_t{raw[at + 1]} << 8 | uint32_t{raw[at + 2]} << 16;
    const auto found = seen.find(key);
    const size_t back = found == seen.end() ? 0 : at - found->second;
    seen[key] = at;
    if (back == 0 || back > 49151) {
      ++at;
      continue;
    }
    flush(part(raw, literals_from, at - literals_from));
    distance = back;
    count = 3;
    while (at + count < raw.size() && raw[at + count] == raw[at + count - back]) ++count;
    if (random() % 4 == 0) count = 3;
    // Two bytes can be copied in one form only, which is not always there.
    if (random() % 4 == 0 && distance <= 1024 && w.state() >= 1 && w.state() <= 3) count = 2;
    at += count;
    literals_from = at;
  }
  flush(part(raw, literals_from, raw.size() - literals_from));
  return w.finish();
}

}  // namespace codec_test
