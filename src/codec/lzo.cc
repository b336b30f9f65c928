// LZO: LZO1X blocks in Hadoop's framing, or one bare block. An own decoder, written from the prose
// "LZO stream format as understood by Linux's LZO decompressor" (version 0 streams).
//
// A block is a run of instructions. Each but the long literal ends with the number of literals, 0
// to 3, that follow it at once; that number (4 for a long literal) decides what the next
// instruction means if its high four bits are zero. The block ends with a copy from distance 16384.
#include <cstring>

#include "base/text.h"
#include "codec/hadoop.h"
#include "codec/internal.h"

namespace veneer::codec {
namespace {

constexpr ptrdiff_t kBroken = -1;

class BlockDecoder {
 public:
  // Both spans have Buffer::kPadding bytes behind them, as decompress says.
  BlockDecoder(std::span<const uint8_t> in, std::span<uint8_t> out) noexcept
      : in_(in.data()),
        in_end_(in.data() + in.size()),
        out_begin_(out.data()),
        out_(out.data()),
        out_end_(out.data() + out.size()) {}

  // The bytes written, or kBroken.
  ptrdiff_t decode() noexcept {
    if (in_ == in_end_) return kBroken;
    size_t literals_before = 0;
    // The first byte may be a literal run of its own kind; there is nothing yet to copy.
    if (*in_ > 17) {
      const size_t length = *in_++ - size_t{17};
      if (!copy_literals(length)) return kBroken;
      literals_before = length < 4 ? length : 4;
    }
    for (;;) {
      if (in_ == in_end_) return kBroken;
      const size_t op = *in_++;
      if (op < 16 && literals_before == 0) {
        size_t length;
        if (!read_length(op, 15, 3, &length) || !copy_literals(length)) return kBroken;
        literals_before = 4;
        continue;
      }
      Match match;
      if (!read_match(op, literals_before, &match)) return kBroken;
      if (match.distance == kEndDistance && op >= 16 && op < 32) {
        // Encoders write the end with a length of three, but no length means anything here.
        return in_ == in_end_ ? out_ - out_begin_ : kBroken;
      }
      if (!copy_match(match) || !copy_literals(match.literals)) return kBroken;
      literals_before = match.literals;
    }
  }

 private:
  static constexpr size_t kEndDistance = 16384;

  struct Match {
    size_t distance;
    size_t length;
    size_t literals;
  };

  // A length whose first bits stood in the instruction: where they are zero, bytes follow, each
  // zero byte standing for 255, up to the first that is not zero.
  bool read_length(size_t bits, size_t most, size_t add, size_t* length) noexcept {
    if (bits == 0) {
      bits = most;
      // Bounded by the size of the input, at most INT32_MAX; what is too long for `out` is not
      // worth counting on.
      const auto room = static_cast<size_t>(out_end_ - out_);
      while (in_ < in_end_ && *in_ == 0) {
        ++in_;
        bits += 255;
        if (bits > room) return false;
      }
      if (in_ == in_end_) return false;
      bits += *in_++;
    }
    *length = bits + add;
    return true;
  }

  bool read_match(size_t op, size_t literals_before, Match* match) noexcept {
    if (op >= 64 || op < 16) {
      // Two bytes in all.
      if (in_ == in_end_) return false;
      const size_t high = *in_++;
      match->literals = op & 3;
      if (op >= 64) {
        match->length = op >= 128 ? 5 + (op >> 5 & 3) : 3 + (op >> 5 & 1);
        match->distance = (high << 3) + (op >> 2 & 7) + 1;
      } else {
        match->length = literals_before == 4 ? 3 : 2;
        match->distance = (high << 2) + (op >> 2) + (literals_before == 4 ? 2049 : 1);
      }
      return true;
    }
    const bool near = op >= 32;
    if (!(near ? read_length(op & 31, 31, 2, &match->length)
               : read_length(op & 7, 7, 2, &match->length))) {
      return false;
    }
    if (in_end_ - in_ < 2) return false;
    const size_t tail = load_le<uint16_t>(in_);
    in_ += 2;
    match->literals = tail & 3;
    match->distance = near ? (tail >> 2) + 1 : kEndDistance + ((op >> 3 & 1) << 14) + (tail >> 2);
    return true;
  }

  bool copy_literals(size_t length) noexcept {
    if (length > static_cast<size_t>(in_end_ - in_) ||
        length > static_cast<size_t>(out_end_ - out_)) {
      return false;
    }
    if (length <= 16) {
      std::memcpy(out_, in_, 16);  // into the padding, perhaps
    } else {
      std::memcpy(out_, in_, length);
    }
    in_ += length;
    out_ += length;
    return true;
  }

  bool copy_match(const Match& match) noexcept {
    if (match.distance > static_cast<size_t>(out_ - out_begin_) ||
        match.length > static_cast<size_t>(out_end_ - out_)) {
      return false;
    }
    const uint8_t* from = out_ - match.distance;
    uint8_t* const end = out_ + match.length;
    if (match.distance >= 8) {
      for (uint8_t* to = out_; to < end; to += 8, from += 8) std::memcpy(to, from, 8);
    } else {
      for (uint8_t* to = out_; to < end; ++to, ++from) *to = *from;
    }
    out_ = end;
    return true;
  }

  const uint8_t* in_;
  const uint8_t* in_end_;
  uint8_t* out_begin_;
  uint8_t* out_;
  uint8_t* out_end_;
};

}  // namespace

Status decompress_lzo(std::span<const uint8_t> in, std::span<uint8_t> out) {
  const auto block = [](std::span<const uint8_t> from, std::span<uint8_t> to) noexcept {
    return BlockDecoder(from, to).decode();
  };
  if (decode_hadoop(in, out, block)) return {};
  const ptrdiff_t got = block(in, out);
  if (got < 0) {
    return damaged(Codec::lzo, concat({"is broken, or has more than the ", out.size(),
                                       " bytes that are expected once decompressed"}));
  }
  const auto size = static_cast<size_t>(got);
  return size == out.size() ? Status() : wrong_size(Codec::lzo, size, out.size());
}

}  // namespace veneer::codec
